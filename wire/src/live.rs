//! The socket over which a clinic tells its screens that something has changed.

use serde::{Deserialize, Serialize};

/// Where the socket is opened. It takes no message but [`PING`]; each of its own is a [`Live`].
pub const LIVE_PATH: &str = "/api/live";

/// The one thing that a browser may say, to find out whether the line still holds.
pub const PING: &str = "ping";
/// What it is answered.
pub const PONG: &str = "pong";

/// What a screen is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Live {
    /// What this browser may see has changed: ask again which step it has reached.
    LookAgain,
    /// The log has grown: whoever is reading it may read on.
    NewActivity,
}
