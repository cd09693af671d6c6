//! Builds the app into `dist/` and the Worker into `build/`, leaves alone what is up to date, and takes what was built of the same files
//! before.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
    thread,
};

use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};
use walkdir::WalkDir;

use crate::{TOLD_BY_CARGO, built::Shelf, cargo, progress, root, target_dir, tools::Tools, wrangler};

const APP: &str = "app";
const WORKER: &str = "worker";
/// What both are built from.
const SHARED_INPUTS: [&str; 7] = [
    "wire",
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
    "package-lock.json",
    "xtask/src/assemble.rs",
    "xtask/src/tools.rs",
];
/// What the app is built from, besides.
const APP_INPUTS: [&str; 12] = [
    "app",
    "style",
    "public",
    "Trunk.toml",
    "xtask/src/finish.rs",
    "xtask/src/first_form.rs",
    "xtask/src/help.rs",
    "xtask/src/languages.rs",
    "xtask/src/minify.rs",
    "xtask/src/one_page.rs",
    "xtask/src/service_worker.rs",
    "xtask/src/split.rs",
];
/// What the Worker is built from, besides.
const WORKER_INPUTS: [&str; 4] = ["worker", "clinic", "wrangler.toml", "xtask/src/worker.js"];
/// What the compiler and wasm-bindgen may use, which browsers and workerd both have.
pub const WASM_FEATURES: [&str; 9] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-exception-handling",
    "--enable-extended-const",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// What the app is compiled with: views without their types in the names of functions are a tenth less to load.
const APP_FLAGS: &str = "--cfg=erase_components";
/// What the compiler may use for the Worker, besides: a hash takes an eighth less with instructions that do two things at once. Browsers
/// are not asked for them.
const WORKER_FLAGS: &str = "-Ctarget-feature=+simd128";

/// What is changed in wasm-bindgen's output.
const REBINDINGS: [(&str, &str); 4] = [
    // The runtime links a .wasm file as a module, without the `source` phase.
    ("import source ", "import "),
    ("./bindings_bg.wasm", "./index_bg.wasm"),
    // Whoever calls into an instance that has trapped is refused. Left alone, the first that did would start a new instance, and run in
    // it with a pointer into the old one's memory.
    ("__wbg_reinit_scheduled = true;", ""),
    // Any trap comes by here; `worker.js` hears of it.
    ("__wbg_called_abort = true;", "__wbg_called_abort = true;\n    globalThis.__worker_init_state.end();"),
];

/// The site's files.
pub fn site() -> PathBuf {
    root().join("dist")
}

/// The Worker's modules.
pub fn modules() -> PathBuf {
    root().join("build")
}

/// The modules of the trial Worker.
pub fn trial_modules() -> PathBuf {
    target_dir().join("trial/worker")
}

/// Builds the app into `dist/` and the Worker into `build/`, side by side: each ends with minutes in which the compiler can use one
/// processor only.
pub fn all(tools: &Tools) -> Result<()> {
    thread::scope(|scope| {
        let app = scope.spawn(|| app(tools));
        let worker = worker(tools);
        app.join().unwrap_or_else(|_| bail!("the build of the app has panicked")).and(worker)
    })
}

/// Builds both anew, whatever is there: what is handed out was made of what is checked out, and nothing else.
pub fn all_anew(tools: &Tools) -> Result<()> {
    for (name, inputs) in [(APP, &APP_INPUTS[..]), (WORKER, &WORKER_INPUTS[..])] {
        Shelf::open()?.forget(&kept_as(name, &digest(inputs.iter().chain(&SHARED_INPUTS))?))?;
        let stamp = stamp(name)?;
        if stamp.exists() {
            fs::remove_file(stamp)?;
        }
    }
    all(tools)
}

