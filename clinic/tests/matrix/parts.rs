//! Every command of the clinic and of the desk: one of a way, or one that gives nobody anything.

use std::collections::BTreeSet;

use clinic::{
    Caller,
    clinic::COMMANDS,
    desk,
    records::sql::{Sql, SqlError},
    testing::{DeskHouse, Door, House, body},
};

use self::Part::{GivesNone, OnTheWay};
use crate::{
    scene::{Scene, operator},
    table::Fate,
};

/// What a command is to this table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A row walks over it.
    OnTheWay,
    /// It gives nobody a step, a question or a session.
    GivesNone,
}

/// Every command of the clinic. One that is added has to say what it is.
#[rustfmt::skip]
pub const PARTS: &[(&str, Part)] = &[
    ("authorize_computer", OnTheWay), ("authorize_profile", OnTheWay), ("reserve_attempt", OnTheWay),
    ("settle_attempt", OnTheWay), ("answer_question", OnTheWay), ("choose_own_password", OnTheWay),
    ("use_session", OnTheWay), ("reserve_own_attempt", OnTheWay), ("settle_own_attempt", OnTheWay),
    ("confirm_own_password", OnTheWay), ("request_reset", OnTheWay), ("check_reset", OnTheWay),
    ("reset_password", OnTheWay), ("reissue_computer", OnTheWay), ("unlock_owner", OnTheWay),
    ("reopen_profile", OnTheWay), ("send_pin", OnTheWay), ("unlock", OnTheWay),
    ("open_clinic", GivesNone), ("read_setup", GivesNone), ("set_up_clinic", GivesNone),
    ("close_clinic", GivesNone), ("reopen_clinic", GivesNone), ("write_archive_page", GivesNone),
    ("sign_archive", GivesNone), ("take_archive_page", GivesNone), ("take_in_clinic", GivesNone),
    ("delete_clinic", GivesNone), ("read_sign_in", GivesNone), ("read_password_rules", GivesNone),
    ("read_lock", GivesNone), ("sign_out", GivesNone), ("leave_profile", GivesNone),
    ("leave_computer", GivesNone), ("reset_computer", GivesNone), ("open_live", GivesNone),
    ("read_me", GivesNone), ("change_language", GivesNone), ("sign_out_everywhere", GivesNone),
    ("list_users", GivesNone), ("read_user", GivesNone), ("open_support_case", GivesNone),
    ("withdraw_support_case", GivesNone), ("read_coded_case", GivesNone), ("read_support_case", GivesNone),
    ("unlock_by_support", GivesNone), ("suggest_login", GivesNone), ("add_user", GivesNone),
    ("edit_user", GivesNone), ("restore_access", GivesNone), ("remove_user", GivesNone),
    ("bring_back_user", GivesNone), ("check_import", GivesNone), ("may_manage_people", GivesNone),
    ("may_renew_access", GivesNone), ("import_users", GivesNone), ("list_computers", GivesNone),
    ("add_computer", GivesNone), ("edit_computer", GivesNone), ("revoke_computer", GivesNone),
    ("remove_computer", GivesNone), ("add_profile", GivesNone), ("rename_profile", GivesNone),
    ("reissue_profile", GivesNone), ("remove_profile", GivesNone), ("list_mails", GivesNone),
    ("send_mail_again", GivesNone), ("read_first_day", GivesNone), ("tick_first_day", GivesNone),
    ("list_activities", GivesNone), ("count_failures", GivesNone), ("read_activity_choices", GivesNone),
    ("begin_export", GivesNone), ("read_export", GivesNone), ("read_settings", GivesNone),
    ("change_settings", GivesNone), ("change_policies", GivesNone),
    #[cfg(feature = "trial")] ("fill_log", GivesNone),
];

/// Every command of the desk.
#[rustfmt::skip]
pub const DESK_PARTS: &[(&str, Part)] = &[
    ("reserve_operator_attempt", OnTheWay), ("settle_operator_attempt", OnTheWay), ("read_desk", OnTheWay),
    ("make_operator", GivesNone), ("remove_operator", GivesNone), ("unlock_operator", GivesNone),
    ("sign_out_operator", GivesNone), ("read_desk_log", GivesNone), ("note_setup_link", GivesNone),
    ("note_help_answer", GivesNone), ("register_case", GivesNone), ("seek_case", GivesNone),
    ("settle_seek", GivesNone), ("follow_case", GivesNone), ("note_case", GivesNone),
    ("begin_unlock", GivesNone), ("read_pending_unlocks", GivesNone),
];

