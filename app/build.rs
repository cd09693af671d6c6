//! Holds the files of sentences to the same keys in the same order, with the same arguments and the forms that each
//! language has for numbers, and gives each sentence its name in Rust: a missing translation does not compile.

#[path = "src/texts/file.rs"]
mod file;
#[path = "src/texts/message.rs"]
mod message;
#[path = "src/texts/plural.rs"]
mod plural;

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    fmt::Write,
    fs,
    path::Path,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};

use crate::{
    file::{entry, messages},
    message::{Part, first_form, first_part},
};

/// Where the languages are: a file each.
const FOLDER: &str = "src/texts";
/// The language that the others are compared with, and the one for whoever reads none of them.
const FIRST: &str = "en";
/// What the app knows of a language before its file is loaded.
const KNOWN: [&str; 2] = ["language.name", "language.locale"];
/// Numbers up to here take every form that a language has.
const COUNTED_MAX: u32 = 200;
/// Hexadecimal digits of the digest that stand in the address.
const VERSION_DIGITS: usize = 16;

/// A broken file, as a sentence.
type Held<T> = Result<T, String>;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/texts");
    // What `xtask/src/split.rs` finds the parts by that are loaded later.
    if env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "wasm") {
        println!("cargo::rustc-link-arg-bins=--emit-relocs");
    }
    if let Err(reason) = build() {
        println!("cargo::error={reason}");
    }
}

fn build() -> Held<()> {
    let languages = languages()?;
    let mut code = format!(
        "/// The files of the languages, in the order of the menu.\npub static SOURCES: [Source; {}] = [\n",
        languages.len()
    );
    let mut files = Vec::new();
    for language in &languages {
        code.push_str(&language.source()?);
        files.push((&language.file, keys(&language.file, &language.text, &forms(language.rule()?))?));
    }
    code.push_str("];\n");
    let mut files = files.into_iter();
    let (first, keys) = files.next().ok_or("there are no languages")?;
    for (file, others) in files {
        compare(first, &keys, file, &others)?;
    }
    names(&keys, &mut code);
    let folder = env::var("OUT_DIR").map_err(|error| error.to_string())?;
    fs::write(Path::new(&folder).join("sentences.rs"), code).map_err(|error| error.to_string())
}

/// A file of sentences.
struct Language {
    tag: String,
    file: String,
    text: String,
}

/// The languages: the first one, and the others by their own names, as in the menu.
fn languages() -> Held<Vec<Language>> {
    let mut languages = Vec::new();
    for entry in fs::read_dir(FOLDER).map_err(|error| format!("{FOLDER} can't be read: {error}"))? {
        let path = entry.map_err(|error| error.to_string())?.path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            let tag = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let file = format!("{FOLDER}/{tag}.txt");
            let text = fs::read_to_string(&file).map_err(|error| format!("{file} can't be read: {error}"))?;
            let language = Language { tag, file, text };
            language.is_known()?;
            languages.push(language);
        }
    }
    languages
        .sort_by_cached_key(|language| (language.tag != FIRST, language.fact("name").map(str::to_owned)));
    Ok(languages)
}

impl Language {
    /// What its first lines say of it.
    fn fact(&self, name: &str) -> Held<&str> {
        let mut entries = self.text.lines().filter_map(entry);
        let fact = entries.find(|(key, _)| key.strip_prefix("language.") == Some(name));
        fact.map(|(_, fact)| fact).ok_or_else(|| format!("{}: language.{name} is missing", self.file))
    }

    /// How it counts.
    fn rule(&self) -> Held<plural::Rule> {
        let name = self.fact("plural")?;
        plural::rule(name).ok_or_else(|| format!("{}: plural.rs has no rule `{name}`", self.file))
    }

    fn is_known(&self) -> Held<()> {
        self.rule()?;
        if self.tag.is_empty() || !self.tag.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return Err(format!("{}: a language is named by its primary tag", self.file));
        }
        match self.fact("direction")? {
            "ltr" | "rtl" => Ok(()),
            other => Err(format!("{}: a direction is ltr or rtl, and not `{other}`", self.file)),
        }
    }

    /// What the app knows of it before it is loaded.
    fn source(&self) -> Held<String> {
        let Language { tag, text, .. } = self;
        let digest = Sha256::digest(messages(text));
        let mut version: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        version.truncate(VERSION_DIGITS);
        let integrity = BASE64_STANDARD.encode(digest);
        Ok(format!(
            "    Source {{\n        tag: {tag:?},\n        name: {:?},\n        locale: {:?},\n        \
             address: \"/texts/{tag}.txt?v={version}\",\n        integrity: \"sha256-{integrity}\",\n    }},\n",
            self.fact("name")?,
            self.fact("locale")?,
        ))
    }
}

