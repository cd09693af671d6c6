//! Writes what is found into a file: how far that has come stays in sight, and its end is told.

use leptos::{prelude::*, task::spawn_local};
use wire::activities::{ExportActivities, ExportFormat};

use super::filter::Filter;
use crate::{
    api::{Call, Failure, receive},
    browser::save,
    components::{
        announcer::Announcer,
        button::awaiting,
        el::{El, el, group},
        field::{choice, option},
        form::{Form, form_problem},
        icon::Icon,
        own_password,
    },
    page::Page,
    session::SessionStore,
    signals::State,
    texts::{Speech, Text, t},
};

/// The names of the formats, as there are of them.
pub const FORMAT_NAMES: [Text; ExportFormat::ALL.len()] = [t::export::CSV, t::export::JSONL, t::export::FHIR];

/// The choice of a format, and the button.
pub fn export(filter: Filter) -> El {
    let speech = Speech::here();
    let form = Form::new(&[]);
    let format = State::new(ExportFormat::Csv.name().to_owned());
    // The kilobytes that have come, while they come.
    let came = State::new(None::<u32>);
    let busy = move || came.read().is_some();
    let start = move || {
        if !untrack(busy) {
            form.start_over();
            came.set(Some(0));
            let is_wanted = |of: &ExportFormat| of.name() == format.read_untracked().as_str();
            let wanted = ExportFormat::ALL.into_iter().find(is_wanted).unwrap_or(ExportFormat::Csv);
            spawn_local(bring(Call::of::<ExportActivities>(&filter.file(wanted)), form, wanted, came));
        }
    };
    let options = ExportFormat::ALL.into_iter().zip(FORMAT_NAMES);
    let options = options.map(|(of, name)| option(format, of.name(), group().say(name))).collect();
    let so_far = move || {
        let kilobytes = came.get()?.to_string();
        Some(el("p").class("hint").child(speech.fill(t::export::SO_FAR, &[&kilobytes])))
    };
    el("div")
        .class("export")
        .child(choice(form, "format", t::export::FORMAT, format, options))
        .child(awaiting("button", "button", Some(Icon::Import), t::export::START, busy).on_press(start))
        // A page of the other app, which the router must not look for here.
        .child(el("a").set("href", Page::VerifyLog.path()).set("rel", "external").say(t::verify::TITLE))
        .child(so_far)
        .child(form_problem(form))
}

async fn bring(call: Result<Call, Failure>, form: Form, format: ExportFormat, came: State<Option<u32>>) {
    let received = receive(call.clone(), move |bytes| _ = came.try_set(Some(bytes / 1_000))).await;
    if let Err(failure) = &received
        && own_password::is_wanted(failure)
    {
        let refused = failure.clone();
        return own_password::ask_for_it(Box::new(move |typed| match typed {
            true => spawn_local(bring(call, form, format, came)),
            false if came.try_set(None) => form.refuse(refused),
            false => {}
        }));
    }
    // Whoever has left the page wants no file any more.
    if !came.try_set(None) {
        return;
    }
    match received {
        Ok(file) => {
            save(&file, &format!("wardkey-log.{}", format.extension()));
            // Through a whole number: to write a broken one, the app would have to carry four kilobytes more.
            let kilobytes = ((file.size() / 1_000.0).ceil() as u32).to_string();
            Announcer::here().status(Speech::here().fill_now(t::export::DONE, &[&kilobytes]));
        }
        Err(failure) => {
            form.refuse(failure);
            SessionStore::here().refresh();
        }
    }
}
