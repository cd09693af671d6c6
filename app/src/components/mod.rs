//! What the pages are made of.

pub mod access_form;
pub mod address;
pub mod announcer;
pub mod button;
pub mod details;
pub mod dialog;
pub mod el;
pub mod field;
pub mod file_drop;
pub mod form;
pub mod growth;
pub mod help_link;
pub mod icon;
pub mod kept;
pub mod language_menu;
pub mod notice;
pub mod own_password;
pub mod panel;
pub mod qr;
pub mod secret;
pub mod status_badge;
pub mod table;
pub mod time_zone;