/// What the records keep of the steps, the questions and the sessions.
const TOKENS: [&str; 4] = ["computer_tokens", "profile_tokens", "questions", "sessions"];
/// Fewer commands that were done would be another try than this.
const DONE_MIN: usize = 40;

/// The commands of the rows.
pub fn on_the_way(parts: &[(&'static str, Part)]) -> BTreeSet<&'static str> {
    parts.iter().filter(|(_, part)| *part == OnTheWay).map(|(name, _)| *name).collect()
}

#[test]
fn every_command_is_on_a_way_or_gives_none() {
    for (parts, commands) in [(PARTS, COMMANDS), (DESK_PARTS, desk::COMMANDS)] {
        let said: BTreeSet<_> = parts.iter().map(|(name, _)| *name).collect();
        let there: BTreeSet<_> = commands.iter().map(|(name, _)| *name).collect();
        assert_eq!(parts.len(), said.len(), "a command stands there twice");
        let unsaid: Vec<_> = there.difference(&said).collect();
        assert!(unsaid.is_empty(), "{unsaid:?}: a row of the table, or GivesNone");
        let gone: Vec<_> = said.difference(&there).collect();
        assert!(gone.is_empty(), "{gone:?}: no command any more");
    }
}

/// The digests of all that opens a door in the clinic.
fn tokens(sql: &dyn Sql, tables: &[&str]) -> BTreeSet<(String, Vec<u8>)> {
    let of = |table: &&str| {
        let rows = sql.query(&format!("SELECT digest FROM {table}"), &[]).unwrap_or_default();
        let table = (*table).to_owned();
        rows.into_iter().map(move |mut row| (table.clone(), row.take().unwrap()))
    };
    tables.iter().flat_map(of).collect()
}

/// What is said to give none is asked by everybody who may and many who may not, and gives none.
#[test]
fn what_is_said_to_give_none_gives_none() {
    let (mut done, mut refused) = (BTreeSet::new(), 0);
    for (name, _) in PARTS.iter().filter(|(_, part)| *part == GivesNone) {
        let scene = Scene::open(Fate::BySupport);
        let mut question = scene.house.door(0);
        question.password("nurse", true).unwrap();
        let nurse = scene.account("nurse2");
        Door::at(&scene.house, scene.office.clone()).lock("nurse2");
        let list = scene.computers();
        let ids = [nurse.as_str(), list.computers[1].id.as_str(), list.profiles[0].id.as_str()];
        let stranger = scene.house.stranger().caller;
        for caller in [&operator(), &stranger, &question.caller, &scene.manager, &scene.partner] {
            let before = tokens(&scene.house.store, &TOKENS);
            match scene.house.try_by_name(caller, name, &body(name, ids)) {
                Ok(Ok(_)) => drop(done.insert(*name)),
                Ok(Err(_)) => refused += 1,
                Err(SqlError(fault)) => panic!("{name}: {fault}: it needs a body in clinic/src/testing"),
            }
            let after = tokens(&scene.house.store, &TOKENS);
            let given: Vec<_> = after.difference(&before).map(|(table, _)| table).collect();
            assert!(given.is_empty(), "{name} gives {given:?}");
        }
    }
    for (name, _) in DESK_PARTS.iter().filter(|(_, part)| *part == GivesNone) {
        let house = House::open();
        let desk = DeskHouse::open(&house);
        let id = "0123456789abcdef";
        for caller in [Caller::default(), desk.stranger().caller, desk.signed_in("sam").caller] {
            let before = tokens(&desk.store, &["operator_sessions"]);
            match desk.try_by_name(&caller, name, &body(name, [id; 3])) {
                Ok(Ok(_)) => drop(done.insert(*name)),
                Ok(Err(_)) => refused += 1,
                Err(SqlError(fault)) => panic!("{name}: {fault}: it needs a body in clinic/src/testing"),
            }
            let after = tokens(&desk.store, &["operator_sessions"]);
            assert!(after.is_subset(&before), "{name} gives a session");
        }
    }
    println!("{} commands done, {refused} calls refused: no step, no question, no session", done.len());
    assert!(done.len() >= DONE_MIN, "{done:?}");
}
