//! How a person's name is written.

use wire::Language;

/// A person's name, in its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FullName {
    /// The last name.
    pub last: String,
    /// The first name.
    pub first: String,
    /// The middle name or patronymic.
    pub middle: Option<String>,
}

impl FullName {
    /// The whole name, in the order of the clinic's language: "Jane Porter", «Иванова Анна Сергеевна».
    pub fn written(&self, language: Language) -> String {
        let FullName { last, first, middle } = self;
        match (language, middle) {
            (Language::Ru, Some(middle)) => format!("{last} {first} {middle}"),
            (Language::Ru, None) => format!("{last} {first}"),
            (Language::En | Language::Fr, Some(middle)) => format!("{first} {middle} {last}"),
            (Language::En | Language::Fr, None) => format!("{first} {last}"),
        }
    }

    /// First and last name, for a mail about somebody.
    pub fn short(&self) -> String {
        format!("{} {}", self.first, self.last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_written_as_its_language_does() {
        let name =
            FullName {
                last: "Иванова".into(), first: "Анна".into(), middle: Some("Сергеевна".into())
            };
        assert_eq!(name.written(Language::Ru), "Иванова Анна Сергеевна");
        let name = FullName { last: "Porter".into(), first: "Jane".into(), middle: None };
        assert_eq!(name.written(Language::En), "Jane Porter");
        assert_eq!(name.short(), "Jane Porter");
    }
}
