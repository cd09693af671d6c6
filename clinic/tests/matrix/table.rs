//! The ways, their fates, and where each way leads with each fate.

use wire::ProblemCode as P;

use self::{
    End::{Done, In, No},
    Fate::*,
};

/// A way to a session, to the beginning of one, or around a lock: what somebody holds before the rest of it
/// is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The form, the authenticator and the password, of which nothing was used yet.
    Form,
    /// Step 1 done, the authenticator and the password at hand.
    Code,
    /// Steps 1 and 2 done, the password at hand.
    Password,
    /// A try whose password is looked at just now, and is right.
    Try,
    /// "Is this you?", open.
    Question,
    /// The choice of a password of one's own, open.
    Choice,
    /// A session, used on.
    Session,
    /// A screen that covered itself, and the password.
    Covered,
    /// The own password, looked at just now within the session, to go on.
    Confirm,
    /// The same, to take another one.
    Change,
    /// The same, settled at the door.
    WithinToDoor,
    /// The mailed link, and the password that is chosen with it.
    Link,
    /// A session, and the token of the new form that was made for its own computer.
    NewForm,
    /// A session that was kept back while step 1 was taken anew, with the form that is good by then.
    Kept,
    /// A question that was kept back in the same way.
    KeptQuestion,
    /// A yes whose answer got lost: the Worker asks again under the same name.
    LostAnswer,
    /// A question from before, once the operator of the deployment has ended the lock of all owners.
    Emergency,
    /// The authenticator, once the operator has a stopped profile take codes again.
    Reopening,
    /// A session, and the mailed PIN for a colleague who is locked.
    Pin,
}

/// What becomes of the account, the computer or the clinic before the way comes to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// Nothing: the way has to lead where it leads.
    Nothing,
    /// Five wrong passwords lock the account.
    Locked,
    /// The same, and the lock has lasted as long as the policy lets it.
    Lapsed,
    /// The same, and the other owner has unlocked it with a PIN.
    Unlocked,
    /// The same, and support has.
    BySupport,
    /// Every owner was locked, and the operator has unlocked this one.
    InEmergency,
    /// Locked, unlocked, and locked once more.
    LockedAgain,
    /// Removed.
    Removed,
    /// Removed and brought back.
    BroughtBack,
    /// Locked, removed and brought back: locked still.
    LockedAndBack,
    /// Given a new first password.
    Restored,
    /// Another password was chosen with a link.
    Reset,
    /// Another password was chosen in another session.
    Changed,
    /// Signed out everywhere, from another session.
    OutEverywhere,
    /// An owner no more.
    RoleChanged,
    /// Another login.
    LoginChanged,
    /// Another address.
    AddressChanged,
    /// The computer is revoked.
    Revoked,
    /// Revoked, and taken off the list.
    OffTheList,
    /// The computer has a new form.
    Reissued,
    /// The same, made in another browser of that computer, which goes on.
    ReissuedBeside,
    /// The computer belongs to another profile.
    Moved,
    /// The profile has a new QR code.
    NewCode,
    /// The profile is gone, its computers belong to another.
    ProfileGone,
    /// The clinic is closed.
    Closed,
    /// Closed, and open again.
    Reopened,
    /// Closed and deleted.
    Deleted,
    /// Its records were brought back from a backup.
    Backup,
    /// It was taken in elsewhere, and is asked there.
    TakenIn,
}

pub const FATES: [Fate; 29] = [
    Nothing,
    Locked,
    Lapsed,
    Unlocked,
    BySupport,
    InEmergency,
    LockedAgain,
    Removed,
    BroughtBack,
    LockedAndBack,
    Restored,
    Reset,
    Changed,
    OutEverywhere,
    RoleChanged,
    LoginChanged,
    AddressChanged,
    Revoked,
    OffTheList,
    Reissued,
    ReissuedBeside,
    Moved,
    NewCode,
    ProfileGone,
    Closed,
    Reopened,
    Deleted,
    Backup,
    TakenIn,
];

impl Fate {
    /// Whether nobody may get in from here on, by whatever way: no session and no question more than before.
    pub fn shuts(self) -> bool {
        let locked = matches!(self, Locked | LockedAgain | LockedAndBack);
        locked || matches!(self, Removed | Revoked | OffTheList | Closed | Deleted)
    }
}

