//! Cookies that were copied to another browser: the key stays where it is, and without it they are worth nothing.

use std::sync::LazyLock;

use anyhow::{Result, ensure};
use reqwest::Method;
use wardkey_tests::{Client, Clinic, Wardkey, acts, desk::Helper};
use wire::{
    Empty, Endpoint, ProblemCode,
    activities::{Action, Changed},
    me::GetMe,
    proof,
    sign_in::{Answer, AnswerQuestion, AuthorizeComputer, ComputerCredentials, GetSignIn, SignInState},
    support::OpenDesk,
    users::ListUsers,
};
use xtask::key::{self, Key};

use crate::{routes, socket::Socket};

static ANOTHER: LazyLock<Key> = LazyLock::new(|| Key::from_number(2));

/// Browsers that have the cookies and not the key, each with one that has neither.
fn thieves(client: &Client) -> Result<Vec<(Client, Client)>> {
    let keys = [Some(&*ANOTHER), None];
    let pair = |key| Ok((client.twin()?.with_key(key), Client::new(client.origin())?.with_key(key)));
    keys.into_iter().map(pair).collect()
}

#[tokio::test]
async fn copied_cookies_open_no_route_in_another_browser() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let client = clinic.signed_in("Reception 1", clinic.user("whitfield")?).await?;
    let (all, ids) = (routes::of_browsers(&client).await?, routes::Ids::of(&client).await?);
    for (thief, stranger) in thieves(&client)? {
        ensure!(thief.state().await? == SignInState::Computer);
        let mut walked = 0;
        for route in &all {
            let request = routes::request(&route.path, &ids)?;
            let (theirs, nobodys) = (
                routes::send(&thief, route, &request).await?,
                routes::send(&stranger, route, &request).await?,
            );
            let same = (theirs.status, &theirs.text) == (nobodys.status, &nobodys.text);
            ensure!(same, "{}: {theirs:?}, and without cookies {nobodys:?}", route.path);
            walked += 1;
        }
        ensure!(walked > 50, "{walked} routes");
        ensure!(Socket::try_open(&thief, thief.origin()).await?.err() == Some(401));
    }
    // Nothing was ended for whoever has the key.
    client.call::<ListUsers>(&Empty {}).await?;
    drop(Socket::open(&client).await?);
    Ok(())
}

#[tokio::test]
async fn neither_do_those_of_an_open_question_or_of_an_operator() -> Result<()> {
    let wardkey = Wardkey::shared()?;
    let clinic = Clinic::open(wardkey)?;
    let (client, user) = (clinic.at("Reception 1").await?, clinic.user("hughes")?);
    client.submit_password(&user.login, &user.password).await?;
    let operator = Helper::new(wardkey)?.signed_in().await?;
    for (thief, _) in thieves(&client)? {
        acts::expect(
            &thief.refusal::<AnswerQuestion>(&Answer { yes: true }).await?,
            401,
            ProblemCode::ComputerRequired,
        )?;
    }
    for (thief, _) in thieves(&operator)? {
        acts::expect(&thief.refusal::<OpenDesk>(&Empty {}).await?, 401, ProblemCode::OperatorRequired)?;
    }
    operator.call::<OpenDesk>(&Empty {}).await?;
    let state = client.answer(true).await?;
    ensure!(matches!(state, SignInState::SignedIn { .. }), "{state:?}");
    Ok(())
}

#[tokio::test]
async fn a_proof_is_for_one_address_and_for_two_minutes() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let client = clinic.signed_in("Reception 1", clinic.user("whitfield")?).await?;
    let proof = |path: &str, ahead: i64| key::shared().proof("GET", client.origin(), path, ahead);
    let foreign = key::shared().proof("GET", "https://wardkey.example", GetMe::PATH, 0);
    let refused = [
        (proof(GetSignIn::PATH, 0), ProblemCode::ProofWrong),
        (key::shared().proof("POST", client.origin(), GetMe::PATH, 0), ProblemCode::ProofWrong),
        (foreign, ProblemCode::ProofWrong),
        ("a.b.c".to_owned(), ProblemCode::ProofWrong),
        ("é".to_owned(), ProblemCode::ProofWrong),
        (String::new(), ProblemCode::ProofWrong),
    ];
    for (proof, code) in refused {
        let reply = client.send(Method::GET, GetMe::PATH, &[(proof::HEADER, &proof)], None).await?;
        ensure!((reply.status, reply.problem()?.code) == (401, code), "{proof}: {reply:?}");
    }
    // The whole of it: a clock that is wrong by a day is told the right time, and is right from then on.
    for ahead in [-86_400, 600] {
        let old = proof(GetMe::PATH, ahead);
        let sent = [(proof::HEADER, old.as_str())];
        let reply = client.send_once(Method::GET, GetMe::PATH, &sent, None).await?;
        ensure!(reply.problem()?.code == ProblemCode::ProofStale, "{reply:?}");
        ensure!(!reply.header("date").is_empty(), "{reply:?}");
    }
    let good = client.send(Method::GET, GetMe::PATH, &[], None).await?;
    ensure!(good.status == 200, "{good:?}");
    Ok(())
}

#[tokio::test]
async fn a_clinic_may_let_browsers_in_that_keep_no_key_and_sees_it_in_the_log() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let computer = clinic.computer("Reception 1")?;
    let (username, password) = (computer.username.clone(), computer.password.clone());
    let credentials = ComputerCredentials { username, password };
    let old = Client::new(owner.origin())?.with_key(None);
    let refusal = old.refusal::<AuthorizeComputer>(&credentials).await?;
    acts::expect(&refusal, 403, ProblemCode::KeyMissing)?;

    acts::set_policies(&owner, |policies| policies.browsers_without_key = true).await?;
    old.call::<AuthorizeComputer>(&credentials).await?;
    old.authorize_profile(&clinic.code()?).await?;
    acts::sign_in(&old, clinic.user("hughes")?).await?;
    drop(Socket::open(&old).await?);
    let log = acts::log(&owner).await?;
    let marked =
        log.iter().filter(|line| line.changes.iter().any(|change| change.what == Changed::BrowserKey));
    let actions: Vec<Action> = marked.map(|line| line.action).collect();
    ensure!(actions == [Action::LoginSucceeded, Action::ComputerAuthorized], "{actions:?}");

    acts::set_policies(&owner, |policies| policies.browsers_without_key = false).await?;
    acts::expect(&old.refusal::<GetMe>(&Empty {}).await?, 401, ProblemCode::ComputerRequired)
}
