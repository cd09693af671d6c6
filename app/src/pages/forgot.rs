//! Forgot password: a link by mail for those who have an address on file, and for the others who can help.

use wire::{
    fields::Login,
    help::HelpPage,
    recovery::{RequestReset, ResetRequest},
};

use crate::{
    browser::focus_soon,
    components::{
        announcer::Announcer,
        button::submit,
        el::{El, el, group},
        field::Field,
        form::{Form, form_problem},
        help_link::help_link,
        icon::Icon,
    },
    page::Page,
    pages::frame::page_title,
    signals::State,
    texts::{Speech, Text, t},
};

/// The page.
pub fn forgot() -> El {
    // The login that a link was asked for, whoever has it.
    let asked = State::new(None::<String>);
    let content = move || match asked.get() {
        None => asking(asked),
        Some(login) => answered(login, asked),
    };
    let helpers = el("ul")
        .class("helpers")
        .child(helper(Icon::Mail, t::forgot::NO_MAIL))
        .child(helper(Icon::Ward, t::forgot::NO_PHONE))
        .child(helper(Icon::Computer, t::forgot::NO_FORM))
        .child(helper(Icon::Person, t::forgot::ADMINISTRATOR))
        .child(helper(Icon::Lock, t::forgot::LOCKED));
    let back = el("a").set("href", Page::Home.path()).say(t::forgot::BACK);
    group()
        .child(page_title(t::forgot::TITLE))
        .child(content)
        .child(el("h2").say(t::forgot::HELP))
        .child(helpers)
        .child(el("p").class("aside").child(back))
        .child(help_link(HelpPage::ForgotPassword))
}

fn asking(asked: State<Option<String>>) -> El {
    let speech = Speech::here();
    let announcer = Announcer::here();
    let form = Form::new(&["login"]);
    let login = State::new(String::new());
    let send = move || {
        let typed = login.get_untracked();
        if let Err(problem) = typed.parse::<Login>() {
            return form.refuse(problem);
        }
        form.send::<RequestReset>(ResetRequest { login: typed.clone() }, move |reply| {
            reply?;
            announcer.aloud(speech.fill_now(t::forgot::SENT, &[&typed]));
            asked.set(Some(typed));
            focus_soon("heading");
            Ok(())
        });
    };
    let field = Field::text("login", t::sign_in::LOGIN, login).autocomplete("username");
    let fields = el("form")
        .set("aria-labelledby", "heading")
        .set("novalidate", true)
        .on_submit(send)
        .child(form_problem(form))
        .child(field.show(form))
        .child(submit(form, t::forgot::SEND));
    group().child(el("p").class("about").say(t::forgot::ABOUT)).child(fields)
}

/// What is said whoever it was.
fn answered(login: String, asked: State<Option<String>>) -> El {
    let speech = Speech::here();
    let words = move || speech.fill(t::forgot::SENT, &[&login]);
    let again = el("button").set("type", "button").class("button").on_press(move || asked.set(None));
    group()
        .child(el("p").class("notice").child(Icon::Mail.show()).child(el("span").child(words)))
        .child(el("p").child(again.say(t::forgot::AGAIN)))
}

fn helper(icon: Icon, about: Text) -> El {
    el("li").child(icon.show()).child(el("span").say(about))
}
