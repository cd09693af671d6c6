//! The screens of Wardkey: the sign-in, and the parts that are loaded behind it and beside it.

mod api;
mod app;
mod aside;
mod browser;
mod caps_lock;
mod components;
mod connection;
mod desk;
mod idle;
mod json;
mod live;
mod moment;
mod page;
mod pages;
mod parts;
mod session;
mod signals;
mod texts;

pub use app::start;

/// Smaller than the allocator of the standard library, and quicker.
#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
