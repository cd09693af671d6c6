//! The unlock, in two halves: the PIN is mailed to the owner who presses, and opens the account.

use leptos::{ev::SubmitEvent, prelude::*};
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
        button::{Press, Submit},
        field::CodeField,
        form::{Form, FormProblem},
        icon::Icon,
        kept::Kept,
    },
    moment::Calendar,
    session::SessionStore,
    texts::{Speech, say},
};

/// What the button and the PIN's form share.
#[derive(Clone, Copy)]
pub struct UnlockForms {
    id: StoredValue<AccountId>,
    window: Kept<UserWindow>,
    send: Form,
    confirm: Form,
    pin: RwSignal<String>,
    announcer: Announcer,
    speech: Speech,
}

impl UnlockForms {
    /// The forms of an account window.
    pub fn new(id: AccountId, window: Kept<UserWindow>) -> Self {
        Self {
            id: StoredValue::new(id),
            window,
            send: Form::new(&[]),
            confirm: Form::new(&["pin"]),
            pin: RwSignal::new(String::new()),
            announcer: Announcer::here(),
            speech: Speech::here(),
        }
    }

    fn account(self) -> String {
        self.id.with_value(AccountId::to_string)
    }

    fn lock<P>(self, part: impl FnOnce(&LockEpisode) -> P) -> Option<P> {
        self.window.part(|window| window.lock.as_ref().map(part)).flatten()
    }

    /// Asks for a PIN.
    fn send_pin(self) {
        self.send.send::<SendPin>(PinRequest { id: self.account() }, move |reply| {
            let sent = reply?;
            self.announcer.status((self.speech.texts_now().account.pin_sent)(&sent.email_hint));
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
                self.announcer.status(self.speech.texts_now().account.unlocked.to_owned());
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
#[component]
pub fn UnlockButton(forms: UnlockForms) -> impl IntoView {
    let permission =
        Memo::new(move |_| forms.lock(|lock| lock.unlock).unwrap_or(UnlockPermission::OnlyOwners));
    let busy = move || forms.send.is_busy();
    let reason = move || (forms.speech.texts().account.permission)(permission.get());
    view! {
        <div class="unlock">
            <button
                type="button"
                class="button primary"
                disabled=move || permission.get() != UnlockPermission::Allowed
                aria-describedby=move || reason().map(|_| "unlock-reason")
                aria-busy=move || busy().to_string()
                on:click=move |_| forms.send_pin()
            >
                <span class="spinner" aria-hidden="true"></span>
                {Icon::Unlock.show()}
                <span>{say(|t| t.account.unlock)}</span>
            </button>
            {move || reason().map(|reason| view! { <p class="hint" id="unlock-reason">{reason}</p> })}
            <FormProblem form=forms.send />
        </div>
    }
}

/// The field for the PIN, from the moment that one was sent.
#[component]
pub fn PinEntry(forms: UnlockForms) -> impl IntoView {
    let zone = SessionStore::here().time_zone();
    let speech = forms.speech;
    let asked = Memo::new(move |_| forms.lock(|lock| lock.pin.is_some()) == Some(true));
    let sent = move || forms.lock(|lock| lock.pin.clone()).flatten();
    let where_to = move || sent().map(|sent| (speech.texts().account.pin_sent)(&sent.email_hint));
    let validity = move || {
        sent().map(|sent| {
            let until = Calendar::new(speech.language(), &zone).write(sent.expires_at);
            (speech.texts().account.pin_valid)(&until, sent.tries_left)
        })
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        forms.open();
    };
    view! {
        <Show when=move || asked.get()>
            <section class="panel pin">
                <p class="sent">{Icon::Mail.show()}<span><strong>{where_to}</strong><br />{validity.clone()}</span></p>
                <p>{say(|t| t.account.pin_prompt)}</p>
                <form on:submit=submit novalidate>
                    <FormProblem form=forms.confirm />
                    <CodeField
                        form=forms.confirm
                        name="pin"
                        label=|t| t.account.pin
                        value=forms.pin
                    />
                    <div class="answers">
                        <Submit form=forms.confirm label=|t| t.account.confirm />
                        <Press
                            form=forms.send
                            label=|t| t.account.new_pin
                            on_press=Callback::new(move |()| forms.send_pin())
                        />
                    </div>
                </form>
            </section>
        </Show>
    }
}
