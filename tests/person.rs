//! Somebody at a screen, in a clinic of the test's own: what they type, press and see.

use anyhow::Result;
use wire::operator::{ComputerSecret, UserSecret};

use crate::{Chrome, Clinic, Screen, Session, form::Form};

/// A person with a browser.
pub struct Person<'a> {
    /// The browser.
    pub session: Session<'a>,
    /// Where they work.
    pub clinic: &'a Clinic<'a>,
}

impl<'a> Person<'a> {
    /// Somebody who has not opened Wardkey yet.
    pub async fn with(clinic: &'a Clinic<'a>, screen: Screen) -> Result<Self> {
        Ok(Self { session: Chrome::shared().await?.open(screen).await?, clinic })
    }

    /// Opens an address of Wardkey, such as `/`.
    pub async fn open(&self, path: &str) -> Result<()> {
        self.session.go(&format!("{}{path}", self.clinic.wardkey.origin())).await
    }

    /// Steps 1 and 2 with the access form of a computer, on whatever page was opened.
    pub async fn arrive(&self, label: &str) -> Result<()> {
        self.types_pair(self.clinic.computer(label)?).await?;
        self.session.heading("Profile authorization").await?;
        self.session.type_into("Code", &self.clinic.code()?).await?;
        self.session.heading("User authorization").await?;
        Ok(())
    }

    /// Step 1 with the pair of a computer.
    pub async fn types_pair(&self, computer: &ComputerSecret) -> Result<()> {
        self.step_1(&computer.username, &computer.password).await
    }

    /// Step 1 with what stands on an access form, as it stands there.
    pub async fn types_form(&self, form: &Form) -> Result<()> {
        self.step_1(form.line("Side A", "Username")?, form.line("Side A", "Password")?).await
    }

    async fn step_1(&self, username: &str, password: &str) -> Result<()> {
        self.session.heading("Computer authorization").await?;
        self.session.type_into("Username", username).await?;
        self.session.type_into("Password", password).await?;
        self.session.press("Continue").await
    }

    /// Step 3.
    pub async fn submit(&self, login: &str, password: &str) -> Result<()> {
        self.session.type_into("Login", login).await?;
        self.session.type_into("Password", password).await?;
        self.session.press("Sign in").await
    }

    /// Step 3 with a wrong password: refused, with the field empty for the next try.
    pub async fn is_refused(&self, login: &str) -> Result<()> {
        self.submit(login, "wrong password").await?;
        self.session.empties("Password").await?;
        self.session.sees("Login or password is wrong.").await
    }

    /// Step 3 and the question.
    pub async fn sign_in(&self, user: &UserSecret) -> Result<()> {
        self.submit(&user.login, &user.password).await?;
        self.session.heading("Is this you?").await?;
        self.session.sees(&user.full_name).await?;
        self.session.press("Yes, sign in").await?;
        self.session.hears(&format!("Signed in as {}", user.full_name)).await
    }

    /// Steps 1 to 3 and the question, at a page.
    pub async fn sits_down(
        clinic: &'a Clinic<'a>,
        screen: Screen,
        label: &str,
        user: &UserSecret,
        path: &str,
    ) -> Result<Self> {
        let person = Self::with(clinic, screen).await?;
        person.open(path).await?;
        person.arrive(label).await?;
        person.sign_in(user).await?;
        Ok(person)
    }

    /// Step 3 with a first password, and the choice of an own one.
    pub async fn choose_own(&self, login: &str, first: &str, own: &str) -> Result<()> {
        self.submit(login, first).await?;
        self.session.press("Yes, sign in").await?;
        self.session.heading("Choose your own password").await?;
        self.session.is_sound().await?;
        self.session.type_into("New password", own).await?;
        self.session.press("Save and sign in").await?;
        self.session.hears("Signed in as").await
    }

    /// Fails when axe finds a barrier on the page.
    pub async fn meets_no_barrier(&self) -> Result<()> {
        self.session.is_sound().await
    }

    /// What stands in a field.
    pub async fn typed(&self, label: &str) -> Result<String> {
        Ok(self.session.field(label).await?.value().await?.unwrap_or_default())
    }
}
