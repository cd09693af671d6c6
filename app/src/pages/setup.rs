//! A new clinic, opened by whoever holds its setup link.

use crate::{
    components::el::{El, group},
    pages::frame::{page_title},
};

/// The page.
pub fn setup() -> El {
    group().child(page_title(|t| t.shell.set_up))
}
