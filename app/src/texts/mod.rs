//! Every sentence of the app. A language is a file beside the WebAssembly; that no sentence is missing in it is seen to by
//! `app/build.rs`, which gives each of them its name here.

#[cfg(test)]
mod file;
mod load;
mod message;
mod names;
mod plural;
mod problem;
mod sentences;
mod tongue;

pub use self::{
    load::load,
    names::{
        action_name, changed_name, module_name, permission_reason, policy, right_name, role_name,
        unlock_reason,
    },
    problem::Refusal,
    sentences::Sentences,
    tongue::Tongue,
};

use std::cell::OnceCell;

use wire::Language;

use crate::signals::State;

/// A sentence by its place in the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text(u16);

/// A sentence into which so many names or numbers are put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Template<const N: usize>(u16);

/// The names of the sentences, such as `t::users::SEARCH`.
pub mod t {
    use super::{Template, Text, tongue::Source};

    include!(concat!(env!("OUT_DIR"), "/sentences.rs"));
}

/// What a language of mails calls itself.
pub fn own_name(language: Language) -> &'static str {
    Tongue::from(language).name()
}

/// What a clinic's language calls a system administrator, as a last and a first name in the order that it writes them.
/// It may be another language than the one that was loaded.
pub fn administrator(language: Language) -> (&'static str, &'static str) {
    match language {
        Language::En => ("administrator", "System"),
        Language::Ru => ("Системный", "администратор"),
        Language::Fr => ("système", "Administrateur"),
    }
}

thread_local! {
    static SPOKEN: OnceCell<State<&'static Sentences>> = const { OnceCell::new() };
    static AWAITED: OnceCell<State<Option<Tongue>>> = const { OnceCell::new() };
}

/// The language that the screen speaks now. A page speaks one, so that holding this costs nothing.
#[derive(Clone, Copy)]
pub struct Speech(());

impl Speech {
    /// Starts in a language.
    pub fn new(sentences: &'static Sentences) -> Self {
        SPOKEN.with(|spoken| _ = spoken.get_or_init(|| State::new(sentences)));
        AWAITED.with(|awaited| _ = awaited.get_or_init(|| State::new(None)));
        Self(())
    }

    /// The page's speech.
    pub fn here() -> Self {
        Self(())
    }

    fn spoken(self) -> State<&'static Sentences> {
        SPOKEN.with(|spoken| *spoken.get().expect("the app starts with a language"))
    }

    /// The language; whoever reads it follows it.
    pub fn language(self) -> Tongue {
        self.sentences().language
    }

    /// The language that was chosen last, while its sentences are on their way: the screen may go on meanwhile.
    pub fn awaited(self) -> State<Option<Tongue>> {
        AWAITED.with(|awaited| *awaited.get().expect("the app starts with a language"))
    }

    /// Speaks another language from now on.
    pub fn switch(self, sentences: &'static Sentences) {
        self.spoken().set(sentences);
    }

    /// The sentences; whoever reads them follows the language.
    pub fn sentences(self) -> &'static Sentences {
        self.spoken().get()
    }

    /// The sentences of this moment.
    pub fn sentences_now(self) -> &'static Sentences {
        self.spoken().get_untracked()
    }

    /// A sentence; whoever reads it follows the language.
    pub fn text(self, text: Text) -> &'static str {
        self.sentences().text(text)
    }

    /// The sentence of this moment.
    pub fn text_now(self, text: Text) -> &'static str {
        self.sentences_now().text(text)
    }

    /// A sentence with its names and numbers; whoever reads it follows the language.
    pub fn fill<const N: usize>(self, text: Template<N>, arguments: &[&str; N]) -> String {
        self.sentences().fill(text, arguments)
    }

    /// The same at this moment.
    pub fn fill_now<const N: usize>(self, text: Template<N>, arguments: &[&str; N]) -> String {
        self.sentences_now().fill(text, arguments)
    }
}

/// A sentence that follows the language.
pub fn say(text: Text) -> impl Fn() -> &'static str + Copy + Send + Sync {
    let speech = Speech::here();
    move || speech.text(text)
}

/// The sentences of a language, for tests: nothing is fetched there.
#[cfg(test)]
pub fn of(language: impl Into<Tongue>) -> &'static Sentences {
    let language = language.into();
    let file = format!("{}/src/texts/{}.txt", env!("CARGO_MANIFEST_DIR"), language.tag());
    Sentences::read(language, file::messages(&std::fs::read_to_string(file).expect("a language has a file")))
}
