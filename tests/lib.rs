//! The harness of the tests: a fresh Wardkey, clinics to try it with, people over HTTP and people in a browser.
//!
//! Each test founds a clinic of its own in the one Wardkey of its test program, so that tests run side by side.

pub mod acts;
pub mod authenticator;
pub mod chance;
pub mod chrome;
pub mod client;
pub mod clinic;
pub mod desk;
pub mod ear;
pub mod faults;
pub mod flaws;
pub mod foreign;
pub mod form;
pub mod fuzzing;
pub mod harm;
pub mod home;
pub mod inspector;
pub mod jurisdictions;
pub mod looks;
pub mod mail_server;
pub mod paper;
pub mod person;
pub mod records;
pub mod report;
pub mod routes;
pub mod session;
pub mod signing;
pub mod tls;
pub mod wardkey;

pub use chrome::{Chrome, Screen, Session};
pub use client::{Client, Refusal, Reply};
pub use clinic::Clinic;
pub use home::Home;
pub use paper::Sheet;
pub use person::Person;
pub use wardkey::{Programs, Wardkey};
