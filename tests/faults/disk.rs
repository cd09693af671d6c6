//! No room is left where the records are: what would have to be written is refused, what is only read goes on, and nothing is half.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, ErrorKind, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};
use wire::{
    Empty, Endpoint, ProblemCode, Role,
    activities::{ActivitiesQuery, ListActivities},
    computers::ListComputers,
    mails::ListMails,
    me::GetMe,
    people::AddUser,
    settings::GetSettings,
    sign_in::{GetLock, GetSignIn, LockQuery, SubmitPassword, UserCredentials},
    users::ListUsers,
};
use xtask::children::Kept;

use super::{
    kill,
    ledger::{Deed, Ledger},
};
use crate::{
    Client, Clinic, Refusal, Wardkey,
    acts::{self, STRIKES},
    harm::{Findings, Harm},
    records::{self, Records},
};

/// The faults.
pub const FAULTS: [Harm; 1] = [Harm {
    family: "disk",
    name: "the disk is full",
    promise: 5,
    claim: "What must be written is refused with a code of ours, what is read goes on, nothing is half, and all is well once there is room.",
    make: |_| Box::pin(full()),
}];

/// Size of the small disk: the records and what is written beside them, with some room.
const DISK: &str = "size=6m,mode=0700";
/// Puts a disk in the memory in the place of a folder, for this program and those that enter its space, and stays. It ends with it.
const SMALL_DISK: &str = r#"cp -a "$1" "$1.copy" && mount -t tmpfs -o "$2" wardkey "$1" && cp -a "$1.copy/." "$1" && rm -rf "$1.copy" &&
    echo ready && exec sleep infinity"#;
/// Wrong passwords that are typed while there is no room.
const TRIES: usize = 3 * STRIKES;
/// The name of what fills the disk.
const BALLAST: &str = "ballast";

/// A disk of its own, seen through whoever keeps it.
struct SmallDisk {
    _keeper: Kept,
    data: PathBuf,
}

impl SmallDisk {
    /// Puts one in the place of the folder that the records are in, with what is there. The Worker's runtime sees it from its next start
    /// on. `None` where nobody may mount anything, not even in a space of their own.
    fn below(wardkey: &Wardkey) -> Result<Option<Self>> {
        let data = wardkey.state().join("data");
        for own_user in [&[][..], &["--user", "--map-root-user"]] {
            let mut command = Command::new("unshare");
            command
                .args(own_user)
                .args(["--mount", "--propagation=private", "--", "sh", "-c", SMALL_DISK, "disk"])
                .arg(&data)
                .arg(DISK)
                .stdout(Stdio::piped())
                .stderr(Stdio::null());
            let mut keeper = Kept::spawn(&mut command, None)?;
            let stdout = keeper.child().stdout.take().context("no output")?;
            let mut said = String::new();
            BufReader::new(stdout).read_line(&mut said)?;
            if said.trim() != "ready" {
                let _ = fs::remove_dir_all(data.with_extension("copy"));
                continue;
            }
            let pid = keeper.child().id().to_string();
            let mut enter: Vec<String> = ["nsenter", "--target", &pid, "--mount"].map(str::to_owned).into();
            if !own_user.is_empty() {
                enter.extend(["--user", "--preserve-credentials"].map(str::to_owned));
            }
            enter.push("--".to_owned());
            wardkey.start_through(enter);
            let seen = Path::new("/proc").join(&pid).join("root");
            let data = seen.join(data.strip_prefix("/").unwrap_or(&data));
            return Ok(Some(Self { _keeper: keeper, data }));
        }
        Ok(None)
    }

