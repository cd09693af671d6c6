//! What watches over a deployment: the figures, and a try at everything that a login needs.

use wire::{
    Empty, Problem, Timestamp,
    monitoring::{Check, CheckedPart, Checkup},
};

use crate::{mail, metrics, password, reply::Reply, visit::Visit, world};

/// How far the clock may be from another one. Codes of an authenticator may be a step off, and their step is as long.
const CLOCK_MILLIS_MAX: u64 = 30_000;
/// A clock stands still until something was waited for, so that a hash seems to take no time.
const TICK_MILLIS: u32 = 1;

pub async fn metrics(_: &mut Visit<'_>, _: Empty) -> Result<Reply, Problem> {
    Ok(Reply::text(metrics::CONTENT_TYPE, metrics::text(world::now())))
}

pub async fn check(visit: &mut Visit<'_>, _: Empty) -> Result<Reply, Problem> {
    let began = world::now();
    let variables = part(CheckedPart::Variables, began, visit.recheck());

    let asked = world::now();
    let probed = visit.probe().await;
    let before = probed.as_ref().ok().and_then(|found| found.before);
    let object = part(CheckedPart::Object, asked, probed.map(drop).map_err(|error| error.to_string()));

    let asked = world::now();
    let salt = world::random_bytes();
    let hashed = password::hash(&visit.config.keys.of_clinic("").pepper(), "nobody's password", &salt);
    world::sleep(TICK_MILLIS).await;
    let hash = part(CheckedPart::Hash, asked, hashed.map(drop).map_err(|error| error.to_string()));

    let asked = world::now();
    let reached = mail::reach(visit.config.mail.as_ref()).await;
    let theirs = reached.as_ref().ok().copied().flatten();
    let mails = part(CheckedPart::Mails, asked, reached.map(drop));

    let clock = part(CheckedPart::Clock, world::now(), judge_clock(began, before, world::now(), theirs));
    let checks = vec![variables, object, hash, mails, clock];
    let ok = checks.iter().all(|check| check.ok);
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let address = visit.address().to_owned();
    let reply = Reply::json(&Checkup { ok, version, at: began, address, checks })?;
    Ok(if ok { reply } else { reply.with_status(503) })
}

fn part(part: CheckedPart, asked: Timestamp, outcome: Result<(), String>) -> Check {
    let millis = u32::try_from(world::now().0.saturating_sub(asked.0)).unwrap_or(0);
    Check { part, ok: outcome.is_ok(), millis, why: outcome.err() }
}

/// Whether the clock has gone on since the last look, and shows what another one does.
fn judge_clock(
    now: Timestamp,
    before: Option<Timestamp>,
    at_answer: Timestamp,
    theirs: Option<Timestamp>,
) -> Result<(), String> {
    if let Some(before) = before.filter(|before| *before > now) {
        let seconds = before.seconds().saturating_sub(now.seconds());
        return Err(format!("it is {seconds} s behind what it was when it was last looked at"));
    }
    let apart = |theirs: &Timestamp| theirs.0.abs_diff(at_answer.0);
    match theirs.as_ref().map(apart).filter(|millis| *millis > CLOCK_MILLIS_MAX) {
        Some(millis) => Err(format!("it is {} s from the mail service's", millis / 1_000)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_went_back_or_is_far_from_another_is_told() {
        let now = Timestamp(1_000_000_000);
        let judge = |before: Option<i64>, theirs: Option<i64>| {
            judge_clock(
                now,
                before.map(|by| now.plus_seconds(by)),
                now,
                theirs.map(|by| now.plus_seconds(by)),
            )
        };
        assert_eq!(judge(None, None), Ok(()));
        assert_eq!(judge(Some(-60), Some(30)), Ok(()));
        assert_eq!(judge(Some(0), Some(-30)), Ok(()));
        assert_eq!(
            judge(Some(7), None).unwrap_err(),
            "it is 7 s behind what it was when it was last looked at"
        );
        for by in [31, -31] {
            assert_eq!(judge(None, Some(by)).unwrap_err(), "it is 31 s from the mail service's");
        }
    }
}
