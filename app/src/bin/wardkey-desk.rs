//! Starts the support desk in the browser: a page of its own, so that nobody of a clinic loads it.

fn main() {
    wardkey_app::start_desk();
}
