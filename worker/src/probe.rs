//! Whether objects can read and write: an object of the clinics' kind that holds no clinic, and keeps nothing but when it was last asked.

use serde::{Deserialize, Serialize};
use wire::Timestamp;
use worker::{Response, Result, Storage};

/// The name of that object. A clinic's code has another shape.
pub const NAME: &str = "probe";
/// What it is asked for.
pub const PATH: &str = "/probe";
/// What it keeps, by its name in the storage.
const LAST: &str = "last";

/// What it found.
#[derive(Serialize, Deserialize)]
pub struct Found {
    /// When it was asked before, where it was.
    pub before: Option<Timestamp>,
}

/// Reads, writes, and sees whether it was written. The reply leaves once it is on the disk.
pub async fn answer(storage: &Storage, now: Timestamp) -> Result<Response> {
    let before = storage.get::<f64>(LAST).await?.map(|millis| Timestamp(millis as i64));
    // Whole milliseconds of any year that a clock shows are exact in a number of JavaScript.
    let last = now.0 as f64;
    storage.put(LAST, last).await?;
    if storage.get::<f64>(LAST).await? != Some(last) {
        return Response::error("something else was read than was written", 500);
    }
    Response::from_json(&Found { before })
}
