//! Whether an account is open, as a picture and a word: never by colour alone.

use wire::users::UserStatus;

use crate::{
    components::{
        el::{El, el},
        icon::Icon,
    },
    texts::{Text, t},
};

/// The badge.
pub fn status_badge(status: &UserStatus) -> El {
    let (class, icon, name): (_, _, Text) = match status {
        UserStatus::Active => ("badge good", Icon::Check, t::users::ACTIVE),
        UserStatus::Locked { .. } => ("badge bad", Icon::Lock, t::users::LOCKED),
        UserStatus::Removed { .. } => ("badge", Icon::Door, t::users::REMOVED),
    };
    el("span").class(class).child(icon.show()).child(el("span").say(name))
}
