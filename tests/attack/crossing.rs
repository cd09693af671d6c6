//! From one clinic into another: ids and cookies of both, mixed, on every route. What is one's own is not there for the other.

use std::time::Duration;

use anyhow::{Context, Result};
use reqwest::Method;
use serde_json::Value;
use wardkey_tests::{
    Client, Clinic, Reply, Wardkey, foreign,
    routes::{self, Ids, Route},
};
use wire::{
    Endpoint, ProblemCode,
    sign_in::{LeaveComputer, LeaveProfile, SignOut},
};

use crate::{
    jar::{self, Jar},
    list::{Attack, Findings, Ground},
    raw::{self, Request},
    records::Records,
    walk::AT_THE_DOOR,
};

pub const ATTACKS: [Attack; 2] = [
    Attack {
        family: "crossing",
        name: "every id of another clinic on every route",
        promise: 32,
        claim: "None is found, whoever asks, and the records of both clinics are the same to the letter afterwards.",
        make: |ground| Box::pin(with_ids(ground)),
    },
    Attack {
        family: "crossing",
        name: "cookies of two clinics on every route",
        promise: 32,
        claim: "A token is none in another clinic, in whatever company: nobody is signed in, nothing of the other is shown, and the records of both are the same.",
        make: |ground| Box::pin(with_cookies(ground)),
    },
];

/// Who is where.
const PEOPLE: [(&str, &str); 4] =
    [("whitfield", "Reception 1"), ("reid", "Reception 2"), ("hughes", "Ward 1"), ("sys_harbour", "Ward 2")];
/// People, computers, profiles and a mail.
const IDS: usize = 16;
const LINES: usize = 8;
const PORTION: usize = 1_000;
/// How long a clinic has until nothing is written any more.
const REST: Duration = Duration::from_secs(2);

/// One of the two clinics.
struct Side<'a> {
    clinic: Clinic<'a>,
    owner: Client,
    people: Vec<Jar>,
    /// Somebody who has yet to say that it is they.
    asked: Jar,
    ids: Ids,
    all_ids: Vec<String>,
}

impl<'a> Side<'a> {
    async fn open(wardkey: &'a Wardkey) -> Result<Self> {
        let clinic = Clinic::open(wardkey)?;
        let mut clients = Vec::new();
        for (login, label) in PEOPLE {
            clients.push(clinic.signed_in(label, clinic.user(login)?).await?);
        }
        let asked = clinic.at("Owner's phone").await?;
        asked.submit_password("patel", &clinic.user("patel")?.password).await?;
        let (people, asked) = (clients.iter().map(Jar::of).collect(), Jar::of(&asked));
        let owner = clients.into_iter().next().context("nobody")?;
        let mut all_ids = foreign::every_id(&owner).await?;
        let ids = Ids::of(&owner).await?;
        all_ids.push(ids.mail.clone());
        Ok(Self { clinic, owner, people, asked, ids, all_ids })
    }

    /// All that is kept, but for the answers by which a call that is delivered twice is known: refusals are among them.
    fn records(&self) -> Result<Vec<String>> {
        let mut rows = Records::of(&self.clinic)?.everything()?;
        rows.retain(|row| !row.starts_with("calls: "));
        Ok(rows)
    }

    /// Whether a reply shows something that is this clinic's.
    fn is_shown(&self, reply: &Reply) -> bool {
        let domain = self.clinic.opened.users.iter().filter_map(|user| user.email.split_once('@'));
        let domain = domain.map(|(_, domain)| domain).next().unwrap_or_default();
        let own = [domain, self.clinic.opened.code.as_str()].into_iter();
        let mut own = own.chain(self.all_ids.iter().map(String::as_str));
        let told = format!("{:?} {}", reply.headers, reply.text);
        own.any(|own| !own.is_empty() && told.contains(own))
    }
}

/// Two clinics, with what each had kept before.
struct Pair<'a> {
    sides: [Side<'a>; 2],
    before: [Vec<String>; 2],
    routes: Vec<Route>,
}

impl<'a> Pair<'a> {
    async fn open(ground: &'a Ground) -> Result<Self> {
        ground.tell("opening two clinics");
        let wardkey = ground.wardkey()?;
        let sides = [Side::open(wardkey).await?, Side::open(wardkey).await?];
        let mut routes = routes::with_method(&sides[0].owner, Method::GET).await?;
        routes.extend(routes::with_method(&sides[0].owner, Method::POST).await?);
        // The mails of what was done so far are written down as well, once they have left.
        tokio::time::sleep(REST).await;
        let before = [sides[0].records()?, sides[1].records()?];
        Ok(Self { sides, before, routes })
    }

    /// From each into the other.
    fn ways(&self) -> [(&Side<'a>, &Side<'a>); 2] {
        let [one, other] = &self.sides;
        [(one, other), (other, one)]
    }

    /// Compares what is kept, and whether everybody is signed in still.
    async fn is_unchanged(&self, findings: &mut Findings) -> Result<()> {
        tokio::time::sleep(REST).await;
        let mut changed = Vec::new();
        for (side, before) in self.sides.iter().zip(&self.before) {
            let after = side.records()?;
            changed.extend(after.iter().filter(|row| !before.contains(row)).cloned());
            changed
                .extend(before.iter().filter(|row| !after.contains(row)).map(|row| format!("gone: {row}")));
            for (jar, (login, _)) in side.people.iter().zip(PEOPLE) {
                let still = jar.is_signed_in(side.clinic.wardkey).await?;
                findings.holds(still, || format!("{login} is not signed in any more"));
            }
        }
        findings.at_least("rows that were compared", self.before.iter().map(Vec::len).sum(), 100);
        findings.count("rows that changed", changed.len(), 0);
        changed.into_iter().for_each(|row| findings.found(row));
        Ok(())
    }
}

