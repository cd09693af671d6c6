//! What SECURITY.md promises, and which tests it names as proof.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context, Result, bail, ensure};

use crate::root;

const PAGE: &str = "SECURITY.md";
/// Where the table begins.
const HEADING: &str = "\n## Promises\n";
/// The first cells of the table: what follows them is a row.
const COLUMNS: [&str; 6] = ["#", "promise", "proof", "run", "figure", "read"];

/// A row of the table.
pub struct Promise {
    /// The number that attacks and faults name it by.
    pub number: u8,
    /// What holds.
    pub text: String,
    /// The tests that show it.
    pub tests: Vec<Named>,
    /// What else shows it: commands that take longer than anybody waits for in a test.
    pub commands: Vec<String>,
    /// What these hold themselves to, or found.
    pub figure: String,
}

/// A test, or all of a file's, as the page names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    /// The program that it is in.
    pub program: Program,
    /// Its file, from the checkout's root.
    pub file: String,
    /// Its module within the program, with `::` at the end; empty for the program's own.
    pub module: String,
    /// The function; none for all of the file.
    pub function: Option<String>,
}

/// A test program, as cargo finds it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Program {
    /// The package.
    pub package: String,
    /// The name after `--test`; none for the package's own unit tests.
    pub target: Option<String>,
}

/// Reads the table.
pub fn read() -> Result<Vec<Promise>> {
    let page = fs::read_to_string(root().join(PAGE))?;
    let (_, table) = page.split_once(HEADING).context("SECURITY.md has no promises")?;
    let mut rows = table.lines().map(cells).skip_while(|cells| cells[..] != COLUMNS).skip(2);
    let mut promises = Vec::new();
    while let Some([number, text, proof, run, figure, _]) = rows.next().as_deref() {
        promises.push(Promise {
            number: number.parse().with_context(|| format!("\"{number}\" is no number of a promise"))?,
            text: (*text).to_owned(),
            tests: named(proof)?,
            commands: commands(run),
            figure: (*figure).to_owned(),
        });
    }
    ensure!(!promises.is_empty(), "the table of promises can't be read");
    Ok(promises)
}

fn cells(line: &str) -> Vec<&str> {
    line.trim().trim_matches('|').split('|').map(str::trim).collect()
}

/// The tests that a text names: a letter, and in backticks a file and a function, or further ones of the same letter and file.
fn named(text: &str) -> Result<Vec<Named>> {
    let (mut letter, mut file) = (None, "");
    let mut tests = BTreeSet::new();
    let mut pieces = text.split('`');
    while let Some(before) = pieces.next() {
        let Some(code) = pieces.next() else { break };
        letter = match before.trim_end().rsplit([' ', '(', '|']).next() {
            Some(one @ ("H" | "B" | "C" | "U")) => Some(one),
            _ if before.trim() == "," => letter,
            _ => None,
        };
        if code.starts_with("wire/tests/") && code.ends_with(".rs") {
            tests.insert(of_file("W", code, None)?);
        }
        let Some(letter) = letter.filter(|_| !code.contains(' ')) else { continue };
        let (in_file, function) = match code.split_once("::") {
            Some((in_file, function)) => (in_file, Some(function)),
            None => (code, None),
        };
        if !in_file.is_empty() {
            file = in_file;
        }
        tests.insert(of_file(letter, file, function)?);
    }
    Ok(tests.into_iter().collect())
}

/// Where cargo finds the tests of a file.
fn of_file(letter: &str, file: &str, function: Option<&str>) -> Result<Named> {
    let (package, target, path, module) = match letter {
        "H" => ("wardkey-tests", Some("http"), format!("tests/worker/{file}.rs"), file.to_owned()),
        "B" => ("wardkey-tests", Some("browser"), format!("tests/browser/{file}.rs"), file.to_owned()),
        "C" => {
            let (target, module) = file.split_once('/').unwrap_or((file, ""));
            let alone = format!("clinic/tests/{file}.rs");
            let is_folder = !root().join(&alone).exists();
            let path = if is_folder { format!("clinic/tests/{file}/main.rs") } else { alone };
            ("wardkey-clinic", Some(target), path, module.to_owned())
        }
        "W" => (
            "wardkey-wire",
            Path::new(file).file_stem().and_then(|stem| stem.to_str()),
            file.to_owned(),
            String::new(),
        ),
        _ => {
            let (folder, module) =
                file.split_once("/src/").with_context(|| format!("{file} is no file of a package"))?;
            let package = match folder {
                "app" => "wardkey-app",
                "clinic" => "wardkey-clinic",
                "wire" => "wardkey-wire",
                "worker" => "wardkey-worker",
                "xtask/keeper" => "wardkey-keeper",
                "xtask" => "xtask",
                _ => bail!("{folder} is no package"),
            };
            let module = module.trim_end_matches(".rs").trim_end_matches("/mod").replace('/', "::");
            (package, None, file.to_owned(), if module == "lib" { String::new() } else { module })
        }
    };
    Ok(Named {
        program: Program { package: package.to_owned(), target: target.map(str::to_owned) },
        file: path,
        module: if module.is_empty() { module } else { module + "::" },
        function: function.map(str::to_owned),
    })
}

fn commands(run: &str) -> Vec<String> {
    let codes = run.split('`').skip(1).step_by(2);
    codes.filter(|code| code.starts_with("cargo xtask ")).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pages that name tests.
    const PAGES: [&str; 2] = [PAGE, "docs/standards.md"];

    #[test]
    fn every_test_that_is_named_as_proof_is_there() {
        let mut count = 0;
        for page in PAGES {
            let text = fs::read_to_string(root().join(page)).unwrap();
            for line in text.lines() {
                for Named { file, function, .. } in named(line).unwrap() {
                    let code = fs::read_to_string(root().join(&file))
                        .unwrap_or_else(|_| panic!("{page}: no {file}"));
                    if let Some(function) = function {
                        assert!(code.contains(&format!("fn {function}(")), "{page}: no {function} in {file}");
                    }
                    count += 1;
                }
            }
        }
        assert!(count > 300, "{count} are named");
    }

    #[test]
    fn promises_are_counted_from_one_and_each_has_its_proof() {
        let promises = read().unwrap();
        let numbers: Vec<u8> = promises.iter().map(|promise| promise.number).collect();
        assert_eq!(numbers, (1..=35).collect::<Vec<_>>());
        for Promise { number, tests, commands, figure, .. } in &promises {
            assert!(!tests.is_empty() || !commands.is_empty(), "{number}");
            assert!(!figure.is_empty(), "{number}");
        }
    }

    #[test]
    fn tests_are_found_where_cargo_finds_them() {
        let told: Vec<String> = named("H `lock::a`, `::b`; C `people/add::c` as above, `matrix`; U `clinic/src/mails/mod.rs::d`; `wire/tests/older.rs`, `x`")
            .unwrap()
            .into_iter()
            .map(|Named { program: Program { package, target }, module, function, .. }| {
                format!("{package} {} {module}{}", target.unwrap_or_default(), function.unwrap_or_default())
            })
            .collect();
        assert_eq!(
            told,
            [
                "wardkey-clinic  mails::d",
                "wardkey-clinic people add::c",
                "wardkey-tests http lock::a",
                "wardkey-tests http lock::b",
                "wardkey-wire older ",
            ]
        );
    }
}