/// Builds the app into `dist/`.
pub fn app(tools: &Tools) -> Result<()> {
    unless_current(APP, &APP_INPUTS, &site(), "index.html", || {
        fetch_crates()?;
        progress::must(
            "Building the app",
            Command::new(tools.trunk())
                .arg("build")
                .current_dir(root())
                .env("PATH", tools.path()?)
                // For WebAssembly alone: Trunk also starts xtask, which is not built anew.
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", flags(APP_FLAGS)?)
                .env_remove("RUSTFLAGS")
                .env_remove(TOLD_BY_CARGO)
                // Trunk reads it as its own option and refuses the value 1.
                .env_remove("NO_COLOR"),
            "The compiler's words are below.",
        )
    })
}

/// What the compiler is told besides: the places of panics stand without the folders of whoever builds. They are nobody's business, they
/// weigh, and the same sources come to the same bytes wherever they are built.
fn flags(first: &str) -> Result<String> {
    let mut flags = first.to_owned();
    let crates = cargo_home()?.join("registry/src");
    for folder in fs::read_dir(&crates).with_context(|| format!("{} can't be read", crates.display()))? {
        flags.push_str(&format!(" --remap-path-prefix={}/=", folder?.path().display()));
    }
    Ok(flags)
}

fn cargo_home() -> Result<PathBuf> {
    let set = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let usual = || std::env::home_dir().map(|home| home.join(".cargo"));
    set.or_else(usual).context("cargo's folder can't be found: set CARGO_HOME")
}

/// Builds the Worker into `build/`.
pub fn worker(tools: &Tools) -> Result<()> {
    let build = WorkerBuild {
        name: WORKER,
        what: "Building the Worker",
        features: &[],
        cargo_dir: target_dir(),
        folder: modules(),
    };
    build.run(tools)
}

/// Builds the Worker with the routes of benchmarks and of tests that move the time, in folders of its own: it can never be
/// taken for the one that ships.
pub fn trial_worker(tools: &Tools) -> Result<()> {
    let build = WorkerBuild {
        name: "trial-worker",
        what: "Building the Worker for benchmarks and tests of time",
        features: &["--features", "trial"],
        cargo_dir: target_dir().join("trial/cargo"),
        folder: trial_modules(),
    };
    build.run(tools)
}

/// Builds the program that keeps a home's records, for this computer's kind.
pub fn keeper() -> Result<()> {
    progress::must(
        "Building the keeper of records",
        cargo().args(["build", "--release", "--package", "wardkey-keeper"]),
        "The compiler's words are below.",
    )
}

/// The program that keeps a home's records.
pub fn keeper_program() -> PathBuf {
    target_dir().join("release/wardkey")
}

struct WorkerBuild<'a> {
    name: &'a str,
    what: &'a str,
    features: &'a [&'a str],
    cargo_dir: PathBuf,
    folder: PathBuf,
}

impl WorkerBuild<'_> {
    fn run(&self, tools: &Tools) -> Result<()> {
        unless_current(self.name, &WORKER_INPUTS, &self.folder, "index.js", || {
            progress::must(
                self.what,
                cargo()
                    .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", flags(WORKER_FLAGS)?)
                    .env_remove("RUSTFLAGS")
                    .args(["build", "--package", "wardkey-worker", "--lib"])
                    .args(["--profile", "worker-release", "--target", "wasm32-unknown-unknown"])
                    .args(self.features)
                    .arg("--target-dir")
                    .arg(&self.cargo_dir),
                "The compiler's words are below.",
            )?;
            let folder = &self.folder;
            if folder.exists() {
                fs::remove_dir_all(folder)?;
            }
            fs::create_dir_all(folder).with_context(|| format!("{} can't be written", folder.display()))?;
            let wasm = self.cargo_dir.join("wasm32-unknown-unknown/worker-release/wardkey_worker.wasm");
            bind(tools, &wasm, folder)
        })
    }
}

