//! What the clinic's object keeps, seen in its file on the disk: all of a change or nothing of it, and no secret in clear.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};
use reqwest::Method;
use rusqlite::Connection;
use serde_json::{Value, json};
use walkdir::WalkDir;
use wardkey_tests::{
    Client, Clinic, Reply, Wardkey, authenticator, clinic,
    desk::{self, Helper},
    records::{self, Records},
};
use wire::{
    Empty, Endpoint, ProblemCode, Role,
    computers::{
        AccessForm, AddComputer, AddProfile, ComputerQuery, ListComputers, NewProfileRequest, ProfileQuery,
        ReissueComputer, ReissueProfile,
    },
    me::{ChangePassword, PasswordChange},
    people::{BringBackUser, MakePasswords, PasswordWish, RemoveUser, RestoreAccess},
    recovery::{CheckResetLink, RequestReset, ResetPassword},
    setup::{SetUpClinic, SetupDone},
    sign_in::{AnswerQuestion, AuthorizeComputer, AuthorizeProfile, GetLock, LockQuery, SubmitPassword},
    support::{LookUpCase, OpenSupportCase, OpenedCase},
    users::{PinRequest, SendPin, Unlock, UserQuery},
};

use crate::{
    acts::{self, STRIKES},
    recovery,
    routes::{self, Ids},
    setup,
};

/// Breaks the lock in its middle: the strike, the lock, its activities and one mail are written when the next mail throws.
const BREAK: &str = "CREATE TRIGGER broken BEFORE INSERT ON outbox WHEN (SELECT count(*) FROM outbox) >= 1
    BEGIN SELECT RAISE(ABORT, 'broken'); END";
const MEND: &str = "DROP TRIGGER broken";

/// The mails that bring a PIN and a link.
const PIN_MAIL: &str = "User Account Unlock";
const LINK_MAIL: &str = "Reset your password";

/// What a lock leaves in the records.
#[derive(Debug, PartialEq, Eq)]
struct Traces {
    activities: i64,
    wrong_tries: i64,
    locks: i64,
    mails: i64,
}

#[tokio::test]
async fn a_lock_that_breaks_in_its_middle_leaves_nothing() -> Result<()> {
    let wardkey = Wardkey::start()?;
    let clinic = Clinic::open(&wardkey)?;
    let client = clinic.at("Reception 1").await?;
    for _ in 0..STRIKES - 1 {
        ensure!(client.try_password("hughes", "wrong").await?.is_err());
    }
    let before = wardkey.while_killed(|state| {
        let records = open(state, &clinic)?;
        records.execute_batch(BREAK)?;
        traces(&records)
    })?;
    ensure!(before.wrong_tries == 4 && before.locks == 0, "{before:?}");

    let client = client.twin()?;
    let headers = [("content-type", "application/json"), ("origin", client.origin())];
    let body = json!({ "login": "hughes", "password": "wrong" }).to_string();
    let reply = routes::post(&client, SubmitPassword::PATH, &headers, &body).await?;
    ensure!(reply.status == 500 && reply.problem()?.code == ProblemCode::Internal, "{reply:?}");
    // The operator finds what was said of it by what the reply is called.
    let log = wardkey.log();
    let said = ["rolled_back", "object_silent"].map(|event| {
        let line = log.lines().find(|line| line.contains(&format!("\"event\":\"{event}\"")))?;
        serde_json::from_str::<Value>(line.get(line.find('{')?..)?).ok()
    });
    let [Some(rolled_back), Some(silent)] = said else { bail!("the operator is not told:\n{log}") };
    ensure!(rolled_back["why"].as_str().is_some_and(|why| why.contains("broken")), "{rolled_back}");
    let named = reply.header("wardkey-request");
    ensure!(named.len() == 16 && rolled_back["request"] == named && silent["request"] == named, "{log}");
    ensure!(!client.call::<GetLock>(&LockQuery { login: "hughes".into() }).await?.locked);

    let after = wardkey.while_killed(|state| {
        let records = open(state, &clinic)?;
        records.execute_batch(MEND)?;
        traces(&records)
    })?;
    ensure!(after == before, "{before:?} became {after:?}");
    Ok(())
}

