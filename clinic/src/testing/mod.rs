//! Real SQLite on the host behind the `Sql` trait, and a harness that acts on a clinic as its object would.

mod bodies;
mod desk;
mod exported;
mod harness;
mod seeded;
pub mod simulator;
mod sqlite;

pub use bodies::body;
pub use desk::{DeskHouse, OperatorDoor};
pub use exported::exported;
pub use harness::{Door, House, PEOPLE, pin_in};
pub use seeded::Seeded;
pub use sqlite::Sqlite;
