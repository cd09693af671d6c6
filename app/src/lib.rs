//! Two apps of one kit: the front door of a clinic, and the pages outside its steps. Each is linked with what it reaches alone.

mod api;
mod app;
mod aside;
mod browser;
mod components;
mod connection;
mod desk;
mod idle;
mod json;
mod live;
mod moment;
mod outside;
mod page;
mod pages;
mod session;
mod signals;
mod texts;

pub use app::start;
pub use outside::start as start_outside;

/// Smaller than the allocator of the standard library, and quicker.
#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
