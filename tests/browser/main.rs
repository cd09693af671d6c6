//! Wardkey in real Chromium.

mod first_page;
mod languages;
mod person;
mod story;
