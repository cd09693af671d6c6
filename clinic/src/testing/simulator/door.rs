//! What people do at the door of a simulated clinic: the three steps and the question, beside what the model expects.

use wire::{Problem, ProblemCode, fields::Login, sign_in::SignInState};

use super::{
    invariants::{Held, broken},
    model::Turn,
    operation::{Act, Code, LOGINS, Typed},
    tally::{Admission, Outcome, Verdict},
    world::{UnderWay, World},
};
use crate::{
    call::Caller,
    commands::{
        computer::AuthorizeComputer,
        lock::ReadLock,
        login::{Reservation, ReserveAttempt, SettleAttempt},
        password::ChooseOwnPassword,
        profile::AuthorizeProfile,
        question::{AnswerQuestion, Answered},
        recovery::{RequestReset, ResetPassword},
        session::{ReadSignIn, SignOut, UseSession},
    },
    records::tallies::Subject,
    rules::totp::STEP_SECONDS,
};

/// Wrong codes between two pauses, wrong codes that take step 1, wrong codes that stop the profile.
const CODES: (u32, u32, u32) = (5, 10, 100);
const PAUSE_SECONDS: i64 = 60;
const PAUSE_SECONDS_MAX: i64 = 15 * 60;

/// Whether a caller was sent back to an earlier step, where nothing else is looked at.
fn is_sent_back(problem: &Problem) -> bool {
    matches!(problem.code, ProblemCode::ComputerRequired | ProblemCode::ProfileRequired)
}

impl World {
    pub(super) fn act(&mut self, act: Act) -> Held {
        match act {
            Act::Computer { door, computer, right } => self.computer(door.into(), computer.into(), right),
            Act::Profile { door, code } => self.profile(door.into(), code),
            Act::Reserve { door, login, typed } => self.reserve(door.into(), login.into(), typed),
            Act::Settle { door, back } => {
                let of_door = |one: &UnderWay| one.door == usize::from(door);
                let places: Vec<usize> = (0..self.under_way.len())
                    .rev()
                    .filter(|place| of_door(&self.under_way[*place]))
                    .collect();
                let Some(place) = places.get(usize::from(back) % places.len().max(1)) else { return Ok(()) };
                let one = self.under_way.remove(*place);
                self.settle(one)
            }
            Act::SettleAgain { pick } => {
                let Some(one) = self.settled.get(usize::from(pick) % self.settled.len().max(1)) else {
                    return Ok(());
                };
                self.settle(one.clone())
            }
            Act::Answer { door, yes } => self.answer(door.into(), yes),
            Act::Choose { door } => self.choose(door.into()),
            Act::Use { door } => {
                let caller = self.browsers[usize::from(door)].caller.clone();
                self.ask(&caller, &UseSession {}).map(drop)
            }
            Act::SignOut { door } => {
                let caller = self.browsers[usize::from(door)].caller.clone();
                self.ask(&caller, &SignOut {}).map(drop)
            }
            Act::Look { door, login } => self.look_around(door.into(), login.into()),
            Act::RequestReset { door, login } => {
                let caller = self.browsers[usize::from(door)].caller.clone();
                let login = LOGINS[usize::from(login)].parse().map_err(unexpected)?;
                self.ask(&caller, &RequestReset { login }).map(drop)
            }
            Act::Reset { pick } => self.reset(pick.into()),
            act => self.manage(act),
        }
    }

    fn computer(&mut self, door: usize, computer: usize, right: bool) -> Held {
        let typed = if right { computer } else { (computer + 1) % self.forms.len() };
        let password = self.forms[typed].parse().map_err(unexpected)?;
        let caller = self.browsers[door].caller.clone();
        let command = AuthorizeComputer { number: computer as u32 + 1, password };
        let Some(reply) = self.ask(&caller, &command)? else { return Ok(()) };
        let revoked = self.model.computers[computer].revoked;
        match reply {
            Ok(_) if revoked || !right => broken("a_revoked_computer_opens_nothing", "step 1 was passed"),
            Err(problem) if right && !revoked => broken("a_right_form_opens", problem.code.as_str()),
            Ok(granted) => {
                if self.is_heard() {
                    let browser = &mut self.browsers[door];
                    browser.caller.computer = Some(granted.token);
                    (browser.computer, browser.asked, browser.session) = (computer, None, None);
                }
                Ok(())
            }
            Err(_) => Ok(()),
        }
    }

