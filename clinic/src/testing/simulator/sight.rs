//! What is seen in the records of a simulated clinic after a step, and what was seen before.

use std::collections::{BTreeMap, BTreeSet};

use wire::{
    Timestamp,
    activities::{Action, ActivityLine, Subject},
    ids::{AccountId, ComputerId},
};

use super::{
    invariants::{self, Broken, Held, broken},
    model::Model,
    operation::LOGINS,
    tally::Tally,
    world::World,
};
use crate::{
    commands::login::unknown_subject,
    records::{
        activities,
        sql::{Row, Sql, SqlError, values},
    },
    rules::activity_chain,
    testing::{House, Sqlite},
};

/// After so many hours a login without an account may be forgotten; less what the clock was set back by.
const STRANGER_HOURS: i64 = 22;
/// For so many days it is remembered what became of a mail; less what the clock was set back by.
const MAIL_DAYS: i64 = 29;

/// What was seen before.
#[derive(Default)]
pub struct Sight {
    /// The key under which each login is kept that has no account.
    pub strangers: Vec<String>,
    /// Each lock that stands: which of its login's it is, and its name.
    pub episodes: BTreeMap<String, (u32, String)>,
    /// The hash of each line of the log.
    pub hashes: Vec<Vec<u8>>,
    /// The step at which each session was first seen.
    pub sessions: BTreeMap<Vec<u8>, usize>,
    /// Whose each login was first.
    pub logins: BTreeMap<String, String>,
    /// The mails that stood in the outbox.
    outbox: BTreeSet<String>,
    /// Rows that had been written.
    changes: Option<u64>,
    mails: BTreeMap<String, KnownMail>,
}

/// A mail that was queued.
struct KnownMail {
    id: String,
    give_up_at: Timestamp,
    queued_at: Timestamp,
}

/// The tries at a login, as they stand in the records.
#[derive(Clone, Debug, Default)]
pub struct SeenTally {
    /// Since when it is locked.
    pub locked_since: Option<Timestamp>,
    /// The name of the lock.
    pub episode: Option<String>,
    /// Numbers of the tries under way.
    pub under_way: BTreeSet<i64>,
    /// Numbers of the wrong ones.
    pub wrong: BTreeSet<i64>,
}

/// A line of the log that is new.
pub struct SeenLine {
    /// The line.
    pub line: ActivityLine,
    /// Whether its hash is the one that it must have.
    pub is_chained: bool,
    hash: Vec<u8>,
}

/// A mail that is new.
pub struct SeenMail {
    key: String,
    id: String,
    kind: String,
    recipient: Option<String>,
    give_up_at: Timestamp,
}

/// An account.
pub struct SeenPerson {
    /// Its id.
    pub id: String,
    /// Its login.
    pub login: String,
    /// Its role, as it is stored.
    pub role: String,
    /// Whether it was removed.
    pub removed: bool,
}

/// Everything that the invariants are looked at with.
pub struct View<'a> {
    /// How it must be.
    pub model: &'a Model,
    /// What was seen before.
    pub sight: &'a Sight,
    /// The computers.
    pub computers: &'a [ComputerId],
    /// The tries, by the key of their login.
    pub tallies: BTreeMap<String, SeenTally>,
    /// Digest and account of each session.
    pub sessions: Vec<(Vec<u8>, String)>,
    /// Accounts with a session or an open question.
    pub open: Vec<String>,
    /// Computers with anything that is open.
    pub occupied: Vec<String>,
    /// The accounts.
    pub people: Vec<SeenPerson>,
    /// What is new in the log.
    pub lines: Vec<SeenLine>,
    /// What is new in the outbox.
    pub mails: Vec<SeenMail>,
}

impl View<'_> {
    /// How many new lines tell of something about an account.
    pub fn lines_about(&self, action: Action, account: &AccountId) -> usize {
        let about =
            |line: &&SeenLine| matches!(&line.line.user, Subject::Account { id, .. } if id == account);
        self.lines.iter().filter(|line| line.line.action == action).filter(about).count()
    }

    /// How many new mails of a kind go to an account.
    pub fn mails_to(&self, kind: &str, account: &AccountId) -> usize {
        let kind = format!("\"{kind}\"");
        let to = |mail: &&SeenMail| mail.kind == kind && mail.recipient.as_deref() == Some(account.as_str());
        self.mails.iter().filter(to).count()
    }
}

fn rows<T>(
    store: &Sqlite,
    statement: &str,
    mut read: impl FnMut(&mut Row) -> Result<T, SqlError>,
) -> Result<Vec<T>, SqlError> {
    store.query(statement, &[])?.iter_mut().map(&mut read).collect()
}

