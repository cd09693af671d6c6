//! The access form: what opens a computer and a profile, on a sheet or a card that is cut out, shown once.

use wire::{
    computers::{AccessForm, SignInPair},
    operator::{ComputerSecret, ProfileSecret},
};

use crate::{
    components::{
        details::detail,
        el::{Child, El, el, group},
        qr::qr_code,
        secret::keeping,
    },
    signals::State,
    texts::{Sentences, Speech, Text, t},
};

/// Characters that stand together, so that whoever types them keeps their place.
const GROUP: usize = 4;

/// The form with the ways to keep it, and a button that leaves it. The pair of a new clinic's owner is cut out too.
pub fn access_form(
    form: AccessForm,
    owner: Option<SignInPair>,
    done: Text,
    leave: impl Fn() + 'static,
) -> El {
    let speech = Speech::here();
    let on_card = State::new(false);
    let sheets = el("div")
        .set("class", move || if on_card.get() { "sheets small" } else { "sheets" })
        .child(form.computer.as_ref().map(|computer| side_a(&form, computer)))
        .child(side_b(&form))
        .child(owner.as_ref().map(|owner| owners_side(&form, owner)));
    let copy = move || written(&form, owner.as_ref(), speech.sentences_now());
    let paper = |id, label, card| paper(on_card, id, label, card);
    let papers = el("fieldset")
        .class("papers")
        .child(el("legend").say(t::places::PAPER))
        .child(paper("paper-a4", t::places::PAPER_A4, false))
        .child(paper("paper-card", t::places::PAPER_CARD, true));
    let done = el("button").set("type", "button").class("button way-out").on_press(leave).say(done);
    el("div")
        .class("access")
        .child(keeping(Some(Box::new(copy))))
        .child(papers)
        .child(sheets)
        .child(el("div").class("leaving").child(done))
}

fn paper(on_card: State<bool>, id: &'static str, label: Text, card: bool) -> El {
    let radio = el("input")
        .set("id", id)
        .set("type", "radio")
        .set("name", "paper")
        .set("checked", !card)
        .on("change", move |_| on_card.set(card));
    el("div").class("tick").child(radio).child(el("label").set("for", id).say(label))
}

/// A side with its head; what is read from it by hand stands in letters that cannot be mistaken.
fn side(name: Text, clinic: &str, content: impl Child) -> El {
    let head = el("header")
        .child(el("strong").child(clinic.to_owned()))
        .child(el("span").say(t::places::FORM_TITLE).child(" · ").child(el("span").say(name)));
    let paper = el("div").class("paper").child(head).child(content);
    el("section").class("side").name("aria-label", name).child(paper)
}

fn step(name: Text) -> El {
    el("p").class("step").say(name)
}

fn secret(text: impl Into<String>) -> El {
    el("span").class("secret").child(text.into())
}

fn pair(pair: &SignInPair) -> El {
    el("dl")
        .child(detail(t::places::LOGIN, secret(pair.login.as_str())))
        .child(detail(t::places::FIRST_PASSWORD, secret(pair.password.as_str())))
}

fn side_a(form: &AccessForm, computer: &ComputerSecret) -> El {
    let step_1 = el("dl")
        .child(detail(t::places::ADDRESS, secret(form.address.as_str())))
        .child(detail(t::places::COMPUTER, computer.label.clone()))
        .child(detail(t::places::USERNAME, secret(computer.username.as_str())))
        .child(detail(t::places::PASSWORD, secret(grouped(&computer.password))));
    let step_3 = form.administrator.as_ref().map(|administrator| {
        let whose = el("p").class("step").say(t::places::STEP_USER).child(" · ");
        group().child(whose.child(administrator.full_name.clone())).child(pair(administrator))
    });
    let content = group()
        .child(step(t::places::STEP_COMPUTER))
        .child(step_1)
        .child(step_3)
        .child(el("p").class("foot").say(t::places::SIDE_A_ABOUT).child(" ").child(keep_safe()));
    side(t::places::SIDE_A, &form.clinic, content)
}

