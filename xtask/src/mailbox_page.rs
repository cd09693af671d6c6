//! The built-in mailbox as a page: newest first, links clickable. Mails are shown as the text that they carry.

use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

use crate::mailbox::Mail;

const STYLE: &str = "
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 46rem; padding: 1.5rem 1rem; overflow-wrap: anywhere; }
article { border: 1px solid color-mix(in srgb, currentColor 25%, transparent); border-radius: .75rem; margin-block: 1rem; padding: 1rem 1.25rem; }
h2 { font-size: 1.1rem; margin: 0; }
p { margin: .25rem 0 0; opacity: .8; }
pre { font: inherit; margin: 1rem 0 0; white-space: pre-wrap; }
";

/// Nothing but the style above; links lead where they say.
pub fn content_security_policy() -> String {
    let style = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

/// The page.
pub fn html(mails: &[Mail]) -> String {
    let list: String = if mails.is_empty() {
        "<p>No mail yet. Reload this page when Wardkey has sent one.</p>".to_owned()
    } else {
        mails.iter().map(article).collect()
    };
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Mailbox</title>\n<style>{STYLE}</style>\n<h1>Mailbox</h1>\n\
         <p>Mails of this Wardkey stay here; none left this computer.</p>\n<main>{list}</main>\n</html>\n"
    )
}

fn article(mail: &Mail) -> String {
    format!(
        "<article lang=\"{language}\"><h2>{subject}</h2><p>to {to} · <time datetime=\"{at}\">{at}</time></p><pre>{text}</pre></article>\n",
        language = escape(&mail.language),
        subject = escape(&mail.subject),
        to = escape(&mail.to),
        at = escape(&mail.at),
        text = linked(&mail.text),
    )
}

fn escape(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut escaped, symbol| {
        match symbol {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
        escaped
    })
}

/// The text with its web addresses as links.
fn linked(text: &str) -> String {
    text.split_inclusive(char::is_whitespace)
        .map(|piece| {
            let word = piece.trim_end();
            let address = word.trim_end_matches(['.', ',', ';', ')', '>']);
            if address.starts_with("https://") || address.starts_with("http://") {
                let (address, rest) = (escape(address), escape(&piece[address.len()..]));
                format!("<a href=\"{address}\">{address}</a>{rest}")
            } else {
                escape(piece)
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_becomes_a_link_and_nothing_else_becomes_markup() {
        assert_eq!(
            linked("See http://localhost:8787/a?b=1&c=\"2\".\n<b>"),
            "See <a href=\"http://localhost:8787/a?b=1&amp;c=&quot;2&quot;\">http://localhost:8787/a?b=1&amp;c=&quot;2&quot;</a>.\n&lt;b&gt;"
        );
    }
}
