//! Many people at once, from a list.

use crate::{
    components::el::{El, group},
    pages::frame::{clinic_sections, page_title},
};

/// The page.
pub fn import_users() -> El {
    group().child(clinic_sections()).child(page_title(|t| t.shell.import_users))
}
