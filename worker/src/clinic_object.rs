//! The Durable Object of one clinic: a command in, one transaction, a reply out; its alarm, for mails, for
//! locks that end by the clock and for lines of the log whose time is over; its live sockets.

use std::{cell::Cell, collections::HashMap, pin::pin};

use clinic::{
    Clinic, Effects,
    commands::{
        Command,
        live::OpenLive,
        outbox::{Delivery, OutgoingMail},
        retention::Trimmed,
    },
    records::sql::SqlError,
};
use futures_util::{future::join_all, poll};
use serde::de::IgnoredAny;
use wire::{Problem, ProblemCode, Timestamp, activities::Action, proof};
use worker::{
    DurableObject, Env, Error, Request, Response, Result, State, WebSocket, WebSocketIncomingMessage,
    durable_object,
};

#[cfg(feature = "trial")]
use crate::breaking;
use crate::{
    clinics,
    config::{self, Config},
    journal,
    live::{self, Sockets},
    mail,
    metrics::{self, Event, MailOutcome},
    probe,
    sql::ObjectStore,
    world::{self, Entropy},
};

/// So many mails are on their way at once.
const MAILS_AT_ONCE: usize = 4;
/// How long the alarm rests when the records fail, which it must not turn into a busy loop.
const FAULT_REST_SECONDS: i64 = 30;
/// How late a refusal that is held back leaves: later than any of them is ready, and soon for somebody who has typed 24 characters. It
/// is held here, as a Worker that is far from the object would hear it later anyway.
const REFUSAL_HELD_MILLIS: u32 = 100;
/// When to knock again at a clinic that has as many sockets as it can have.
const FULL_RETRY_SECONDS: u32 = 60;

#[durable_object]
pub struct ClinicObject {
    store: ObjectStore,
    env: Env,
    /// What the platform calls it, which is told to nobody.
    id: String,
    sockets: Sockets,
    configured: Option<Configured>,
    /// When the alarm will ring, as far as this instance has set it. A new instance has not, and sets it on first use.
    rings_at: Cell<Option<Timestamp>>,
}

struct Configured {
    config: &'static Config,
    clinic: Clinic,
}

impl DurableObject for ClinicObject {
    fn new(state: State, env: Env) -> Self {
        let configured = config::of(&env).map(|config| Configured {
            config,
            clinic: Clinic::new(config.derive_keys(), config.origin.clone()),
        });
        #[cfg(feature = "trial")]
        crate::trial::note_made();
        let (store, id) = (ObjectStore::new(state.storage()), state.id().to_string());
        Self { store, env, id, sockets: Sockets::new(state), configured, rings_at: Cell::new(None) }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        #[cfg(feature = "trial")]
        let plan = breaking::Plan::of(&request);
        let work = self.serve(request);
        #[cfg(feature = "trial")]
        let work = breaking::within(plan, work);
        work.await
    }

    /// Never fails: the platform would ring six times more and then never again. What went wrong is rung for anew.
    async fn alarm(&self) -> Result<Response> {
        note_woken();
        #[cfg(feature = "trial")]
        breaking::ring();
        self.rings_at.set(None);
        if let Some(Configured { config, clinic }) = &self.configured {
            let lapsed = self.lapse_locks(clinic);
            let trimmed = self.trim_log(clinic);
            let done = lapsed.and(trimmed).and(self.send_due_mails(config, clinic).await);
            let done = done.and(self.note_waiting_mail(clinic));
            let rest_seconds = if done.is_ok() { 0 } else { FAULT_REST_SECONDS };
            if let Err(error) = done {
                journal::fault("alarm", "", error);
            }
            self.arm(clinic, world::now().plus_seconds(rest_seconds), &[]).await;
        }
        Response::empty()
    }

    async fn websocket_message(&self, socket: WebSocket, _: WebSocketIncomingMessage) -> Result<()> {
        note_woken();
        live::hang_up(&socket);
        Ok(())
    }

    async fn websocket_close(&self, socket: WebSocket, _: usize, _: String, _: bool) -> Result<()> {
        note_woken();
        live::say_goodbye(&socket);
        Ok(())
    }

