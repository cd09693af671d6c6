//! Support over HTTP: the case from the manager to the unlock, what opens nothing, and who gets in nowhere.

use std::{collections::BTreeSet, time::Duration};

use anyhow::{Context, Result, bail, ensure};
use clinic::rules::{
    support::{CASES_MAX, DESK_LINES_MAX},
    throttle::FREE_KNOCKS,
};
use tokio::task::JoinSet;
use wardkey_tests::{
    Client, Clinic, Wardkey, authenticator,
    desk::{self, Helper},
};
use wire::{
    Empty, Endpoint, ProblemCode,
    activities::{Action, Changed, Subject},
    help::AnswerHelp,
    place::ClinicPlace,
    setup::{CheckSetupLink, SetupToken},
    sign_in::{GetLock, LockQuery},
    support::*,
    users::UserStatus,
};

use crate::{
    acts::{self, STRIKES},
    routes::{self, Ids},
};

const WHY: &str = "Rang the practice, she knew the rota";

/// The code of a new case for a login.
async fn case(manager: &Client, login: &str) -> Result<String> {
    let request = CaseRequest {
        id: acts::account(manager, login).await?,
        reason: "The owner is on a plane".to_owned(),
        phone: "+44 20 7946 0018".to_owned(),
    };
    Ok(manager.call::<OpenSupportCase>(&request).await?.code)
}

async fn look_up(operator: &Client, code: &str) -> Result<SupportCase> {
    operator.call::<LookUpCase>(&CaseCodeRequest { code: code.to_owned() }).await
}

fn unlock(case: &SupportCase, called_back: bool, why: &str) -> SupportUnlock {
    SupportUnlock { case: case.id.to_string(), called_back, why: why.to_owned() }
}

async fn refused(operator: &Client, code: &str) -> Result<()> {
    let refusal = operator.refusal::<LookUpCase>(&CaseCodeRequest { code: code.to_owned() }).await?;
    acts::expect(&refusal, 410, ProblemCode::CaseCodeWrong)
}

