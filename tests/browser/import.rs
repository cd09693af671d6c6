//! Thirty people come from the list of a spreadsheet, in the encoding of a Cyrillic office.

use std::fs;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;
use wardkey_tests::{Clinic, Screen, Wardkey, paper};
use wire::Role;

use wardkey_tests::Person;

const LAST_NAMES: &str = "Абрамова Белов Васильева Громов Дёмина Ершов Жукова Зайцев Ильина Королёв \
    Лаптева Мельников Носова Орехов Павлова Рыбаков Сорокина Титов Уварова Фомин \
    Хохлова Цветков Чернова Шубин Щукина Юдин Яковлева Астахов Быкова Воронцов";
/// Where А stands in Windows-1251; the letters follow it in their order.
const CAPITAL_A: u32 = 0xc0;

#[tokio::test]
async fn thirty_people_come_from_a_spreadsheet_of_a_cyrillic_office() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.first(Role::Owner)?;
    let office = Person::sits_down(&clinic, Screen::Computer, "Reception 1", owner, "/clinic/users").await?;
    let at = &office.session;
    at.press("Import").await?;
    at.heading("Import users").await?;
    at.is_sound().await?;

    // What is wrong is told at its line, and nobody is added before everything is right.
    let folder = TempDir::with_prefix("wardkey-import-")?;
    let file = |name: &str, first_email: &str| -> Result<String> {
        let path = folder.path().join(name);
        fs::write(&path, windows_1251(&list(first_email))?)?;
        Ok(path.to_str().context("a strange folder")?.to_owned())
    };
    at.field("Choose a file").await?.send_keys(file("people.csv", "no address")?).await?;
    at.heading("29 people can be added, 1 line has a problem.").await?;
    at.sees("people.csv, read as Windows-1251").await?;
    let first = "return [...document.querySelectorAll('tbody tr')][0].innerText";
    let first: String = at.driver.execute(first, vec![]).await?.convert()?;
    for part in ["2", "Абрамова", "E-mail: Check the e-mail address"] {
        ensure!(first.contains(part), "\"{part}\" is not told in the first line: {first}");
    }
    ensure!(!at.button("Add 29 people").await?.is_enabled().await?, "a list with a problem can be imported");
    at.is_sound().await?;

    at.press("Another list").await?;
    at.field("Choose a file").await?.send_keys(file("people-2.csv", "abramova@clinic.example")?).await?;
    at.heading("30 people can be added.").await?;
    at.press("Add 30 people").await?;
    at.sees("of 30").await?;
    at.is_sound().await?;
    at.heading("30 people were added").await?;
    at.is_sound().await?;

    // All pairs stand on paper.
    let script = "return [...document.querySelectorAll('.slip')].map(slip =>\
                  [...slip.querySelectorAll('.secret')].map(part => part.textContent))";
    let pairs: Vec<(String, String)> = at.driver.execute(script, vec![]).await?.convert()?;
    ensure!(pairs.len() == LAST_NAMES.split_whitespace().count(), "{pairs:?}");
    let printed: String = at.print().await?.into_iter().map(|page| page.text).collect();
    for (login, password) in &pairs {
        let login_and_password = [login, password].map(|part| paper::without_spaces(part));
        ensure!(
            login_and_password.iter().all(|part| printed.contains(part)),
            "{login} is not printed: {printed}"
        );
    }
    at.driver.execute("window.print = () => window.printed = true", vec![]).await?;
    at.press("Print").await?;
    ensure!(
        at.driver.execute("return window.printed", vec![]).await?.json() == true,
        "\"Print\" prints nothing"
    );
    at.link("All users").await?.click().await?;
    at.row("Иванна Дёмина").await?;
    at.is_sound().await?;

    let (login, password) = pairs
        .iter()
        .find(|(login, _)| login == "demina")
        .with_context(|| format!("no demina in {pairs:?}"))?;
    let ward = Person::with(&clinic, Screen::Phone).await?;
    ward.open("/").await?;
    ward.arrive("Ward 1").await?;
    ward.choose_own(login, password, "Quiet harbour 47").await?;
    ward.session.sees("Hello, Иванна Дёмина").await?;
    for person in [office, ward] {
        person.session.close().await?;
    }
    Ok(())
}

/// The list as it is exported, with `;` as everywhere where the comma is the decimal point.
fn list(first_email: &str) -> String {
    let mut lines = "фамилия;имя;отчество;должность;эл. почта;роль;логин\r\n".to_owned();
    for (place, last_name) in LAST_NAMES.split_whitespace().enumerate() {
        let email = if place == 0 { first_email } else { "" };
        lines.push_str(&format!("{last_name};Иванна;;\"медсестра; ночь\";{email};сотрудник;\r\n"));
    }
    lines
}

/// A text as a Cyrillic Windows writes it.
fn windows_1251(text: &str) -> Result<Vec<u8>> {
    let byte = |letter: char| match letter {
        'ё' => Some(0xb8),
        'А'..='я' => u8::try_from(u32::from(letter) - u32::from('А') + CAPITAL_A).ok(),
        _ => u8::try_from(letter).ok().filter(u8::is_ascii),
    };
    text.chars().map(|letter| byte(letter).with_context(|| format!("no {letter} in Windows-1251"))).collect()
}
