//! What can be asked of a clinic, one file a use case. A command loads, decides and saves within one transaction.

pub mod activities;
pub mod computer;
pub mod lock;
pub mod login;
pub mod open_clinic;
pub mod outbox;
pub mod profile;
pub mod question;
mod seat;
pub mod session;
pub mod unlock;
pub mod users;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::call::{Call, CommandError};

/// Something that can be asked of a clinic. It travels from the Worker to the clinic's object as JSON.
pub trait Command: Serialize + DeserializeOwned {
    /// The name in the envelope.
    const NAME: &'static str;
    /// What comes back when the rules do not refuse.
    type Reply: Serialize + DeserializeOwned;

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
