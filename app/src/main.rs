//! Starts the app in the browser.

fn main() {
    wardkey_app::start();
}
