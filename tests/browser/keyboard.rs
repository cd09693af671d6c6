//! Everything can be done without a pointer, and whoever does it always knows where they are.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use thirtyfour::Key;
use wardkey_tests::{Clinic, Screen, Session, Wardkey, authenticator, session::SCREEN_PATIENCE};
use wire::Role;

use wardkey_tests::Person;

/// Presses of Tab within which everything on a page is reached.
const TABS_MAX: usize = 80;
/// How long the focus may be on its way to what an action has brought.
const SETTLING: Duration = SCREEN_PATIENCE;
/// Longer than a question has to stand before the keyboard can answer it.
const READING_TIME: Duration = Duration::from_millis(500);
/// What has the focus: its label, its name or its words.
const FOCUSED: &str = "const here = document.activeElement;\
    if (!here || here === document.body || here === document.documentElement) return null;\
    const label = here.id && document.querySelector(`label[for='${here.id}']`);\
    return (label ? label.innerText : here.getAttribute('aria-label') || here.innerText || here.tagName).trim()";

#[tokio::test]
async fn a_user_is_added_and_removed_without_a_pointer() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.first(Role::Owner)?;
    let person = Person::with(&clinic, Screen::Computer).await?;
    let at = &person.session;
    let keys = Keyboard(at);
    person.open("/").await?;

    // The focus is where one types, from the first step on.
    let computer = clinic.computer("Reception 1")?;
    keys.stands_on("Username").await?;
    keys.types(&computer.username).await?;
    keys.tabs_to("Password").await?;
    keys.types(&computer.password).await?;
    keys.presses(Key::Enter).await?;
    keys.stands_on("Code").await?;
    keys.types(&authenticator::code(&clinic.profile("Main")?.otpauth_url)?).await?;
    keys.stands_on("Login").await?;
    keys.types(&owner.login).await?;
    keys.tabs_to("Password").await?;
    keys.types(&owner.password).await?;
    keys.presses(Key::Enter).await?;
    at.heading("Is this you?").await?;
    keys.stands_on("Yes, sign in").await?;
    keys.reads().await;
    keys.presses(Key::Enter).await?;
    at.hears("Signed in as").await?;
    keys.is_somewhere().await?;

    keys.goes("My Clinic", "Users").await?;
    keys.goes("Add user", "Add user").await?;
    keys.tabs_to("Position").await?;
    keys.types("Nurse").await?;
    keys.tabs_to("Last name").await?;
    keys.types("Porter").await?;
    keys.tabs_to("First name").await?;
    keys.types("Jane").await?;
    at.holds("Login", "porter").await?;
    keys.presses(Key::Enter).await?;
    at.heading("Jane Porter was added").await?;
    keys.is_somewhere().await?;
    keys.tabs_to("I have it").await?;
    keys.types(" ").await?;
    keys.goes("Open the account", "Jane Porter").await?;

    // Escape takes nothing and gives the focus back; the window itself begins on the way out.
    keys.tabs_to("Remove").await?;
    keys.presses(Key::Enter).await?;
    at.heading("Remove this user?").await?;
    keys.stands_on("Cancel").await?;
    keys.presses(Key::Escape).await?;
    keys.stands_on("Remove").await?;
    keys.presses(Key::Enter).await?;
    keys.stands_on("Cancel").await?;
    // Whoever asks again in the moment in which it closes gets it.
    at.driver.action_chain().send_keys(Key::Escape + Key::Enter).perform().await?;
    keys.stands_on("Cancel").await?;
    keys.tabs_to("Remove").await?;
    keys.presses(Key::Enter).await?;
    at.hears("Jane Porter was removed").await?;
    keys.stands_on("Jane Porter").await?;
    at.sees("Removed since").await?;
    at.is_sound().await?;
    person.session.close().await
}

/// Two hands on a keyboard.
pub struct Keyboard<'a>(pub &'a Session<'a>);

impl Keyboard<'_> {
    /// Types into whatever has the focus.
    pub async fn types(&self, text: &str) -> Result<()> {
        Ok(self.0.driver.action_chain().send_keys(text).perform().await?)
    }

    /// Presses a key.
    pub async fn presses(&self, key: Key) -> Result<()> {
        Ok(self.0.driver.action_chain().send_keys(key).perform().await?)
    }

    /// Types over what stands in the field that has the focus.
    pub async fn replaces(&self, text: &str) -> Result<()> {
        let keys = self.0.driver.action_chain().send_keys(Key::Control + "a");
        Ok(keys.send_keys(Key::Backspace + text).perform().await?)
    }

    /// Takes the time to read a question, for which it has to stand.
    pub async fn reads(&self) {
        tokio::time::sleep(READING_TIME).await;
    }

    /// Presses Tab until something has the focus.
    pub async fn tabs_to(&self, name: &str) -> Result<()> {
        self.tabs_until(name, |here| here == name).await
    }

    /// Presses Tab until something has the focus whose name ends like that.
    pub async fn tabs_to_end(&self, of_name: &str) -> Result<()> {
        self.tabs_until(of_name, |here| here.ends_with(of_name)).await
    }

    async fn tabs_until(&self, name: &str, is_it: impl Fn(&str) -> bool) -> Result<()> {
        let mut passed = Vec::new();
        for _ in 0..TABS_MAX {
            self.presses(Key::Tab).await?;
            match self.focused().await? {
                Some(here) if is_it(&here) => return Ok(()),
                here => passed.push(here.unwrap_or_default()),
            }
        }
        bail!("Tab does not reach \"{name}\", only {passed:?}")
    }

    /// Opens something, and fails unless the focus comes along to the page with that heading.
    pub async fn goes(&self, name: &str, heading: &str) -> Result<()> {
        self.tabs_to(name).await?;
        self.presses(Key::Enter).await?;
        self.0.heading(heading).await?;
        self.is_somewhere().await
    }

    /// Fails unless the focus comes to something.
    pub async fn stands_on(&self, name: &str) -> Result<()> {
        self.settles(&format!("on \"{name}\""), |here| here == name).await
    }

    /// Fails when the focus is lost.
    pub async fn is_somewhere(&self) -> Result<()> {
        self.settles("anywhere", |_| true).await
    }

    async fn settles(&self, place: &str, is_there: impl Fn(&str) -> bool) -> Result<()> {
        let deadline = Instant::now() + SETTLING;
        loop {
            let here = self.focused().await?;
            if here.as_deref().is_some_and(&is_there) {
                return Ok(());
            }
            if Instant::now() > deadline {
                bail!("the focus is not {place}, but on {here:?}, with:\n{}", self.0.text().await?);
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    async fn focused(&self) -> Result<Option<String>> {
        Ok(self.0.driver.execute(FOCUSED, vec![]).await?.convert()?)
    }
}