#[tokio::test]
async fn a_case_goes_from_the_manager_to_the_unlock_and_both_logs_tell_the_same() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let helper = Helper::new(clinic.wardkey)?;
    let waiting = clinic.at("Reception 1").await?;
    acts::lock(&waiting, "hughes").await?;
    let manager = clinic.signed_in("Reception 2", clinic.user("reid")?).await?;
    let code = case(&manager, "hughes").await?;
    for owner in ["whitfield", "okafor"] {
        let mail = clinic.mail(&clinic.user(owner)?.email, "Support was asked to unlock an account").await?;
        ensure!(mail.text.contains("Fiona Reid") && !mail.text.contains(&code), "{}", mail.text);
    }

    let operator = helper.signed_in().await?;
    let found = look_up(&operator, &code.to_uppercase()).await?;
    ensure!(
        (found.clinic.as_str(), found.account.as_str()) == ("Harbour Street Clinic", "Anna Grace Hughes"),
        "{found:?}"
    );
    ensure!(found.manager == "Fiona Reid" && found.phone == "+44 20 7946 0018", "{found:?}");
    let mail = clinic.mail(&clinic.user("okafor")?.email, "Support is looking at a case").await?;
    ensure!(mail.text.contains(&helper.name) && mail.text.contains(found.id.as_str()), "{}", mail.text);
    let colleague = Helper::new(clinic.wardkey)?;
    let case = DeskCaseQuery { case: found.id.to_string() };
    let beside = colleague.signed_in().await?;
    for reader in [&operator, &beside, &beside] {
        ensure!(reader.call::<FollowSupportCase>(&case).await?.state == CaseState::Open);
    }
    let looks = acts::log(&manager).await?.into_iter().filter(|line| line.action == Action::SupportCaseRead);
    let names = looks.flat_map(|line| line.changes).filter(|change| change.what == Changed::SupportOperator);
    let names: Vec<String> = names.map(|change| change.new).collect();
    ensure!(names == [colleague.name.as_str(), helper.name.as_str()], "{names:?}");
    let refusal = operator.refusal::<UnlockForSupport>(&unlock(&found, false, WHY)).await?;
    acts::expect(&refusal, 422, ProblemCode::CallBackMissing)?;
    let refusal = operator.refusal::<UnlockForSupport>(&unlock(&found, true, "")).await?;
    acts::expect(&refusal, 422, ProblemCode::ReasonMalformed)?;
    let done = operator.call::<UnlockForSupport>(&unlock(&found, true, WHY)).await?;
    ensure!(done.state == CaseState::Used, "{done:?}");

    ensure!(!waiting.call::<GetLock>(&LockQuery { login: "hughes".into() }).await?.locked);
    let hughes = clinic.user("hughes")?;
    clinic.mail(&hughes.email, "Your account is unlocked").await?;
    let mail = clinic.mail(&clinic.user("whitfield")?.email, "Support has unlocked an account").await?;
    for word in [helper.name.as_str(), "Fiona Reid", "Anna Hughes", found.id.as_str()] {
        ensure!(mail.text.contains(word), "{word} is not in {}", mail.text);
    }
    let log = acts::log(&manager).await?;
    let line = log.iter().find(|line| line.action == Action::AccountUnlockedBySupport).context("no line")?;
    let told = |what: Changed| {
        line.changes
            .iter()
            .find(|change| change.what == what)
            .map(|change| change.new.clone())
            .unwrap_or_default()
    };
    let desk = operator.call::<OpenDesk>(&Empty {}).await?;
    let theirs = desk
        .log
        .iter()
        .find(|line| line.action == DeskAction::AccountUnlocked && line.operator == helper.name);
    let theirs = theirs.and_then(|line| line.case.clone()).context("no line at the desk")?;
    ensure!(line.by == Subject::Operator && told(Changed::SupportOperator) == helper.name, "{line:?}");
    ensure!(told(Changed::SupportCase) == theirs.id.to_string(), "{line:?} {theirs:?}");
    ensure!(told(Changed::SupportManager) == theirs.manager, "{line:?} {theirs:?}");
    ensure!(told(Changed::SupportReason) == WHY && theirs.why == WHY, "{line:?} {theirs:?}");
    waiting.submit_password("hughes", &hughes.password).await?;
    Ok(())
}

#[tokio::test]
async fn used_withdrawn_and_guessed_codes_are_refused_and_pause_the_operator() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let helper = Helper::new(clinic.wardkey)?;
    acts::lock(&clinic.at("Reception 1").await?, "hughes").await?;
    let manager = clinic.signed_in("Reception 2", clinic.user("reid")?).await?;
    let withdrawn = case(&manager, "hughes").await?;
    let id = acts::account(&manager, "hughes").await?;
    manager.call::<WithdrawSupportCase>(&CaseQuery { id: id.clone() }).await?;
    let again = manager.refusal::<WithdrawSupportCase>(&CaseQuery { id }).await?;
    acts::expect(&again, 409, ProblemCode::CaseClosed)?;
    let used = case(&manager, "hughes").await?;

    let operator = helper.signed_in().await?;
    let found = look_up(&operator, &used).await?;
    for code in [withdrawn.as_str(), used.as_str(), "aaaaa-aaaaa", "bbbbb-bbbbb", "ccccc-ccccc"] {
        refused(&operator, code).await?;
    }
    for code in ["ddddd-ddddd", used.as_str()] {
        let refusal = operator.refusal::<LookUpCase>(&CaseCodeRequest { code: code.to_owned() }).await?;
        acts::expect(&refusal, 429, ProblemCode::CaseCodesPaused)?;
        ensure!(refusal.problem.retry_after_seconds.is_some_and(|wait| wait > 800), "{refusal}");
    }
    let malformed = operator.refusal::<LookUpCase>(&CaseCodeRequest { code: "l0l".to_owned() }).await?;
    acts::expect(&malformed, 422, ProblemCode::CaseCodeMalformed)?;
    let desk = operator.call::<OpenDesk>(&Empty {}).await?;
    let count = |action| desk.log.iter().filter(|l| l.action == action && l.operator == helper.name).count();
    ensure!((count(DeskAction::CaseRefused), count(DeskAction::CaseLookedUp)) == (5, 1), "{:?}", desk.log);
    // What was opened before goes on.
    let now = operator.call::<FollowSupportCase>(&DeskCaseQuery { case: found.id.to_string() }).await?;
    ensure!(now.state == CaseState::Open, "{now:?}");
    Ok(())
}

