//! A clinic of a test's own, with people, computers and mail addresses that no other test has.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use reqwest::Method;
use wire::{
    Empty, Role,
    operator::{ComputerSecret, NewClinic, NewComputer, OpenedClinic, ProfileSecret, UserSecret},
    sign_in::SignInState,
    users::ListUsers,
};
use xtask::{demo, mailbox::Mail};

use crate::{Client, Wardkey, authenticator};

/// How long a mail may take.
const MAIL_PATIENCE: Duration = Duration::from_secs(20);
/// How long the mails of a new browser are waited for.
const TOLD_PATIENCE: Duration = Duration::from_secs(3);
/// Where the trial build's clock is moved; no other has it.
pub const CLOCK_PATH: &str = "/api/trial/clock";
/// Computers of the profile "Main" besides the demo's; a code is good once a computer.
const MORE_COMPUTERS: [&str; 2] = ["Ward 1", "Ward 2"];

/// An opened clinic with the secrets of its access forms.
pub struct Clinic<'a> {
    /// Where it is.
    pub wardkey: &'a Wardkey,
    /// What the operator was given when it was opened.
    pub opened: OpenedClinic,
}

impl<'a> Clinic<'a> {
    /// Opens "Harbour Street Clinic" of the demo, with more computers.
    pub fn open(wardkey: &'a Wardkey) -> Result<Self> {
        Self::open_with(wardkey, &MORE_COMPUTERS)
    }

    /// The same with these computers more.
    pub fn open_with(wardkey: &'a Wardkey, labels: &[impl AsRef<str>]) -> Result<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(1);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let mut clinic = demo::harbour_street();
        for user in &mut clinic.users {
            user.email = user.email.replace("@harbour.", &format!("@harbour{number}."));
        }
        let computer = |label: &str| NewComputer { label: label.to_owned(), profile: "Main".to_owned() };
        clinic.computers.extend(labels.iter().map(|label| computer(label.as_ref())));
        Self::open_as(wardkey, &clinic)
    }

    /// Opens a clinic as described.
    pub fn open_as(wardkey: &'a Wardkey, clinic: &NewClinic) -> Result<Self> {
        let port = wardkey.origin().rsplit(':').next().and_then(|port| port.parse().ok()).unwrap_or_default();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let opened = demo::open(address, wardkey.settings(), clinic)?;
        Ok(Self { wardkey, opened })
    }

    /// The access form of a computer.
    pub fn computer(&self, label: &str) -> Result<&ComputerSecret> {
        let found = self.opened.computers.iter().find(|computer| computer.label == label);
        found.with_context(|| format!("no computer {label}"))
    }

    /// The QR code of a profile.
    pub fn profile(&self, name: &str) -> Result<&ProfileSecret> {
        let found = self.opened.profiles.iter().find(|profile| profile.name == name);
        found.with_context(|| format!("no profile {name}"))
    }

    /// The account with a login.
    pub fn user(&self, login: &str) -> Result<&UserSecret> {
        let found = self.opened.users.iter().find(|user| user.login == login);
        found.with_context(|| format!("no user {login}"))
    }

    /// The first account with a role.
    pub fn first(&self, role: Role) -> Result<&UserSecret> {
        let found = self.opened.users.iter().find(|user| user.role == role);
        found.with_context(|| format!("no {role:?}"))
    }

    /// A browser on a computer of the profile "Main" that has passed steps 1 and 2.
    pub async fn at(&self, label: &str) -> Result<Client> {
        let client = Client::new(self.wardkey.origin())?;
        let computer = self.computer(label)?;
        let told = self.owners_were_told();
        client.authorize_computer(&computer.username, &computer.password).await?;
        self.owners_are_told(told).await;
        client.authorize_profile(&self.code()?).await?;
        Ok(client)
    }

