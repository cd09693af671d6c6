//! Management → Mails, for owners: what became of each mail, and a way to send one again that failed.

use wire::{
    Empty,
    mails::{
        ListMails, MailKind, MailList, MailQuery, MailRecord, MailState, MailTrouble, MailTroubleCode,
        SendMailAgain,
    },
};

use super::places::row_button;
use crate::{
    browser::{focus_soon, on_return},
    components::{
        announcer::Announcer,
        el::{El, Line, el, group, lines},
        form::{Form, form_problem},
        icon::Icon,
        kept::Kept,
        notice::skeleton,
        table::{cell, table},
    },
    moment::{Calendar, iso},
    page::Page,
    pages::frame::{management_sections, page_title},
    session::SessionStore,
    signals::derived,
    texts::{Speech, Text, t},
};

const SKELETON_LINES: usize = 6;
const COLUMNS: [Text; 4] = [t::activities::AT, t::mails::MAIL, t::mails::TO, t::users::STATUS];

/// What the lines share.
#[derive(Clone, Copy)]
struct Desk {
    mails: Kept<MailList>,
    form: Form,
    speech: Speech,
    announcer: Announcer,
}

/// The page.
pub fn mails() -> El {
    let desk = Desk {
        mails: Kept::new(),
        form: Form::new(&[]),
        speech: Speech::here(),
        announcer: Announcer::here(),
    };
    let mails = desk.mails;
    let read = move || mails.read::<ListMails>(&Empty {});
    read();
    on_return(read);
    let empty = derived(move || mails.part(|list| list.mails.is_empty()));
    let content = move || match empty.get() {
        Some(false) => desk.table(),
        Some(true) => el("p").class("empty").say(t::mails::NONE),
        None if mails.failure().is_some() => group(),
        None => skeleton(SKELETON_LINES),
    };
    let title = el("div").child(page_title(t::mails::TITLE)).child(el("p").class("hint").say(t::mails::HINT));
    group()
        .child(management_sections())
        .child(el("div").class("title").child(title))
        .child(mails.trouble(read))
        .child(form_problem(desk.form))
        .child(content)
}

impl Desk {
    fn table(self) -> El {
        let zone = SessionStore::here().time_zone();
        let (speech, list) = (self.speech, self.mails);
        let each = move || {
            let language = speech.language();
            let line = |mail: MailRecord| {
                let zone = zone.clone();
                Line {
                    key: look(&mail, language.tag()),
                    draw: Box::new(move || self.row(mail, &Calendar::new(language, &zone))),
                }
            };
            list.part(|list| list.mails.clone()).unwrap_or_default().into_iter().map(line).collect()
        };
        table("cards log", &COLUMNS, lines(each))
    }

    fn row(self, mail: MailRecord, calendar: &Calendar) -> El {
        let moment = el("time").set("datetime", iso(mail.at)).child(calendar.write(mail.at));
        let heading = format!("mail-{}", mail.id);
        let about = el("span").set("id", heading.clone()).say(subject(mail.kind));
        let again = mail.may_send_again.then(|| {
            let id = mail.id.to_string();
            row_button(t::mails::SEND_AGAIN, &heading).on_press(move || self.send_again(id.clone()))
        });
        el("tr")
            .child(cell(COLUMNS[0], moment))
            .child(cell(COLUMNS[1], about))
            .child(cell(COLUMNS[2], el("a").set("href", Page::Account(mail.to).path()).child(mail.full_name)))
            .child(cell(COLUMNS[3], el("div").child(self.fate(mail.state, mail.why)).child(again)))
    }

    /// What became of it, and why.
    fn fate(self, state: MailState, why: Option<MailTrouble>) -> El {
        let (class, icon, name) = match state {
            MailState::Queued => ("action", Icon::Mail, t::mails::QUEUED),
            MailState::Sent => ("action good", Icon::Check, t::mails::SENT),
            MailState::Failed => ("action bad", Icon::Alert, t::mails::FAILED),
        };
        let state = el("span").class(class).child(icon.show()).child(el("span").say(name));
        group().child(state).child(why.map(|why| el("p").class("hint").child(self.because(why))))
    }

    fn because(self, why: MailTrouble) -> String {
        let text = match why.code {
            MailTroubleCode::Answered => {
                let status = why.status.unwrap_or_default().to_string();
                return self.speech.fill_now(t::mails::ANSWERED, &[&status]);
            }
            MailTroubleCode::Unreachable => t::mails::UNREACHABLE,
            MailTroubleCode::NoAnswer => t::mails::NO_ANSWER,
            MailTroubleCode::RecipientRefused => t::mails::RECIPIENT_REFUSED,
            MailTroubleCode::TooLate => t::mails::TOO_LATE,
            MailTroubleCode::Unreadable => t::mails::UNREADABLE,
        };
        self.speech.text_now(text).to_owned()
    }

    fn send_again(self, id: String) {
        self.form.send::<SendMailAgain>(MailQuery { id }, move |reply| {
            self.mails.put(reply?);
            self.announcer.status(self.speech.text_now(t::mails::ON_ITS_WAY).to_owned());
            focus_soon("heading");
            Ok(())
        });
    }
}

/// All that a line shows: one that looks otherwise is drawn anew.
fn look(mail: &MailRecord, language: &str) -> String {
    let why = mail.why.map_or(0, |why| why.status.unwrap_or(0) + 1_000 * why.code as u16);
    let number = u32::from(why) * 8 + mail.state as u32 * 2 + u32::from(mail.may_send_again);
    [mail.id.as_str(), &number.to_string(), language].join(" ")
}

/// What a mail is about, in the words of the log.
fn subject(kind: MailKind) -> Text {
    match kind {
        MailKind::AccountLocked | MailKind::UserAccountLocked => t::action::ACCOUNT_LOCKED,
        MailKind::UserAccountUnlock => t::action::PIN_SENT,
        MailKind::AccountUnlocked => t::action::ACCOUNT_UNLOCKED,
        MailKind::AccessRestored => t::action::ACCESS_RESTORED,
        MailKind::PasswordChanged => t::action::PASSWORD_CHANGED,
        MailKind::ResetYourPassword => t::action::PASSWORD_RESET_REQUESTED,
        MailKind::PasswordReset => t::action::PASSWORD_RESET,
        MailKind::EmailChanged => t::mails::EMAIL_CHANGED,
        MailKind::SupportCaseOpened => t::action::SUPPORT_CASE_OPENED,
        MailKind::ComputerAuthorized => t::action::COMPUTER_AUTHORIZED,
        MailKind::EmergencyUnlock => t::action::ACCOUNT_UNLOCKED_IN_EMERGENCY,
        MailKind::ProfileReopened => t::action::PROFILE_REOPENED,
        MailKind::Unknown => t::action::UNKNOWN,
        MailKind::SupportCaseRead => t::action::SUPPORT_CASE_READ,
        MailKind::SupportCaseUsed => t::action::ACCOUNT_UNLOCKED_BY_SUPPORT,
    }
}
