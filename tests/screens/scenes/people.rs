//! Somebody new: one by one, or from a list.

use anyhow::Result;
use wardkey_tests::{Clinic, Person, Screen};
use wire::Role;

use super::Stage;

pub const PAGES: &[&str] = &[
    "user-add",
    "user-add-refused",
    "user-added",
    "leave-without-it",
    "import",
    "import-checked",
    "import-done",
];

const LIST: &str = "last name,first name,middle name,position,e-mail,role,login\n\
    Porter,Jane,,Nurse,jane@harbour.example,employee,\n\
    Müller-Lüdenscheidt,Hans-Joachim,,Orthodontist,no address,employee,\n\
    Кузнецова,Мария,Сергеевна,Медсестра,maria@harbour.example,employee,\n";

/// An owner adds people.
pub async fn play(stage: &Stage<'_>) -> Result<()> {
    let clinic = Clinic::open(stage.wardkey)?;
    let owner = clinic.first(Role::Owner)?;
    let person =
        Person::sits_down(&clinic, Screen::Computer, "Reception 1", owner, "/clinic/users/add").await?;
    let at = &person.session;
    at.field("Last name").await?;
    stage.camera.shoot(at, "user-add").await?;
    at.type_into("Last name", "Hughes").await?;
    at.type_into("First name", "Jane").await?;
    at.type_into("Position", "Nurse").await?;
    at.holds("Login", "hughes2").await?;
    at.type_into("Login", "hughes").await?;
    at.press("Add user").await?;
    at.sees("Somebody in the clinic has this login already.").await?;
    stage.camera.shoot(at, "user-add-refused").await?;
    at.type_into("Login", "hughes2").await?;
    at.press("Add user").await?;
    at.heading("Jane Hughes was added").await?;
    stage.camera.shoot(at, "user-added").await?;
    at.link("Users").await?.click().await?;
    at.heading("Leave without it?").await?;
    stage.camera.shoot(at, "leave-without-it").await?;
    at.answer("Leave").await?;

    at.press("Import").await?;
    at.heading("Import users").await?;
    stage.camera.shoot(at, "import").await?;
    at.type_into("Or paste the list here", LIST).await?;
    at.press("Check the list").await?;
    at.heading("2 people can be added, 1 line has a problem.").await?;
    stage.camera.shoot(at, "import-checked").await?;
    at.field("Leave out 1 line with a problem").await?.click().await?;
    at.press("Add 2 people").await?;
    at.heading("2 people were added").await?;
    stage.camera.shoot(at, "import-done").await?;
    person.session.close().await
}
