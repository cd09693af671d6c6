//! Sentences around what is asked before it is done, and around what is shown only once.

mod en;
mod fr;
mod ru;

pub use self::{en::EN, fr::FR, ru::RU};

pub struct OnceTexts {
    pub cancel: &'static str,
    pub print: &'static str,
    pub copy: &'static str,
    pub copied: &'static str,
    pub not_copied: &'static str,
    pub shown_once: &'static str,
    pub done: &'static str,
    pub have_it: &'static str,
    pub leave_title: &'static str,
    pub leave_about: &'static str,
    pub leave: &'static str,
    pub password: &'static str,
    pub slip_about: &'static str,
}
