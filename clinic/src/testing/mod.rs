//! Real SQLite on the host behind the `Sql` trait, and a harness that acts on a clinic as its object would.

mod desk;
mod harness;
pub mod simulator;
mod sqlite;

pub use desk::{DeskHouse, OperatorDoor};
pub use harness::{Door, House, PEOPLE, Seeded, pin_in};
pub use sqlite::Sqlite;