    async fn websocket_error(&self, _: WebSocket, _: Error) -> Result<()> {
        note_woken();
        Ok(())
    }
}

impl ClinicObject {
    /// A command in, one transaction, a reply out; or a socket.
    async fn serve(&self, mut request: Request) -> Result<Response> {
        #[cfg(feature = "trial")]
        if self.heeds_moved_clock(&request).await {
            return Response::ok("");
        }
        note_woken();
        if request.path() == probe::PATH {
            return probe::answer(self.store.storage(), world::now()).await;
        }
        let handshake = request.headers().get(live::ENVELOPE_HEADER)?;
        let protocol = request.headers().get(proof::SOCKET_HEADER)?;
        let named = request.headers().get(journal::REQUEST_HEADER)?.unwrap_or_default();
        // Set before the work, which takes no time by the platform's clock.
        let mut held = pin!(world::sleep(REFUSAL_HELD_MILLIS));
        let holds = request.path() == clinics::HELD_COMMAND_PATH;
        if holds {
            let _ = poll!(&mut held);
        }
        // The body first: from here to the alarm nothing may be awaited, or another request's command gets in between.
        let envelope = match &handshake {
            Some(envelope) => envelope.clone(),
            None => request.text().await?,
        };
        let Some(Configured { clinic, .. }) = &self.configured else {
            return Response::error("not configured", 500);
        };
        #[cfg(feature = "trial")]
        breaking::reach(breaking::Place::Object);
        let answer = match clinic.answer(&self.store, world::now(), &mut Entropy, &envelope) {
            Ok(answer) => answer,
            Err(error) => {
                journal::fault("rolled_back", &named, error);
                return Response::error("rolled back", 500);
            }
        };
        #[cfg(feature = "trial")]
        breaking::reach(breaking::Place::Committed);
        self.follow(&answer.effects);
        if answer.emptied {
            // The tables have gone with the transaction; with this, so have the pages of the file that held them.
            self.rings_at.set(None);
            metrics::note(&self.env, Event::MailsWait { object: &self.id, since: None, now: world::now() });
            self.store.storage().delete_all().await?;
        }
        let is_held = holds
            && serde_json::from_str::<std::result::Result<IgnoredAny, Problem>>(&answer.reply)?.is_err();
        // Before anything is awaited as well: what happens from the next command on, a new socket hears.
        let response = match handshake {
            Some(_) => self.open_live(&answer.reply, protocol.as_deref()),
            None => Response::ok(answer.reply),
        };
        self.arm(clinic, world::now(), &answer.effects.logged).await;
        if is_held {
            held.await;
        }
        response
    }

    /// Opens a socket where the clinic answered with what it listens to, and passes a refusal on.
    fn open_live(&self, reply: &str, protocol: Option<&str>) -> Result<Response> {
        type Reply = std::result::Result<<OpenLive as Command>::Reply, Problem>;
        let problem = match serde_json::from_str::<Reply>(reply)? {
            Ok(tags) if self.sockets.are_full(&tags) => {
                Problem::new(ProblemCode::Busy).retry_after(FULL_RETRY_SECONDS)
            }
            Ok(tags) => return self.sockets.accept(tags, protocol),
            Err(problem) => problem,
        };
        Response::ok(serde_json::to_string(&Reply::Err(problem))?)
    }

    fn lapse_locks(&self, clinic: &Clinic) -> std::result::Result<(), SqlError> {
        let effects = clinic.lapse_locks(&self.store, world::now(), &mut Entropy)?;
        self.follow(&effects);
        Ok(())
    }

    fn trim_log(&self, clinic: &Clinic) -> std::result::Result<(), SqlError> {
        let (trimmed, effects) = clinic.trim_log(&self.store, world::now(), &mut Entropy)?;
        self.follow(&effects);
        match trimmed {
            Trimmed::Nothing | Trimmed::Lines(_) => {}
            Trimmed::Broken => {
                journal::fault("log_changed", "", "the oldest lines are not as they were written, and stay")
            }
            Trimmed::Foreign => journal::fault(
                "log_foreign",
                "",
                "the checkpoint was not signed for this clinic with a key of this SECRET_KEY, and no line goes",
            ),
        }
        Ok(())
    }