    fn profile(&mut self, door: usize, code: Code) -> Held {
        let computer = self.browsers[door].computer;
        let window = [-1, 0, 1].map(|ahead| self.house.code(ahead));
        let code = match code {
            Code::Ahead(steps) => self.house.code(steps.into()),
            Code::Wrong => {
                (0..).map(|n| format!("{n:06}")).find(|code| !window.contains(code)).unwrap_or_default()
            }
        };
        let now = self.now();
        let step = now.seconds().div_euclid(STEP_SECONDS as i64) - 1;
        let steps: Vec<i64> =
            (step..).zip(&window).filter(|(_, good)| **good == code).map(|(step, _)| step).collect();
        let caller = self.browsers[door].caller.clone();
        let command = AuthorizeProfile { code: code.parse().map_err(unexpected)? };
        let Some(reply) = self.ask(&caller, &command)? else { return Ok(()) };
        let counted = self.wrong_codes_of(computer)?;
        let of_profile = self.model.wrong_codes;
        let model = &mut self.model.computers[computer];
        let is_used = !steps.is_empty() && steps.iter().all(|step| model.used.contains(step));
        match reply {
            Ok(granted) => {
                if steps.is_empty() || is_used || model.revoked {
                    return broken("a_code_is_accepted_once_and_only_when_it_is_right", code);
                }
                model.used.extend(steps);
                (model.wrong_codes, model.paused_until) = (0, wire::Timestamp(0));
                self.model.wrong_codes = 0;
                if self.is_heard() {
                    let browser = &mut self.browsers[door];
                    browser.caller.profile = Some(granted.token);
                    (browser.asked, browser.session) = (None, None);
                }
                Ok(())
            }
            Err(problem) => match problem.code {
                ProblemCode::CodesPaused if model.paused_until > now => {
                    self.reach.note("codes pause");
                    Ok(())
                }
                ProblemCode::ProfileStopped if of_profile >= CODES.2 => Ok(()),
                ProblemCode::CodeUsed if is_used => {
                    self.reach.note("a code is refused because it was used");
                    Ok(())
                }
                ProblemCode::CodeWrong | ProblemCode::ComputerRequired
                    if steps.is_empty() && counted != model.wrong_codes =>
                {
                    model.wrong_codes += 1;
                    if model.wrong_codes.is_multiple_of(CODES.0) {
                        let doublings = (model.wrong_codes / CODES.0 - 1).min(8);
                        let seconds = (PAUSE_SECONDS << doublings).min(PAUSE_SECONDS_MAX);
                        model.paused_until = now.plus_seconds(seconds);
                    }
                    let out = model.wrong_codes.is_multiple_of(CODES.1);
                    self.model.wrong_codes += 1;
                    self.reach.note("a code is wrong");
                    match out == (problem.code == ProblemCode::ComputerRequired) {
                        true => Ok(()),
                        false => broken("ten_wrong_codes_take_step_1", problem.code.as_str()),
                    }
                }
                ProblemCode::ComputerRequired if counted == model.wrong_codes => Ok(()),
                code => broken("a_right_code_is_accepted", code.as_str()),
            },
        }
    }