fn traces(records: &Connection) -> Result<Traces> {
    let count = |query: &str| records.query_row(query, [], |row| row.get::<_, i64>(0));
    Ok(Traces {
        activities: count("SELECT count(*) FROM activities")?,
        wrong_tries: count("SELECT count(*) FROM tries WHERE wrong = 1")?,
        locks: count("SELECT count(*) FROM tallies WHERE locked_since IS NOT NULL")?,
        mails: count("SELECT count(*) FROM outbox")?,
    })
}

#[tokio::test]
async fn no_secret_is_stored_in_clear() -> Result<()> {
    let wardkey = Wardkey::start()?;
    let clinic = Clinic::open(&wardkey)?;
    acts::lock(&clinic.at("Reception 1").await?, "hughes").await?;
    let whitfield = clinic.user("whitfield")?;
    let owner = clinic.signed_in("Owner's phone", whitfield).await?;
    let id = acts::account(&owner, "hughes").await?;
    owner.call::<SendPin>(&PinRequest { id }).await?;
    let pin = clinic::pin(&clinic.mail(&whitfield.email, "User Account Unlock").await?)?;

    let mut secrets = Vec::new();
    for profile in &clinic.opened.profiles {
        let secret = authenticator::secret(&profile.otpauth_url)?;
        secrets.push(("a TOTP secret", bytes_of_base32(&secret)));
        secrets.push(("a TOTP secret in Base 32", secret.into_bytes()));
    }
    secrets.extend(
        clinic
            .opened
            .computers
            .iter()
            .map(|one| ("a computer's password", one.password.clone().into_bytes())),
    );
    secrets.extend(
        clinic.opened.users.iter().map(|one| ("a user's password", one.password.clone().into_bytes())),
    );
    for token in owner.cookies().into_values() {
        let token = token.rsplit('.').next().unwrap_or_default().to_owned();
        secrets.push(("a token", token.into_bytes()));
    }
    wardkey.while_killed(|state| {
        for file in files(state) {
            let bytes = fs::read(&file)?;
            for (what, secret) in &secrets {
                let found = bytes.windows(secret.len()).any(|window| window == secret);
                ensure!(!found, "{what} is in {}", file.display());
            }
        }
        stands_nowhere(state, "a PIN", &pin)
    })
}

/// Fails where a secret is in a file: in a column of a table, or anywhere else.
fn stands_nowhere(state: &Path, what: &str, secret: &str) -> Result<()> {
    for file in files(state) {
        let found = records::stands_in(&fs::read(&file)?, secret);
        ensure!(!found, "{what}, {secret}, is in {}", file.display());
        // Columns follow each other without a gap, so that digits in one of them may be followed by others.
        if file.extension().is_some_and(|extension| extension == "sqlite") {
            let tables = Records::copy(&file)?.with(secret)?;
            ensure!(tables.is_empty(), "{what}, {secret}, is in {tables:?} of {}", file.display());
        }
    }
    Ok(())
}

/// What is sought, and the subject of the mail that brings it.
struct Canary {
    what: &'static str,
    secret: String,
    mail: Option<&'static str>,
}

/// Everything that was answered, with what it was an answer to. A reply that hands something out is told of without it.
#[derive(Default)]
struct Told(Vec<(String, String)>);

impl Told {
    /// Notes a reply, and gives it back.
    fn note(&mut self, path: &str, reply: Reply) -> Reply {
        self.0.push((path.to_owned(), format!("{:?} {}", reply.headers, reply.text)));
        reply
    }

    /// Posts as our own pages do, and notes the reply.
    async fn post(&mut self, client: &Client, path: &str, body: Value) -> Result<Reply> {
        let headers = [("content-type", "application/json"), ("origin", client.origin())];
        let reply = routes::post(client, path, &headers, &body.to_string()).await?;
        Ok(self.note(path, reply))
    }

    /// A post that must be answered so.
    async fn must(&mut self, client: &Client, path: &str, body: Value, status: u16) -> Result<Reply> {
        let reply = self.post(client, path, body).await?;
        ensure!(reply.status == status, "{path}: {reply:?}");
        Ok(reply)
    }

