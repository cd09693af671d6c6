//! The machine of a developer: what `cargo xtask run` and `cargo xtask test` need of it.

use std::{
    fs,
    net::{Ipv4Addr, TcpListener},
    time::Duration,
};

use serde::Deserialize;

use super::{Finding, System, room};
use crate::{operator, root, target_dir};

/// Gigabytes that the builds of app, Worker and tests take.
const ROOM_GIGABYTES_MIN: f64 = 10.0;
/// What Node.js must be at least, for the tools of npm.
const NODE_MAJOR_MIN: u32 = 20;
const TARGET: &str = "wasm32-unknown-unknown";

/// Looks at everything. The port is the one that `cargo xtask run` would take.
pub fn look(system: &System, port: u16) -> Vec<Finding> {
    vec![
        compiler(system),
        wasm_target(system),
        c_compiler(system),
        node(system),
        npm(system),
        browser(system),
        room("room on the disk", &target_dir(), ROOM_GIGABYTES_MIN),
        port_free(port),
    ]
}

fn compiler(system: &System) -> Finding {
    const WHAT: &str = "Rust";
    #[derive(Deserialize)]
    struct File {
        toolchain: Toolchain,
    }
    #[derive(Deserialize)]
    struct Toolchain {
        channel: String,
    }
    let file = fs::read_to_string(root().join("rust-toolchain.toml")).unwrap_or_default();
    let Ok(File { toolchain: Toolchain { channel: wanted } }) = toml::from_str(&file) else {
        return Finding::bad(WHAT, "rust-toolchain.toml can't be read: take it from git again.");
    };
    match system.said("rustc", &["--version"]) {
        None => Finding::bad(WHAT, "rustc does not run: install rustup, then open a new terminal."),
        Some(said) if said.split(' ').nth(1) == Some(wanted.as_str()) => Finding::good(WHAT, said),
        Some(said) => Finding::bad(
            WHAT,
            format!(
                "it is {said}, and {wanted} is wanted: use rustup's, which takes the one of rust-toolchain.toml."
            ),
        ),
    }
}

fn wasm_target(system: &System) -> Finding {
    const WHAT: &str = "WebAssembly";
    let sysroot = system.said("rustc", &["--print", "sysroot"]).unwrap_or_default();
    let installed =
        !sysroot.is_empty() && fs::exists(format!("{sysroot}/lib/rustlib/{TARGET}")).unwrap_or(false);
    match installed {
        true => Finding::good(WHAT, format!("{TARGET} is there")),
        false => Finding::bad(WHAT, format!("{TARGET} is missing: rustup target add {TARGET}")),
    }
}

fn c_compiler(system: &System) -> Finding {
    const WHAT: &str = "C compiler";
    match ["cc", "gcc", "clang"].into_iter().find_map(|name| system.program(name)) {
        Some(path) => Finding::good(WHAT, path.display().to_string()),
        None => Finding::bad(WHAT, "there is none: install build-essential, or what your system calls it."),
    }
}

fn node(system: &System) -> Finding {
    const WHAT: &str = "Node.js";
    let said = system.said("node", &["--version"]);
    let major = |said: &String| said.strip_prefix('v')?.split('.').next()?.parse::<u32>().ok();
    match said.as_ref().and_then(major) {
        Some(major) if major >= NODE_MAJOR_MIN => Finding::good(WHAT, said.unwrap_or_default()),
        Some(major) => Finding::bad(WHAT, format!("it is {major}: install {NODE_MAJOR_MIN} or newer.")),
        None => Finding::bad(WHAT, format!("node does not run: install Node.js {NODE_MAJOR_MIN} or newer.")),
    }
}

fn npm(system: &System) -> Finding {
    match system.program("npm") {
        Some(path) => Finding::good("npm", path.display().to_string()),
        None => Finding::bad("npm", "it is missing: install it beside Node.js."),
    }
}

/// Only the tests need it, and they install it where they may.
fn browser(system: &System) -> Finding {
    const WHAT: &str = "Chromium";
    const MISSING: &str =
        "chromium or chromedriver is not there; `cargo xtask test` installs both where it may";
    let major = |program| {
        let said = system.said(program, &["--version"])?;
        let version = said.split(' ').find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
        version.split('.').next()?.parse::<u32>().ok()
    };
    match (major("chromium"), major("chromedriver")) {
        (Some(browser), Some(driver)) if browser == driver => Finding::good(WHAT, browser.to_string()),
        (Some(browser), Some(driver)) => Finding::bad(
            WHAT,
            format!(
                "it is {browser} and its driver {driver}: bring both to one version, apt-get install chromium chromium-driver."
            ),
        ),
        _ => Finding::unseen(WHAT, MISSING),
    }
}

fn port_free(port: u16) -> Finding {
    const WHAT: &str = "port";
    if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
        return Finding::good(WHAT, format!("{port} is free"));
    }
    let health =
        operator::agent(Duration::from_secs(2)).get(format!("http://127.0.0.1:{port}/api/health")).call();
    match health.is_ok_and(|reply| reply.status().is_success()) {
        true => Finding::good(WHAT, format!("a Wardkey answers at {port} already")),
        false => Finding::bad(
            WHAT,
            format!(
                "something else listens at {port}: end it, or take another one, cargo xtask run --port {}.",
                port.wrapping_add(1)
            ),
        ),
    }
}
