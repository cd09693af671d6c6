//! Whether an account is open, as a picture and a word: never by colour alone.

use wire::users::UserStatus;

use crate::{
    components::{
        el::{El, el},
        icon::Icon,
    },
    texts::{Sentences, Text, t},
};

/// The badge, which follows the language.
pub fn status_badge(status: &UserStatus) -> El {
    let (badge, name) = parts(status);
    badge.child(el("span").say(name))
}

/// The badge in the language of now, for lists that are drawn anew when it changes.
pub fn status_badge_now(status: &UserStatus, sentences: &'static Sentences) -> El {
    let (badge, name) = parts(status);
    badge.child(el("span").child(sentences.text(name)))
}

fn parts(status: &UserStatus) -> (El, Text) {
    let (class, icon, name) = match status {
        UserStatus::Active => ("badge good", Icon::Check, t::users::ACTIVE),
        UserStatus::Locked { .. } => ("badge bad", Icon::Lock, t::users::LOCKED),
        UserStatus::Removed { .. } => ("badge", Icon::Door, t::users::REMOVED),
    };
    (el("span").class(class).child(icon.show()), name)
}
