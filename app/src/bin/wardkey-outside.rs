//! Starts a page that stands outside a clinic's steps, which nobody loads who signs in every day.

fn main() {
    wardkey_app::start_outside();
}
