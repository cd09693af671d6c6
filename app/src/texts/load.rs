//! Fetches the sentences of a language, once each. They are as immutable as the WebAssembly that knows their places: the
//! address names their digest, and the browser refuses any others.

use std::cell::RefCell;

use wire::Language;

use super::{Sentences, t};
use crate::api::{self, Missing};

thread_local! {
    static LOADED: RefCell<Vec<&'static Sentences>> = const { RefCell::new(Vec::new()) };
}

/// The file of a language.
pub struct Source {
    pub address: &'static str,
    pub integrity: &'static str,
}

/// The sentences of a language.
pub async fn load(language: Language) -> Result<&'static Sentences, Missing> {
    let known = LOADED.with_borrow(|loaded| loaded.iter().copied().find(|known| known.language == language));
    if let Some(sentences) = known {
        return Ok(sentences);
    }
    let source = match language {
        Language::En => t::EN,
        Language::Ru => t::RU,
        Language::Fr => t::FR,
    };
    let sentences = Sentences::read(language, api::load(source.address, source.integrity).await?);
    LOADED.with_borrow_mut(|loaded| loaded.push(sentences));
    Ok(sentences)
}
