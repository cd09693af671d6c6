//! A whole clinic, closed, written into an archive, taken in and deleted, for whoever holds the deployment's key.

use clinic::commands::archive as asked;
use wire::{
    Empty, Problem, ProblemCode,
    archive::{
        ArchiveEndWish, ArchiveKeyText, ArrivingPage, ClinicDeletion, ClinicReason, ClosedClinic, PageWish,
        SealedPage, SignedArchive, TakenInClinic, read_end,
    },
};

use super::operator::clinic_of;
use crate::visit::Visit;

pub async fn key(visit: &mut Visit<'_>, _: Empty) -> Result<ArchiveKeyText, Problem> {
    Ok(ArchiveKeyText { key: visit.config.keys.archive_key().to_string() })
}

pub async fn close(visit: &mut Visit<'_>, request: ClinicReason) -> Result<ClosedClinic, Problem> {
    let ClinicReason { clinic, reason } = request;
    visit.change_in(&clinic_of(visit, &clinic)?, &asked::CloseClinic { reason }).await
}

pub async fn reopen(visit: &mut Visit<'_>, request: ClinicReason) -> Result<ClosedClinic, Problem> {
    let ClinicReason { clinic, reason } = request;
    visit.change_in(&clinic_of(visit, &clinic)?, &asked::ReopenClinic { reason }).await
}

pub async fn write_page(visit: &mut Visit<'_>, request: PageWish) -> Result<SealedPage, Problem> {
    let PageWish { clinic, to, number, place } = request;
    visit.read_in(&clinic_of(visit, &clinic)?, &asked::WriteArchivePage { to, number, place }).await
}

pub async fn sign(visit: &mut Visit<'_>, request: ArchiveEndWish) -> Result<SignedArchive, Problem> {
    let ArchiveEndWish { clinic, to, pages, digest } = request;
    visit.read_in(&clinic_of(visit, &clinic)?, &asked::SignArchive { to, pages, digest }).await
}

/// Each page is known by its number, and the first begins anew: there is no answer to keep of what is delivered twice.
pub async fn take_page(visit: &mut Visit<'_>, request: ArrivingPage) -> Result<Empty, Problem> {
    let ArrivingPage { clinic, number, sealed } = request;
    let clinic = clinic_of(visit, &clinic)?;
    visit.read_in(&clinic, &asked::TakeArchivePage { clinic: clinic.clone(), number, sealed }).await
}

pub async fn take_in(visit: &mut Visit<'_>, request: SignedArchive) -> Result<TakenInClinic, Problem> {
    let wrong = || Problem::about("end", ProblemCode::ArchiveWrong);
    let end = read_end(&request.end).ok_or_else(wrong)?;
    let clinic = clinic_of(visit, end.statement.clinic.as_str())?;
    visit.change_in(&clinic, &asked::TakeInClinic { end: request.end }).await
}

/// Nothing is left then that could keep an answer.
pub async fn delete(visit: &mut Visit<'_>, request: ClinicDeletion) -> Result<Empty, Problem> {
    let ClinicDeletion { clinic, name, seq } = request;
    visit.read_in(&clinic_of(visit, &clinic)?, &asked::DeleteClinic { name, seq }).await
}
