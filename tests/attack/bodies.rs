//! Bodies that no page of ours would send, to every route and from everybody: nothing of it is a fault of ours, and no mail goes astray.

use anyhow::Result;
use reqwest::Method;
use serde_json::{Value, json};
use wardkey_tests::{
    Clinic, Wardkey,
    routes::{self, Ids, LEAVING, Route},
};
use wire::{
    Endpoint,
    sign_in::{
        Answer, AnswerQuestion, LeaveComputer, LeaveProfile, SignInState, SubmitPassword, UserCredentials,
    },
    users::SendPin,
};

use crate::{
    chance::Chance,
    jar::Jar,
    list::{Attack, Findings, Ground},
    raw::{self, Request},
    strays::People,
};

pub const ATTACKS: [Attack; 2] = [
    Attack {
        family: "bodies",
        name: "ten thousand hostile bodies",
        promise: 13,
        claim: "Each is refused or harmless, none is a fault of ours, and every mail goes to the stored address of the one whom it is for.",
        make: |ground| Box::pin(hostile(ground)),
    },
    Attack {
        family: "bodies",
        name: "ten megabytes to every route",
        promise: 33,
        claim: "A body that is too long is refused, announced or not, before it is read to its end.",
        make: |ground| Box::pin(long(ground)),
    },
];

/// How many bodies, in how many portions; before each the sessions are looked after.
const BODIES: usize = 10_000;
const PORTIONS: usize = 20;
const LINES: usize = 8;
const LONG_BYTES: usize = 10 << 20;
/// An address that no mail must go to.
pub const STRAY: &str = "mallory@evil.example";

/// What a form of another site calls its body.
const STRANGE_TYPES: [&str; 3] =
    ["text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"];

/// What stands where something else should.
fn odd(chance: &mut Chance) -> Value {
    let own = "margaret@harbour.example.org";
    let odd = [
        json!(null),
        json!(true),
        json!(-1),
        json!(0),
        json!(1e300),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(""),
        json!(" "),
        json!("\u{0}"),
        json!("\r\nBcc: mallory@evil.example"),
        json!(format!("{own},{STRAY}")),
        json!(format!("{own};{STRAY}")),
        json!(format!("{own} <{STRAY}>")),
        json!(format!("{own}\n{STRAY}")),
        json!(format!("{own}%0aBcc:{STRAY}")),
        json!([own, STRAY]),
        json!([STRAY]),
        json!({ "0": own, "1": STRAY }),
        json!({ "$ne": null }),
        json!({ "toString": "x" }),
        json!("ｗｈｉｔｆｉｅｌｄ"),
        json!("whıtfield"),
        json!("WHITFIELD\u{212a}"),
        json!("hughes'; DROP TABLE accounts; --"),
        json!("hughes\" OR 1=1 --"),
        json!("../../../etc/passwd"),
        json!("{{7*7}}${7*7}<%= 7*7 %>"),
        json!("<script>alert(1)</script>"),
        json!("\u{202e}\u{2066}\u{feff}"),
        json!("x".repeat(5_000)),
        json!("💩".repeat(500)),
        json!(vec![0; 2_000]),
        (0..120).fold(json!(1), |inner, _| json!([inner])),
        (0..120).fold(json!(1), |inner, _| json!({ "id": inner })),
    ];
    chance.pick(&odd).clone()
}

