//! Real SQLite on the host behind the `Sql` trait, and a harness that acts on a clinic as its object would.

mod desk;
mod harness;
mod seeded;
pub mod simulator;
mod sqlite;

pub use desk::{DeskHouse, OperatorDoor};
pub use harness::{Door, House, PEOPLE, pin_in};
pub use seeded::Seeded;
pub use sqlite::Sqlite;
