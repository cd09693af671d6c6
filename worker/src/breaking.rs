//! Breaks the program at the place that a request names, so that a test sees what becomes of everything else. Compiled with the
//! feature `trial` alone, which no build that ships switches on: a program that strangers break answers nobody.

use std::{
    cell::{Cell, RefCell},
    future::poll_fn,
    hint::black_box,
    pin::pin,
};

use worker::{Headers, Request};

/// The header by which a request says how and where the program breaks under it: a [`Way`], a [`Place`], which of the request's calls
/// of an object, and after which statement of the transaction.
pub const HEADER: &str = "Wardkey-Trial-Panic";

/// Bytes of a frame on a stack that runs over.
const FRAME_BYTES: usize = 4096;

thread_local! {
    /// What the request that runs just now has planned.
    static PLAN: RefCell<Option<Plan>> = const { RefCell::new(None) };
    static ALARM_BREAKS: Cell<Option<Way>> = const { Cell::new(None) };
}

/// How it breaks.
#[derive(Clone, Copy, Debug)]
enum Way {
    /// A panic, which says so.
    Panic,
    /// A trap that nothing is said of, as where there is no memory left.
    Abort,
    /// A stack that runs over.
    Overflow,
}

/// Where it breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the Worker, before any object is called.
    Arrival,
    /// In the object, before its transaction.
    Object,
    /// In the transaction, after the statement of that number, or at its end where it has fewer.
    Transaction,
    /// In the object, after its transaction.
    Committed,
    /// In the Worker, after an object has answered.
    Answered,
    /// In the next alarm of any object; the request itself goes well.
    Alarm,
}

/// What a request has planned.
pub struct Plan {
    way: Way,
    place: Place,
    call: u32,
    statement: u32,
    calls_made: u32,
    /// Statements of the transaction that is open.
    statements_run: Option<u32>,
    text: String,
}

impl Plan {
    /// What a request says, if it says anything.
    pub fn of(request: &Request) -> Option<Self> {
        let text = request.headers().get(HEADER).ok().flatten()?;
        let mut words = text.split(' ');
        let way = match words.next()? {
            "panic" => Way::Panic,
            "abort" => Way::Abort,
            "overflow" => Way::Overflow,
            _ => return None,
        };
        let place = match words.next()? {
            "arrival" => Place::Arrival,
            "object" => Place::Object,
            "transaction" => Place::Transaction,
            "committed" => Place::Committed,
            "answered" => Place::Answered,
            "alarm" => Place::Alarm,
            _ => return None,
        };
        let (call, statement) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        if place == Place::Alarm {
            ALARM_BREAKS.set(Some(way));
        }
        Some(Self { way, place, call, statement, calls_made: 0, statements_run: None, text: text.clone() })
    }
}

/// Does work that may break as planned. Whatever else runs in between knows nothing of the plan.
pub async fn within<T>(mut plan: Option<Plan>, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    poll_fn(|context| {
        let outer = PLAN.replace(plan.take());
        let polled = work.as_mut().poll(context);
        plan = PLAN.replace(outer);
        polled
    })
    .await
}

/// Has an object break where that is planned for this call of one.
pub fn pass_on(headers: &Headers) -> worker::Result<()> {
    let text = PLAN.with_borrow_mut(|plan| {
        let plan = plan.as_mut()?;
        plan.calls_made += 1;
        let within = matches!(plan.place, Place::Object | Place::Transaction | Place::Committed);
        (within && plan.calls_made == plan.call).then(|| plan.text.clone())
    });
    text.map_or(Ok(()), |text| headers.set(HEADER, &text))
}

/// Breaks here, where that is planned.
pub fn reach(place: Place) {
    let due = PLAN.with_borrow(|plan| {
        let plan = plan.as_ref().filter(|plan| plan.place == place)?;
        // The Worker has made the call that it has an answer to, and an object knows of its own alone.
        (place != Place::Answered || plan.calls_made == plan.call).then_some(plan.way)
    });
    if let Some(way) = due {
        go(way);
    }
}

/// A transaction begins.
pub fn begin_transaction() {
    PLAN.with_borrow_mut(|plan| {
        if let Some(plan) = plan {
            plan.statements_run = Some(0);
        }
    });
}

/// A statement has run.
pub fn note_statement() {
    let due = PLAN.with_borrow_mut(|plan| {
        let plan = plan.as_mut()?;
        let run = plan.statements_run.as_mut()?;
        *run += 1;
        (plan.place == Place::Transaction && *run == plan.statement).then_some(plan.way)
    });
    if let Some(way) = due {
        go(way);
    }
}

/// An alarm rings.
pub fn ring() {
    if let Some(way) = ALARM_BREAKS.take() {
        go(way);
    }
}

#[allow(clippy::panic)]
fn go(way: Way) {
    match way {
        Way::Panic => panic!("as a test has planned"),
        Way::Abort => std::process::abort(),
        Way::Overflow => _ = black_box(run_over(0)),
    }
}

/// Calls itself for ever. What each call keeps is looked at after the next one, so that no compiler makes it a loop.
#[allow(unconditional_recursion)]
fn run_over(depth: u64) -> u64 {
    let mut frame = [0_u8; FRAME_BYTES];
    black_box(&mut frame);
    let deeper = run_over(black_box(depth) + 1);
    black_box(&frame);
    deeper + 1
}
