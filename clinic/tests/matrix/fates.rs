//! What befalls the account, the computer or the clinic while somebody is on the way in, as it befalls them
//! in the product.

use clinic::{
    Caller, Keys,
    commands::{
        archive::{
            CloseClinic, DeleteClinic, ReopenClinic, SignArchive, TakeArchivePage, TakeInClinic,
            WriteArchivePage,
        },
        computers::{EditComputer, ListComputers, ReissueComputer, RemoveComputer, RevokeComputer},
        emergency::UnlockOwner,
        login::Reservation,
        me::SignOutEverywhere,
        outbox::OutgoingMail,
        password::{ChooseOwnPassword, ReserveOwnAttempt, SettleOwnAttempt},
        people::{BringBackUser, EditUser, RemoveUser, RestoreAccess},
        profiles::{AddProfile, ReissueProfile, RemoveProfile},
        question::{AnswerQuestion, Answered},
        recovery::{RequestReset, ResetPassword},
        session::SignOut,
        support::{OpenSupportCase, UnlockBySupport},
    },
    records::{
        restored, schema,
        sql::{Sql, Store},
    },
    testing::{Door, House, pin_in},
};
use wire::{
    Role,
    archive::{self, FIRST_DIGEST, PagePlace},
    computers::Computer,
    people::PersonFields,
    recovery::ResetToken,
};

use crate::{
    scene::{CHOSEN, Scene, WHY, first, link_in, operator},
    table::Fate::{self, *},
};

/// After so long a lock ends by itself where the policy says a minute.
const LAPSE_SECONDS: i64 = 60;
/// Codes that were good when the records were taken up are used up.
pub const CODES_OVER_SECONDS: i64 = 120;
/// The `SECRET_KEY` of another deployment.
const ELSEWHERE: [u8; 32] = [2; 32];

impl Scene {
    /// Lets something befall account, computer or clinic.
    pub fn befall(&mut self, fate: Fate) {
        match fate {
            Nothing => {}
            Locked => self.lock("owner"),
            Lapsed => {
                let minute =
                    "UPDATE settings SET policies = json_set(policies, '$.automatic_unlock_minutes', 1)";
                self.house.store.run(minute, &[]).unwrap();
                self.lock("owner");
                self.house.pass_idle_seconds(LAPSE_SECONDS);
            }
            Unlocked => self.lock_and_unlock(),
            BySupport => {
                self.lock("owner");
                let (reason, phone) = ("The other owner is on a plane".into(), "+44 20 7946 0018".into());
                self.has(&self.manager, &OpenSupportCase { id: self.me.clone(), reason, phone });
                let window = Door::at(&self.house, self.manager.clone()).window(&self.me);
                let case = window.lock.and_then(|lock| lock.support?.case).expect("a case").id;
                let unlock = UnlockBySupport { case, operator: "Sam".into(), why: WHY.into() };
                self.has(&Caller::default(), &unlock);
            }
            InEmergency => {
                self.lock("owner");
                self.lock("partner");
                let unlock = UnlockOwner { login: "owner".parse().unwrap(), reason: WHY.into() };
                self.has(&operator(), &unlock);
            }
            LockedAgain => {
                self.lock_and_unlock();
                self.lock("owner");
            }
            Removed => drop(self.has(&self.partner, &RemoveUser { id: self.me.clone() })),
            BroughtBack => self.remove_and_bring_back(),
            LockedAndBack => {
                self.lock("owner");
                self.remove_and_bring_back();
            }
            Restored => drop(self.has(&self.partner, &RestoreAccess { id: self.me.clone(), first: first() })),
            Reset => {
                self.house.deliver();
                self.has(&self.elsewhere, &RequestReset { login: "owner".parse().unwrap() });
                let ResetToken { account, secret, .. } = link_in(&self.house.deliver());
                let password_hash = CHOSEN.to_owned();
                self.has(&Caller::default(), &ResetPassword { account, secret, password_hash });
            }
            Changed => {
                let caller = self.signed_in_elsewhere();
                self.house.pass_seconds(1);
                let Reservation::Check { attempt, .. } = self.has(&caller, &ReserveOwnAttempt { turn: None })
                else {
                    panic!("nobody else is trying")
                };
                let password_hash = Some("a third hash".to_owned());
                self.has(&caller, &SettleOwnAttempt { attempt, right: true, password_hash });
                self.has(&caller, &SignOut {});
            }
            OutEverywhere => drop(self.has(&self.signed_in_elsewhere(), &SignOutEverywhere {})),
            RoleChanged => self.edit(|fields| fields.role = Role::Employee),
            LoginChanged => self.edit(|fields| fields.login = "chief".into()),
            AddressChanged => self.edit(|fields| fields.email = "chief@clinic.example".into()),
            Revoked => drop(self.has(&self.partner, &RevokeComputer { id: self.reception().id })),
            OffTheList => {
                let id = self.reception().id;
                self.has(&self.partner, &RevokeComputer { id: id.clone() });
                self.has(&self.partner, &RemoveComputer { id });
            }
            Reissued => self.reissue(&self.partner),
            ReissuedBeside => self.reissue(&self.beside.borrow()),
            Moved => drop(self.move_reception()),
            NewCode => {
                let id = self.computers().profiles[0].id.clone();
                self.has(&self.partner, &ReissueProfile { id });
            }
            ProfileGone => self.remove_profile(),
            Closed => self.close(),
            Reopened => {
                self.close();
                self.has(&operator(), &ReopenClinic { reason: WHY.into() });
            }
            Deleted => {
                self.close();
                self.has(&operator(), &DeleteClinic { name: "Harbour Street Clinic".into(), seq: None });
                assert!(!schema::is_opened(&self.house.store).unwrap());
            }
            Backup => {
                let (store, now) = (&self.house.store, self.house.now());
                store.transaction(&mut || restored::take_up(store, now)).unwrap();
                self.house.restart();
                self.house.pass_idle_seconds(CODES_OVER_SECONDS);
            }
            TakenIn => {
                self.close();
                self.house = self.taken_in();
                self.house.pass_idle_seconds(CODES_OVER_SECONDS);
            }
        }
    }

