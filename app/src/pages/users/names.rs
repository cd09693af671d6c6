//! Roles and rights by their names on the wire, as choices carry them.

use wire::{Role, rights::Right};

pub fn of_role(role: Role) -> &'static str {
    match role {
        Role::Owner => "owner",
        Role::Manager => "manager",
        Role::Employee => "employee",
        Role::SystemAdministrator => "system_administrator",
    }
}

pub fn role(name: &str) -> Option<Role> {
    Role::ALL.into_iter().find(|role| of_role(*role) == name)
}

pub fn of_right(right: Right) -> &'static str {
    match right {
        Right::None => "none",
        Right::Read => "read",
        Right::Edit => "edit",
    }
}

pub fn right(name: &str) -> Right {
    Right::ALL.into_iter().find(|right| of_right(*right) == name).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_one_on_the_wire() {
        for each in Role::ALL {
            assert_eq!(serde_json::to_string(&each).unwrap(), format!("\"{}\"", of_role(each)));
            assert_eq!(role(of_role(each)), Some(each));
        }
        for each in Right::ALL {
            assert_eq!(serde_json::to_string(&each).unwrap(), format!("\"{}\"", of_right(each)));
            assert_eq!(right(of_right(each)), each);
        }
    }
}
