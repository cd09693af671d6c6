//! Wardkey over HTTP, against the real Worker runtime.

mod acts;
mod budget;
mod edge;
mod lock;
mod outbox;
mod records;
mod site;
mod steps;
mod unlock;
