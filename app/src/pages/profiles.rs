//! My Clinic → User Management → Profiles.

use crate::{
    components::el::{El, group},
    pages::frame::{clinic_sections, page_title},
};

/// The page.
pub fn profiles() -> El {
    group().child(clinic_sections()).child(page_title(|t| t.shell.profiles))
}
