//! What happens behind the door of a simulated clinic, and around it: unlocks, people, computers, policies, time.

use wire::{
    Language, ProblemCode, Role, mails::MailRecord, people::PersonFields, settings::PoliciesChange,
    users::UserWindow,
};

use super::{
    door::unexpected,
    invariants::{Broken, Held, broken},
    model::{PIN_MINUTES, PIN_TRIES, PIN_TRIES_A_DAY, SentPin},
    operation::{Act, Digits, LOGINS},
    world::World,
};
use crate::{
    call::Caller,
    commands::{
        computers::{ReissueComputer, RevokeComputer},
        mails::{ListMails, SendMailAgain},
        people::{AddUser, BringBackUser, EditUser, FirstPassword, RemoveUser, RestoreAccess},
        settings::{ChangePolicies, ReadSettings},
        unlock::{SendPin, Unlock},
        users::ReadUser,
    },
    records::sql::{Sql, SqlError},
};

impl World {
    pub(super) fn manage(&mut self, act: Act) -> Held {
        match act {
            Act::SendPin { door, login } => self.send_pin(door.into(), login.into()),
            Act::Unlock { door, login, digits } => self.unlock(door.into(), login.into(), digits),
            Act::Restore { door, login } => self.first_password(door.into(), login.into(), false),
            Act::BringBack { door, login } => self.first_password(door.into(), login.into(), true),
            Act::Remove { door, login } => self.remove(door.into(), login.into()),
            Act::Add { door, login } => self.add(door.into(), login.into()),
            Act::ChangeRole { door, login } => self.change_role(door.into(), login.into()),
            Act::OpenCase { door, login } => self.open_case(door.into(), login.into()),
            Act::Withdraw { door, login } => self.withdraw(door.into(), login.into()),
            Act::LookUp { pick, operator } => self.look_up(pick.into(), operator),
            Act::UnlockBySupport { pick } => self.unlock_by_support(pick.into()),
            Act::UnlockInEmergency { login } => self.unlock_in_emergency(login.into()),
            Act::Revoke { door, computer } => self.revoke(door.into(), computer.into()),
            Act::Reissue { door, computer } => self.reissue(door.into(), computer.into()),
            Act::Policies { door, strikes, minutes } => {
                self.policies(door.into(), strikes.into(), minutes.into())
            }
            Act::SendAgain { door, pick } => self.send_again(door.into(), pick.into()),
            Act::Ring => self.ring(),
            Act::MailAnswer { pick, answer } => self.mail_answer(pick.into(), answer),
            Act::Echo { pick } => self.echo(pick.into()),
            Act::Pass { seconds } => {
                self.pass(seconds.into());
                Ok(())
            }
            Act::SetBack { seconds } => {
                self.reach.note("a clock is set back");
                self.pass(-i64::from(seconds));
                Ok(())
            }
            _ => {
                self.reach.note("an object starts anew");
                self.house.restart();
                Ok(())
            }
        }
    }

    pub(super) fn caller(&self, door: usize) -> Caller {
        self.browsers[door].caller.clone()
    }

    fn send_pin(&mut self, door: usize, login: usize) -> Held {
        let Some(id) = self.model.people[login].account.clone() else { return Ok(()) };
        let Some(Ok(_)) = self.ask(&self.caller(door), &SendPin { id })? else { return Ok(()) };
        let Some(owner) = self.browsers[door].session else {
            return broken("only_another_owner_unlocks", "nobody is signed in");
        };
        let person = &self.model.people[login];
        let may = owner != login && self.model.owners().any(|one| one == owner);
        let Some(lock) = person.tally.lock.as_ref().filter(|_| may && person.is_present()) else {
            return broken("only_another_owner_unlocks", LOGINS[login]);
        };
        let (episode, now) = (lock.episode, self.now());
        let (key, recipient) = self.newest_pin_mail()?;
        if self.model.people[owner].account.as_ref().map(|id| id.as_str()) != Some(recipient.as_str()) {
            return broken("a_pin_goes_to_the_owner_who_pressed", LOGINS[owner]);
        }
        let mut tries = 0;
        let of_them =
            |pin: &SentPin| (pin.owner, pin.login, pin.episode, pin.over) == (owner, login, episode, false);
        if let Some(former) = self.model.pins.iter_mut().rev().find(|pin| of_them(pin)) {
            if former.expires_at > now && former.tries < PIN_TRIES {
                tries = former.tries;
            }
            former.over = true;
        }
        let expires_at = now.plus_minutes(PIN_MINUTES);
        let pin = SentPin { owner, login, episode, key, digits: None, expires_at, tries, over: false };
        self.model.pins.push(pin);
        self.reach.note("a PIN is mailed");
        Ok(())
    }