impl World {
    /// Looks at everything that must hold, and remembers what was seen.
    pub(super) fn look(&mut self) -> Held {
        let fault = |error: SqlError| Broken::new("the_records_can_be_read", error.to_string());
        if self.sight.strangers.is_empty() {
            let keys = House::keys();
            let key = |login: &str| login.parse().ok().map(|login| unknown_subject(&keys, &login).key());
            self.sight.strangers = LOGINS.into_iter().filter_map(key).collect();
        }
        let changes = Some(self.house.store.changes());
        if self.sight.changes == changes {
            return Ok(());
        }
        self.sight.changes = changes;
        let tallies = seen_tallies(&self.house.store).map_err(fault)?;
        self.forget_strangers(&tallies);
        let view = self.view(tallies).map_err(fault)?;
        invariants::look(&view)?;
        let View { tallies, sessions, people, lines, mails, .. } = view;
        self.remember(tallies, &sessions, people, lines);
        self.remember_mails(mails).map_err(fault)
    }

    /// What is known of a login without an account may be forgotten after a day.
    fn forget_strangers(&mut self, tallies: &BTreeMap<String, SeenTally>) {
        let latest = self.model.latest;
        for (person, key) in self.model.people.iter_mut().zip(&self.sight.strangers) {
            let is_old = person.stranger.touched.plus_minutes(STRANGER_HOURS * 60) <= latest;
            if is_old && !tallies.contains_key(key) {
                person.stranger = Tally::default();
                self.sight.episodes.remove(key);
            }
        }
    }

    fn view(&self, tallies: BTreeMap<String, SeenTally>) -> Result<View<'_>, SqlError> {
        let store = &self.house.store;
        let text = |row: &mut Row| row.take::<String>();
        let everywhere = "SELECT computer FROM computer_tokens UNION SELECT computer FROM profile_tokens
                          UNION SELECT computer FROM questions UNION SELECT computer FROM sessions";
        Ok(View {
            model: &self.model,
            sight: &self.sight,
            computers: &self.computers,
            tallies,
            sessions: rows(store, "SELECT digest, account FROM sessions", |row| {
                Ok((row.take()?, row.take()?))
            })?,
            open: rows(store, "SELECT account FROM sessions UNION SELECT account FROM questions", text)?,
            occupied: rows(store, everywhere, text)?,
            people: rows(store, "SELECT id, login, role, removed_at IS NOT NULL FROM accounts", |row| {
                Ok(SeenPerson {
                    id: row.take()?,
                    login: row.take()?,
                    role: row.take()?,
                    removed: row.take()?,
                })
            })?,
            lines: new_lines(store, &self.sight)?,
            mails: new_mails(store, &self.sight.outbox)?,
        })
    }

    fn remember(
        &mut self,
        tallies: BTreeMap<String, SeenTally>,
        sessions: &[(Vec<u8>, String)],
        people: Vec<SeenPerson>,
        lines: Vec<SeenLine>,
    ) {
        let step = self.model.step;
        let sight = &mut self.sight;
        let accounts =
            self.model.people.iter().filter_map(|person| {
                person.account.as_ref().map(|id| (format!("account {id}"), &person.tally))
            });
        let strangers =
            sight.strangers.iter().cloned().zip(self.model.people.iter().map(|person| &person.stranger));
        let locks = accounts.chain(strangers).filter_map(|(key, tally)| {
            let name = tallies.get(&key)?.episode.clone()?;
            Some((key, (tally.lock.as_ref()?.episode, name)))
        });
        sight.episodes = locks.collect();
        let since = |digest: &Vec<u8>| sight.sessions.get(digest).copied().unwrap_or(step);
        sight.sessions = sessions.iter().map(|(digest, _)| (digest.clone(), since(digest))).collect();
        for person in people {
            sight.logins.entry(person.login).or_insert(person.id);
        }
        sight.hashes.extend(lines.into_iter().map(|line| line.hash));
    }

    fn remember_mails(&mut self, mails: Vec<SeenMail>) -> Result<(), SqlError> {
        let queued_at = self.now();
        for mail in mails.into_iter().filter(|mail| mail.recipient.is_some()) {
            let known = KnownMail { id: mail.id, give_up_at: mail.give_up_at, queued_at };
            self.sight.mails.insert(mail.key, known);
        }
        let ids = rows(&self.house.store, "SELECT public_id FROM outbox", |row| row.take())?;
        self.sight.outbox = ids.into_iter().collect();
        Ok(())
    }

    /// A mail that failed waits again, under another key.
    pub(super) fn mail_is_renewed(&mut self, id: &str) -> Held {
        let fault = |error: SqlError| Broken::new("the_records_can_be_read", error.to_string());
        let statement = "SELECT idempotency_key, give_up_at FROM outbox WHERE public_id = ?1";
        let mut found = self.house.store.query(statement, values![id]).map_err(fault)?;
        let Some(row) = found.first_mut() else {
            return broken("no_mail_is_lost", "one that was sent again is gone");
        };
        let (key, give_up_at): (String, Timestamp) = (row.take().map_err(fault)?, row.take().map_err(fault)?);
        if self.sight.mails.contains_key(&key) {
            return broken("a_mail_that_is_sent_again_has_a_key_of_its_own", key);
        }
        self.sight.mails.retain(|_, mail| mail.id != id);
        let known = KnownMail { id: id.to_owned(), give_up_at, queued_at: self.now() };
        self.sight.mails.insert(key, known);
        Ok(())
    }

    /// Every mail has arrived, was refused for good, or was of no use any more.
    pub(super) fn no_mail_is_lost(&mut self) -> Held {
        let fault = |error: SqlError| Broken::new("the_records_can_be_read", error.to_string());
        for (key, mail) in &self.sight.mails {
            let statement = "SELECT state FROM outbox WHERE idempotency_key = ?1";
            let mut found = self.house.store.query(statement, values![key.as_str()]).map_err(fault)?;
            let state: Option<String> = found.first_mut().map(|row| row.take()).transpose().map_err(fault)?;
            let over = mail.give_up_at <= self.model.latest;
            let holds = match state.as_deref() {
                Some("sent") => self.post.accepted.contains(key),
                Some("failed") if self.post.heard.contains(key) => false,
                Some("failed") if self.post.refused.contains(key) => true,
                Some("failed") => {
                    self.reach.note("a mail is given up");
                    over
                }
                Some(_) => false,
                None => mail.queued_at.plus_minutes(MAIL_DAYS * 24 * 60) <= self.model.latest,
            };
            if !holds {
                return broken("no_mail_is_lost", format!("{key} is {state:?}"));
            }
            self.reach.note("a mail has come to its end");
        }
        Ok(())
    }

    /// Wrong codes in a row at a computer, as they stand in the records.
    pub(super) fn wrong_codes_of(&self, computer: usize) -> Held<u32> {
        let fault = |error: SqlError| Broken::new("the_records_can_be_read", error.to_string());
        let statement = "SELECT wrong_codes FROM computers WHERE id = ?1";
        let mut found =
            self.house.store.query(statement, values![self.computers[computer].as_str()]).map_err(fault)?;
        found.first_mut().map_or(Ok(0), |row| row.take()).map_err(fault)
    }

    /// The whole log is as it was when each line was written.
    pub(super) fn the_log_is_as_it_was_written(&self) -> Held {
        let fault = |error: SqlError| Broken::new("the_records_can_be_read", error.to_string());
        let hashes =
            rows(&self.house.store, "SELECT hash FROM activities ORDER BY seq", |row| row.take::<Vec<u8>>());
        match hashes.map_err(fault)? == self.sight.hashes {
            true => Ok(()),
            false => broken("the_log_is_as_it_was_written", "another hash"),
        }
    }
}

