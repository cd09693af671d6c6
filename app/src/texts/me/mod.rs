//! Sentences about one's own account.

mod en;
mod fr;
mod ru;

pub use self::{en::EN, fr::FR, ru::RU};

pub struct MeTexts {
    pub about_me: &'static str,
    pub wrong_data: &'static str,
    pub mails_in: &'static str,
    pub mails_hint: &'static str,
    pub language_saved: &'static str,
    pub password: &'static str,
    pub current: &'static str,
    pub change_password: &'static str,
    pub password_changed: &'static str,
    pub sessions: &'static str,
    pub signed_in_since: &'static str,
    pub here: &'static str,
    pub everywhere: &'static str,
    pub everywhere_title: &'static str,
    pub everywhere_words: fn(u32) -> String,
    pub signed_out: &'static str,
    pub recent: &'static str,
}
