//! Many people at once, from a list: checked line by line first, then added whole or not at all.

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::File;
use wire::{
    Language, Problem, ProblemCode,
    computers::SignInPair,
    people::{
        CheckImport, Import, ImportLine, ImportPerson, ImportReport, ImportText, ImportUsers, Imported,
        MadePassword, MakePasswords, PASSWORDS_AT_ONCE_MAX, PasswordWish, PersonFields,
    },
    rights::Right,
};

use super::people_file::{self, csv};
use crate::{
    api::Failure,
    browser::focus_soon,
    components::{
        announcer::Announcer,
        button::submit,
        el::{El, el, group},
        field::{around, bound},
        file_drop::file_drop,
        form::{Form, form_problem, sentence},
        icon::Icon,
        notice::note,
        panel::{button_row, panel},
        secret::{guard, keeping, slip},
        table::{cell, table},
    },
    page::Page,
    pages::frame::{clinic_sections, page_title},
    session::SessionStore,
    signals::{Derived, State, derived},
    texts::{Sentences, Speech, Text, role_name, t},
};

/// The id of the button that stops the making of passwords.
const CANCEL: &str = "cancel-import";
const COLUMNS: [Text; 7] = [
    t::people::LINE,
    t::users::NAME,
    t::users::POSITION,
    t::account::EMAIL,
    t::users::ROLE,
    t::users::LOGIN,
    t::people::PROBLEM,
];

/// An import from its list to its passwords. Copies of it are the same import.
#[derive(Clone, Copy)]
struct Importing {
    /// What was read or pasted.
    text: State<String>,
    /// The name of the file and its encoding.
    file: State<Option<(String, &'static str)>>,
    report: State<Option<ImportReport>>,
    leave_out: State<bool>,
    /// Passwords that are made already. They are kept when the last step fails, so that it alone is tried again.
    made: State<Vec<MadePassword>>,
    /// How many passwords are made, while they are being made.
    progress: State<Option<u32>>,
    /// Whether lines got into trouble between the look and the import.
    refused: State<bool>,
    added: State<Option<Vec<SignInPair>>>,
    check: Form,
    import: Form,
    session: SessionStore,
    announcer: Announcer,
    speech: Speech,
}

/// The page.
pub fn import_users() -> El {
    let importing = Importing {
        text: State::new(String::new()),
        file: State::new(None),
        report: State::new(None),
        leave_out: State::new(false),
        made: State::new(Vec::new()),
        progress: State::new(None),
        refused: State::new(false),
        added: State::new(None),
        check: Form::new(&["text"]),
        import: Form::new(&[]),
        session: SessionStore::here(),
        announcer: Announcer::here(),
        speech: Speech::here(),
    };
    let may_add = untrack(|| importing.session.me()).is_some_and(|me| me.rights.users == Right::Edit);
    let stage = move || match (importing.added.get(), importing.report.get()) {
        _ if !may_add => note(t::people::MAY_ADD_NOBODY),
        (Some(added), _) => result(importing, &added),
        (None, Some(report)) => preview(importing, &report),
        (None, None) => source(importing),
    };
    group()
        .child(clinic_sections())
        .child(super::back())
        .child(el("div").class("title").child(el("div").child(page_title(t::shell::IMPORT_USERS))))
        .child(stage)
}

impl Importing {
    /// Reads a file into the field, and has it checked.
    fn take(self, file: Option<File>) {
        let Some(file) = file else { return };
        spawn_local(async move {
            let read = people_file::read(file).await;
            if self.text.is_disposed() {
                return;
            }
            match read {
                Some(read) => {
                    self.text.set(read.text);
                    self.file.set(Some((read.name, read.encoding)));
                    self.ask();
                }
                None => self.check.refuse(Problem::about("text", ProblemCode::ImportMalformed)),
            }
        });
    }

    /// Has the list checked.
    fn ask(self) {
        self.check.send::<CheckImport>(ImportText { text: self.text.get_untracked() }, move |reply| {
            let report: ImportReport = reply?;
            let (right, wrong) = count(&report.lines);
            self.announcer.status(checked(self.speech.sentences_now(), right, wrong));
            self.leave_out.set(false);
            self.refused.set(false);
            self.report.set(Some(report));
            focus_soon("preview");
            Ok(())
        });
    }

