//! A home: the folder that `cargo xtask home` writes, started as its unit says, behind Debian's nginx with TLS.

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use walkdir::WalkDir;
use wardkey_tests::{Client, Home, authenticator};
use wire::{
    Empty, Endpoint, ProblemCode,
    activities::{ActivitiesQuery, ListActivities},
    health::GetHealth,
    operator::OpenedClinic,
    people::CheckImport,
    sign_in::{AuthorizeComputer, ComputerCredentials, GetSignIn, SignInState, SignOut},
    users::{PinRequest, SendPin},
};
use xtask::{demo, tools::on_path};

use crate::{
    acts,
    home_records::{SOMEBODY, at, code, give_away, mailed_pin},
    socket::Socket,
};

/// What whoever forges an address would write.
const FORGED: &str = "203.0.113.9";
/// How exposed the unit may be, by systemd's own count from 0 to 100: it was 17 when this was written.
const EXPOSURE_TENTHS_MAX: u8 = 20;
/// The headers that some proxy or other takes for it.
const ADDRESS_HEADERS: [&str; 7] = [
    "x-real-ip",
    "x_real_ip",
    "x-forwarded-for",
    "forwarded",
    "cf-connecting-ip",
    "true-client-ip",
    "x-client-ip",
];

#[tokio::test]
async fn people_come_in_through_nginx_and_the_log_has_their_own_address() -> Result<()> {
    let mut home = Home::write()?;
    home.start_worker()?;
    home.start_nginx()?;
    let opened = demo::open(home.worker_address(), &home.settings()?, &demo::harbour_street())?;
    let (owner, _way, address) = home.browser().await?;

    // Step 1 with every header that a forger may think of.
    let computer = opened.computers.first().context("no computer")?;
    let body =
        ComputerCredentials { username: computer.username.clone(), password: computer.password.clone() };
    let mut headers: Vec<(&str, &str)> = ADDRESS_HEADERS.iter().map(|name| (*name, FORGED)).collect();
    headers.extend([("content-type", "application/json"), ("origin", owner.origin())]);
    let reply = owner
        .send(Method::POST, AuthorizeComputer::PATH, &headers, Some(serde_json::to_string(&body)?))
        .await?;
    ensure!(reply.status == 200, "{reply:?} {}", home.log());
    sign_in(&owner, &opened, "whitfield").await?;
    let page = owner.call::<ListActivities>(&ActivitiesQuery::default()).await?;
    ensure!(page.lines.len() >= 3, "{page:?}");
    for line in &page.lines {
        let known = line.address == address.to_string() || line.computer.is_empty();
        ensure!(known && line.address != FORGED, "{line:?}");
    }

    // The live socket: the line holds, and news come over it.
    let mut socket = Socket::open(&owner).await?;
    socket.say("ping").await?;
    socket.must_answer().await?;
    ensure!(
        Socket::try_open(&owner, "https://evil.example").await?.is_err(),
        "another site's page was let in"
    );

    files_are_small_and_answers_are_whole(&owner).await?;
    what_is_too_large_is_refused_calmly(&owner).await?;
    owner.sign_out().await.map(drop)
}

/// Steps 2 and 3, with step 1 behind.
pub async fn sign_in(client: &Client, opened: &OpenedClinic, login: &str) -> Result<()> {
    let profile = opened.profiles.first().context("no profile")?;
    client.authorize_profile(&authenticator::code(&profile.otpauth_url)?).await?;
    let user = opened.users.iter().find(|user| user.login == login).context("no such user")?;
    client.submit_password(&user.login, &user.password).await?;
    let state = client.answer(true).await?;
    ensure!(matches!(state, SignInState::SignedIn { .. }), "{state:?}");
    Ok(())
}

async fn files_are_small_and_answers_are_whole(client: &Client) -> Result<()> {
    let compressed = [("accept-encoding", "gzip")];
    for (path, encoding) in [("/", "gzip"), (GetHealth::PATH, ""), (GetSignIn::PATH, "")] {
        let reply = client.send(Method::GET, path, &compressed, None).await?;
        ensure!(reply.status == 200 && reply.header("content-encoding") == encoding, "{path}: {reply:?}");
        let hsts = reply.headers.get_all("strict-transport-security").iter().count();
        ensure!(hsts == 1, "{path}: {reply:?}");
        ensure!(!reply.header("content-security-policy").is_empty(), "{path}: {reply:?}");
    }
    Ok(())
}

async fn what_is_too_large_is_refused_calmly(client: &Client) -> Result<()> {
    let headers = [("content-type", "application/json"), ("origin", client.origin())];
    // Nginx refuses the first, and the Worker the second.
    for bytes in [3 << 20, 40 << 10] {
        let reply = client.send(Method::POST, SignOut::PATH, &headers, Some(" ".repeat(bytes))).await?;
        ensure!(reply.status == 413 && reply.problem()?.code == ProblemCode::RequestTooLarge, "{reply:?}");
        ensure!(reply.header("content-type") == "application/problem+json", "{reply:?}");
    }
    // The longest that any route takes is let through; that it is no list of people, the Worker says.
    let reply = client.send(Method::POST, CheckImport::PATH, &headers, Some(" ".repeat(1 << 20))).await?;
    ensure!(reply.status == 400, "{reply:?}");
    Ok(())
}

