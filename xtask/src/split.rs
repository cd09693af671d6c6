//! Cuts the app into the program that everybody starts with and the parts that are loaded later, where `app/src/parts.rs` says so.
//! Trunk calls it with what it has built (`Trunk.toml`), and has no step for this itself.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
};

use anyhow::{Context, Result, anyhow, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256, Sha384};
use wasm_split_cli_support::{Options, transform};

use crate::{assemble::WASM_FEATURES, minify, progress, target_dir, tools::Tools};

/// What the files are called until their digest is known.
const PROGRAM: &str = "program.js";
const PROGRAM_WASM: &str = "program_bg.wasm";
const PARTS: &str = "parts.js";
/// Hexadecimal digits of the digest that stand in a name.
const NAME_DIGITS: usize = 16;
/// How the browser fetches a part, as the splitter writes it.
const FETCHED: &str = ", import.meta.url)";

/// Splits what Trunk has put into a folder, and has its page load that.
pub fn run(tools: &Tools, staging: &Path) -> Result<()> {
    let page = staging.join("index.html");
    let html = fs::read_to_string(&page).with_context(|| format!("{} can't be read", page.display()))?;
    let whole = Whole::of(&html)?;
    let folder = target_dir().join("split");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let cut = folder.join("cut");
    cut_up(&cut)?;
    bind(tools, &cut)?;
    let small = folder.join("small");
    optimise(tools, &cut, &small)?;
    fs::copy(cut.join(PROGRAM), small.join(PROGRAM))?;
    fs::copy(cut.join(PARTS), small.join(PARTS))?;

    let files = Files::named(tools, &small)?;
    for (name, bytes) in &files.0 {
        fs::write(staging.join(name), bytes)?;
    }
    for old in [&whole.js, &whole.wasm] {
        fs::remove_file(staging.join(old))?;
    }
    Ok(fs::write(page, files.loaded_by(&html, &whole)?)?)
}

/// The names that Trunk gave to the uncut program.
struct Whole {
    js: String,
    wasm: String,
}

impl Whole {
    fn of(html: &str) -> Result<Whole> {
        let named = |attribute: &str| {
            let (_, rest) = html.split_once(attribute)?;
            rest.split_once('"').map(|(name, _)| name.to_owned())
        };
        let js = named("data-js=\"/").context("the page names no program")?;
        let wasm = named("data-wasm=\"/").context("the page names no WebAssembly")?;
        Ok(Whole { js, wasm })
    }
}

/// Cuts what the compiler made into a folder.
fn cut_up(folder: &Path) -> Result<()> {
    let compiled = target_dir().join("wasm32-unknown-unknown/wasm-release/wardkey-app.wasm");
    let input = fs::read(&compiled).with_context(|| format!("{} can't be read", compiled.display()))?;
    let (link, program, main) = (format!("./{PARTS}"), format!("./{PROGRAM}"), folder.join("program.wasm"));
    let mut options = Options::new(&input);
    options.output_dir = folder;
    options.main_out_path = &main;
    options.link_name = &link;
    options.main_module = &program;
    let cut = transform(options).map_err(|error| anyhow!("the app can't be cut: {error:#}"))?;
    ensure!(!cut.split_modules.is_empty(), "the app has no parts: was it linked with `--emit-relocs`?");
    Ok(())
}

fn bind(tools: &Tools, folder: &Path) -> Result<()> {
    progress::must(
        "Binding the app to JavaScript",
        Command::new(tools.wasm_bindgen())
            // The parts take from the program what the linker exports.
            .args(["--target", "web", "--no-typescript", "--keep-lld-exports", "--out-name", "program"])
            .arg("--out-dir")
            .arg(folder)
            .arg(folder.join("program.wasm")),
        "`cargo update` may have moved wasm-bindgen away from the version of the tool.",
    )?;
    Ok(fs::remove_file(folder.join("program.wasm"))?)
}