    /// Makes the passwords that are still missing, some at a time, then adds everybody.
    fn start(self) {
        let wanted = self.people().len();
        let made = self.made.with_untracked(Vec::len);
        if made >= wanted {
            self.progress.set(None);
            return self.finish();
        }
        self.progress.set(Some(u32::try_from(made).unwrap_or(u32::MAX)));
        let missing = u32::try_from(wanted - made).unwrap_or(u32::MAX);
        let wish = PasswordWish { count: missing.min(PASSWORDS_AT_ONCE_MAX) };
        self.session.call::<MakePasswords>(&wish, move |reply| {
            // Gone, or cancelled.
            if self.progress.is_disposed() || self.progress.get_untracked().is_none() {
                return;
            }
            match reply {
                Ok(batch) => {
                    self.made.update(|made| made.extend(batch.passwords));
                    self.start();
                }
                Err(failure) => {
                    self.progress.set(None);
                    self.import.refuse(failure);
                }
            }
        });
    }

    fn cancel(self) {
        self.progress.set(None);
        self.announcer.status(self.speech.text_now(t::people::NOT_STARTED).to_owned());
        focus_soon("preview");
    }

    /// Adds everybody, or nobody. Sent twice under one name it is done once, so that a lost reply costs nothing.
    fn finish(self) {
        let people = self.people();
        let Some(import) =
            self.report.with_untracked(|report| report.as_ref().map(|report| report.import.clone()))
        else {
            return;
        };
        let request = self.made.with_untracked(|made| Import {
            import,
            people: people
                .iter()
                .zip(made)
                .map(|((line, person), made)| ImportPerson {
                    line: *line,
                    person: person.clone(),
                    sealed: made.sealed.clone(),
                })
                .collect(),
        });
        self.import.send::<ImportUsers>(request, move |reply| {
            let Imported { added, refused } = reply?;
            if refused.is_empty() {
                self.announcer.status(self.speech.fill_now(t::people::IMPORTED, &[&added.len().to_string()]));
                self.added.set(Some(self.pairs(&people)));
                focus_soon("imported");
                return Ok(());
            }
            self.report.update(|report| {
                let lines = report.as_mut().map(|report| report.lines.as_mut_slice()).unwrap_or_default();
                for line in lines {
                    if let Some(found) = refused.iter().find(|found| found.line == line.line) {
                        line.problem = Some(found.problem.clone());
                    }
                }
            });
            self.leave_out.set(false);
            self.refused.set(true);
            self.announcer.alert(self.speech.text_now(t::people::REFUSED).to_owned());
            focus_soon("preview");
            Ok(())
        });
    }

    /// Those who can be added, with their lines.
    fn people(self) -> Vec<(u32, PersonFields)> {
        self.report.with_untracked(|report| {
            let lines = report.as_ref().map(|report| report.lines.as_slice()).unwrap_or_default();
            let right = lines.iter().filter(|line| line.problem.is_none());
            right.map(|line| (line.line, line.person.clone())).collect()
        })
    }

