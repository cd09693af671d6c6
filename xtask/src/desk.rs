//! The benchmarks' client: a computer of a clinic that passes the steps over HTTP, with nothing in between that takes time.

use std::{
    net::SocketAddr,
    time::{Duration, SystemTime},
};

use anyhow::{Context, Result, bail, ensure};
use totp_rs::Totp;
use ureq::{Agent, Body, http::Response};
use wire::{
    Endpoint, Problem, ProblemCode,
    operator::{OpenedClinic, UserSecret},
    proof,
    sign_in::{
        Answer, AnswerQuestion, AuthorizeComputer, AuthorizeProfile, ComputerCredentials, GetSignIn,
        ProfileCode, SignInState, SubmitPassword, UserCredentials,
    },
};

use crate::{key, settings::Settings};

/// A computer of the clinic with steps 1 and 2 behind it.
pub struct Desk<'a> {
    agent: Agent,
    address: SocketAddr,
    origin: &'a str,
    cookies: String,
}

impl<'a> Desk<'a> {
    /// Takes both steps on the clinic's first computer.
    pub fn open(address: SocketAddr, settings: &'a Settings, clinic: &OpenedClinic) -> Result<Self> {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .build();
        let agent = Agent::new_with_config(config);
        let mut desk = Self { agent, address, origin: &settings.public_origin, cookies: String::new() };
        let (computer, profile) =
            clinic.computers.first().zip(clinic.profiles.first()).context("an empty clinic")?;
        let (username, password) = (computer.username.clone(), computer.password.clone());
        let first = desk.step::<AuthorizeComputer>(&ComputerCredentials { username, password })?;
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs();
        let code = Totp::from_url(&profile.otpauth_url)?.generate(now).to_string();
        let second = desk.step::<AuthorizeProfile>(&ProfileCode { code })?;
        desk.cookies = format!("{first}; {second}");
        Ok(desk)
    }

    /// Takes a step and gives the cookie that it is remembered by.
    fn step<E: Endpoint>(&mut self, request: &E::Request) -> Result<String> {
        let mut reply = self.post::<E>(request)?;
        let set: Vec<&str> =
            reply.headers().get_all("set-cookie").iter().flat_map(|value| value.to_str()).collect();
        let kept = set.iter().find(|cookie| !cookie.contains("Max-Age=0"));
        let Some(pair) = kept.and_then(|cookie| cookie.split(';').next()).map(str::to_owned) else {
            bail!("{}: {}", E::PATH, reply.body_mut().read_to_string()?);
        };
        self.cookies = pair.clone();
        Ok(pair)
    }

    /// Step 3 and the question, for whatever is asked from here on. Gives the account's id.
    pub fn sign_in(&mut self, user: &UserSecret) -> Result<String> {
        let steps = self.cookies.clone();
        let (login, password) = (user.login.clone(), user.password.clone());
        let question = self.step::<SubmitPassword>(&UserCredentials { login, password })?;
        self.cookies = format!("{steps}; {question}");
        let session = self.step::<AnswerQuestion>(&Answer { yes: true })?;
        self.cookies = format!("{steps}; {session}");
        let me: SignInState = serde_json::from_str(&self.read(GetSignIn::PATH)?)?;
        match me {
            SignInState::SignedIn { me, .. } => Ok(me.account.to_string()),
            other => bail!("not signed in: {other:?}"),
        }
    }

    /// Step 3 with the right password, which must let in.
    pub fn login(&self, user: &UserSecret) -> Result<()> {
        let mut reply = self.submit(user, &user.password)?;
        let body = reply.body_mut().read_to_string()?;
        ensure!(reply.status().is_success(), "{} can't sign in: {body}", user.login);
        Ok(())
    }

    /// Step 3 with the right password, which a lock must refuse.
    pub fn locked_try(&self, user: &UserSecret) -> Result<()> {
        let problem = self.refusal(user, &user.password)?;
        ensure!(problem.code == ProblemCode::AccountLocked, "{} is not locked: {problem:?}", user.login);
        Ok(())
    }

    /// Why step 3 refuses a password.
    pub fn refusal(&self, user: &UserSecret, password: &str) -> Result<Problem> {
        Ok(self.submit(user, password)?.body_mut().read_json()?)
    }

    fn submit(&self, user: &UserSecret, password: &str) -> Result<Response<Body>> {
        let (login, password) = (user.login.clone(), password.to_owned());
        self.post::<SubmitPassword>(&UserCredentials { login, password })
    }

    fn post<E: Endpoint>(&self, request: &E::Request) -> Result<Response<Body>> {
        let post = self.agent.post(format!("http://{}{}", self.address, E::PATH));
        let post = post.header("Origin", self.origin).header("Cookie", &self.cookies);
        Ok(post.header(proof::HEADER, self.proof("POST", E::PATH)).send_json(request)?)
    }

    /// Asks for something that must be there.
    pub fn get(&self, path: &str) -> Result<()> {
        self.read(path).map(drop)
    }

    fn proof(&self, method: &str, path: &str) -> String {
        key::shared().proof(method, self.origin, path, 0)
    }

    fn read(&self, path: &str) -> Result<String> {
        let get = self.agent.get(format!("http://{}{path}", self.address));
        let get = get.header("Cookie", &self.cookies);
        let mut reply = get.header(proof::HEADER, self.proof("GET", path)).call()?;
        let body = reply.body_mut().read_to_string()?;
        ensure!(reply.status().is_success(), "{path}: {} {body}", reply.status());
        Ok(body)
    }
}
