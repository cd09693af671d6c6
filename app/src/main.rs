//! Starts the app in the browser.

mod api;
mod app;
mod browser;
mod components;
mod json;
mod moment;
mod page;
mod pages;
mod session;
mod texts;

fn main() {
    app::start();
}