    fn pairs(self, people: &[(u32, PersonFields)]) -> Vec<SignInPair> {
        let language = untrack(|| self.session.seat()).map(|seat| seat.language).unwrap_or_default();
        self.made.with_untracked(|made| {
            let pair = |((_, person), made): (&(u32, PersonFields), &MadePassword)| SignInPair {
                full_name: written(person, language),
                login: person.login.clone(),
                password: made.password.clone(),
            };
            people.iter().zip(made).map(pair).collect()
        })
    }
}

/// Where the list comes from.
fn source(importing: Importing) -> El {
    let speech = importing.speech;
    let sample = el("a")
        .class("sample")
        .set("download", "wardkey.csv")
        .set("href", move || {
            let lines = [t::people::SAMPLE_HEAD, t::people::SAMPLE_PERSON].map(|line| speech.text(line));
            let lines = String::from(js_sys::encode_uri_component(&(lines.join("\r\n") + "\r\n")));
            // The mark of its encoding at the front, which spreadsheets look for.
            format!("data:text/csv;charset=utf-8,%EF%BB%BF{lines}")
        })
        .say(t::people::SAMPLE);
    let accept = ".csv,.txt,.tsv,text/csv,text/plain";
    let drop =
        file_drop(t::people::CHOOSE_FILE, t::people::DROP_HERE, accept, move |file| importing.take(file));
    let pasted = bound(el("textarea"), importing.check, "text", importing.text)
        .set("rows", "8")
        .set("spellcheck", "false")
        .on("input", move |_| importing.file.set(None));
    let form = el("form")
        .set("novalidate", true)
        .on_submit(move || importing.ask())
        .child(form_problem(importing.check))
        .child(around(importing.check, "text", t::people::PASTE, None, pasted, None))
        .child(button_row().child(submit(importing.check, t::people::CHECK)));
    panel("list", Some(Icon::Import), t::people::LIST)
        .child(el("p").say(t::people::LIST_ABOUT))
        .child(el("p").child(sample))
        .child(drop)
        .child(form)
}

/// Everything that the import would do, before it does it: what stands in its way comes first.
fn preview(importing: Importing, report: &ImportReport) -> El {
    let speech = importing.speech;
    let (right, wrong) = count(&report.lines);
    let file = importing.file.get_untracked().map(|(name, encoding)| {
        el("p").class("hint").child(move || speech.fill(t::people::READ_AS, &[&name, encoding]))
    });
    let lines = [false, true]
        .into_iter()
        .flat_map(|ready| report.lines.iter().filter(move |line| line.problem.is_none() == ready));
    let lines: Vec<El> = lines.map(|line| line_of(line, speech)).collect();
    let refused = importing.refused.get_untracked().then(|| {
        el("p").class("notice bad").child(Icon::Alert.show()).child(el("span").say(t::people::REFUSED))
    });
    let heading = el("h2")
        .set("id", "preview")
        .set("tabindex", "-1")
        .child(move || checked(speech.sentences(), right, wrong));
    let leave_out = (right > 0 && wrong > 0).then(|| leave_out(importing, wrong));
    let ready = derived(move || right > 0 && (wrong == 0 || importing.leave_out.get()));
    let making = derived(move || importing.progress.read().is_some());
    let controls =
        move || if making.get() { progress(importing, right) } else { answers(importing, right, ready) };
    el("section")
        .class("panel")
        .set("aria-labelledby", "preview")
        .child(heading)
        .child(file)
        .child(refused)
        .child(leave_out)
        .child(form_problem(importing.import))
        // The passwords are told in the answer alone: whoever goes before it comes leaves them behind.
        .child(move || importing.import.is_busy().then(|| guard(State::new(false))))
        .child(controls)
        .child(table("cards log", &COLUMNS, lines))
}

fn leave_out(importing: Importing, wrong: u32) -> El {
    let speech = importing.speech;
    let ticked = importing.leave_out;
    let tick = el("input")
        .set("id", "leave-out")
        .set("type", "checkbox")
        .set("checked", ticked.get_untracked())
        .on("change", move |_| ticked.update(|ticked| *ticked = !*ticked));
    let label = el("label")
        .set("for", "leave-out")
        .child(move || speech.fill(t::people::LEAVE_OUT, &[&wrong.to_string()]));
    el("div").class("tick").child(tick).child(label)
}

fn answers(importing: Importing, right: u32, ready: Derived<bool>) -> El {
    let speech = importing.speech;
    let busy = move || importing.import.is_busy();
    let add = el("button")
        .set("type", "button")
        .class("button primary")
        .set("disabled", move || !ready.get())
        .set("aria-busy", move || busy().to_string())
        .on_press(move || {
            importing.start();
            focus_soon(CANCEL);
        })
        .child(el("span").class("spinner").set("aria-hidden", "true"))
        .child(el("span").child(move || speech.fill(t::people::IMPORT_PEOPLE, &[&right.to_string()])));
    let other = el("button")
        .set("type", "button")
        .class("button")
        .on_press(move || {
            importing.report.set(None);
            focus_soon("text");
        })
        .say(t::people::OTHER_LIST);
    button_row().child(add).child(other)
}

fn progress(importing: Importing, all: u32) -> El {
    let speech = importing.speech;
    let done = move || importing.progress.get().unwrap_or_default();
    let bar = el("progress")
        .set("id", "making")
        .set("max", all.to_string())
        .set("value", move || done().to_string());
    let label = el("label")
        .set("for", "making")
        .child(move || speech.fill(t::people::PASSWORDS, &[&done().to_string(), &all.to_string()]));
    let cancel = el("button")
        .set("type", "button")
        .set("id", CANCEL)
        .class("button")
        .on_press(move || importing.cancel());
    el("div").class("making").child(label).child(bar).child(cancel.say(t::once::CANCEL))
}

fn line_of(line: &ImportLine, speech: Speech) -> El {
    let ImportLine { line, person, problem } = line.clone();
    let name = [person.last_name, person.first_name, person.middle_name].join(" ");
    let problem = problem.map(|problem| {
        el("span")
            .class("action bad")
            .child(Icon::Alert.show())
            .child(el("span").child(move || complaint(speech.sentences(), &problem)))
    });
    let verdict = problem.unwrap_or_else(|| {
        el("span").class("action good").child(Icon::Check.show()).child(el("span").say(t::people::READY))
    });
    el("tr")
        .child(cell(COLUMNS[0], line.to_string()))
        .child(cell(COLUMNS[1], name))
        .child(cell(COLUMNS[2], person.position))
        .child(cell(COLUMNS[3], person.email))
        .child(cell(COLUMNS[4], move || speech.text(role_name(person.role))))
        .child(cell(COLUMNS[5], person.login).class("login"))
        .child(cell(COLUMNS[6], verdict))
}

/// The sentence of a problem, with the column that it is about.
fn complaint(sentences: &Sentences, problem: &Problem) -> String {
    let words = sentence(sentences, &Failure::Refused(problem.clone()), 0);
    let column = match problem.field.as_deref() {
        Some("last_name") => t::people::LAST_NAME,
        Some("first_name") => t::people::FIRST_NAME,
        Some("middle_name") => t::people::MIDDLE_NAME,
        Some("position") => t::users::POSITION,
        Some("email") => t::account::EMAIL,
        Some("role") => t::users::ROLE,
        Some("login") => t::users::LOGIN,
        _ => return words,
    };
    format!("{}: {words}", sentences.text(column))
}

/// The first passwords of everybody who was added, to be cut out and handed over.
fn result(importing: Importing, pairs: &[SignInPair]) -> El {
    let speech = importing.speech;
    let number = pairs.len().to_string();
    let copied = pairs.to_vec();
    let copy = move || {
        csv([t::users::NAME, t::users::LOGIN, t::once::PASSWORD].map(|name| speech.text_now(name)), &copied)
    };
    let heading = el("h2")
        .set("id", "imported")
        .set("tabindex", "-1")
        .child(Icon::Check.show())
        .child(move || speech.fill(t::people::IMPORTED, &[&number]));
    el("section")
        .class("panel")
        .set("aria-labelledby", "imported")
        .child(heading)
        .child(keeping(Some(Box::new(copy))))
        .child(el("div").class("slips").child(pairs.iter().map(slip).collect::<Vec<_>>()))
        .child(el("p").class("back").child(el("a").set("href", Page::Users.path()).say(t::account::BACK)))
}

/// What came of the check, in words.
fn checked(sentences: &Sentences, right: u32, wrong: u32) -> String {
    match wrong {
        0 => sentences.fill(t::people::CHECKED, &[&right.to_string()]),
        _ => sentences.fill(t::people::CHECKED_WRONG, &[&right.to_string(), &wrong.to_string()]),
    }
}

/// How many lines can be imported, and how many cannot.
fn count(lines: &[ImportLine]) -> (u32, u32) {
    let right = lines.iter().filter(|line| line.problem.is_none()).count();
    (count_of(right), count_of(lines.len() - right))
}

fn count_of(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The full name, in the order that the clinic's language writes it.
fn written(person: &PersonFields, language: Language) -> String {
    let PersonFields { last_name, first_name, middle_name, .. } = person;
    let parts = match language {
        Language::Ru => [last_name, first_name, middle_name],
        Language::En | Language::Fr => [first_name, middle_name, last_name],
    };
    parts.map(|part| part.trim()).into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}
