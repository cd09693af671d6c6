//! Sentences of the management of people: the list, the account window, adding and importing.

mod en;
mod fr;
mod ru;

use wire::rights::Permission;

pub use self::{en::EN, fr::FR, ru::RU};

pub struct PeopleTexts {
    pub add: &'static str,
    pub import: &'static str,
    pub every_role: &'static str,
    pub present: &'static str,
    pub sort: &'static str,
    pub more: &'static str,
    pub may_add_nobody: &'static str,

    pub last_name: &'static str,
    pub first_name: &'static str,
    pub middle_name: &'static str,
    pub if_any: &'static str,
    pub email_hint: &'static str,
    pub login_hint: &'static str,
    pub language: &'static str,
    pub rights: &'static str,
    pub as_role: &'static str,
    pub own: &'static str,
    pub owner_rights: &'static str,

    pub added: fn(&str) -> String,
    pub add_another: &'static str,
    pub open_account: &'static str,

    pub edit: &'static str,
    pub save: &'static str,
    pub saved: &'static str,
    pub restore: &'static str,
    pub restore_title: &'static str,
    pub restore_about: fn(&str) -> String,
    pub restored: fn(&str) -> String,
    pub remove: &'static str,
    pub remove_title: &'static str,
    pub remove_about: fn(&str) -> String,
    pub removed: fn(&str) -> String,
    pub bring_back: &'static str,
    pub bring_back_title: &'static str,
    pub bring_back_about: fn(&str) -> String,
    pub brought_back: fn(&str) -> String,
    /// Why restoring or removing is not possible.
    pub permission: fn(Permission) -> Option<&'static str>,
    pub role_fixed: &'static str,
    pub removed_since: &'static str,
    pub first_password_pending: &'static str,
    pub account: &'static str,
    pub history: &'static str,
    pub whole_log: &'static str,

    pub edited_meanwhile: &'static str,
    pub look_again: &'static str,
    pub theirs: &'static str,
    pub theirs_about: &'static str,
    pub theirs_same: &'static str,
    pub take_theirs: &'static str,

    pub list: &'static str,
    pub list_about: &'static str,
    pub choose_file: &'static str,
    pub drop_here: &'static str,
    pub sample: &'static str,
    /// The first line of the sample, and a person.
    pub sample_lines: &'static str,
    pub paste: &'static str,
    pub check: &'static str,
    pub read_as: fn(&str, &str) -> String,
    pub checked: fn(u32, u32) -> String,
    pub leave_out: fn(u32) -> String,
    pub line: &'static str,
    pub problem: &'static str,
    pub ready: &'static str,
    pub import_people: fn(u32) -> String,
    pub other_list: &'static str,
    pub passwords: fn(u32, u32) -> String,
    pub refused: &'static str,
    pub imported: fn(u32) -> String,
    pub not_started: &'static str,
}
