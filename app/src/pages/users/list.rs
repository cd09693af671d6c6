//! The clinic's people: searched as one types, filtered and sorted, with all of that in the address bar.

use std::time::Duration;

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use wire::{
    Empty, Role,
    users::{ListUsers, User, UserList},
};

use super::{
    names,
    order::{BACKWARDS, Entry, SORTS, Wish, direction, entries, order},
};
use crate::{
    browser::{folded, keep_link_focused, on_return},
    components::{
        address::{address, keep_address, part},
        el::{El, el, group},
        field::{choice, option},
        form::Form,
        growth::{SCREENS_AT_ONCE, grow_near_the_end, screenful},
        icon::Icon,
        kept::Kept,
        notice::skeleton,
        status_badge::status_badge_now,
    },
    page::Page,
    pages::frame::{clinic_sections, page_title},
    signals::{Derived, State, derived, effect},
    texts::{Sentences, Speech, Text, role_name, t},
};

/// Lines of the skeleton: about as many as a small clinic has people.
const SKELETON_LINES: usize = 6;
/// As many people as a small clinic has: they are all drawn then, wherever one has scrolled.
const SMALL_CLINIC: usize = 24;
/// What stands above the list, in pixels.
const ABOVE_THE_LIST: f64 = 350.0;
/// Between the last key and the lines below the screen. At the key itself one screen of them is drawn, to be there with the next frame.
const DRAWING_PAUSE: Duration = Duration::from_millis(150);
const COLUMNS: [Text; 5] =
    [t::users::NAME, t::users::LOGIN, t::users::POSITION, t::users::ROLE, t::users::STATUS];

/// What is asked of the list, field by field.
#[derive(Clone, Copy)]
struct Filter {
    words: State<String>,
    role: State<String>,
    status: State<String>,
    sort: State<String>,
}

impl Filter {
    /// As the address says.
    fn of_address() -> Filter {
        Filter {
            words: part("q", ""),
            role: part("role", ""),
            status: part("status", ""),
            sort: part("sort", SORTS[0]),
        }
    }

    fn wish(self) -> Wish {
        Wish {
            words: self.words.get(),
            role: self.role.get(),
            status: self.status.get(),
            sort: self.sort.get(),
        }
    }

    /// Sorts by a column, and the second time backwards.
    fn sort_by(self, column: &str) {
        self.sort.update(|sort| {
            *sort = if direction(sort) == (column, false) { format!("-{column}") } else { column.to_owned() };
        });
    }
}

/// How many of those who were found are drawn.
#[derive(Clone, Copy)]
struct Drawn {
    lines: Derived<usize>,
    /// The first of those who were found.
    top: Derived<Vec<usize>>,
    /// How many were drawn below which first ones: when others come first, it begins anew.
    grown: State<(Vec<usize>, usize)>,
    /// As many as the screen holds.
    screen: usize,
}

impl Drawn {
    fn of(found: Derived<Option<Vec<usize>>>) -> Drawn {
        let screen = screenful(ABOVE_THE_LIST);
        let top = derived(move || {
            let found = found.read();
            found.iter().flatten().take(SCREENS_AT_ONCE * screen).copied().collect::<Vec<_>>()
        });
        let grown = State::new((Vec::new(), screen));
        let lines = derived(move || {
            let grown = grown.read();
            if grown.0 == *top.read() { grown.1 } else { screen }
        });
        effect(move || {
            let now = top.get();
            let all = found.read().as_ref().map_or(0, Vec::len);
            set_timeout(
                move || {
                    if top.try_read_untracked().is_some_and(|top| *top == now) {
                        let few = if all <= SMALL_CLINIC { all } else { 0 };
                        // What was drawn further down stays.
                        let drawn = grown.with_untracked(|(top, drawn)| if *top == now { *drawn } else { 0 });
                        grown.set((now, drawn.max(few).max(SCREENS_AT_ONCE * screen)));
                    }
                },
                DRAWING_PAUSE,
            );
        });
        Drawn { lines, top, grown, screen }
    }

    fn grow(self) {
        self.grown
            .set((self.top.get_untracked(), self.lines.get_untracked() + SCREENS_AT_ONCE * self.screen));
    }
}

/// The page.
pub fn user_list() -> El {
    let speech = Speech::here();
    let users = Kept::<UserList>::new();
    let read = move || users.read::<ListUsers>(&Empty {});
    read();
    on_return(read);

    let filter = Filter::of_address();
    let wish = derived(move || filter.wish());
    let everybody = derived(move || users.part(|list| entries(list, speech.sentences(), folded)));
    let found = derived(move || everybody.read().as_ref().map(|all| order(all, &wish.read(), folded)));
    keep_address(derived(move || address_of(&wish.read())), || ());
    let drawn = Drawn::of(found);
    let rest = derived(move || found.read().as_ref().is_some_and(|found| found.len() > drawn.lines.get()));
    grow_near_the_end(rest, move || drawn.grow());

    let may_add = derived(move || users.part(|list| !list.may_add.is_empty()) == Some(true));
    let count = move || {
        let count = found.read().as_ref()?.len();
        Some(speech.fill(t::users::FOUND, &[&count.to_string()]))
    };
    let nobody = derived(move || found.read().as_ref().map(Vec::is_empty));
    let list = move || match nobody.get() {
        None if users.failure().is_some() => group(),
        None => skeleton(SKELETON_LINES),
        Some(true) => el("p").class("empty").say(t::users::NONE_FOUND),
        Some(false) => people(everybody, found, drawn.lines, filter),
    };
    let more = move || {
        rest.get().then(|| {
            let more = el("button").set("type", "button").class("button");
            more.on_press(move || drawn.grow()).say(t::people::MORE)
        })
    };
    group()
        .child(clinic_sections())
        .child(
            el("div")
                .class("title")
                .child(page_title(t::shell::USERS))
                .child(move || may_add.get().then(doors)),
        )
        .child(users.trouble(read))
        .child(filters(filter, may_add))
        .child(list)
        .child(el("div").class("more").child(more))
        .child(el("p").class("count").set("aria-live", "polite").child(count))
}

