//! A whole clinic, closed, written into an archive, taken in elsewhere, deleted: what the operator of a deployment does with a clinic that
//! moves, leaves, or is to be kept as a file. The Worker asks for it once it has seen the operator's key.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use wire::{
    Empty, Problem, ProblemCode,
    activities::{Action, Subject as InLog},
    archive::{
        self, ArchiveKey, Archived, ClosedClinic, FIRST_DIGEST, PagePlace, SealedPage, SignedArchive,
        TakenInClinic,
    },
    checkpoint::Gone,
    fields::{ClinicCode, Reason},
    log_file::{BEGINNING, LineHash},
};

use super::{Command, emergency::note, retention};
use crate::{
    call::{Audience, Call, CommandError},
    keys::archive::seal_for,
    records::{
        accounts,
        activities::NewActivity,
        activity_retention,
        archive::{self as rows, Bound, Page},
        computers, restored, schema,
        settings::{self, Settings},
        sql::SqlError,
        standing::{self, Arrived, Standing},
    },
    rules::roles::Need,
};

/// No table has so many rows.
const NUMBER_MAX: i64 = 1 << 40;

/// Closes the clinic.
#[derive(Debug, Serialize, Deserialize)]
pub struct CloseClinic {
    /// Why, for the clinic's log.
    pub reason: String,
}

impl Command for CloseClinic {
    const NAME: &'static str = "close_clinic";
    const NEEDS: Need = Need::Nothing;
    type Reply = ClosedClinic;

    fn run(self, call: &mut Call<'_>) -> Result<ClosedClinic, CommandError> {
        let reason = Reason::parse("reason", &self.reason)?;
        // Once is enough: who asks again has not heard the answer.
        if standing::get(call.sql)? == Standing::Open {
            note(call, Action::ClinicClosed, InLog::Nobody, Vec::new(), &reason)?;
            standing::set(call.sql, Standing::Closed)?;
            call.tell(&Audience::Clinic);
        }
        closed(call)
    }
}

/// Opens the closed clinic again.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReopenClinic {
    /// Why, for the clinic's log.
    pub reason: String,
}

impl Command for ReopenClinic {
    const NAME: &'static str = "reopen_clinic";
    const NEEDS: Need = Need::Nothing;
    type Reply = ClosedClinic;

    fn run(self, call: &mut Call<'_>) -> Result<ClosedClinic, CommandError> {
        let reason = Reason::parse("reason", &self.reason)?;
        require_closed(call)?;
        standing::set(call.sql, Standing::Open)?;
        note(call, Action::ClinicReopened, InLog::Nobody, Vec::new(), &reason)?;
        call.tell(&Audience::Clinic);
        closed(call)
    }
}

/// Writes a page of the archive.
#[derive(Debug, Serialize, Deserialize)]
pub struct WriteArchivePage {
    /// The key of the deployment that is to take it in.
    pub to: String,
    /// Its number, from 0 on.
    pub number: u32,
    /// Where it begins.
    pub place: PagePlace,
}

impl Command for WriteArchivePage {
    const NAME: &'static str = "write_archive_page";
    const NEEDS: Need = Need::Nothing;
    type Reply = SealedPage;

    fn run(self, call: &mut Call<'_>) -> Result<SealedPage, CommandError> {
        require_closed(call)?;
        if !(0..=NUMBER_MAX).contains(&self.place.after) {
            return Err(Problem::about("place", ProblemCode::OutOfBounds).into());
        }
        let to = in_hex("to", &self.to)?;
        let code = settings::get(call.sql)?.code;
        let bound = Bound { clinic: &code, keys: call.keys };
        let (page, next) = rows::write(call.sql, &bound, schema::number(call.sql)?, self.place)?;
        let unwritten = || SqlError("a page of an archive cannot be written".into());
        let page = serde_json::to_vec(&page).map_err(|_| unwritten())?;
        let sealed = seal_for(&to, call.random, &page_context(&code, self.number), &page);
        // A key of 32 bytes can be one that nothing can be sealed to.
        let sealed = sealed.ok_or_else(|| Problem::about("to", ProblemCode::ArchiveWrong))?;
        Ok(SealedPage { sealed: BASE64_STANDARD.encode(sealed), next })
    }
}

/// Signs the end of the archive.
#[derive(Debug, Serialize, Deserialize)]
pub struct SignArchive {
    /// The key of the deployment that is to take it in.
    pub to: String,
    /// How many pages it has.
    pub pages: u32,
    /// What they are, in hexadecimal.
    pub digest: String,
}

impl Command for SignArchive {
    const NAME: &'static str = "sign_archive";
    const NEEDS: Need = Need::Nothing;
    type Reply = SignedArchive;

