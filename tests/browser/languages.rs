//! Three languages on the screen, and room for the longest of them on the narrowest.

use anyhow::{Result, ensure};
use serde_json::json;
use thirtyfour::By;
use wardkey_tests::{Chrome, Clinic, Screen, Wardkey, authenticator};
use wire::Role;

/// CSS pixels that everything must fit into (WCAG 2.2, 1.4.10).
const NARROWEST: u32 = 320;

struct Words {
    browser: &'static str,
    tag: &'static str,
    name: &'static str,
    computer: [&'static str; 3],
    proceed: &'static str,
    profile: [&'static str; 2],
    user: [&'static str; 3],
    sign_in: &'static str,
    yes: &'static str,
    refused: &'static str,
}

const RUSSIAN: Words = Words {
    browser: "ru-RU",
    tag: "ru",
    name: "Русский",
    computer: ["Авторизация компьютера", "Имя компьютера", "Пароль"],
    proceed: "Продолжить",
    profile: ["Авторизация профиля", "Код"],
    user: ["Авторизация пользователя", "Логин", "Пароль"],
    sign_in: "Войти",
    yes: "Да, войти",
    refused: "2 попытки",
};

const FRENCH: Words = Words {
    browser: "fr-FR",
    tag: "fr",
    name: "Français",
    computer: ["Autorisation de l’ordinateur", "Nom de l’ordinateur", "Mot de passe"],
    proceed: "Continuer",
    profile: ["Autorisation du profil", "Code"],
    user: ["Autorisation de l’utilisateur", "Identifiant", "Mot de passe"],
    sign_in: "Se connecter",
    yes: "Oui, se connecter",
    refused: "2 tentatives",
};

#[tokio::test]
async fn the_way_in_is_russian_for_a_russian_browser() -> Result<()> {
    way_in(&RUSSIAN).await
}

#[tokio::test]
async fn the_way_in_is_french_for_a_french_browser() -> Result<()> {
    way_in(&FRENCH).await
}

#[tokio::test]
async fn another_language_is_loaded_when_it_is_chosen() -> Result<()> {
    let session = Chrome::shared().await?.open(Screen::Computer).await?;
    session.go(Wardkey::shared()?.origin()).await?;
    session.heading("Computer authorization").await?;
    session.type_into("Username", "k7m2qx4p9d-1").await?;
    let choose = async |tag: &str| -> Result<()> {
        let option = format!("select.language option[value={tag}]");
        Ok(session.driver.find(By::Css(option)).await?.click().await?)
    };
    choose(RUSSIAN.tag).await?;
    let [heading, username, _] = RUSSIAN.computer;
    session.heading(heading).await?;
    session.holds(username, "k7m2qx4p9d-1").await?;
    session.devtools("Network.enable", json!({})).await?;
    session.devtools("Network.setBlockedURLs", json!({ "urls": ["*/texts/*"] })).await?;
    choose(FRENCH.tag).await?;
    session.hears("Нет связи.").await?;
    let shown = "return document.querySelector('select.language').selectedOptions[0].text";
    let shown: String = session.driver.execute(shown, vec![]).await?.convert()?;
    ensure!(shown == RUSSIAN.name, "the menu shows {shown}");
    // What was loaded once is there without a connection.
    choose("en").await?;
    session.heading("Computer authorization").await?;
    session.close().await
}

async fn way_in(words: &Words) -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let (nurse, computer) = (clinic.first(Role::Employee)?, clinic.computer("Ward 1")?);
    let session = Chrome::shared().await?.open_in(Screen::Phone, words.browser).await?;
    let narrow = json!({ "width": NARROWEST, "height": 640, "deviceScaleFactor": 2, "mobile": true });
    session.devtools("Emulation.setDeviceMetricsOverride", narrow).await?;
    // Whoever sees little reads the steps in letters of twice the size (WCAG 2.2, 1.4.4).
    let is_sound_large = async || -> Result<()> {
        session.is_sound().await?;
        let sized = "document.documentElement.style.fontSize = arguments[0]";
        session.driver.execute(sized, vec![json!("200%")]).await?;
        session.is_sound().await?;
        session.driver.execute(sized, vec![json!("")]).await?;
        Ok(())
    };
    session.go(clinic.wardkey.origin()).await?;
    let [heading, username, password] = words.computer;
    session.heading(heading).await?;
    let tag: String =
        session.driver.execute("return document.documentElement.lang", vec![]).await?.convert()?;
    ensure!(tag == words.tag, "{tag}");
    is_sound_large().await?;
    session.type_into(username, &computer.username).await?;
    session.type_into(password, &computer.password).await?;
    session.press(words.proceed).await?;
    let [heading, code] = words.profile;
    session.heading(heading).await?;
    is_sound_large().await?;
    session.type_into(code, &authenticator::code(&clinic.profile("Main")?.otpauth_url)?).await?;
    let [heading, login, password] = words.user;
    session.heading(heading).await?;
    is_sound_large().await?;
    for _ in 0..3 {
        session.type_into(login, &nurse.login).await?;
        session.type_into(password, "wrong").await?;
        session.press(words.sign_in).await?;
        session.empties(password).await?;
    }
    session.sees(words.refused).await?;
    is_sound_large().await?;
    session.type_into(login, &nurse.login).await?;
    session.type_into(password, &nurse.password).await?;
    session.press(words.sign_in).await?;
    session.button(words.yes).await?;
    is_sound_large().await?;
    session.press(words.yes).await?;
    session.sees(&nurse.full_name).await?;
    session.is_sound().await?;
    for path in ["/clinic/users", "/management/activities"] {
        session.go(&format!("{}{path}", clinic.wardkey.origin())).await?;
        session.sees(&nurse.full_name).await?;
        session.is_sound().await?;
    }
    session.close().await
}
