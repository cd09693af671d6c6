//! Which changes a browser is to hear of.

use serde::{Deserialize, Serialize};
use wire::{Role, rights::Right};

use super::{Command, seat::SignedIn};
use crate::{
    call::{Audience, Call, CommandError},
    rules::roles::Need,
};

/// Asks for the tags that this browser's socket listens to.
#[derive(Debug, Serialize, Deserialize)]
pub struct OpenLive {}

impl Command for OpenLive {
    const NAME: &'static str = "open_live";
    const NEEDS: Need = Need::Nothing;
    type Reply = Vec<String>;

    fn run(self, call: &mut Call<'_>) -> Result<Vec<String>, CommandError> {
        let computer = call.require_computer()?;
        let mut audiences = vec![Audience::Clinic, Audience::Computer(computer.id)];
        match call.require_session() {
            Ok(SignedIn { account, .. }) => {
                let reads_the_log = account.rights().activities >= Right::Read;
                audiences.extend(reads_the_log.then_some(Audience::Log));
                audiences.extend((account.role == Role::Owner).then_some(Audience::Deliveries));
                audiences.push(Audience::Account(account.id));
            }
            Err(CommandError::Refused(_)) => {}
            Err(fault) => return Err(fault),
        }
        Ok(audiences.iter().map(Audience::tag).collect())
    }
}
