//! Three steps and a question, in this order and no other.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Result, bail, ensure};
use tokio::task::JoinSet;
use wardkey_tests::{Client, Clinic, Wardkey, authenticator};
use wire::{
    Empty, ProblemCode,
    activities::{Action, ActivitiesQuery, ListActivities},
    sign_in::{
        Answer, AnswerQuestion, AuthorizeComputer, AuthorizeProfile, ComputerCredentials, GetLock,
        LeaveComputer, LeaveProfile, LockQuery, ProfileCode, SignInState, SignOut, SubmitPassword,
        UserCredentials,
    },
    users::{GetUser, ListUsers, PinRequest, SendPin, Unlock, UnlockRequest, UserQuery},
};

use crate::acts;

/// How late a refusal at step 1 leaves.
const STEP_1_HELD: Duration = Duration::from_millis(100);

#[tokio::test]
async fn three_steps_and_a_yes_lead_to_a_session() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let client = Client::new(clinic.wardkey.origin())?;
    ensure!(client.state().await? == SignInState::Computer);
    let computer = clinic.computer("Reception 1")?;
    // As a person types it from the printed form: in capitals and groups.
    let typed = computer.password.to_uppercase();
    let typed = format!(" {} - {}", &typed[..12], &typed[12..]);
    let state = client.authorize_computer(&computer.username.to_uppercase(), &typed).await?;
    let SignInState::Profile { seat, .. } = &state else { bail!("{state:?}") };
    ensure!(seat.computer == "Reception 1", "{state:?}");
    // Nothing but the clinic's clock, which goes on.
    let reloaded = client.state().await?;
    let same = matches!(&reloaded, SignInState::Profile { seat: again, .. } if again == seat);
    ensure!(same, "a reload changes nothing: {reloaded:?}");
    let code = authenticator::code(&clinic.profile("Main")?.otpauth_url)?;
    let state = client.authorize_profile(&format!("{} {}", &code[..3], &code[3..])).await?;
    ensure!(matches!(state, SignInState::User { .. }), "{state:?}");
    let hughes = clinic.user("hughes")?;
    let state = client.submit_password("hughes", &hughes.password).await?;
    let SignInState::Question { person, .. } = &state else { bail!("{state:?}") };
    ensure!(person.full_name == hughes.full_name && person.login == "hughes", "{person:?}");
    acts::expect(&client.refusal::<ListUsers>(&Empty {}).await?, 401, ProblemCode::SessionRequired)?;
    let state = client.answer(true).await?;
    ensure!(matches!(&state, SignInState::SignedIn { me, .. } if me.login == "hughes"), "{state:?}");
    ensure!(client.state().await? == state);
    ensure!(matches!(client.sign_out().await?, SignInState::User { .. }), "steps 1 and 2 outlive it");
    acts::expect(&client.refusal::<ListUsers>(&Empty {}).await?, 401, ProblemCode::SessionRequired)
}

#[tokio::test]
async fn no_step_can_be_skipped() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let client = Client::new(clinic.wardkey.origin())?;
    let hughes = clinic.user("hughes")?;
    let credentials = UserCredentials { login: "hughes".into(), password: hughes.password.clone() };
    let code = ProfileCode { code: authenticator::code(&clinic.profile("Main")?.otpauth_url)? };

    let nothing = ProblemCode::ComputerRequired;
    acts::expect(&client.refusal::<AuthorizeProfile>(&code).await?, 401, nothing)?;
    acts::expect(&client.refusal::<SubmitPassword>(&credentials).await?, 401, nothing)?;
    beyond_step_3(&client, nothing, nothing).await?;

    let computer = clinic.computer("Reception 1")?;
    client.authorize_computer(&computer.username, &computer.password).await?;
    let step_1 = ProblemCode::ProfileRequired;
    acts::expect(&client.refusal::<SubmitPassword>(&credentials).await?, 401, step_1)?;
    beyond_step_3(&client, step_1, ProblemCode::SessionRequired).await?;

    client.authorize_profile(&code.code).await?;
    beyond_step_3(&client, ProblemCode::QuestionExpired, ProblemCode::SessionRequired).await?;

    client.submit_password("hughes", &hughes.password).await?;
    beyond_the_question(&client, ProblemCode::SessionRequired).await
}

async fn beyond_step_3(client: &Client, of_question: ProblemCode, of_session: ProblemCode) -> Result<()> {
    let refusal = client.refusal::<AnswerQuestion>(&Answer { yes: true }).await?;
    ensure!(refusal.problem.code == of_question, "{refusal}");
    beyond_the_question(client, of_session).await
}

