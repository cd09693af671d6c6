//! Two apps of one kit: the front door of a clinic, and the support desk. Each is linked with what it reaches alone.

mod api;
mod app;
mod browser;
mod components;
mod connection;
mod desk;
mod idle;
mod json;
mod live;
mod moment;
mod page;
mod pages;
mod session;
mod signals;
mod texts;

pub use app::start;
pub use desk::start as start_desk;
