//! How often a password is hashed, as the Worker itself counts it: once for each try that is looked at, whoever's it is, and never for
//! what is refused before that.

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::Value;
use wardkey_tests::{Client, Clinic, Wardkey, acts};
use wire::ProblemCode;

#[tokio::test]
async fn a_password_is_hashed_where_a_try_is_looked_at_and_nowhere_else() -> Result<()> {
    let wardkey = Wardkey::with_clock()?;
    let clinic = Clinic::open(&wardkey)?;
    let [first, second] = [clinic.at("Reception 1").await?, clinic.at("Ward 1").await?];
    let begun = hashed(&first).await?;

    let stranger = Client::new(wardkey.origin())?;
    for login in ["hughes", "nobody.of.that.name"].repeat(50) {
        let refused = stranger.try_password(login, "not the password").await?.is_err();
        ensure!(refused, "a stranger comes to step 3");
    }
    ensure!(hashed(&first).await? == begun, "a stranger has passwords hashed");

    for (login, tries) in [("patel", 1), ("nobody.of.that.name", 2)] {
        let wrong = first.try_password(login, "not the password").await?.err().context("let in")?;
        ensure!(wrong.problem.code == ProblemCode::LoginWrong, "{wrong}");
        ensure!(hashed(&first).await? == begun + tries, "{login} is not hashed once");
    }
    acts::lock(&second, "hughes").await?;
    let hughes = clinic.user("hughes")?;
    let locked = hashed(&first).await?;
    ensure!(locked == begun + 2 + acts::STRIKES as u64, "{locked} and not {begun} and seven");
    for password in [hughes.password.as_str(), "not the password"] {
        let refusal = first.try_password("hughes", password).await?.err().context("let in")?;
        ensure!(refusal.problem.code == ProblemCode::AccountLocked, "{refusal}");
    }
    ensure!(hashed(&first).await? == locked, "a locked account has passwords hashed");

    // The second computer has five wrong ones behind it. After a dozen more, each once its rest is over, it rests for longer than
    // anybody is let wait.
    for ghost in 0..12 {
        clinic.pass_minutes(1).await?;
        let wrong = second.try_password(&format!("ghost{ghost}"), "not the password").await?;
        let wrong = wrong.err().context("let in")?;
        ensure!(wrong.problem.code == ProblemCode::LoginWrong, "{wrong}");
    }
    let resting = hashed(&first).await?;
    let patel = clinic.user("patel")?;
    let refusal = second.try_password(&patel.login, &patel.password).await?.err().context("let in")?;
    ensure!(refusal.problem.code == ProblemCode::SlowDown, "{refusal}");
    ensure!(hashed(&first).await? == resting, "a computer that rests has passwords hashed");
    Ok(())
}

async fn hashed(client: &Client) -> Result<u64> {
    let reply = client.send(Method::GET, "/api/trial/objects", &[], None).await?;
    let told: Value = serde_json::from_str(&reply.text)?;
    told["hashed"].as_u64().with_context(|| reply.text)
}
