//! The benchmarks' client: a computer of a clinic that passes the steps over HTTP, with nothing in between that takes time.

use std::{
    net::SocketAddr,
    time::{Duration, Instant, SystemTime},
};

use anyhow::{Context, Result, bail, ensure};
use totp_rs::Totp;
use ureq::{
    Agent, Body,
    http::{Response, StatusCode},
};
use wire::{
    Endpoint, Problem, ProblemCode,
    operator::{ComputerSecret, OpenedClinic, ProfileSecret, UserSecret},
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
        let (computer, profile) =
            clinic.computers.first().zip(clinic.profiles.first()).context("an empty clinic")?;
        Self::at(address, settings, computer, profile)
    }

    /// Takes both steps on a computer.
    pub fn at(
        address: SocketAddr,
        settings: &'a Settings,
        computer: &ComputerSecret,
        profile: &ProfileSecret,
    ) -> Result<Self> {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .build();
        let agent = Agent::new_with_config(config);
        let mut desk = Self { agent, address, origin: &settings.public_origin, cookies: String::new() };
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
        let reply = self.post::<E>(request)?;
        let kept = reply.cookies.iter().find(|cookie| !cookie.contains("Max-Age=0"));
        let Some(pair) = kept.and_then(|cookie| cookie.split(';').next()).map(str::to_owned) else {
            bail!("{}: {}", E::PATH, reply.body);
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
        match serde_json::from_str(&self.get(GetSignIn::PATH)?.body)? {
            SignInState::SignedIn { me, .. } => Ok(me.account.to_string()),
            other => bail!("not signed in: {other:?}"),
        }
    }

    /// Step 3 with the right password, which must let in. Gives the milliseconds that it was waited for.
    pub fn login(&self, user: &UserSecret) -> Result<f64> {
        let reply = self.submit(&user.login, &user.password)?;
        ensure!(reply.status.is_success(), "{} can't sign in: {}", user.login, reply.body);
        Ok(reply.millis)
    }

    /// Step 3 with the right password, which must be refused so. Gives the milliseconds that it was waited for.
    pub fn refused(&self, user: &UserSecret, code: ProblemCode) -> Result<f64> {
        let reply = self.submit(&user.login, &user.password)?;
        let problem: Problem = serde_json::from_str(&reply.body)?;
        ensure!(problem.code == code, "{} is not refused with {code:?}: {problem:?}", user.login);
        Ok(reply.millis)
    }

    /// Step 3 with a wrong password: why it is refused.
    pub fn wrong_try(&self, login: &str) -> Result<ProblemCode> {
        Ok(serde_json::from_str::<Problem>(&self.submit(login, "a wrong password")?.body)?.code)
    }

    fn submit(&self, login: &str, password: &str) -> Result<Waited> {
        let (login, password) = (login.to_owned(), password.to_owned());
        self.post::<SubmitPassword>(&UserCredentials { login, password })
    }

    fn post<E: Endpoint>(&self, request: &E::Request) -> Result<Waited> {
        let post = self.agent.post(format!("http://{}{}", self.address, E::PATH));
        let post = post.header("Origin", self.origin).header("Cookie", &self.cookies);
        let post = post.header(proof::HEADER, self.proof("POST", E::PATH));
        Waited::timed(|| post.send_json(request))
    }

    /// Asks for something that must be there.
    pub fn get(&self, path: &str) -> Result<Waited> {
        let get = self.agent.get(format!("http://{}{path}", self.address));
        let get = get.header("Cookie", &self.cookies).header(proof::HEADER, self.proof("GET", path));
        let reply = Waited::timed(|| get.call())?;
        ensure!(reply.status.is_success(), "{path}: {} {}", reply.status, reply.body);
        Ok(reply)
    }

    fn proof(&self, method: &str, path: &str) -> String {
        key::shared().proof(method, self.origin, path, 0)
    }
}

/// A reply and how long it was waited for. What the client does before, such as signing, is not counted.
pub struct Waited {
    status: StatusCode,
    cookies: Vec<String>,
    /// What it says.
    pub body: String,
    /// From sending the request until the reply was read.
    pub millis: f64,
}

impl Waited {
    fn timed(ask: impl FnOnce() -> Result<Response<Body>, ureq::Error>) -> Result<Self> {
        let started = Instant::now();
        let mut reply = ask()?;
        let body = reply.body_mut().read_to_string()?;
        let millis = started.elapsed().as_secs_f64() * 1000.0;
        let cookies = reply.headers().get_all("set-cookie").iter();
        let cookies = cookies.flat_map(|value| value.to_str().map(str::to_owned)).collect();
        Ok(Self { status: reply.status(), cookies, body, millis })
    }
}
