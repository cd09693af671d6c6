//! What can be asked of a clinic, one file a use case. A command loads, decides and saves within one transaction.

mod access_form;
pub mod activities;
pub mod activities_export;
pub mod archive;
#[cfg(feature = "trial")]
pub mod bench_log;
pub mod computer;
pub mod computers;
pub mod emergency;
pub mod first_day;
pub mod import;
pub mod live;
pub mod lock;
pub mod login;
pub mod mails;
pub mod me;
pub mod open_clinic;
pub mod outbox;
pub mod password;
pub mod people;
pub mod profile;
pub mod profiles;
pub mod question;
pub mod recovery;
pub mod retention;
pub(crate) mod seat;
pub mod session;
pub mod settings;
pub mod setup;
pub mod support;
pub mod unlock;
pub mod users;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    call::{Call, CommandError},
    rules::roles::Need,
};

/// Something that can be asked of a clinic. It travels from the Worker to the clinic's object as JSON.
pub trait Command: Serialize + DeserializeOwned {
    /// The name in the envelope.
    const NAME: &'static str;
    /// What it needs of whoever calls it. This is looked at before the command runs, so that none can forget it.
    const NEEDS: Need;
    /// Whether somebody whose own account is locked may do it, in a session that they still have. This is looked at there as well.
    const WHILE_LOCKED: bool = Self::NEEDS.is_open_to_the_locked();
    /// Whether the password must have been typed in this session lately: a session that was left open must not be enough to make,
    /// take over or throw out people, to open new ways in, or to carry the log away. This is looked at there, too.
    const FRESH_PASSWORD: bool = false;
    /// Whether a refusal takes the clinic's object more or less work by what its records hold, where a stranger would learn that from
    /// the time of the reply. The object then holds it back until all of them come as late.
    const HOLDS_REFUSALS: bool = false;
    /// What comes back when the rules do not refuse.
    type Reply: Serialize + DeserializeOwned;

    /// Refuses when an id that the command names is none of this clinic's.
    fn require_named(&self, _call: &Call<'_>) -> Result<(), CommandError> {
        Ok(())
    }

    /// Loads, decides and saves.
    fn run(self, call: &mut Call<'_>) -> Result<Self::Reply, CommandError>;
}

/// A reply that gives the caller a token, to be kept in a cookie.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Granted {
    /// The token; only its keyed hash is stored.
    pub token: String,
    /// The step that this browser has reached now.
    pub state: wire::sign_in::SignInState,
}

/// Writes the table of an object's commands, and the function that finds one by its name. `run` is the object's own.
macro_rules! dispatch {
    ($($(#[$only:meta])* $command:ty),* $(,)?) => {
        /// Every command, with what it needs of whoever calls it.
        pub const COMMANDS: &[(&str, Need)] = &[$($(#[$only])* (<$command>::NAME, <$command>::NEEDS)),*];

        fn dispatch(name: &str, body: &str, call: &mut Call<'_>) -> Result<Value, CommandError> {
            match name {
                $($(#[$only])* <$command>::NAME => run::<$command>(body, call),)*
                _ => Err(SqlError("a command is unknown".into()).into()),
            }
        }
    };
}
pub(crate) use dispatch;
