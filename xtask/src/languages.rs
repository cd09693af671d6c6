//! The languages of the screens, as their files say (`app/src/texts`): whoever adds a file has added a language.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result};

use crate::root;

/// Where the files are.
const FOLDER: &str = "app/src/texts";
/// The language of whoever reads none of them.
const FIRST: &str = "en";

/// A language of the screens.
pub struct Tongue {
    /// Its BCP 47 tag.
    pub tag: String,
    /// What the app fetches: the sentences, one a line, in the order of the file (as `app/src/texts/file.rs` has it).
    pub messages: String,
    sentences: BTreeMap<String, String>,
}

impl Tongue {
    fn read(tag: &str, file: &str) -> Self {
        let entries =
            file.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(" = "));
        let messages: Vec<_> = entries.clone().map(|(_, words)| words).collect();
        let sentences = entries.map(|(key, words)| (key.to_owned(), words.to_owned())).collect();
        Self { tag: tag.to_owned(), messages: messages.join("\n"), sentences }
    }

    /// The sentence of a key.
    pub fn sentence(&self, key: &str) -> Result<&str> {
        let found = self.sentences.get(key).map(String::as_str);
        found.with_context(|| format!("{} has no {key}", self.tag))
    }
}

/// All of them, in the order of the language menu: the first, and the others by their own names.
pub fn all() -> Result<Vec<Tongue>> {
    in_folder(&root().join(FOLDER))
}

fn in_folder(folder: &Path) -> Result<Vec<Tongue>> {
    let mut tongues = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("{} can't be read", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            let tag = path.file_stem().unwrap_or_default().to_string_lossy();
            tongues.push(Tongue::read(&tag, &fs::read_to_string(&path)?));
        }
    }
    let name = |tongue: &Tongue| tongue.sentence("language.name").map(str::to_owned).unwrap_or_default();
    tongues.sort_by_cached_key(|tongue| (tongue.tag != FIRST, name(tongue)));
    Ok(tongues)
}

/// Puts their sentences beside the app, which fetches those of the language that it speaks.
pub fn copy(staging: &Path) -> Result<()> {
    let texts = staging.join("texts");
    fs::create_dir_all(&texts)?;
    for Tongue { tag, messages, .. } in all()? {
        fs::write(texts.join(format!("{tag}.txt")), messages)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_file_is_one_language_more() {
        let folder = tempfile::TempDir::with_prefix("wardkey-texts-").unwrap();
        for tongue in all().unwrap() {
            let name = format!("{}.txt", tongue.tag);
            fs::copy(root().join(FOLDER).join(&name), folder.path().join(name)).unwrap();
        }
        let names = |folder| {
            let tongues = in_folder(folder).unwrap();
            let names: Vec<_> =
                tongues.iter().map(|it| it.sentence("language.name").unwrap().to_owned()).collect();
            names
        };
        assert_eq!(names(folder.path()), ["English", "Français", "Русский"]);
        let hebrew = "language.name = עברית\nlanguage.direction = rtl\n";
        fs::write(folder.path().join("he.txt"), hebrew).unwrap();
        assert_eq!(names(folder.path()), ["English", "Français", "Русский", "עברית"]);
    }
}
