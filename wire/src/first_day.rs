//! The first day of a clinic: what its owner has yet to do, as far as the records tell.

use serde::{Deserialize, Serialize};

use crate::endpoint::{Empty, endpoints};

endpoints! {
    GetFirstDay: Get "/api/first-day", "Tells an owner what is left to do in a new clinic.", Empty => FirstDay;
    TickFirstDay: Post "/api/first-day/tick", "Ticks what no record tells of the first day, or puts its list away.", FirstDayTick => FirstDay;
}

/// What has been done of the first day, as an owner sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FirstDay {
    /// Whether the list is to be shown: something is left, and it was not put away.
    pub shown: bool,
    /// The own e-mail address is on file, to which PINs are sent.
    pub email: bool,
    /// There is another owner: nobody unlocks themselves.
    pub second_owner: bool,
    /// Somebody works here besides owners and system administrators.
    pub people: bool,
    /// There is another computer, or the printed form is said to lie under lock and key.
    pub second_way: bool,
    /// The policies were changed or looked at.
    pub policies: bool,
}

/// What an owner ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FirstDayTick {
    /// What it is.
    pub tick: Tick,
}

/// What no record tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Tick {
    /// The printed access form lies under lock and key.
    Form,
    /// The policies were looked at.
    Policies,
    /// The list is put away, whatever is left on it.
    List,
}
