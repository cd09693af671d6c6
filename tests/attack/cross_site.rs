//! Posts that another site's page makes a browser send, with all its cookies: not one of them changes anything.

use anyhow::Result;
use reqwest::Method;
use wardkey_tests::{
    Clinic,
    routes::{self, Ids},
};

use crate::{
    list::{Attack, Findings, Ground},
    raw::{self, Request},
    records::Records,
};

pub const ATTACKS: [Attack; 1] = [Attack {
    family: "cross_site",
    name: "every change from every other origin",
    promise: 28,
    claim: "Each is refused, sign-in among them, and the records are the same to the letter afterwards.",
    make: |ground| Box::pin(from_elsewhere(ground)),
}];

const LINES: usize = 8;
/// What a browser may say of the page that a request comes from.
const SITES: [Option<&str>; 5] =
    [None, Some("same-origin"), Some("same-site"), Some("cross-site"), Some("none")];
/// What a form or a script of another site can send without being asked for leave, and what it cannot.
const TYPES: [&str; 3] = ["application/json", "text/plain", "application/x-www-form-urlencoded"];

fn origins(own: &str) -> Vec<Option<String>> {
    let host = own.trim_start_matches("http://");
    let name = host.split(':').next().unwrap_or_default();
    let mut origins: Vec<Option<String>> = [
        "null".to_owned(),
        "https://evil.example".to_owned(),
        format!("https://{host}"),
        format!("http://{name}"),
        format!("http://{name}:1"),
        format!("{own}.evil.example"),
        format!("http://evil.example?{own}"),
        format!("http://sub.{host}"),
        format!("{own}/"),
        own.to_ascii_uppercase(),
        format!("{own}, https://evil.example"),
        String::new(),
    ]
    .map(Some)
    .into();
    origins.push(None);
    origins
}

async fn from_elsewhere(ground: &Ground) -> Result<Findings> {
    let mut findings = Findings::default();
    let clinic = Clinic::open(ground.wardkey()?)?;
    let (wardkey, address) = (clinic.wardkey, raw::address(clinic.wardkey)?);
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let ids = Ids::of(&owner).await?;
    let routes = routes::with_method(&owner, Method::POST).await?;
    // The mails of what was done so far are written down as well, once they have left.
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    let before = Records::of(&clinic)?.everything()?;
    let mut requests = Vec::new();
    for route in &routes {
        let body = routes::request(&route.path, &ids)?.to_string();
        let plain = Request { headers: Vec::new(), ..Request::post(wardkey, &route.path, body) }.by(&owner);
        for content_type in TYPES {
            let typed = plain.clone().with("Content-Type", content_type);
            let with = |request: Request, name: &str, value: Option<&str>| match value {
                Some(value) => request.with(name, value),
                None => request,
            };
            for origin in origins(wardkey.origin()) {
                let from = with(typed.clone(), "Origin", origin.as_deref());
                requests.extend(SITES.map(|site| with(from.clone(), "Sec-Fetch-Site", site)));
            }
            // Our own origin, which only our own pages have, beside a word of the browser that it is not so.
            let own = typed.with("Origin", wardkey.origin());
            requests.extend(["same-site", "cross-site"].map(|site| own.clone().with("Sec-Fetch-Site", site)));
        }
    }
    let all = requests.len();
    for portion in requests.chunks(1_000) {
        ground.tell(&format!("{} of {all}", findings.tried));
        let replies = raw::over(LINES, address, portion.to_vec()).await?;
        for (request, reply) in portion.iter().zip(replies) {
            let refused = reply.as_ref().is_some_and(|reply| reply.status == 403);
            let set = reply.as_ref().is_some_and(|reply| reply.headers.contains_key("set-cookie"));
            findings.holds(refused && !set, || {
                let told = reply.as_ref().map(raw::told);
                format!("{} {:?}: {told:?}", request.path, request.headers)
            });
        }
    }
    let after = Records::of(&clinic)?.everything()?;
    let changed =
        after.iter().filter(|row| !before.contains(row)).count() + before.len().abs_diff(after.len());
    findings.count("rows that changed", changed, 0);
    findings.at_least("rows that were compared", before.len(), 50);
    Ok(findings)
}
