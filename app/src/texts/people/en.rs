//! English.

use wire::rights::Permission;

use super::PeopleTexts;
use crate::texts::plural::english as plural;

pub static EN: PeopleTexts = PeopleTexts {
    add: "Add user",
    import: "Import",
    every_role: "Every role",
    present: "Active and locked",
    sort: "Sort by",
    more: "Show more",
    may_add_nobody: "Your role does not add users. Ask an owner or the system administrator.",

    last_name: "Last name",
    first_name: "First name",
    middle_name: "Middle name",
    if_any: "If there is one",
    email_hint: "Mails about the account go here. An owner needs one: unlock PINs are sent to it.",
    login_hint: "Made from the last name; you may change it.",
    language: "Language of e-mails",
    rights: "Access rights",
    as_role: "As the role has them",
    own: "Chosen for this person",
    owner_rights: "An owner may do everything.",

    added: |name| format!("{name} was added"),
    add_another: "Add another",
    open_account: "Open the account",

    edit: "Edit",
    save: "Save",
    saved: "Saved",
    restore: "Restore access",
    restore_title: "Restore access?",
    restore_about: |name| {
        format!(
            "{name} gets a new first password, which you hand over. The old password stops working, and {name} is signed out everywhere."
        )
    },
    restored: |name| format!("New first password for {name}"),
    remove: "Remove",
    remove_title: "Remove this user?",
    remove_about: |name| {
        format!(
            "{name} is signed out everywhere within a second and cannot sign in any more. The login is never given to anybody else, and the log keeps the name. You can bring {name} back later."
        )
    },
    removed: |name| format!("{name} was removed"),
    bring_back: "Bring back",
    bring_back_title: "Bring this user back?",
    bring_back_about: |name| {
        format!("{name} can sign in again with the same login and a new first password, which you hand over.")
    },
    brought_back: |name| format!("{name} is back"),
    permission: |permission| match permission {
        Permission::Allowed | Permission::NotAllowed => None,
        Permission::OwnAccount => {
            Some("This is your own account: another owner or administrator has to do that.")
        }
        Permission::LastOwner => Some("The clinic needs an owner, and this is the last one."),
        Permission::Locked => Some("The account is locked. An owner has to unlock it first."),
    },
    role_fixed: "Role and access rights stay as they are:",
    removed_since: "Removed since",
    first_password_pending: "still in use",
    account: "The account",
    history: "Latest activities",
    whole_log: "All activities",

    edited_meanwhile: "Somebody changed this account meanwhile. What you typed is still here.",
    look_again: "Look again",
    theirs: "As it is saved now",
    theirs_about: "Save writes what you typed over it.",
    theirs_same: "What is saved now is the same as what you typed.",
    take_theirs: "Take this instead",

    list: "The list",
    list_about: "A CSV file with one person a line: last name, first name, middle name, position, e-mail, role, login. Only the names are needed. Nothing is added before you have seen everything.",
    choose_file: "Choose a file",
    drop_here: "or drop it here.",
    sample: "Download a sample",
    sample_lines: "last name,first name,middle name,position,e-mail,role,login\r\nPorter,Jane,,Nurse,jane@clinic.example,employee,\r\n",
    paste: "Or paste the list here",
    check: "Check the list",
    read_as: |file, encoding| format!("{file}, read as {encoding}"),
    checked: |right, wrong| match wrong {
        0 => format!("{right} {} be added.", plural(right, "person can", "people can")),
        _ => format!(
            "{right} {} be added, {wrong} {}.",
            plural(right, "person can", "people can"),
            plural(wrong, "line has a problem", "lines have problems")
        ),
    },
    leave_out: |n| format!("Leave out {n} {}", plural(n, "line with a problem", "lines with problems")),
    line: "Line",
    problem: "Problem",
    ready: "Ready",
    import_people: |n| format!("Add {n} {}", plural(n, "person", "people")),
    other_list: "Another list",
    passwords: |done, all| format!("Making first passwords: {done} of {all}"),
    refused: "Nobody was added: since you looked, these lines have got into trouble.",
    imported: |n| format!("{n} {} added", plural(n, "person was", "people were")),
    not_started: "Cancelled. Nobody was added.",
};
