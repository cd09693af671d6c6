//! Wardkey over HTTP, against the real Worker runtime.

mod activities;
mod activities_export;
mod bodies;
mod budget;
mod clock;
mod collisions;
mod described;
mod edge;
mod faults;
mod fhir;
mod first_password;
mod help;
mod hibernation;
mod histories;
mod import;
mod isolation;
mod keys;
mod live;
mod lock;
mod mails;
mod observatory;
mod outbox;
mod records;
mod recovery;
mod refusals;
mod retention;
mod rights;
mod settings;
mod setup;
mod site;
mod socket;
mod steps;
mod support;
mod trial;
mod unlock;

use wardkey_tests::{acts, routes};
