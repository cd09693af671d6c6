//! How a simulated clinic is helped from outside: support cases, and the emergency way.

use std::collections::BTreeSet;

use wire::{ids::OperatorId, support::CaseState};

use super::{
    door::unexpected,
    invariants::{Broken, Held, broken},
    model::Case,
    operation::LOGINS,
    world::World,
};
use crate::{
    call::Caller,
    commands::{
        emergency::UnlockOwner,
        support::{CaseReader, OpenSupportCase, ReadSupportCase, UnlockBySupport, WithdrawSupportCase},
        users::ReadUser,
    },
    records::sql::{Sql, SqlError},
};

impl World {
    pub(super) fn open_case(&mut self, door: usize, login: usize) -> Held {
        let Some(account) = self.model.people[login].account.clone() else { return Ok(()) };
        let (reason, phone) = ("Surgery at nine".into(), "+44 20 7946 0000".into());
        let command = OpenSupportCase { id: account.clone(), reason, phone };
        let Some(Ok(_)) = self.ask(&self.caller(door), &command)? else { return Ok(()) };
        let Some(lock) = self.model.people[login].tally.lock.clone() else {
            return broken("a_case_is_about_a_lock", LOGINS[login]);
        };
        let window = self.read(&self.caller(door), &ReadUser { id: account })?.map_err(unexpected)?;
        let open = window.lock.and_then(|lock| lock.support).and_then(|offer| offer.case);
        let Some(open) = open else { return broken("a_case_is_about_a_lock", "it is not offered") };
        let case = Case {
            id: open.id,
            login,
            episode: lock.episode,
            opened_at: self.now(),
            over: false,
            readers: BTreeSet::new(),
        };
        self.model.cases.push(case);
        self.reach.note("a case is opened");
        Ok(())
    }

    pub(super) fn withdraw(&mut self, door: usize, login: usize) -> Held {
        let Some(id) = self.model.people[login].account.clone() else { return Ok(()) };
        let Some(Ok(_)) = self.ask(&self.caller(door), &WithdrawSupportCase { id })? else { return Ok(()) };
        let newest = self.model.cases.iter_mut().rev().find(|case| case.login == login);
        self.reach.note("a case is taken back");
        match newest {
            Some(case) => {
                case.over = true;
                Ok(())
            }
            None => broken("a_case_is_about_a_lock", "there was none"),
        }
    }

    pub(super) fn look_up(&mut self, pick: usize, operator: u8) -> Held {
        let count = self.model.cases.len();
        let Some(place) = count.checked_sub(1 + pick % count.max(1)) else { return Ok(()) };
        let case = self.model.cases[place].id.clone();
        let reader = CaseReader { id: OperatorId::from_random([operator; 16]), name: "Sam".into() };
        let before = self.looks()?;
        let asked = self.ask(&Caller::default(), &ReadSupportCase { case, reader })?;
        let Some(Ok(_)) = asked else { return Ok(()) };
        let is_first = self.model.cases[place].readers.insert(operator);
        self.reach.note(if is_first { "a case is looked up" } else { "a case is looked up again" });
        match self.looks()? - before == u32::from(is_first) {
            true => Ok(()),
            false => {
                broken("an_operators_first_look_has_its_line_and_no_other", format!("first: {is_first}"))
            }
        }
    }

    /// How many lines tell of an operator who looked a case up.
    fn looks(&self) -> Held<u32> {
        let statement = "SELECT COUNT(*) FROM activities WHERE action = 'support_case_read'";
        let fault = |error: SqlError| Broken::new("no_call_is_a_fault_of_ours", error.to_string());
        let mut rows = self.house.store.query(statement, &[]).map_err(fault)?;
        rows.first_mut().map_or(Ok(0), |row| row.take()).map_err(fault)
    }

    pub(super) fn unlock_by_support(&mut self, pick: usize) -> Held {
        let count = self.model.cases.len();
        let Some(place) = count.checked_sub(1 + pick % count.max(1)) else { return Ok(()) };
        let case = self.model.cases[place].clone();
        let why = "Rang back".to_owned();
        let command = UnlockBySupport { case: case.id.clone(), operator: "Sam".into(), why };
        let Some(reply) = self.ask(&Caller::default(), &command)? else { return Ok(()) };
        let told = reply.map_err(unexpected)?.state;
        if !self.model.is_open(&case, self.now()) {
            return match told == CaseState::Open {
                true => broken("a_case_unlocks_one_lock_once_in_time", LOGINS[case.login]),
                false => Ok(()),
            };
        }
        self.model.cases[place].over = true;
        self.model.unlock(case.login);
        self.reach.note("a case unlocks");
        match told {
            CaseState::Used => Ok(()),
            other => broken("a_case_unlocks_one_lock_once_in_time", format!("{other:?}")),
        }
    }

    pub(super) fn unlock_in_emergency(&mut self, login: usize) -> Held {
        let typed = LOGINS[login].parse().map_err(unexpected)?;
        let command = UnlockOwner { login: typed, reason: "They called".into() };
        let Some(reply) = self.ask(&Caller::default(), &command)? else { return Ok(()) };
        let owners: Vec<usize> = self.model.owners().collect();
        let is_locked = |owner: &usize| self.model.people[*owner].tally.lock.is_some();
        match (reply, owners.contains(&login) && owners.iter().all(is_locked)) {
            (Ok(_), true) => {
                self.model.unlock(login);
                self.reach.note("an owner is unlocked in an emergency");
                Ok(())
            }
            (Err(_), false) => {
                self.reach.note("an emergency is none");
                Ok(())
            }
            (Ok(_), false) => broken("the_emergency_way_opens_for_owners_who_are_all_locked", LOGINS[login]),
            (Err(why), true) => {
                broken("the_emergency_way_opens_for_owners_who_are_all_locked", why.to_string())
            }
        }
    }
}
