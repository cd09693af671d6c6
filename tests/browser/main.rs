//! Wardkey in real Chromium.

use wardkey_tests::{form, person};

mod activities;
mod camera;
mod clocks;
mod closed;
mod connection;
mod cover;
mod desk;
mod equipment;
mod export;
mod first_day;
mod first_page;
mod hands;
mod heard;
mod help;
mod import;
mod keyboard;
mod keys;
mod languages;
mod leaving;
mod mails;
mod me;
mod new_version;
mod own_history;
mod own_password;
mod people;
mod pseudo;
mod reactivation;
mod recovery;
#[path = "../screens/scenes/mod.rs"]
mod scenes;
mod senses;
mod settings;
mod setup;
mod story;
mod support;
mod turning;
mod verify;
mod wizard;
