//! Whether an account is open, as a picture and a word: never by colour alone.

use leptos::prelude::*;
use wire::users::UserStatus;

use crate::{components::icon::Icon, texts::say};

/// The badge.
#[component]
pub fn StatusBadge(status: UserStatus) -> impl IntoView {
    let locked = matches!(status, UserStatus::Locked { .. });
    view! {
        <span class="badge" class:bad=locked class:good=!locked>
            {if locked { Icon::Lock } else { Icon::Check }.show()}
            <span>{say(if locked { |t| t.users.locked } else { |t| t.users.active })}</span>
        </span>
    }
}
