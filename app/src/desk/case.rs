//! A case at the desk: opened by its code, and unlocked once the operator has rung back and says why.

use leptos::prelude::*;
use wire::support::{
    CaseCodeRequest, CaseState, DeskCaseQuery, FollowSupportCase, LookUpCase, SupportCase, SupportUnlock,
    UnlockForSupport,
};

use super::Counter;
use crate::{
    browser::focus_soon,
    components::{
        button::{press, submit},
        details::{detail, moment},
        el::{El, el, group},
        field::{Field, tick},
        form::{Form, form_problem},
        panel::{button_row, panel},
    },
    signals::State,
    texts::{Text, t},
};

/// The field for a code.
pub fn code_panel(at: Counter) -> El {
    let code = State::new(String::new());
    let form = Form::new(&["code"]);
    let send = move || {
        at.send::<LookUpCase>(form, CaseCodeRequest { code: code.get_untracked() }, move |case| {
            code.set(String::new());
            at.read();
            show(at, case);
        });
    };
    let fields = el("form")
        .set("novalidate", true)
        .on_submit(send)
        .child(form_problem(form))
        .child(Field::text("code", t::support::CODE, code).hint(t::support::CODE_HINT).show(form))
        .child(submit(form, t::support::OPEN_CASE));
    panel("by-code", None, t::support::BY_CODE).child(fields)
}

/// Reads a case of the list anew, and shows it.
pub fn follow(at: Counter, form: Form, case: String) {
    at.send::<FollowSupportCase>(form, DeskCaseQuery { case }, move |case| show(at, case));
}

fn show(at: Counter, case: SupportCase) {
    let state = at.speech.text_now(state_name(case.state));
    at.announcer.status(format!("{} · {state}", case.account));
    at.case.set(Some(case));
    focus_soon("the-case");
}

/// The case that is open on the screen.
pub fn open_case(at: Counter) -> El {
    group().child(move || at.case.get().map(|case| untrack(|| case_panel(at, case))))
}

fn case_panel(at: Counter, case: SupportCase) -> El {
    let SupportCase { id, clinic, manager, phone, account, reason, locked_since, expires_at, state } = case;
    let facts = el("dl")
        .child(detail(t::activities::USER, account))
        .child(detail(t::support::CLINIC, clinic))
        .child(detail(t::support::MANAGER, manager))
        .child(detail(t::support::PHONE, phone))
        .child(detail(t::support::REASON, reason))
        .child(detail(t::account::SINCE, moment(locked_since)))
        .child(detail(t::support::UNTIL, moment(expires_at)))
        .child(detail(t::users::STATUS, group().say(state_name(state))))
        .child(detail(t::support::CASE, id.to_string()));
    let close = el("button").set("type", "button").class("button").on_press(move || {
        at.case.set(None);
        focus_soon("heading");
    });
    panel("case", None, t::support::CASE)
        .set("id", "the-case")
        .set("tabindex", "-1")
        .child(facts)
        .child((state == CaseState::Open).then(|| unlocking(at, id.to_string())))
        .child(button_row().child(close.say(t::support::CLOSE)))
}

fn unlocking(at: Counter, case: String) -> El {
    let (called_back, why) = (State::new(false), State::new(String::new()));
    let form = Form::new(&["why"]);
    let unlock = move || {
        let request = SupportUnlock {
            case: case.clone(),
            called_back: called_back.get_untracked(),
            why: why.get_untracked(),
        };
        at.send::<UnlockForSupport>(form, request, move |case| {
            at.read();
            show(at, case);
        });
    };
    el("form")
        .set("novalidate", true)
        .on_submit(unlock)
        .child(form_problem(form))
        .child(tick("called-back", t::support::CALLED_BACK, called_back))
        .child(Field::text("why", t::support::WHY, why).hint(t::support::WHY_HINT).show(form))
        .child(submit(form, t::account::UNLOCK))
}

/// A button that opens a case of the list.
pub fn opener(at: Counter, case: String) -> El {
    let form = Form::new(&[]);
    let open = move || follow(at, form, case.clone());
    group().child(form_problem(form)).child(press(form, t::support::OPEN_CASE, open))
}

fn state_name(state: CaseState) -> Text {
    match state {
        CaseState::Open => t::support::OPEN,
        CaseState::Used => t::support::USED,
        CaseState::Withdrawn => t::support::WITHDRAWN,
        CaseState::Expired => t::support::EXPIRED,
        CaseState::Moot => t::support::MOOT,
    }
}
