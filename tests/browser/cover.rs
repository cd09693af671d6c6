//! A computer that several people share: whoever leaves it leaves nothing open, and whoever comes back finds what they had typed.

use std::time::Instant;

use anyhow::{Result, ensure};
use serde_json::json;
use thirtyfour::WindowHandle;
use wardkey_tests::{Clinic, Screen, Session, Wardkey, session::SCREEN_PATIENCE};
use wire::{Role, operator::UserSecret};

use wardkey_tests::Person;

const MINUTE_MILLIS: u32 = 60_000;
/// Longer than any screen stays open by itself.
const NIGHT_MILLIS: u32 = 8 * 60 * MINUTE_MILLIS;

#[tokio::test]
async fn what_was_typed_waits_under_the_cover_for_the_one_who_typed_it() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let (owner, nurse) = (clinic.first(Role::Owner)?, clinic.first(Role::Employee)?);
    let person = Person::sits_down(&clinic, Screen::Narrow, "Ward 1", owner, "/clinic/users/add").await?;
    let at = &person.session;
    at.type_into("Last name", "Porter").await?;
    at.type_into("First name", "Jane").await?;

    // A lost connection, a change in the clinic, and a night take nothing of it.
    ensure!(holds_anywhere(at, "Porter").await?, "what was typed is not looked for where it stands");
    at.network(false).await?;
    at.sees("The connection is lost.").await?;
    at.network(true).await?;
    at.sees_no_more("The connection is lost.").await?;
    is_covered_after(at, NIGHT_MILLIS).await?;
    ensure!(person.typed("Login").await? == owner.login);
    for out in ["Add user", owner.full_name.as_str()] {
        ensure!(!at.driver.source().await?.contains(out), "{out} is in the document, if out of sight");
    }
    ensure!(!holds_anywhere(at, "Porter").await?, "what was typed is in the document, if out of sight");
    person.sign_in(owner).await?;
    at.heading("Add user").await?;
    at.holds("Last name", "Porter").await?;
    at.holds("First name", "Jane").await?;
    ensure!(at.driver.title().await?.starts_with("Add user"), "the tab has another title");
    at.is_sound().await?;

    // Somebody else gets none of it, and neither does the first one after them, without a load that would empty the fields by
    // itself.
    is_covered_after(at, NIGHT_MILLIS).await?;
    at.press("Switch user").await?;
    person.sign_in(nurse).await?;
    at.sees(&nurse.full_name).await?;
    ensure!(!holds_anywhere(at, "Porter").await?, "somebody else has what was typed");
    is_covered_after(at, NIGHT_MILLIS).await?;
    at.press("Switch user").await?;
    person.sign_in(owner).await?;
    at.link("My Clinic").await?.click().await?;
    at.row(&owner.full_name).await?;
    at.press("Add user").await?;
    at.holds("Last name", "").await?;
    person.session.close().await
}

#[tokio::test]
async fn somebody_else_who_signs_in_at_the_cover_gets_a_page_of_their_own() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let (owner, manager) = (clinic.first(Role::Owner)?, clinic.first(Role::Manager)?);
    let person =
        Person::sits_down(&clinic, Screen::Computer, "Ward 1", owner, "/management/activities?q=porter")
            .await?;
    let at = &person.session;
    at.heading("Activities").await?;
    is_covered_after(at, NIGHT_MILLIS).await?;
    ensure!(
        !at.driver.current_url().await?.as_str().contains("porter"),
        "the address says what was looked for"
    );
    person.sign_in(manager).await?;
    at.sees(&manager.full_name).await?;
    at.heading(&format!("Hello, {}", manager.full_name)).await?;
    ensure!(at.driver.current_url().await?.path() == "/", "the address of the one who left stands");
    ensure!(!at.text().await?.contains(&owner.full_name), "the one who left is still named");
    person.session.close().await
}

#[tokio::test]
async fn the_page_under_the_cover_is_up_to_date_when_one_comes_back() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let (owner, nurse) = (clinic.first(Role::Owner)?, clinic.user("hughes")?);
    let locked = "/clinic/users?status=locked";
    let person = Person::sits_down(&clinic, Screen::Computer, "Ward 1", owner, locked).await?;
    let at = &person.session;
    at.sees("Nobody matches. Try fewer letters.").await?;
    is_covered_after(at, NIGHT_MILLIS).await?;
    let client = clinic.at("Reception 1").await?;
    while client
        .try_password(&nurse.login, "not the password")
        .await?
        .is_err_and(|refusal| refusal.status != 423)
    {}
    // The window comes back into sight, as it does before anybody can type into it.
    at.driver.execute("window.dispatchEvent(new Event('focus'))", vec![]).await?;
    person.sign_in(owner).await?;
    at.row(&nurse.full_name).await?;
    ensure!(!at.text().await?.contains("You were signed out"), "the page tells of a refusal that is over");
    person.session.close().await
}