/// A hostile body made of a request that the route can read.
pub fn body(chance: &mut Chance, request: &Value) -> Vec<u8> {
    let names: Vec<String> =
        request.as_object().into_iter().flat_map(|fields| fields.keys().cloned()).collect();
    let name = if names.is_empty() { "yes".to_owned() } else { chance.pick(&names).clone() };
    let text = request.to_string();
    let mut mutant = request.clone();
    match chance.below(16) {
        0..=4 => {
            mutant[&name] = odd(chance);
            mutant.to_string().into_bytes()
        }
        5 => {
            mutant
                [*chance.pick(&["to", "cc", "bcc", "email", "__proto__", "constructor", "role", "rights"])] =
                chance
                    .pick(&[json!(STRAY), json!([STRAY]), json!({ "email": STRAY }), json!("owner")])
                    .clone();
            mutant.to_string().into_bytes()
        }
        // The same field twice, the second time as somebody else wants it.
        6 | 7 => {
            let value = odd(chance);
            format!("{{\"{name}\":{value},{}", text.trim_start_matches('{')).into_bytes()
        }
        8 => text.replacen(&name, &name.to_ascii_uppercase(), 1).into_bytes(),
        // The same name, written otherwise.
        9 => {
            let first = name.bytes().next().unwrap_or(b'x');
            let escaped = format!("\\u{first:04x}{}", &name[1..]);
            format!("{{\"{escaped}\":{},{}", odd(chance), text.trim_start_matches('{')).into_bytes()
        }
        10 => text.as_bytes()[..chance.below(text.len())].to_vec(),
        11 => {
            let mut bytes = text.into_bytes();
            for _ in 0..=chance.below(4) {
                let place = chance.below(bytes.len() + 1);
                bytes.insert(place, *chance.pick(&[0xff, 0xc0, 0x80, 0xed, 0xa0, 0x00, 0xf5, 0xfe]));
            }
            bytes
        }
        12 => {
            let deep = 1_000 + chance.below(6_000);
            let (open, close) = *chance.pick(&[("[", "]"), ("{\"a\":", "}")]);
            format!("{}1{}", open.repeat(deep / open.len()), close.repeat(deep / open.len())).into_bytes()
        }
        13 => {
            let kind = *chance.pick(&[
                "1e999",
                "-1e999",
                "0x10",
                "NaN",
                "01",
                "1.",
                "'a'",
                "\"\\ud800\"",
                "\"\\udfff\\ud800\"",
            ]);
            format!("{{\"{name}\":{kind}}}").into_bytes()
        }
        14 => [&[0xef, 0xbb, 0xbf], text.as_bytes()].concat(),
        _ => (0..chance.below(400)).map(|_| chance.number().to_le_bytes()[0]).collect(),
    }
}

/// What a body calls itself.
fn content_type(chance: &mut Chance) -> &'static str {
    match chance.below(12) {
        0 => "application/json; charset=utf-16",
        1 => "application/json; charset=\"",
        2 => STRANGE_TYPES[chance.below(STRANGE_TYPES.len())],
        _ => "application/json",
    }
}

/// Whether a route takes a session or a step away.
fn leaves(path: &str) -> bool {
    LEAVING.contains(&path) || [LeaveProfile::PATH, LeaveComputer::PATH].contains(&path)
}

/// Everything that somebody may be, and what they may call.
struct Stage<'a> {
    clinic: &'a Clinic<'a>,
    owner: wardkey_tests::Client,
    routes: Vec<Route>,
    ids: Ids,
}

impl<'a> Stage<'a> {
    async fn new(clinic: &'a Clinic<'a>) -> Result<Self> {
        let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
        let ids = Ids::of(&owner).await?;
        let mut routes = routes::with_method(&owner, Method::POST).await?;
        routes.extend(routes::with_method(&owner, Method::GET).await?);
        Ok(Self { clinic, owner, routes, ids })
    }

    /// A stranger, a computer, somebody at the door, an employee and an owner. Who was thrown out meanwhile comes in anew.
    async fn jars(&mut self) -> Result<[Jar; 5]> {
        let clinic = self.clinic;
        if !matches!(self.owner.state().await?, SignInState::SignedIn { .. }) {
            self.owner = clinic.signed_in("Reception 2", clinic.user("whitfield")?).await?;
        }
        let door = Jar::of(&self.owner).only(&["computer", "profile"]);
        let mut employee = door.clone();
        let hughes = clinic.user("hughes")?;
        let credentials = UserCredentials { login: hughes.login.clone(), password: hughes.password.clone() };
        employee.must::<SubmitPassword>(clinic.wardkey, &credentials).await?;
        employee.must::<AnswerQuestion>(clinic.wardkey, &Answer { yes: true }).await?;
        Ok([Jar::default(), door.only(&["computer"]), door, employee, Jar::of(&self.owner)])
    }
}

