//! Verifies an exported log on this computer, piece by piece: nothing of it is sent anywhere.

use js_sys::Uint8Array;
use leptos::{prelude::untrack, task::spawn_local};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::File;
use wire::{
    Empty, Timestamp,
    log_end::LogEnd,
    log_file::{BadLine, Fault, FileVerifier, Finding, Verdict},
    signed::GetLogKey,
};

use crate::{
    components::{
        announcer::Announcer,
        el::{El, el, group},
        field::Field,
        file_drop::file_drop,
        form::Form,
        icon::Icon,
    },
    moment::Calendar,
    page::Page,
    pages::frame::page_title,
    session::SessionStore,
    signals::{State, derived, effect},
    texts::{Speech, Text, t},
};

/// Bytes that are read at a time: the page stays awake between two pieces.
const PIECE_BYTES: f64 = 1_000_000.0;

/// What has come of the file of this name.
#[derive(Clone)]
enum Progress {
    Nothing,
    /// So many hundredths are read.
    Reading(String, u32),
    Read(String, Box<Finding>),
    NoFile(String),
}

/// What is said of it, as long as the same key is typed.
#[derive(Clone, PartialEq)]
enum Said {
    Nothing,
    Reading(String, u32),
    NoKey,
    Judged(String, Verdict),
    NoFile(String),
}

/// The page.
pub fn verify_log() -> El {
    let speech = Speech::here();
    let progress = State::new(Progress::Nothing);
    // Counts the files, for the one that was chosen last is the one that is told of.
    let round = State::new(0_u32);
    let key = State::new(String::new());
    SessionStore::here().call::<GetLogKey>(&Empty {}, move |reply| {
        if let Ok(told) = reply
            && key.try_read_untracked().is_some_and(|typed| typed.is_empty())
        {
            key.set(told.key);
        }
    });
    let said = derived(move || said(&progress.read(), &key.read()));
    let shown = move || {
        let said = said.get();
        let (class, icon) = match &said {
            Said::Nothing => return None,
            Said::Reading(..) => ("notice", Icon::List),
            Said::Judged(_, Verdict::Proven(_)) => ("notice good", Icon::Check),
            Said::Judged(_, Verdict::Unproven(_)) => ("notice warn", Icon::Alert),
            Said::Judged(_, Verdict::Bad(_)) | Said::NoKey | Said::NoFile(_) => ("notice bad", Icon::Alert),
        };
        Some(el("p").class(class).child(icon.show()).child(el("span").child(words(speech, &said))))
    };
    effect(move || announce(speech, &said.get()));
    let take = move |file: Option<File>| {
        if let Some(file) = file {
            round.update(|files| *files += 1);
            let mine = round.get_untracked();
            spawn_local(verify(file, move |now| {
                round.try_read_untracked().is_some_and(|files| *files == mine) && progress.try_set(now)
            }));
        }
    };
    let field = Field::text("key", t::verify::KEY, key).hint(t::verify::KEY_HINT);
    let back = el("a").set("href", Page::Activities.path()).say(t::shell::ACTIVITIES);
    group()
        .child(page_title(t::verify::TITLE))
        .child(el("p").say(t::verify::ABOUT))
        .child(field.show(Form::new(&["key"])))
        .child(file_drop(t::verify::FILE, t::verify::DROP, ".jsonl", take))
        .child(shown)
        .child(el("p").class("aside").child(back))
}

/// Nothing is judged by half a key.
fn said(progress: &Progress, typed: &str) -> Said {
    match progress {
        Progress::Nothing => Said::Nothing,
        Progress::Reading(name, hundredths) => Said::Reading(name.clone(), *hundredths),
        Progress::NoFile(name) => Said::NoFile(name.clone()),
        Progress::Read(name, found) if typed.trim().is_empty() => {
            Said::Judged(name.clone(), found.judged(None))
        }
        Progress::Read(name, found) => match typed.parse() {
            Ok(key) => Said::Judged(name.clone(), found.judged(Some(key))),
            Err(_) => Said::NoKey,
        },
    }
}

