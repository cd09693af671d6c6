//! One file or folder a page.

pub mod activities;
pub mod computers;
pub mod first_day;
pub mod forgot;
pub mod frame;
pub mod home;
pub mod inside;
pub mod link;
pub mod mails;
pub mod me;
mod places;
pub mod profiles;
pub mod reset;
pub mod settings;
pub mod setup;
pub mod sign_in;
pub mod unknown;
pub mod users;
pub mod verify_log;