/// A request to a route as our own pages send it, with these cookies.
fn request(wardkey: &Wardkey, route: &Route, body: &Value, jar: &Jar) -> Result<Request> {
    let request = if route.method == Method::POST {
        Request::post(wardkey, &route.path, body.to_string())
    } else {
        let query = serde_urlencoded::to_string(body.as_object().context("no query")?)?;
        Request::get(&format!("{}?{query}", route.path))
    };
    Ok(request.cookies(&jar.header()))
}

async fn with_ids(ground: &Ground) -> Result<Findings> {
    let mut findings = Findings::default();
    let pair = Pair::open(ground).await?;
    let mut requests = Vec::new();
    let mut fields = 0;
    for (ours, theirs) in pair.ways() {
        findings.count("ids of a clinic", theirs.all_ids.len(), IDS);
        for route in &pair.routes {
            for field in foreign::id_fields(route) {
                fields += 1;
                for (id, jar) in
                    theirs.all_ids.iter().flat_map(|id| ours.people.iter().map(move |jar| (id, jar)))
                {
                    let mut body = routes::request(&route.path, &ours.ids)?;
                    body[field] = Value::from(id.as_str());
                    requests.push(request(ours.clinic.wardkey, route, &body, jar)?);
                }
            }
        }
    }
    let (all, address) = (requests.len(), raw::address(ground.wardkey()?)?);
    for portion in requests.chunks(PORTION) {
        ground.tell(&format!("{} of {all}", findings.tried));
        for (request, reply) in portion.iter().zip(raw::over(LINES, address, portion.to_vec()).await?) {
            let reply = reply.with_context(|| format!("{}: hung up", request.path))?;
            let not_found = reply.problem().is_ok_and(|problem| problem.code == ProblemCode::NotFound);
            findings.holds(not_found && reply.status == 404, || {
                format!("{}: {}", request.path, raw::told(&reply))
            });
        }
    }
    findings.at_least("fields that hold an id, from both sides", fields, 2 * 17);
    pair.is_unchanged(&mut findings).await?;
    Ok(findings)
}

/// Cookies of which some are no good where the computer's leads to, with what they are.
fn mixed(ours: &Jar, theirs: &Jar, asked: &Jar) -> [(&'static str, Jar); 6] {
    let part = |jar: &Jar, last: bool| {
        let (code, token) = jar.value("computer").split_once('.').unwrap_or_default();
        if last { token.to_owned() } else { code.to_owned() }
    };
    // Leads to our clinic, with the token of a computer of theirs.
    let spliced = format!("{}.{}", part(ours, false), part(theirs, true));
    [
        ("our computer, the rest theirs", theirs.with("computer", ours.value("computer"))),
        ("our computer and profile, their session", ours.with("session", theirs.value("session"))),
        (
            "our computer and profile, their question",
            ours.only(&["computer", "profile"]).with("question", asked.value("question")),
        ),
        ("our computer, their profile and question", asked.with("computer", ours.value("computer"))),
        ("our code with their computer, the rest theirs", theirs.with("computer", &spliced)),
        ("our code with their computer, the rest ours", ours.with("computer", &spliced)),
    ]
}

/// Whether whoever has this jar may do it: leave what is really theirs to leave. A session is its token's, wherever that comes from.
fn is_own_act(path: &str, jar: &Jar, ours: &Jar) -> bool {
    let own = |kind| jar.value(kind) == ours.value(kind);
    match path {
        LeaveComputer::PATH => own("computer"),
        LeaveProfile::PATH => own("computer") && own("profile"),
        SignOut::PATH => own("session"),
        _ => false,
    }
}

async fn with_cookies(ground: &Ground) -> Result<Findings> {
    let mut findings = Findings::default();
    let pair = Pair::open(ground).await?;
    let mut requests = Vec::new();
    for (ours, theirs) in pair.ways() {
        for (own, foreign) in ours.people.iter().zip(&theirs.people) {
            for (what, jar) in mixed(own, foreign, &theirs.asked) {
                for route in pair.routes.iter().filter(|route| !is_own_act(&route.path, &jar, own)) {
                    for ids in [&ours.ids, &theirs.ids] {
                        let body = routes::request(&route.path, ids)?;
                        let request = request(ours.clinic.wardkey, route, &body, &jar)?;
                        requests.push((request, what, theirs));
                    }
                }
            }
        }
    }
    let (all, address) = (requests.len(), raw::address(ground.wardkey()?)?);
    for portion in requests.chunks(PORTION) {
        ground.tell(&format!("{} of {all}", findings.tried));
        let sent = portion.iter().map(|(request, ..)| request.clone()).collect();
        for ((request, what, theirs), reply) in portion.iter().zip(raw::over(LINES, address, sent).await?) {
            let reply = reply.with_context(|| format!("{}: hung up", request.path))?;
            let path = request.path.split('?').next().unwrap_or_default();
            let opened = reply.status < 400 && !AT_THE_DOOR.contains(&path);
            let let_in = ["question", "new_password", "signed_in"]
                .iter()
                .any(|step| reply.text.contains(&format!("\"step\":\"{step}\"")));
            let given = jar::set_by(&reply).iter().any(|(_, value)| value.is_some());
            let fine = !opened && !let_in && !given && !theirs.is_shown(&reply) && reply.status < 500;
            findings.holds(fine, || format!("{what}: {}: {}", request.path, raw::told(&reply)));
        }
    }
    findings.at_least("routes", pair.routes.len(), 65);
    pair.is_unchanged(&mut findings).await?;
    Ok(findings)
}
