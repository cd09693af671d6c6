//! The Worker as workerd takes it: what `cargo xtask run`, the tests and a home all start. Secrets come from the environment, so that
//! none stands in this file.

use std::{fs, net::SocketAddr, path::Path};

use anyhow::{Context, Result};
use serde_json::json;
use walkdir::WalkDir;

use crate::{settings::VARIABLES, wrangler};

/// What a Worker stands in.
pub struct Surroundings<'a> {
    /// The port of this computer that it listens on, and on nothing else.
    pub port: u16,
    /// The site's files, as the runtime is to find them: from the folder that it is started in, unless the path is a whole one.
    pub site: &'a Path,
    /// What it stores, found in the same way.
    pub data: &'a Path,
    /// Whether mails leave for an address of this computer or its network.
    pub mails_stay_local: bool,
    /// The built-in mailbox, where there is one.
    pub mailbox: Option<SocketAddr>,
    /// Who vouches for a mail server besides those whom browsers trust: certificates as PEM.
    pub mail_authority: Option<&'a str>,
}

/// The configuration for a folder that holds `worker/`, the modules, and `site/`, the files. It is to stand in that folder.
pub fn text(folder: &Path, surroundings: &Surroundings<'_>) -> Result<String> {
    let wrangler = wrangler::read()?;
    let variables: String = VARIABLES
        .iter()
        .map(|name| format!(",\n    (name = {0}, fromEnvironment = {0})", quoted(name)))
        .collect();
    let objects = &wrangler.durable_objects.bindings;
    let object_bindings: String = objects
        .iter()
        .map(|object| {
            let (name, class) = (quoted(&object.name), quoted(&object.class_name));
            format!(",\n    (name = {name}, durableObjectNamespace = {class})")
        })
        .collect();
    let namespaces: Vec<String> = objects
        .iter()
        .map(|object| {
            // Never to change: what is stored is found by it.
            let key = quoted(&format!("wardkey-{}-v1", object.name.to_ascii_lowercase()));
            format!("(className = {}, uniqueKey = {key}, enableSql = true)", quoted(&object.class_name))
        })
        .collect();
    // A guard against a Worker that is talked into reaching into this network.
    let reach = if surroundings.mails_stay_local { r#""public", "private""# } else { r#""public""# };
    let headers = fs::read_to_string(folder.join("site/_headers")).context("the site has no headers")?;
    let assets = json!({
        "not_found_handling": wrangler.assets.not_found_handling,
        "run_worker_first": wrangler.assets.run_worker_first,
        "headers": headers,
    });
    let trusted = surroundings.mail_authority.map(|pem| format!(", trustedCertificates = [{}]", quoted(pem)));
    let mailbox = surroundings.mailbox.map(|address| quoted(&address.to_string()));
    let mailbox_service = mailbox
        .as_ref()
        .map(|address| format!("\n    (name = \"mailbox\", external = (address = {address}, http = ())),"));
    let mailbox_binding = mailbox.as_ref().map(|_| ",\n    (name = \"MAILBOX\", service = \"mailbox\")");
    Ok(format!(
        r#"using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "app", worker = .app),
    (name = "site", assets = (path = {site}, userWorker = "app", config = {assets})),
    (name = "data", disk = (path = {data}, writable = true)),{mailbox_service}
    (name = "internet", network = (allow = [{reach}], tlsOptions = (trustBrowserCas = true{trusted})))],
  sockets = [(name = "http", address = {address}, http = (), service = "site")]);
const app :Workerd.Worker = (
  compatibilityDate = {date},
  modules = [{modules}],
  bindings = [
    (name = {assets_binding}, service = (name = "site", entrypoint = "AssetWorker")){mailbox_binding}{variables}{object_bindings}],
  durableObjectNamespaces = [{namespaces}],
  durableObjectStorage = (localDisk = "data"));
"#,
        site = quoted(&surroundings.site.to_string_lossy()),
        data = quoted(&surroundings.data.to_string_lossy()),
        assets = quoted(&assets.to_string()),
        mailbox_service = mailbox_service.unwrap_or_default(),
        mailbox_binding = mailbox_binding.unwrap_or_default(),
        address = quoted(&format!("127.0.0.1:{}", surroundings.port)),
        date = quoted(&wrangler.compatibility_date),
        modules = modules(&folder.join("worker"))?,
        trusted = trusted.unwrap_or_default(),
        assets_binding = quoted(&wrangler.assets.binding),
        namespaces = namespaces.join(", "),
    ))
}

fn modules(folder: &Path) -> Result<String> {
    let mut modules = Vec::new();
    for entry in WalkDir::new(folder).sort_by_file_name() {
        let entry = entry?;
        let name = entry.path().strip_prefix(folder)?.to_string_lossy().into_owned();
        let kind = match entry.path().extension().and_then(|extension| extension.to_str()) {
            Some("js") => "esModule",
            Some("wasm") => "wasm",
            _ => continue,
        };
        let module =
            format!("(name = {}, {kind} = embed {})", quoted(&name), quoted(&format!("worker/{name}")));
        // The first is the one that the runtime enters.
        if name == "index.js" { modules.insert(0, module) } else { modules.push(module) }
    }
    Ok(modules.join(",\n    "))
}

/// A Cap'n Proto text literal, which is written as JSON's are.
fn quoted(text: &str) -> String {
    json!(text).to_string()
}
