//! The languages that the screens speak: one for each file of sentences. Mails and help pages are texts of their own, and may be in fewer.

use wire::Language;

use super::t;

/// What is known of a language before its file is loaded.
pub struct Source {
    pub tag: &'static str,
    pub name: &'static str,
    pub locale: &'static str,
    pub address: &'static str,
    pub integrity: &'static str,
}

/// A language of the screens.
#[derive(Clone, Copy)]
pub struct Tongue(&'static Source);

impl Tongue {
    /// Every one, in the order of the language menu.
    pub fn all() -> impl Iterator<Item = Tongue> {
        t::SOURCES.iter().map(Tongue)
    }

    /// The BCP 47 tag, for `lang=`.
    pub fn tag(self) -> &'static str {
        self.0.tag
    }

    /// What it calls itself.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// What the browser's calendar knows it by.
    pub fn locale(self) -> &'static str {
        self.0.locale
    }

    /// Where its file is, and what it must be.
    pub(super) fn source(self) -> &'static Source {
        self.0
    }

    /// The language of a tag such as `fr` or `fr-CA`, if it is one of ours.
    pub fn from_tag(tag: &str) -> Option<Tongue> {
        let primary = tag.split(['-', '_']).next().unwrap_or(tag);
        Tongue::all().find(|tongue| tongue.tag().eq_ignore_ascii_case(primary))
    }

    /// The language of mails and help pages for whoever reads this one: English where they are not written in it.
    pub fn written(self) -> Language {
        Language::from_tag(self.tag()).unwrap_or_default()
    }
}

impl Default for Tongue {
    fn default() -> Self {
        let [first, ..] = &t::SOURCES;
        Tongue(first)
    }
}

impl From<Language> for Tongue {
    fn from(language: Language) -> Self {
        Tongue::from_tag(language.tag()).unwrap_or_default()
    }
}

impl PartialEq for Tongue {
    fn eq(&self, other: &Self) -> bool {
        self.tag() == other.tag()
    }
}

impl std::fmt::Debug for Tongue {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.tag())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_written_is_spoken_too() {
        for language in Language::ALL {
            assert_eq!(Tongue::from(language).tag(), language.tag());
            assert_eq!(Tongue::from(language).written(), language);
        }
        assert_eq!(Tongue::default().written(), Language::default());
    }

    #[test]
    fn a_regional_tag_finds_its_language() {
        assert_eq!(Tongue::from_tag("fr-CA").map(Tongue::tag), Some("fr"));
        assert_eq!(Tongue::from_tag("RU").map(Tongue::name), Some("Русский"));
        assert_eq!(Tongue::from_tag("de-DE"), None);
    }
}
