//! What is loaded when it is first needed: whoever signs in waits for the sign-in alone. Each part is a chunk of the one program, cut
//! out of it by `xtask/src/split.rs`.

use wasm_split_helpers::{SplitLoaderError, wasm_split};

use crate::{
    components::el::El,
    desk::support_desk,
    page::Page,
    pages::{
        forgot::forgot, frame::doorway, inside::clinic_pages, reset::reset, setup::setup,
        verify_log::verify_log,
    },
};

/// What draws a part.
pub type Draw = fn() -> El;

/// A part that could not be loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Absent;

impl From<SplitLoaderError> for Absent {
    fn from(_: SplitLoaderError) -> Absent {
        Absent
    }
}

/// Everything behind the sign-in.
#[wasm_split(clinic, fallible)]
pub fn clinic() -> Result<Draw, Absent> {
    Ok(clinic_pages)
}

/// The pages outside the three steps.
#[wasm_split(outside, fallible)]
pub fn outside() -> Result<fn(Page) -> El, Absent> {
    Ok(page_outside)
}

fn page_outside(page: Page) -> El {
    match page {
        Page::Forgot => doorway(forgot()),
        Page::Reset => doorway(reset()),
        Page::Setup => doorway(setup()),
        Page::VerifyLog => doorway(verify_log()),
        // At its own address: the others are pages of the clinic.
        _ => support_desk(),
    }
}
