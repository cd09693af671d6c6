//! Fetches the sentences of a language, once each. They are as immutable as the WebAssembly that knows their places: the
//! address names their digest, and the browser refuses any others.

use std::cell::RefCell;

use super::{Sentences, Tongue};
use crate::api::{self, Missing};

thread_local! {
    static LOADED: RefCell<Vec<&'static Sentences>> = const { RefCell::new(Vec::new()) };
}

/// The sentences of a language.
pub async fn load(language: impl Into<Tongue>) -> Result<&'static Sentences, Missing> {
    load_file(language.into()).await
}

async fn load_file(language: Tongue) -> Result<&'static Sentences, Missing> {
    let known = LOADED.with_borrow(|loaded| loaded.iter().copied().find(|known| known.language == language));
    if let Some(sentences) = known {
        return Ok(sentences);
    }
    let source = language.source();
    let sentences = Sentences::read(language, api::load(source.address, source.integrity).await?);
    LOADED.with_borrow_mut(|loaded| loaded.push(sentences));
    Ok(sentences)
}
