//! Operators of the support desk, each with a login that no other test has.

use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result};
use wire::{
    Role,
    support::{
        CaseRequest, Desk, MadeOperator, MakeOperator, NewOperator, OpenSupportCase, OperatorCredentials,
        OperatorLogin, RemoveOperator, SignInOperator,
    },
};
use xtask::operator::Operator;

use crate::{Client, Clinic, Refusal, Session, Wardkey, authenticator};

/// The number that the manager of [`case`] is to be rung back on.
pub const PHONE: &str = "+44 20 7946 0018";

/// An operator, with what they were given.
pub struct Helper<'a> {
    wardkey: &'a Wardkey,
    /// The name.
    pub name: String,
    /// What they sign in with.
    pub made: MadeOperator,
}

impl<'a> Helper<'a> {
    /// Somebody new at the desk.
    pub fn new(wardkey: &'a Wardkey) -> Result<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(1);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("Helper {number}");
        let made = make(wardkey, &name, &format!("helper{number}"))?;
        Ok(Self { wardkey, name, made })
    }

    /// Tries to sign in.
    pub async fn try_sign_in(
        &self,
        client: &Client,
        password: &str,
        code: &str,
    ) -> Result<Result<Desk, Refusal>> {
        let login = self.made.login.clone();
        let request = OperatorCredentials { login, password: password.to_owned(), code: code.to_owned() };
        client.try_call::<SignInOperator>(&request).await
    }

    /// Signs in on the page of the desk.
    pub async fn sign_in(&self, at: &Session<'_>) -> Result<()> {
        at.heading("Support desk").await?;
        at.type_into("Login", &self.made.login).await?;
        at.type_into("Password", &self.made.password).await?;
        at.type_into("Code", &authenticator::code(&self.made.otpauth_url)?).await?;
        at.press("Sign in").await?;
        at.heading("Open cases").await?;
        at.sees(&self.name).await
    }

    /// A browser with this operator signed in.
    pub async fn signed_in(&self) -> Result<Client> {
        // Tests sign in side by side: from one network, more than five at once would have to wait.
        let client = Client::elsewhere(self.wardkey.origin())?;
        let code = authenticator::code(&self.made.otpauth_url)?;
        self.try_sign_in(&client, &self.made.password, &code).await?.context("no operator")?;
        Ok(client)
    }
}

/// The code of a case that a manager has just opened for a locked nurse.
pub async fn case(clinic: &Clinic<'_>) -> Result<String> {
    let nurse = clinic.first(Role::Employee)?;
    clinic.lock(&clinic.at("Reception 1").await?, &nurse.login).await?;
    let manager = clinic.signed_in("Reception 2", clinic.first(Role::Manager)?).await?;
    let id = clinic.account(&manager, &nurse.login).await?;
    let request = CaseRequest { id, reason: "The owner is on a plane".to_owned(), phone: PHONE.to_owned() };
    Ok(manager.call::<OpenSupportCase>(&request).await?.code)
}

/// Makes an operator, as whoever has the secret key, or renews one.
pub fn make(wardkey: &Wardkey, name: &str, login: &str) -> Result<MadeOperator> {
    let operator = Operator::new(wardkey.origin(), &wardkey.settings().secret_key_bytes()?)?;
    operator.call::<MakeOperator>(&NewOperator { name: name.to_owned(), login: login.to_owned() })
}

/// Removes an operator, as whoever has the secret key. Gives the name, where there was one.
pub fn remove(wardkey: &Wardkey, login: &str) -> Result<Option<String>> {
    let operator = Operator::new(wardkey.origin(), &wardkey.settings().secret_key_bytes()?)?;
    Ok(operator.call::<RemoveOperator>(&OperatorLogin { login: login.to_owned() })?.name)
}