fn seen_tallies(store: &Sqlite) -> Result<BTreeMap<String, SeenTally>, SqlError> {
    let mut tallies = BTreeMap::new();
    for mut row in store.query("SELECT subject, locked_since, episode FROM tallies", &[])? {
        let key: String = row.take()?;
        let (locked_since, episode) = (row.take()?, row.take()?);
        tallies.insert(key, SeenTally { locked_since, episode, ..SeenTally::default() });
    }
    for mut row in store.query("SELECT subject, number, wrong FROM tries", &[])? {
        let tally: &mut SeenTally = tallies.entry(row.take()?).or_default();
        let (number, wrong): (i64, bool) = (row.take()?, row.take()?);
        if wrong {
            tally.wrong.insert(number)
        } else {
            tally.under_way.insert(number)
        };
    }
    Ok(tallies)
}

fn new_lines(store: &Sqlite, sight: &Sight) -> Result<Vec<SeenLine>, SqlError> {
    let mut before = sight.hashes.last().cloned().unwrap_or_else(|| activity_chain::BEGINNING.to_vec());
    let statement =
        format!("SELECT {}, hash FROM activities WHERE seq > ?1 ORDER BY seq", activities::COLUMNS);
    let mut lines = Vec::new();
    for mut row in store.query(&statement, values![sight.hashes.len() as i64])? {
        let line = activities::take_line(&mut row)?;
        let hash: Vec<u8> = row.take()?;
        let expected = activity_chain::hash(&before, &line).map_err(|error| SqlError(error.to_string()))?;
        let is_chained = expected.as_slice() == hash;
        before.clone_from(&hash);
        lines.push(SeenLine { line, is_chained, hash });
    }
    Ok(lines)
}

fn new_mails(store: &Sqlite, before: &BTreeSet<String>) -> Result<Vec<SeenMail>, SqlError> {
    // Not by the number of the row: a mail to nobody gives its number back, and the next one takes it.
    let statement = "SELECT idempotency_key, public_id, kind, recipient, give_up_at FROM outbox";
    let read = |row: &mut Row| {
        let (key, id, kind): (String, String, String) = (row.take()?, row.take()?, row.take()?);
        Ok(SeenMail { key, id, kind, recipient: row.take()?, give_up_at: row.take()? })
    };
    let mut mails = rows(store, statement, read)?;
    mails.retain(|mail| !before.contains(&mail.id));
    Ok(mails)
}
