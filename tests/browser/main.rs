//! Wardkey in real Chromium.

mod equipment;
mod first_page;
mod form;
mod languages;
mod person;
mod setup;
mod story;
mod turning;