#[tokio::test]
async fn no_password_waits_under_the_cover() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let nurse = clinic.first(Role::Employee)?;
    let person = Person::sits_down(&clinic, Screen::Computer, "Ward 1", nurse, "/me").await?;
    let at = &person.session;
    at.type_into("New password", "a fine new tune").await?;
    is_covered_after(at, NIGHT_MILLIS).await?;
    person.sign_in(nurse).await?;
    at.holds("New password", "").await?;
    // The form has none either, which it would send with the one that is typed now.
    at.type_into("Current password", &nurse.password).await?;
    at.press("Change password").await?;
    at.refuses("New password", "Type the password.").await?;
    person.session.close().await
}

#[tokio::test]
async fn five_wrong_passwords_at_the_cover_lock() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let nurse = clinic.first(Role::Employee)?;
    let person = Person::sits_down(&clinic, Screen::Narrow, "Ward 1", nurse, "/").await?;
    let at = &person.session;
    is_covered_after(at, NIGHT_MILLIS).await?;
    for _ in 0..4 {
        at.type_into("Password", "wrong password").await?;
        at.press("Sign in").await?;
        at.empties("Password").await?;
    }
    at.sees("1 try remains.").await?;
    at.type_into("Password", "wrong password").await?;
    at.press("Sign in").await?;
    at.heading("Your account is locked").await?;
    clinic.mail(&nurse.email, "Account Locked").await?;
    person.session.close().await
}

#[tokio::test]
async fn a_laptop_that_slept_wakes_covered() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.first(Role::Owner)?;
    let person = looks_at_the_users(&clinic, owner).await?;
    let at = &person.session;
    for wakes in ["visibilitychange", "pointermove", "keydown"] {
        // While it sleeps no timer runs: those of the page are stopped for good, and the clock goes on. What the first frame
        // after that shows is what anybody can see.
        let script = "const [passed, wakes, done] = arguments;\
                      for (let timer = setTimeout(() => {}, 0); timer > 0; timer--) clearInterval(timer);\
                      const now = Date.now; Date.now = () => now() + passed;\
                      window.dispatchEvent(new Event(wakes));\
                      requestAnimationFrame(() => done(document.body.innerHTML))";
        let seen = at.driver.execute_async(script, vec![json!(NIGHT_MILLIS), json!(wakes)]).await?;
        let seen = seen.convert::<String>()?;
        ensure!(!seen.contains(&owner.full_name), "{wakes}: the first frame shows who was there");
        ensure!(seen.contains("Nobody used this computer"), "{wakes}: nothing covers the page:\n{seen}");
        // To the clinic the page's clock is wrong by a night, so that the end of the session is asked for twice.
        let status = "return wardkey.send('GET', '/api/users').then(reply => reply.status)";
        let deadline = Instant::now() + SCREEN_PATIENCE;
        while at.driver.execute(status, vec![]).await?.json() != 401 {
            ensure!(Instant::now() < deadline, "{wakes}: the session goes on under the cover");
        }
        at.reload().await?;
        at.heading("User authorization").await?;
        person.sign_in(owner).await?;
        person.open("/clinic/users").await?;
        at.row(&owner.full_name).await?;
    }
    person.session.close().await
}

#[tokio::test]
async fn whoever_signs_out_in_one_tab_is_out_in_all() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.first(Role::Owner)?;
    let person = looks_at_the_users(&clinic, owner).await?;
    let at = &person.session;
    let first: WindowHandle = at.driver.window().await?;
    let second = at.driver.new_tab().await?;
    at.driver.switch_to_window(second.clone()).await?;
    person.open("/clinic/users").await?;
    at.row(&owner.full_name).await?;
    at.press("Sign out").await?;
    at.heading("User authorization").await?;
    at.driver.switch_to_window(first).await?;
    at.heading("User authorization").await?;
    ensure!(!at.text().await?.contains(&owner.full_name), "the other tab shows what it showed");
    person.session.close().await
}

/// Somebody who has the list of users open, with their own name in it.
async fn looks_at_the_users<'a>(clinic: &'a Clinic<'a>, user: &UserSecret) -> Result<Person<'a>> {
    let person = Person::sits_down(clinic, Screen::Computer, "Ward 1", user, "/clinic/users").await?;
    person.session.row(&user.full_name).await?;
    Ok(person)
}

/// Whether this was typed into any field of the document, which its source does not tell.
async fn holds_anywhere(at: &Session<'_>, text: &str) -> Result<bool> {
    let script = "return [...document.querySelectorAll('input, select, textarea')]\
                  .some(field => field.value === arguments[0])";
    Ok(at.driver.execute(script, vec![json!(text)]).await?.convert()?)
}

/// Lets so much time pass on the clock of the page that it covers itself.
async fn is_covered_after(at: &Session<'_>, millis: u32) -> Result<()> {
    at.pass_millis(millis).await?;
    at.heading("User authorization").await?;
    at.sees("Nobody used this computer for 10 minutes.").await
}
