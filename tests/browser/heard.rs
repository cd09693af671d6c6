//! Wardkey as a screen reader tells it: what stands on each screen, by name and role and in its order, and what is announced meanwhile,
//! once each.

use anyhow::{Result, ensure};
use wardkey_tests::{Clinic, Person, Screen, Wardkey, authenticator, clinic::pin};
use wire::Role;

/// What stands above every page.
const FRAME: [&str; 11] = [
    "link: Skip to the content",
    "banner",
    "link: Wardkey",
    "navigation: Places",
    "link: My Clinic",
    "link: Management",
    "link: Margaret Whitfield",
    "button: Switch user",
    "button: Sign out",
    "combobox: Language",
    "main",
];
/// What stands before what a page of a person is about.
const PLACES: [&str; 8] = [
    "navigation: My Clinic",
    "link: User Management",
    "link: Settings",
    "navigation: User Management",
    "link: Users",
    "link: Computers",
    "link: Profiles",
    "link: All users",
];
/// What a locked account shows, besides, to an owner.
const THE_LOCK: [&str; 8] = [
    "heading: The lock",
    "link: Help: Unlocking an account",
    "heading: Ask support",
    "form",
    "link: Help: No owner can be reached",
    "textbox: Reason",
    "textbox: Phone to ring back",
    "button: Ask support",
];
/// And what every account shows, while it is locked
const LOCKED_ACCOUNT: [&str; 8] = [
    "heading: The account",
    "button: Edit",
    "heading: Access rights",
    "button: Restore access -",
    "button: Remove",
    "heading: Latest activities",
    "table",
    "link: All activities",
];
/// and when it is not.
const ACCOUNT: [&str; 8] = [
    "heading: The account",
    "button: Edit",
    "heading: Access rights",
    "button: Restore access",
    "button: Remove",
    "heading: Latest activities",
    "table",
    "link: All activities",
];

const MINUTE_MILLIS: u32 = 60_000;

#[tokio::test]
async fn the_way_in_is_told_step_by_step() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let (nurse, computer) = (clinic.first(Role::Employee)?, clinic.computer("Ward 1")?);
    let person = Person::with(&clinic, Screen::Computer).await?;
    let at = &person.session;
    person.open("/").await?;
    at.listens().await?;
    at.reads(&[
        "heading: Computer authorization",
        "form: Computer authorization",
        "textbox: Username *",
        "textbox: Password",
        "button: Show characters",
        "button: Continue",
        "link: Help: Signing in",
    ])
    .await?;
    at.type_into("Username", &computer.username).await?;
    at.type_into("Password", &computer.password).await?;
    at.press("Continue").await?;
    at.heading("Profile authorization").await?;
    at.reads(&[
        "heading: Profile authorization",
        "form: Profile authorization",
        "textbox: Code *",
        "button: Continue",
        "link: Help: A code is refused",
    ])
    .await?;
    at.type_into("Code", &authenticator::wrong_code(&clinic.profile("Main")?.otpauth_url)?).await?;
    at.sees("This code is wrong.").await?;
    at.was_told(&[
        "This code is wrong. Type the newest one; if that fails too, set the phone's clock to automatic.",
    ])
    .await?;
    at.type_into("Code", &clinic.code()?).await?;
    at.heading("User authorization").await?;
    at.reads(&[
        "heading: User authorization",
        "form: User authorization",
        "textbox: Login *",
        "textbox: Password",
        "button: Show characters",
        "button: Sign in",
        "link: Forgot password?",
        "link: Help: Signing in",
    ])
    .await?;
    at.was_told(&[]).await?;
    person.is_refused(&nurse.login).await?;
    at.was_told(&["Login or password is wrong. Check Caps Lock and the keyboard layout."]).await?;
    person.submit(&nurse.login, &nurse.password).await?;
    at.heading("Is this you?").await?;
    at.reads(&[
        "heading: Is this you?",
        "button: Yes, sign in *",
        "button: No, switch user",
        "link: Help: Signing in",
    ])
    .await?;
    at.was_told(&[]).await?;
    at.press("Yes, sign in").await?;
    at.hears("Signed in as").await?;
    at.reads(&[
        "heading: Hello, Anna Grace Hughes *",
        "link: Users The people of the clinic, and their accounts",
        "link: Activities What happened, when, and on which computer",
    ])
    .await?;
    at.was_told(&["Signed in as Anna Grace Hughes"]).await?;

    // A minute before the screen covers itself, whoever is there may stay, by one key.
    at.pass_millis(9 * MINUTE_MILLIS + MINUTE_MILLIS / 20).await?;
    at.heading("Are you still there?").await?;
    at.reads(&["dialog: Are you still there?", "heading: Are you still there?", "button: Stay signed in *"])
        .await?;
    at.was_told(&[]).await?;
    at.driver.action_chain().send_keys(thirtyfour::Key::Enter).perform().await?;
    at.sees_no_more("Are you still there?").await?;
    at.pass_millis(MINUTE_MILLIS).await?;
    at.heading(&format!("Hello, {}", nurse.full_name)).await?;
    at.press("Switch user").await?;
    at.heading("User authorization").await?;
    at.was_told(&["You are signed out."]).await?;

    // Locked out.
    for _ in 0..4 {
        person.is_refused(&nurse.login).await?;
    }
    person.submit(&nurse.login, "wrong password").await?;
    at.heading("Your account is locked").await?;
    at.reads(&[
        "heading: Your account is locked *",
        "button: Switch user",
        "link: Help: My account is locked",
    ])
    .await?;
    at.was_told(&["Login or password is wrong. Check Caps Lock and the keyboard layout.", "Login or password is wrong. Check Caps Lock and the keyboard layout.", "Login or password is wrong. Check Caps Lock and the keyboard layout. 2 tries remain.", "Login or password is wrong. Check Caps Lock and the keyboard layout. 1 try remains.", "Your account is locked. There were too many wrong passwords in a row. Ask your clinic's owner to unlock the account."]).await?;
    person.session.close().await
}