    /// Takes all room that is left, down to the last byte.
    fn fill(&self) -> Result<()> {
        let mut ballast = File::create(self.data.join(BALLAST))?;
        for size in [1 << 16, 1 << 12, 1] {
            let piece = vec![0; size];
            loop {
                match ballast.write_all(&piece) {
                    Ok(()) => {}
                    Err(error) if error.kind() == ErrorKind::StorageFull => break,
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(())
    }

    /// Gives it back.
    fn make_room(&self) -> Result<()> {
        Ok(fs::remove_file(self.data.join(BALLAST))?)
    }
}

async fn full() -> Result<Findings> {
    let mut findings = Findings::default();
    let wardkey = Wardkey::start()?;
    let clinic = Clinic::open(&wardkey)?;
    let Some(disk) = wardkey.while_killed(|_| SmallDisk::below(&wardkey))? else {
        return Ok(Findings::not_here("nobody may mount a small disk on this machine"));
    };
    let ledger = Ledger::default();
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let door = clinic.at("Reception 1").await?;
    let people = ["patel", "oconnor", "reid"];
    let mut ids = Vec::new();
    for login in people {
        ids.push(acts::account(&owner, login).await?);
    }
    for _ in 0..STRIKES - 1 {
        type_wrongly(&ledger, &door, "patel", &ids[0]).await?;
    }
    let file = records::file_of(&clinic, &disk.data)?;

    disk.fill()?;
    let mut refused = 0;
    for number in 0..TRIES {
        let place = number % people.len();
        if let Some(refusal) = type_wrongly(&ledger, &door, people[place], &ids[place]).await? {
            refused += 1;
            is_ours(&mut findings, SubmitPassword::PATH, &refusal);
        }
    }
    findings.at_least("tries refused while there was no room", refused, TRIES / 2);
    ledger.adds();
    let added = owner.try_call::<AddUser>(&acts::person(Role::Employee, "Newcomer", "newcomer")).await?;
    findings.holds(added.is_err(), || "somebody was added".to_owned());
    added.err().iter().for_each(|refusal| is_ours(&mut findings, AddUser::PATH, refusal));
    goes_on(&mut findings, &owner, &door, "without room").await?;

    wardkey.kill();
    ledger.judge(&Records::copy(&file)?, 2, &mut findings)?;
    wardkey.start_worker()?;
    let (owner, door) = (owner.twin()?, door.twin()?);
    goes_on(&mut findings, &owner, &door, "after a start without room").await?;

    disk.make_room()?;
    let hughes = clinic.user("hughes")?;
    findings.went_well("the first sign-in with room", acts::sign_in(&door, hughes).await);
    let locked = loop {
        match type_wrongly(&ledger, &door, "patel", &ids[0]).await? {
            None if door.call::<GetLock>(&LockQuery { login: "patel".into() }).await?.locked => break true,
            None => {}
            Some(refusal) => {
                findings.found(format!("with room again: {refusal}"));
                break false;
            }
        }
    };
    findings.holds(locked, || "nobody could be locked".to_owned());
    findings.went_well("the export", kill::log_is_proven(&owner, clinic.user("whitfield")?).await);
    kill::every_mail_comes(&wardkey, &file, &mut findings).await?;
    wardkey.kill();
    ledger.judge(&Records::copy(&file)?, 2, &mut findings)?;
    Ok(findings)
}

/// Types a wrong password. Gives the refusal where it was not taken for one.
async fn type_wrongly(ledger: &Ledger, door: &Client, login: &str, id: &str) -> Result<Option<Refusal>> {
    ledger.asked(Deed::Wrong, id);
    let credentials = UserCredentials { login: login.to_owned(), password: "not the password".to_owned() };
    match door.try_call::<SubmitPassword>(&credentials).await? {
        Ok(_) => bail!("a wrong password was right"),
        Err(refusal) if matches!(refusal.status, 401 | 423) => {
            ledger.answered(Deed::Wrong, id);
            Ok(None)
        }
        Err(refusal) => Ok(Some(refusal)),
    }
}

/// A refusal for want of room is a problem that the app has a sentence for.
fn is_ours(findings: &mut Findings, what: &str, refusal: &Refusal) {
    let known = matches!(
        (refusal.status, refusal.problem.code),
        (500, ProblemCode::Internal) | (429, ProblemCode::Busy)
    );
    findings.holds(known, || format!("{what}: {refusal}"));
}

/// What is only read goes on.
async fn goes_on(findings: &mut Findings, owner: &Client, door: &Client, when: &str) -> Result<()> {
    read::<GetSignIn>(findings, owner, &Empty {}, when).await?;
    read::<GetMe>(findings, owner, &Empty {}, when).await?;
    read::<ListUsers>(findings, owner, &Empty {}, when).await?;
    read::<ListComputers>(findings, owner, &Empty {}, when).await?;
    read::<ListMails>(findings, owner, &Empty {}, when).await?;
    read::<GetSettings>(findings, owner, &Empty {}, when).await?;
    read::<ListActivities>(findings, owner, &ActivitiesQuery::default(), when).await?;
    read::<GetLock>(findings, door, &LockQuery { login: "hughes".to_owned() }, when).await
}

async fn read<E: Endpoint>(
    findings: &mut Findings,
    client: &Client,
    request: &E::Request,
    when: &str,
) -> Result<()> {
    let outcome = client.try_call::<E>(request).await?.map(drop);
    findings.went_well(&format!("{} {when}", E::PATH), outcome.map_err(Into::into));
    Ok(())
}
