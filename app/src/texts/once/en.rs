//! English.

use super::OnceTexts;

pub static EN: OnceTexts = OnceTexts {
    cancel: "Cancel",
    print: "Print",
    copy: "Copy",
    copied: "Copied. Paste it only where nobody else can read it.",
    not_copied: "The browser did not allow copying. Print it, or write it down.",
    shown_once: "This is shown only now and never again. Print it, copy it or write it down before you leave.",
    done: "Done",
    have_it: "I have it",
    leave_title: "Leave without it?",
    leave_about: "What stands here is shown only once. You have neither printed nor copied it.",
    leave: "Leave",
    password: "First password",
    slip_about: "For the first sign-in. Please show it to nobody.",
};
