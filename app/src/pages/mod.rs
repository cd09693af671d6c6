//! One file or folder a page.

pub mod activities;
pub mod forgot;
pub mod frame;
pub mod home;
pub mod sign_in;
pub mod unknown;
pub mod users;