async fn beyond_the_question(client: &Client, code: ProblemCode) -> Result<()> {
    let id = "0123456789abcdef".to_owned();
    acts::expect(&client.refusal::<ListUsers>(&Empty {}).await?, 401, code)?;
    acts::expect(&client.refusal::<GetUser>(&UserQuery { id: id.clone() }).await?, 401, code)?;
    acts::expect(&client.refusal::<SendPin>(&PinRequest { id: id.clone() }).await?, 401, code)?;
    acts::expect(&client.refusal::<Unlock>(&UnlockRequest { id, pin: "123456".into() }).await?, 401, code)?;
    acts::expect(&client.refusal::<ListActivities>(&ActivitiesQuery::default()).await?, 401, code)
}

#[tokio::test]
async fn no_goes_back_to_step_3_and_is_logged() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let client = clinic.at("Reception 1").await?;
    client.submit_password("hughes", &clinic.user("hughes")?.password).await?;
    let asked = client.twin()?;
    ensure!(matches!(client.answer(false).await?, SignInState::User { .. }));
    let late = asked.refusal::<AnswerQuestion>(&Answer { yes: true }).await?;
    acts::expect(&late, 410, ProblemCode::QuestionExpired)?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    ensure!(acts::count(&acts::log(&owner).await?, Action::LoginDeclined) == 1);
    Ok(())
}

#[tokio::test]
async fn a_question_is_answered_once() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let client = clinic.at("Reception 1").await?;
    client.submit_password("hughes", &clinic.user("hughes")?.password).await?;
    let mut answers = JoinSet::new();
    for _ in 0..20 {
        let twin = client.twin()?;
        answers.spawn(async move { twin.try_call::<AnswerQuestion>(&Answer { yes: true }).await });
    }
    let answers: Vec<_> = answers.join_all().await.into_iter().collect::<Result<_>>()?;
    ensure!(answers.iter().filter(|answer| answer.is_ok()).count() == 1, "{answers:?}");
    Ok(())
}

#[tokio::test]
async fn a_made_up_username_is_refused_like_a_wrong_password() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let client = Client::new(clinic.wardkey.origin())?;
    let computer = clinic.computer("Reception 1")?;
    let code = &clinic.opened.code;
    let swapped: String = code.chars().rev().collect();
    for username in [computer.username.clone(), format!("{code}-999"), format!("{swapped}-1")] {
        let request = ComputerCredentials { username: username.clone(), password: "a".repeat(24) };
        let refusal = client.refusal::<AuthorizeComputer>(&request).await?;
        acts::expect(&refusal, 401, ProblemCode::ComputerWrong)?;
        ensure!(refusal.problem.field.as_deref() == Some("password"), "{username}: {refusal}");
    }
    ensure!(client.cookies().is_empty(), "{:?}", client.cookies());
    Ok(())
}

