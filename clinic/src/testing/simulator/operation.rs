//! What can happen in a simulated clinic, as plain data: it is drawn from a seed, replayed, and cut short where it fails.
//!
//! Numbers pick something out of what there is at that moment, modulo how many there are, so that any part of a list of operations
//! is a list of operations.

/// Logins that are ever typed. The first six have an account from the beginning; whoever is added takes one of the others.
pub const LOGINS: [&str; 10] =
    ["owner", "partner", "manager", "nurse", "nurse2", "sys_house", "locum", "trainee", "ghost", "phantom"];
/// Logins of people who can be added later.
pub const NEWCOMERS: std::ops::Range<usize> = 6..8;
/// Browsers.
pub const DOORS: usize = 5;
/// Computers, each with an access form.
pub const COMPUTERS: usize = 2;

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// What somebody does, or what happens.
    pub act: Act,
    /// How it fares on its way.
    pub fate: Fate,
}

/// How a call fares on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is done and answered.
    Arrives,
    /// The storage fails after so many statements, and the object starts anew; a call that needs fewer is done.
    Fails {
        /// Statements that run.
        after: u8,
    },
    /// It is delivered twice.
    Twice,
    /// It is done, and the answer gets lost.
    Lost,
}

/// The password that somebody types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed {
    /// The present one.
    Right,
    /// One that nobody ever had.
    Wrong,
    /// The one before the present one.
    Former,
}

/// The code of the authenticator app that somebody types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// The one that an app shows whose clock is so many steps ahead.
    Ahead(i8),
    /// Another one.
    Wrong,
}

/// The PIN that an owner types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digits {
    /// The newest of those that were mailed to them for this account.
    Newest,
    /// Any that was ever mailed to anybody.
    Any(u8),
    /// None of them.
    Wrong,
}

/// What the mail API does with a copy of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailAnswer {
    /// Takes it.
    Accepted,
    /// Takes it, and its answer comes too late to be waited for.
    AcceptedUnheard,
    /// Has another mail under this key, it says: 409.
    Conflict,
    /// Does not want it: 422.
    Unprocessable,
    /// Asks for patience: 429.
    Busy {
        /// For so long.
        seconds: u16,
    },
    /// Fails: 503.
    Fault,
    /// The object starts anew before there is an answer.
    Dropped,
}

/// What somebody does, or what happens. Where it needs a browser, `door` is which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields say what they are: a browser, a computer, a login, a pick")]
pub enum Act {
    /// Step 1.
    Computer { door: u8, computer: u8, right: bool },
    /// Step 2.
    Profile { door: u8, code: Code },
    /// Step 3: a try is reserved, and the password looked at.
    Reserve { door: u8, login: u8, typed: Typed },
    /// The newest try of this browser, or an older one, is settled.
    Settle { door: u8, back: u8 },
    /// One that was settled is settled once more, by a call of its own.
    SettleAgain { pick: u8 },
    /// "Is this you?"
    Answer { door: u8, yes: bool },
    /// A password of one's own is chosen, in the place of a first one.
    Choose { door: u8 },
    /// The page says that it is used.
    Use { door: u8 },
    /// The session ends.
    SignOut { door: u8 },
    /// The browser asks which step it has reached.
    Look { door: u8, login: u8 },
    /// An owner asks for a PIN.
    SendPin { door: u8, login: u8 },
    /// An owner types one.
    Unlock { door: u8, login: u8, digits: Digits },
    /// A new first password.
    Restore { door: u8, login: u8 },
    /// Somebody leaves the clinic.
    Remove { door: u8, login: u8 },
    /// Somebody comes back.
    BringBack { door: u8, login: u8 },
    /// Somebody new, with a login that may be somebody's, or was.
    Add { door: u8, login: u8 },
    /// An owner is made a manager, or a manager an owner.
    ChangeRole { door: u8, login: u8 },
    /// "Forgot password?"
    RequestReset { door: u8, login: u8 },
    /// A link from a mail is used.
    Reset { pick: u8 },
    /// A manager asks support for help.
    OpenCase { door: u8, login: u8 },
    /// The clinic takes that back.
    Withdraw { door: u8, login: u8 },
    /// An operator looks a case up: one of two.
    LookUp { pick: u8, operator: u8 },
    /// Support unlocks.
    UnlockBySupport { pick: u8 },
    /// The operator of the deployment unlocks an owner, where every owner is locked.
    UnlockInEmergency { login: u8 },
    /// A computer is revoked.
    Revoke { door: u8, computer: u8 },
    /// A computer gets a new form.
    Reissue { door: u8, computer: u8 },
    /// The policies change: strikes until the lock, minutes until it ends by itself (0: never).
    Policies { door: u8, strikes: u8, minutes: u8 },
    /// An owner has a failed mail sent again.
    SendAgain { door: u8, pick: u8 },
    /// The alarm rings: locks end that are over, and the mails that are due leave.
    Ring,
    /// The mail API answers one of the copies under way: the newest, or an older one.
    MailAnswer { pick: u8, answer: MailAnswer },
    /// A call of before is delivered once more.
    Echo { pick: u8 },
    /// Time passes.
    Pass { seconds: u32 },
    /// The clock is set back.
    SetBack { seconds: u16 },
    /// The object starts anew.
    Restart,
}
