//! Support: a case opens one lock, once, for whom nobody else can help, and both logs tell the same.

mod cases;
mod desk;
mod door;
mod help;
mod look;
mod unlock;

use clinic::{
    commands::support::{CaseReader, OpenSupportCase, OpenedSupportCase},
    desk::RegisterCase,
    testing::{DeskHouse, Door, House},
};
use wire::{
    Problem, ProblemCode,
    ids::{AccountId, OperatorId},
};

/// A clinic in which the nurse is locked.
pub fn locked() -> (House, AccountId) {
    let house = House::open();
    house.door(0).lock("nurse");
    house.deliver();
    let id = house.account("nurse");
    (house, id)
}

/// Opens a case, which the desk does not hear of.
pub fn ask(door: &Door<'_>, id: &AccountId) -> Result<OpenedSupportCase, Problem> {
    door.ask(&OpenSupportCase {
        id: id.clone(),
        reason: "The owner is on a plane".into(),
        phone: "+44 20 7946 0018".into(),
    })
}

/// Opens a case and has the desk hear of it, as the Worker does. Gives the code.
pub fn opened(desk: &DeskHouse<'_>, door: &Door<'_>, id: &AccountId) -> String {
    let OpenedSupportCase { code, clinic, .. } = ask(door, id).unwrap();
    desk.stranger().ask(&RegisterCase { code: code.clone(), clinic }).unwrap();
    code.in_groups()
}

/// An operator as the desk names one to a clinic.
pub fn sam() -> CaseReader {
    CaseReader { id: OperatorId::from_random([7; 16]), name: "Sam".into() }
}

/// Why something was refused.
pub fn code<T>(outcome: Result<T, Problem>) -> ProblemCode {
    outcome.err().unwrap().code
}