#[tokio::test]
async fn an_unlock_and_a_new_person_are_told() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let (owner, nurse) = (clinic.first(Role::Owner)?, clinic.first(Role::Employee)?);
    clinic.lock(&clinic.at("Ward 2").await?, &nurse.login).await?;
    let person = Person::sits_down(&clinic, Screen::Computer, "Ward 1", owner, "/clinic/users").await?;
    let at = &person.session;
    at.row(&nurse.full_name).await?;
    at.listens().await?;
    let frame = at.told().await?;
    ensure!(frame.starts_with(&FRAME.map(str::to_owned)), "before what the page is about stands {frame:#?}");
    at.reads(&[
        "navigation: My Clinic",
        "link: User Management",
        "link: Settings",
        "navigation: User Management",
        "link: Users",
        "link: Computers",
        "link: Profiles",
        "heading: Users *",
        "button: Import",
        "button: Add user",
        "searchbox: Search by name, login or position",
        "combobox: Role",
        "combobox: Status",
        "table",
    ])
    .await?;
    at.open_row(&nurse.full_name).await?;
    at.heading(&nurse.full_name).await?;
    at.reads(
        &[&PLACES[..], &["heading: Anna Grace Hughes *", "button: Unlock"], &THE_LOCK, &LOCKED_ACCOUNT]
            .concat(),
    )
    .await?;
    at.was_told(&[]).await?;
    at.press("Unlock").await?;
    at.field("PIN code").await?;
    at.reads(
        &[
            &PLACES[..],
            &[
                "heading: Anna Grace Hughes",
                "button: Unlock",
                "form",
                "textbox: PIN code *",
                "button: Confirm",
                "button: Send a new PIN",
            ],
            &THE_LOCK,
            &LOCKED_ACCOUNT,
        ]
        .concat(),
    )
    .await?;
    at.was_told(&[&format!("PIN sent to m…@{}", owner.email.split_once('@').unwrap_or_default().1)]).await?;
    let digits = pin(&clinic.mail(&owner.email, "User Account Unlock").await?)?;
    at.type_into("PIN code", if digits == "123456" { "654321" } else { "123456" }).await?;
    at.press("Confirm").await?;
    at.sees("4 tries remain").await?;
    at.was_told(&["This PIN is wrong. Compare it with the newest e-mail. 4 tries remain."]).await?;
    at.type_into("PIN code", &digits).await?;
    at.press("Confirm").await?;
    at.sees("Active").await?;
    at.was_told(&["Account unlocked"]).await?;
    at.reads(&[&PLACES[..], &["heading: Anna Grace Hughes *"], &ACCOUNT].concat()).await?;

    at.link("Users").await?.click().await?;
    at.press("Add user").await?;
    at.field("Last name").await?;
    at.was_told(&["7 users"]).await?;
    at.reads(
        &[
            &PLACES[..],
            &[
                "heading: Add user *",
                "link: Help: Adding people",
                "form",
                "textbox: Last name",
                "textbox: First name",
                "textbox: Middle name",
                "textbox: Position",
                "textbox: E-mail",
                "combobox: Language of e-mails",
                "textbox: Login",
                "combobox: Role",
                "combobox: Access rights",
                "button: Add user",
            ],
        ]
        .concat(),
    )
    .await?;
    at.type_into("Last name", "Porter").await?;
    at.type_into("First name", "Jane").await?;
    at.type_into("Position", "Nurse").await?;
    at.holds("Login", "porter").await?;
    at.press("Add user").await?;
    at.heading("Jane Porter was added").await?;
    at.reads(
        &[
            &PLACES[..],
            &[
                "heading: Add user",
                "link: Help: Adding people",
                "heading: Jane Porter was added *",
                "button: Print",
                "button: Copy",
                "checkbox: I have it",
                "button: Add another",
                "link: Open the account",
            ],
        ]
        .concat(),
    )
    .await?;
    let secrets = "[...document.querySelectorAll('.secret')].map(secret => secret.textContent)";
    let secrets: Vec<String> = at.evaluate(secrets).await?;
    let heard: Vec<String> = at.evaluate("window.heard").await?;
    let aloud = secrets.iter().find(|secret| heard.iter().any(|said| said.contains(*secret)));
    ensure!(secrets.len() == 2 && aloud.is_none(), "{aloud:?} of {secrets:?} is said aloud: {heard:?}");
    at.was_told(&["Jane Porter was added"]).await?;
    at.field("I have it").await?.click().await?;
    person.session.close().await
}
