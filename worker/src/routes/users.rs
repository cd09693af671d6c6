//! My Clinic: the accounts, and the unlock.

use clinic::commands::{
    unlock::{SendPin, Unlock},
    users::{ListUsers, ReadUser},
};
use wire::{
    Empty, Problem,
    users::{PinRequest, PinSent, UnlockRequest, UserList, UserQuery, UserWindow},
};

use crate::visit::Visit;

pub async fn list(visit: &mut Visit<'_>, _: Empty) -> Result<UserList, Problem> {
    visit.read(&ListUsers {}).await
}

pub async fn window(visit: &mut Visit<'_>, request: UserQuery) -> Result<UserWindow, Problem> {
    visit.read(&ReadUser { id: request.id.parse()? }).await
}

pub async fn send_pin(visit: &mut Visit<'_>, request: PinRequest) -> Result<PinSent, Problem> {
    visit.change(&SendPin { id: request.id.parse()? }).await
}

pub async fn unlock(visit: &mut Visit<'_>, request: UnlockRequest) -> Result<UserWindow, Problem> {
    visit.change(&Unlock { id: request.id.parse()?, pin: request.pin.parse()? }).await
}
