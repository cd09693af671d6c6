//! The help pages by name: screens link to them, whoever read one says whether it answered the question, and the desk counts that.

use serde::{Deserialize, Serialize};

use crate::{
    Language,
    endpoint::{Empty, endpoints},
};

endpoints! {
    AnswerHelp: Post "/api/help-answers", "Notes whether a help page answered the question that somebody came with. Neither who nor from where is kept.", HelpAnswer => Empty;
}

/// A help page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum HelpPage {
    /// The three steps, and why there are three.
    SigningIn,
    /// A code that is refused, and the clock of the phone.
    WrongCode,
    /// What to do while one is locked.
    Locked,
    /// How an owner opens an account.
    Unlocking,
    /// Who helps while no owner can be reached.
    OwnerAway,
    /// A forgotten password or login.
    ForgotPassword,
    /// New people and their first passwords.
    AddingPeople,
    /// Computers and their access forms.
    AccessForms,
    /// Profiles, and a lost phone.
    Profiles,
    /// The log, its export and its verification.
    ActivityLog,
}

impl HelpPage {
    /// Every page, in the order in which they are listed.
    pub const ALL: [HelpPage; 10] = [
        HelpPage::SigningIn,
        HelpPage::WrongCode,
        HelpPage::Locked,
        HelpPage::Unlocking,
        HelpPage::OwnerAway,
        HelpPage::ForgotPassword,
        HelpPage::AddingPeople,
        HelpPage::AccessForms,
        HelpPage::Profiles,
        HelpPage::ActivityLog,
    ];

    /// The last part of its address.
    pub fn name(self) -> &'static str {
        match self {
            HelpPage::SigningIn => "signing-in",
            HelpPage::WrongCode => "wrong-code",
            HelpPage::Locked => "locked",
            HelpPage::Unlocking => "unlocking",
            HelpPage::OwnerAway => "owner-away",
            HelpPage::ForgotPassword => "forgot-password",
            HelpPage::AddingPeople => "adding-people",
            HelpPage::AccessForms => "access-forms",
            HelpPage::Profiles => "profiles",
            HelpPage::ActivityLog => "activity-log",
        }
    }

    /// Where it stands in a language.
    pub fn path(self, language: Language) -> String {
        ["/help/", language.tag(), "/", self.name()].concat()
    }
}

/// What somebody says of a help page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct HelpAnswer {
    /// The page.
    pub page: HelpPage,
    /// The language that it was read in.
    pub language: Language,
    /// Whether it answered the question.
    pub answered: bool,
}

/// What was said of a help page lately, in all languages together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HelpCount {
    /// The page.
    pub page: HelpPage,
    /// How often it answered the question.
    pub yes: u32,
    /// How often it did not.
    pub no: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_called_alike_in_its_address_and_on_the_wire() {
        for page in HelpPage::ALL {
            assert_eq!(serde_json::to_string(&page).unwrap(), format!("\"{}\"", page.name()));
        }
    }
}