#[tokio::test]
async fn step_1_is_slowed_down_and_a_worker_that_is_away_is_told_of() -> Result<()> {
    let mut home = Home::write()?;
    home.start_worker()?;
    home.start_nginx()?;
    let (client, _way, _) = home.browser().await?;
    let headers = [("content-type", "application/json"), ("origin", client.origin())];
    let mut slowed = None;
    for _ in 0..80 {
        let reply = client.send(Method::POST, AuthorizeComputer::PATH, &headers, Some("{}".into())).await?;
        match reply.status {
            429 => slowed = slowed.or(Some(reply)),
            status => ensure!(status == 400 && slowed.is_none(), "{reply:?}"),
        }
    }
    let slowed = slowed.context("eighty tries in a row were let through")?;
    ensure!(slowed.problem()?.code == ProblemCode::SlowDown && !slowed.header("retry-after").is_empty());
    let (elsewhere, _way, _) = home.browser().await?;
    let reply = elsewhere.send(Method::POST, AuthorizeComputer::PATH, &headers, Some("{}".into())).await?;
    ensure!(reply.status == 400, "another network is slowed down as well: {reply:?}");

    home.kill_worker();
    let reply = client.send(Method::GET, GetSignIn::PATH, &[], None).await?;
    ensure!(reply.status == 503 && reply.problem()?.code == ProblemCode::Busy, "{reply:?}");
    home.start_worker()?;
    client.call::<GetSignIn>(&Empty {}).await.map(drop)
}

#[tokio::test]
async fn an_upgrade_keeps_the_secrets_and_the_version_before() -> Result<()> {
    let home = Home::write()?;
    let file = home.folder().join(xtask::home::FILE);
    let first = home.version_at("current").context("no version")?;
    let before = kept(&home)?;
    ensure!(fs::metadata(&file)?.permissions().mode() & 0o777 == 0o600);
    ensure!(fs::metadata(home.folder().join("data"))?.permissions().mode() & 0o777 == 0o700);
    // As a builder elsewhere does it, who has none of the home's secrets; the version's own program is root's way in.
    let built = home.version("0.0.1-elsewhere")?;
    let taken = Command::new(built.join("wardkey")).arg("take-in").arg(home.folder()).arg(&built).output()?;
    ensure!(taken.status.success(), "{}", String::from_utf8_lossy(&taken.stderr));
    ensure!(home.version_at("current").as_deref() == Some("0.0.1-elsewhere"));
    ensure!(home.version_at("former") == Some(first.clone()));
    // As a builder does it whose own the folder is.
    home.upgrade()?;
    ensure!(home.version_at("current") == Some(first));
    ensure!(home.version_at("former").as_deref() == Some("0.0.1-elsewhere"));
    ensure!(kept(&home)? == before, "an upgrade has touched secrets or records");
    Ok(())
}

/// A path, and the mode, owner and bytes there.
type Seen = (PathBuf, u32, u32, Vec<u8>);

/// What an upgrade has nothing to do with.
fn kept(home: &Home) -> Result<Vec<Seen>> {
    let mut seen = Vec::new();
    for name in [xtask::home::FILE, "data", "tls"] {
        for entry in WalkDir::new(home.folder().join(name)).sort_by_file_name() {
            let entry = entry?;
            let it = entry.metadata()?;
            let bytes = if it.is_file() { fs::read(entry.path())? } else { Vec::new() };
            seen.push((entry.into_path(), it.mode(), it.uid(), bytes));
        }
    }
    Ok(seen)
}

#[tokio::test]
async fn what_a_home_brings_is_filled_and_holds_no_secret() -> Result<()> {
    let home = Home::write()?;
    let secret = &home.settings()?.secret_key;
    for part in ["workerd.capnp", "wardkey.service", "nginx.conf", "prometheus.yml", "Containerfile"] {
        let text = fs::read_to_string(home.folder().join("current").join(part))?;
        ensure!(!text.contains(secret.as_str()), "a secret stands in {part}");
        let unfilled = [
            "{folder}",
            "{host}",
            "{origin}",
            "{port}",
            "{public_port}",
            "{reach}",
            "{trusted}",
            "{version}",
        ];
        ensure!(!unfilled.iter().any(|name| text.contains(name)), "{part}: {text}");
    }
    Ok(())
}

#[tokio::test]
async fn systemd_understands_the_unit_and_finds_it_shut() -> Result<()> {
    let home = Home::write()?;
    if on_path("systemd-analyze").is_none() {
        eprintln!("systemd-analyze is not there: nobody looked at the unit");
        return Ok(());
    }
    let unit = home.folder().join("current/wardkey.service");
    let verified = systemd_analyze(&["verify"], &unit)?;
    ensure!(verified.0 && verified.1.is_empty(), "{}", verified.1);
    if systemd_analyze(&["security", "--help"], &unit)?.1.contains("--offline") {
        let threshold = format!("--threshold={EXPOSURE_TENTHS_MAX}");
        let (shut, said) = systemd_analyze(&["security", "--no-pager", "--offline=true", &threshold], &unit)?;
        ensure!(shut, "{said}");
    }
    Ok(())
}

