//! The app's files are kept for the next start, and a new version is taken where nobody is in the middle of anything.

use std::{
    fs,
    time::{Duration, Instant},
};

use anyhow::{Result, bail, ensure};
use serde_json::json;
use wardkey_tests::{Clinic, Screen, Wardkey};
use wire::Role;
use xtask::{root, service_worker};

use wardkey_tests::Person;

/// Files of the app that came over the network at this start: the browser itself may have kept none.
const FETCHED: &str = "return performance.getEntriesByType('resource') \
    .filter(file => !new URL(file.name).pathname.startsWith('/api/') && file.transferSize > 0).map(file => file.name)";
/// For so long a browser may take to change the versions: on a busy computer it does so when it has time.
const PATIENCE: Duration = Duration::from_secs(90);
/// What became of the versions.
const STATE: &str = "const done = arguments[0]; navigator.serviceWorker.ready.then(kept => \
    done([kept.waiting, kept.active, navigator.serviceWorker.controller].map(worker => worker?.state ?? 'none')))";
/// Waits until the files are kept.
const KEPT: &str = "const done = arguments[0]; navigator.serviceWorker.ready.then(() => done(true))";

#[tokio::test]
async fn a_repeated_start_asks_the_network_for_the_clinic_alone() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let nurse = Person::with(&clinic, Screen::Computer).await?;
    let at = &nurse.session;
    nurse.open("/").await?;
    nurse.arrive("Reception 1").await?;
    at.driver.execute_async(KEPT, vec![]).await?;
    at.devtools("Network.clearBrowserCache", json!({})).await?;
    at.reload().await?;
    at.heading("User authorization").await?;
    let fetched = at.driver.execute(FETCHED, vec![]).await?.convert::<Vec<String>>()?;
    ensure!(fetched.is_empty(), "{fetched:?}");
    let served = at.driver.execute("return !!navigator.serviceWorker.controller", vec![]).await?;
    ensure!(served.json() == true, "the files come from elsewhere");
    nurse.sign_in(clinic.first(Role::Owner)?).await?;
    // What the clinic says is kept nowhere.
    let kept = "const done = arguments[0]; (async () => { \
            const names = []; \
            for (const name of await caches.keys()) \
                for (const { url } of await (await caches.open(name)).keys()) names.push(new URL(url).pathname); \
            done(names); \
        })()";
    let kept = at.driver.execute_async(kept, vec![]).await?.convert::<Vec<String>>()?;
    ensure!(kept.iter().any(|path| path.ends_with(".wasm")), "{kept:?}");
    ensure!(!kept.iter().any(|path| path.starts_with("/api") || path.starts_with("/dev")), "{kept:?}");
    nurse.session.close().await
}

#[tokio::test]
async fn a_new_version_is_taken_at_the_door_and_never_in_mid_work() -> Result<()> {
    let wardkey = Wardkey::start()?;
    let clinic = Clinic::open(&wardkey)?;
    let nurse = Person::with(&clinic, Screen::Computer).await?;
    let at = &nurse.session;
    nurse.open("/").await?;
    nurse.arrive("Reception 1").await?;
    at.driver.execute_async(KEPT, vec![]).await?;
    at.reload().await?;
    nurse.sign_in(clinic.first(Role::Owner)?).await?;

    // Somebody deploys while she works.
    let site = wardkey.state().join("site");
    let page = fs::read_to_string(site.join("index.html"))?;
    fs::write(site.join("index.html"), page.replace("<head>", "<head><meta name=\"deployed\">"))?;
    fs::copy(root().join("public/sw.js"), site.join("sw.js"))?;
    service_worker::run(&site)?;
    let look = "const done = arguments[0]; navigator.serviceWorker.ready.then(async kept => { \
            await kept.update(); \
            const late = setInterval(() => { if (kept.waiting) { clearInterval(late); done(true) } }, 20); \
        })";
    at.driver.execute_async(look, vec![]).await?;
    at.link("My Clinic").await?.click().await?;
    at.heading("Users").await?;
    let new = "return !!document.querySelector('meta[name=deployed]')";
    ensure!(at.driver.execute(new, vec![]).await?.json() == false, "her work was broken off");

    at.press("Switch user").await?;
    at.heading("User authorization").await?;
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if at.driver.execute(new, vec![]).await?.json() == true {
            at.runs().await?;
            at.heading("User authorization").await?;
            // What is kept is whole: the next deployment no longer has its files, and still every page stands.
            for file in fs::read_dir(&site)? {
                let path = file?.path();
                if path.extension().is_some_and(|extension| extension == "wasm") {
                    fs::remove_file(path)?;
                }
            }
            at.link("Forgot password?").await?.click().await?;
            at.heading("Forgot your password?").await?;
            return nurse.session.close().await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let state = at.driver.execute_async(STATE, vec![]).await?.convert::<Vec<String>>()?;
    bail!(
        "whoever comes next has the old version; the workers that wait, are active, and serve the page: {state:?}"
    )
}