fn announce(speech: Speech, said: &Said) {
    let words = untrack(|| words(speech, said));
    let announcer = Announcer::here();
    match said {
        Said::Nothing | Said::Reading(..) => {}
        Said::Judged(_, Verdict::Proven(_) | Verdict::Unproven(_)) => announcer.aloud(words),
        Said::Judged(_, Verdict::Bad(_)) | Said::NoKey | Said::NoFile(_) => announcer.alert(words),
    }
}

fn words(speech: Speech, said: &Said) -> String {
    match said {
        Said::Nothing => String::new(),
        Said::Reading(name, hundredths) => speech.fill(t::verify::READING, &[name, &hundredths.to_string()]),
        Said::NoKey => speech.text(t::verify::NO_KEY).to_owned(),
        Said::NoFile(name) => speech.fill(t::verify::NO_FILE, &[name]),
        Said::Judged(name, Verdict::Proven(end)) => {
            format!("{} {}", speech.fill(t::verify::PROVEN, &[name]), about(speech, end))
        }
        Said::Judged(name, Verdict::Unproven(end)) => {
            let unproven = speech.fill(t::verify::UNPROVEN, &[name, &end.key.to_string()]);
            format!("{unproven} {}", about(speech, end))
        }
        Said::Judged(name, Verdict::Bad(BadLine { number, fault })) => {
            let line = speech.fill(t::verify::BAD, &[&number.to_string(), name]);
            format!("{line} {}", speech.text(reason(*fault)))
        }
    }
}

/// Whose log a file holds, of when, and what had gone of it.
fn about(speech: Speech, LogEnd { statement, .. }: &LogEnd) -> String {
    let at = Timestamp(statement.at.try_into().unwrap_or(i64::MAX));
    let at = Calendar::new(speech.language(), &SessionStore::here().time_zone()).write(at);
    let (lines, gone) = (statement.lines.to_string(), statement.gone());
    let holds = speech.fill(t::verify::HOLDS, &[&lines, statement.clinic.as_str(), &at]);
    match gone {
        0 => holds,
        gone => format!("{holds} {}", speech.fill(t::verify::TRIMMED, &[&gone.to_string()])),
    }
}

fn reason(fault: Fault) -> Text {
    match fault {
        Fault::Unreadable => t::verify::UNREADABLE,
        Fault::Changed => t::verify::CHANGED,
        Fault::Missing(_) => t::verify::MISSING,
        Fault::OutOfOrder(_) => t::verify::OUT_OF_ORDER,
        Fault::Behind => t::verify::BEHIND,
        Fault::WrongEnd => t::verify::WRONG_END,
        Fault::CutOff => t::verify::CUT_OFF,
        Fault::Filtered => t::verify::FILTERED,
        Fault::Foreign => t::verify::FOREIGN,
    }
}

/// Reads a file, and tells how far it has come for as long as somebody wants to know.
async fn verify(file: File, tell: impl Fn(Progress) -> bool) {
    let (name, size) = (file.name(), file.size());
    let (mut verifier, mut at) = (FileVerifier::default(), 0.0);
    let mut taken = Ok(());
    while at < size && taken.is_ok() {
        if !tell(Progress::Reading(name.clone(), (at / size * 100.0) as u32)) {
            return;
        }
        match piece(&file, at).await {
            Some(bytes) => taken = verifier.take(&bytes),
            None => {
                tell(Progress::NoFile(name));
                return;
            }
        }
        at += PIECE_BYTES;
    }
    tell(Progress::Read(name, Box::new(verifier.finish())));
}

async fn piece(file: &File, at: f64) -> Option<Vec<u8>> {
    let piece = file.slice_with_f64_and_f64(at, at + PIECE_BYTES).ok()?;
    let buffer: JsValue = JsFuture::from(piece.array_buffer()).await.ok()?;
    Some(Uint8Array::new(&buffer).to_vec())
}
