//! A deployment to Cloudflare would go well, as soon as somebody has written their own addresses into wrangler.toml.

use anyhow::{Result, ensure};
use xtask::{
    deploy_check::{self, Verdict},
    tools,
};

#[tokio::test]
async fn a_deployment_would_go_well_once_it_is_filled_in() -> Result<()> {
    let findings =
        tokio::task::spawn_blocking(|| deploy_check::look(&tools::for_building()?, None)).await??;
    let told = findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    ensure!(findings.iter().all(|finding| finding.verdict != Verdict::Bad), "{told}");
    for place in ["production", "staging"] {
        let packed = |what: &str| findings.iter().any(|one| one.place == place && one.what == what);
        ensure!(packed("upload") && packed("secrets") && packed("addresses"), "{place}:\n{told}");
    }
    Ok(())
}
