//! Names that mean harm, as people, computers and clinics have them: in mails, exports and screens they are names and nothing else.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use clinic::rules::pin::{PIN_MAILS_MAX, PIN_MAILS_WINDOW_MINUTES};
use serde_json::{Value, json};
use thirtyfour::WebDriver;
use wardkey_tests::{Client, Clinic, Person, Refusal, Screen, Wardkey, acts, routes};
use wire::{
    Empty, Endpoint, ProblemCode,
    activities::ExportActivities,
    computers::{ComputerChange, EditComputer, ListComputers},
    people::{EditUser, Import, ImportPerson, ImportUsers, MakePasswords, PasswordWish},
    settings::{ChangeSettings, GetSettings, SettingsChange},
    users::{PinRequest, SendPin},
};
use xtask::mailbox::Mail;

use crate::{
    list::{Attack, Findings, Ground},
    nasty::{self, Nasty},
};

pub const ATTACKS: [Attack; 2] = [
    Attack {
        family: "names",
        name: "in mails and exports",
        promise: 25,
        claim: "Whatever people, computers and the clinic are called, mails have the same headers and tags, and no cell of an export is a formula.",
        make: |ground| Box::pin(in_mails_and_exports(ground)),
    },
    Attack {
        family: "names",
        name: "on the screens",
        promise: 25,
        claim: "A list of people with such names has as many elements a line as any other, and runs nothing.",
        make: |ground| Box::pin(on_screens(ground)),
    },
];

/// The accounts whose PINs are mailed, each with the computer that it is locked at: one that hears too many wrong passwords rests.
const LOCKED: [(&str, &str); 4] =
    [("hughes", "Reception 1"), ("patel", "Reception 2"), ("oconnor", "Ward 1"), ("sys_harbour", "Ward 2")];
/// Characters of a name that a finding tells.
const NAME_TOLD_MAX: usize = 40;
const PATIENCE: Duration = Duration::from_secs(30);
/// What a spreadsheet takes for the beginning of a formula, in one of its languages.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
/// A name like any other.
const PLAIN: &str = "Plain";

/// Whether a name was taken, where it should have been taken or refused as malformed.
fn taken<T>(findings: &mut Findings, nasty: &Nasty, outcome: Result<T, Refusal>) -> Option<T> {
    let refusal = match outcome {
        Ok(reply) => {
            // What surrounds a name is cut off: a line that was pasted with its end is a name.
            let still = !nasty::moves_text(nasty.name.trim());
            findings.holds(still, || format!("{}: {:?} was taken", nasty.kind, nasty.name));
            return Some(reply);
        }
        Err(refusal) => refusal,
    };
    // A label or a name that differs by nothing but what is forgiven is there already, and one beyond all bounds is not read.
    let refused = matches!(
        refusal.problem.code,
        ProblemCode::NameMalformed | ProblemCode::NameTaken | ProblemCode::RequestTooLarge
    );
    let start: String = nasty.name.chars().take(NAME_TOLD_MAX).collect();
    findings.holds(refused, || format!("{}: {start:?}: {refusal}", nasty.kind));
    None
}

async fn in_mails_and_exports(ground: &Ground) -> Result<Findings> {
    let mut findings = Findings::default();
    let wardkey = Wardkey::with_clock()?;
    let clinic = Clinic::open(&wardkey)?;
    let mut owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    acts::set_policies(&owner, |policies| (policies.profile_hours, policies.idle_minutes) = (24, 60)).await?;
    let mut ids = Vec::new();
    for (login, computer) in LOCKED {
        clinic.lock(&clinic.at(computer).await?, login).await?;
        ids.push(acts::account(&owner, login).await?);
    }
    settled(&wardkey).await?;
    let start = wardkey.mailbox().mails().len();
    let mut names = nasty::names();
    names.insert(0, Nasty { kind: "plain", name: PLAIN.to_owned() });
    let (mut people, mut computers, mut clinics) = (0, 0, 0);
    for (number, nasty) in names.iter().enumerate() {
        ground.tell(&format!("{number} of {} names", names.len()));
        let who = number % LOCKED.len();
        if taken(&mut findings, nasty, call_person(&owner, LOCKED[who].0, &nasty.name).await?).is_some() {
            people += 1;
            // As many PINs as an hour allows, then the next hour.
            if people % (LOCKED.len() * (PIN_MAILS_MAX as usize - 1)) == 0 {
                clinic.pass_minutes(u32::try_from(PIN_MAILS_WINDOW_MINUTES)?).await?;
                owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
            }
            if let Err(refusal) = owner.try_call::<SendPin>(&PinRequest { id: ids[who].clone() }).await? {
                ensure!(refusal.problem.code == ProblemCode::PinTooMany, "{refusal}");
            }
        }
        let labelled = taken(&mut findings, nasty, call_computer(&owner, &nasty.name).await?).is_some();
        let named = taken(&mut findings, nasty, call_clinic(&owner, &nasty.name).await?).is_some();
        if labelled || named {
            let computer = clinic.computer("Reception 2")?;
            Client::new(wardkey.origin())?.authorize_computer(&computer.username, &computer.password).await?;
        }
        computers += usize::from(labelled);
        clinics += usize::from(named);
    }
    settled(&wardkey).await?;
    let mails = wardkey.mailbox().mails();
    let new = &mails[..mails.len() - start];
    judge_mails(&clinic, new, &mut findings);
    judge_headers(&wardkey, &mut findings)?;
    findings.count("names", names.len(), nasty::names().len() + 1);
    let listed = names.iter().filter(|nasty| nasty.kind == nasty::LISTED).count();
    findings.at_least("… of the Big List of Naughty Strings", listed, 461);
    findings.at_least("of them taken as people's", people, 100);
    findings.at_least("… as computers'", computers, 100);
    findings.at_least("… as the clinic's", clinics, 100);
    findings.at_least("mails", new.len(), 300);
    judge_exports(&owner, &mut findings).await?;
    Ok(findings)
}

