//! `cargo xtask screens`: every page in every state, on three widths, in light and dark and in three languages, shot and looked over.
//!
//! A state is reached once, in English, by the same people as in the stories; there the screen is turned.

mod album;
mod camera;
mod scenes;

use std::{cell::RefCell, collections::VecDeque, process::ExitCode, time::Duration};

use anyhow::{Context, Result, bail};
use wardkey_tests::Wardkey;
use xtask::progress;

use crate::{
    camera::Camera,
    scenes::{SCENES, Scene, Stage},
};

/// How long all of it may take.
const PATIENCE: Duration = Duration::from_secs(20 * 60);
/// Scenes that are played at once: while one waits for a page, another one's pictures are taken.
const LANES: usize = 2;

// A browser of a scene that broke off is closed when it is dropped, which waits for threads other than its own.
#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match part(std::env::args().skip(1)) {
        Ok(only) => shoot(only).await,
        Err(error) => Err(error),
    };
    outcome.unwrap_or_else(|error| {
        progress::failed(&error);
        ExitCode::FAILURE
    })
}

/// The part of the pages that is wanted: all, or those with these letters in their names.
fn part(mut arguments: impl Iterator<Item = String>) -> Result<Option<String>> {
    match (arguments.next().as_deref(), arguments.next(), arguments.next()) {
        (None, ..) => Ok(None),
        (Some("--only"), Some(part), None) => Ok(Some(part)),
        _ => bail!("The pages are named with --only PART, or not at all"),
    }
}

async fn shoot(only: Option<String>) -> Result<ExitCode> {
    let wanted = |page: &&str| only.as_ref().is_none_or(|part| page.contains(part.as_str()));
    let scenes: Vec<&Scene> = SCENES.iter().filter(|scene| scene.pages.iter().any(wanted)).collect();
    let pages = scenes.iter().flat_map(|scene| scene.pages).filter(|page| wanted(page)).count();
    if pages == 0 {
        bail!("no page has \"{}\" in its name", only.unwrap_or_default());
    }
    let wardkey = Wardkey::start()?;
    let camera = Camera::new(only.clone(), pages)?;
    let queue = RefCell::new(VecDeque::from(scenes));
    let lanes = (0..LANES).map(|_| lane(&wardkey, &camera, &queue));
    let played = tokio::time::timeout(PATIENCE, together(lanes)).await;
    if played.is_err() {
        camera.complain("all of it", &format!("took more than {} minutes", PATIENCE.as_secs() / 60));
    }
    let album = camera.close()?;
    progress::note(&format!("{} pictures: {}", album.pictures, album.index.display()));
    if album.complaints.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    println!("\n{}\n", album.complaints.join("\n"));
    bail!("{} flaws on {pages} pages", album.complaints.len())
}

/// Plays what is left of the scenes, one after another. A scene that fails takes no other with it.
async fn lane(wardkey: &Wardkey, camera: &Camera, queue: &RefCell<VecDeque<&Scene>>) {
    loop {
        let Some(scene) = queue.borrow_mut().pop_front() else { return };
        let stage = Stage { wardkey, camera };
        let played = (scene.play)(&stage).await.and_then(|()| camera.has_all(scene.pages));
        if let Err(error) = played.context("the scene broke off") {
            camera.complain(scene.name, &format!("{error:#}"));
        }
    }
}

/// Waits for all of them.
async fn together(lanes: impl Iterator<Item = impl Future<Output = ()>>) {
    let mut lanes: Vec<_> = lanes.map(Box::pin).collect();
    std::future::poll_fn(|context| {
        lanes.retain_mut(|lane| lane.as_mut().poll(context).is_pending());
        if lanes.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
}
