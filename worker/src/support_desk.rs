//! The Durable Object of the support desk, one for the deployment: a command in, one transaction, a reply out.

use clinic::SupportDesk;
use worker::{DurableObject, Env, Request, Response, Result, State, durable_object};

#[cfg(feature = "trial")]
use crate::breaking;
use crate::{
    config, journal,
    sql::ObjectStore,
    world::{self, Entropy},
};

#[durable_object]
pub struct SupportDeskObject {
    store: ObjectStore,
    desk: Option<SupportDesk>,
}

impl DurableObject for SupportDeskObject {
    fn new(state: State, env: Env) -> Self {
        let desk = config::of(&env).map(|config| SupportDesk::new(config.derive_keys()));
        Self { store: ObjectStore::new(state.storage()), desk }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        #[cfg(feature = "trial")]
        let plan = breaking::Plan::of(&request);
        let work = self.serve(request);
        #[cfg(feature = "trial")]
        let work = breaking::within(plan, work);
        work.await
    }

    /// Rung where the program broke under a command (`xtask/src/worker.js`); nothing waits here.
    async fn alarm(&self) -> Result<Response> {
        Response::empty()
    }
}

impl SupportDeskObject {
    async fn serve(&self, mut request: Request) -> Result<Response> {
        // The body first: from here on nothing may be awaited, or another request's command gets in between.
        let named = request.headers().get(journal::REQUEST_HEADER)?.unwrap_or_default();
        let envelope = request.text().await?;
        let Some(desk) = &self.desk else { return Response::error("not configured", 500) };
        #[cfg(feature = "trial")]
        breaking::reach(breaking::Place::Object);
        match desk.answer(&self.store, world::now(), &mut Entropy, &envelope) {
            Ok(reply) => {
                #[cfg(feature = "trial")]
                breaking::reach(breaking::Place::Committed);
                Response::ok(reply)
            }
            Err(error) => {
                journal::fault("desk_rolled_back", &named, error);
                Response::error("rolled back", 500)
            }
        }
    }
}
