//! The sender of every mail: an address, mostly with a name before it.

/// A sender, as `MAIL_FROM` gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// As it was written: `Wardkey <no-reply@clinic.example>`.
    pub written: String,
    /// The name, where there is one.
    pub name: Option<String>,
    /// The address alone.
    pub address: String,
}

impl Sender {
    /// Reads a sender. `None` where there is no address, or where a character of it could begin another header.
    pub fn parse(text: &str) -> Option<Self> {
        let written = text.trim();
        if written.chars().any(char::is_control) {
            return None;
        }
        let (name, address) = match written.strip_suffix('>') {
            Some(rest) => rest.rsplit_once('<')?,
            None => ("", written),
        };
        let name = name.trim().trim_matches('"').trim();
        let (local, domain) = address.split_once('@')?;
        let plain = |part: &str| {
            !part.is_empty() && part.chars().all(|c| c.is_ascii_graphic() && !"<>()[],;:\\\"@".contains(c))
        };
        (plain(local) && plain(domain)).then(|| Self {
            written: written.to_owned(),
            name: (!name.is_empty()).then(|| name.to_owned()),
            address: address.to_owned(),
        })
    }

    /// What stands after the `@`.
    pub fn domain(&self) -> &str {
        self.address.split_once('@').map_or("", |(_, domain)| domain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_an_address_with_or_without_a_name() {
        let sender = Sender::parse("Wardkey <no-reply@localhost>").expect("a sender");
        assert_eq!(
            (sender.name.as_deref(), sender.address.as_str()),
            (Some("Wardkey"), "no-reply@localhost")
        );
        assert_eq!(sender.domain(), "localhost");
        let bare = Sender::parse(" a@b.example ").expect("a sender");
        assert_eq!((bare.name, bare.address.as_str()), (None, "a@b.example"));
        let quoted = Sender::parse("\"Клиника, ул. Мира\" <a@b.example>").expect("a sender");
        assert_eq!(quoted.name.as_deref(), Some("Клиника, ул. Мира"));
    }

    #[test]
    fn what_could_begin_another_header_is_no_sender() {
        for text in [
            "",
            "Wardkey",
            "Wardkey <>",
            "Wardkey <a@b.example",
            "a@b@c.example",
            "Wardkey <a b@c.example>",
            "Wardkey\r\nBcc: x@y.example <a@b.example>",
            "a@b.example\nBcc: x@y.example",
            "a@b.example, c@d.example",
            "Wardkey <a@b.example> <c@d.example>,",
        ] {
            assert_eq!(Sender::parse(text), None, "{text:?}");
        }
    }
}