    fn run(self, call: &mut Call<'_>) -> Result<SignedArchive, CommandError> {
        require_closed(call)?;
        let to = in_hex("to", &self.to)?;
        // As a key, a digest is 32 bytes.
        let ArchiveKey(digest) = in_hex("digest", &self.digest)?;
        let unsigned = || SqlError("an archive cannot be signed".into());
        let (seq, hash) = restored::log_head(call.sql)?.ok_or_else(unsigned)?;
        let archived = Archived {
            clinic: call.clinic_code()?,
            to,
            pages: self.pages.into(),
            digest,
            seq: u64::try_from(seq).map_err(|_| unsigned())?,
            hash: hash.try_into().map_err(|_| unsigned())?,
            at: u64::try_from(call.now.0).unwrap_or_default(),
        };
        Ok(SignedArchive { end: call.keys.sign(archived).ok_or_else(unsigned)?.write() })
    }
}

/// Takes a page in, in an object that holds no clinic.
#[derive(Debug, Serialize, Deserialize)]
pub struct TakeArchivePage {
    /// The clinic's code.
    pub clinic: ClinicCode,
    /// The page's number. The first one begins anew.
    pub number: u32,
    /// Base64, as it stands in the file.
    pub sealed: String,
}

impl Command for TakeArchivePage {
    const NAME: &'static str = "take_archive_page";
    const NEEDS: Need = Need::Nothing;
    type Reply = Empty;

    fn run(self, call: &mut Call<'_>) -> Result<Empty, CommandError> {
        let wrong = |field| CommandError::from(Problem::about(field, ProblemCode::ArchiveWrong));
        let code = self.clinic.as_str();
        let sealed = BASE64_STANDARD.decode(&self.sealed).map_err(|_| wrong("sealed"))?;
        let opened = call.keys.open_archived(&page_context(code, self.number), &sealed);
        let page = opened.and_then(|page| serde_json::from_slice::<Page>(&page).ok());
        let page = page.ok_or_else(|| wrong("sealed"))?;
        let arrived = match self.number {
            0 => begin(call, page.version)?,
            _ => match standing::of_any_version(call.sql)? {
                Standing::Arriving(arrived) => arrived,
                Standing::Open | Standing::Closed => return Err(wrong("number")),
            },
        };
        if self.number < arrived.pages {
            // It was delivered twice.
            return Ok(Empty {});
        }
        if self.number > arrived.pages || schema::number(call.sql)? != page.version {
            return Err(wrong("number"));
        }
        let bound = Bound { clinic: code, keys: call.keys };
        let head = restored::log_head(call.sql)?;
        let taken = rows::take_up(call.sql, &bound, call.random, page)?;
        if !taken || !goes_on(call, head)? {
            // A refusal keeps what was written, and nothing of this may stay.
            schema::drop_all(call.sql)?;
            return Err(wrong("sealed"));
        }
        let digest = archive::digest(&arrived.digest, &self.sealed);
        standing::set(call.sql, Standing::Arriving(Arrived { pages: arrived.pages + 1, digest }))?;
        Ok(Empty {})
    }
}

/// Makes room for the pages, as records of their version.
fn begin(call: &Call<'_>, version: i64) -> Result<Arrived, CommandError> {
    let known = usize::try_from(version)
        .ok()
        .filter(|version| (schema::OLDEST_ARCHIVED..=schema::NEWEST).contains(version));
    let version = known.ok_or_else(|| Problem::about("version", ProblemCode::ArchiveWrong))?;
    if schema::is_opened(call.sql)? {
        match standing::of_any_version(call.sql)? {
            Standing::Open | Standing::Closed => return Err(ProblemCode::ClinicExists.into()),
            Standing::Arriving(_) => schema::drop_all(call.sql)?,
        }
    }
    schema::migrate_to(call.sql, version, call.now)?;
    Ok(Arrived { pages: 0, digest: FIRST_DIGEST })
}

/// Opens the clinic whose pages have arrived.
#[derive(Debug, Serialize, Deserialize)]
pub struct TakeInClinic {
    /// The last line of the file.
    pub end: String,
}

impl Command for TakeInClinic {
    const NAME: &'static str = "take_in_clinic";
    const NEEDS: Need = Need::Nothing;
    type Reply = TakenInClinic;

