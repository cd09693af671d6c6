//! Whether the Worker is up. Without its variables every call is answered with 500 and `internal`, before it comes by here.

use wire::{Empty, Problem, health::Health};

use crate::visit::Visit;

pub async fn tell(_: &mut Visit<'_>, _: Empty) -> Result<Health, Problem> {
    Ok(Health { status: "ok".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() })
}
