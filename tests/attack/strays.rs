//! Mails on their way to somebody else: a PIN is the owner's who pressed and a link the account's, whatever else stands in the body.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use wardkey_tests::{Client, Clinic, Wardkey, acts};
use wire::{
    Empty, Endpoint, Role,
    operator::UserSecret,
    recovery::{RequestReset, ResetToken},
    users::{ListUsers, SendPin},
};

use crate::{
    bodies::{self, STRAY},
    chance::Chance,
    jar::Jar,
    list::{Attack, Findings, Ground},
    raw::{self, Request},
};

pub const ATTACKS: [Attack; 1] = [Attack {
    family: "strays",
    name: "a PIN and a link asked for with odd bodies",
    promise: 13,
    claim: "Each PIN goes to the owner who pressed, each link to the address of its account, and no other mail to anybody.",
    make: |ground| Box::pin(asked_oddly(ground)),
}];

/// Odd bodies, and in how many portions; in each an owner presses and somebody asks as they should.
const ODD: usize = 4_000;
const PORTIONS: usize = 20;
const LINES: usize = 8;
/// Who is locked, where, and who asks for links.
const LOCKED: [(&str, &str); 3] = [("hughes", "Ward 1"), ("patel", "Ward 2"), ("oconnor", "Reception 1")];
const ASKING: [&str; 4] = ["reid", "whitfield", "okafor", "sys_harbour"];
/// How long a mail may take, and how long one is waited for that must not come.
const PATIENCE: Duration = Duration::from_secs(20);
const REST: Duration = Duration::from_secs(2);
const PIN_MAIL: &str = "User Account Unlock";
const LINK_MAIL: &str = "Reset your password";
/// Mails to each owner, and mails to the one whom they are about.
const TO_OWNERS: [&str; 2] = ["User Account Locked", "New computer authorised"];
const TO_ONE: [&str; 3] = ["Account Locked", "Your access was restored", "Your password was changed"];

/// The people of a clinic by their accounts, and how often each has pressed for a PIN, as they were told.
pub struct People<'a> {
    wardkey: &'a Wardkey,
    by_account: BTreeMap<String, &'a UserSecret>,
    pub pressed: BTreeMap<String, usize>,
}

impl<'a> People<'a> {
    pub async fn of(clinic: &'a Clinic<'a>, owner: &Client) -> Result<Self> {
        let users = owner.call::<ListUsers>(&Empty {}).await?.users;
        let with_account = |user: &'a UserSecret| {
            let listed = users.iter().find(|listed| listed.login == user.login)?;
            Some((listed.id.to_string(), user))
        };
        let by_account = clinic.opened.users.iter().filter_map(with_account).collect();
        Ok(Self { wardkey: clinic.wardkey, by_account, pressed: BTreeMap::new() })
    }

    /// Waits until the PINs that were asked for have come, and as long as another mail would take.
    pub async fn wait(&self) {
        let pins: usize = self.pressed.values().sum();
        let deadline = Instant::now() + PATIENCE;
        let come = || self.wardkey.mailbox().mails().iter().filter(|mail| mail.subject == PIN_MAIL).count();
        while come() < pins && Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        tokio::time::sleep(REST).await;
    }

    /// Holds every mail that this Wardkey has sent against whom it is for. Gives how many links each address has got.
    pub fn judge(&self, findings: &mut Findings) -> Result<BTreeMap<String, usize>> {
        let (mut pins, mut links) = (BTreeMap::new(), BTreeMap::new());
        let seen = self.wardkey.mailbox().seen();
        for mail in &seen {
            let mail: Value = serde_json::from_str(&mail.body).context("a mail that is no JSON")?;
            let fields: Vec<&str> =
                mail.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
            let known = ["from", "to", "subject", "text", "html", "headers"];
            let to = mail["to"].as_array().filter(|to| to.len() == 1).and_then(|to| to[0].as_str());
            let one = fields.iter().all(|field| known.contains(field)) && to.is_some();
            findings.holds(one, || format!("a mail with {fields:?} to {}", mail["to"]));
            let to = to.unwrap_or_default();
            let subject = mail["subject"].as_str().unwrap_or_default();
            match subject {
                PIN_MAIL => *pins.entry(to.to_owned()).or_default() += 1,
                LINK_MAIL => *links.entry(to.to_owned()).or_default() += 1,
                _ => {}
            }
            findings.holds(self.is_for(&mail, subject, to), || format!("\"{subject}\" went to {to}"));
        }
        findings
            .holds(pins == self.pressed, || format!("PINs by address {pins:?}, pressed {:?}", self.pressed));
        findings.at_least("mails whose recipients were looked at", seen.len(), 1);
        findings.note("of them with a PIN", pins.values().sum::<usize>() as f64);
        findings.note("of them with a link", links.values().sum::<usize>() as f64);
        Ok(links)
    }

    /// Whether somebody of the clinic has this mail, at the address that was stored for them, and it is theirs.
    fn is_for(&self, mail: &Value, subject: &str, to: &str) -> bool {
        let Some(user) = self.by_account.values().find(|user| user.email == to) else { return false };
        let text = mail["text"].as_str().unwrap_or_default();
        match subject {
            PIN_MAIL => self.pressed.contains_key(to),
            LINK_MAIL => {
                let page = format!("{}/reset#", self.wardkey.origin());
                let link = text.lines().find_map(|line| line.strip_prefix(&page)?.parse::<ResetToken>().ok());
                let account = link.and_then(|link| self.by_account.get(link.account.as_str()));
                account.is_some_and(|account| account.email == to)
            }
            _ if TO_OWNERS.contains(&subject) => user.role == Role::Owner,
            _ if TO_ONE.contains(&subject) => {
                let name = user.full_name.rsplit(' ').next().unwrap_or_default();
                !name.is_empty() && text.contains(name)
            }
            _ => false,
        }
    }
}

