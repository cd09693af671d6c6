//! Something that was read from the Worker and is kept on the screen while it is read again.

use wire::{Endpoint, ProblemCode};

use crate::{
    api::Failure,
    aside,
    components::{
        el::{El, group},
        notice::trouble,
    },
    session::SessionStore,
    signals::State,
};

/// A reply on the screen. Copies of it are the same reply.
pub struct Kept<T: 'static> {
    value: State<Option<T>>,
    failure: State<Option<Failure>>,
    reading: State<Reading>,
    session: SessionStore,
}

/// How far the reading has come.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Reading {
    #[default]
    Done,
    /// An answer is on its way.
    Busy,
    /// So it is, and what it says may be old by now: it is thrown away, and asked again.
    Stale,
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
            value: State::new(None),
            failure: State::new(None),
            reading: State::new(Reading::Done),
            session: SessionStore::here(),
        }
    }

    /// Reads it, or reads it again. What has not changed is not drawn again.
    pub fn read<E: Endpoint<Reply = T>>(self, request: &E::Request)
    where
        E::Request: Clone + 'static,
    {
        if aside::waits() {
            return;
        }
        if self.reading.get_untracked() != Reading::Done {
            // Whatever happened since that question was asked may not be in its answer.
            return self.reading.set(Reading::Stale);
        }
        self.reading.set(Reading::Busy);
        let again = request.clone();
        self.session.call::<E>(request, move |reply| {
            let Some(reading) = self.reading.try_read_untracked().map(|reading| *reading) else { return };
            self.reading.set(Reading::Done);
            match reply {
                _ if reading == Reading::Stale => self.read::<E>(&again),
                Ok(value) => self.keep(value),
                Err(failure) => {
                    if forbids(&failure) {
                        self.value.set(None);
                    }
                    self.failure.set(Some(failure));
                }
            }
        });
    }

    /// Keeps a newer one. What is being read at the moment may be older.
    pub fn put(self, value: T) {
        if self.reading.get_untracked() == Reading::Busy {
            self.reading.set(Reading::Stale);
        }
        self.keep(value);
    }

    /// Forgets it. What is being read at the moment was asked by whoever knew it.
    pub fn forget(self) {
        if self.reading.get_untracked() == Reading::Busy {
            self.reading.set(Reading::Stale);
        }
        self.failure.set(None);
        self.value.set(None);
    }

    fn keep(self, value: T) {
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

/// Whether it is no longer for these eyes.
fn forbids(failure: &Failure) -> bool {
    matches!(failure, Failure::Refused(problem) if matches!(problem.code, ProblemCode::NotAllowed | ProblemCode::NotFound | ProblemCode::OperatorRequired))
}

fn trouble_of(failure: State<Option<Failure>>, again: impl Fn() + Clone + Send + 'static) -> El {
    group().child(move || failure.get().map(|failure| trouble(failure, again.clone())))
}