/// A key with the places of its arguments.
type Key = (String, BTreeSet<usize>);

/// The keys of a file, in their order.
fn keys(file: &str, text: &str, forms: &BTreeSet<&str>) -> Held<Vec<Key>> {
    let mut keys = Vec::new();
    let mut seen = BTreeSet::new();
    for (number, line) in text.lines().enumerate() {
        let Some((key, message)) = entry(line) else {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            return Err(format!("{file}:{}: a line is `section.name = words`", number + 1));
        };
        let named = |part: &str| {
            !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || "_0123456789".contains(c))
        };
        if !key.split_once('.').is_some_and(|(section, name)| named(section) && named(name)) {
            return Err(format!("{file}: `{key}` is no `section.name`"));
        }
        if !seen.insert(key) {
            return Err(format!("{file}: {key} is there twice"));
        }
        let mut arguments = BTreeSet::new();
        read(message, forms, &mut arguments).map_err(|reason| format!("{file}: {key}: {reason}"))?;
        if !arguments.iter().copied().eq(0..arguments.len()) {
            return Err(format!("{file}: {key}: its arguments are not counted from 0"));
        }
        keys.push((key.to_owned(), arguments));
    }
    Ok(keys)
}

/// Reads a message, and notes which arguments it takes.
fn read(message: &str, wanted: &BTreeSet<&str>, arguments: &mut BTreeSet<usize>) -> Held<()> {
    if message.trim() != message || message.is_empty() {
        return Err("it is empty, or has a blank at an end".to_owned());
    }
    let mut rest = message;
    while !rest.is_empty() {
        let (part, after) = first_part(rest).ok_or_else(|| format!("`{rest}` can't be read"))?;
        match part {
            Part::Words(words) if words.contains('}') => return Err("a brace closes nothing".to_owned()),
            Part::Words(_) => {}
            Part::Argument(place) => drop(arguments.insert(place)),
            Part::Plural(place, forms) => {
                arguments.insert(place);
                let has = categories(forms)?;
                if has != *wanted {
                    return Err(format!("numbers take the forms {wanted:?} here, and not {has:?}"));
                }
            }
        }
        rest = after;
    }
    Ok(())
}

/// The categories that a plural has forms for.
fn categories(mut forms: &str) -> Held<BTreeSet<&str>> {
    let mut categories = BTreeSet::new();
    while !forms.is_empty() {
        let ((category, words), after) =
            first_form(forms).ok_or_else(|| format!("the forms `{forms}` can't be read"))?;
        if words.contains('{') || !categories.insert(category) {
            return Err(format!("the form `{category}` is there twice, or holds braces"));
        }
        forms = after;
    }
    Ok(categories)
}

/// The categories that the numbers of a language fall into.
fn forms(counts: plural::Rule) -> BTreeSet<&'static str> {
    (0..=COUNTED_MAX).map(counts).collect()
}

fn compare(first: &str, keys: &[Key], file: &str, others: &[Key]) -> Held<()> {
    let names = |keys: &[Key]| keys.iter().map(|(key, _)| key.clone()).collect::<BTreeSet<_>>();
    let (here, there) = (names(keys), names(others));
    if let Some(key) = here.difference(&there).next() {
        return Err(format!("{file}: {key} is missing; it is in {first}"));
    }
    if let Some(key) = there.difference(&here).next() {
        return Err(format!("{file}: {key} is in no other language; it is missing in {first}"));
    }
    for ((key, arguments), (other, others)) in keys.iter().zip(others) {
        if key != other {
            return Err(format!("{file}: {other} stands where {first} has {key}"));
        }
        if arguments != others {
            return Err(format!("{file}: {key} takes the arguments {others:?}, in {first} {arguments:?}"));
        }
    }
    Ok(())
}

/// A module for each section, with a constant for each sentence: of a type that says how much is put into it.
fn names(keys: &[Key], code: &mut String) {
    let mut sections: BTreeMap<&str, String> = BTreeMap::new();
    for (place, (key, arguments)) in keys.iter().enumerate() {
        if KNOWN.contains(&key.as_str()) {
            continue;
        }
        let (section, name) = key.split_once('.').unwrap_or_default();
        let names = sections.entry(section).or_default();
        let name = name.to_uppercase();
        // Writing to a string does not fail.
        match arguments.len() {
            0 => writeln!(names, "    pub const {name}: Text = Text({place});"),
            count => writeln!(names, "    pub const {name}: Template<{count}> = Template({place});"),
        }
        .ok();
    }
    for (section, names) in sections {
        code.push_str(&format!(
            "pub mod {section} {{\n    #[allow(unused_imports)]\n    use super::{{Template, Text}};\n{names}}}\n"
        ));
    }
}
