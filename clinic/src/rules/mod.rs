//! Pure decisions. Nothing here reads a clock, draws a random number or touches a record.

pub mod activity_chain;
pub mod emergency;
pub mod folding;
pub mod lockout;
pub mod logins;
pub mod naming;
pub mod passwords;
pub mod people_list;
pub mod period;
pub mod pin;
pub mod recovery;
pub mod retention;
pub mod roles;
pub mod session;
pub mod support;
pub mod throttle;
pub mod time_zone;
pub mod totp;
pub mod transliteration;
pub mod turns;
pub mod user_password;
