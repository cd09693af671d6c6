//! One request on its way through a route: who calls, which clinic answers, which cookies go back.

use clinic::{Caller, commands::Command};
use wire::{
    Problem, ProblemCode,
    fields::ClinicCode,
    place::{Jurisdiction, Region},
};
use worker::{Env, Response};

use crate::{
    clinics::{self, Purpose},
    config::{self, Config},
    cookies::{ComputerCookie, Cookie, Cookies},
    limits,
    password::Passwords,
    probe,
};

pub struct Visit<'a> {
    pub config: &'a Config,
    env: &'a Env,
    asker: Asker,
    cookies: Cookies,
    set_cookies: Vec<String>,
    /// What a clinic that is only now coming to be is kept close to.
    near: Option<Region>,
}

/// Where a request comes from.
pub struct Asker {
    /// What the request is called in the journal.
    pub request: String,
    /// The network address; empty when unknown.
    pub address: String,
    /// The thumbprint of the key that the browser has shown to keep.
    pub key: Option<String>,
}

impl<'a> Visit<'a> {
    pub fn new(config: &'a Config, env: &'a Env, asker: Asker, cookies: Cookies) -> Self {
        // A code that this deployment never made is as good as no cookie; no storage is touched to find that out.
        let computer = cookies.computer.filter(|cookie| config.knows_clinic(&cookie.clinic));
        Self {
            config,
            env,
            asker,
            cookies: Cookies { computer, ..cookies },
            set_cookies: Vec::new(),
            near: None,
        }
    }

    /// Whether this browser may have step 1 behind it; only its clinic knows.
    pub fn has_computer(&self) -> bool {
        self.cookies.computer.is_some()
    }

    /// Asks the computer's clinic for something that changes nothing.
    pub async fn read<C: Command>(&self, command: &C) -> Result<C::Reply, Problem> {
        self.read_in(self.clinic()?, command).await
    }

    /// Asks the computer's clinic for a change.
    pub async fn change<C: Command>(&self, command: &C) -> Result<C::Reply, Problem> {
        self.change_in(self.clinic()?, command).await
    }

    /// Has an object that holds no clinic read and write.
    pub async fn probe(&self) -> worker::Result<probe::Found> {
        clinics::probe(self.env).await
    }

    /// Whether the variables are as they were at the start.
    pub fn recheck(&self) -> Result<(), String> {
        config::recheck(self.env, self.config)
    }

    /// Where the request came from; empty when unknown.
    pub fn address(&self) -> &str {
        &self.asker.address
    }

    /// Asks some clinic for a change.
    pub async fn change_in<C: Command>(&self, clinic: &ClinicCode, command: &C) -> Result<C::Reply, Problem> {
        clinics::ask(self.env, (clinic, self.near), command, &self.caller(), Purpose::Change).await
    }

    /// Asks some clinic for something that changes nothing.
    pub async fn read_in<C: Command>(&self, clinic: &ClinicCode, command: &C) -> Result<C::Reply, Problem> {
        clinics::ask(self.env, (clinic, self.near), command, &self.caller(), Purpose::Read).await
    }

    /// Has a clinic that is only now coming to be kept close to a region.
    pub fn settle_near(&mut self, near: Option<Region>) {
        self.near = near;
    }

    /// Refuses what this deployment can't keep a clinic to.
    pub fn can_keep_to(&self, jurisdiction: Option<Jurisdiction>) -> Result<(), Problem> {
        let can = jurisdiction.is_none_or(|one| self.config.jurisdictions.contains(&one));
        if can { Ok(()) } else { Err(Problem::about("jurisdiction", ProblemCode::JurisdictionNotOffered)) }
    }

    /// Asks the support desk. What it asks of a clinic then, it asks with no cookie of a clinic's.
    pub async fn ask_desk<C: Command>(&self, command: &C, purpose: Purpose) -> Result<C::Reply, Problem> {
        let caller = Caller {
            request: self.asker.request.clone(),
            address: self.asker.address.clone(),
            key: self.asker.key.clone(),
            session: self.cookies.support.clone(),
            ..Caller::default()
        };
        clinics::ask_desk(self.env, command, &caller, purpose).await
    }

