//! Wardkey in real Chromium.

mod equipment;
mod first_page;
mod form;
mod import;
mod languages;
mod people;
mod person;
mod setup;
mod story;
mod turning;
