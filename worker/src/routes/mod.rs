//! What each route does: parse, ask the clinic's object, reply.

pub mod activities;
pub mod activities_export;
pub mod archive;
mod attempt;
pub mod computers;
pub mod dev;
pub mod first_day;
pub mod health;
pub mod help;
pub mod live;
pub mod mails;
pub mod me;
pub mod monitoring;
pub mod operator;
pub mod own_password;
pub mod people;
pub mod recovery;
pub mod settings;
pub mod setup;
pub mod sign_in;
pub mod site;
pub mod support;
#[cfg(feature = "trial")]
pub mod trial;
pub mod user;
pub mod users;