async fn call_person(owner: &Client, login: &str, name: &str) -> Result<Result<(), Refusal>> {
    let mut change = acts::edit(&acts::window(owner, login).await?)?;
    change.fields.last_name = name.to_owned();
    change.fields.first_name = name.to_owned();
    Ok(owner.try_call::<EditUser>(&change).await?.map(drop))
}

async fn call_computer(owner: &Client, name: &str) -> Result<Result<(), Refusal>> {
    let places = owner.call::<ListComputers>(&Empty {}).await?;
    let computer = places.computers.iter().find(|computer| computer.username.ends_with("-2"));
    let computer = computer.context("no second computer")?;
    let change = ComputerChange {
        id: computer.id.to_string(),
        version: computer.version,
        label: name.to_owned(),
        profile: computer.profile.to_string(),
    };
    Ok(owner.try_call::<EditComputer>(&change).await?.map(drop))
}

async fn call_clinic(owner: &Client, name: &str) -> Result<Result<(), Refusal>> {
    let settings = owner.call::<GetSettings>(&Empty {}).await?;
    let change = SettingsChange {
        version: settings.version,
        name: name.to_owned(),
        time_zone: settings.time_zone,
        language: settings.language,
    };
    Ok(owner.try_call::<ChangeSettings>(&change).await?.map(drop))
}

/// Mails of one subject have one recipient of ours, the same lines and the same tags, whatever they tell of.
fn judge_mails(clinic: &Clinic<'_>, mails: &[Mail], findings: &mut Findings) {
    let known: BTreeSet<&str> = clinic.opened.users.iter().map(|user| user.email.as_str()).collect();
    let mut shapes: BTreeMap<&str, (usize, Vec<String>)> = BTreeMap::new();
    for mail in mails.iter().rev() {
        findings.holds(known.contains(mail.to.as_str()), || format!("a mail to {}", mail.to));
        findings.holds(!nasty::moves_text(&mail.subject), || format!("{:?}", mail.subject));
        let shape = (mail.text.lines().count(), tags(&mail.html));
        let first = shapes.entry(&mail.subject).or_insert_with(|| shape.clone());
        findings.holds(*first == shape, || format!("{}: {}", mail.subject, mail.text));
    }
    findings.at_most("subjects", shapes.len(), 2);
}

/// The tags of a page, with what stands in them; the address of an account aside.
fn tags(html: &str) -> Vec<String> {
    let tags = html.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or_default());
    tags.map(|tag| tag.split("/clinic/users/").next().unwrap_or_default().to_owned()).collect()
}

/// What goes to the mail API besides the words.
fn judge_headers(wardkey: &Wardkey, findings: &mut Findings) -> Result<()> {
    let mut shapes = BTreeSet::new();
    for seen in wardkey.mailbox().seen() {
        let mut body: Value = serde_json::from_str(&seen.body)?;
        let fields: Vec<String> =
            body.as_object().into_iter().flat_map(|fields| fields.keys().cloned()).collect();
        shapes.insert((fields, body["from"].take().to_string(), body["headers"].take().to_string()));
    }
    findings.holds(shapes.len() == 1, || format!("{shapes:?}"));
    Ok(())
}

