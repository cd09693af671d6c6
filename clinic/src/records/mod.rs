//! The clinic's records: every statement of SQL stands in this folder.

pub mod accounts;
pub mod activities;
pub mod activity_retention;
pub mod activity_search;
pub(crate) mod archive;
#[cfg(feature = "trial")]
pub mod bench_log;
pub mod calls;
pub mod computers;
pub mod first_day;
#[cfg(feature = "host")]
pub mod host;
pub mod imports;
mod json;
pub mod outbox;
pub mod pins;
pub mod profiles;
pub mod resets;
pub mod restored;
pub mod schema;
pub mod sessions;
pub mod settings;
pub mod sql;
pub(crate) mod standing;
pub mod support_cases;
pub mod tallies;
pub mod throttles;