    async fn send_due_mails(&self, config: &Config, clinic: &Clinic) -> std::result::Result<(), SqlError> {
        let (mails, told) = clinic.take_due_mails(&self.store, world::now())?;
        self.sockets.tell(&told);
        for mails in mails.chunks(MAILS_AT_ONCE) {
            let sending = mails.iter().map(|mail| self.send(config, clinic, mail));
            join_all(sending).await.into_iter().collect::<std::result::Result<(), _>>()?;
        }
        Ok(())
    }

    async fn send(
        &self,
        config: &Config,
        clinic: &Clinic,
        mail: &OutgoingMail,
    ) -> std::result::Result<(), SqlError> {
        let delivery = mail::send(config.mail.as_ref(), mail).await;
        let outcome = match &delivery {
            Delivery::Accepted { .. } => MailOutcome::Sent,
            Delivery::Refused { .. } => MailOutcome::Failed,
            Delivery::Retry { .. } => MailOutcome::PutOff,
        };
        metrics::note(&self.env, Event::Mail(outcome));
        let told = clinic.record_delivery(&self.store, world::now(), &mail.idempotency_key, &delivery)?;
        self.sockets.tell(&told);
        Ok(())
    }

    /// What follows from what was done, once it is.
    fn follow(&self, effects: &Effects) {
        self.sockets.tell(&effects.told);
        // Together: an import logs hundreds, and the platform takes a few dozen rows from one call.
        let mut lines: HashMap<Action, u32> = HashMap::new();
        for action in &effects.logged {
            *lines.entry(*action).or_default() += 1;
        }
        for (action, lines) in lines {
            metrics::note(&self.env, Event::Logged { action, lines });
        }
    }

    fn note_waiting_mail(&self, clinic: &Clinic) -> std::result::Result<(), SqlError> {
        let since = clinic.mail_waits_since(&self.store)?;
        metrics::note(&self.env, Event::MailsWait { object: &self.id, since, now: world::now() });
        Ok(())
    }

    /// Sets the alarm anew where a test has moved the clock: the platform rings by its own.
    #[cfg(feature = "trial")]
    async fn heeds_moved_clock(&self, request: &Request) -> bool {
        let told = crate::trial::tells_of_clock(request);
        if let (true, Some(Configured { clinic, .. })) = (told, &self.configured) {
            self.rings_at.set(None);
            self.arm(clinic, world::now(), &[]).await;
        }
        told
    }

    /// Sets the alarm when it would ring too late, after what the log has got. A failure is told and made good by the next command.
    async fn arm(&self, clinic: &Clinic, earliest: Timestamp, logged: &[Action]) {
        let due = clinic.wake_at(&self.store, world::now());
        // Where the alarm is set, it is set for the oldest line of the log as well, and that goes sooner by these alone.
        let goes_sooner = [Action::PolicyChanged, Action::SettingsChanged];
        let trims = self.rings_at.get().is_none() || logged.iter().any(|action| goes_sooner.contains(action));
        let trims_at = || if trims { clinic.trims_at(&self.store) } else { Ok(None) };
        let times = due.and_then(|due| Ok([due, trims_at()?]));
        let wake_at = match times.map(|times| times.into_iter().flatten().min()) {
            Ok(Some(wake_at)) => wake_at.max(earliest),
            Ok(None) => return,
            Err(error) => return journal::fault("due_unread", "", error),
        };
        if self.rings_at.get().is_some_and(|rings_at| rings_at <= wake_at) {
            return;
        }
        self.rings_at.set(Some(wake_at));
        // An alarm that is set to this very moment while it rings is lost.
        let offset_millis = wake_at.0.saturating_sub(world::now().0).max(1);
        if let Err(error) = self.store.storage().set_alarm(offset_millis).await {
            self.rings_at.set(None);
            journal::fault("alarm_unset", "", error);
        }
    }
}

/// Counts what objects do, where a test asks for what they do not do. No build that ships counts.
fn note_woken() {
    #[cfg(feature = "trial")]
    crate::trial::note_woken();
}
