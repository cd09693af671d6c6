//! What the pages are made of.

pub mod announcer;
pub mod button;
pub mod field;
pub mod form;
pub mod icon;
pub mod kept;
pub mod language_menu;
pub mod notice;
pub mod status_badge;