async fn hostile(ground: &Ground) -> Result<Findings> {
    let mut findings = Findings::default();
    // Its own, so that every mail is known.
    let wardkey = &Wardkey::start()?;
    let clinic = Clinic::open(wardkey)?;
    let address = raw::address(wardkey)?;
    let mut stage = Stage::new(&clinic).await?;
    let mut people = People::of(&clinic, &stage.owner).await?;
    let mut chance = Chance::new(5);
    let mut refused = 0;
    for portion in 0..PORTIONS {
        ground.tell(&format!("portion {} of {PORTIONS}", portion + 1));
        let jars = stage.jars().await?;
        let requests: Vec<Request> = (0..BODIES / PORTIONS)
            .map(|_| {
                let route = chance.pick(&stage.routes);
                let own = routes::request(&route.path, &stage.ids)?;
                let mut body = body(&mut chance, &own);
                // Whatever is well formed would end what the others go on with.
                if leaves(&route.path) {
                    body.push(b'!');
                }
                let request = if route.method == Method::POST {
                    let request =
                        Request { headers: Vec::new(), ..Request::post(wardkey, &route.path, body) };
                    request.with("Origin", wardkey.origin()).with("Content-Type", content_type(&mut chance))
                } else {
                    Request::get(&format!("{}?{}", route.path, query(&body)))
                };
                Ok(request.cookies(&chance.pick(&jars).header()))
            })
            .collect::<Result<_>>()?;
        let replies = raw::over(LINES, address, requests.clone()).await?;
        for (request, reply) in requests.iter().zip(replies) {
            let said = || {
                let body = request.body.as_deref().unwrap_or_default();
                format!("{} {:.200}: ", request.path, String::from_utf8_lossy(body))
            };
            match reply {
                Some(reply) => {
                    refused += usize::from(reply.status >= 400);
                    if reply.status == 200 && request.path == SendPin::PATH {
                        *people.pressed.entry(clinic.user("whitfield")?.email.clone()).or_default() += 1;
                    }
                    findings.holds(reply.status < 500, || format!("{}{}", said(), raw::told(&reply)));
                }
                None => findings.holds(false, || format!("{}the line was hung up", said())),
            }
        }
    }
    findings.at_least("refused", refused, BODIES * 9 / 10);
    people.wait().await;
    people.judge(&mut findings)?;
    Ok(findings)
}

/// Bytes as a query, mostly as they are.
fn query(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let name = text
        .split('"')
        .nth(1)
        .filter(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
    let value: String = body.iter().take(1_500).map(|byte| format!("%{byte:02x}")).collect();
    match name {
        Some(name) => format!("{name}={value}"),
        None => format!("id={value}&id={value}"),
    }
}

async fn long(ground: &Ground) -> Result<Findings> {
    let mut findings = Findings::default();
    let clinic = Clinic::open(ground.wardkey()?)?;
    let (wardkey, address) = (clinic.wardkey, raw::address(clinic.wardkey)?);
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    for route in routes::with_method(&owner, Method::POST).await? {
        let body = format!(r#"{{"password":"{}"}}"#, "b".repeat(LONG_BYTES));
        let request = Request::post(wardkey, &route.path, body).by(&owner);
        // Hung up on in the middle is refused as well.
        let reply = raw::over(1, address, vec![request]).await?.into_iter().flatten().next();
        let refused = reply.as_ref().is_none_or(|reply| reply.status == 413);
        findings.holds(refused, || format!("{}: {reply:?}", route.path));
        // In pieces, with no word of how much there is to come.
        let mut chunked =
            Request::post(wardkey, &route.path, Vec::new()).by(&owner).with("Transfer-Encoding", "chunked");
        chunked.body = None;
        let reply = in_pieces(address, &chunked).await;
        let refused = reply.as_ref().is_none_or(|reply| matches!(reply.status, 400 | 413));
        findings.holds(refused, || format!("{} in pieces: {reply:?}", route.path));
    }
    let alive = matches!(owner.state().await?, SignInState::SignedIn { .. });
    findings.count("signed in still", usize::from(alive), 1);
    Ok(findings)
}

async fn in_pieces(address: std::net::SocketAddr, request: &Request) -> Option<wardkey_tests::Reply> {
    let mut line = raw::Line::open(address).await.ok()?;
    line.write(&request.bytes(address)).await.ok()?;
    let piece = [format!("{:x}\r\n", 64 << 10).into_bytes(), vec![b'['; 64 << 10], b"\r\n".to_vec()].concat();
    for _ in 0..LONG_BYTES / (64 << 10) {
        if line.write(&piece).await.is_err() {
            break;
        }
    }
    let _ = line.write(b"0\r\n\r\n").await;
    line.reply().await.ok()
}
