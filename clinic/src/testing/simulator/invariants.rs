//! What must hold in a clinic after every step, whatever happened: each a function with a name and a sentence.

use std::collections::BTreeSet;

use wire::{Role, activities::Action};

use super::{
    model::Person,
    operation::LOGINS,
    sight::{SeenPerson, View},
    tally::{Outcome, Tally},
};

/// Something that must hold did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The name of what must hold.
    pub invariant: &'static str,
    /// What was seen instead.
    pub why: String,
}

/// Whether everything held.
pub type Held<T = ()> = Result<T, Broken>;

impl Broken {
    /// It did not hold.
    pub fn new(invariant: &'static str, why: impl Into<String>) -> Self {
        Self { invariant, why: why.into() }
    }
}

/// It did not hold.
pub(super) fn broken<T>(invariant: &'static str, why: impl Into<String>) -> Held<T> {
    Err(Broken::new(invariant, why))
}

type Invariant = fn(&View<'_>) -> Result<(), String>;

macro_rules! invariants {
    ($($name:ident),* $(,)?) => {
        /// All of them, with their names.
        const INVARIANTS: &[(&str, Invariant)] = &[$((stringify!($name), $name)),*];
    };
}

invariants! {
    no_more_passwords_are_looked_at_between_two_right_ones_than_the_policy_says,
    every_strike_stands_until_a_right_password_that_was_tried_later,
    a_lock_stands_until_it_is_ended,
    a_lock_comes_with_its_line_and_all_its_mails,
    an_unlock_comes_with_its_line_and_its_mail,
    nobody_who_was_removed_has_a_session,
    no_session_outlives_what_ended_it,
    nothing_is_open_at_a_revoked_computer,
    somebody_owns_the_clinic,
    a_login_is_one_persons_for_ever,
    people_are_as_they_were_made,
    the_log_grows_at_its_end_and_each_line_is_chained_to_the_one_before,
}

/// Looks at all of them.
pub(super) fn look(view: &View<'_>) -> Held {
    for (name, holds) in INVARIANTS {
        if let Err(why) = holds(view) {
            return broken(name, why);
        }
    }
    Ok(())
}

fn require(holds: bool, why: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(why()) }
}

/// The tallies of each login, beside how they must be: the account's and the one of the login without an account.
fn tallies<'a>(view: &'a View<'_>) -> impl Iterator<Item = (&'a str, String, &'a Tally, &'a Person)> {
    view.model.people.iter().enumerate().flat_map(|(login, person)| {
        let account = person.account.as_ref().map(|id| (format!("account {id}"), &person.tally));
        let stranger = (view.sight.strangers[login].clone(), &person.stranger);
        account.into_iter().chain([stranger]).map(move |(key, tally)| (LOGINS[login], key, tally, person))
    })
}

/// Between two right passwords no more of them are looked at than the policy has allowed at any time since.
fn no_more_passwords_are_looked_at_between_two_right_ones_than_the_policy_says(
    view: &View<'_>,
) -> Result<(), String> {
    tallies(view).try_for_each(|(login, _, tally, _)| {
        require(tally.looked_at <= tally.strikes_allowed, || {
            format!("{login}: {} were looked at, {} may be", tally.looked_at, tally.strikes_allowed)
        })
    })
}

/// The strikes in the records are those of the model: a late success erases none, and nothing is counted twice.
fn every_strike_stands_until_a_right_password_that_was_tried_later(view: &View<'_>) -> Result<(), String> {
    tallies(view).try_for_each(|(login, key, tally, _)| {
        let seen = view.tallies.get(&key).cloned().unwrap_or_default();
        let numbers = |wanted: Outcome| -> BTreeSet<i64> {
            let all = tally.tries.iter().filter(|one| one.outcome == Outcome::UnderWay);
            match wanted {
                Outcome::UnderWay => all.map(|one| one.number).collect(),
                _ => tally.counted().filter(|one| one.outcome == wanted).map(|one| one.number).collect(),
            }
        };
        let under_way = numbers(Outcome::UnderWay);
        require(seen.under_way == under_way, || {
            format!("{login}: under way are {:?}, and must be {under_way:?}", seen.under_way)
        })?;
        let wrong = numbers(Outcome::Wrong);
        require(tally.lock.is_some() || seen.wrong == wrong, || {
            format!("{login}: strikes are {:?}, and must be {wrong:?}", seen.wrong)
        })
    })
}

/// A lock begins, stands and ends as the model says: until the PIN of an owner, support or the clock ends it.
fn a_lock_stands_until_it_is_ended(view: &View<'_>) -> Result<(), String> {
    tallies(view).try_for_each(|(login, key, tally, _)| {
        let seen = view.tallies.get(&key).and_then(|seen| seen.locked_since);
        let expected = tally.lock.as_ref().map(|lock| lock.since);
        require(seen == expected, || format!("{login}: locked since {seen:?}, and must be {expected:?}"))?;
        let episode = view.tallies.get(&key).and_then(|seen| seen.episode.as_ref());
        let before = view.sight.episodes.get(&key);
        let same_as_before =
            before.map(|(number, _)| *number) == tally.lock.as_ref().map(|lock| lock.episode);
        require(!same_as_before || before.map(|(_, id)| id) == episode, || {
            format!("{login}: the episode has another name")
        })
    })
}

