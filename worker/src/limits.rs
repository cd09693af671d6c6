//! What the platform counts by itself, at each of its places: how often a network asks for something. Self-hosted, the proxy in front
//! does that, and nothing is bound here.

use clinic::rules::throttle::network;
use worker::Env;

use crate::journal;

/// Tries at step 1.
pub const STEP_1: &str = "STEP_1";
/// After so many seconds the count begins anew; wrangler.toml says how often that is.
pub const PERIOD_SECONDS: u32 = 60;

/// Whether a network is let ask once more. Where nothing is bound, or the count fails, it is: the clinic itself slows down guesses.
pub async fn admits(env: &Env, limit: &str, address: &str) -> bool {
    let network = network(address);
    let Ok(counter) = env.rate_limiter(limit) else { return true };
    if network.is_empty() {
        return true;
    }
    match counter.limit(network).await {
        Ok(outcome) => outcome.success,
        Err(error) => {
            journal::fault("limit_uncounted", "", error);
            true
        }
    }
}
