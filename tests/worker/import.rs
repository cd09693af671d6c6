//! A list of five hundred people becomes five hundred accounts, once, or none at all.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use reqwest::Method;
use wardkey_tests::{Client, Clinic, Wardkey};
use wire::{
    Empty, Endpoint, ProblemCode, Role,
    activities::Action,
    computers::SignInPair,
    people::{
        CheckImport, Import, ImportPerson, ImportReport, ImportText, ImportUsers, Imported, MadePassword,
        MakePasswords, PASSWORDS_AT_ONCE_MAX, PasswordWish,
    },
    users::ListUsers,
};

use crate::acts;

/// People in the list.
const PEOPLE: usize = 500;
/// Passwords for them. Each costs a hash, which would hold up the other tests: here several people get the same one.
const PASSWORDS: usize = 20;
/// Largest body of an import.
const IMPORT_BODY_BYTES_MAX: usize = 1024 * 1024;
/// How long reading or adding five hundred may take on a busy machine, the hashes aside.
const PATIENCE: Duration = Duration::from_secs(15);

/// Last names that no two of are alike.
fn list(people: usize) -> String {
    let lines = (0..people).map(|number| {
        let letters: String = [number / 26 / 26, number / 26, number]
            .map(|digit| char::from(b'a' + (digit % 26) as u8))
            .iter()
            .collect();
        format!("Tester{letters};Kim;;Nurse;{letters}@list.example.org;employee;\r\n")
    });
    format!("Last name;First name;Middle name;Position;E-mail;Role;Login\r\n{}", lines.collect::<String>())
}

async fn check(owner: &Client, text: String) -> Result<ImportReport> {
    owner.call::<CheckImport>(&ImportText { text }).await
}

async fn passwords(owner: &Client, count: usize) -> Result<Vec<MadePassword>> {
    let mut made = Vec::new();
    while made.len() < count {
        let rest = u32::try_from(count - made.len())?;
        let wish = PasswordWish { count: rest.min(PASSWORDS_AT_ONCE_MAX) };
        made.extend(owner.call::<MakePasswords>(&wish).await?.passwords);
    }
    Ok(made)
}

fn import(report: &ImportReport, passwords: &[MadePassword]) -> Import {
    let people = report.lines.iter().zip(passwords.iter().cycle()).map(|(line, made)| ImportPerson {
        line: line.line,
        person: line.person.clone(),
        sealed: made.sealed.clone(),
    });
    Import { import: report.import.clone(), people: people.collect() }
}

#[tokio::test]
async fn five_hundred_people_are_imported_once_however_often_it_is_sent() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let before = owner.call::<ListUsers>(&Empty {}).await?.users.len();

    let start = Instant::now();
    let report = check(&owner, list(PEOPLE)).await?;
    let checked = start.elapsed();
    ensure!(report.lines.len() == PEOPLE, "{} lines", report.lines.len());
    ensure!(report.lines.iter().all(|line| line.problem.is_none()), "{:?}", report.lines.first());
    let last = report.lines.last().context("no line")?;
    ensure!(last.line as usize == PEOPLE + 1, "the first line names the columns: {last:?}");

    let start = Instant::now();
    let made = passwords(&owner, PASSWORDS).await?;
    let hashed = start.elapsed();

    let request = import(&report, &made);
    let start = Instant::now();
    let twin = owner.twin()?;
    let (one, other) = tokio::join!(owner.call::<ImportUsers>(&request), twin.call::<ImportUsers>(&request));
    let imported = start.elapsed();
    println!(
        "{PEOPLE} people: read in {checked:?}, {PASSWORDS} passwords in {hashed:?}, added in {imported:?}"
    );
    ensure!(checked < PATIENCE && imported < PATIENCE, "{checked:?} {imported:?}");
    let done: Imported = one?;
    ensure!(done.added.len() == PEOPLE && done.refused.is_empty(), "{:?}", done.refused);
    ensure!(other? == done, "sent twice, it is done once");
    ensure!(owner.call::<ImportUsers>(&request).await? == done);
    let users = owner.call::<ListUsers>(&Empty {}).await?.users;
    ensure!(users.len() == before + PEOPLE, "{} users", users.len());
    let log = acts::log(&owner).await?;
    ensure!(acts::count(&log, Action::UserAdded) == PEOPLE);

    let made = made.last().context("no password")?;
    let pair = SignInPair {
        full_name: String::new(),
        login: last.person.login.clone(),
        password: made.password.clone(),
    };
    acts::sign_in_first(&clinic.at("Reception 1").await?, &pair, "a fine new tune").await
}

