//! My Clinic → User Management → Users.

mod account;
mod add;
mod import;
mod list;
mod unlock;

pub use account::account_window;
pub use add::add_user;
pub use import::import_users;
pub use list::user_list;
