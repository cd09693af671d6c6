//! A clinic's computers and profiles: added, used, taken away and given again, each with an access form that works.

use anyhow::{Result, ensure};
use wardkey_tests::{Clinic, Screen, Wardkey, authenticator};
use wire::{Role, computers::RevokeComputer};

use crate::{
    form::{A4_MM, CARD_MM, Form},
    person::Person,
    turning::{note_heading, note_reply, turned},
};

#[tokio::test]
async fn a_computer_is_added_used_revoked_and_issued_anew() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let (owner, nurse) = (clinic.first(Role::Owner)?, clinic.first(Role::Employee)?);
    let office =
        Person::sits_down(&clinic, Screen::Computer, "Reception 1", owner, "/clinic/computers").await?;
    let desk = &office.session;
    desk.row("Reception 2").await?;
    desk.is_sound().await?;

    desk.press("Add computer").await?;
    desk.type_into("Label", "Reception 2").await?;
    desk.is_sound().await?;
    desk.answer("Add computer").await?;
    desk.refuses("Label", "This name is in use already.").await?;
    desk.type_into("Label", "Ward 9").await?;
    desk.choose("Profile", "Main").await?;
    desk.answer("Add computer").await?;
    desk.heading("Access form").await?;
    desk.hears("The access form is ready to print.").await?;
    desk.is_sound().await?;
    let form = Form::read(desk).await?;
    let main = &clinic.profile("Main")?.otpauth_url;
    ensure!(
        authenticator::secret(&form.otpauth_url)? == authenticator::secret(main)?,
        "the form of a computer of \"Main\" has another code: {} {main}",
        form.otpauth_url
    );
    form.prints(desk, A4_MM).await?;
    desk.field("I have it").await?.click().await?;
    desk.press("Done").await?;
    desk.row("Ward 9").await?;
    desk.sees("Waiting for its form").await?;

    // The form opens the computer, and the list shows who works on it.
    let ward = Person::with(&clinic, Screen::Narrow).await?;
    let bedside = &ward.session;
    ward.open("/").await?;
    ward.types_form(&form).await?;
    bedside.heading("Profile authorization").await?;
    bedside.type_into("Code", &authenticator::code(&form.otpauth_url)?).await?;
    ward.sign_in(nurse).await?;
    desk.reload().await?;
    desk.sees(&nurse.full_name).await?;
    ensure!(
        desk.row("Ward 9").await?.text().await?.contains(&nurse.full_name),
        "{} stands in another line:\n{}",
        nurse.full_name,
        desk.text().await?
    );
    desk.is_sound().await?;

    // Revoked, it is back at step 1 at once, and the old form is void.
    ensure!(
        !desk.button_in_row("Reception 1", "Revoke").await?.is_enabled().await?,
        "the computer that one sits at can be revoked"
    );
    desk.press_in_row("Ward 9", "Revoke").await?;
    desk.sees(&format!("Signed in there now, and signed out at once: {}.", nurse.full_name)).await?;
    desk.is_sound().await?;
    note_heading(bedside, "Computer authorization").await?;
    note_reply::<RevokeComputer>(desk).await?;
    desk.answer("Revoke").await?;
    desk.hears("“Ward 9” is revoked.").await?;
    turned(bedside, desk).await?;
    bedside.sees("This computer has to be authorized again").await?;
    bedside.is_sound().await?;
    ward.types_form(&form).await?;
    bedside.sees("Username or password is wrong.").await?;

    desk.field("Show revoked ones").await?.click().await?;
    desk.press_in_row("Ward 9", "Re-issue").await?;
    desk.heading("Re-issue access form").await?;
    desk.is_sound().await?;
    desk.answer("Re-issue").await?;
    desk.heading("Access form").await?;
    let second = Form::read(desk).await?;
    second.prints(desk, A4_MM).await?;
    ensure!(
        second.line("Side A", "Password")? != form.line("Side A", "Password")?,
        "the new form has the old password"
    );
    ward.types_form(&second).await?;
    bedside.heading("Profile authorization").await?;

    for person in [office, ward] {
        person.session.close().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_new_qr_code_ends_the_old_one() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.first(Role::Owner)?;
    let office =
        Person::sits_down(&clinic, Screen::Narrow, "Owner's phone", owner, "/clinic/profiles").await?;
    let phone = &office.session;
    phone.row("Dental").await?;
    phone.is_sound().await?;
    phone.press_in_row("Dental", "New QR code").await?;
    phone.sees("every phone that holds it must scan the new one").await?;
    phone.is_sound().await?;
    phone.answer("New QR code").await?;
    phone.heading("Access form").await?;
    phone.is_sound().await?;
    let form = Form::read(phone).await?;
    phone.field("Card, 85.6 × 54 mm").await?.click().await?;
    form.prints(phone, CARD_MM).await?;

    let surgery = Person::with(&clinic, Screen::Computer).await?;
    let at = &surgery.session;
    surgery.open("/").await?;
    surgery.types_pair(clinic.computer("Dental room")?).await?;
    at.heading("Profile authorization").await?;
    at.type_into("Code", &authenticator::code(&clinic.profile("Dental")?.otpauth_url)?).await?;
    at.sees("This code is wrong.").await?;
    at.type_into("Code", &authenticator::code(&form.otpauth_url)?).await?;
    at.heading("User authorization").await?;

    for person in [office, surgery] {
        person.session.close().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_profile_goes_when_nothing_belongs_to_it() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.first(Role::Owner)?;
    let office =
        Person::sits_down(&clinic, Screen::Computer, "Reception 1", owner, "/clinic/profiles").await?;
    let at = &office.session;
    at.press("Add profile").await?;
    at.type_into("Name", "Main").await?;
    at.answer("Add profile").await?;
    at.refuses("Name", "This name is in use already.").await?;
    at.type_into("Name", "Laboratory").await?;
    at.answer("Add profile").await?;
    at.heading("Access form").await?;
    Form::read(at).await?;
    at.press("Done").await?;
    at.heading("Leave without it?").await?;
    at.answer("Leave").await?;
    at.row("Laboratory").await?;

    let remove = at.button_in_row("Main", "Remove").await?;
    ensure!(!remove.is_enabled().await?, "a profile that computers belong to can be removed");
    at.sees("Computers belong to it.").await?;
    at.is_sound().await?;
    at.press_in_row("Laboratory", "Remove").await?;
    at.heading("Remove profile").await?;
    at.is_sound().await?;
    at.answer("Remove").await?;
    at.hears("“Laboratory” is removed.").await?;
    let lines = at.table().await?;
    ensure!(!lines.contains("Laboratory"), "a removed profile is still listed:\n{lines}");
    office.session.close().await
}

#[tokio::test]
async fn the_system_administrator_resets_the_very_computer() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let administrator = clinic.first(Role::SystemAdministrator)?;
    let person =
        Person::sits_down(&clinic, Screen::Phone, "Ward 2", administrator, "/clinic/computers").await?;
    let at = &person.session;
    at.press_in_row("Ward 2", "Reset this computer").await?;
    at.sees("You are signed out, and this computer begins at step 1 again").await?;
    at.is_sound().await?;
    at.answer("Reset this computer").await?;
    at.heading("Computer authorization").await?;
    at.is_sound().await?;
    at.reload().await?;
    at.heading("Computer authorization").await?;
    // The form is good still: it is the computer that has forgotten it.
    person.types_pair(clinic.computer("Ward 2")?).await?;
    at.heading("Profile authorization").await?;
    person.session.close().await
}
