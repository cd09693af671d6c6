//! Wardkey over HTTP, against the real Worker runtime.

mod activities;
mod activities_export;
mod acts;
mod bodies;
mod budget;
mod collisions;
mod edge;
mod first_password;
mod import;
mod isolation;
mod live;
mod lock;
mod mails;
mod outbox;
mod records;
mod recovery;
mod refusals;
mod rights;
mod routes;
mod settings;
mod setup;
mod site;
mod socket;
mod steps;
mod support;
mod unlock;
