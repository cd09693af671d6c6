//! Whether an account is open, as a picture and a word: never by colour alone.

use leptos::prelude::*;
use wire::users::UserStatus;

use crate::{
    components::icon::Icon,
    texts::{Pick, say},
};

/// The badge.
#[component]
pub fn StatusBadge(status: UserStatus) -> impl IntoView {
    let (class, icon, name): (_, _, Pick) = match status {
        UserStatus::Active => ("badge good", Icon::Check, |t| t.users.active),
        UserStatus::Locked { .. } => ("badge bad", Icon::Lock, |t| t.users.locked),
        UserStatus::Removed { .. } => ("badge", Icon::Door, |t| t.users.removed),
    };
    view! { <span class=class>{icon.show()}<span>{say(name)}</span></span> }
}