    fn reserve(&mut self, door: usize, login: usize, typed: Typed) -> Held {
        let passwords = &self.model.people[login].passwords;
        let typed = match typed {
            Typed::Right => passwords.last(),
            Typed::Former => passwords.len().checked_sub(2).and_then(|place| passwords.get(place)),
            Typed::Wrong => None,
        };
        let (typed, count) = (typed.cloned(), passwords.len());
        let caller = self.browsers[door].caller.clone();
        let computer = self.browsers[door].computer;
        let Some(reply) = self.in_turn(&caller, computer, login)? else { return Ok(()) };
        let (now, strikes_max) = (self.now(), self.model.strikes_max);
        let (stranger, latest) = (!self.model.people[login].is_present(), self.model.latest);
        let tally = self.model.tally_of(login);
        let (admission, began) = tally.reserve(now, strikes_max);
        tally.touched = latest;
        if began {
            self.reach.note("a lock begins with tries that nobody settled");
        }
        match (reply, admission) {
            (Ok(Reservation::Check { attempt, password_hash }), Admission::Check) => {
                self.model.tally_of(login).reserved(attempt.number, now, strikes_max);
                if stranger != matches!(attempt.subject, Subject::Unknown(_)) {
                    return broken("a_login_without_an_account_is_no_account", LOGINS[login]);
                }
                let right = typed.is_some_and(|typed| password_hash == format!("hash of {typed}"));
                if self.is_heard() {
                    let passwords = count;
                    self.under_way.push(UnderWay {
                        door,
                        computer,
                        caller,
                        login,
                        stranger,
                        attempt,
                        right,
                        passwords,
                        at: latest,
                    });
                }
                Ok(())
            }
            (Ok(Reservation::Wait), Admission::Wait) => {
                self.reach.note("a try has to wait");
                Ok(())
            }
            (Err(problem), Admission::Locked) if problem.code == ProblemCode::AccountLocked => {
                self.reach.note("a try at a locked login");
                Ok(())
            }
            (reply, expected) => broken(
                "tries_are_let_in_as_promised",
                format!("{expected:?} was expected, and came {reply:?}"),
            ),
        }
    }

    /// Reserves a try as the Worker does, which waits for its turn. Nothing comes back where the try went no further.
    fn in_turn(
        &mut self,
        caller: &Caller,
        at_computer: usize,
        login: usize,
    ) -> Held<Option<Result<Reservation, Problem>>> {
        let login = LOGINS[login].parse::<Login>().map_err(unexpected)?;
        let asked_at = self.now();
        let first = ReserveAttempt { login: login.clone(), turn: None };
        let Some(reply) = self.ask(caller, &first)? else { return Ok(None) };
        if reply.as_ref().is_err_and(is_sent_back) {
            return Ok(None);
        }
        let computer = &mut self.model.computers[at_computer];
        if computer.rests_until(asked_at).is_some() {
            self.reach.note("a computer rests");
        }
        match (reply, computer.ask_for_turn(asked_at)) {
            (Err(problem), Turn::Refused) if problem.code == ProblemCode::SlowDown => {
                self.reach.note("a try would wait too long for its turn");
                Ok(None)
            }
            (Ok(Reservation::Turn { at, wait_millis }), Turn::At(turn)) if at == turn && turn > asked_at => {
                self.reach.note("a try waits for its turn");
                if !self.is_heard() {
                    return Ok(None);
                }
                self.pass_millis(wait_millis.into());
                let reply = self.ask(caller, &ReserveAttempt { login, turn: Some(at) })?;
                // The profile may have run out meanwhile.
                let Some(reply) = reply.filter(|reply| !reply.as_ref().is_err_and(is_sent_back)) else {
                    return Ok(None);
                };
                let now = self.now();
                let computer = &mut self.model.computers[at_computer];
                if computer.rests_until(now).is_none() {
                    return Ok(Some(reply));
                }
                // A clock that was set back had made nothing of a rest that is one again by now.
                match (reply, computer.ask_for_turn(now)) {
                    (Err(problem), Turn::Refused) if problem.code == ProblemCode::SlowDown => Ok(None),
                    (Ok(Reservation::Turn { at, .. }), Turn::At(turn)) if at == turn => Ok(None),
                    (reply, expected) => broken(
                        "turns_are_given_as_promised",
                        format!("{expected:?} was expected after a wait, and came {reply:?}"),
                    ),
                }
            }
            (reply, Turn::At(turn)) if turn == asked_at && !matches!(reply, Ok(Reservation::Turn { .. })) => {
                Ok(Some(reply))
            }
            (reply, expected) => broken(
                "turns_are_given_as_promised",
                format!("{expected:?} was expected at {asked_at:?}, and came {reply:?}"),
            ),
        }
    }