    /// A post whose reply sets the cookies that the browser has from then on. Of those it tells nothing but what stands elsewhere in it.
    async fn step(&mut self, client: &Client, path: &str, body: Value) -> Result<()> {
        let reply = self.must(client, path, body, 200).await?;
        let (_, told) = self.0.last_mut().context("nothing was told")?;
        let mut headers = reply.headers;
        ensure!(headers.remove("set-cookie").is_some(), "{path} sets no cookie");
        *told = format!("{headers:?} {}", reply.text);
        Ok(())
    }
}

/// The secrets in the cookies of a browser.
fn tokens(what: &'static str, client: &Client) -> Vec<Canary> {
    let values = client.cookies().into_values();
    let secret = |value: String| value.rsplit('.').next().unwrap_or_default().to_owned();
    values.map(|value| Canary { what, secret: secret(value), mail: None }).collect()
}

#[tokio::test]
async fn what_opens_a_step_stands_where_it_was_handed_out_and_nowhere_else() -> Result<()> {
    let wardkey = Wardkey::start()?;
    let clinic = Clinic::open(&wardkey)?;
    let mut told = Told::default();
    let (mut canaries, sign) = (Vec::new(), |what, secret, mail| Canary { what, secret, mail });
    let url = &clinic.profile("Main")?.otpauth_url;

    // The three steps, each with what is typed and what is handed out.
    let owner = Client::new(wardkey.origin())?;
    let (computer, whitfield) = (clinic.computer("Owner's phone")?, clinic.user("whitfield")?);
    let pair = json!({ "username": computer.username, "password": computer.password });
    told.step(&owner, AuthorizeComputer::PATH, pair).await?;
    let (wrong, code) = (authenticator::wrong_code(url)?, clinic.code()?);
    told.must(&owner, AuthorizeProfile::PATH, json!({ "code": wrong }), 401).await?;
    told.step(&owner, AuthorizeProfile::PATH, json!({ "code": code })).await?;
    canaries.extend([sign("a wrong code", wrong, None), sign("a code", code, None)]);
    let typed = json!({ "login": whitfield.login, "password": whitfield.password });
    told.step(&owner, SubmitPassword::PATH, typed).await?;
    canaries.extend(tokens("a token of an owner's at the question", &owner));
    told.step(&owner, AnswerQuestion::PATH, json!({ "yes": true })).await?;
    canaries.extend(tokens("a token of an owner's", &owner));

    // The PIN of an owner's, and a support case of a manager's.
    let door = clinic.at("Reception 1").await?;
    acts::lock(&door, "patel").await?;
    canaries.extend(tokens("a token of a computer's", &door));
    let locked = acts::account(&owner, "patel").await?;
    told.must(&owner, SendPin::PATH, json!({ "id": locked }), 200).await?;
    let pin = clinic::pin(&clinic.mail(&whitfield.email, PIN_MAIL).await?)?;
    let manager = clinic.signed_in("Reception 2", clinic.user("reid")?).await?;
    canaries.extend(tokens("a token of a manager's", &manager));
    let asked = json!({ "id": locked, "reason": "The owner is on a plane", "phone": desk::PHONE });
    let opened = told.must(&manager, OpenSupportCase::PATH, asked, 200).await?;
    let case = serde_json::from_str::<OpenedCase>(&opened.text)?.code;
    let (_, handed_out) = told.0.last_mut().context("nothing was told")?;
    *handed_out = handed_out.replacen(&case, "", 1);
    let helper = Helper::new(&wardkey)?;
    let operator = helper.signed_in().await?;
    canaries.extend(tokens("a token of an operator's", &operator));
    told.must(&operator, LookUpCase::PATH, json!({ "code": case }), 200).await?;
    canaries.push(sign("a case's code without its gap", case.replace('-', ""), None));
    canaries.push(sign("a case's code", case, None));

    // A link.
    told.must(&door, RequestReset::PATH, json!({ "login": "sys_harbour" }), 200).await?;
    let email = &clinic.user("sys_harbour")?.email;
    let link = recovery::token(&wardkey, &clinic.mail(email, LINK_MAIL).await?)?;
    let phone = Client::new(wardkey.origin())?;
    told.must(&phone, CheckResetLink::PATH, json!({ "token": link.to_string() }), 200).await?;

    // Everything that there is to ask, while PIN, case and link are good.
    let ids = Ids { account: acts::account(&owner, "hughes").await?, ..Ids::of(&owner).await? };
    let before = told.0.len();
    for method in [Method::GET, Method::POST] {
        for route in routes::with_method(&owner, method).await? {
            let request = routes::request(&route.path, &ids)?;
            // A copy, so that whoever leaves goes on asking with what they had.
            for client in [&owner, &manager, &door, &operator] {
                let client = client.twin()?;
                told.note(&route.path, routes::send(&client, &route, &request).await?);
            }
        }
    }
    let walked = told.0.len() - before;
    ensure!(walked >= 4 * 65, "{walked}");

    // What they open.
    let door = clinic.signed_in("Ward 1", whitfield).await?;
    told.must(&door, Unlock::PATH, json!({ "id": locked, "pin": pin }), 200).await?;
    let chosen = json!({ "token": link.to_string(), "password": "a fine new tune" });
    told.must(&phone, ResetPassword::PATH, chosen, 200).await?;
    clinic.mail(email, "Your password was changed").await?;
    canaries.push(sign("a PIN", pin, Some(PIN_MAIL)));
    canaries.push(sign("a link", link.secret, Some(LINK_MAIL)));

    told.0.push(("the runtime's log".to_owned(), wardkey.log()));
    for canary in &canaries {
        let Canary { what, secret, mail: own } = canary;
        ensure!(secret.len() >= 6, "{what} is {secret:?}");
        for (path, text) in &told.0 {
            ensure!(!records::stands_in(text.as_bytes(), secret), "{what}, {secret}, in {path}: {text}");
        }
        let mut brought = 0;
        for mail in wardkey.mailbox().mails() {
            let body =
                [mail.text.as_str(), &mail.html].map(|text| records::stands_in(text.as_bytes(), secret));
            let own = *own == Some(mail.subject.as_str()) && body == [true; 2];
            brought += usize::from(own);
            let elsewhere = format!("{} {} {}", mail.id, mail.to, mail.subject);
            let stray = (!own && body != [false; 2]) || records::stands_in(elsewhere.as_bytes(), secret);
            ensure!(!stray, "{what}, {secret}, in {mail:?}");
        }
        ensure!(brought == usize::from(own.is_some()), "{what} came in {brought} mails");
    }
    wardkey.while_killed(|state| {
        canaries.iter().try_for_each(|Canary { what, secret, .. }| stands_nowhere(state, what, secret))
    })
}

