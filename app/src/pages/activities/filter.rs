//! What is looked for in the log: the fields, and how they stand in the address bar and in the requests.

use wire::{
    Empty,
    activities::{Action, ActivitiesQuery, ActivityChoices, ExportFormat, ExportWish, GetActivityChoices},
};

use crate::{
    browser::focus_soon,
    components::{
        address::{address, part},
        el::{El, el, group},
        field::{Field, choice, option, option_of},
        form::Form,
        icon::Icon,
    },
    page::Page,
    session::SessionStore,
    signals::{State, derived},
    texts::{Speech, action_name, t},
};

/// Fields that a refusal can be about.
pub const FIELDS: &[&str] = &["words", "from", "until"];
/// What the chart counts, as the choice of an action.
const FAILED_LOGINS: &str = "login_failed,login_failed_locked";

/// What is looked for, field by field.
#[derive(Clone, Copy)]
pub struct Filter {
    words: State<String>,
    actions: State<String>,
    user: State<String>,
    computer: State<String>,
    pub from: State<String>,
    pub until: State<String>,
}

impl Filter {
    /// As the address says.
    pub fn of_address() -> Filter {
        let part = |name| part(name, "");
        Filter {
            words: part("q"),
            actions: part("action"),
            user: part("user"),
            computer: part("computer"),
            from: part("from"),
            until: part("until"),
        }
    }

    fn all(self) -> [State<String>; 6] {
        [self.words, self.actions, self.user, self.computer, self.from, self.until]
    }

    /// The address of the page with all of it; whoever asks follows it.
    pub fn address(self) -> String {
        let names = ["q", "action", "user", "computer", "from", "until"];
        let values = self.all().map(State::get);
        let parts: Vec<_> = names.into_iter().zip(values.iter().map(String::as_str)).collect();
        address(&Page::Activities, &parts)
    }

    /// Whether anything is left out; whoever asks follows it.
    pub fn is_set(self) -> bool {
        self.all().iter().any(|part| !part.read().is_empty())
    }

    /// Leaves nothing out any more.
    pub fn clear(self) {
        for part in self.all() {
            part.set(String::new());
        }
    }

    /// The question for a page, of this moment.
    pub fn page(self, before: Option<i64>) -> ActivitiesQuery {
        let [words, actions, user, computer, from, until] = self.all().map(said);
        ActivitiesQuery { before, limit: None, user, actions, computer, from, until, words }
    }

    /// The wish for a file of all that is found at this moment.
    pub fn file(self, format: ExportFormat) -> ExportWish {
        let [words, actions, user, computer, from, until] = self.all().map(said);
        ExportWish { format, user, actions, computer, from, until, words }
    }

    /// The question for the chart, of this moment: whatever the action is that one looks for.
    pub fn failures(self) -> ActivitiesQuery {
        ActivitiesQuery { actions: None, ..self.page(None) }
    }
}

fn said(part: State<String>) -> Option<String> {
    Some(part.get_untracked()).filter(|text| !text.is_empty())
}

/// What there is to choose from, once it has been read.
pub fn choices() -> State<ActivityChoices> {
    let choices = State::new(ActivityChoices::default());
    SessionStore::here().call::<GetActivityChoices>(&Empty {}, move |reply| {
        // Without them one still has words.
        if let Ok(read) = reply {
            choices.try_set(read);
        }
    });
    choices
}

/// The fields, which a narrow screen folds away behind a button.
pub fn filter_bar(filter: Filter, form: Form, choices: State<ActivityChoices>) -> El {
    let open = State::new(false);
    let unfold = el("button")
        .set("type", "button")
        .class("button unfold")
        .set("aria-expanded", move || open.get().to_string())
        .set("aria-controls", "filters")
        .on_press(move || open.update(|open| *open = !*open))
        .child(Icon::Search.show())
        .child(el("span").say(t::activities::FILTERS));
    let set = derived(move || filter.is_set());
    let clear = move || set.get().then(|| clear(filter));
    let fields = el("div")
        .set("id", "filters")
        .set("class", move || if open.get() { "filters log-filters open" } else { "filters log-filters" })
        .child(
            el("div")
                .class("search")
                .child(Field::text("words", t::activities::WORDS, filter.words).show(form)),
        )
        .child(action_choice(filter.actions, form))
        .child(move || people(filter, form, choices))
        .child(move || computers(filter, form, choices))
        .child(Field::day("from", t::activities::FROM, filter.from).show(form))
        .child(Field::day("until", t::activities::UNTIL, filter.until).show(form))
        .child(clear);
    group().child(unfold).child(fields)
}

/// The button that leaves nothing out any more.
pub fn clear(filter: Filter) -> El {
    el("button")
        .set("type", "button")
        .class("button clear")
        .on_press(move || {
            filter.clear();
            // The button is gone with them.
            focus_soon("heading");
        })
        .say(t::activities::CLEAR)
}

fn action_choice(actions: State<String>, form: Form) -> El {
    let speech = Speech::here();
    // They are many: drawn anew together where the language changes, and not each for itself.
    let options = move || {
        let sentences = speech.sentences();
        let one = |value: String, name| option_of(actions, value, group().child(sentences.text(name)));
        let every = one(String::new(), t::activities::EVERY_ACTION);
        let failed = one(FAILED_LOGINS.to_owned(), t::activities::FAILED_LOGINS);
        let each = Action::ALL.into_iter().map(|action| one(code(action), action_name(action)));
        [every, failed].into_iter().chain(each).collect::<Vec<_>>()
    };
    choice(form, "action", t::activities::ACTION, actions, vec![group().child(options)])
}

/// An action as requests and the log write it.
pub fn code(action: Action) -> String {
    let json = serde_json::to_string(&action).unwrap_or_default();
    json.trim_matches('"').to_owned()
}

fn people(filter: Filter, form: Form, choices: State<ActivityChoices>) -> Option<El> {
    let people = choices.read().people.clone();
    let named = people.into_iter().map(|one| (one.id.to_string(), one.name));
    let options = options(filter.user, group().say(t::activities::EVERYBODY), named);
    (options.len() > 1).then(|| choice(form, "user", t::activities::USER, filter.user, options))
}

fn computers(filter: Filter, form: Form, choices: State<ActivityChoices>) -> Option<El> {
    let labels = choices.read().computers.clone();
    let named = labels.into_iter().map(|label| (label.clone(), label));
    let options = options(filter.computer, group().say(t::activities::EVERY_COMPUTER), named);
    (options.len() > 1).then(|| choice(form, "computer", t::activities::COMPUTER, filter.computer, options))
}

fn options(of: State<String>, all: El, named: impl Iterator<Item = (String, String)>) -> Vec<El> {
    let mut options = vec![option(of, "", all)];
    options.extend(named.map(|(value, name)| option_of(of, value, group().child(name))));
    options
}
