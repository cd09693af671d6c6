//! What a command is given: the records, the keys, the moment, random bytes and who calls.

use std::{cell::RefCell, collections::BTreeSet};

use serde::{Deserialize, Serialize};
use wire::{
    Problem, ProblemCode, Timestamp,
    activities::Action,
    ids::{AccountId, ComputerId},
};

use crate::{
    keys::Keys,
    records::{
        settings::{self, Settings},
        sql::{Sql, SqlError},
    },
};

/// Random bytes, handed in by the shell.
pub trait Random {
    /// Fills `bytes` from a cryptographically secure source.
    fn fill(&mut self, bytes: &mut [u8]);
}

/// Who calls: the network address, the key and the tokens of the cookies. All of it but the key is the caller's word until it is
/// checked.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Caller {
    /// What the shell calls this request in its journal; no clinic hears of it.
    #[serde(skip)]
    pub request: String,
    /// The network address; empty when unknown.
    pub address: String,
    /// Thumbprint of the key that the browser has shown to hold (RFC 9449 §6.1, RFC 7638); absent where it showed none. Tokens are
    /// bound to it.
    pub key: Option<String>,
    /// Token of an authorized computer, from step 1.
    pub computer: Option<String>,
    /// Token of an authorized profile, from step 2.
    pub profile: Option<String>,
    /// Token of an open "Is this you?", from step 3.
    pub question: Option<String>,
    /// Token of a session.
    pub session: Option<String>,
}

/// The name of one call, by which a delivery of it is known for the second of the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallKey(String);

impl CallKey {
    /// A key of 128 random bits.
    pub fn from_random(bytes: [u8; 16]) -> Self {
        Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Everything that a command may use.
pub struct Call<'a> {
    /// The clinic's records, inside a transaction.
    pub sql: &'a dyn Sql,
    /// The keys of this deployment.
    pub keys: &'a Keys,
    /// The moment of the call.
    pub now: Timestamp,
    /// Where random bytes come from.
    pub random: &'a mut dyn Random,
    /// Who calls.
    pub caller: &'a Caller,
    /// The configured origin of every link, without a slash at its end.
    pub origin: &'a str,
    /// Which screens are to look again once this is done.
    pub told: &'a RefCell<BTreeSet<String>>,
    /// What the log has got, for whoever counts it.
    pub logged: &'a RefCell<Vec<Action>>,
    /// The clinic's settings, once they were read.
    pub settings: RefCell<Option<Settings>>,
}

/// Screens that hear of a change together. A browser's socket listens to every audience that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Every browser of the clinic that has step 1 behind it.
    Clinic,
    /// Every browser on a computer.
    Computer(ComputerId),
    /// Every browser that somebody is signed in on.
    Account(AccountId),
    /// Every browser of an owner: something has become of a mail.
    Deliveries,
    /// Every browser of somebody who may read the whole log: it has grown.
    Log,
}

impl Audience {
    /// What the tag of a computer begins with.
    pub const COMPUTER: &'static str = "computer ";
    /// The tag of those who read the log. It sorts behind the others: whoever is to look again needs to hear no more.
    pub const LOG: &'static str = "log";

    /// The tag of the sockets.
    pub fn tag(&self) -> String {
        match self {
            Audience::Clinic => "clinic".to_owned(),
            Audience::Computer(id) => format!("{}{id}", Self::COMPUTER),
            Audience::Account(id) => format!("account {id}"),
            Audience::Deliveries => "deliveries".to_owned(),
            Audience::Log => Self::LOG.to_owned(),
        }
    }
}

impl Call<'_> {
    /// So many random bytes.
    pub fn random_bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes);
        bytes
    }

    /// The clinic's settings. A call asks for them again and again, and reads them once.
    pub(crate) fn settings(&self) -> Result<Settings, SqlError> {
        if let Some(settings) = self.settings.borrow().as_ref() {
            return Ok(settings.clone());
        }
        let settings = settings::get(self.sql)?;
        self.settings.replace(Some(settings.clone()));
        Ok(settings)
    }

    /// Stores changed settings.
    pub(crate) fn change_settings(&self, settings: &Settings) -> Result<(), SqlError> {
        self.settings.replace(Some(settings.clone()));
        settings::update(self.sql, settings)
    }

    /// Has an audience hear of it once this is done.
    pub fn tell(&self, audience: &Audience) {
        self.told.borrow_mut().insert(audience.tag());
    }
}

/// Why a command gave no reply.
#[derive(Debug)]
pub enum CommandError {
    /// The rules refuse. What the command wrote stands: a wrong PIN is counted.
    Refused(Problem),
    /// The records failed. Everything the command wrote is rolled back.
    Fault(SqlError),
}

impl CommandError {
    /// Parts a refusal, with which the transaction goes on, from a fault, with which it does not.
    pub fn settled<T>(outcome: Result<T, CommandError>) -> Result<Result<T, Problem>, SqlError> {
        match outcome {
            Ok(reply) => Ok(Ok(reply)),
            Err(CommandError::Refused(problem)) => Ok(Err(problem)),
            Err(CommandError::Fault(fault)) => Err(fault),
        }
    }
}

impl From<Problem> for CommandError {
    fn from(problem: Problem) -> Self {
        CommandError::Refused(problem)
    }
}

impl From<ProblemCode> for CommandError {
    fn from(code: ProblemCode) -> Self {
        CommandError::Refused(Problem::new(code))
    }
}

impl From<SqlError> for CommandError {
    fn from(error: SqlError) -> Self {
        CommandError::Fault(error)
    }
}
