//! The way to the help page about the place where somebody is: it opens beside the app, so that nothing is lost of what was begun.

use wire::help::HelpPage;

use crate::{
    components::{
        el::{El, el},
        icon::Icon,
    },
    texts::{Speech, Text, t},
};

/// A link to a page in the language of the screen, where it is written in that.
pub fn help_link(page: HelpPage) -> El {
    let speech = Speech::here();
    let link = el("a")
        .set("href", move || page.path(speech.language().written()))
        .set("target", "_blank")
        .set("rel", "noopener")
        .child(Icon::Help.show())
        .child(move || speech.fill(t::help::LINK, &[speech.text(help_title(page))]));
    el("p").class("help").child(link)
}

/// What a page is called.
pub fn help_title(page: HelpPage) -> Text {
    match page {
        HelpPage::SigningIn => t::help::SIGNING_IN,
        HelpPage::WrongCode => t::help::WRONG_CODE,
        HelpPage::Locked => t::help::LOCKED,
        HelpPage::Unlocking => t::help::UNLOCKING,
        HelpPage::OwnerAway => t::help::OWNER_AWAY,
        HelpPage::ForgotPassword => t::help::FORGOT_PASSWORD,
        HelpPage::AddingPeople => t::help::ADDING_PEOPLE,
        HelpPage::AccessForms => t::help::ACCESS_FORMS,
        HelpPage::Profiles => t::help::PROFILES,
        HelpPage::ActivityLog => t::help::ACTIVITY_LOG,
    }
}
