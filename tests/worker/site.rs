//! What stands around the sign-in: health, headers, the mailbox.

use anyhow::{Context, Result, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};
use wardkey_tests::{Client, Wardkey};
use wire::{Empty, health::GetHealth};

#[tokio::test]
async fn a_fresh_wardkey_is_well() -> Result<()> {
    let client = Client::new(Wardkey::shared()?.origin())?;
    let health = client.call::<GetHealth>(&Empty {}).await?;
    ensure!(health.status == "ok", "{health:?}");
    Ok(())
}

#[tokio::test]
async fn a_page_comes_with_a_strict_policy() -> Result<()> {
    let client = Client::new(Wardkey::shared()?.origin())?;
    for path in ["/", "/clinic/users"] {
        let page = client.send(reqwest::Method::GET, path, &[], None).await?;
        ensure!(page.status == 200, "{path}: {}", page.status);
        let policy = page.header("content-security-policy");
        ensure!(
            policy.contains("default-src 'none'") && !policy.contains("unsafe-inline"),
            "{path}: {policy}"
        );
        // Besides files of ours, one script and one style: those that the page holds.
        for (element, directive) in [("script", "script-src"), ("style", "style-src")] {
            let (_, held) = page.text.rsplit_once(&format!("<{element}>")).context("the page holds none")?;
            let (held, _) = held.split_once(&format!("</{element}>")).context("it does not end")?;
            let digest = format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(held)));
            let rule = policy.split(';').find(|rule| rule.trim().starts_with(directive)).unwrap_or_default();
            ensure!(rule.contains(&digest) && rule.matches("'sha256-").count() == 1, "{path}: {rule}");
        }
        ensure!(page.header("x-content-type-options") == "nosniff", "{path}: {page:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_language_is_a_file_of_its_own() -> Result<()> {
    let client = Client::new(Wardkey::shared()?.origin())?;
    for (language, head) in [("en", "English\nen-GB\n"), ("ru", "Русский\n"), ("fr", "Français\n")] {
        let path = format!("/texts/{language}.txt?v=0");
        let file = client.send(reqwest::Method::GET, &path, &[], None).await?;
        ensure!(file.status == 200 && file.text.starts_with(head), "{path}: {}", file.status);
        ensure!(file.header("cache-control").contains("immutable"), "{path}: {file:?}");
        ensure!(file.header("content-type").starts_with("text/plain"), "{path}: {file:?}");
    }
    Ok(())
}

#[tokio::test]
async fn the_mailbox_is_reached_through_the_worker() -> Result<()> {
    let client = Client::new(Wardkey::shared()?.origin())?;
    let page = client.send(reqwest::Method::GET, "/dev/mailbox.json", &[], None).await?;
    ensure!(page.status == 200 && page.text.starts_with('['), "{page:?}");
    Ok(())
}
