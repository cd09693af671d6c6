//! Whether an account is open, as a picture and a word: never by colour alone.

use wire::users::UserStatus;

use crate::{
    components::{
        el::{El, el},
        icon::Icon,
    },
    texts::Pick,
};

/// The badge.
pub fn status_badge(status: &UserStatus) -> El {
    let (class, icon, name): (_, _, Pick) = match status {
        UserStatus::Active => ("badge good", Icon::Check, |t| t.users.active),
        UserStatus::Locked { .. } => ("badge bad", Icon::Lock, |t| t.users.locked),
        UserStatus::Removed { .. } => ("badge", Icon::Door, |t| t.users.removed),
    };
    el("span").class(class).child(icon.show()).child(el("span").say(name))
}
