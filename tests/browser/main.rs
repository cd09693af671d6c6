//! Wardkey in real Chromium.

mod activities;
mod clocks;
mod connection;
mod cover;
mod desk;
mod equipment;
mod export;
mod first_page;
mod form;
mod import;
mod keyboard;
mod languages;
mod mails;
mod me;
mod own_history;
mod people;
mod person;
mod reactivation;
mod recovery;
mod settings;
mod setup;
mod story;
mod support;
mod turning;
mod verify;
