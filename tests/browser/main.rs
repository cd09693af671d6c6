//! Wardkey in real Chromium.

mod equipment;
mod first_page;
mod form;
mod import;
mod languages;
mod me;
mod people;
mod person;
mod settings;
mod setup;
mod story;
mod turning;