fn systemd_analyze(arguments: &[&str], unit: &Path) -> Result<(bool, String)> {
    let output = Command::new("systemd-analyze").args(arguments).arg(unit).output()?;
    let said = [output.stdout, output.stderr].concat();
    Ok((output.status.success(), String::from_utf8_lossy(&said).into_owned()))
}

/// systemd runs nowhere here, but the kernel does: with the unit's filter of calls, as a user of its own, everything goes that people do.
#[tokio::test]
async fn the_worker_does_its_work_behind_the_walls_of_its_unit() -> Result<()> {
    let (Some(python), Some(_)) = (on_path("python3"), on_path("systemd-analyze")) else {
        eprintln!("python3 or systemd-analyze is not there: nobody tried the unit's filter");
        return Ok(());
    };
    if !Path::new("/usr/include/x86_64-linux-gnu/asm/unistd_64.h").exists() {
        eprintln!("the names of this kernel's calls are not there: nobody tried the unit's filter");
        return Ok(());
    }
    let mut home = Home::write()?;
    give_away(&home.folder().join("data"))?;
    let above = home.folder().parent().context("a folder in a folder")?.to_owned();
    fs::set_permissions(above, fs::Permissions::from_mode(0o755))?;
    let walls = xtask::root().join("tests/worker/walls.py").display().to_string();
    let unit = home.folder().join("current/wardkey.service").display().to_string();
    let (python, user) = (python.display().to_string(), SOMEBODY.to_string());
    let through = [python.as_str(), &walls, &unit, &user];
    let [python, walls @ ..] = through;
    let seen =
        Command::new(python).args(walls).args(["/bin/grep", "Seccomp:\t2", "/proc/self/status"]).output()?;
    ensure!(seen.status.success(), "there are no walls: {seen:?}");

    home.start_worker_through(&through)?;
    let opened = demo::open(home.worker_address(), &home.settings()?, &demo::harbour_street())?;
    let owner = at(&home, &opened, 0).await?;
    sign_in(&owner, &opened, "whitfield").await?;
    let hughes = acts::account(&owner, "hughes").await?;
    let reception = at(&home, &opened, 1).await?;
    reception.authorize_profile(&code(&opened)?).await?;
    acts::lock(&reception, "hughes").await?;
    owner.call::<SendPin>(&PinRequest { id: hughes }).await?;
    mailed_pin(&home).await.map(drop)
}

/// No container engine runs where these tests do: each line is at least one that such an engine knows, about files that are there.
#[tokio::test]
async fn the_container_file_is_made_of_instructions_that_exist_and_files_that_are_there() -> Result<()> {
    let home = Home::write()?;
    let versions = home.folder().join("versions");
    let current = home.version_at("current").context("no version")?;
    let text = fs::read_to_string(versions.join(&current).join("Containerfile"))?;
    ensure!(text.contains(&format!("--build-arg VERSION={current} ")), "{text}");
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    let (mut known, mut seen) = (vec![("VERSION", current.as_str())], Vec::new());
    let joined = lines.join("\n").replace("\\\n", " ");
    for instruction in joined.lines() {
        let (verb, said) =
            instruction.split_once(' ').with_context(|| format!("{instruction} says nothing"))?;
        let filled = known
            .iter()
            .fold(said.to_owned(), |text, (name, value)| text.replace(&format!("${{{name}}}"), value));
        ensure!(!filled.contains("${"), "{instruction}: nothing has given that a value");
        match verb {
            "FROM" => {
                ensure!(filled.contains(':') && !filled.ends_with(":latest"), "{filled} is any version")
            }
            "ARG" => known.extend(said.split_once('=')),
            "COPY" => {
                let (source, to) = filled.split_once(' ').context("COPY takes two")?;
                ensure!(versions.join(source).is_dir(), "{source} is not below versions/");
                ensure!(
                    to == format!("versions/{current}"),
                    "the configuration finds its site elsewhere: {to}"
                );
            }
            "ENTRYPOINT" => {
                let words: Vec<String> = serde_json::from_str(&filled)?;
                let files = words.iter().filter(|word| word.contains('/'));
                for file in files {
                    ensure!(home.folder().join(file).is_file(), "{file} is not there");
                }
            }
            "USER" => ensure!(!filled.starts_with('0') && !filled.starts_with("root"), "it runs as root"),
            "WORKDIR" => ensure!(filled.starts_with('/'), "{filled} is no place"),
            "RUN" => {
                let shell = Command::new("sh").args(["-n", "-c", &filled]).output()?;
                ensure!(shell.status.success(), "{filled}: {}", String::from_utf8_lossy(&shell.stderr));
            }
            _ => anyhow::bail!("{verb} is no instruction of this file"),
        }
        seen.push(verb);
    }
    ensure!(
        seen == ["ARG", "FROM", "RUN", "ARG", "WORKDIR", "COPY", "RUN", "USER", "ENTRYPOINT"],
        "{seen:?}"
    );
    Ok(())
}