    fn unlock(&mut self, door: usize, login: usize, digits: Digits) -> Held {
        let Some(id) = self.model.people[login].account.clone() else { return Ok(()) };
        let owner = self.browsers[door].session;
        let known: Vec<&String> = self.model.pins.iter().filter_map(|pin| pin.digits.as_ref()).collect();
        let newest = self.model.pins.iter().rev().find(|pin| Some(pin.owner) == owner && pin.login == login);
        let newest = newest.and_then(|pin| pin.digits.clone());
        let typed = match digits {
            Digits::Newest => newest.clone(),
            Digits::Any(pick) => known.get(usize::from(pick) % known.len().max(1)).map(|pin| (*pin).clone()),
            Digits::Wrong => None,
        };
        let wrong = if newest.as_deref() == Some("000000") { "000001" } else { "000000" };
        let typed = typed.unwrap_or_else(|| wrong.to_owned());
        let command = Unlock { id, pin: typed.parse().map_err(unexpected)? };
        let Some(reply) = self.ask(&self.caller(door), &command)? else { return Ok(()) };
        let now = self.now();
        let tried = self.model.wrong_pins_since_yesterday(login, now);
        let Some(owner) = owner else { return refused(reply.is_err(), "nobody is signed in") };
        let is_owner = self.model.owners().any(|one| one == owner) && owner != login;
        let opens = self
            .model
            .pin(owner, login, now)
            .is_some_and(|pin| pin.tries < PIN_TRIES && pin.digits.as_deref() == Some(typed.as_str()));
        let opens = opens && is_owner && self.model.people[login].is_present();
        match reply {
            Ok(_) if !opens => broken("a_pin_opens_one_lock_for_one_owner_once_in_time", LOGINS[login]),
            Ok(_) => {
                let latest = self.model.latest;
                if self.model.wrong_pins_since_yesterday(login, latest) >= PIN_TRIES_A_DAY {
                    return broken("a_pin_bears_five_tries_and_an_account_ten_a_day", LOGINS[login]);
                }
                self.model.unlock(login);
                self.reach.note("a PIN unlocks");
                Ok(())
            }
            Err(problem) => {
                let about_pin = [
                    ProblemCode::PinWrong,
                    ProblemCode::PinSpent,
                    ProblemCode::PinExpired,
                    ProblemCode::PinTriesExhausted,
                ];
                if opens && tried < PIN_TRIES_A_DAY && about_pin.contains(&problem.code) {
                    return broken("a_right_pin_opens", problem.code.as_str());
                }
                match (problem.code, problem.tries_left) {
                    (ProblemCode::PinWrong, _) => self.reach.note("a PIN is wrong"),
                    (ProblemCode::PinSpent, Some(0)) => self.reach.note("a PIN is spent"),
                    (ProblemCode::PinExpired, _) => {
                        self.reach.note("a PIN of before is refused");
                        return Ok(());
                    }
                    _ => return Ok(()),
                }
                self.model.people[login].wrong_pins.push(now);
                let Some(pin) = self.model.pin(owner, login, now) else {
                    return broken(
                        "a_pin_opens_one_lock_for_one_owner_once_in_time",
                        "one that is over was looked at",
                    );
                };
                pin.tries += 1;
                let too_many = pin.tries > PIN_TRIES;
                let today = self.model.wrong_pins_since_yesterday(login, self.model.latest);
                match too_many || today > PIN_TRIES_A_DAY {
                    true => broken("a_pin_bears_five_tries_and_an_account_ten_a_day", LOGINS[login]),
                    false => Ok(()),
                }
            }
        }
    }

    fn first_password(&mut self, door: usize, login: usize, back: bool) -> Held {
        let Some(id) = self.model.people[login].account.clone() else { return Ok(()) };
        let password = self.new_password(login);
        let first = FirstPassword { password: password.clone(), hash: format!("hash of {password}") };
        let caller = self.caller(door);
        let reply = match back {
            true => self.ask(&caller, &BringBackUser { id, first })?,
            false => self.ask(&caller, &RestoreAccess { id, first })?,
        };
        let Some(Ok(_)) = reply else { return Ok(()) };
        self.reach.note(if back { "somebody is brought back" } else { "access is restored" });
        if self.model.people[login].removed != back {
            return broken("whoever_is_removed_is_brought_back_and_nobody_else", LOGINS[login]);
        }
        let person = &mut self.model.people[login];
        person.removed = false;
        person.passwords.push(password);
        self.model.end_all_of(login);
        Ok(())
    }

    fn remove(&mut self, door: usize, login: usize) -> Held {
        let Some(id) = self.model.people[login].account.clone() else { return Ok(()) };
        let Some(Ok(_)) = self.ask(&self.caller(door), &RemoveUser { id })? else { return Ok(()) };
        self.model.people[login].removed = true;
        self.model.end_all_of(login);
        self.model.forget_pins(login);
        self.reach.note("somebody is removed");
        Ok(())
    }