    /// How many mails the owners have of browsers that step 1 let in.
    fn owners_were_told(&self) -> usize {
        let owners = self.opened.users.iter().filter(|user| user.role == Role::Owner);
        let mails = owners.flat_map(|owner| self.mails_to(&owner.email));
        mails.filter(|mail| mail.text.contains("/clinic/computers\n")).count()
    }

    /// Waits until they have one more each, so that no test meets these mails on their way. Where the mail API is down, or an
    /// owner has gone or moved, they do not come.
    async fn owners_are_told(&self, before: usize) {
        let owners = self.opened.users.iter().filter(|user| user.role == Role::Owner).count();
        let deadline = Instant::now() + TOLD_PATIENCE;
        while self.owners_were_told() < before + owners
            && !self.wardkey.mailbox().is_failing()
            && Instant::now() < deadline
        {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// The code that a phone shows now for the profile "Main".
    pub fn code(&self) -> Result<String> {
        authenticator::code_ahead(&self.profile("Main")?.otpauth_url, self.wardkey.ahead_seconds())
    }

    /// Lets time pass where the clock can be moved: for the Worker, and for this clinic's alarm.
    pub async fn pass_minutes(&self, minutes: u32) -> Result<()> {
        self.turn_clock(i64::from(minutes) * 60).await
    }

    /// Turns the clock forward by so many seconds, or back.
    pub async fn turn_clock(&self, seconds: i64) -> Result<()> {
        let path = format!("{CLOCK_PATH}?clinic={}&seconds={seconds}", self.opened.code);
        let client = Client::new(self.wardkey.origin())?;
        let reply = client.send(Method::POST, &path, &[], None).await?;
        ensure!(reply.status == 200, "the clock was not moved: {reply:?}");
        self.wardkey.note_passed(seconds);
        Ok(())
    }

    /// [`Clinic::at`], with somebody signed in.
    pub async fn signed_in(&self, label: &str, user: &UserSecret) -> Result<Client> {
        let client = self.at(label).await?;
        client.submit_password(&user.login, &user.password).await?;
        match client.answer(true).await? {
            SignInState::SignedIn { .. } => Ok(client),
            other => bail!("not signed in: {other:?}"),
        }
    }

    /// Locks an account with wrong passwords, typed at a computer.
    pub async fn lock(&self, at: &Client, login: &str) -> Result<()> {
        while at.try_password(login, "wrong password").await?.is_err_and(|refusal| refusal.status != 423) {}
        Ok(())
    }

    /// The id of the account with a login, as somebody who may see the users finds it.
    pub async fn account(&self, at: &Client, login: &str) -> Result<String> {
        let users = at.call::<ListUsers>(&Empty {}).await?.users;
        let user =
            users.iter().find(|user| user.login == login).with_context(|| format!("no user {login}"))?;
        Ok(user.id.to_string())
    }

    /// The mails that an address has, newest first.
    pub fn mails_to(&self, email: &str) -> Vec<Mail> {
        self.wardkey.mailbox().mails().into_iter().filter(|mail| mail.to == email).collect()
    }

    /// Waits for a mail to an address with a subject, and gives the newest.
    pub async fn mail(&self, email: &str, subject: &str) -> Result<Mail> {
        let deadline = Instant::now() + MAIL_PATIENCE;
        loop {
            if let Some(mail) = self.mails_to(email).into_iter().find(|mail| mail.subject == subject) {
                return Ok(mail);
            }
            if Instant::now() > deadline {
                let subjects: Vec<String> =
                    self.mails_to(email).into_iter().map(|mail| mail.subject).collect();
                bail!("no mail \"{subject}\" for {email}, only {subjects:?}\n{}", self.wardkey.log());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// The six digits of a PIN mail.
pub fn pin(mail: &Mail) -> Result<String> {
    let digits = mail.text.split(|symbol: char| !symbol.is_ascii_digit()).find(|digits| digits.len() == 6);
    digits.map(str::to_owned).with_context(|| format!("no PIN in {}", mail.text))
}
