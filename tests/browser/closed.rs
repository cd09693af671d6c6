//! A clinic that its operator closes while people work in it: they read why nothing goes, lose nothing, and go on once it is open again.

use anyhow::Result;
use wardkey_tests::{Clinic, Screen, Wardkey};
use wire::{
    Role,
    archive::{ClinicReason, CloseClinic, ReopenClinic},
};
use xtask::operator::Operator;

use wardkey_tests::Person;

const CLOSED: &str = "This clinic is closed for the moment";

#[tokio::test]
async fn a_closed_clinic_says_so_and_goes_on_where_it_was() -> Result<()> {
    let wardkey = Wardkey::shared()?;
    let clinic = Clinic::open(wardkey)?;
    let url = wardkey.origin().replace("//localhost:", "//127.0.0.1:");
    let operator = Operator::new(&url, &wardkey.settings().secret_key_bytes()?)?;
    let why = ClinicReason { clinic: clinic.opened.code.clone(), reason: "It is written into a file".into() };
    let owner = clinic.first(Role::Owner)?;
    let person = Person::sits_down(&clinic, Screen::Narrow, "Ward 1", owner, "/clinic/users/add").await?;
    let at = &person.session;
    at.type_into("Last name", "Porter").await?;
    operator.call::<CloseClinic>(&why)?;
    // What was typed is there still, with the reason why it can't be sent.
    at.press("Add user").await?;
    at.sees(CLOSED).await?;
    at.holds("Last name", "Porter").await?;
    at.is_sound().await?;
    // At the door as well.
    person.open("/").await?;
    at.sees(CLOSED).await?;
    at.is_sound().await?;
    operator.call::<ReopenClinic>(&why)?;
    at.press("Try again").await?;
    at.sees_no_more(CLOSED).await?;
    person.open("/clinic/users").await?;
    at.row(&owner.full_name).await?;
    person.session.close().await
}
