//! The unlock, in two halves: the PIN is mailed to the owner who presses, and opens the account.

use wire::{
    fields::Pin,
    ids::AccountId,
    users::{LockEpisode, PinRequest, PinSent, SendPin, Unlock, UnlockPermission, UnlockRequest, UserWindow},
};

use crate::{
    api::Failure,
    browser::focus_soon,
    components::{
        announcer::Announcer,
        button::{press, submit},
        el::{El, el, group},
        field::Field,
        form::{Form, form_problem},
        icon::Icon,
        kept::Kept,
        panel::button_row,
    },
    moment::Calendar,
    session::SessionStore,
    signals::{State, derived},
    texts::{Speech, t, unlock_reason},
};

/// What the button and the PIN's form share.
#[derive(Clone, Copy)]
pub struct UnlockForms {
    id: State<AccountId>,
    window: Kept<UserWindow>,
    send: Form,
    confirm: Form,
    pin: State<String>,
    announcer: Announcer,
    speech: Speech,
}

impl UnlockForms {
    /// The forms of an account window.
    pub fn new(id: AccountId, window: Kept<UserWindow>) -> Self {
        Self {
            id: State::new(id),
            window,
            send: Form::new(&[]),
            confirm: Form::new(&["pin"]),
            pin: State::new(String::new()),
            announcer: Announcer::here(),
            speech: Speech::here(),
        }
    }

    fn account(self) -> String {
        self.id.with_untracked(AccountId::to_string)
    }

    fn lock<P>(self, part: impl FnOnce(&LockEpisode) -> P) -> Option<P> {
        self.window.part(|window| window.lock.as_ref().map(part)).flatten()
    }

    /// Asks for a PIN.
    fn send_pin(self) {
        self.send.send::<SendPin>(PinRequest { id: self.account() }, move |reply| {
            let sent = reply?;
            // The panel shows it, where a toast would lie over the field and its buttons on a phone.
            self.announcer.aloud(self.speech.fill_now(t::account::PIN_SENT, &[&sent.email_hint]));
            self.pin.set(String::new());
            self.window.change(|window| {
                if let Some(lock) = &mut window.lock {
                    lock.pin = Some(sent);
                }
            });
            focus_soon("pin");
            Ok(())
        });
    }

    /// Opens the account with the PIN.
    fn open(self) {
        let pin = match self.pin.get_untracked().parse::<Pin>() {
            Ok(pin) => pin.expose().to_owned(),
            Err(problem) => return self.confirm.refuse(problem),
        };
        self.confirm.send::<Unlock>(UnlockRequest { id: self.account(), pin }, move |reply| match reply {
            Ok(window) => {
                self.window.put(window);
                self.announcer.status(self.speech.text_now(t::account::UNLOCKED).to_owned());
                focus_soon("heading");
                Ok(())
            }
            Err(failure) => {
                self.after_wrong_pin(&failure);
                Err(failure)
            }
        });
    }

    /// Keeps the number of tries that is shown in step with the one that the refusal told.
    fn after_wrong_pin(self, failure: &Failure) {
        let Failure::Refused(problem) = failure else { return };
        let Some(left) = problem.tries_left else { return };
        self.pin.set(String::new());
        self.window.change(|window| {
            if let Some(PinSent { tries_left, .. }) = window.lock.as_mut().and_then(|lock| lock.pin.as_mut())
            {
                *tries_left = left;
            }
        });
    }
}

/// The button at the top right. Everybody sees it; whoever may not press it reads why.
pub fn unlock_button(forms: UnlockForms) -> El {
    let permission = derived(move || forms.lock(|lock| lock.unlock).unwrap_or(UnlockPermission::OnlyOwners));
    let busy = move || forms.send.is_busy();
    let reason = move || unlock_reason(permission.get()).map(|reason| forms.speech.text(reason));
    let button = el("button")
        .set("type", "button")
        .class("button primary")
        .set("disabled", move || permission.get() != UnlockPermission::Allowed)
        .set("aria-describedby", move || reason().map(|_| "unlock-reason"))
        .set("aria-busy", move || busy().to_string())
        .on_press(move || forms.send_pin())
        .child(el("span").class("spinner").set("aria-hidden", "true"))
        .child(Icon::Unlock.show())
        .child(el("span").say(t::account::UNLOCK));
    el("div")
        .class("unlock")
        .child(button)
        .child(move || reason().map(|reason| el("p").class("hint").set("id", "unlock-reason").child(reason)))
        .child(form_problem(forms.send))
}

/// The field for the PIN, from the moment that one was sent.
pub fn pin_entry(forms: UnlockForms) -> El {
    let asked = derived(move || forms.lock(|lock| lock.pin.is_some()) == Some(true));
    group().child(move || asked.get().then(|| pin_panel(forms)))
}

fn pin_panel(forms: UnlockForms) -> El {
    let zone = SessionStore::here().time_zone();
    let speech = forms.speech;
    let sent = move || forms.lock(|lock| lock.pin.clone()).flatten();
    let where_to = move || sent().map(|sent| speech.fill(t::account::PIN_SENT, &[&sent.email_hint]));
    let validity = derived(move || {
        sent().map(|sent| {
            let until = Calendar::new(speech.language(), &zone).write(sent.expires_at);
            speech.fill(t::account::PIN_VALID, &[&until, &sent.tries_left.to_string()])
        })
    });
    let news = move || {
        let validity = move || validity.get();
        let news = el("span").child(el("strong").child(where_to)).child(el("br")).child(validity);
        el("p").class("sent").child(Icon::Mail.show()).child(news)
    };
    // Drawn anew by each sending, so that a second one is seen as well.
    let sending = derived(move || sent().map(|sent| sent.expires_at));
    let answers = button_row().child(submit(forms.confirm, t::account::CONFIRM)).child(press(
        forms.send,
        t::account::NEW_PIN,
        move || forms.send_pin(),
    ));
    let form = el("form")
        .set("novalidate", true)
        .on_submit(move || forms.open())
        .child(form_problem(forms.confirm))
        .child(Field::code("pin", t::account::PIN, forms.pin).show(forms.confirm))
        .child(answers);
    el("section")
        .class("panel pin")
        .child(move || sending.get().map(|_| news()))
        .child(el("p").say(t::account::PIN_PROMPT))
        .child(form)
}
