//! Signals for whatever a screen holds. Leptos compiles its own anew for every type and every closure, about two kilobytes
//! each time; behind one type they are there once.

use std::{any::Any, marker::PhantomData, ops::Deref, sync::Arc};

use leptos::prelude::*;

/// What a signal holds, with its type left out.
type Held = Arc<dyn Any + Send + Sync>;

/// A value that the screen follows. Copies of it are the same value.
pub struct State<T> {
    signal: RwSignal<Held>,
    of: PhantomData<fn() -> T>,
}

/// A value that follows others, and tells only when it has changed. Copies of it are the same value.
pub struct Derived<T> {
    memo: Memo<Held>,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for State<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for State<T> {}

impl<T> Clone for Derived<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Derived<T> {}

impl<T: Send + Sync + 'static> State<T> {
    /// Holds a value.
    pub fn new(value: T) -> Self {
        Self { signal: new_signal(Arc::new(value)), of: PhantomData }
    }

    /// The value; whoever reads it follows it.
    pub fn read(self) -> impl Deref<Target = T> {
        typed(now(self.signal))
    }

    /// The value of this moment.
    pub fn read_untracked(self) -> impl Deref<Target = T> {
        typed(now_untracked(self.signal))
    }

    /// The value of this moment; nothing where the page that held it is gone.
    pub fn try_read_untracked(self) -> Option<impl Deref<Target = T>> {
        try_now(self.signal).map(typed)
    }

    /// What is made of the value; whoever asks follows it.
    pub fn with<R>(self, make: impl FnOnce(&T) -> R) -> R {
        make(&*self.read())
    }

    /// What is made of the value of this moment.
    pub fn with_untracked<R>(self, make: impl FnOnce(&T) -> R) -> R {
        make(&*self.read_untracked())
    }

    /// Holds another value from now on.
    pub fn set(self, value: T) {
        set(self.signal, Arc::new(value));
    }

    /// Holds another value from now on. False where the page that held it is gone.
    pub fn try_set(self, value: T) -> bool {
        try_set(self.signal, Arc::new(value))
    }

    /// Whether the page that held it is gone.
    pub fn is_disposed(self) -> bool {
        self.signal.is_disposed()
    }
}

impl<T: Clone + Send + Sync + 'static> State<T> {
    /// The value; whoever reads it follows it.
    pub fn get(self) -> T {
        T::clone(&*self.read())
    }

    /// The value of this moment.
    pub fn get_untracked(self) -> T {
        T::clone(&*self.read_untracked())
    }

    /// Changes the value, unless the page that held it is gone.
    pub fn update(self, change: impl FnOnce(&mut T)) {
        let Some(mut value) = self.try_read_untracked().map(|value| T::clone(&value)) else { return };
        change(&mut value);
        self.set(value);
    }
}

/// A value that follows whatever a closure reads.
pub fn derived<T: PartialEq + Send + Sync + 'static>(
    call: impl Fn() -> T + Send + Sync + 'static,
) -> Derived<T> {
    let changed = |old: Option<&Held>, new: Option<&Held>| {
        old.and_then(|old| old.downcast_ref::<T>()) != new.and_then(|new| new.downcast_ref::<T>())
    };
    Derived { memo: new_memo(Box::new(call), changed), of: PhantomData }
}

impl<T: Send + Sync + 'static> Derived<T> {
    /// The value; whoever reads it follows it.
    pub fn read(self) -> impl Deref<Target = T> {
        typed(derived_now(self.memo))
    }

    /// The value of this moment.
    pub fn read_untracked(self) -> impl Deref<Target = T> {
        typed(derived_now_untracked(self.memo))
    }

    /// The value of this moment; nothing where the page that followed it is gone.
    pub fn try_read_untracked(self) -> Option<impl Deref<Target = T>> {
        try_derived_now(self.memo).map(typed)
    }
}

impl<T: Clone + Send + Sync + 'static> Derived<T> {
    /// The value; whoever reads it follows it.
    pub fn get(self) -> T {
        T::clone(&*self.read())
    }

    /// The value of this moment.
    pub fn get_untracked(self) -> T {
        T::clone(&*self.read_untracked())
    }
}

/// What is done now, and again whenever a signal changes that it reads.
pub fn effect(call: impl FnMut() + 'static) {
    new_effect(Box::new(call));
}

// From here on, what is compiled once for all types.

/// A closure behind a trait of one method: behind `dyn Fn` it would be compiled three times.
trait Compute: Send + Sync {
    fn compute(&self) -> Held;
}

impl<T: Send + Sync + 'static, F: Fn() -> T + Send + Sync> Compute for F {
    fn compute(&self) -> Held {
        Arc::new(self())
    }
}

/// The same for what is done.
trait Act {
    fn act(&mut self);
}

impl<F: FnMut()> Act for F {
    fn act(&mut self) {
        self();
    }
}

fn typed<T: Send + Sync + 'static>(held: Held) -> Arc<T> {
    held.downcast().unwrap_or_else(|_| unreachable!("a signal holds what its type says"))
}

#[inline(never)]
fn new_signal(held: Held) -> RwSignal<Held> {
    RwSignal::new(held)
}

#[inline(never)]
fn now(signal: RwSignal<Held>) -> Held {
    signal.get()
}

#[inline(never)]
fn now_untracked(signal: RwSignal<Held>) -> Held {
    signal.get_untracked()
}

#[inline(never)]
fn try_now(signal: RwSignal<Held>) -> Option<Held> {
    signal.try_get_untracked()
}

#[inline(never)]
fn set(signal: RwSignal<Held>, held: Held) {
    signal.set(held);
}

#[inline(never)]
fn try_set(signal: RwSignal<Held>, held: Held) -> bool {
    signal.try_set(held).is_none()
}

#[inline(never)]
fn new_memo(call: Box<dyn Compute>, changed: fn(Option<&Held>, Option<&Held>) -> bool) -> Memo<Held> {
    Memo::new_with_compare(move |_| call.compute(), changed)
}

#[inline(never)]
fn derived_now(memo: Memo<Held>) -> Held {
    memo.get()
}

#[inline(never)]
fn derived_now_untracked(memo: Memo<Held>) -> Held {
    memo.get_untracked()
}

#[inline(never)]
fn try_derived_now(memo: Memo<Held>) -> Option<Held> {
    memo.try_get_untracked()
}

#[inline(never)]
fn new_effect(mut call: Box<dyn Act>) {
    Effect::new(move || call.act());
}
