//! A version is written for any home: what one home is told goes into its texts when it is taken in, so that whoever builds needs no secret.

use std::{fs, net::Ipv4Addr, path::Path};

use anyhow::{Context, Result, bail, ensure};
use url::{Host, Url};

use crate::home::{Home, Told};

/// Where a version has its texts with holes for what a home is told.
pub const UNFILLED: &str = "unfilled";
/// A part of nginx's site, for a home at the usual port: behind another one stands something else there.
const REDIRECT: &str = "redirect.conf";
/// The port of an address that names none.
const USUAL_PORT: u16 = 443;

/// The texts of a version for one home, each with its name.
pub fn texts(version: &Path, name: &str, home: &Home) -> Result<Vec<(String, String)>> {
    let folder = version.join(UNFILLED);
    let redirect = read(&folder.join(REDIRECT))?;
    let values = values(home, name, &redirect)?;
    let mut texts = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let file = entry?.file_name().into_string().ok().context("a text without a name")?;
        if file != REDIRECT {
            let text = fill(&read(&folder.join(&file))?, &values);
            if let Some(hole) = hole(&text) {
                bail!(
                    "{file} asks for {hole}: have this version taken in by its own program, {}",
                    own(version)
                );
            }
            texts.push((file, text));
        }
    }
    Ok(texts)
}

fn own(version: &Path) -> String {
    version.join("wardkey").display().to_string()
}

fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("{} can't be read", file.display()))
}

fn fill(template: &str, values: &[(&str, String)]) -> String {
    values.iter().fold(template.to_owned(), |text, (hole, value)| text.replace(hole, value))
}

/// What is left unfilled: letters between braces.
fn hole(text: &str) -> Option<&str> {
    text.match_indices('{').find_map(|(start, _)| {
        let inside = text.get(start + 1..)?.split_once('}')?.0;
        let named =
            !inside.is_empty() && inside.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        named.then(|| text.get(start..start + inside.len() + 2))?
    })
}

fn values(home: &Home, version: &str, redirect: &str) -> Result<Vec<(&'static str, String)>> {
    let told = home.told()?;
    let said = || format!("in {}", home.folder().join("wardkey.env").display());
    let origin = told.value("PUBLIC_ORIGIN");
    let address = Url::parse(origin).ok().filter(|url| url.scheme() == "https");
    let address = address.filter(|url| url.origin().ascii_serialization() == origin);
    let address = address.context("PUBLIC_ORIGIN is not an address with https://").with_context(said)?;
    let port: u16 =
        told.value("WARDKEY_PORT").parse().context("WARDKEY_PORT is not a port").with_context(said)?;
    let public_port = address.port().unwrap_or(USUAL_PORT);
    let redirect = if public_port == USUAL_PORT { redirect } else { "" };
    Ok(vec![
        // It has holes of its own.
        ("{redirect}", redirect.to_owned()),
        ("{origin}", origin.to_owned()),
        ("{host}", address.host_str().unwrap_or_default().to_owned()),
        ("{public_port}", public_port.to_string()),
        ("{port}", port.to_string()),
        ("{folder}", home.folder().to_str().context("the folder's name is no text")?.to_owned()),
        ("{version}", version.to_owned()),
        ("{reach}", reach(told.value("MAIL_API_URL")).to_owned()),
        ("{trusted}", trusted(&told).with_context(said)?),
    ])
}

/// A guard against a Worker that is talked into reaching into this network, by the rule of `cargo xtask run`
/// (`Settings::mails_stay_local`).
fn reach(mail_api_url: &str) -> &'static str {
    let near = |ip: Ipv4Addr| ip.is_loopback() || ip.is_private();
    let stays = match Url::parse(mail_api_url).ok().as_ref().map(Url::host) {
        None => true,
        Some(Some(Host::Ipv4(address))) => near(address),
        Some(Some(Host::Ipv6(address))) => address.is_loopback() || address.is_unique_local(),
        // Of a scheme that is not of the web's, an address of four numbers is a name.
        Some(Some(Host::Domain(name))) => {
            name == "localhost" || name.ends_with(".localhost") || name.parse().is_ok_and(near)
        }
        Some(None) => false,
    };
    if stays { r#""public", "private""# } else { r#""public""# }
}

/// Who vouches for a mail server besides those whom browsers trust.
fn trusted(told: &Told) -> Result<String> {
    let file = told.value("MAIL_AUTHORITY");
    if file.is_empty() {
        return Ok(String::new());
    }
    let text = fs::read_to_string(file).with_context(|| format!("MAIL_AUTHORITY: {file} can't be read"))?;
    ensure!(
        text.contains("-----BEGIN CERTIFICATE-----"),
        "MAIL_AUTHORITY must name a file with certificates as PEM, but {file} has none"
    );
    // A literal of Cap'n Proto is written as JSON's are.
    Ok(format!(", trustedCertificates = [{}]", serde_json::to_string(&text)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_of_a_server_nearby_may_reach_this_network_and_no_others() {
        for near in [
            "",
            "http://127.0.0.1:9",
            "smtp://10.0.0.5:25",
            "http://localhost",
            "https://[::1]/",
            "http://a.localhost",
        ] {
            assert_eq!(reach(near), r#""public", "private""#, "{near}");
        }
        for far in [
            "https://api.resend.com",
            "smtps://mail.example.org",
            "https://8.8.8.8/",
            "https://localhost.example.org",
        ] {
            assert_eq!(reach(far), r#""public""#, "{far}");
        }
    }

    #[test]
    fn what_is_left_unfilled_is_found_and_braces_of_other_kinds_are_not() {
        assert_eq!(hole("server { listen {port}; }"), Some("{port}"));
        assert_eq!(hole(r#"server { } ${VERSION} {"a": 1} {}"#), None);
    }
}