/// The commit that begins a lock writes its line, and a mail to the user and to every owner.
fn a_lock_comes_with_its_line_and_all_its_mails(view: &View<'_>) -> Result<(), String> {
    for (login, key, tally, person) in tallies(view) {
        let Some(lock) = &tally.lock else { continue };
        let (Some(id), true) = (&person.account, key.starts_with("account ")) else { continue };
        if view.sight.episodes.get(&key).is_some_and(|(number, _)| *number == lock.episode) {
            continue;
        }
        let lines = view.lines_about(Action::AccountLocked, id);
        require(lines == 1, || format!("{login}: {lines} lines tell of the lock"))?;
        let to_user = view.mails_to("account_locked", id);
        require(to_user == 1, || format!("{login}: {to_user} mails to the user"))?;
        for owner in view.model.owners() {
            let Some(owner_id) = &view.model.people[owner].account else { continue };
            let to_owner = view.mails_to("user_account_locked", owner_id);
            require(to_owner >= 1, || format!("{login}: no mail to {}", LOGINS[owner]))?;
        }
    }
    Ok(())
}

/// The commit that ends the lock of somebody who works here writes a line of it, and a mail to the user.
fn an_unlock_comes_with_its_line_and_its_mail(view: &View<'_>) -> Result<(), String> {
    for (login, key, tally, person) in tallies(view) {
        let Some((number, _)) = view.sight.episodes.get(&key) else { continue };
        let (Some(id), true) = (&person.account, person.is_present() && key.starts_with("account ")) else {
            continue;
        };
        if tally.lock.as_ref().is_some_and(|lock| lock.episode == *number) {
            continue;
        }
        let unlocks = [
            Action::AccountUnlocked,
            Action::AccountUnlockedAutomatically,
            Action::AccountUnlockedBySupport,
            Action::AccountUnlockedInEmergency,
        ];
        let lines: usize = unlocks.into_iter().map(|action| view.lines_about(action, id)).sum();
        require(lines == 1, || format!("{login}: {lines} lines tell of the unlock"))?;
        let mails = view.mails_to("account_unlocked", id);
        require(mails == 1, || format!("{login}: {mails} mails tell of the unlock"))?;
    }
    Ok(())
}

/// Whoever was removed is signed in nowhere, and no question is open for them.
fn nobody_who_was_removed_has_a_session(view: &View<'_>) -> Result<(), String> {
    view.model.people.iter().zip(LOGINS).filter(|(person, _)| person.removed).try_for_each(
        |(person, login)| {
            let Some(id) = &person.account else { return Ok(()) };
            require(!view.open.iter().any(|account| account == id.as_str()), || login.to_owned())
        },
    )
}

/// A session is younger than the last removal, restored access or reset of its account.
fn no_session_outlives_what_ended_it(view: &View<'_>) -> Result<(), String> {
    view.sessions.iter().try_for_each(|(digest, account)| {
        let since = view.sight.sessions.get(digest).copied().unwrap_or(view.model.step);
        let person = view
            .model
            .people
            .iter()
            .find(|one| one.account.as_ref().is_some_and(|id| id.as_str() == account));
        let ended_at = person.map_or(usize::MAX, |person| person.ended_at);
        require(since >= ended_at, || format!("of step {since}, and ended at step {ended_at}"))
    })
}

/// A computer that is revoked has no token, no step 2, no question and no session.
fn nothing_is_open_at_a_revoked_computer(view: &View<'_>) -> Result<(), String> {
    view.model.computers.iter().zip(view.computers).filter(|(computer, _)| computer.revoked).try_for_each(
        |(_, id)| require(!view.occupied.iter().any(|computer| computer == id.as_str()), || id.to_string()),
    )
}

/// There is an owner who works here.
fn somebody_owns_the_clinic(view: &View<'_>) -> Result<(), String> {
    let owner = |person: &&SeenPerson| !person.removed && person.role == "owner";
    require(view.people.iter().any(|person| owner(&person)), || "nobody does".into())
}

/// Each login belongs to the first account that had it.
fn a_login_is_one_persons_for_ever(view: &View<'_>) -> Result<(), String> {
    view.people.iter().try_for_each(|person| {
        let first = view.sight.logins.get(&person.login);
        require(first.is_none_or(|first| *first == person.id), || person.login.clone())
    })
}

/// The people in the records have the roles, and are there or not, as the model says.
fn people_are_as_they_were_made(view: &View<'_>) -> Result<(), String> {
    view.people.iter().try_for_each(|seen| {
        let known = view
            .model
            .people
            .iter()
            .find(|person| person.account.as_ref().is_some_and(|id| id.as_str() == seen.id));
        let Some(person) = known else { return Err(format!("{} came from nowhere", seen.login)) };
        require(person.removed == seen.removed, || format!("{}: removed or not", seen.login))?;
        let owner = person.role == Some(Role::Owner);
        require(owner == (seen.role == "owner"), || format!("{}: is {}", seen.login, seen.role))
    })
}

/// Lines are added one after the other, and each hash is that over the line and the hash before it.
fn the_log_grows_at_its_end_and_each_line_is_chained_to_the_one_before(
    view: &View<'_>,
) -> Result<(), String> {
    let first = view.sight.hashes.len() as i64 + 1;
    (first..).zip(&view.lines).try_for_each(|(seq, line)| {
        require(line.line.seq == seq, || format!("line {} stands where {seq} belongs", line.line.seq))?;
        require(line.is_chained, || format!("line {seq} is not chained"))
    })
}