    /// Asks a clinic for the support desk.
    pub async fn ask_for_desk<C: Command>(
        &self,
        clinic: &ClinicCode,
        command: &C,
        purpose: Purpose,
    ) -> Result<C::Reply, Problem> {
        let caller = Caller {
            request: self.asker.request.clone(),
            address: self.asker.address.clone(),
            ..Caller::default()
        };
        clinics::ask(self.env, (clinic, None), command, &caller, purpose).await
    }

    /// Whoever asks, for a body that is made after the reply has begun.
    pub fn reader(&self) -> Result<Reader, Problem> {
        Ok(Reader { env: self.env.clone(), clinic: self.clinic()?.clone(), caller: self.caller() })
    }

    /// Refuses a network that tries step 1 again and again, where the platform counts that. It costs no clinic anything.
    pub async fn admit_to_step_1(&self) -> Result<(), Problem> {
        match limits::admits(self.env, limits::STEP_1, &self.asker.address).await {
            true => Ok(()),
            false => Err(Problem::new(ProblemCode::SlowDown).retry_after(limits::PERIOD_SECONDS)),
        }
    }

    /// The passwords of the computer's clinic.
    pub fn passwords(&self) -> Result<Passwords<'_>, Problem> {
        Ok(Passwords::of_clinic(self.config, self.clinic()?))
    }

    /// Opens a live socket in the computer's clinic.
    pub async fn open_live(&self) -> Result<Response, Problem> {
        clinics::open_live(self.env, self.clinic()?, &self.caller()).await
    }

    /// Keeps a token in the browser.
    pub fn keep(&mut self, cookie: Cookie, value: &str) {
        self.set_cookies.push(cookie.keep(value));
    }

    /// Goes on as the operator who has just signed in.
    pub fn become_operator(&mut self, token: String) {
        self.cookies.support = Some(token);
    }

    /// Keeps the computer's token for another while. Browsers drop any cookie after 400 days; step 2 comes every day.
    pub fn renew_computer(&mut self) {
        let value = self
            .cookies
            .computer
            .as_ref()
            .map(|ComputerCookie { clinic, token }| ComputerCookie::value(clinic, token));
        self.set_cookies.extend(value.map(|value| Cookie::Computer.keep(&value)));
    }

    /// Keeps another token for the computer that the browser is.
    pub fn keep_computer(&mut self, token: &str) -> Result<(), Problem> {
        let value = ComputerCookie::value(self.clinic()?, token);
        self.keep(Cookie::Computer, &value);
        Ok(())
    }

    /// Takes cookies away from the browser.
    pub fn forget(&mut self, cookies: &[Cookie]) {
        self.set_cookies.extend(cookies.iter().map(|cookie| cookie.forget()));
    }

    /// The `Set-Cookie` headers.
    pub fn into_set_cookies(self) -> Vec<String> {
        self.set_cookies
    }

    fn clinic(&self) -> Result<&ClinicCode, Problem> {
        let computer = self.cookies.computer.as_ref();
        computer.map(|cookie| &cookie.clinic).ok_or_else(|| Problem::new(ProblemCode::ComputerRequired))
    }

    fn caller(&self) -> Caller {
        Caller {
            request: self.asker.request.clone(),
            address: self.asker.address.clone(),
            key: self.asker.key.clone(),
            computer: self.cookies.computer.as_ref().map(|ComputerCookie { token, .. }| token.clone()),
            profile: self.cookies.profile.clone(),
            question: self.cookies.question.clone(),
            session: self.cookies.session.clone(),
        }
    }
}

/// Asks a clinic on behalf of a visit that may be over.
pub struct Reader {
    env: Env,
    clinic: ClinicCode,
    caller: Caller,
}

impl Reader {
    /// Asks for something that changes nothing. Whether the caller may is looked at each time.
    pub async fn read<C: Command>(&self, command: &C) -> Result<C::Reply, Problem> {
        clinics::ask(&self.env, (&self.clinic, None), command, &self.caller, Purpose::Read).await
    }
}
