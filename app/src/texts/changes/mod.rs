//! Sentences about what was changed: the names of things in the log, and of what they were and are.

mod en;
mod fr;
mod ru;

pub use self::{en::EN, fr::FR, ru::RU};

use wire::{
    activities::Changed,
    rights::{Module, Right},
};

pub struct ChangesTexts {
    /// What was changed, but for policies and rights, which have names of their own.
    pub what: fn(&Changed) -> &'static str,
    pub right_in: fn(&str) -> String,
    pub module: fn(Module) -> &'static str,
    pub right: fn(Right) -> &'static str,
    pub from_to: fn(&str, &str, &str) -> String,
    pub only: fn(&str, &str) -> String,
    pub nothing: &'static str,
}
