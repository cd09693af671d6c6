//! Real SQLite on the host behind the `Sql` trait, and a harness that acts on a clinic as its object would.

mod harness;
mod sqlite;

pub use harness::{Door, House, PEOPLE, pin_in};
pub use sqlite::Sqlite;
