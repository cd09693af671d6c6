//! Somebody new.

use crate::{
    components::el::{El, group},
    pages::frame::{clinic_sections, page_title},
};

/// The page.
pub fn add_user() -> El {
    group().child(clinic_sections()).child(page_title(|t| t.shell.add_user))
}