    fn run(self, call: &mut Call<'_>) -> Result<TakenInClinic, CommandError> {
        let wrong = || CommandError::from(Problem::about("end", ProblemCode::ArchiveWrong));
        let Standing::Arriving(arrived) = standing::get(call.sql)? else { return Err(wrong()) };
        let end = archive::read_end(&self.end).ok_or_else(wrong)?;
        let Archived { clinic, to, pages, digest, seq, hash, at: _ } = end.statement;
        let is_whole = pages == u64::from(arrived.pages) && digest == arrived.digest;
        if !is_whole || to != call.keys.archive_key() || !settings::exist(call.sql)? {
            return Err(wrong());
        }
        let head = restored::log_head(call.sql)?;
        let is_head = head.is_some_and(|head| i64::try_from(seq) == Ok(head.0) && hash == *head.1);
        if settings::get(call.sql)?.code != clinic.as_str() || !is_head {
            return Err(wrong());
        }
        match activity_retention::get(call.sql)?.checkpoint {
            Ok(None) => {}
            Ok(Some(theirs)) if theirs.is_signed() && theirs.key == end.key => {
                let Gone { clinic, seq, hash, at } = theirs.statement;
                let unsigned = || SqlError("a checkpoint cannot be signed".into());
                let ours = call.keys.sign(Gone { clinic, seq, hash, at }).ok_or_else(unsigned)?;
                activity_retention::replace(call.sql, &ours)?;
            }
            Ok(Some(_)) | Err(_) => return Err(wrong()),
        }
        restored::take_up(call.sql, call.now)?;
        standing::set(call.sql, Standing::Open)?;
        call.append(NewActivity {
            action: Action::ClinicTakenIn,
            user: InLog::Nobody,
            by: InLog::Operator,
            computer: "",
            address: &call.caller.address,
            changes: Vec::new(),
        })?;
        let people = accounts::all(call.sql)?.iter().filter(|one| one.removed_at.is_none()).count();
        let computers = computers::all(call.sql)?.len();
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let name = settings::get(call.sql)?.name;
        Ok(TakenInClinic { name, people: count(people), computers: count(computers), seq })
    }
}

/// Whether the log goes on as it was written, behind this line or from its beginning on.
fn goes_on(call: &Call<'_>, head: Option<(i64, Vec<u8>)>) -> Result<bool, SqlError> {
    let gone = || activity_retention::last_gone(call.sql);
    let (seq, hash) = match head {
        Some(head) => head,
        None => gone()?.unwrap_or((0, BEGINNING.to_vec())),
    };
    let Ok(hash) = LineHash::try_from(hash) else { return Ok(false) };
    let lines = activity_retention::behind(call.sql, seq)?;
    let begin = (u64::try_from(seq).unwrap_or_default(), hash);
    Ok(retention::end_of_chain(begin, &lines)?.is_some())
}

/// Deletes all that there is of a closed clinic.
#[derive(Debug, Serialize, Deserialize)]
pub struct DeleteClinic {
    /// Its name, to the letter.
    pub name: String,
    /// The number of the last line of its log that its archive has.
    pub seq: Option<u64>,
}

impl Command for DeleteClinic {
    const NAME: &'static str = "delete_clinic";
    const NEEDS: Need = Need::Nothing;
    type Reply = Empty;

    fn run(self, call: &mut Call<'_>) -> Result<Empty, CommandError> {
        // One whose pages have not all arrived has no name yet, and nobody in it.
        if !matches!(standing::get(call.sql)?, Standing::Arriving(_)) {
            require_closed(call)?;
            let ClosedClinic { name, seq } = closed(call)?;
            if name != self.name {
                return Err(Problem::about("name", ProblemCode::NotFound).into());
            }
            if self.seq.is_some_and(|kept| kept != seq) {
                return Err(Problem::about("seq", ProblemCode::EditedMeanwhile).into());
            }
        }
        schema::drop_all(call.sql)?;
        call.tell(&Audience::Clinic);
        Ok(Empty {})
    }
}

fn require_closed(call: &Call<'_>) -> Result<(), CommandError> {
    match standing::get(call.sql)? {
        Standing::Closed => Ok(()),
        Standing::Open | Standing::Arriving(_) => Err(ProblemCode::ClinicNotClosed.into()),
    }
}

fn closed(call: &Call<'_>) -> Result<ClosedClinic, CommandError> {
    let Settings { name, .. } = settings::get(call.sql)?;
    let seq = restored::log_head(call.sql)?.map_or(0, |(seq, _)| seq);
    Ok(ClosedClinic { name, seq: u64::try_from(seq).unwrap_or_default() })
}

fn in_hex(field: &str, text: &str) -> Result<ArchiveKey, Problem> {
    text.parse().map_err(|_| Problem::about(field, ProblemCode::ArchiveWrong))
}

/// What a page is bound to.
fn page_context(clinic: &str, number: u32) -> String {
    format!("{clinic} page {number}")
}