    /// Locks somebody by wrong passwords. A try that is under way is a strike until it is settled, and would
    /// keep the fifth one out, so the owner has typed the right one elsewhere before.
    fn lock(&self, login: &str) {
        if login == "owner" {
            let mut elsewhere = Door::at(&self.house, self.elsewhere.clone());
            elsewhere.password("owner", true).unwrap();
            elsewhere.answer(false).unwrap();
        }
        Door::at(&self.house, self.office.clone()).lock(login);
    }

    fn lock_and_unlock(&self) {
        self.lock("owner");
        self.house.deliver();
        let partner = Door::at(&self.house, self.partner.clone());
        partner.send_pin(&self.me).unwrap();
        let has_pin = |mail: &&OutgoingMail| mail.subject == "User Account Unlock";
        let pin = pin_in(self.house.deliver().iter().find(has_pin).expect("a PIN"));
        partner.unlock(&self.me, &pin).unwrap();
    }

    fn remove_and_bring_back(&self) {
        self.has(&self.partner, &RemoveUser { id: self.me.clone() });
        self.has(&self.partner, &BringBackUser { id: self.me.clone(), first: first() });
    }

    /// The owner, who has signed in in the office, with a password of their own if that was yet to choose.
    fn signed_in_elsewhere(&self) -> Caller {
        let mut door = Door::at(&self.house, self.elsewhere.clone());
        door.password("owner", true).unwrap();
        let Answered { token, choice, .. } = door.ask(&AnswerQuestion { yes: true }).unwrap();
        door.caller.session = token;
        if choice.is_some() {
            door.caller.question = choice;
            let chosen = door.ask(&ChooseOwnPassword { password_hash: CHOSEN.into() }).unwrap();
            door.caller.session = chosen.token;
        }
        door.caller
    }

    fn edit(&self, change: impl FnOnce(&mut PersonFields)) {
        let window = Door::at(&self.house, self.partner.clone()).window(&self.me);
        let details = window.details.expect("an owner sees them");
        let mut fields = PersonFields {
            last_name: details.last_name,
            first_name: details.first_name,
            middle_name: details.middle_name,
            position: window.user.position,
            email: window.email,
            role: window.user.role,
            login: window.user.login,
            language: details.language,
            rights: None,
        };
        change(&mut fields);
        self.has(&self.partner, &EditUser { id: self.me.clone(), version: details.version, fields });
    }

    fn reissue(&self, by: &Caller) {
        let form = self.has(by, &ReissueComputer { id: self.reception().id }).form;
        self.note_form(&form);
    }

    /// Moves the reception to a profile of its own, and gives the address of its QR code.
    fn move_reception(&self) -> String {
        let url = self.has(&self.partner, &AddProfile { name: "Dental".into() }).profile.otpauth_url;
        self.move_to_dental(&self.partner, "Reception 1");
        url
    }

    fn move_to_dental(&self, by: &Caller, label: &str) {
        let list = self.has(by, &ListComputers {});
        let computer = list.computers.into_iter().find(|computer| computer.label == label).expect(label);
        let dental = list.profiles.into_iter().find(|profile| profile.name == "Dental").expect("Dental");
        let Computer { id, version, label, .. } = computer;
        self.has(by, &EditComputer { id, version, label, profile: dental.id });
    }

    /// Moves both computers to another profile, and removes the one that they were of. Nobody moves the
    /// computer that they sit at.
    fn remove_profile(&self) {
        let url = self.move_reception();
        let mut door = Door::at(&self.house, Caller { session: None, ..self.beside.borrow().clone() });
        door.authorize_profile(&self.house.code_of(&url, 0)).unwrap();
        door.sign_in("partner").unwrap();
        self.move_to_dental(&door.caller, "Office");
        let profiles = self.has(&door.caller, &ListComputers {}).profiles;
        let main = profiles.into_iter().find(|profile| profile.name == "Main").expect("Main");
        self.has(&door.caller, &RemoveProfile { id: main.id });
        self.has(&door.caller, &SignOut {});
    }

    fn close(&self) {
        self.has(&operator(), &CloseClinic { reason: WHY.into() });
    }

    /// The clinic, which is closed, where it was taken in.
    fn taken_in(&self) -> House {
        let to = Keys::derive(&ELSEWHERE).archive_key().to_string();
        let there = self.house.elsewhere(ELSEWHERE);
        let code = House::keys().clinic_code([1, 2, 3, 4, 5, 6], None);
        let (mut number, mut place, mut digest) = (0, Some(PagePlace::default()), FIRST_DIGEST);
        while let Some(at) = place {
            let page = self.has(&operator(), &WriteArchivePage { to: to.clone(), number, place: at });
            digest = archive::digest(&digest, &page.sealed);
            let taken = TakeArchivePage { clinic: code.clone(), number, sealed: page.sealed };
            there.ask(&operator(), &taken).unwrap().unwrap();
            (number, place) = (number + 1, page.next);
        }
        let digest = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let end = self.has(&operator(), &SignArchive { to, pages: number, digest }).end;
        there.ask(&operator(), &TakeInClinic { end }).unwrap().unwrap();
        there
    }
}
