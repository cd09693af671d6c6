//! Sentences for whoever has left the computer.

mod en;
mod fr;
mod ru;

pub use self::{en::EN, fr::FR, ru::RU};

pub struct IdleTexts {
    pub title: &'static str,
    pub about: fn(u32) -> String,
    pub stay: &'static str,
    pub signed_out: fn(u32) -> String,
}
