//! My Clinic → Settings: name, time zone, language and policies.

use crate::{
    components::el::{El, group},
    pages::frame::{clinic_sections, page_title},
};

/// The page.
pub fn settings() -> El {
    group().child(clinic_sections()).child(page_title(|t| t.shell.settings))
}
