//! What the desk lists: open cases, operators, and its log.

use wire::support::{Desk, DeskAction, DeskLine, Operator, OperatorQuery, SupportCase, UnlockOperator};

use super::{Counter, case::opener};
use crate::{
    components::{
        button::press,
        details::moment,
        el::{El, el, group},
        form::{Form, form_problem},
        panel::panel,
        table::{cell, table},
    },
    signals::derived,
    texts::{Text, t},
};

/// A table of what a part of the desk holds; where that is nothing, a sentence.
fn listed<T: Clone + PartialEq + Send + Sync + 'static>(
    at: Counter,
    (id, title): (&'static str, Text),
    columns: &'static [Text],
    part: fn(&Desk) -> Vec<T>,
    row: fn(Counter, T) -> El,
) -> El {
    let parts = derived(move || at.desk.part(part).unwrap_or_default());
    let content = move || {
        let rows: Vec<El> = parts.get().into_iter().map(|part| row(at, part)).collect();
        match rows.is_empty() {
            true => el("p").class("hint").say(t::common::NOTHING),
            false => table("cards places", columns, rows),
        }
    };
    panel(id, None, title).child(content)
}

fn first(name: String) -> El {
    el("th").set("scope", "row").child(name)
}

const CASES: [Text; 4] = [t::activities::USER, t::support::CLINIC, t::support::UNTIL, t::places::ACTIONS];

/// The open cases that were read out.
pub fn cases(at: Counter) -> El {
    listed(at, ("cases", t::support::CASES), &CASES, |desk| desk.cases.clone(), case_row)
}

fn case_row(at: Counter, case: SupportCase) -> El {
    el("tr")
        .child(first(case.account))
        .child(cell(CASES[1], case.clinic))
        .child(cell(CASES[2], moment(case.expires_at)))
        .child(cell(CASES[3], opener(at, case.id.to_string())))
}

const OPERATORS: [Text; 3] = [t::users::NAME, t::users::LOGIN, t::users::STATUS];

/// The operators, each with its lock, which a colleague ends.
pub fn operators(at: Counter) -> El {
    listed(at, ("operators", t::support::OPERATORS), &OPERATORS, |desk| desk.operators.clone(), operator_row)
}

fn operator_row(at: Counter, operator: Operator) -> El {
    let Operator { id, name, login, locked_since, own } = operator;
    let status = match locked_since {
        Some(since) => group()
            .child(el("span").say(t::users::LOCKED).child(" · ").child(moment(since)))
            .child((!own).then(|| unlock_button(at, id.to_string()))),
        None => group().say(t::users::ACTIVE),
    };
    el("tr").child(first(name)).child(cell(OPERATORS[1], login)).child(cell(OPERATORS[2], status))
}

fn unlock_button(at: Counter, operator: String) -> El {
    let form = Form::new(&[]);
    let unlock = move || {
        let request = OperatorQuery { operator: operator.clone() };
        at.send::<UnlockOperator>(form, request, move |desk| {
            at.desk.put(desk);
            at.announcer.status(at.speech.text_now(t::desk_action::OPERATOR_UNLOCKED).to_owned());
        });
    };
    group().child(form_problem(form)).child(press(form, t::account::UNLOCK, unlock))
}

const LOG: [Text; 5] =
    [t::activities::AT, t::activities::ACTION, t::activities::BY, t::support::CASE, t::activities::ADDRESS];

/// The latest of what happened at the desk.
pub fn log(at: Counter) -> El {
    listed(at, ("log", t::support::LOG), &LOG, |desk| desk.log.clone(), log_row)
}

fn log_row(_: Counter, line: DeskLine) -> El {
    let about = match (line.case, line.colleague) {
        (Some(case), _) => [case.clinic, case.account, case.manager, case.why, case.id.to_string()]
            .into_iter()
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(" · "),
        (None, colleague) => colleague.unwrap_or_default(),
    };
    el("tr")
        .child(cell(LOG[0], moment(line.at)))
        .child(cell(LOG[1], group().say(action_name(line.action))))
        .child(cell(LOG[2], line.operator))
        .child(cell(LOG[3], about))
        .child(cell(LOG[4], line.address))
}

fn action_name(action: DeskAction) -> Text {
    match action {
        DeskAction::OperatorMade => t::desk_action::OPERATOR_MADE,
        DeskAction::LoginSucceeded => t::action::LOGIN_SUCCEEDED,
        DeskAction::LoginFailed => t::action::LOGIN_FAILED,
        DeskAction::LoginFailedLocked => t::action::LOGIN_FAILED_LOCKED,
        DeskAction::OperatorLocked => t::desk_action::OPERATOR_LOCKED,
        DeskAction::OperatorUnlocked => t::desk_action::OPERATOR_UNLOCKED,
        DeskAction::SignedOut => t::action::SIGNED_OUT,
        DeskAction::CaseLookedUp => t::desk_action::CASE_LOOKED_UP,
        DeskAction::CaseRefused => t::desk_action::CASE_REFUSED,
        DeskAction::CaseClosed => t::desk_action::CASE_CLOSED,
        DeskAction::AccountUnlocked => t::action::ACCOUNT_UNLOCKED_BY_SUPPORT,
        DeskAction::SetupLinkMade => t::desk_action::SETUP_LINK_MADE,
    }
}
