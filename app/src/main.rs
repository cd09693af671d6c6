//! Starts the app in the browser.

mod api;
mod app;
mod browser;
mod components;
mod connection;
mod idle;
mod json;
mod live;
mod moment;
mod page;
mod pages;
mod session;
mod signals;
mod texts;

fn main() {
    app::start();
}