/// A body that names somebody, and more than that.
fn twisted(chance: &mut Chance, field: &str, own: &str, others: &[String], addresses: &[String]) -> Vec<u8> {
    let (other, address) = (chance.pick(others).clone(), chance.pick(addresses).clone());
    let wide =
        |letter: char| char::from_u32(u32::from(letter) + 0xfee0).filter(|_| letter.is_ascii_graphic());
    let named = |value: Value| json!({ field: value }).to_string();
    let text = match chance.below(14) {
        0 => named(json!([own, other])),
        1 => format!(r#"{{"{field}":"{own}","{field}":"{other}"}}"#),
        2 | 3 => {
            let more =
                *chance.pick(&["to", "cc", "email", "recipient", "owner", "account", "user", "reply_to"]);
            let value = chance.pick(&[json!(address), json!([address]), json!(other)]).clone();
            json!({ field: own, more: value }).to_string()
        }
        4 => named(json!(own.to_uppercase())),
        5 => named(json!(format!(" {own}\t"))),
        6 => named(json!(own.chars().map(|letter| wide(letter).unwrap_or(letter)).collect::<String>())),
        7 => {
            let between = *chance.pick(&[",", ";", "\n", "\r\nBcc: ", "\u{0}", " <", "%0a"]);
            named(json!(format!("{own}{between}{address}")))
        }
        8 => named(json!(address)),
        9 => named(json!({ field: own, "email": address })),
        10 => json!([{ field: own }, { field: other }]).to_string(),
        _ => return bodies::body(chance, &json!({ field: own })),
    };
    text.into_bytes()
}

async fn asked_oddly(ground: &Ground) -> Result<Findings> {
    let mut findings = Findings::default();
    // Its own, so that every mail is known.
    let wardkey = Wardkey::start()?;
    let clinic = Clinic::open(&wardkey)?;
    let address = raw::address(&wardkey)?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let partner = clinic.signed_in("Reception 2", clinic.user("okafor")?).await?;
    let mut people = People::of(&clinic, &owner).await?;
    let (mut ids, mut door) = (Vec::new(), None);
    for (login, label) in LOCKED {
        let at = clinic.at(label).await?;
        clinic.lock(&at, login).await?;
        ids.push(acts::account(&owner, login).await?);
        door = Some(at);
    }
    let door = door.context("nobody is locked")?;
    let signed_in = async |login: &str| {
        let twin = door.twin()?;
        acts::sign_in(&twin, clinic.user(login)?).await?;
        anyhow::Ok(Jar::of(&twin))
    };
    let email = |login: &str| anyhow::Ok(clinic.user(login)?.email.clone());
    let seats = [
        (Jar::of(&owner), Some(email("whitfield")?)),
        (Jar::of(&partner), Some(email("okafor")?)),
        (signed_in("reid").await?, None),
        (signed_in("sys_harbour").await?, None),
        (Jar::of(&door).only(&["computer", "profile"]), None),
    ];
    let mut everybody: Vec<String> = people.by_account.keys().cloned().collect();
    everybody.push("zzzzzzzzzzzzzzzz".to_owned());
    let logins: Vec<String> = clinic.opened.users.iter().map(|user| user.login.clone()).collect();
    let mut addresses: Vec<String> = clinic.opened.users.iter().map(|user| user.email.clone()).collect();
    addresses.extend([STRAY.to_owned(), STRAY.to_owned(), STRAY.to_owned()]);

    let mut chance = Chance::new(13);
    let (mut refused, mut pressed_well) = (0, 0);
    for portion in 0..PORTIONS {
        ground.tell(&format!("portion {} of {PORTIONS}", portion + 1));
        let (mut asked, mut by) = (Vec::new(), Vec::new());
        let mut ask = |seat: usize, path: &str, body: Vec<u8>| {
            asked.push(Request::post(&wardkey, path, body).cookies(&seats[seat].0.header()));
            by.push(seat);
        };
        for _ in 0..ODD / PORTIONS {
            let seat = chance.below(seats.len());
            let query = if chance.once_in(8) { format!("?to={STRAY}&email={STRAY}") } else { String::new() };
            let (path, body) = match chance.once_in(2) {
                true => {
                    let own = chance.pick(&ids).clone();
                    (SendPin::PATH, twisted(&mut chance, "id", &own, &everybody, &addresses))
                }
                false => {
                    let own = chance.pick(&logins).clone();
                    (RequestReset::PATH, twisted(&mut chance, "login", &own, &logins, &addresses))
                }
            };
            ask(seat, &format!("{path}{query}"), body);
        }
        // As they should.
        let press = json!({ "id": ids[portion % ids.len()] }).to_string();
        ask(portion % 2, SendPin::PATH, press.into_bytes());
        let forgot = json!({ "login": ASKING[portion % ASKING.len()] }).to_string();
        ask(seats.len() - 1, RequestReset::PATH, forgot.into_bytes());
        let odd = ODD / PORTIONS;
        let replies = raw::over(LINES, address, asked.clone()).await?;
        for (number, (reply, seat)) in replies.into_iter().zip(by).enumerate() {
            let request = &asked[number];
            let reply = reply.with_context(|| format!("{}: hung up", request.path))?;
            let said = || {
                let body = String::from_utf8_lossy(request.body.as_deref().unwrap_or_default()).into_owned();
                format!("{} {body:.200}: {}", request.path, raw::told(&reply))
            };
            findings.holds(reply.status < 500, said);
            refused += usize::from(reply.status >= 400);
            if reply.status == 200 && request.path.starts_with(SendPin::PATH) {
                pressed_well += usize::from(number == odd);
                match &seats[seat].1 {
                    Some(email) => *people.pressed.entry(email.clone()).or_default() += 1,
                    None => findings.found(format!("no owner's: {}", said())),
                }
            }
        }
    }
    people.wait().await;
    let links = people.judge(&mut findings)?;
    findings.at_least("refused", refused, ODD * 4 / 5);
    findings.at_least("presses as they should be", pressed_well, PORTIONS / 2);
    // Three an hour for each account, and none for one that is locked.
    for (address, count) in &links {
        let user = clinic.opened.users.iter().find(|user| user.email == *address);
        let may = user.is_some_and(|user| ASKING.contains(&user.login.as_str()));
        findings.holds(may && *count <= 3, || format!("{count} links went to {address}"));
    }
    findings.count("addresses that got links", links.len(), ASKING.len());
    Ok(findings)
}
