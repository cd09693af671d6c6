//! One's own account.

use crate::{
    components::el::{El, group},
    pages::frame::page_title,
};

/// The page.
pub fn own_account() -> El {
    group().child(page_title(|t| t.shell.me))
}
