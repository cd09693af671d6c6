//! A body for each command of the clinic and of the desk, so that a test can ask all of them by name.

use serde_json::{Value, json};
use wire::settings::Policies;

/// A body that the command can read, about an account, a computer and a profile by their ids.
pub fn body(name: &str, [nurse, computer, profile]: [&str; 3]) -> Value {
    let first = json!({ "password": "abcd2345", "hash": "a hash" });
    let person = json!({
        "last_name": "Doe", "first_name": "Jo", "middle_name": "", "position": "",
        "email": "jo@clinic.example",
        "role": "employee", "login": "doe", "language": "en", "rights": null,
    });
    let attempt = json!({ "subject": { "Account": nurse }, "number": 1, "hash_digest": [] });
    let search = json!({
        "actions": ["login_failed"], "user": nurse, "computer": "Office", "from": "2026-01-01",
        "until": null, "words": "nurse",
    });
    let case = json!({
        "id": nurse, "clinic": "House", "manager": "M", "phone": "1234567", "account": "A", "reason": "R",
        "locked_since": 0, "expires_at": 1, "state": "open",
    });
    match name {
        "open_clinic" => json!({ "code": "k7m2qx4p9d", "password_hashes": ["h"], "clinic": {
            "name": "N", "language": "en", "time_zone": "Europe/London", "profiles": ["Main"],
            "computers": [{ "label": "L", "profile": "Main" }],
            "users": [{ "role": "owner", "last_name": "L", "first_name": "F", "middle_name": null,
                "position": "", "email": "a@b.example", "login": "login" }] } }),
        "set_up_clinic" => json!({ "code": "k7m2qx4p9d", "owner": first, "administrator": first, "request": {
            "token": "t", "clinic": "N", "time_zone": "Europe/London", "language": "en",
            "last_name": "L", "first_name": "F", "email": "a@b.example", "computer": "C", "profile": "P",
            "administrator": { "last_name": "L", "first_name": "F" } } }),
        "unlock_owner" => json!({ "login": "owner", "reason": "the only one" }),
        "reopen_profile" => json!({ "profile": "Main", "reason": "nobody gets in" }),
        "close_clinic" | "reopen_clinic" => json!({ "reason": "it moves" }),
        "write_archive_page" => {
            json!({ "to": "07".repeat(32), "number": 0, "place": { "table": 0, "after": 0 } })
        }
        "sign_archive" => json!({ "to": "07".repeat(32), "pages": 1, "digest": "00".repeat(32) }),
        "take_archive_page" => json!({ "clinic": "k7m2qx4p9d", "number": 0, "sealed": "AAAA" }),
        "take_in_clinic" => json!({ "end": "{}" }),
        "delete_clinic" => json!({ "name": "House", "seq": 1 }),
        "authorize_computer" => json!({ "number": 1, "password": "abcd2345efgh6789jkmnpqrs" }),
        "authorize_profile" => json!({ "code": "123456" }),
        "reserve_attempt"
        | "read_lock"
        | "request_reset"
        | "reserve_operator_attempt"
        | "remove_operator" => json!({ "login": "nurse2" }),
        "settle_attempt" => json!({ "attempt": attempt, "right": false }),
        "confirm_own_password" => json!({ "attempt": attempt, "right": true }),
        "settle_own_attempt" => json!({ "attempt": attempt, "right": true, "password_hash": "h" }),
        "settle_operator_attempt" => json!({ "attempt": attempt, "right": true, "code": "123456" }),
        "answer_question" => json!({ "yes": true }),
        "choose_own_password" => json!({ "password_hash": "h" }),
        "read_password_rules" => json!({ "of": "Newcomer" }),
        "check_reset" => json!({ "account": nurse, "secret": "s" }),
        "reset_password" => json!({ "account": nurse, "secret": "s", "password_hash": "h" }),
        "change_language" => json!({ "language": "fr" }),
        "read_user" | "send_pin" | "remove_user" | "withdraw_support_case" => json!({ "id": nurse }),
        "unlock" => json!({ "id": nurse, "pin": "123456" }),
        "open_support_case" => json!({ "id": nurse, "reason": "away", "phone": "+44 20 7946 0018" }),
        "seek_case" => json!({ "code": "k7m2qx4p9d" }),
        "follow_case" => json!({ "case": nurse }),
        "read_coded_case" => json!({ "code": "k7m2qx4p9d", "reader": { "id": nurse, "name": "Sam" } }),
        "read_support_case" => json!({ "case": nurse, "reader": { "id": nurse, "name": "Sam" } }),
        "unlock_by_support" => json!({ "case": nurse, "operator": "Sam", "why": "rang" }),
        "may_renew_access" => json!({ "id": nurse, "removed": false }),
        "suggest_login" => json!({ "last_name": "Doe", "first_name": "Jo", "role": "employee" }),
        "add_user" => json!({ "person": person, "first": first }),
        "edit_user" => json!({ "id": nurse, "version": 1, "fields": person }),
        "restore_access" | "bring_back_user" => json!({ "id": nurse, "first": first }),
        "check_import" => json!({ "text": "last name;first name;role\nDoe;Jo;employee" }),
        "import_users" => {
            let people = json!([{ "line": 1, "person": person, "sealed": "s" }]);
            json!({ "import": "0123456789abcdef", "people": people })
        }
        "add_computer" => json!({ "label": "New", "profile": profile }),
        "edit_computer" => json!({ "id": computer, "version": 1, "label": "Other", "profile": profile }),
        "revoke_computer" | "reissue_computer" | "remove_computer" => json!({ "id": computer }),
        "add_profile" => json!({ "name": "Lab" }),
        "rename_profile" => json!({ "id": profile, "version": 1, "name": "Lab" }),
        "reissue_profile" | "remove_profile" => json!({ "id": profile }),
        "send_mail_again" => json!({ "id": nurse }),
        "tick_first_day" => json!({ "tick": "policies" }),
        "list_activities" => json!({ "before": null, "limit": 5, "search": search }),
        "count_failures" => json!({ "search": search }),
        "begin_export" => json!({ "format": "csv", "search": search, "asked": "" }),
        "read_export" => json!({ "search": search, "after": 0, "last": 9 }),
        "change_settings" => {
            json!({ "change": { "version": 1, "name": "N", "time_zone": "Europe/Paris", "language": "fr" } })
        }
        "change_policies" => {
            json!({ "change": { "version": 1, "policies": Policies::default() } })
        }
        "make_operator" => json!({ "name": "Kim", "login": "kim", "password_hash": "h" }),
        "unlock_operator" => json!({ "operator": nurse }),
        "note_help_answer" => json!({ "answer": { "page": "locked", "language": "en", "answered": true } }),
        "register_case" => json!({ "code": "k7m2qx4p9d", "clinic": "k7m2qx4p9d" }),
        "settle_seek" => json!({ "seek": 1, "code": "k7m2qx4p9d", "found": ["k7m2qx4p9d", case] }),
        "note_case" => json!({ "told": case }),
        "begin_unlock" => json!({ "case": nurse, "called_back": true, "why": "rang" }),
        "read_desk_log" => json!({ "before": 9 }),
        // The others ask for nothing but who asks.
        _ => json!({}),
    }
}
