//! The elements that screens are made of. All of them are one type: a screen is then data for code that is there once,
//! where `view!` would compile each element, attribute and closure anew.

use std::{
    borrow::Cow,
    sync::{Arc, Mutex},
};

use js_sys::Reflect;
use leptos::{
    either::Either,
    ev,
    prelude::*,
    tachys::{
        html::{
            attribute::{
                any_attribute::{AnyAttribute, IntoAnyAttribute},
                custom::custom_attribute,
            },
            element::custom,
            event::on,
            property::prop,
        },
        view::iterators::StaticVec,
    },
};
use web_sys::Event;

use crate::texts::{Text, say};

/// What an attribute says; nothing where it is absent.
type Word = Option<Cow<'static, str>>;

/// An element. It is passed on as a pointer, for it is passed on at every turn.
#[must_use]
pub struct El(Box<Parts>);

struct Parts {
    tag: &'static str,
    attributes: Vec<AnyAttribute>,
    children: Vec<AnyView>,
}

/// An element with a tag.
pub fn el(tag: &'static str) -> El {
    El(Box::new(Parts { tag, attributes: Vec::new(), children: Vec::new() }))
}

/// Elements side by side, with none around them.
pub fn group() -> El {
    el("")
}

impl El {
    /// Sets the class.
    pub fn class(self, class: &'static str) -> El {
        self.fixed("class", Some(Cow::Borrowed(class)))
    }

    /// Sets an attribute, or has it follow a closure.
    pub fn set(self, name: &'static str, value: impl Value) -> El {
        value.set(self, name)
    }

    /// Sets an attribute to a sentence that follows the language.
    pub fn name(self, attribute: &'static str, text: Text) -> El {
        self.set(attribute, say(text))
    }

    /// Has what is typed or chosen follow a closure.
    pub fn value(self, value: impl Fn() -> String + Send + 'static) -> El {
        self.live_value(Box::new(value))
    }

    /// Adds a child.
    pub fn child(self, child: impl Child) -> El {
        child.add_to(self)
    }

    /// Adds what follows the signals that it reads and is patched: what stands there already is kept, and told only what
    /// is different about it. That is quick where many lines have one shape. They must hold nothing that is typed into
    /// them, and listen to nothing.
    pub fn patched<C: Child + 'static>(self, draw: impl Fn() -> C + Send + 'static) -> El {
        self.add_patched(Box::new(draw))
    }

    /// Adds a sentence that follows the language.
    pub fn say(self, text: Text) -> El {
        self.child(say(text))
    }

    /// Calls back on a press.
    pub fn on_press(self, call: impl Fn() + 'static) -> El {
        self.on("click", move |_| call())
    }

    /// Calls back when a form is submitted, which then loads no other page.
    pub fn on_submit(self, call: impl Fn() + 'static) -> El {
        self.on("submit", move |event| {
            event.prevent_default();
            call();
        })
    }

    /// Calls back with what is typed, letter by letter.
    pub fn on_input(self, call: impl Fn(String) + 'static) -> El {
        self.on("input", move |event| call(typed(&event)))
    }

    /// Calls back with what was chosen.
    pub fn on_change(self, call: impl Fn(String) + 'static) -> El {
        self.on("change", move |event| call(typed(&event)))
    }

    /// Calls back on an event.
    pub fn on(self, event: &'static str, call: impl FnMut(Event) + 'static) -> El {
        self.listen(event, Box::new(call))
    }

    /// As Leptos shows it.
    pub fn view(self) -> AnyView {
        let Parts { tag, attributes, children } = *self.0;
        if tag.is_empty() {
            return StaticVec::from(children).into_any();
        }
        // In capitals, as browsers say it of the elements that stand: Leptos compares the two before it patches one.
        let element = custom(tag.to_ascii_uppercase()).add_any_attr(attributes);
        // Each list of children costs a comment in the page to mark its end; an only child needs none of its own.
        match <[AnyView; 1]>::try_from(children) {
            Ok([only]) => element.child(only).into_any(),
            Err(children) => element.child(StaticVec::from(children)).into_any(),
        }
    }

    // From here on, what is compiled once for all screens.

    #[inline(never)]
    fn listen(self, event: &'static str, mut call: Box<dyn Heed>) -> El {
        self.with(on(ev::Custom::<Event>::new(event), move |event| call.heed(event)).into_any_attr())
    }

    #[inline(never)]
    fn fixed(self, name: &'static str, value: Word) -> El {
        self.with(custom_attribute(name, value).into_any_attr())
    }

    #[inline(never)]
    fn live(self, name: &'static str, value: Box<dyn Speak<Word>>) -> El {
        let value: Arc<Mutex<dyn FnMut() -> Word + Send>> = Arc::new(Mutex::new(move || value.speak()));
        self.with(custom_attribute(name, value).into_any_attr())
    }

    #[inline(never)]
    fn live_value(self, value: Box<dyn Speak<String>>) -> El {
        let value: Arc<Mutex<dyn FnMut() -> String + Send>> = Arc::new(Mutex::new(move || value.speak()));
        self.with(prop("value", value).into_any_attr())
    }

    fn with(mut self, attribute: AnyAttribute) -> El {
        self.0.attributes.push(attribute);
        self
    }

    #[inline(never)]
    fn add_text(self, text: Cow<'static, str>) -> El {
        self.add_view(text.into_any())
    }

    #[inline(never)]
    fn add_element(self, child: El) -> El {
        self.add_view(child.view())
    }

    #[inline(never)]
    fn add_live(self, draw: Box<dyn Draw>) -> El {
        let mut even = false;
        // Elements are one type to the renderer, which would turn the old one into the new one: the two sides keep
        // them apart.
        let sides = move || {
            even = !even;
            let drawn = draw.draw().view();
            if even { Either::Left(drawn) } else { Either::Right(drawn) }
        };
        self.add_view(sides.into_any())
    }

    #[inline(never)]
    fn add_patched(self, draw: Box<dyn Draw>) -> El {
        self.add_view((move || draw.draw().view()).into_any())
    }

    #[inline(never)]
    fn add_view(mut self, view: AnyView) -> El {
        self.0.children.push(view);
        self
    }
}

