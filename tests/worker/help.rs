//! The help pages as anybody gets them, and what readers say of them on its way to the operators.

use anyhow::{Result, ensure};
use clinic::rules::throttle::FREE_KNOCKS;
use reqwest::Method;
use serde_json::json;
use wardkey_tests::{Client, Wardkey, authenticator, desk::Helper};
use wire::{
    Empty, Endpoint, Language, ProblemCode,
    help::{AnswerHelp, HelpAnswer, HelpCount, HelpPage},
    support::OpenDesk,
};

use crate::{acts, routes};

#[tokio::test]
async fn each_page_is_plain_html_in_its_language() -> Result<()> {
    let client = Client::new(Wardkey::shared()?.origin())?;
    for language in Language::ALL {
        let index = format!("/help/{}", language.tag());
        for path in HelpPage::ALL.into_iter().map(|page| page.path(language)).chain([index]) {
            let page = client.send(Method::GET, &path, &[], None).await?;
            ensure!(page.status == 200, "{path}: {}", page.status);
            ensure!(page.header("content-type").starts_with("text/html"), "{path}: {page:?}");
            ensure!(page.header("content-security-policy").contains("default-src 'none'"), "{path}");
            let lang = format!("<html lang=\"{}\">", language.tag());
            ensure!(page.text.contains(&lang) && page.text.contains("<h1>"), "{path}: {}", page.text);
            let inline = ["<style", "style=\"", "onclick", ".wasm", "boot-"];
            ensure!(!inline.iter().any(|part| page.text.contains(part)), "{path}: {}", page.text);
            for file in page.text.split('"').filter(|part| part.starts_with("/help-")) {
                let reply = client.send(Method::GET, file, &[], None).await?;
                ensure!(reply.status == 200 && reply.header("cache-control").contains("immutable"), "{file}");
                ensure!(!reply.header("content-type").contains("html"), "{file}: {reply:?}");
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn what_a_reader_says_reaches_the_operators() -> Result<()> {
    let wardkey = Wardkey::shared()?;
    let reader = Client::elsewhere(wardkey.origin())?;
    for (language, answered) in [(Language::En, true), (Language::Fr, true), (Language::Ru, false)] {
        reader.call::<AnswerHelp>(&said(HelpPage::OwnerAway, language, answered)).await?;
    }
    ensure!(reader.cookies().is_empty(), "a reader gets no cookie");
    let operator = Helper::new(wardkey)?.signed_in().await?;
    let counts = operator.call::<OpenDesk>(&Empty {}).await?.help;
    let ours = HelpCount { page: HelpPage::OwnerAway, yes: 2, no: 1 };
    ensure!(counts.contains(&ours), "{counts:?}");
    Ok(())
}

#[tokio::test]
async fn only_our_own_pages_say_something_of_pages_that_there_are() -> Result<()> {
    let reader = Client::elsewhere(Wardkey::shared()?.origin())?;
    let own = [("content-type", "application/json"), ("origin", reader.origin())];
    for body in [
        json!({ "page": "nowhere", "language": "en", "answered": true }),
        json!({ "page": "locked", "language": "de", "answered": true }),
        json!({ "page": "locked", "language": "en", "answered": "yes" }),
        json!({ "page": "locked", "language": "en", "answered": true, "login": "hughes" }),
    ] {
        let reply = routes::post(&reader, AnswerHelp::PATH, &own, &body.to_string()).await?;
        ensure!(reply.problem()?.code == ProblemCode::MalformedRequest, "{body}: {reply:?}");
    }
    let body = serde_json::to_string(&said(HelpPage::Locked, Language::En, true))?;
    let foreign = [("content-type", "application/json"), ("origin", "https://elsewhere.example")];
    let reply = routes::post(&reader, AnswerHelp::PATH, &foreign, &body).await?;
    ensure!(reply.problem()?.code == ProblemCode::ForeignOrigin, "{reply:?}");
    Ok(())
}

#[tokio::test]
async fn a_reader_who_answers_on_and_on_is_slowed_down_and_may_still_sign_in_at_the_desk() -> Result<()> {
    let wardkey = Wardkey::shared()?;
    let helper = Helper::new(wardkey)?;
    let reader = Client::elsewhere(wardkey.origin())?;
    let answer = said(HelpPage::Locked, Language::En, false);
    for _ in 0..FREE_KNOCKS {
        reader.call::<AnswerHelp>(&answer).await?;
    }
    let refusal = reader.refusal::<AnswerHelp>(&answer).await?;
    acts::expect(&refusal, 429, ProblemCode::SlowDown)?;
    let code = authenticator::code(&helper.made.otpauth_url)?;
    helper.try_sign_in(&reader, &helper.made.password, &code).await?.map(drop)?;
    Ok(())
}

fn said(page: HelpPage, language: Language, answered: bool) -> HelpAnswer {
    HelpAnswer { page, language, answered }
}
