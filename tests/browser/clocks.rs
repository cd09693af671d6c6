//! What the screen makes of the time: it covers itself when nobody is there, and says so when its clock is wrong.

use anyhow::{Result, ensure};
use serde_json::json;
use wardkey_tests::{Clinic, Screen, Session, Wardkey};
use wire::Role;

use wardkey_tests::Person;

const MINUTE_MILLIS: u32 = 60_000;

#[tokio::test]
async fn a_screen_that_nobody_uses_warns_and_then_covers_itself() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let nurse = clinic.first(Role::Employee)?;
    let person = Person::sits_down(&clinic, Screen::Narrow, "Ward 1", nurse, "/clinic/users").await?;
    let at = &person.session;
    at.row(&nurse.full_name).await?;

    passes(at, 9 * MINUTE_MILLIS + MINUTE_MILLIS / 2).await?;
    at.heading("Are you still there?").await?;
    at.sees("You will be signed out in").await?;
    at.is_sound().await?;
    at.answer("Stay signed in").await?;
    at.row(&nurse.full_name).await?;
    ensure!(status(at).await? == 200, "who stays is signed out");

    // Nobody answers this time.
    passes(at, 10 * MINUTE_MILLIS).await?;
    at.heading("User authorization").await?;
    at.sees("Nobody used this computer for 10 minutes.").await?;
    ensure!(!at.text().await?.contains(&nurse.full_name), "what was on the screen is still there");
    at.is_sound().await?;
    ensure!(person.typed("Login").await? == nurse.login, "the login of the one who left is not there");
    at.reload().await?;
    at.heading("User authorization").await?;
    ensure!(status(at).await? == 401, "the session of the one who left goes on behind the cover");

    // That load has forgotten where they were: the address was not for whoever comes by.
    person.sign_in(nurse).await?;
    at.heading(&format!("Hello, {}", nurse.full_name)).await?;
    person.session.close().await
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_told_of_where_codes_are_typed() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let advice = "The two clocks differ, and codes go by the clinic's.";
    let right = Person::with(&clinic, Screen::Computer).await?;
    right.open("/").await?;
    right.types_pair(clinic.computer("Ward 1")?).await?;
    right.session.heading("Profile authorization").await?;
    ensure!(!right.session.text().await?.contains(advice), "a right clock is called wrong");

    let wrong = Person::with(&clinic, Screen::Narrow).await?;
    let at = &wrong.session;
    let ahead = format!("{{ const now = Date.now; Date.now = () => now() + {} }}", 5 * MINUTE_MILLIS);
    at.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": ahead })).await?;
    wrong.open("/").await?;
    wrong.types_pair(clinic.computer("Ward 2")?).await?;
    at.heading("Profile authorization").await?;
    at.sees(advice).await?;
    let text = at.text().await?;
    let seconds_at = |name: &str| {
        let time = text.split(name).nth(1)?.get(..8)?;
        time.split(':').try_fold(0_i64, |seconds, part| Some(seconds * 60 + part.parse::<i64>().ok()?))
    };
    let both = seconds_at("Clinic: ").zip(seconds_at("This device: "));
    let Some((clinics, devices)) = both else { anyhow::bail!("the two times are not told:\n{text}") };
    let apart = (devices - clinics).rem_euclid(24 * 3600);
    ensure!((298..=302).contains(&apart), "the times are {apart} s apart, and the clocks 300:\n{text}");
    at.is_sound().await?;

    for person in [right, wrong] {
        person.session.close().await?;
    }
    Ok(())
}

/// Lets time pass on the clock of the page.
async fn passes(at: &Session<'_>, millis: u32) -> Result<()> {
    let script = "const now = Date.now, passed = arguments[0]; Date.now = () => now() + passed";
    at.driver.execute(script, vec![json!(millis)]).await?;
    Ok(())
}

async fn status(at: &Session<'_>) -> Result<u16> {
    let script = "return wardkey.send('GET', '/api/users').then(reply => reply.status)";
    Ok(at.driver.execute(script, vec![]).await?.convert()?)
}
