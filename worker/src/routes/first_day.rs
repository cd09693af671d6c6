//! The list of a clinic's first day.

use clinic::commands::first_day::{ReadFirstDay, TickFirstDay};
use wire::{
    Empty, Problem,
    first_day::{FirstDay, FirstDayTick},
};

use crate::visit::Visit;

pub async fn show(visit: &mut Visit<'_>, _: Empty) -> Result<FirstDay, Problem> {
    visit.read(&ReadFirstDay {}).await
}

pub async fn tick(visit: &mut Visit<'_>, request: FirstDayTick) -> Result<FirstDay, Problem> {
    visit.change(&TickFirstDay { tick: request.tick }).await
}
