//! The desk's records: every statement of SQL of the desk stands in this folder.

pub mod cases;
pub mod help_answers;
pub mod log;
pub mod operators;
pub mod restored;
pub mod schema;
