//! The clinic's people, searched as one types.

use leptos::prelude::*;
use wire::{
    Empty,
    users::{ListUsers, User, UserList},
};

use super::ClinicSections;
use crate::{
    browser::on_return,
    components::{
        icon::Icon,
        kept::Kept,
        notice::{Skeleton, Trouble},
        status_badge::StatusBadge,
    },
    page::Page,
    pages::frame::PageHeading,
    texts::{Speech, Texts, say},
};

/// Lines of the skeleton: about as many as a small clinic has people.
const SKELETON_LINES: usize = 6;

/// The page.
#[component]
pub fn UserListPage() -> impl IntoView {
    let speech = Speech::here();
    let users = Kept::<UserList>::new();
    let read = move || users.read::<ListUsers>(&Empty {});
    read();
    on_return(read);

    let wanted = RwSignal::new(String::new());
    let found = Memo::new(move |_| {
        let texts = speech.texts();
        users.part(|list| {
            list.users.iter().filter(|user| matches(user, &wanted.read(), texts)).cloned().collect::<Vec<_>>()
        })
    });
    let count = move || {
        let count = found.read().as_ref().map_or(0, Vec::len);
        (speech.texts().users.found)(u32::try_from(count).unwrap_or(u32::MAX))
    };
    view! {
        <ClinicSections on_list=true />
        <PageHeading text=Signal::derive(move || speech.texts().shell.users.to_owned()) />
        {move || users.failure().map(|failure| view! { <Trouble failure again=Callback::new(move |()| read()) /> })}
        <div class="field search">
            <label for="search">{say(|t| t.users.search)}</label>
            <div class="entry">
                {Icon::Search.show()}
                <input
                    id="search"
                    type="search"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    on:input:target=move |event| wanted.set(event.target().value())
                />
            </div>
        </div>
        {move || match found.get() {
            None if users.failure().is_some() => ().into_any(),
            None => view! { <Skeleton lines=SKELETON_LINES /> }.into_any(),
            Some(found) if found.is_empty() => view! { <p class="empty">{say(|t| t.users.none_found)}</p> }.into_any(),
            Some(found) => view! { <UserTable users=found /> }.into_any(),
        }}
        <p class="count" aria-live="polite">{move || found.read().is_some().then(count)}</p>
    }
}

#[component]
fn UserTable(users: Vec<User>) -> impl IntoView {
    let speech = Speech::here();
    let lines = users.into_iter().map(move |user| {
        view! {
            <tr>
                <th scope="row"><a href=Page::Account(user.id).path()>{user.full_name}</a></th>
                <td data-label=say(|t| t.users.login) class="login">{user.login}</td>
                <td data-label=say(|t| t.users.position)>{user.position}</td>
                <td data-label=say(|t| t.users.role)>{move || (speech.texts().role)(user.role)}</td>
                <td data-label=say(|t| t.users.status)><StatusBadge status=user.status /></td>
            </tr>
        }
    });
    view! {
        <table class="cards">
            <thead>
                <tr>
                    <th scope="col">{say(|t| t.users.name)}</th>
                    <th scope="col">{say(|t| t.users.login)}</th>
                    <th scope="col">{say(|t| t.users.position)}</th>
                    <th scope="col">{say(|t| t.users.role)}</th>
                    <th scope="col">{say(|t| t.users.status)}</th>
                </tr>
            </thead>
            <tbody>{lines.collect_view()}</tbody>
        </table>
    }
}

/// Whether every word that is searched for stands somewhere in a user's line.
fn matches(user: &User, wanted: &str, texts: &Texts) -> bool {
    let line = format!("{} {} {} {}", user.full_name, user.login, user.position, (texts.role)(user.role));
    let line = line.to_lowercase();
    wanted.to_lowercase().split_whitespace().all(|word| line.contains(word))
}

#[cfg(test)]
mod tests {
    use wire::{Language, Role, users::UserStatus};

    use super::*;

    #[test]
    fn every_word_must_be_found_in_whatever_order() {
        let user = User {
            id: "0123456789abcdef".parse().unwrap(),
            full_name: "Иванова Анна".to_owned(),
            login: "ivanova".to_owned(),
            position: "Медсестра".to_owned(),
            role: Role::Employee,
            status: UserStatus::Active,
        };
        let texts = crate::texts::of(Language::Ru);
        for wanted in ["", "анна ива", "IVANOVA", "медс сотрудник"] {
            assert!(matches(&user, wanted, texts), "{wanted}");
        }
        assert!(!matches(&user, "анна петрова", texts));
    }
}
