//! Takes out of scripts and style sheets what only people read: blanks, remarks, long names.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};

use crate::{root, tools::Tools};

/// A script, or a module, without it.
pub fn script(tools: &Tools, text: &str) -> Result<String> {
    smaller(tools, &["--loader=js"], text)
}

/// A style sheet without it.
pub fn style(tools: &Tools, text: &str) -> Result<String> {
    smaller(tools, &["--loader=css"], text)
}

/// A script that stands in the page, together with what it imports: they become one.
pub fn bundle(tools: &Tools, text: &str) -> Result<String> {
    smaller(tools, &["--loader=js", "--bundle"], text)
}

fn smaller(tools: &Tools, arguments: &[&str], text: &str) -> Result<String> {
    let mut child = Command::new(tools.esbuild()?)
        .args(["--minify", "--charset=utf8", "--log-level=error"])
        .args(arguments)
        // Where what is imported stands.
        .current_dir(root().join("app"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("esbuild can't be started")?;
    // It reads all before it writes any.
    child.stdin.take().context("esbuild takes nothing")?.write_all(text.as_bytes())?;
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "esbuild: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}
