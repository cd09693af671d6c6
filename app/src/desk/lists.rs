//! What the desk lists: open cases, operators, what was said of the help pages, and its log.

use wire::{
    help::HelpCount,
    support::{
        DeskAction, DeskLine, DeskLogQuery, ListDeskLog, Operator, OperatorQuery, SupportCase, UnlockOperator,
    },
    users::UserStatus,
};

use super::{Counter, case::opener};
use crate::{
    components::{
        button::press,
        details::moment,
        el::{El, el, group},
        form::{Form, form_problem},
        help_link::help_title,
        icon::Icon,
        panel::panel,
        status_badge::status_badge,
        table::{cell, table},
    },
    signals::{Derived, State, derived, effect},
    texts::{Text, t},
};

/// A table of what a part of the desk holds; where that is nothing, a sentence.
fn listed<T: Clone + PartialEq + Send + Sync + 'static>(
    at: Counter,
    (id, title, nothing): (&'static str, Text, Text),
    columns: &'static [Text],
    parts: Derived<Vec<T>>,
    row: fn(Counter, T) -> El,
) -> El {
    let content = move || {
        let rows: Vec<El> = parts.get().into_iter().map(|part| row(at, part)).collect();
        match rows.is_empty() {
            true => el("p").class("hint").say(nothing),
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
    let cases = derived(move || at.desk.part(|desk| desk.cases.clone()).unwrap_or_default());
    listed(at, ("cases", t::support::CASES, t::support::NO_CASE), &CASES, cases, case_row)
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
    let operators = derived(move || at.desk.part(|desk| desk.operators.clone()).unwrap_or_default());
    let named = ("operators", t::support::OPERATORS, t::common::NOTHING);
    listed(at, named, &OPERATORS, operators, operator_row)
}

fn operator_row(at: Counter, operator: Operator) -> El {
    let Operator { id, name, login, locked_since, own } = operator;
    let status = match locked_since {
        Some(since) => el("div")
            .child(status_badge(&UserStatus::Locked { since }))
            .child(el("span").child(" · ").child(moment(since)))
            .child((!own).then(|| unlock_button(at, id.to_string()))),
        None => status_badge(&UserStatus::Active),
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

const HELP: [Text; 3] = [t::help::PAGE, t::help::YES, t::help::NO];

/// What readers said of the help pages.
pub fn help(at: Counter) -> El {
    let said = derived(move || at.desk.part(|desk| desk.help.clone()).unwrap_or_default());
    listed(at, ("help", t::help::PAGES, t::common::NOTHING), &HELP, said, help_row)
        .child(el("p").class("hint").say(t::help::PAGES_ABOUT))
}

fn help_row(_: Counter, HelpCount { page, yes, no }: HelpCount) -> El {
    el("tr")
        .child(el("th").set("scope", "row").say(help_title(page)))
        .child(cell(HELP[1], yes.to_string()))
        .child(cell(HELP[2], no.to_string()))
}

const LOG: [Text; 5] =
    [t::activities::AT, t::activities::ACTION, t::activities::BY, t::support::CASE, t::activities::ADDRESS];

/// What happened at the desk: the latest, and what is older page by page.
pub fn log(at: Counter) -> El {
    let seen = State::new(Vec::<DeskLine>::new());
    effect(move || {
        if let Some(latest) = at.desk.part(|desk| desk.log.clone()) {
            seen.update(|seen| *seen = joined(latest, std::mem::take(seen)));
        }
    });
    let oldest = derived(move || seen.read().last().map_or(1, |line| line.seq));
    let form = Form::new(&[]);
    let read = move || {
        let before = oldest.get();
        at.send::<ListDeskLog>(form, DeskLogQuery { before }, move |page| {
            seen.update(|seen| seen.extend(page.lines));
        });
    };
    // The first line that there ever was has the number 1.
    let more = move || (oldest.get() > 1).then(|| press(form, t::activities::OLDER, read));
    listed(at, ("log", t::support::LOG, t::common::NOTHING), &LOG, derived(move || seen.get()), log_row)
        .child(form_problem(form))
        .child(el("div").class("more").child(more))
}

/// The latest lines and, below them, those that were seen before. Where more came meanwhile than are read at once, what was
/// seen does not follow on them and is left out.
fn joined(mut latest: Vec<DeskLine>, seen: Vec<DeskLine>) -> Vec<DeskLine> {
    let oldest = latest.last().map_or(1, |line| line.seq);
    if seen.first().is_some_and(|newest| newest.seq + 1 >= oldest) {
        latest.extend(seen.into_iter().filter(|line| line.seq < oldest));
    }
    latest
}

fn log_row(_: Counter, line: DeskLine) -> El {
    let about = match (line.case, line.colleague) {
        (None, None) => {
            line.tries.filter(|tries| *tries > 1).map(|tries| format!("× {tries}")).unwrap_or_default()
        }
        (Some(case), _) => [case.clinic, case.account, case.manager, case.why, case.id.to_string()]
            .into_iter()
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(" · "),
        (None, colleague) => colleague.unwrap_or_default(),
    };
    el("tr")
        .child(cell(LOG[0], moment(line.at)))
        .child(cell(LOG[1], what(line.action)))
        .child(cell(LOG[2], line.operator))
        .child(cell(LOG[3], about))
        .child(cell(LOG[4], line.address))
}

fn what(action: DeskAction) -> El {
    let (icon, class) = look(action);
    el("span").class(class).child(icon.show()).child(el("span").say(action_name(action)))
}

/// The picture and the colour of what happened; its name says the same to those who see neither.
fn look(action: DeskAction) -> (Icon, &'static str) {
    match action {
        DeskAction::LoginSucceeded => (Icon::Check, "action good"),
        DeskAction::LoginFailed | DeskAction::LoginFailedLocked | DeskAction::CaseRefused => {
            (Icon::Alert, "action warn")
        }
        DeskAction::OperatorLocked => (Icon::Lock, "action bad"),
        DeskAction::OperatorUnlocked | DeskAction::AccountUnlocked => (Icon::Unlock, "action good"),
        DeskAction::OperatorMade | DeskAction::OperatorRemoved => (Icon::Person, "action"),
        DeskAction::CaseLookedUp | DeskAction::CaseClosed => (Icon::List, "action"),
        DeskAction::SetupLinkMade => (Icon::Plus, "action"),
        DeskAction::SignedOut => (Icon::Door, "action"),
    }
}

fn action_name(action: DeskAction) -> Text {
    match action {
        DeskAction::OperatorMade => t::desk_action::OPERATOR_MADE,
        DeskAction::OperatorRemoved => t::desk_action::OPERATOR_REMOVED,
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

#[cfg(test)]
mod tests {
    use wire::Timestamp;

    use super::*;

    fn lines(seqs: impl DoubleEndedIterator<Item = i64>) -> Vec<DeskLine> {
        let line = |seq| DeskLine {
            seq,
            at: Timestamp(seq),
            action: DeskAction::CaseRefused,
            operator: String::new(),
            address: String::new(),
            colleague: None,
            case: None,
            tries: None,
        };
        seqs.rev().map(line).collect()
    }

    #[test]
    fn lines_that_come_stand_above_those_that_were_seen() {
        assert_eq!(joined(lines(5..9), Vec::new()), lines(5..9));
        assert_eq!(joined(lines(5..9), lines(1..7)), lines(1..9));
        assert_eq!(joined(lines(5..9), lines(1..5)), lines(1..9), "they follow on each other");
        assert_eq!(joined(lines(6..9), lines(1..5)), lines(6..9), "one is missing");
    }
}
