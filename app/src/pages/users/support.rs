//! Ask support: where no owner can be reached, a manager gets a code to read out on the telephone.

use leptos::prelude::*;
use wire::{
    help::HelpPage,
    ids::AccountId,
    rights::Permission,
    support::{CaseQuery, CaseRequest, OpenCase, OpenSupportCase, SupportOffer, WithdrawSupportCase},
    users::{GetUser, UnlockPermission, UserQuery, UserWindow},
};

use crate::{
    browser::focus_soon,
    components::{
        announcer::Announcer,
        button::{awaiting, press},
        details::{detail, moment},
        el::{El, el, group},
        field::Field,
        form::{Form, form_problem},
        help_link::help_link,
        kept::Kept,
        panel::{button_row, panel},
        secret::keeping,
    },
    signals::{State, derived},
    texts::{Speech, t},
};

/// The panel of a locked account, for those who may ask.
pub fn support_panel(id: AccountId, window: Kept<UserWindow>) -> El {
    let id = State::new(id.to_string());
    let code = State::new(String::new());
    let offer =
        derived(move || window.part(|w| w.lock.as_ref().and_then(|lock| lock.support.clone())).flatten());
    let acted = State::new(false);
    let asking = move |offer: SupportOffer| match offer.case {
        Some(case) => open(id, code, acted, window, case),
        None => asked(id, code, acted, window),
    };
    group().child(move || {
        let offer = offer.get().filter(|offer| offer.may == Permission::Allowed)?;
        // What had the focus goes with the panel that stood here.
        if acted.get_untracked() {
            acted.set(false);
            focus_soon("the-support");
        }
        Some(
            panel("support", None, t::support::ASK)
                .set("id", "the-support")
                .set("tabindex", "-1")
                .child(untrack(|| asking(offer))),
        )
    })
}

/// Reads the window again: the case is in it, or is gone.
fn look(id: State<String>, window: Kept<UserWindow>) {
    window.read::<GetUser>(&UserQuery { id: id.get_untracked() });
}

/// The form that opens a case.
fn asked(id: State<String>, code: State<String>, acted: State<bool>, window: Kept<UserWindow>) -> El {
    let (speech, announcer) = (Speech::here(), Announcer::here());
    let (reason, phone) = (State::new(String::new()), State::new(String::new()));
    let form = Form::new(&["reason", "phone"]);
    // Whoever can unlock has a shorter way, with a button of its own above.
    let unlocks =
        window.part(|w| w.lock.as_ref().is_some_and(|lock| lock.unlock == UnlockPermission::Allowed));
    let class = if unlocks == Some(true) { "button" } else { "button primary" };
    let send = move || {
        let request = CaseRequest {
            id: id.get_untracked(),
            reason: reason.get_untracked(),
            phone: phone.get_untracked(),
        };
        form.send::<OpenSupportCase>(request, move |reply| {
            let opened = reply?;
            announcer.status(speech.text_now(t::support::CASE_OPENED).to_owned());
            code.set(opened.code);
            acted.set(true);
            look(id, window);
            Ok(())
        });
    };
    el("form")
        .set("novalidate", true)
        .on_submit(send)
        .child(el("p").class("hint").say(t::support::ASK_ABOUT))
        .child(help_link(HelpPage::OwnerAway))
        .child(form_problem(form))
        .child(Field::text("reason", t::support::REASON, reason).hint(t::support::REASON_HINT).show(form))
        .child(Field::text("phone", t::support::PHONE, phone).autocomplete("tel").show(form))
        .child(awaiting("submit", class, None, t::support::ASK, move || form.is_busy()))
}

/// An open case: its code, for as long as the page is not left, and the way to take it back.
fn open(
    id: State<String>,
    code: State<String>,
    acted: State<bool>,
    window: Kept<UserWindow>,
    case: OpenCase,
) -> El {
    let form = Form::new(&[]);
    // The next case of the account has another code.
    on_cleanup(move || _ = code.try_set(String::new()));
    let withdraw = move || {
        form.send::<WithdrawSupportCase>(CaseQuery { id: id.get_untracked() }, move |reply| {
            reply?;
            code.set(String::new());
            acted.set(true);
            look(id, window);
            Ok(())
        });
    };
    let shown = move || {
        let text = code.get();
        (!text.is_empty()).then(|| {
            group()
                .child(el("p").say(t::support::READ_OUT))
                .child(el("p").class("secret").child(text.clone()))
                .child(untrack(|| keeping(Some(Box::new(move || text.clone())))))
        })
    };
    group()
        .child(shown)
        .child(
            el("dl")
                .child(detail(t::support::CASE, case.id.to_string()))
                .child(detail(t::support::MANAGER, case.by))
                .child(detail(t::support::UNTIL, moment(case.expires_at))),
        )
        .child(form_problem(form))
        .child(button_row().child(press(form, t::support::WITHDRAW, withdraw)))
}