/// Where a way leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// To a session, or on in one.
    In,
    /// To its own end, which is none.
    Done,
    /// Nowhere.
    No(P),
}

/// Fates that a way comes to the same end with: where it leads, how many sessions and questions of that
/// person then stand in the records, and the fates. A session that stands may be worth nothing, where its
/// clinic is closed or its step 2 is gone.
pub type Cells<F> = (End, [u32; 2], &'static [F]);

/// One row a way.
#[rustfmt::skip]
pub const TABLE: [(Way, &[Cells<Fate>]); 19] = [
    (Way::Form, &[
        (In, [1, 0], &[Nothing, Lapsed, Unlocked, BySupport, InEmergency, OutEverywhere, RoleChanged,
            AddressChanged, Reopened]),
        (In, [1, 0], &[Backup, TakenIn]),
        (No(P::AccountLocked), [0, 0], &[Locked, LockedAgain, LockedAndBack]),
        (No(P::LoginWrong), [0, 0], &[Removed, BroughtBack, Restored, Reset, Changed, LoginChanged]),
        (No(P::ComputerWrong), [0, 0], &[Revoked, OffTheList, Reissued, ReissuedBeside, Deleted]),
        (No(P::CodeWrong), [0, 0], &[Moved, NewCode, ProfileGone]),
        (No(P::ClinicClosed), [0, 0], &[Closed]),
    ]),
    (Way::Code, &[
        (In, [1, 0], &[Nothing, Lapsed, Unlocked, BySupport, InEmergency, OutEverywhere, RoleChanged,
            AddressChanged, Reopened]),
        (No(P::AccountLocked), [0, 0], &[Locked, LockedAgain, LockedAndBack]),
        (No(P::LoginWrong), [0, 0], &[Removed, BroughtBack, Restored, Reset, Changed, LoginChanged]),
        (No(P::ComputerRequired), [0, 0], &[Revoked, OffTheList, Reissued, ReissuedBeside, Deleted, Backup,
            TakenIn]),
        (No(P::CodeWrong), [0, 0], &[Moved, NewCode, ProfileGone]),
        (No(P::ClinicClosed), [0, 0], &[Closed]),
    ]),
    (Way::Password, &[
        (In, [1, 0], &[Nothing, Lapsed, Unlocked, BySupport, InEmergency, OutEverywhere, RoleChanged,
            AddressChanged, Reopened]),
        (No(P::AccountLocked), [0, 0], &[Locked, LockedAgain, LockedAndBack]),
        (No(P::LoginWrong), [0, 0], &[Removed, BroughtBack, Restored, Reset, Changed, LoginChanged]),
        (No(P::ComputerRequired), [0, 0], &[Revoked, OffTheList, Reissued, ReissuedBeside, Deleted, Backup,
            TakenIn]),
        (No(P::ProfileRequired), [0, 0], &[Moved, NewCode, ProfileGone]),
        (No(P::ClinicClosed), [0, 0], &[Closed]),
    ]),
    (Way::Try, &[
        (In, [1, 0], &[Nothing, OutEverywhere, RoleChanged, LoginChanged, AddressChanged, Reopened]),
        (No(P::AccountLocked), [0, 0], &[Locked, LockedAgain, LockedAndBack]),
        // What was begun before an unlock ends with it, however it was unlocked; and a try of somebody who
        // has gone is sent back.
        (No(P::Busy), [0, 0], &[Lapsed, Unlocked, BySupport, InEmergency, Removed]),
        (No(P::LoginWrong), [0, 0], &[BroughtBack, Restored, Reset, Changed]),
        (No(P::ComputerRequired), [0, 0], &[Revoked, OffTheList, Reissued, ReissuedBeside, Deleted, Backup,
            TakenIn]),
        (No(P::ProfileRequired), [0, 0], &[Moved, NewCode, ProfileGone]),
        (No(P::ClinicClosed), [0, 0], &[Closed]),
    ]),
    (Way::Question, &[
        (In, [1, 0], &[Nothing, RoleChanged, LoginChanged, AddressChanged, Reopened]),
        (No(P::AccountLocked), [0, 0], &[Locked]),
        (No(P::QuestionExpired), [0, 0], &[Lapsed, Unlocked, BySupport, InEmergency, LockedAgain]),
        (No(P::QuestionExpired), [0, 0], &[Removed, BroughtBack, LockedAndBack, Restored, Reset, Changed,
            OutEverywhere]),
        (No(P::ComputerRequired), [0, 0], &[Revoked, OffTheList, Reissued, ReissuedBeside, Deleted, Backup,
            TakenIn]),
        (No(P::ProfileRequired), [0, 0], &[Moved, ProfileGone]),
        (No(P::ProfileRequired), [0, 1], &[NewCode]),
        (No(P::ClinicClosed), [0, 1], &[Closed]),
    ]),
    (Way::Choice, &[
        (In, [1, 0], &[Nothing, RoleChanged, LoginChanged, AddressChanged, Reopened]),
        (No(P::QuestionExpired), [0, 1], &[Locked]),
        (No(P::QuestionExpired), [0, 0], &[Lapsed, Unlocked, BySupport, InEmergency, LockedAgain]),
        (No(P::QuestionExpired), [0, 0], &[Removed, BroughtBack, LockedAndBack, Restored, Reset, Changed,
            OutEverywhere]),
        (No(P::ComputerRequired), [0, 0], &[Revoked, OffTheList, Reissued, ReissuedBeside, Deleted, Backup,
            TakenIn]),
        (No(P::ProfileRequired), [0, 0], &[Moved, ProfileGone]),
        (No(P::ProfileRequired), [0, 1], &[NewCode]),
        (No(P::ClinicClosed), [0, 1], &[Closed]),
    ]),
    // A lock ends no session that began before it, and a new QR code ends none that was begun with a good
    // code.
    (Way::Session, &[
        (In, [1, 0], &[Nothing, Locked, Lapsed, Unlocked, BySupport, InEmergency, LockedAgain]),
        (In, [1, 0], &[RoleChanged, LoginChanged, AddressChanged, NewCode, Reopened]),
        (No(P::SessionRequired), [0, 0], &[Removed, BroughtBack, LockedAndBack, Restored, Reset, Changed,
            OutEverywhere]),
        (No(P::SessionRequired), [0, 0], &[Moved, ProfileGone]),
        (No(P::ComputerRequired), [0, 0], &[Revoked, OffTheList, Reissued, ReissuedBeside, Deleted, Backup,
            TakenIn]),
        (No(P::ClinicClosed), [1, 0], &[Closed]),
    ]),
    // The session under the cover stands until it is over, or somebody has typed the password.
    (Way::Covered, &[
        (In, [1, 0], &[Nothing, Lapsed, Unlocked, BySupport, InEmergency, OutEverywhere, RoleChanged,
            AddressChanged, Reopened]),
        (No(P::AccountLocked), [1, 0], &[Locked, LockedAgain]),
        (No(P::AccountLocked), [0, 0], &[LockedAndBack]),
        (No(P::LoginWrong), [0, 0], &[Removed, BroughtBack, Restored, Reset, Changed]),
        (No(P::LoginWrong), [1, 0], &[LoginChanged]),
        (No(P::ComputerRequired), [0, 0], &[Revoked, OffTheList, Reissued, ReissuedBeside, Deleted, Backup,
            TakenIn]),
        (No(P::ProfileRequired), [0, 0], &[Moved, ProfileGone]),
        (No(P::ProfileRequired), [1, 0], &[NewCode]),
        (No(P::ClinicClosed), [1, 0], &[Closed]),
    ]),
    (Way::Confirm, &[
        (In, [1, 0], &[Nothing, RoleChanged, LoginChanged, AddressChanged, NewCode, Reopened]),
        (No(P::AccountLocked), [1, 0], &[Locked, LockedAgain]),
        (No(P::Busy), [1, 0], &[Lapsed, Unlocked, BySupport, InEmergency]),
        (No(P::SessionRequired), [0, 0], &[Removed, BroughtBack, LockedAndBack, Restored, Reset, Changed,
            OutEverywhere]),
        (No(P::SessionRequired), [0, 0], &[Moved, ProfileGone]),
        (No(P::ComputerRequired), [0, 0], &[Revoked, OffTheList, Reissued, ReissuedBeside, Deleted, Backup,
            TakenIn]),
        (No(P::ClinicClosed), [1, 0], &[Closed]),
    ]),
    (Way::Change, &[
        (In, [1, 0], &[Nothing, RoleChanged, LoginChanged, AddressChanged, NewCode, Reopened]),
        (No(P::AccountLocked), [1, 0], &[Locked, LockedAgain]),
        (No(P::Busy), [1, 0], &[Lapsed, Unlocked, BySupport, InEmergency]),
        (No(P::SessionRequired), [0, 0], &[Removed, BroughtBack, LockedAndBack, Restored, Reset, Changed,
            OutEverywhere]),
        (No(P::SessionRequired), [0, 0], &[Moved, ProfileGone]),
        (No(P::ComputerRequired), [0, 0], &[Revoked, OffTheList, Reissued, ReissuedBeside, Deleted, Backup,
            TakenIn]),
        (No(P::ClinicClosed), [1, 0], &[Closed]),
    ]),
    (Way::WithinToDoor, &[
        (In, [1, 0], &[Nothing, OutEverywhere, RoleChanged, LoginChanged, AddressChanged, Reopened]),
        (No(P::AccountLocked), [1, 0], &[Locked, LockedAgain]),
        (No(P::AccountLocked), [0, 0], &[LockedAndBack]),
        (No(P::Busy), [1, 0], &[Lapsed, Unlocked, BySupport, InEmergency]),
        (No(P::Busy), [0, 0], &[Removed]),
        (No(P::LoginWrong), [0, 0], &[BroughtBack, Restored, Reset, Changed]),
        (No(P::ComputerRequired), [0, 0], &[Revoked, OffTheList, Reissued, ReissuedBeside, Deleted, Backup,
            TakenIn]),
        (No(P::ProfileRequired), [0, 0], &[Moved, ProfileGone]),
        (No(P::ProfileRequired), [1, 0], &[NewCode]),
        (No(P::ClinicClosed), [1, 0], &[Closed]),
    ]),
    // The link needs no computer; signing in with what was chosen does.
    (Way::Link, &[
        (In, [1, 0], &[Nothing, OutEverywhere, RoleChanged, LoginChanged, Reopened]),
        (No(P::ResetLocked), [0, 0], &[Locked]),
        (No(P::ResetLinkWrong), [0, 0], &[Lapsed, Unlocked, BySupport, InEmergency, LockedAgain]),
        (No(P::ResetLinkWrong), [0, 0], &[Removed, BroughtBack, LockedAndBack, Restored, Reset, Changed,
            AddressChanged]),
        (No(P::ResetLinkWrong), [0, 0], &[Deleted, Backup, TakenIn]),
        (No(P::ComputerRequired), [0, 0], &[Revoked, OffTheList, Reissued, ReissuedBeside]),
        (No(P::ProfileRequired), [0, 0], &[Moved, NewCode, ProfileGone]),
        (No(P::ClinicClosed), [0, 0], &[Closed]),
    ]),
    (Way::NewForm, &[
        (In, [1, 0], &[Nothing, Locked, Lapsed, Unlocked, BySupport, InEmergency, LockedAgain]),
        (In, [1, 0], &[RoleChanged, LoginChanged, AddressChanged, NewCode, Reopened]),
        (No(P::SessionRequired), [0, 0], &[Removed, BroughtBack, LockedAndBack, Restored, Reset, Changed,
            OutEverywhere]),
        (No(P::SessionRequired), [0, 0], &[Moved, ProfileGone]),
        (No(P::ComputerRequired), [0, 0], &[Revoked, OffTheList, Reissued, ReissuedBeside, Deleted, Backup,
            TakenIn]),
        (No(P::ClinicClosed), [1, 0], &[Closed]),
    ]),
    // Whoever brings less than they have ends less; what a new form has ended is over nevertheless.
    (Way::Kept, &[
        (In, [1, 0], &[Nothing, Locked, Lapsed, Unlocked, BySupport, InEmergency, LockedAgain]),
        (In, [1, 0], &[RoleChanged, LoginChanged, AddressChanged, NewCode, Reopened]),
        (No(P::SessionRequired), [0, 0], &[Removed, BroughtBack, LockedAndBack, Restored, Reset, Changed,
            OutEverywhere]),
        (No(P::SessionRequired), [0, 0], &[Reissued, ReissuedBeside, Moved, ProfileGone, Backup, TakenIn]),
        (No(P::ComputerWrong), [0, 0], &[Revoked, OffTheList, Deleted]),
        (No(P::ClinicClosed), [1, 0], &[Closed]),
    ]),
    (Way::KeptQuestion, &[
        (In, [1, 0], &[Nothing, RoleChanged, LoginChanged, AddressChanged, Reopened]),
        (No(P::AccountLocked), [0, 0], &[Locked]),
        (No(P::QuestionExpired), [0, 0], &[Lapsed, Unlocked, BySupport, InEmergency, LockedAgain]),
        (No(P::QuestionExpired), [0, 0], &[Removed, BroughtBack, LockedAndBack, Restored, Reset, Changed,
            OutEverywhere]),
        (No(P::ProfileRequired), [0, 0], &[Reissued, ReissuedBeside, Moved, ProfileGone, Backup, TakenIn]),
        (No(P::ProfileRequired), [0, 1], &[NewCode]),
        (No(P::ComputerWrong), [0, 0], &[Revoked, OffTheList, Deleted]),
        (No(P::ClinicClosed), [0, 1], &[Closed]),
    ]),
    // The answer is repeated to the letter, and its token is worth what the session is worth by then.
    (Way::LostAnswer, &[
        (In, [1, 0], &[Nothing, Locked, Lapsed, Unlocked, BySupport, InEmergency, LockedAgain]),
        (In, [1, 0], &[RoleChanged, LoginChanged, AddressChanged, NewCode, Reopened]),
        (No(P::SessionRequired), [0, 0], &[Removed, BroughtBack, LockedAndBack, Restored, Reset, Changed,
            OutEverywhere]),
        (No(P::SessionRequired), [0, 0], &[Moved, ProfileGone]),
        (No(P::ComputerRequired), [0, 0], &[Revoked, OffTheList, Reissued, ReissuedBeside, Deleted, Backup,
            TakenIn]),
        (No(P::ClinicClosed), [1, 0], &[Closed]),
    ]),
    // Where nobody gets to the door of the office any more, nobody can lock the owners there.
    (Way::Emergency, &[
        (Done, [0, 0], &[Nothing, Locked, Lapsed, Unlocked, BySupport, InEmergency, LockedAgain, BroughtBack,
            LockedAndBack]),
        (Done, [0, 0], &[Restored, Reset, Changed, OutEverywhere, LoginChanged, AddressChanged, Reopened]),
        (Done, [0, 0], &[Revoked, OffTheList, Reissued, ReissuedBeside, Moved]),
        (No(P::NotFound), [0, 0], &[Removed, RoleChanged, Deleted]),
        (No(P::NotLocked), [0, 1], &[NewCode]),
        (No(P::NotLocked), [0, 0], &[ProfileGone, Backup, TakenIn]),
        (No(P::ClinicClosed), [0, 1], &[Closed]),
    ]),
    (Way::Reopening, &[
        (Done, [0, 0], &[Nothing, Locked, Lapsed, Unlocked, BySupport, InEmergency, LockedAgain, Removed,
            BroughtBack, LockedAndBack]),
        (Done, [0, 0], &[Restored, Reset, Changed, OutEverywhere, RoleChanged, LoginChanged, AddressChanged,
            Reopened]),
        (No(P::ComputerRequired), [0, 0], &[Revoked, OffTheList, Reissued, ReissuedBeside, Backup, TakenIn]),
        (No(P::NotAnEmergency), [0, 0], &[Moved, NewCode]),
        (No(P::NotFound), [0, 0], &[ProfileGone, Deleted]),
        (No(P::ClinicClosed), [0, 0], &[Closed]),
    ]),
    // Whoever is locked unlocks nobody. A colleague's lock lapses as one's own does.
    (Way::Pin, &[
        (Done, [1, 0], &[Nothing, Unlocked, BySupport, InEmergency, LoginChanged, AddressChanged, NewCode,
            Reopened]),
        (No(P::UnlockFirst), [1, 0], &[Locked, LockedAgain]),
        (No(P::NotLocked), [1, 0], &[Lapsed]),
        (No(P::NotAllowed), [1, 0], &[RoleChanged]),
        (No(P::SessionRequired), [0, 0], &[Removed, BroughtBack, LockedAndBack, Restored, Reset, Changed,
            OutEverywhere]),
        (No(P::SessionRequired), [0, 0], &[Moved, ProfileGone]),
        (No(P::ComputerRequired), [0, 0], &[Revoked, OffTheList, Reissued, ReissuedBeside, Deleted, Backup,
            TakenIn]),
        (No(P::ClinicClosed), [1, 0], &[Closed]),
    ]),
];