async fn judge_exports(owner: &Client, findings: &mut Findings) -> Result<()> {
    let mut cells = 0;
    for format in ["csv", "jsonl", "fhir"] {
        let body = json!({ "format": format }).to_string();
        let headers = [("content-type", "application/json"), ("origin", owner.origin())];
        let file = routes::post(owner, ExportActivities::PATH, &headers, &body).await?;
        ensure!(file.status == 200, "{format}: {}", file.status);
        if format == "csv" {
            for cell in cells_of(file.text.trim_start_matches('\u{feff}')) {
                cells += 1;
                let inert = !cell.trim_start_matches(' ').starts_with(FORMULA);
                findings.holds(inert, || format!("a cell {cell:?}"));
            }
        } else {
            for line in file.text.lines() {
                findings.holds(serde_json::from_str::<Value>(line).is_ok(), || format!("no JSON: {line}"));
            }
        }
    }
    findings.at_least("cells of the table", cells, 10_000);
    Ok(())
}

/// The cells of a table in which each stands in quotes.
fn cells_of(table: &str) -> Vec<String> {
    let (mut cells, mut cell, mut inside) = (Vec::new(), String::new(), false);
    let mut symbols = table.chars().peekable();
    while let Some(symbol) = symbols.next() {
        match (inside, symbol) {
            (true, '"') if symbols.peek() == Some(&'"') => {
                symbols.next();
                cell.push('"');
            }
            (_, '"') => inside = !inside,
            (true, symbol) => cell.push(symbol),
            (false, ',' | '\n') => cells.push(std::mem::take(&mut cell)),
            (false, _) => {}
        }
    }
    cells
}

/// Waits until no mail has come for a while.
async fn settled(wardkey: &Wardkey) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    let mut last = usize::MAX;
    loop {
        let now = wardkey.mailbox().mails().len();
        if now == last {
            return Ok(());
        }
        ensure!(Instant::now() < deadline, "the mails do not end");
        last = now;
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
}

/// How many elements each line of a list has, by where its name leads to. The list draws what is in sight, so that it is gone through.
async fn every_row(driver: &WebDriver, least: usize) -> Result<BTreeMap<String, usize>> {
    let script = "const rows = [...document.querySelectorAll('tbody tr')].filter(row => row.querySelector('th a'));
        rows.at(-1)?.scrollIntoView({ block: 'start' });
        return rows.map(row => [row.querySelector('th a').getAttribute('href'), row.querySelectorAll('*').length])";
    let deadline = Instant::now() + PATIENCE;
    let mut rows = BTreeMap::new();
    while rows.len() < least {
        ensure!(Instant::now() < deadline, "{} lines of {least}", rows.len());
        let seen: Vec<(String, usize)> = driver.execute(script, vec![]).await?.convert()?;
        rows.extend(seen);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(rows)
}

async fn on_screens(ground: &Ground) -> Result<Findings> {
    let mut findings = Findings::default();
    let clinic = Clinic::open(ground.wardkey()?)?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let made = owner.call::<MakePasswords>(&PasswordWish { count: 1 }).await?.passwords;
    let sealed = &made.first().context("no password")?.sealed;
    let mut names = nasty::names();
    names.retain(|nasty| wire::fields::Name::parse("name", &nasty.name).is_ok());
    let people: Vec<ImportPerson> = names
        .iter()
        .enumerate()
        .map(|(number, nasty)| {
            let mut person = acts::person(wire::Role::Employee, &nasty.name, &format!("nasty{number}"));
            person.first_name = nasty.name.clone();
            person.position = nasty.name.clone();
            ImportPerson {
                line: u32::try_from(number).unwrap_or_default() + 1,
                person,
                sealed: sealed.clone(),
            }
        })
        .collect();
    let import = Import { import: "nastynastynastyna".chars().take(16).collect(), people };
    let done = owner.call::<ImportUsers>(&import).await?;
    ensure!(done.refused.is_empty(), "{:?}", done.refused);

    let office =
        Person::sits_down(&clinic, Screen::Computer, "Reception 1", clinic.user("okafor")?, "/clinic/users")
            .await?;
    let driver = &office.session.driver;
    let rows = every_row(driver, names.len()).await?;
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for count in rows.values() {
        *counts.entry(*count).or_default() += 1;
    }
    let usual = counts.iter().max_by_key(|(_, times)| **times).map(|(count, _)| *count).unwrap_or_default();
    for (row, count) in &rows {
        findings.holds(*count == usual, || format!("{count} elements, not {usual}: {row}"));
    }
    findings.note("elements of a line", usual as f64);
    findings.at_least("lines on the screen", rows.len(), names.len());
    for path in ["/management/activities", "/clinic/users"] {
        office.open(path).await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
        let strange = "return document.querySelectorAll('img[src=x], svg[onload], iframe, base, template b, plaintext, [onerror], [onload], [onmouseover], body h1 ~ script').length";
        let strange: usize = driver.execute(strange, vec![]).await?.convert()?;
        findings.holds(strange == 0, || format!("{strange} strange elements on {path}"));
    }
    Ok(findings)
}
