//! The languages that Wardkey speaks.

use serde::{Deserialize, Serialize};

/// A language of screens and mails, as its BCP 47 primary tag.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English
    #[default]
    En,
    /// Russian
    Ru,
    /// French
    Fr,
}

impl Language {
    /// Every language, in the order of the language menu.
    pub const ALL: [Language; 3] = [Language::En, Language::Ru, Language::Fr];

    /// The BCP 47 tag, for `lang=` and `Content-Language`.
    pub fn tag(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::Ru => "ru",
            Language::Fr => "fr",
        }
    }

    /// The language of a BCP 47 tag such as `fr` or `fr-CA`, if it is one of ours.
    pub fn from_tag(tag: &str) -> Option<Language> {
        let primary = tag.split(['-', '_']).next().unwrap_or(tag);
        Language::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_regional_tag_finds_its_language() {
        assert_eq!(Language::from_tag("fr-CA"), Some(Language::Fr));
        assert_eq!(Language::from_tag("RU"), Some(Language::Ru));
        assert_eq!(Language::from_tag("de-DE"), None);
    }
}