/// Makes every module as small as it gets. Side by side: each takes a while.
fn optimise(tools: &Tools, from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    let modules = in_folder(from)?.into_iter().filter(|file| is_wasm(file));
    let mut commands: Vec<_> = modules
        .map(|module| {
            let mut command = Command::new(tools.wasm_opt());
            command
                .args(["-Oz", "--converge", "--gufa-optimizing", "--reorder-functions-by-name"])
                .arg("--one-caller-inline-max-function-size=20")
                .args(WASM_FEATURES)
                .arg(&module)
                .arg("-o")
                .arg(to.join(module.file_name().unwrap_or_default()));
            command
        })
        .collect();
    thread::scope(|scope| {
        let runs: Vec<_> = commands.iter_mut().map(|command| scope.spawn(|| command.output())).collect();
        for run in runs {
            let output = run.join().map_err(|_| anyhow!("wasm-opt could not be waited for"))??;
            ensure!(output.status.success(), "wasm-opt: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(())
    })
}

/// The files of the site with the names that they are served by: each names its own bytes, so that a browser may keep it for ever.
struct Files(Vec<(String, Vec<u8>)>);

impl Files {
    fn named(tools: &Tools, folder: &Path) -> Result<Files> {
        let read = |name: &str| fs::read(folder.join(name)).with_context(|| format!("{name} can't be read"));
        let (program_wasm, program) = (read(PROGRAM_WASM)?, String::from_utf8(read(PROGRAM)?)?);
        let mut parts = String::from_utf8(read(PARTS)?)?;
        let mut files = Vec::new();
        for module in in_folder(folder)?.into_iter().filter(|file| is_wasm(file)) {
            let stem = module.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let bytes = fs::read(&module)?;
            if stem != "program_bg" {
                let name = name(&stem, &bytes, "wasm");
                // The browser refuses any other bytes.
                let fetched = format!("\"./{stem}.wasm\"{FETCHED})");
                ensure!(parts.contains(&fetched), "the splitter fetches {stem} in another way than it did");
                let whole = format!("\"./{name}\"{FETCHED}, {{ integrity: \"{}\" }})", integrity(&bytes));
                parts = parts.replace(&fetched, &whole);
                files.push((name, bytes));
            }
        }
        let (mut program, mut parts) = (minify::script(tools, &program)?, minify::script(tools, &parts)?);
        // The two scripts name each other, so that both carry the digest of both.
        let version = [program.as_bytes(), parts.as_bytes(), &program_wasm].concat();
        let (program_name, parts_name) = (name("program", &version, "js"), name("parts", &version, "js"));
        let imported = format!("from\"./{PARTS}\"");
        ensure!(program.contains(&imported), "the program imports the parts in another way than it did");
        program = program.replace(&imported, &format!("from\"./{parts_name}\""));
        parts = parts.replace(&format!("\"./{PROGRAM}\""), &format!("\"./{program_name}\""));
        files.push((program_name, program.into_bytes()));
        files.push((parts_name, parts.into_bytes()));
        files.push((name("program_bg", &program_wasm, "wasm"), program_wasm));
        Ok(Files(files))
    }

    fn find(&self, stem: &str, extension: &str) -> Result<(&str, &[u8])> {
        let wanted = |name: &str| name.starts_with(&format!("{stem}-")) && name.ends_with(extension);
        let found = self.0.iter().find(|(name, _)| wanted(name));
        found.map(|(name, bytes)| (name.as_str(), bytes.as_slice())).context("a file of the app is missing")
    }

    /// The page with these in the place of the whole program.
    fn loaded_by(&self, html: &str, whole: &Whole) -> Result<String> {
        let (program, program_bytes) = self.find("program", "js")?;
        let (parts, parts_bytes) = self.find("parts", "js")?;
        let (wasm, wasm_bytes) = self.find("program_bg", "wasm")?;
        let (head, rest) =
            html.split_once("<link rel=\"modulepreload\"").context("Trunk preloads nothing")?;
        let (_, rest) = rest.split_once("</head>").context("a page without a head")?;
        let module = |name: &str, bytes: &[u8]| {
            let integrity = integrity(bytes);
            format!(
                "<link rel=\"modulepreload\" href=\"/{name}\" crossorigin=\"anonymous\" integrity=\"{integrity}\">"
            )
        };
        // Behind the scripts: the line is one, and this is most of the bytes.
        let wasm_link = format!(
            "<link rel=\"preload\" href=\"/{wasm}\" crossorigin=\"anonymous\" integrity=\"{}\" as=\"fetch\" type=\"application/wasm\" fetchpriority=\"low\">",
            integrity(wasm_bytes)
        );
        let head = head.replace(&whole.js, program).replace(&whole.wasm, wasm);
        let modules = [module(program, program_bytes), module(parts, parts_bytes)].concat();
        Ok(format!("{head}{modules}{wasm_link}</head>{rest}"))
    }
}

fn in_folder(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<PathBuf>>>()?;
    files.sort();
    Ok(files)
}

fn is_wasm(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "wasm")
}

/// A name that changes with what it names.
pub fn name(stem: &str, bytes: &[u8], extension: &str) -> String {
    let mut digest: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    digest.truncate(NAME_DIGITS);
    format!("{stem}-{digest}.{extension}")
}

/// What the browser compares a file with.
pub fn integrity(bytes: &[u8]) -> String {
    format!("sha384-{}", BASE64_STANDARD.encode(Sha384::digest(bytes)))
}