#[tokio::test]
async fn what_is_shown_once_stands_nowhere_else() -> Result<()> {
    let wardkey = Wardkey::start()?;
    let clinic = Clinic::open(&wardkey)?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let nurse = acts::account(&owner, "hughes").await?;
    let query = UserQuery { id: nurse };
    let added = acts::add(&owner, Role::Employee, "Newcomer", "newcomer").await?;
    let restored = owner.call::<RestoreAccess>(&query).await?;
    owner.call::<RemoveUser>(&query).await?;
    let back = owner.call::<BringBackUser>(&query).await?;
    let made = owner.call::<MakePasswords>(&PasswordWish { count: 1 }).await?;
    let (forms, setup) = (forms(&owner).await?, set_up(&wardkey).await?);
    let door = acts::browser(&wardkey, &forms[0]).await?;
    acts::sign_in_first(&door, &back.pair, "a fine new tune").await?;
    let change = PasswordChange { current: "a fine new tune".into(), password: "another fine tune".into() };
    door.call::<ChangePassword>(&change).await?;

    let mut secrets = vec!["a fine new tune".to_owned(), "another fine tune".to_owned()];
    secrets.extend([added, restored, back].map(|added| added.pair.password));
    secrets.extend(made.passwords.into_iter().map(|made| made.password));
    secrets.push(setup.owner.password);
    for form in forms.into_iter().chain([setup.form]) {
        secrets.extend(form.computer.map(|pair| pair.password));
        secrets.extend(form.administrator.map(|pair| pair.password));
        secrets.push(authenticator::secret(&form.profile.otpauth_url)?);
    }
    let helper = Helper::new(&wardkey)?;
    let operator = helper.signed_in().await?;
    secrets.extend([helper.made.password.clone(), authenticator::secret(&helper.made.otpauth_url)?]);
    ensure!(secrets.len() == 18, "{}", secrets.len());

    clinic.mail(&clinic.user("hughes")?.email, "Your password was changed").await?;
    let mut told = vec![serde_json::to_string(&acts::log(&owner).await?)?];
    let ids = Ids { account: query.id.clone(), ..Ids::of(&owner).await? };
    // Those that sign somebody out come last.
    for method in [Method::GET, Method::POST] {
        for route in routes::with_method(&owner, method).await? {
            let request = routes::request(&route.path, &ids)?;
            for client in [&owner, &operator] {
                let reply = routes::send(client, &route, &request).await?;
                let mut text = format!("{:?} {}", reply.headers, reply.text);
                // The form of a computer shows the code of its profile, as those of the others at that profile do.
                if [AddComputer::PATH, ReissueComputer::PATH].contains(&route.path.as_str())
                    && reply.status == 200
                {
                    let form: AccessForm = serde_json::from_str(&reply.text)?;
                    text = text.replace(&authenticator::secret(&form.profile.otpauth_url)?, "");
                }
                told.push(text);
            }
        }
    }
    ensure!(told.len() > 130, "{}", told.len());
    told.push(wardkey.log());
    told.extend(wardkey.mailbox().mails().iter().map(|mail| format!("{mail:?}")));
    for secret in &secrets {
        ensure!(!told.iter().any(|text| text.contains(secret)), "{secret} was told twice");
    }
    wardkey.while_killed(|state| {
        for file in files(state) {
            let bytes = fs::read(&file)?;
            for secret in &secrets {
                let raw = bytes_of_base32(secret);
                let found = |secret: &[u8]| bytes.windows(secret.len()).any(|window| window == secret);
                ensure!(!found(secret.as_bytes()), "{secret} is in {}", file.display());
                ensure!(secret.len() < 32 || !found(&raw), "{secret} is in {}", file.display());
            }
        }
        Ok(())
    })
}

