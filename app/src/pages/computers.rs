//! My Clinic → User Management → Computers.

use crate::{
    components::el::{El, group},
    pages::frame::{clinic_sections, page_title},
};

/// The page.
pub fn computers() -> El {
    group().child(clinic_sections()).child(page_title(|t| t.shell.computers))
}
