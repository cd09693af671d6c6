//! Whether the Worker is up.

use serde::{Deserialize, Serialize};

use crate::endpoint::{Empty, endpoints};

endpoints! {
    GetHealth: Get "/api/health", "Tells that the Worker is up and configured.", Empty => Health;
}

/// Answer of the health check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Health {
    /// Always `ok`; a Worker that is not well answers with a problem instead.
    pub status: String,
    /// The version of the Worker.
    pub version: String,
}
