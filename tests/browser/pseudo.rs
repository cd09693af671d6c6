//! A language that nobody speaks shows what no real one does: words that stand in the program and not in the files, lines that have no
//! room for a longer language, and what points the wrong way where lines begin at the right.

use anyhow::{Result, ensure};
use wardkey_tests::Wardkey;

use crate::{
    camera::Camera,
    scenes::{SCENES, Stage},
};

const WAY_IN: &[&str] = &["sign-in", "lock", "cover", "outside"];
const CLINIC: &[&str] = &["account", "people", "users", "own", "settings"];
const PASSWORD_AGAIN: &[&str] = &["own-password"];
const THE_REST: &[&str] = &["equipment", "log", "mails", "desk", "closed"];
/// What stands there before any language is loaded, and what has texts of its own.
const BESIDE: &[&str] = &["door", "help"];

#[tokio::test]
async fn the_way_in_has_room_for_a_longer_language_from_the_right() -> Result<()> {
    turned(WAY_IN).await
}

#[tokio::test]
async fn the_clinic_has_room_for_a_longer_language_from_the_right() -> Result<()> {
    turned(CLINIC).await
}

#[tokio::test]
async fn the_window_for_the_own_password_has_room_for_a_longer_language_from_the_right() -> Result<()> {
    turned(PASSWORD_AGAIN).await
}

#[tokio::test]
async fn equipment_log_and_desk_have_room_for_a_longer_language_from_the_right() -> Result<()> {
    turned(THE_REST).await
}

#[test]
fn every_scene_is_turned() {
    let turned = [WAY_IN, CLINIC, PASSWORD_AGAIN, THE_REST, BESIDE].concat();
    assert!(
        SCENES.iter().all(|scene| turned.contains(&scene.name)),
        "a scene is played in no strange language"
    );
}

/// Plays scenes, and fails when anything on their pages does not follow.
async fn turned(names: &[&str]) -> Result<()> {
    let wardkey = Wardkey::shared()?;
    let camera = Camera::new(sentences());
    for scene in SCENES.iter().filter(|scene| names.contains(&scene.name)) {
        let played = (scene.play)(&Stage { wardkey, camera: &camera }).await;
        if let Err(error) = played.and_then(|()| camera.has_all(scene.pages)) {
            camera.complain(scene.name, &format!("the scene broke off: {error:#}"));
        }
    }
    let flaws = camera.flaws();
    ensure!(flaws.is_empty(), "{} flaws:\n{}", flaws.len(), flaws.join("\n"));
    Ok(())
}

/// What the app would fetch of a file in the letters of nobody's language: the English one with accents above, two fifths longer, within
/// brackets, from the right.
fn sentences() -> String {
    let english = include_str!("../../app/src/texts/en.txt");
    let entries =
        english.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(" = "));
    let message = |(key, words): (&str, &str)| match key {
        "language.direction" => "rtl".to_owned(),
        _ if key.starts_with("language.") => words.to_owned(),
        _ => strange(words),
    };
    entries.map(message).collect::<Vec<_>>().join("\n")
}

fn strange(words: &str) -> String {
    let mut depth = 0;
    let mut written = String::new();
    for letter in words.chars() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        // Between the braces of a plural stand its forms, and within theirs words again.
        written.push(if depth % 2 == 0 { accented(letter) } else { letter });
    }
    let length = words.chars().count();
    let more: String = "ŵíďéŕ ".chars().cycle().take((length * 2).div_ceil(5)).collect();
    format!("⟦{written} {}⟧", more.trim_end())
}

fn accented(letter: char) -> char {
    const PLAIN: &str = "abcdeghijklnoprstuwyzACDEGHIJKLNORSTUWYZ";
    const STRANGE: &str = "áƀçďéğĥíĵķļñóþŕšťúŵýžÁÇĎÉĞĤÍĴĶĻÑÓŔŠŤÚŴÝŽ";
    PLAIN.chars().zip(STRANGE.chars()).find(|(plain, _)| *plain == letter).map_or(letter, |(_, it)| it)
}