// Closures behind traits of one method each: behind `dyn Fn` each would be compiled three times, for `Fn`, `FnMut` and
// `FnOnce`.

/// What is drawn anew.
trait Draw: Send {
    fn draw(&self) -> El;
}

impl<F, C> Draw for F
where
    F: Fn() -> C + Send,
    C: Child,
{
    fn draw(&self) -> El {
        group().child(self())
    }
}

/// What an attribute or a field says now.
trait Speak<T>: Send {
    fn speak(&self) -> T;
}

impl<F: Fn() -> T + Send, T> Speak<T> for F {
    fn speak(&self) -> T {
        self()
    }
}

/// What is done when an event happens.
trait Heed {
    fn heed(&mut self, event: Event);
}

impl<F: FnMut(Event)> Heed for F {
    fn heed(&mut self, event: Event) {
        self(event);
    }
}

/// What an attribute can be set to.
pub trait Value {
    /// Sets it.
    fn set(self, el: El, name: &'static str) -> El;
}

impl<F, W> Value for F
where
    F: Fn() -> W + Send + 'static,
    W: IntoWord,
{
    fn set(self, el: El, name: &'static str) -> El {
        el.live(name, Box::new(move || self().word()))
    }
}

/// What an attribute can say.
pub trait IntoWord {
    /// As it stands in the page.
    fn word(self) -> Word;
}

/// What stands in an element.
pub trait Child: Sized {
    /// Puts it there.
    fn add_to(self, parent: El) -> El;
}

macro_rules! words {
    ($($word:ty: $self:ident => $value:expr;)*) => {$(
        impl IntoWord for $word {
            fn word($self) -> Word {
                $value
            }
        }

        impl Value for $word {
            fn set(self, el: El, name: &'static str) -> El {
                el.fixed(name, self.word())
            }
        }
    )*};
}

words! {
    &'static str: self => Some(Cow::Borrowed(self));
    String: self => Some(Cow::Owned(self));
    Option<&'static str>: self => self.map(Cow::Borrowed);
    Option<String>: self => self.map(Cow::Owned);
    bool: self => self.then_some(Cow::Borrowed(""));
}

impl Child for El {
    fn add_to(self, parent: El) -> El {
        parent.add_element(self)
    }
}

impl Child for AnyView {
    fn add_to(self, parent: El) -> El {
        parent.add_view(self)
    }
}

impl Child for &'static str {
    fn add_to(self, parent: El) -> El {
        parent.add_text(Cow::Borrowed(self))
    }
}

impl Child for String {
    fn add_to(self, parent: El) -> El {
        parent.add_text(Cow::Owned(self))
    }
}

impl<C: Child> Child for Option<C> {
    fn add_to(self, parent: El) -> El {
        match self {
            Some(child) => child.add_to(parent),
            None => parent,
        }
    }
}

impl<C: Child> Child for Vec<C> {
    fn add_to(self, parent: El) -> El {
        self.into_iter().fold(parent, El::child)
    }
}

impl<C: Child, const N: usize> Child for [C; N] {
    fn add_to(self, parent: El) -> El {
        self.into_iter().fold(parent, El::child)
    }
}

/// What follows the signals that it reads. It is drawn anew each time, so it should stand around little.
impl<F, C> Child for F
where
    F: Fn() -> C + Send + 'static,
    C: Child,
{
    fn add_to(self, parent: El) -> El {
        parent.add_live(Box::new(self))
    }
}

/// A line of a list that keeps what is drawn already.
pub struct Line {
    /// What tells it from the others.
    pub key: String,
    /// Draws it, when it is new.
    pub draw: Box<dyn FnOnce() -> El + Send>,
}

/// Lines that come and go: those that stay are not drawn again.
pub fn lines(each: impl Fn() -> Vec<Line> + Send + Sync + 'static) -> El {
    keyed(Box::new(each))
}

fn keyed(each: Box<dyn Fn() -> Vec<Line> + Send + Sync>) -> El {
    let kept = For(ForProps {
        each: move || each(),
        key: |line: &Line| line.key.clone(),
        children: |line: Line| (line.draw)().view(),
    });
    group().child(kept.into_any())
}

fn typed(event: &Event) -> String {
    let value = event.target().and_then(|target| Reflect::get(&target, &"value".into()).ok());
    value.and_then(|value| value.as_string()).unwrap_or_default()
}