/// Access forms of every kind: a new computer, its new password, a new profile, its new QR code.
async fn forms(owner: &Client) -> Result<Vec<AccessForm>> {
    let first = acts::add_computer(owner).await?;
    let places = owner.call::<ListComputers>(&Empty {}).await?;
    let dental = places.computers.iter().find(|computer| computer.label == "Dental room");
    let id = dental.context("no dental room")?.id.to_string();
    let again = owner.call::<ReissueComputer>(&ComputerQuery { id }).await?;
    let profile = owner.call::<AddProfile>(&NewProfileRequest { name: "Lab".into() }).await?;
    let places = owner.call::<ListComputers>(&Empty {}).await?;
    let lab = places.profiles.iter().find(|profile| profile.name == "Lab").context("no lab")?;
    let renewed = owner.call::<ReissueProfile>(&ProfileQuery { id: lab.id.to_string() }).await?;
    Ok(vec![first, again, profile, renewed])
}

async fn set_up(wardkey: &Wardkey) -> Result<SetupDone> {
    let token = setup::new_token(wardkey)?;
    Client::new(wardkey.origin())?.call::<SetUpClinic>(&setup::request(&token)).await
}

fn bytes_of_base32(text: &str) -> Vec<u8> {
    let digits = text.bytes().filter_map(|symbol| match symbol {
        b'A'..=b'Z' => Some(symbol - b'A'),
        b'2'..=b'7' => Some(symbol - b'2' + 26),
        _ => None,
    });
    let bits: Vec<u8> = digits.flat_map(|digit| (0..5).rev().map(move |place| digit >> place & 1)).collect();
    bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |value, bit| value << 1 | bit)).collect()
}

/// The records of a clinic.
pub fn open(state: &Path, clinic: &Clinic<'_>) -> Result<Connection> {
    for file in files(state).filter(|file| file.extension().is_some_and(|extension| extension == "sqlite")) {
        let records = Connection::open(&file)?;
        let code = records.query_row("SELECT code FROM settings", [], |row| row.get::<_, String>(0));
        if code.is_ok_and(|code| code == clinic.opened.code) {
            return Ok(records);
        }
    }
    bail!("the clinic has no file")
}

/// Every file of the objects' storage.
pub fn files(state: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = WalkDir::new(state.join("data")).into_iter().filter_map(|entry| entry.ok());
    entries.filter(|entry| entry.file_type().is_file()).map(|entry| entry.into_path())
}
