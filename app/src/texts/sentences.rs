//! The sentences of one language, as they were loaded, and what is put into them.

use super::{
    Template, Text, Tongue,
    message::{Part, first_form, first_part},
    plural, t,
};

const FIRST_STRONG_ISOLATE: char = '\u{2068}';
const POP_ISOLATE: char = '\u{2069}';

/// The sentences of one language, in the order of its file.
#[derive(Debug)]
pub struct Sentences {
    pub language: Tongue,
    lines: Vec<&'static str>,
    /// Whether its lines begin at the right.
    turned: bool,
}

impl Sentences {
    /// Reads the messages of a language, one a line. They stay for as long as the page does.
    pub fn read(language: Tongue, messages: String) -> &'static Sentences {
        let lines = String::leak(messages).lines().collect();
        let mut sentences = Sentences { language, lines, turned: false };
        sentences.turned = sentences.text(t::language::DIRECTION) == "rtl";
        Box::leak(Box::new(sentences))
    }

    /// A sentence.
    pub fn text(&self, text: Text) -> &'static str {
        self.line(text.0)
    }

    fn line(&self, place: u16) -> &'static str {
        self.lines.get(usize::from(place)).copied().unwrap_or_default()
    }

    /// A sentence with its names and numbers.
    pub fn fill<const N: usize>(&self, text: Template<N>, arguments: &[&str; N]) -> String {
        self.put_in(self.line(text.0), arguments)
    }

    fn put_in(&self, mut rest: &str, arguments: &[&str]) -> String {
        let argument = |place: usize| arguments.get(place).copied().unwrap_or_default();
        let mut filled = String::new();
        while let (false, Some((part, after))) = (rest.is_empty(), first_part(rest)) {
            match part {
                Part::Words(words) => filled.push_str(words),
                Part::Argument(place) if self.turned => {
                    // A name or a code keeps its own direction, and turns nothing of the sentence around it.
                    filled.push(FIRST_STRONG_ISOLATE);
                    filled.push_str(argument(place));
                    filled.push(POP_ISOLATE);
                }
                Part::Argument(place) => filled.push_str(argument(place)),
                Part::Plural(place, forms) => self.count(forms, argument(place), &mut filled),
            }
            rest = after;
        }
        filled
    }

    fn count(&self, mut forms: &str, number: &str, filled: &mut String) {
        let category = self.category(number.parse().unwrap_or_default());
        while let Some((form, after)) = first_form(forms) {
            if form.0 == category {
                return filled.push_str(&form.1.replace('#', number));
            }
            forms = after;
        }
    }

    fn category(&self, number: u32) -> &'static str {
        plural::rule(self.text(t::language::PLURAL)).map(|rule| rule(number)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use wire::Language;

    use super::*;
    use crate::texts::{file::messages, of};

    #[test]
    fn a_number_takes_the_form_of_its_language() {
        let found = |language, number| of(language).fill(t::users::FOUND, &[number]);
        assert_eq!(found(Language::En, "1"), "1 user");
        assert_eq!(found(Language::En, "0"), "0 users");
        assert_eq!(found(Language::Ru, "21"), "21 пользователь");
        assert_eq!(found(Language::Ru, "3"), "3 пользователя");
        assert_eq!(found(Language::Ru, "11"), "11 пользователей");
        assert_eq!(found(Language::Fr, "0"), "0 utilisateur");
    }

    #[test]
    fn what_is_put_into_a_line_from_the_right_keeps_its_own_direction() {
        let file = include_str!("en.txt").replace("language.direction = ltr", "language.direction = rtl");
        let hello = Sentences::read(Tongue::default(), messages(&file)).fill(t::shell::HELLO, &["sys_9"]);
        assert_eq!(hello, "Hello, \u{2068}sys_9\u{2069}");
    }

    #[test]
    fn what_is_put_in_is_not_read() {
        let hello = of(Language::En).fill(t::shell::HELLO, &["{0} # {"]);
        assert_eq!(hello, "Hello, {0} # {");
    }

    #[test]
    fn the_page_that_could_not_be_loaded_offers_what_the_app_offers() {
        let page = include_str!("../../index.html");
        for language in Tongue::all() {
            let button = format!(">{}</button>", of(language).text(t::common::TRY_AGAIN));
            assert!(page.contains(&button), "{button}");
        }
    }

    #[test]
    fn no_french_line_begins_with_its_punctuation() {
        for pair in [" :", " ;", " ?", " !", " »", "« "] {
            assert_eq!(include_str!("fr.txt").lines().find(|line| line.contains(pair)), None, "{pair:?}");
        }
    }
}
