//! Something that was read from the Worker and is kept on the screen while it is read again.

use leptos::prelude::*;
use wire::Endpoint;

use crate::{
    api::Failure,
    components::{
        el::{El, group},
        notice::trouble,
    },
    session::SessionStore,
};

/// A reply on the screen. Copies of it are the same reply.
pub struct Kept<T: 'static> {
    value: RwSignal<Option<T>>,
    failure: RwSignal<Option<Failure>>,
    busy: RwSignal<bool>,
    session: SessionStore,
}

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Kept<T> {}

impl<T: Clone + PartialEq + Send + Sync + 'static> Kept<T> {
    /// Nothing yet.
    pub fn new() -> Self {
        Self {
            value: RwSignal::new(None),
            failure: RwSignal::new(None),
            busy: RwSignal::new(false),
            session: SessionStore::here(),
        }
    }

    /// Reads it, or reads it again. What has not changed is not drawn again.
    pub fn read<E: Endpoint<Reply = T>>(self, request: &E::Request) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.session.call::<E>(request, move |reply| {
            if self.busy.try_set(false).is_some() {
                return;
            }
            match reply {
                Ok(value) => self.put(value),
                Err(failure) => self.failure.set(Some(failure)),
            }
        });
    }

    /// Keeps a newer one.
    pub fn put(self, value: T) {
        self.failure.set(None);
        if self.value.with_untracked(|old| old.as_ref() != Some(&value)) {
            self.value.set(Some(value));
        }
    }

    /// Changes what is kept.
    pub fn change(self, change: impl FnOnce(&mut T)) {
        self.value.update(|value| {
            if let Some(value) = value {
                change(value);
            }
        });
    }

    /// A part of what is kept.
    pub fn part<P>(self, part: impl FnOnce(&T) -> P) -> Option<P> {
        self.value.with(|value| value.as_ref().map(part))
    }

    /// Why the last reading failed.
    pub fn failure(self) -> Option<Failure> {
        self.failure.get()
    }

    /// Says why the last reading failed, with a button that tries again.
    pub fn trouble(self, again: impl Fn() + Clone + Send + 'static) -> El {
        trouble_of(self.failure, again)
    }
}

fn trouble_of(failure: RwSignal<Option<Failure>>, again: impl Fn() + Clone + Send + 'static) -> El {
    group().child(move || failure.get().map(|failure| trouble(failure, again.clone())))
}
