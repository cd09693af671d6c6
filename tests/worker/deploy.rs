//! A deployment to Cloudflare would go well, as soon as somebody has written their own addresses into wrangler.toml.

use anyhow::{Result, ensure};
use xtask::{
    deploy_check::{self, PLATFORM_START_MILLIS_MAX, Verdict},
    tools,
};

#[tokio::test]
async fn a_deployment_would_go_well_once_it_is_filled_in() -> Result<()> {
    let look = || {
        let mut findings = deploy_check::look(&tools::for_building()?, None)?;
        // The platform's own bar: what else this computer does at the moment must not count against the Worker.
        findings.push(deploy_check::start_up(PLATFORM_START_MILLIS_MAX)?);
        anyhow::Ok(findings)
    };
    let findings = tokio::task::spawn_blocking(look).await??;
    let told = findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    ensure!(findings.iter().all(|finding| finding.verdict != Verdict::Bad), "{told}");
    for place in ["production", "staging"] {
        let packed = |what: &str| findings.iter().any(|one| one.place == place && one.what == what);
        ensure!(packed("upload") && packed("secrets") && packed("addresses"), "{place}:\n{told}");
    }
    Ok(())
}
