//! Verifies an exported log on this computer, piece by piece: nothing of it is sent anywhere.

use js_sys::Uint8Array;
use leptos::task::spawn_local;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::File;
use wire::{
    checkpoint::Checkpoint,
    log_file::{BadLine, Fault, FileVerifier, hex_of},
};

use crate::{
    components::{
        announcer::Announcer,
        el::{El, el, group},
        file_drop::file_drop,
    },
    page::Page,
    pages::frame::page_title,
    signals::State,
    texts::{Speech, Text, t},
};

/// Bytes that are read at a time: the page stays awake between two pieces.
const PIECE_BYTES: f64 = 1_000_000.0;

/// How far it has come.
#[derive(Clone, Copy)]
enum Verdict {
    None,
    /// So many hundredths are read.
    Reading(u32),
    Good(u64, Option<Checkpoint>),
    Bad(BadLine),
    NoFile,
}

/// The page.
pub fn verify_log() -> El {
    let speech = Speech::here();
    let verdict = State::new(Verdict::None);
    let shown = move || {
        let (class, words) = match verdict.get() {
            Verdict::None => return None,
            Verdict::Reading(hundredths) => {
                ("notice", speech.fill(t::verify::READING, &[&hundredths.to_string()]))
            }
            Verdict::Good(lines, gone) => ("notice good", good(speech, lines, gone)),
            Verdict::Bad(bad) => ("notice bad", bad_line(speech, bad)),
            Verdict::NoFile => ("notice bad", speech.text(t::verify::NO_FILE).to_owned()),
        };
        Some(el("p").class(class).child(words))
    };
    let take = move |file: Option<File>| {
        if let Some(file) = file {
            spawn_local(verify(file, verdict));
        }
    };
    let back = el("a").set("href", Page::Activities.path()).say(t::shell::ACTIVITIES);
    group()
        .child(page_title(t::verify::TITLE))
        .child(el("p").say(t::verify::ABOUT))
        .child(file_drop(t::verify::FILE, t::verify::DROP, ".jsonl", take))
        .child(shown)
        .child(el("p").class("aside").child(back))
}

/// What is said of a good file, and of the lines that went before it.
fn good(speech: Speech, lines: u64, gone: Option<Checkpoint>) -> String {
    let good = speech.fill(t::verify::GOOD, &[&lines.to_string()]);
    match gone {
        None => good,
        Some(Checkpoint { seq, key, .. }) => {
            format!("{good} {}", speech.fill(t::verify::TRIMMED, &[&seq.to_string(), &hex_of(&key)]))
        }
    }
}

fn bad_line(speech: Speech, BadLine { number, fault }: BadLine) -> String {
    let good = number.saturating_sub(1).to_string();
    let line = speech.fill(t::verify::BAD, &[&number.to_string(), &good]);
    format!("{line} {}", speech.text(reason(fault)))
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
    }
}

async fn verify(file: File, verdict: State<Verdict>) {
    let size = file.size();
    let (mut verifier, mut at) = (FileVerifier::default(), 0.0);
    let mut found = Ok(());
    while at < size && found.is_ok() {
        if !verdict.try_set(Verdict::Reading((at / size * 100.0) as u32)) {
            return;
        }
        match piece(&file, at).await {
            Some(bytes) => found = verifier.take(&bytes),
            None => return verdict.set(Verdict::NoFile),
        }
        at += PIECE_BYTES;
    }
    let speech = Speech::here();
    let announcer = Announcer::here();
    let gone = verifier.checkpoint();
    match found.and_then(|()| verifier.finish()) {
        Ok(lines) => {
            if verdict.try_set(Verdict::Good(lines, gone)) {
                announcer.aloud(leptos::prelude::untrack(|| good(speech, lines, gone)));
            }
        }
        Err(bad) => {
            if verdict.try_set(Verdict::Bad(bad)) {
                announcer.alert(leptos::prelude::untrack(|| bad_line(speech, bad)));
            }
        }
    }
}

async fn piece(file: &File, at: f64) -> Option<Vec<u8>> {
    let piece = file.slice_with_f64_and_f64(at, at + PIECE_BYTES).ok()?;
    let buffer: JsValue = JsFuture::from(piece.array_buffer()).await.ok()?;
    Some(Uint8Array::new(&buffer).to_vec())
}