#[tokio::test]
async fn an_account_has_one_open_case_and_so_many_a_day() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    acts::lock(&clinic.at("Reception 1").await?, "hughes").await?;
    let manager = clinic.signed_in("Reception 2", clinic.user("reid")?).await?;
    let id = acts::account(&manager, "hughes").await?;
    let request = |phone: &str| CaseRequest { id: id.clone(), reason: "x".into(), phone: phone.into() };
    let refusal = manager.refusal::<OpenSupportCase>(&request("ring me")).await?;
    acts::expect(&refusal, 422, ProblemCode::PhoneMalformed)?;
    for _ in 0..CASES_MAX {
        manager.call::<OpenSupportCase>(&request("112")).await?;
        let again = manager.refusal::<OpenSupportCase>(&request("112")).await?;
        acts::expect(&again, 409, ProblemCode::CaseOpen)?;
        manager.call::<WithdrawSupportCase>(&CaseQuery { id: id.clone() }).await?;
    }
    let refusal = manager.refusal::<OpenSupportCase>(&request("112")).await?;
    acts::expect(&refusal, 429, ProblemCode::CasesTooMany)
}

#[tokio::test]
async fn a_case_whose_account_was_unlocked_meanwhile_says_so_and_closes() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let helper = Helper::new(clinic.wardkey)?;
    acts::lock(&clinic.at("Reception 1").await?, "hughes").await?;
    let manager = clinic.signed_in("Reception 2", clinic.user("reid")?).await?;
    let operator = helper.signed_in().await?;
    let found = look_up(&operator, &case(&manager, "hughes").await?).await?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let id = acts::account(&owner, "hughes").await?;
    owner.call::<wire::users::SendPin>(&wire::users::PinRequest { id: id.clone() }).await?;
    let mail = clinic.mail(&clinic.user("whitfield")?.email, "User Account Unlock").await?;
    let pin = wardkey_tests::clinic::pin(&mail)?;
    owner.call::<wire::users::Unlock>(&wire::users::UnlockRequest { id, pin }).await?;
    let told = operator.call::<UnlockForSupport>(&unlock(&found, true, WHY)).await?;
    ensure!(told.state == CaseState::Moot, "{told:?}");
    let log = acts::log(&owner).await?;
    ensure!(acts::count(&log, Action::AccountUnlockedBySupport) == 0);
    let closed = operator.refusal::<UnlockForSupport>(&unlock(&found, true, WHY)).await?;
    acts::expect(&closed, 409, ProblemCode::CaseClosed)
}

#[tokio::test]
async fn a_locked_owner_is_helped_by_a_manager_and_helps_nobody_meanwhile() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let helper = Helper::new(clinic.wardkey)?;
    acts::lock(&clinic.at("Reception 1").await?, "whitfield").await?;
    let manager = clinic.signed_in("Reception 2", clinic.user("reid")?).await?;
    let operator = helper.signed_in().await?;
    let found = look_up(&operator, &case(&manager, "whitfield").await?).await?;
    operator.call::<UnlockForSupport>(&unlock(&found, true, WHY)).await?;
    let window = acts::window(&manager, "whitfield").await?;
    ensure!(window.user.status == UserStatus::Active, "{window:?}");
    Ok(())
}

