//! The list of a clinic's first day: what its owner has yet to do, each with the way there. It goes once all is done, or when it is
//! put away.

use leptos::prelude::untrack;
use wire::{
    Empty,
    first_day::{FirstDay, FirstDayTick, GetFirstDay, Tick, TickFirstDay},
    sign_in::Me,
};

use crate::{
    browser::{focus_soon, on_return},
    components::{
        announcer::Announcer,
        button::press,
        el::{El, el, group},
        form::{Form, form_problem},
        icon::Icon,
        kept::Kept,
        panel::{button_row, panel},
    },
    page::Page,
    texts::{Speech, Text, t},
};

/// The list, while it is to be shown.
pub fn first_day(me: &Me) -> El {
    let day = Kept::<FirstDay>::new();
    let read = move || day.read::<GetFirstDay>(&Empty {});
    read();
    on_return(read);
    let form = Form::new(&[]);
    let own = Page::Account(me.account.clone()).path();
    group().child(move || {
        let now = day.part(|day| *day).filter(|day| day.shown)?;
        Some(untrack(|| list(now, day, form, own.clone())))
    })
}

fn list(now: FirstDay, day: Kept<FirstDay>, form: Form, own: String) -> El {
    let tick = move |tick: Tick| {
        form.send::<TickFirstDay>(FirstDayTick { tick }, move |reply| {
            let now = reply?;
            day.put(now);
            if !now.shown {
                Announcer::here().status(Speech::here().text_now(t::first_day::GONE).to_owned());
                focus_soon("heading");
            }
            Ok(())
        });
    };
    let policies = way(Page::Settings.path()).on_press(move || tick(Tick::Policies));
    let form_lies_safe = move || press(form, t::first_day::FORM_LIES_SAFE, move || tick(Tick::Form));
    let tasks = el("ol")
        .class("first-day")
        .child(task(now.email, way(own), t::first_day::EMAIL))
        .child(task(now.second_owner, way(Page::AddUser.path()), t::first_day::SECOND_OWNER))
        .child(task(now.people, way(Page::Users.path()), t::first_day::PEOPLE))
        .child(
            task(now.second_way, way(Page::Computers.path()), t::first_day::SECOND_WAY)
                .child((!now.second_way).then(form_lies_safe)),
        )
        .child(task(now.policies, policies, t::first_day::POLICIES));
    panel("first-day", Some(Icon::List), t::first_day::TITLE)
        .child(el("p").class("hint").say(t::first_day::ABOUT))
        .child(form_problem(form))
        .child(tasks)
        .child(button_row().child(press(form, t::first_day::PUT_AWAY, move || tick(Tick::List))))
}

fn way(to: String) -> El {
    el("a").set("href", to)
}

/// A line: what is done is ticked, what is not leads there.
fn task(done: bool, way: El, name: Text) -> El {
    let line = el("li");
    match done {
        true => {
            let words =
                el("span").child(el("span").class("unseen").say(t::first_day::DONE).child(" ")).say(name);
            line.class("done").child(Icon::Check.show()).child(words)
        }
        false => line.child(el("span").class("open").set("aria-hidden", "true")).child(way.say(name)),
    }
}
