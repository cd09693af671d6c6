//! Whether the Worker is up. Without its variables it answers nothing at all, this neither.

use wire::{Empty, Problem, health::Health};

use crate::visit::Visit;

pub async fn tell(_: &mut Visit<'_>, _: Empty) -> Result<Health, Problem> {
    Ok(Health { status: "ok".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() })
}
