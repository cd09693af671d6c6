//! A clinic is opened with a link, and what is printed at the end lets its people in.

use anyhow::{Result, ensure};
use wardkey_tests::{Chrome, Screen, Session, Wardkey, authenticator};

use crate::form::{A4_MM, CARD_MM, Form};

#[tokio::test]
async fn a_link_opens_a_clinic_and_its_printed_form_lets_people_in() -> Result<()> {
    let wardkey = Wardkey::shared()?;
    let link = wardkey.setup_link()?;
    let at = Chrome::shared().await?.open_in(Screen::Phone, "ru-RU").await?;
    at.go(&link).await?;
    at.heading("Открытие клиники").await?;
    let address = at.driver.current_url().await?;
    ensure!(address.fragment().is_none_or(str::is_empty), "the token stays in the address bar: {address}");
    at.is_sound().await?;

    // What is missing or wrong is said beside its field, and the link is not used up by it.
    at.type_into("Название клиники", "Клиника на Лесной").await?;
    at.type_into("Часовой пояс", "Europe/Moscow").await?;
    at.type_into("Фамилия", "Соколова").await?;
    at.type_into("Имя", "Елена").await?;
    at.type_into("Отчество", "Викторовна").await?;
    at.type_into("Эл. почта", "sokolova").await?;
    at.press("Открыть клинику").await?;
    at.refuses("Эл. почта", "Проверьте адрес").await?;
    at.is_sound().await?;
    at.type_into("Эл. почта", "sokolova@lesnaya.example.org").await?;
    at.press("Открыть клинику").await?;
    at.heading("Клиника на Лесной: клиника открыта").await?;
    at.is_sound().await?;

    // On both papers stands all that is needed, and the code can be read from black dots alone.
    let form = Form::read(&at).await?;
    for (paper, size_mm) in [("Карточка 85,6 × 54 мм", CARD_MM), ("Лист А4", A4_MM)] {
        at.field(paper).await?.click().await?;
        form.prints(&at, size_mm).await?;
        at.is_sound().await?;
    }

    // Nobody leaves by mistake what is shown once.
    at.press("Перейти ко входу").await?;
    at.heading("Уйти без этих данных?").await?;
    at.is_sound().await?;
    at.answer("Отмена").await?;
    at.heading("Клиника на Лесной: клиника открыта").await?;
    at.field("Данные у меня").await?.click().await?;
    at.press("Перейти ко входу").await?;

    // Step 1 calls things as the form does, and takes them as they are printed.
    at.heading("Авторизация компьютера").await?;
    at.type_into("Имя компьютера", form.line("Сторона А", "Имя компьютера")?).await?;
    at.type_into("Пароль", form.line("Сторона А", "Пароль")?).await?;
    at.press("Продолжить").await?;
    at.heading("Авторизация профиля").await?;
    at.type_into("Код", &authenticator::code(&form.otpauth_url)?).await?;
    at.press("Продолжить").await?;
    at.heading("Авторизация пользователя").await?;
    at.sees("Клиника на Лесной").await?;

    let administrator = form.line("Сторона А", "Логин")?;
    ensure!(administrator.starts_with("sys_"), "{administrator}");
    first_sign_in(&at, administrator, form.line("Сторона А", "Первый пароль")?).await?;
    choose(&at, "Сторож у ворот 31").await?;
    at.press("Сменить пользователя").await?;

    // The owner can't take what others would try first.
    let owner = form.line("Для владельца", "Логин")?;
    first_sign_in(&at, owner, form.line("Для владельца", "Первый пароль")?).await?;
    for (password, sentence) in [
        ("qwerty123", "пробуют одним из первых"),
        (owner, "знают все вокруг"),
        ("Соколова1", "знают все вокруг"),
    ] {
        at.type_into("Новый пароль", password).await?;
        at.press("Сохранить и войти").await?;
        at.refuses("Новый пароль", sentence).await?;
    }
    at.is_sound().await?;
    choose(&at, "Тихая гавань 47").await?;
    at.sees("Здравствуйте, Соколова Елена Викторовна").await?;
    at.is_sound().await?;
    at.close().await?;

    let late = Chrome::shared().await?.open(Screen::Narrow).await?;
    late.go(&link).await?;
    late.sees("This setup link has opened its clinic already.").await?;
    late.is_sound().await?;
    late.close().await
}

#[tokio::test]
async fn a_link_that_was_cut_off_opens_nothing_and_says_so() -> Result<()> {
    let wardkey = Wardkey::shared()?;
    let at = Chrome::shared().await?.open_in(Screen::Narrow, "fr-FR").await?;
    let link = wardkey.setup_link()?;
    let (page, token) = link.split_once('#').unwrap_or_default();
    at.go(page).await?;
    at.sees("lien").await?;
    at.is_sound().await?;
    at.go(&format!("{page}#{}", token.get(..token.len() / 2).unwrap_or_default())).await?;
    at.sees("incomplet").await?;
    at.is_sound().await?;
    at.close().await
}

async fn first_sign_in(at: &Session<'_>, login: &str, password: &str) -> Result<()> {
    at.heading("Авторизация пользователя").await?;
    at.type_into("Логин", login).await?;
    at.type_into("Пароль", password).await?;
    at.press("Войти").await?;
    at.heading("Это вы?").await?;
    at.press("Да, войти").await?;
    at.heading("Придумайте свой пароль").await?;
    at.is_sound().await
}

async fn choose(at: &Session<'_>, password: &str) -> Result<()> {
    at.type_into("Новый пароль", password).await?;
    at.press("Сохранить и войти").await?;
    at.hears("Вы вошли как").await
}