    fn settle(&mut self, one: UnderWay) -> Held {
        let command = SettleAttempt { attempt: one.attempt.clone(), right: one.right };
        let Some(reply) = self.ask(&one.caller, &command)? else { return Ok(()) };
        if reply.as_ref().is_err_and(is_sent_back) {
            return Ok(());
        }
        let (now, strikes_max, latest) = (self.now(), self.model.strikes_max, self.model.latest);
        let person = &mut self.model.people[one.login];
        let right = one.right && one.passwords == person.passwords.len() && !one.stranger;
        let number = one.attempt.number;
        let verdict = if !one.stranger && person.removed {
            self.reach.note("a try at somebody who was removed meanwhile");
            Verdict::Busy
        } else {
            let tally = if one.stranger { &mut person.stranger } else { &mut person.tally };
            let later = tally.counted().any(|other| other.number > number && other.outcome == Outcome::Wrong);
            tally.touched = latest;
            let verdict = tally.settle(number, right, now, strikes_max);
            match verdict {
                Verdict::Right if later => self.reach.note("a right password comes late"),
                Verdict::Locked if right => self.reach.note("a right password comes while it is locked"),
                Verdict::LockedNow if one.stranger => self.reach.note("a lock of a login that nobody has"),
                Verdict::LockedNow => self.reach.note("a lock begins with a wrong password"),
                Verdict::Busy => self.reach.note("a try is settled twice"),
                _ => {}
            }
            verdict
        };
        let computer = &mut self.model.computers[one.computer];
        match verdict {
            Verdict::Right => computer.wrong_passwords.0 = 0,
            Verdict::Wrong(_) | Verdict::LockedNow => {
                computer.wrong_passwords = (computer.wrong_passwords.0 + 1, now);
            }
            Verdict::Locked | Verdict::Busy => {}
        }
        let told = |problem: &Problem| (problem.code, problem.tries_left.map(|tries| tries as usize));
        let (door, login) = (one.door, one.login);
        self.settled.push(one);
        match (reply, verdict) {
            (Ok(granted), Verdict::Right) => {
                if self.is_heard() {
                    let step = self.model.step;
                    let browser = &mut self.browsers[door];
                    browser.caller.question = Some(granted.token);
                    (browser.asked, browser.session) = (Some((login, step)), None);
                }
                Ok(())
            }
            (Err(problem), Verdict::Wrong(left))
                if told(&problem) == (ProblemCode::LoginWrong, Some(left)) =>
            {
                Ok(())
            }
            (Err(problem), Verdict::LockedNow | Verdict::Locked)
                if problem.code == ProblemCode::AccountLocked =>
            {
                Ok(())
            }
            (Err(problem), Verdict::Busy) if problem.code == ProblemCode::Busy => Ok(()),
            (reply, expected) => {
                let came = reply.map(drop);
                broken(
                    "a_try_is_settled_as_promised",
                    format!("{expected:?} was expected, and came {came:?}"),
                )
            }
        }
    }

    fn answer(&mut self, door: usize, yes: bool) -> Held {
        let caller = self.browsers[door].caller.clone();
        let Some(Ok(answered)) = self.ask(&caller, &AnswerQuestion { yes })? else { return Ok(()) };
        if !yes {
            return match answered.token.is_none() && answered.choice.is_none() {
                true => Ok(()),
                false => broken("only_a_yes_begins_a_session", LOGINS[0]),
            };
        }
        self.reach.note("a question is answered yes");
        self.begun(door, answered)
    }

