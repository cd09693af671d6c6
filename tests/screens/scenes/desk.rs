//! The support desk, with and without a case.

use anyhow::Result;
use wardkey_tests::{
    Chrome, Clinic, Screen, authenticator,
    desk::{self, Helper, PHONE},
};

use super::Stage;

pub const PAGES: &[&str] = &[
    "desk-sign-in",
    "desk-sign-in-refused",
    "desk",
    "desk-code-refused",
    "desk-case",
    "desk-case-refused",
    "desk-unlocked",
    "desk-offline",
];

/// An operator unlocks somebody.
pub async fn play(stage: &Stage<'_>) -> Result<()> {
    let clinic = Clinic::open(stage.wardkey)?;
    let code = desk::case(&clinic).await?;
    let helper = Helper::new(stage.wardkey)?;
    let at = Chrome::shared().await?.open(Screen::Computer).await?;
    at.go(&format!("{}/support", stage.wardkey.origin())).await?;
    at.field("Code").await?;
    stage.camera.shoot(&at, "desk-sign-in").await?;
    at.type_into("Login", &helper.made.login).await?;
    at.type_into("Password", "wrong password").await?;
    at.type_into("Code", &authenticator::wrong_code(&helper.made.otpauth_url)?).await?;
    at.press("Sign in").await?;
    at.sees("Login, password or code is wrong.").await?;
    stage.camera.shoot(&at, "desk-sign-in-refused").await?;
    helper.sign_in(&at).await?;
    stage.camera.shoot(&at, "desk").await?;
    at.type_into("Case code", "aaaaa-aaaaa").await?;
    at.press("Open the case").await?;
    at.sees("This code opens no case").await?;
    stage.camera.shoot(&at, "desk-code-refused").await?;
    at.type_into("Case code", &code).await?;
    at.press("Open the case").await?;
    at.sees(PHONE).await?;
    stage.camera.shoot(&at, "desk-case").await?;
    at.press("Unlock").await?;
    at.sees("Call back first").await?;
    stage.camera.shoot(&at, "desk-case-refused").await?;
    at.field("I have called back on this number or the clinic's number").await?.click().await?;
    at.type_into("Why you believe the caller", "Rang the practice, she knew the rota").await?;
    at.press("Unlock").await?;
    at.hears("Unlocked by support").await?;
    stage.camera.shoot(&at, "desk-unlocked").await?;
    stage.camera.learn(&at).await?;
    at.network(false).await?;
    at.press("Sign out").await?;
    at.sees("There is no connection.").await?;
    stage.camera.shoot(&at, "desk-offline").await?;
    at.network(true).await?;
    at.page_errors().await?;
    at.close().await
}