/// The ways to somebody new.
fn doors() -> El {
    let door = |class, icon: Icon, to: Page, label: Text| {
        let navigate = use_navigate();
        el("button")
            .set("type", "button")
            .class(class)
            .on_press(move || navigate(&to.path(), Default::default()))
            .child(icon.show())
            .child(el("span").say(label))
    };
    el("div")
        .class("tools")
        .child(door("button", Icon::Import, Page::ImportUsers, t::people::IMPORT))
        .child(door("button primary", Icon::Plus, Page::AddUser, t::people::ADD))
}

fn filters(filter: Filter, may_add: Derived<bool>) -> El {
    let speech = Speech::here();
    let form = Form::new(&[]);
    let input = el("input")
        .set("id", "search")
        .set("type", "search")
        .set("autocomplete", "off")
        .set("autocapitalize", "none")
        .set("spellcheck", "false")
        .value(move || filter.words.get())
        .on_input(move |typed| filter.words.set(typed));
    let search = el("div")
        .class("field search")
        .child(el("label").set("for", "search").say(t::users::SEARCH))
        .child(el("div").class("entry").child(Icon::Search.show()).child(input));
    let words = |text: Text| group().say(text);
    let mut roles = vec![option(filter.role, "", words(t::people::EVERY_ROLE))];
    roles.extend(
        Role::ALL.map(|role| option(filter.role, names::of_role(role), move || speech.text(role_name(role)))),
    );
    let statuses = move || {
        // Only who may bring somebody back sees who was removed.
        let removed = may_add.get().then(|| option(filter.status, "removed", words(t::users::REMOVED)));
        let mut statuses = vec![
            option(filter.status, "", words(t::people::PRESENT)),
            option(filter.status, "active", words(t::users::ACTIVE)),
            option(filter.status, "locked", words(t::users::LOCKED)),
        ];
        statuses.extend(removed);
        choice(form, "status", t::users::STATUS, filter.status, statuses)
    };
    let forwards = SORTS.iter().zip(COLUMNS).map(|(name, label)| option(filter.sort, name, words(label)));
    let backwards = BACKWARDS.iter().zip(COLUMNS).map(|(name, label)| {
        option(filter.sort, name, move || speech.fill(t::people::BACKWARDS, &[speech.text(label)]))
    });
    let sorts = forwards.chain(backwards).collect();
    el("div")
        .class("filters")
        .child(search)
        .child(choice(form, "role", t::users::ROLE, filter.role, roles))
        .child(statuses)
        // Where the lines are cards there are no headings to sort by.
        .child(el("div").class("sort").child(choice(form, "sort", t::people::SORT, filter.sort, sorts)))
}

fn people(
    everybody: Derived<Option<Vec<Entry>>>,
    found: Derived<Option<Vec<usize>>>,
    drawn: Derived<usize>,
    filter: Filter,
) -> El {
    let speech = Speech::here();
    let each = move || {
        keep_link_focused("tbody");
        // Read first, for it follows what was found: the other way round all lines would be drawn twice.
        let lines = drawn.get();
        let sentences = speech.sentences();
        let (everybody, found) = (everybody.read(), found.read());
        let (Some(everybody), Some(found)) = (everybody.as_ref(), found.as_ref()) else { return Vec::new() };
        found
            .iter()
            .take(lines)
            .filter_map(|place| everybody.get(*place))
            .map(|entry| line(&entry.user, sentences))
            .collect::<Vec<_>>()
    };
    let names = SORTS.iter().zip(COLUMNS).map(|(name, label)| heading(filter, name, label));
    el("table")
        .class("cards sortable")
        .child(el("thead").child(el("tr").child(names.collect::<Vec<_>>())))
        .child(el("tbody").patched(each))
}

fn heading(filter: Filter, name: &'static str, label: Text) -> El {
    let sorted = move || match direction(&filter.sort.read()) {
        (column, _) if column != name => None,
        (_, true) => Some("descending"),
        (_, false) => Some("ascending"),
    };
    let button = el("button").set("type", "button").on_press(move || filter.sort_by(name)).say(label);
    el("th").set("scope", "col").set("aria-sort", sorted).child(button)
}

/// A line follows nothing, and all have one shape: at a key many of them turn into others.
fn line(user: &User, sentences: &'static Sentences) -> El {
    let window = el("a").set("href", Page::Account(user.id.clone()).path()).child(user.full_name.clone());
    let cell = |text: &str| el("td").child(text.to_owned());
    el("tr")
        .child(el("th").set("scope", "row").child(window))
        .child(cell(&user.login).class("login"))
        .child(cell(&user.position))
        .child(cell(sentences.text(role_name(user.role))))
        .child(el("td").child(status_badge_now(&user.status, sentences)))
}

fn address_of(wish: &Wish) -> String {
    let sort = Some(wish.sort.as_str()).filter(|sort| *sort != SORTS[0]).unwrap_or_default();
    let parts = [("q", wish.words.as_str()), ("role", &wish.role), ("status", &wish.status), ("sort", sort)];
    address(&Page::Users, &parts)
}