#[tokio::test]
async fn of_fifty_tries_at_once_five_are_looked_at_and_a_colleague_unlocks() -> Result<()> {
    let wardkey = Wardkey::shared()?;
    let (locked, colleague) = (Helper::new(wardkey)?, Helper::new(wardkey)?);
    let mut tries = JoinSet::new();
    for number in 0..50 {
        let client = Client::elsewhere(wardkey.origin())?;
        let login = locked.made.login.clone();
        tries.spawn(async move {
            let (password, code) = (format!("guess {number}"), "000000".to_owned());
            client.try_call::<SignInOperator>(&OperatorCredentials { login, password, code }).await
        });
    }
    let tries: Vec<_> = tries.join_all().await.into_iter().collect::<Result<_>>()?;
    let told =
        |code| tries.iter().filter(|t| t.as_ref().is_err_and(|refusal| refusal.problem.code == code)).count();
    ensure!(told(ProblemCode::OperatorWrong) == STRIKES - 1, "{}", told(ProblemCode::OperatorWrong));
    ensure!(told(ProblemCode::OperatorLocked) == 50 - (STRIKES - 1), "{}", told(ProblemCode::OperatorLocked));
    let door = Client::elsewhere(wardkey.origin())?;
    let code = authenticator::code(&locked.made.otpauth_url)?;
    let Err(refusal) = locked.try_sign_in(&door, &locked.made.password, &code).await? else {
        bail!("a locked operator got in");
    };
    acts::expect(&refusal, 423, ProblemCode::OperatorLocked)?;

    let other = colleague.signed_in().await?;
    let desk = other.call::<OpenDesk>(&Empty {}).await?;
    let id = |name: &str| {
        let found = desk.operators.iter().find(|operator| operator.name == name);
        found.map(|operator| OperatorQuery { operator: operator.id.to_string() }).context("no such operator")
    };
    let own = other.refusal::<UnlockOperator>(&id(&colleague.name)?).await?;
    acts::expect(&own, 403, ProblemCode::OwnAccount)?;
    let after = other.call::<UnlockOperator>(&id(&locked.name)?).await?;
    let line = after.log.iter().find(|line| line.colleague.as_deref() == Some(&locked.name));
    ensure!(line.is_some_and(|line| line.operator == colleague.name), "{:?}", after.log);
    locked.signed_in().await.map(drop)
}

