//! Lists of people as files: read in whatever encoding an office saves them, and written for a spreadsheet.

use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, TextDecoder, TextDecoderOptions};
use wire::{cells::harmless, computers::SignInPair};

/// A file that was read.
pub struct PeopleFile {
    pub name: String,
    pub text: String,
    /// The encoding that it turned out to have.
    pub encoding: &'static str,
}

/// Reads a file: UTF-8 where it is well-formed, else what spreadsheets in Cyrillic offices write.
pub async fn read(file: File) -> Option<PeopleFile> {
    let buffer: JsValue = JsFuture::from(file.array_buffer()).await.ok()?;
    let bytes = Uint8Array::new(&buffer).to_vec();
    let (encoding, text) = match guess(&bytes) {
        Guess::Utf16 => ("UTF-16", decode("utf-16le", &bytes)?),
        Guess::Utf8 => ("UTF-8", decode("utf-8", &bytes)?),
        Guess::Windows => ("Windows-1251", decode("windows-1251", &bytes)?),
    };
    Some(PeopleFile { name: file.name(), text, encoding })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Guess {
    Utf8,
    Utf16,
    Windows,
}

fn guess(bytes: &[u8]) -> Guess {
    match bytes {
        [0xff, 0xfe, ..] => Guess::Utf16,
        _ if std::str::from_utf8(bytes).is_ok() => Guess::Utf8,
        _ => Guess::Windows,
    }
}

fn decode(label: &str, bytes: &[u8]) -> Option<String> {
    let options = TextDecoderOptions::new();
    options.set_fatal(true);
    TextDecoder::new_with_label_and_options(label, &options).ok()?.decode_with_u8_array(bytes).ok()
}

/// The pairs as CSV.
pub fn csv(heads: [&str; 3], pairs: &[SignInPair]) -> String {
    let line = |cells: [&str; 3]| cells.map(cell).join(",") + "\r\n";
    let lines = pairs.iter().map(|pair| line([&pair.full_name, &pair.login, &pair.password]));
    std::iter::once(line(heads)).chain(lines).collect()
}

fn cell(text: &str) -> String {
    format!("\"{}\"", harmless(text).replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_is_guessed_from_the_bytes() {
        assert_eq!(guess("фамилия;имя".as_bytes()), Guess::Utf8);
        assert_eq!(guess(b"\xef\xbb\xbfname"), Guess::Utf8);
        assert_eq!(guess(b"\xf4\xe0\xec\xe8\xeb\xe8\xff"), Guess::Windows);
        assert_eq!(guess(b"\xff\xfea\0"), Guess::Utf16);
    }

    #[test]
    fn a_cell_never_becomes_a_formula() {
        let pair = |name: &str| SignInPair {
            full_name: name.into(),
            login: "porter".into(),
            password: "k7m2qx4p".into(),
        };
        assert_eq!(
            csv(["Name", "Login", "First password"], &[pair("Jane \"J\" Porter"), pair(" ＝1+1")]),
            "\"Name\",\"Login\",\"First password\"\r\n\
             \"Jane \"\"J\"\" Porter\",\"porter\",\"k7m2qx4p\"\r\n\
             \" '＝1+1\",\"porter\",\"k7m2qx4p\"\r\n"
        );
    }
}
