//! The clinic's settings and policies, with the bounds that both the screen and the clinic go by.

use serde::{Deserialize, Serialize};

use crate::{
    Language,
    endpoint::{Empty, endpoints},
};

endpoints! {
    GetSettings: Get "/api/settings", "Shows the clinic's settings and policies.", Empty => ClinicSettings;
    ChangeSettings: Post "/api/settings/change", "Changes name, time zone and default language.", SettingsChange => ClinicSettings;
    ChangePolicies: Post "/api/settings/policies", "Changes the policies.", PoliciesChange => ClinicSettings;
}

/// The settings, as the one who looks may see and change them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ClinicSettings {
    /// The version that a change must name: who changes an older one is asked to look again.
    pub version: u32,
    /// The clinic's name.
    pub name: String,
    /// The IANA time zone.
    pub time_zone: String,
    /// The default language.
    pub language: Language,
    /// The policies.
    pub policies: Policies,
    /// Whether the one who looks may change name, time zone and language.
    pub may_change: bool,
    /// Whether the one who looks may change the policies.
    pub may_change_policies: bool,
}

/// New name, time zone and language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SettingsChange {
    /// The version that was looked at.
    pub version: u32,
    /// The clinic's name.
    pub name: String,
    /// An IANA time zone.
    pub time_zone: String,
    /// The default language.
    pub language: Language,
}

/// New policies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PoliciesChange {
    /// The version that was looked at.
    pub version: u32,
    /// All policies, the unchanged ones too.
    pub policies: Policies,
}

/// The least and the most that a policy can be set to, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The least.
    pub min: u32,
    /// The most.
    pub max: u32,
}

impl Bounds {
    /// Whether a number lies within.
    pub fn hold(self, number: u32) -> bool {
        (self.min..=self.max).contains(&number)
    }
}

macro_rules! policies {
    ($($(#[$doc:meta])* $name:ident: $default:literal, $min:literal..=$max:literal;)*) => {
        /// The policies of a clinic that are numbers and switches.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(deny_unknown_fields)]
        pub struct Policies {
            $($(#[$doc])* pub $name: u32,)*
            /// Whether people choose a password of their own at their first sign-in.
            pub own_password: bool,
            /// Whether browsers that can keep no key ([`crate::proof`]) may be authorized; the log marks them.
            #[serde(default)]
            pub browsers_without_key: bool,
            /// Minutes after which a lock ends by itself, within [`AUTOMATIC_UNLOCK_MINUTES`]; absent when only an owner ends it.
            pub automatic_unlock_minutes: Option<u32>,
        }

        impl Default for Policies {
            fn default() -> Self {
                Self { $($name: $default,)* own_password: true, browsers_without_key: false, automatic_unlock_minutes: None }
            }
        }

        impl Policies {
            /// Each policy that is a number: its JSON name, its bounds and its value.
            pub fn numbers(&self) -> impl Iterator<Item = (&'static str, Bounds, u32)> {
                [$((stringify!($name), Bounds { min: $min, max: $max }, self.$name),)*].into_iter()
            }
        }
    };
}

policies! {
    /// Consecutive wrong passwords that lock an account.
    strikes_max: 5, 3..=10;
    /// Fewest characters of a password that somebody chooses.
    password_length_min: 8, 8..=32;
    /// Days after which a computer that nobody used must be authorized again.
    computer_unused_days: 90, 1..=365;
    /// Hours for which a code of the authenticator app opens a profile, and the longest that somebody stays signed in.
    profile_hours: 12, 1..=24;
    /// Idle minutes after which the screen covers itself.
    idle_minutes: 10, 1..=60;
    /// Years for which the log is kept. HIPAA asks for six; other laws want nothing kept for so long without a reason.
    log_years: 6, 1..=30;
}

/// Bounds of [`Policies::automatic_unlock_minutes`].
pub const AUTOMATIC_UNLOCK_MINUTES: Bounds = Bounds { min: 5, max: 60 };
