//! Wardkey in real Chromium.

mod first_page;