    fn add(&mut self, door: usize, login: usize) -> Held {
        let password = self.new_password(login);
        let person = PersonFields {
            last_name: LOGINS[login].to_uppercase(),
            first_name: "Jane".into(),
            middle_name: String::new(),
            position: String::new(),
            email: format!("{}@clinic.example", LOGINS[login]),
            role: Role::Employee,
            login: LOGINS[login].into(),
            language: Language::En,
            rights: None,
        };
        let first = FirstPassword { password: password.clone(), hash: format!("hash of {password}") };
        let reply = self.ask(&self.caller(door), &AddUser { person, first })?;
        let taken = self.model.people[login].account.is_some();
        match reply {
            Some(Ok(_)) if taken => broken("a_login_is_one_persons_for_ever", LOGINS[login]),
            Some(Ok(added)) => {
                let person = &mut self.model.people[login];
                (person.account, person.role) = (Some(added.id), Some(Role::Employee));
                person.passwords.push(password);
                self.reach.note("somebody is added");
                Ok(())
            }
            Some(Err(problem)) => {
                if taken && problem.field.as_deref() == Some("login") {
                    self.reach.note("a login is refused because it is somebody's");
                }
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn change_role(&mut self, door: usize, login: usize) -> Held {
        let Some(id) = self.model.people[login].account.clone() else { return Ok(()) };
        let caller = self.caller(door);
        let Ok(window) = self.read(&caller, &ReadUser { id: id.clone() })? else { return Ok(()) };
        let role = if window.user.role == Role::Owner { Role::Manager } else { Role::Owner };
        let UserWindow { user, email, details: Some(details), .. } = window else { return Ok(()) };
        let fields = PersonFields {
            last_name: details.last_name,
            first_name: details.first_name,
            middle_name: details.middle_name,
            position: user.position,
            email,
            role,
            login: user.login,
            language: details.language,
            rights: None,
        };
        let command = EditUser { id, version: details.version, fields };
        let Some(Ok(_)) = self.ask(&caller, &command)? else { return Ok(()) };
        self.model.people[login].role = Some(role);
        self.reach.note("somebody's role changes");
        Ok(())
    }

    fn revoke(&mut self, door: usize, computer: usize) -> Held {
        let id = self.computers[computer].clone();
        let Some(Ok(_)) = self.ask(&self.caller(door), &RevokeComputer { id })? else { return Ok(()) };
        self.model.computers[computer].revoked = true;
        self.reach.note("a computer is revoked");
        Ok(())
    }

    fn reissue(&mut self, door: usize, computer: usize) -> Held {
        let id = self.computers[computer].clone();
        let Some(Ok(reissued)) = self.ask(&self.caller(door), &ReissueComputer { id })? else {
            return Ok(());
        };
        let Some(secret) = reissued.form.computer else {
            return broken("a_right_form_opens", "a new form has no password");
        };
        self.forms[computer] = secret.password;
        self.model.computers[computer].revoked = false;
        if let Some(token) = reissued.token.filter(|_| self.is_heard()) {
            self.browsers[door].caller.computer = Some(token);
        }
        self.reach.note("a computer gets a new form");
        Ok(())
    }

    fn policies(&mut self, door: usize, strikes: u32, minutes: u32) -> Held {
        let caller = self.caller(door);
        let Ok(settings) = self.read(&caller, &ReadSettings {})? else { return Ok(()) };
        let mut policies = settings.policies;
        policies.strikes_max = strikes;
        policies.automatic_unlock_minutes = (minutes > 0).then_some(minutes);
        let command = ChangePolicies { change: PoliciesChange { version: settings.version, policies } };
        let Some(Ok(_)) = self.ask(&caller, &command)? else { return Ok(()) };
        self.model.strikes_max = strikes as usize;
        self.model.automatic_minutes = policies.automatic_unlock_minutes;
        self.reach.note("policies change");
        Ok(())
    }

    fn send_again(&mut self, door: usize, pick: usize) -> Held {
        let caller = self.caller(door);
        let Ok(list) = self.read(&caller, &ListMails {})? else { return Ok(()) };
        let failed: Vec<MailRecord> = list.mails.into_iter().filter(|mail| mail.may_send_again).collect();
        let Some(mail) = failed.get(pick % failed.len().max(1)) else { return Ok(()) };
        let Some(Ok(_)) = self.ask(&caller, &SendMailAgain { id: mail.id.clone() })? else { return Ok(()) };
        self.reach.note("a mail is sent again");
        self.mail_is_renewed(mail.id.as_str())
    }

    fn ring(&mut self) -> Held {
        if self.within_fate(|house| house.try_to_ring())?.is_none() {
            return Ok(());
        }
        if self.model.lapse(self.now()) {
            self.reach.note("a lock ends by itself");
        }
        self.look()?;
        self.send_due_mails()
    }

    /// Key and recipient of the PIN that was mailed last.
    fn newest_pin_mail(&self) -> Held<(String, String)> {
        let statement = "SELECT idempotency_key, recipient FROM outbox WHERE kind = '\"user_account_unlock\"' ORDER BY id DESC LIMIT 1";
        let fault = |error: SqlError| Broken::new("a_pin_goes_to_the_owner_who_pressed", error.to_string());
        let mut rows = self.house.store.query(statement, &[]).map_err(fault)?;
        let Some(row) = rows.first_mut() else {
            return broken("a_pin_goes_to_the_owner_who_pressed", "to nobody");
        };
        Ok((row.take().map_err(fault)?, row.take().map_err(fault)?))
    }
}

fn refused(is_refused: bool, why: &str) -> Held {
    if is_refused { Ok(()) } else { broken("only_another_owner_unlocks", why) }
}