/// wasm-bindgen's output, made smaller and faster, with the entry that the runtime calls.
fn bind(tools: &Tools, wasm: &Path, folder: &Path) -> Result<()> {
    progress::must(
        "Binding the Worker to JavaScript",
        Command::new(tools.wasm_bindgen())
            .args(["--target", "module", "--no-typescript", "--out-name", "bindings"])
            .args(["--experimental-reset-state-function", "--force-enable-abort-handler"])
            .arg("--out-dir")
            .arg(folder)
            .arg(wasm),
        "`cargo update` may have moved wasm-bindgen away from the version of the tool.",
    )?;
    progress::must(
        "Optimising the Worker",
        Command::new(tools.wasm_opt())
            // More takes six times as long, weighs more when compressed, and no hash or request is faster for it.
            .arg("-O1")
            .args(WASM_FEATURES)
            .arg("--enable-simd")
            .arg(folder.join("bindings_bg.wasm"))
            .arg("-o")
            .arg(folder.join("index_bg.wasm")),
        "wasm-opt's words are below.",
    )?;
    fs::remove_file(folder.join("bindings_bg.wasm"))?;
    let bindings = folder.join("bindings.js");
    let mut text = fs::read_to_string(&bindings)?;
    for (written, wanted) in REBINDINGS {
        ensure!(text.contains(written), "wasm-bindgen does not write \"{written}\" any more");
        text = text.replace(written, wanted);
    }
    fs::write(bindings, text)?;
    let mut entry = include_str!("worker.js").to_owned();
    for object in wrangler::read()?.durable_objects.bindings {
        let class = object.class_name;
        entry.push_str(&format!("\nexport const {class} = lasting(wasm.{class});\n"));
    }
    fs::write(folder.join("index.js"), entry)?;
    Ok(())
}

/// Trunk works offline, with tools and crates that are already here.
fn fetch_crates() -> Result<()> {
    progress::must("Fetching crates", cargo().arg("fetch"), "Check the network and try again.")
}

/// Builds into a folder unless what is there was built from the very same inputs, or was built of them before.
fn unless_current(
    name: &str,
    inputs: &[&str],
    folder: &Path,
    entry: &str,
    build: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let stamp = stamp(name)?;
    let lock = File::create(stamp.with_extension("lock"))?;
    if lock.try_lock().is_err() {
        progress::note(&format!("Waiting for another `cargo xtask` that builds the {name} …"));
        lock.lock()?;
    }
    let digest = digest(inputs.iter().chain(&SHARED_INPUTS))?;
    let is_there = || folder.join(entry).exists();
    if is_there() && fs::read_to_string(&stamp).is_ok_and(|built_from| built_from == digest) {
        return Ok(());
    }
    let kept_as = kept_as(name, &digest);
    if Shelf::open()?.take(&kept_as, folder)? && is_there() {
        progress::note(&format!("The {name} was built of the same files before, and is taken from there"));
    } else {
        build()?;
        Shelf::open()?.keep(&kept_as, folder)?;
    }
    fs::write(stamp, digest)?;
    Ok(())
}

/// Where it is written down what a build was made from.
fn stamp(name: &str) -> Result<PathBuf> {
    let folder = target_dir().join("assembled");
    fs::create_dir_all(&folder)?;
    Ok(folder.join(name))
}

fn kept_as(name: &str, digest: &str) -> String {
    format!("{name}-{digest}")
}

fn digest<'a>(inputs: impl Iterator<Item = &'a &'a str>) -> Result<String> {
    let mut hash = Sha256::new();
    for input in inputs {
        let path = root().join(input);
        if !path.exists() {
            continue;
        }
        // A crate's tests go into nothing that ships.
        let tests = path.join("tests");
        let entries = WalkDir::new(&path).sort_by_file_name().into_iter();
        for entry in entries.filter_entry(|entry| entry.path() != tests) {
            let entry = entry?;
            if entry.file_type().is_file() {
                let bytes = fs::read(entry.path())?;
                hash.update(entry.path().strip_prefix(root())?.to_string_lossy().as_bytes());
                hash.update(bytes.len().to_le_bytes());
                hash.update(bytes);
            }
        }
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