    fn choose(&mut self, door: usize) -> Held {
        let caller = self.browsers[door].caller.clone();
        let Some((login, _)) = self.browsers[door].asked else { return Ok(()) };
        let password = self.new_password(login);
        let command = ChooseOwnPassword { password_hash: format!("hash of {password}") };
        let Some(Ok(answered)) = self.ask(&caller, &command)? else { return Ok(()) };
        self.begun(door, answered)?;
        self.model.people[login].passwords.push(password);
        self.model.end_all_of(login);
        self.reach.note("a password of one's own is chosen");
        Ok(())
    }

    /// A yes, or a password of one's own, has led on: may it?
    fn begun(&mut self, door: usize, answered: Answered) -> Held {
        let Some((login, asked_at)) = self.browsers[door].asked else {
            return broken("no_session_begins_without_a_question", format!("at browser {door}"));
        };
        let person = &self.model.people[login];
        let stands = person.is_present() && person.tally.lock.is_none();
        if !stands || person.unlocked_at > asked_at || person.ended_at > asked_at {
            return broken("no_session_passes_a_lock_or_a_removal", LOGINS[login]);
        }
        if answered.token.is_some() {
            self.reach.note("a session begins");
        }
        if self.is_heard() {
            let browser = &mut self.browsers[door];
            if answered.token.is_some() {
                browser.session = Some(login);
            }
            browser.caller.session = answered.token.or(browser.caller.session.take());
            browser.caller.question = answered.choice;
        }
        Ok(())
    }

    fn look_around(&mut self, door: usize, login: usize) -> Held {
        let caller = self.browsers[door].caller.clone();
        let state = self.read(&caller, &ReadSignIn {})?;
        let computer = &self.model.computers[self.browsers[door].computer];
        match state {
            Ok(SignInState::Computer) => {}
            Ok(_) if computer.revoked => {
                return broken("a_revoked_computer_opens_nothing", "a token of it is good");
            }
            Ok(SignInState::SignedIn { me, .. }) => {
                let whose = self.model.login_of(&me.account);
                if whose.is_none_or(|login| !self.model.people[login].is_present()) {
                    return broken("no_session_passes_a_lock_or_a_removal", me.login);
                }
            }
            _ => {}
        }
        let command = ReadLock { login: LOGINS[login].parse().map_err(unexpected)? };
        let Ok(told) = self.read(&caller, &command)? else { return Ok(()) };
        let locked = self.model.tally_of(login).lock.is_some();
        match told.locked == locked {
            true => Ok(()),
            false => broken("the_waiting_screen_says_whether_it_is_locked", LOGINS[login]),
        }
    }

    fn reset(&mut self, pick: usize) -> Held {
        let place = pick % self.post.links.len().max(1);
        let Some((token, used)) = self.post.links.get(place).cloned() else { return Ok(()) };
        let Some(login) = self.model.login_of(&token.account) else { return Ok(()) };
        let password = self.new_password(login);
        let password_hash = format!("hash of {password}");
        let command = ResetPassword { account: token.account, secret: token.secret, password_hash };
        let Some(Ok(_)) = self.ask(&Caller::default(), &command)? else { return Ok(()) };
        let person = &mut self.model.people[login];
        if used || !person.is_present() || person.tally.lock.is_some() {
            return broken("a_link_resets_once_and_never_around_a_lock", LOGINS[login]);
        }
        person.passwords.push(password);
        self.post.links[place].1 = true;
        self.model.end_all_of(login);
        self.model.forget_pins(login);
        self.reach.note("a link resets a password");
        Ok(())
    }

    /// A password that nobody had before.
    pub(super) fn new_password(&self, login: usize) -> String {
        format!("{} {}", LOGINS[login], self.model.step)
    }
}

/// What is typed is well formed; only what it means may be refused.
pub(super) fn unexpected(problem: Problem) -> super::invariants::Broken {
    super::invariants::Broken::new("what_is_typed_is_well_formed", problem.code.as_str())
}