#[tokio::test]
async fn an_import_adds_nobody_when_a_line_was_taken_meanwhile() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let report = check(&owner, list(3)).await?;
    let made = passwords(&owner, 3).await?;
    let taken = &report.lines[1];
    acts::add(&owner, Role::Employee, "Quick", &taken.person.login).await?;
    let before = owner.call::<ListUsers>(&Empty {}).await?;

    let outcome = owner.call::<ImportUsers>(&import(&report, &made)).await?;
    ensure!(outcome.added.is_empty(), "{outcome:?}");
    let [refused] = outcome.refused.as_slice() else { bail!("{outcome:?}") };
    ensure!(refused.line == taken.line && refused.problem.code == ProblemCode::LoginTaken, "{refused:?}");
    ensure!(refused.problem.field.as_deref() == Some("login"), "{refused:?}");
    ensure!(owner.call::<ListUsers>(&Empty {}).await? == before, "somebody was added");

    // Looked at again, the list goes in under the same name.
    let mut again = import(&check(&owner, list(3)).await?, &made);
    again.import = report.import;
    ensure!(owner.call::<ImportUsers>(&again).await?.added.len() == 3);
    Ok(())
}

#[tokio::test]
async fn a_list_says_line_by_line_what_is_wrong_with_it() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let manager = clinic.signed_in("Reception 1", clinic.user("reid")?).await?;
    let text = "Фамилия;Имя;Отчество;Должность;Почта;Роль;Логин\n\
                Щербакова;Юлия;Олеговна;Медсестра;yulia@list.example.org;сотрудник;\n\
                Hughes;Adam;;;adam@list.example.org;;hughes\n\
                Stone;;;;;;\n\
                Stone;Ann;;;no address;;\n\
                Boss;Ann;;;boss@list.example.org;owner;\n\
                Wizard;Ann;;;wizard@list.example.org;wizard;\n";
    let report = check(&manager, text.to_owned()).await?;
    let seen: Vec<_> = report
        .lines
        .iter()
        .map(|line| {
            (line.line, line.problem.as_ref().map(|problem| (problem.code, problem.field.as_deref())))
        })
        .collect();
    ensure!(
        seen == [
            (2, None),
            (3, Some((ProblemCode::LoginTaken, Some("login")))),
            (4, Some((ProblemCode::NameMalformed, Some("first_name")))),
            (5, Some((ProblemCode::EmailMalformed, Some("email")))),
            (6, Some((ProblemCode::RoleNotAllowed, Some("role")))),
            (7, Some((ProblemCode::RoleNotAllowed, Some("role")))),
        ],
        "{seen:?}"
    );
    ensure!(report.lines[0].person.login == "shcherbakova", "{:?}", report.lines[0]);
    Ok(())
}

#[tokio::test]
async fn an_import_may_be_long_and_not_longer_than_a_mebibyte() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.signed_in("Owner's phone", clinic.user("whitfield")?).await?;
    let headers = [("content-type", "application/json"), ("origin", owner.origin())];
    for path in [CheckImport::PATH, ImportUsers::PATH] {
        let frame = r#"{"text":""}"#.len();
        for (bytes, fits) in [(IMPORT_BODY_BYTES_MAX, true), (IMPORT_BODY_BYTES_MAX + 1, false)] {
            let body = format!(r#"{{"text":"{}"}}"#, "x".repeat(bytes - frame));
            let reply = owner.send(Method::POST, path, &headers, Some(body)).await?;
            let too_large = reply.status == 413 && reply.problem()?.code == ProblemCode::RequestTooLarge;
            ensure!(too_large != fits && reply.status < 500, "{path} {bytes}: {}", reply.status);
        }
    }
    let refusal = owner.refusal::<CheckImport>(&ImportText { text: list(1_001) }).await?;
    acts::expect(&refusal, 422, ProblemCode::ImportMalformed)
}
