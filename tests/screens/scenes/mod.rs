//! The scenes: somebody goes somewhere, as in the stories, and the camera is held up in every state on the way.

mod account;
mod closed;
mod desk;
mod door;
mod equipment;
mod help;
mod log;
mod mails;
mod outside;
mod own;
mod own_password;
mod people;
mod settings;
mod sign_in;
mod users;

use std::pin::Pin;

use anyhow::Result;
use wardkey_tests::Wardkey;

use crate::camera::Camera;

/// What a scene is played on.
pub struct Stage<'a> {
    /// The product.
    pub wardkey: &'a Wardkey,
    /// Who looks.
    pub camera: &'a Camera,
}

type Play<'a> = Pin<Box<dyn Future<Output = Result<()>> + 'a>>;

/// A scene, with the pages that it comes to.
pub struct Scene {
    /// What complaints are filed under.
    pub name: &'static str,
    /// All pages that are shot, or the scene has failed.
    pub pages: &'static [&'static str],
    /// Plays it.
    pub play: for<'a> fn(&'a Stage<'a>) -> Play<'a>,
}

/// All of them: first those that start a Wardkey of their own, then the longest.
pub const SCENES: [Scene; 17] = [
    Scene { name: "mails", pages: mails::PAGES, play: |stage| Box::pin(mails::play(stage)) },
    Scene {
        name: "own-password",
        pages: own_password::PAGES,
        play: |stage| Box::pin(own_password::play(stage)),
    },
    Scene { name: "account", pages: account::PAGES, play: |stage| Box::pin(account::play(stage)) },
    Scene { name: "sign-in", pages: sign_in::STEPS, play: |stage| Box::pin(sign_in::steps(stage)) },
    Scene { name: "outside", pages: outside::PAGES, play: |stage| Box::pin(outside::play(stage)) },
    Scene { name: "people", pages: people::PAGES, play: |stage| Box::pin(people::play(stage)) },
    Scene { name: "log", pages: log::PAGES, play: |stage| Box::pin(log::play(stage)) },
    Scene { name: "desk", pages: desk::PAGES, play: |stage| Box::pin(desk::play(stage)) },
    Scene { name: "equipment", pages: equipment::PAGES, play: |stage| Box::pin(equipment::play(stage)) },
    Scene { name: "users", pages: users::PAGES, play: |stage| Box::pin(users::play(stage)) },
    Scene { name: "lock", pages: sign_in::LOCK, play: |stage| Box::pin(sign_in::lock(stage)) },
    Scene { name: "cover", pages: sign_in::COVER, play: |stage| Box::pin(sign_in::cover(stage)) },
    Scene { name: "help", pages: help::PAGES, play: |stage| Box::pin(help::play(stage)) },
    Scene { name: "own", pages: own::PAGES, play: |stage| Box::pin(own::play(stage)) },
    Scene { name: "settings", pages: settings::PAGES, play: |stage| Box::pin(settings::play(stage)) },
    Scene { name: "closed", pages: closed::PAGES, play: |stage| Box::pin(closed::play(stage)) },
    Scene { name: "door", pages: door::PAGES, play: |stage| Box::pin(door::play(stage)) },
];