/// Whatever the clinic's object had to write for it. The quickest counts: a slow machine must not make up for what is missing.
#[tokio::test]
async fn a_refusal_at_step_1_is_held_back_whoever_has_the_number() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let client = Client::new(clinic.wardkey.origin())?;
    let code = &clinic.opened.code;
    for username in [clinic.computer("Reception 1")?.username.clone(), format!("{code}-999")] {
        let request = ComputerCredentials { username: username.clone(), password: "a".repeat(24) };
        // The last ones wait as well.
        let mut quickest = Duration::MAX;
        for _ in 0..8 {
            let began = Instant::now();
            client.refusal::<AuthorizeComputer>(&request).await?;
            quickest = quickest.min(began.elapsed());
        }
        ensure!(quickest >= STEP_1_HELD, "{username} is refused within {quickest:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_clock_one_step_off_is_forgiven_and_two_are_not() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let otpauth_url = &clinic.profile("Main")?.otpauth_url;
    for (label, step, good) in
        [("Reception 1", -1, true), ("Reception 2", 1, true), ("Ward 1", -4, false), ("Ward 2", 4, false)]
    {
        let client = Client::new(clinic.wardkey.origin())?;
        let computer = clinic.computer(label)?;
        client.authorize_computer(&computer.username, &computer.password).await?;
        let code = ProfileCode { code: authenticator::code_of_step(otpauth_url, step)? };
        let outcome = client.try_call::<AuthorizeProfile>(&code).await?;
        ensure!(outcome.is_ok() == good, "{step} steps off: {outcome:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_code_opens_once_however_many_bring_it() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let client = Client::new(clinic.wardkey.origin())?;
    let computer = clinic.computer("Reception 1")?;
    client.authorize_computer(&computer.username, &computer.password).await?;
    let code = Arc::new(ProfileCode { code: authenticator::code(&clinic.profile("Main")?.otpauth_url)? });
    let mut tries = JoinSet::new();
    for _ in 0..50 {
        let (twin, code) = (client.twin()?, Arc::clone(&code));
        tries.spawn(async move { twin.try_call::<AuthorizeProfile>(&code).await });
    }
    let tries: Vec<_> = tries.join_all().await.into_iter().collect::<Result<_>>()?;
    ensure!(tries.iter().filter(|outcome| outcome.is_ok()).count() == 1, "{tries:?}");
    let replay = client.refusal::<AuthorizeProfile>(&code).await?;
    ensure!(matches!(replay.problem.code, ProblemCode::CodeUsed | ProblemCode::CodesPaused), "{replay}");
    Ok(())
}

#[tokio::test]
async fn a_clinic_knows_nothing_of_another_ones_tokens() -> Result<()> {
    let (one, other) = (Clinic::open(Wardkey::shared()?)?, Clinic::open(Wardkey::shared()?)?);
    let owner = one.signed_in("Reception 1", one.user("whitfield")?).await?;
    let foreign = other.signed_in("Reception 1", other.user("whitfield")?).await?;
    let id = acts::account(&foreign, "hughes").await?;
    let refusal = owner.refusal::<GetUser>(&UserQuery { id: id.clone() }).await?;
    acts::expect(&refusal, 404, ProblemCode::NotFound)?;
    // The other clinic's session and profile on this clinic's computer, as only a forger could send them.
    let jar = owner.cookies();
    let mut mixed: Vec<String> = foreign
        .cookies()
        .iter()
        .filter(|(name, _)| !name.ends_with("_computer"))
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    mixed.extend(
        jar.iter()
            .filter(|(name, _)| name.ends_with("_computer"))
            .map(|(name, value)| format!("{name}={value}")),
    );
    let forger = Client::new(one.wardkey.origin())?;
    let reply =
        forger.send(reqwest::Method::GET, "/api/users", &[("cookie", &mixed.join("; "))], None).await?;
    ensure!(reply.problem()?.code == ProblemCode::SessionRequired, "{reply:?}");
    Ok(())
}

#[tokio::test]
async fn sign_out_ends_the_session_for_a_thief_of_its_cookie_too() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let client = clinic.signed_in("Reception 1", clinic.user("hughes")?).await?;
    let thief = client.twin()?;
    client.call::<SignOut>(&Empty {}).await?;
    acts::expect(&thief.refusal::<ListUsers>(&Empty {}).await?, 401, ProblemCode::SessionRequired)?;
    let lock = thief.call::<GetLock>(&LockQuery { login: "hughes".into() }).await?;
    ensure!(!lock.locked);
    Ok(())
}

#[tokio::test]
async fn steps_are_given_up_at_the_door_and_nowhere_else() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let client = clinic.signed_in("Reception 1", clinic.user("hughes")?).await?;
    let inside = client.cookies();
    for state in
        [client.call::<LeaveProfile>(&Empty {}).await?, client.call::<LeaveComputer>(&Empty {}).await?]
    {
        ensure!(matches!(state, SignInState::SignedIn { .. }), "{state:?}");
    }
    ensure!(client.cookies() == inside, "whoever is signed in keeps their cookies");
    client.sign_out().await?;

    let thief = client.twin()?;
    for _ in 0..2 {
        let state = client.call::<LeaveProfile>(&Empty {}).await?;
        ensure!(matches!(state, SignInState::Profile { .. }), "{state:?}");
    }
    ensure!(
        matches!(thief.state().await?, SignInState::Profile { .. }),
        "a copy of the cookies is worth no more"
    );
    for _ in 0..2 {
        ensure!(client.call::<LeaveComputer>(&Empty {}).await? == SignInState::Computer);
    }
    ensure!(client.cookies().is_empty(), "{:?}", client.cookies());
    ensure!(thief.state().await? == SignInState::Computer, "a copy of the cookies is worth no more");
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let log = acts::log(&owner).await?;
    ensure!((acts::count(&log, Action::ProfileLeft), acts::count(&log, Action::ComputerReset)) == (1, 1));
    Ok(())
}
