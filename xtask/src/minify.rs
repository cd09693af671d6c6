//! Takes out of scripts and style sheets what only people read: blanks, remarks, long names.

use std::{
    fs,
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};

use crate::{
    root,
    split::{integrity, name},
    tools::Tools,
};

/// How the page begins what asks for its own script.
const SCRIPT: &str = "<script src=\"/";

/// A script, or a module, without it.
pub fn script(tools: &Tools, text: &str) -> Result<String> {
    smaller(tools, &["--loader=js"], text)
}

/// A style sheet without it.
pub fn style(tools: &Tools, text: &str) -> Result<String> {
    smaller(tools, &["--loader=css"], text)
}

/// Does it to the script that the page of a folder starts with, and to what that imports: they become one.
pub fn page_script(tools: &Tools, staging: &Path) -> Result<()> {
    let page = staging.join("index.html");
    let html = fs::read_to_string(&page).with_context(|| format!("{} can't be read", page.display()))?;
    let old = html.split_once(SCRIPT).and_then(|(_, rest)| rest.split_once('"'));
    let (old, _) = old.context("the page starts with no script")?;
    let file = staging.join(old);
    let text = fs::read_to_string(&file).with_context(|| format!("{} can't be read", file.display()))?;
    ensure!(html.contains(&integrity(text.as_bytes())), "the page does not hold {old} to its digest");
    let small = smaller(tools, &["--loader=js", "--bundle"], &text)?;
    let html = html
        .replace(&integrity(text.as_bytes()), &integrity(small.as_bytes()))
        .replace(old, &name("boot", small.as_bytes(), "js"));
    fs::remove_file(&file)?;
    fs::write(staging.join(name("boot", small.as_bytes(), "js")), small)?;
    Ok(fs::write(page, html)?)
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
