//! An account window: who it is, whether the account is locked, what may be done with it, and what happened with it.

use wire::{
    help::HelpPage,
    ids::AccountId,
    rights::Permission,
    users::{GetUser, UserQuery, UserStatus, UserWindow},
};

use super::{
    actions::{Actions, pair_panel},
    edit::edit_form,
    person::rights_list,
    support::support_panel,
    unlock::{UnlockForms, pin_entry, unlock_button},
};
use crate::{
    browser::on_return,
    components::{
        address::address,
        details::{detail, moment},
        el::{El, el, group},
        help_link::help_link,
        icon::Icon,
        kept::Kept,
        notice::skeleton,
        panel::panel,
        status_badge::status_badge,
    },
    page::Page,
    pages::{
        activities::recent,
        frame::{clinic_sections, page_heading},
    },
    signals::{State, derived},
    texts::{Speech, own_name, role_name, t},
};

/// Lines of the skeleton: as many as the window has details.
const SKELETON_LINES: usize = 5;

/// The page.
pub fn account_window(id: AccountId) -> El {
    let window = Kept::<UserWindow>::new();
    let query = UserQuery { id: id.to_string() };
    let read = move || window.read::<GetUser>(&query);
    read();
    on_return(read.clone());
    let forms = UnlockForms::new(id.clone(), window);
    let support = id.clone();
    let actions = Actions::new(&id, window);
    let editing = State::new(false);

    let here = derived(move || window.part(|_| ()).is_some());
    let locked = derived(move || window.part(|w| w.lock.is_some()) == Some(true));
    let reads_log = derived(move || window.part(|w| w.last_sign_in.is_some()) == Some(true));
    let name = el("div")
        .child(page_heading(move || window.part(|w| w.user.full_name.clone()).unwrap_or_default()))
        .child(move || window.part(|w| status_badge(&w.user.status)));
    let content = move || {
        if editing.get() {
            edit_form(window, editing)
        } else if here.get() {
            details(window, editing, actions)
        } else if window.failure().is_none() {
            skeleton(SKELETON_LINES)
        } else {
            group()
        }
    };
    group()
        .child(clinic_sections())
        .child(super::back())
        .child(el("div").class("title").child(name).child(move || locked.get().then(|| unlock_button(forms))))
        .child(window.trouble(read))
        .child(pair_panel(actions))
        .child(move || {
            locked.get().then(|| {
                group()
                    .child(pin_entry(forms))
                    .child(lock_details(window))
                    .child(support_panel(support.clone(), window))
            })
        })
        .child(content)
        .child(move || reads_log.get().then(|| history(&id)))
        .child(actions.questions())
}

fn details(window: Kept<UserWindow>, editing: State<bool>, actions: Actions) -> El {
    let may_edit = derived(move || {
        window.part(|w| w.details.as_ref().map(|details| details.may.edit)).flatten()
            == Some(Permission::Allowed)
    });
    let pencil = move || {
        may_edit.get().then(|| {
            el("button")
                .set("type", "button")
                .class("button small")
                .on_press(move || editing.set(true))
                .child(Icon::Pencil.show())
                .child(el("span").say(t::people::EDIT))
        })
    };
    let rights = derived(move || window.part(|w| w.details.as_ref().map(|details| details.rights)).flatten());
    let rights = move || {
        let rights = rights.get()?;
        Some(group().child(el("h3").say(t::people::RIGHTS)).child(rights_list(rights)))
    };
    panel("account", None, t::people::ACCOUNT)
        .class("panel account")
        .child(pencil)
        .child(facts(window))
        .child(rights)
        .child(actions.buttons())
}

fn facts(window: Kept<UserWindow>) -> El {
    let speech = Speech::here();
    let or_none = move |text: Option<String>| match text {
        Some(text) if !text.is_empty() => text,
        _ => speech.text(t::common::NOTHING).to_owned(),
    };
    let login = el("span").class("login").child(move || window.part(|w| w.user.login.clone()));
    let last_sign_in = move || {
        let last = window.part(|w| w.last_sign_in).flatten()?;
        Some(detail(
            t::account::LAST_SIGN_IN,
            match last.at {
                Some(at) => group().child(moment(at)),
                None => group().say(t::account::NEVER),
            },
        ))
    };
    let removed = move || match window.part(|w| w.user.status.clone())? {
        UserStatus::Removed { since } => Some(detail(t::people::REMOVED_SINCE, moment(since))),
        _ => None,
    };
    let language = move || {
        let language = window.part(|w| w.details.as_ref().map(|details| details.language)).flatten()?;
        Some(detail(t::people::LANGUAGE, own_name(language)))
    };
    let pending = move || {
        let pending = window.part(|w| w.details.as_ref().map(|details| details.first_password)).flatten();
        (pending == Some(true))
            .then(|| detail(t::once::PASSWORD, group().say(t::people::FIRST_PASSWORD_PENDING)))
    };
    el("dl")
        .child(detail(t::users::LOGIN, login))
        .child(detail(t::users::ROLE, move || window.part(|w| speech.text(role_name(w.user.role)))))
        .child(detail(t::users::POSITION, move || or_none(window.part(|w| w.user.position.clone()))))
        .child(detail(t::account::EMAIL, move || or_none(window.part(|w| w.email.clone()))))
        .child(language)
        .child(last_sign_in)
        .child(removed)
        .child(pending)
}

fn lock_details(window: Kept<UserWindow>) -> El {
    let lock = derived(move || window.part(|w| w.lock.clone()).flatten());
    let since = move || lock.read().as_ref().map(|lock| moment(lock.since));
    let record = move || {
        let record = lock.read().as_ref()?.record.clone()?;
        let computer = detail(t::account::COMPUTER, record.computer);
        Some([computer, detail(t::account::TRIES_SINCE, record.tries_since.to_string())])
    };
    panel("lock", Some(Icon::Lock), t::account::LOCK)
        .class("panel bad")
        .child(el("dl").child(detail(t::account::SINCE, since)).child(record))
        .child(el("p").say(t::account::VERIFY))
        .child(help_link(HelpPage::Unlocking))
}

/// The latest of what happened with the account, for those who may read it.
fn history(id: &AccountId) -> El {
    let whole = address(&Page::Activities, &[("user", id.as_str())]);
    let all = el("a").set("href", whole).say(t::people::WHOLE_LOG);
    panel("history", Some(Icon::List), t::people::HISTORY)
        .child(recent(id))
        .child(el("p").class("back").child(all))
}