#[tokio::test]
async fn an_unknown_operator_answers_to_the_byte_as_a_known_one() -> Result<()> {
    let wardkey = Wardkey::shared()?;
    let helper = Helper::new(wardkey)?;
    for strike in 1..STRIKES + 3 {
        let mut answers = BTreeSet::new();
        let client = Client::elsewhere(wardkey.origin())?;
        for login in [helper.made.login.as_str(), "ghost"] {
            let body =
                serde_json::json!({ "login": login, "password": "wrong", "code": "000000" }).to_string();
            let headers = [("content-type", "application/json"), ("origin", client.origin())];
            let reply = routes::post(&client, SignInOperator::PATH, &headers, &body).await?;
            answers.insert((reply.status, reply.text));
        }
        ensure!(answers.len() == 1, "strike {strike}: {answers:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_network_that_knocks_in_vain_waits_and_another_does_not() -> Result<()> {
    let wardkey = Wardkey::shared()?;
    let helper = Helper::new(wardkey)?;
    let stranger = Client::elsewhere(wardkey.origin())?;
    let knock = async |login: &str, code: &str| {
        let (login, password, code) = (login.to_owned(), helper.made.password.clone(), code.to_owned());
        stranger.refusal::<SignInOperator>(&OperatorCredentials { login, password, code }).await
    };
    for number in 0..FREE_KNOCKS {
        let refusal = knock(&format!("made.up{number}"), "000000").await?;
        acts::expect(&refusal, 401, ProblemCode::OperatorWrong)?;
    }
    // On it knocks, until the wait is long enough to look at it.
    loop {
        let wait = knock("made.up", "000000").await?.problem.retry_after_seconds.unwrap_or_default();
        if wait > 2 {
            break;
        }
        tokio::time::sleep(Duration::from_secs(wait.into())).await;
    }
    // With the right code it waits as with any other.
    for login in ["ghost", &helper.made.login] {
        let refusal = knock(login, &authenticator::code(&helper.made.otpauth_url)?).await?;
        acts::expect(&refusal, 429, ProblemCode::SlowDown)?;
        ensure!(refusal.problem.retry_after_seconds.is_some(), "{refusal}");
    }
    let elsewhere = helper.signed_in().await?;
    // All that they made up is one line, or two where an hour ends here.
    let log = whole_log(&elsewhere).await?;
    let lines = log.iter().filter(|line| line.action == DeskAction::LoginFailed && line.operator.is_empty());
    ensure!((1..=2).contains(&lines.count()), "{log:?}");
    Ok(())
}

/// The desk's log from its latest line to its first.
async fn whole_log(operator: &Client) -> Result<Vec<DeskLine>> {
    let mut lines = operator.call::<OpenDesk>(&Empty {}).await?.log;
    while let Some(before) = lines.last().map(|line| line.seq).filter(|seq| *seq > 1) {
        let page = operator.call::<ListDeskLog>(&DeskLogQuery { before }).await?.lines;
        ensure!(!page.is_empty(), "nothing before {before}");
        lines.extend(page);
    }
    Ok(lines)
}

#[tokio::test]
async fn the_log_is_read_to_its_first_line() -> Result<()> {
    // A desk of its own: so many lines would push those of other tests out of sight.
    let wardkey = Wardkey::start()?;
    let helper = Helper::new(&wardkey)?;
    let operator = helper.signed_in().await?;
    for _ in 0..DESK_LINES_MAX {
        operator.call::<MakeClinicLink>(&ClinicPlace::default()).await?;
    }
    let seqs: Vec<i64> = whole_log(&operator).await?.iter().map(|line| line.seq).collect();
    let whole: Vec<i64> = (1..=seqs.len() as i64).rev().collect();
    ensure!(seqs == whole && seqs.len() > DESK_LINES_MAX as usize, "{seqs:?}");
    Ok(())
}

#[tokio::test]
async fn who_is_removed_is_signed_out_and_gets_in_no_more() -> Result<()> {
    let wardkey = Wardkey::shared()?;
    let helper = Helper::new(wardkey)?;
    let operator = helper.signed_in().await?;
    ensure!(desk::remove(wardkey, &helper.made.login)? == Some(helper.name.clone()));
    ensure!(desk::remove(wardkey, &helper.made.login)?.is_none(), "nobody is removed twice");
    let refusal = operator.refusal::<OpenDesk>(&Empty {}).await?;
    acts::expect(&refusal, 401, ProblemCode::OperatorRequired)?;
    let door = Client::elsewhere(wardkey.origin())?;
    let code = authenticator::code(&helper.made.otpauth_url)?;
    let Err(refusal) = helper.try_sign_in(&door, &helper.made.password, &code).await? else {
        bail!("a removed operator got in");
    };
    acts::expect(&refusal, 401, ProblemCode::OperatorWrong)?;
    let seen = Helper::new(wardkey)?.signed_in().await?.call::<OpenDesk>(&Empty {}).await?;
    ensure!(seen.operators.iter().all(|listed| listed.name != helper.name), "{:?}", seen.operators);
    let line = seen.log.iter().find(|line| line.action == DeskAction::OperatorRemoved);
    ensure!(line.is_some_and(|line| line.operator == helper.name), "{:?}", seen.log);
    Ok(())
}

#[tokio::test]
async fn the_cookie_is_the_desks_own_and_dies_with_the_sign_out() -> Result<()> {
    let helper = Helper::new(Wardkey::shared()?)?;
    let operator = helper.signed_in().await?;
    let names: Vec<String> = operator.cookies().into_keys().collect();
    ensure!(names == ["__Host-wardkey_support"], "{names:?}");
    let thief = operator.twin()?;
    operator.call::<SignOutOperator>(&Empty {}).await?;
    ensure!(operator.cookies().is_empty());
    let refusal = thief.refusal::<OpenDesk>(&Empty {}).await?;
    acts::expect(&refusal, 401, ProblemCode::OperatorRequired)
}

#[tokio::test]
async fn renewing_an_operator_ends_what_they_had() -> Result<()> {
    let wardkey = Wardkey::shared()?;
    let helper = Helper::new(wardkey)?;
    let operator = helper.signed_in().await?;
    let renewed = desk::make(wardkey, &helper.name, &helper.made.login)?;
    ensure!(renewed.password != helper.made.password && renewed.otpauth_url != helper.made.otpauth_url);
    let refusal = operator.refusal::<OpenDesk>(&Empty {}).await?;
    acts::expect(&refusal, 401, ProblemCode::OperatorRequired)
}

#[tokio::test]
async fn a_setup_link_of_the_desk_is_good_and_logged() -> Result<()> {
    let helper = Helper::new(Wardkey::shared()?)?;
    let operator = helper.signed_in().await?;
    let link = operator.call::<MakeClinicLink>(&ClinicPlace::default()).await?;
    let (_, token) = link.link.split_once('#').context("no token")?;
    operator.call::<CheckSetupLink>(&SetupToken { token: token.to_owned() }).await?;
    let desk = operator.call::<OpenDesk>(&Empty {}).await?;
    let made = desk.log.iter().filter(|l| l.action == DeskAction::SetupLinkMade && l.operator == helper.name);
    ensure!(made.count() == 1);
    ensure!(!serde_json::to_string(&desk)?.contains(token), "the link is told once");
    Ok(())
}

#[tokio::test]
async fn an_operator_gets_in_nowhere_in_a_clinic() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let ids = Ids::of(&owner).await?;
    let before = acts::log(&owner).await?;
    let operator = Helper::new(clinic.wardkey)?.signed_in().await?;
    let mut asked = 0;
    for route in routes::of_browsers(&operator).await? {
        // It knows no sessions, and hears a network only so often: the second one to ask may be one too many.
        if route.path == AnswerHelp::PATH {
            continue;
        }
        let reply = routes::send(&operator, &route, &routes::request(&route.path, &ids)?).await?;
        // What a stranger may ask, an operator may: the sign-in state, step 1, a link from a mail.
        let stranger = Client::new(clinic.wardkey.origin())?;
        let theirs = routes::send(&stranger, &route, &routes::request(&route.path, &ids)?).await?;
        ensure!((reply.status, &reply.text) == (theirs.status, &theirs.text), "{}: {reply:?}", route.path);
        asked += 1;
    }
    ensure!(asked > 45, "only {asked} routes were asked");
    ensure!(acts::log(&owner).await? == before, "the clinic has noticed");
    Ok(())
}

#[tokio::test]
async fn nobody_of_a_clinic_gets_in_at_the_desk() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let people = [
        ("Owner's phone", "whitfield"),
        ("Reception 2", "reid"),
        ("Ward 1", "hughes"),
        ("Ward 2", "sys_harbour"),
    ];
    let mut asked = 0;
    for (label, login) in people {
        let person = clinic.signed_in(label, clinic.user(login)?).await?;
        for route in routes::of_desk(&person).await? {
            let reply =
                routes::send(&person, &route, &routes::request(&route.path, &Ids::of_nothing())?).await?;
            let fine = match route.path.as_str() {
                // Both are open to anybody: one is the way in, the other ends what is not there.
                SignInOperator::PATH => reply.status == 422,
                SignOutOperator::PATH => reply.status == 200,
                _ => reply.status == 401 && reply.problem()?.code == ProblemCode::OperatorRequired,
            };
            ensure!(fine, "{login} {}: {reply:?}", route.path);
            asked += 1;
        }
    }
    ensure!(asked == 4 * 9, "{asked} were asked");
    Ok(())
}