fn side_b(form: &AccessForm) -> El {
    let ProfileSecret { name, otpauth_url } = &form.profile;
    let speech = Speech::here();
    let profile = name.clone();
    let code = qr_code(&addresses(otpauth_url), move || speech.fill(t::places::CODE_NAME, &[&profile]));
    let by_hand = el("dl").child(detail(t::places::BY_HAND, secret(grouped(secret_of(otpauth_url)))));
    let words = el("div")
        .child(step(t::places::STEP_PROFILE))
        .child(el("p").class("profile").child(name.clone()))
        .child(el("p").say(t::places::SIDE_B_ABOUT))
        .child(by_hand)
        .child(el("p").class("foot").child(keep_safe()));
    side(t::places::SIDE_B, &form.clinic, el("div").class("scan").child(code).child(words))
}

fn owners_side(form: &AccessForm, owner: &SignInPair) -> El {
    let content = group()
        .child(step(t::places::STEP_USER))
        .child(el("p").class("profile").child(owner.full_name.clone()))
        .child(pair(owner))
        .child(el("p").class("foot").say(t::places::OWNER_ABOUT));
    side(t::places::SIDE_OWNER, &form.clinic, content)
}

fn keep_safe() -> El {
    el("span").say(t::places::KEEP_SAFE)
}

/// The form for the clipboard, where there is no printer.
fn written(form: &AccessForm, owner: Option<&SignInPair>, sentences: &Sentences) -> String {
    let line = |name: Text, value: &str| format!("{}: {value}\n", sentences.text(name));
    let mut text = format!("{}\n{}", form.clinic, line(t::places::ADDRESS, &form.address));
    if let Some(ComputerSecret { label, username, password }) = &form.computer {
        text += "\n";
        text += &line(t::places::STEP_COMPUTER, label);
        text += &line(t::places::USERNAME, username);
        text += &line(t::places::PASSWORD, &grouped(password));
    }
    let ProfileSecret { name, otpauth_url } = &form.profile;
    text += "\n";
    text += &line(t::places::STEP_PROFILE, name);
    text += otpauth_url;
    text += "\n";
    for SignInPair { full_name, login, password } in form.administrator.iter().chain(owner) {
        text += "\n";
        text += &line(t::places::STEP_USER, full_name);
        text += &line(t::places::LOGIN, login);
        text += &line(t::places::FIRST_PASSWORD, password);
    }
    text
}

/// In groups with a blank between them, which step 1 and the authenticator apps forgive.
fn grouped(text: &str) -> String {
    let mut grouped = String::new();
    for (place, character) in text.chars().enumerate() {
        if place > 0 && place % GROUP == 0 {
            grouped.push(' ');
        }
        grouped.push(character);
    }
    grouped
}

/// The secret within an `otpauth://` address, for typing by hand.
fn secret_of(otpauth_url: &str) -> &str {
    let (_, query) = otpauth_url.split_once('?').unwrap_or_default();
    query.split('&').find_map(|part| part.strip_prefix("secret=")).unwrap_or_default()
}

/// What the QR code can hold, the best first: names that are very long make it too fine to read from a card. The label
/// names the clinic too, and an app that is given the secret alone lets its user name it.
fn addresses(otpauth_url: &str) -> [String; 3] {
    let secret = secret_of(otpauth_url);
    let (label, query) = otpauth_url.split_once('?').unwrap_or_default();
    let rest: Vec<_> = query.split('&').filter(|part| !part.starts_with("issuer=")).collect();
    [
        otpauth_url.to_owned(),
        format!("{label}?{}", rest.join("&")),
        format!("otpauth://totp/Wardkey?secret={secret}"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: &str = "otpauth://totp/Harbour%20Clinic:Main?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Harbour%20Clinic";

    #[test]
    fn a_secret_is_read_in_groups_of_four() {
        assert_eq!(grouped("abcdefghj"), "abcd efgh j");
        assert_eq!(grouped(secret_of(ADDRESS)), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert_eq!(secret_of("nonsense"), "");
    }

    #[test]
    fn a_code_that_grows_too_fine_loses_its_names_before_its_secret() {
        let [first, second, last] = addresses(ADDRESS);
        assert_eq!(first, ADDRESS);
        let label = "otpauth://totp/Harbour%20Clinic:Main";
        assert_eq!(second, format!("{label}?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"));
        assert_eq!(last, "otpauth://totp/Wardkey?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }
}
