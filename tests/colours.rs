//! Holds the colours of `style/tokens.css` to what eyes can tell apart (WCAG 2.2, 1.4.3 and 1.4.11), in light and in dark.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use anyhow::{Context, Result, ensure};
use walkdir::WalkDir;

/// Least contrast of words with what they stand on.
const WORDS_MIN: f64 = 4.5;
/// Least contrast of edges and pictures that say something.
const SHAPES_MIN: f64 = 3.0;

/// Words, and everything that they stand on.
const WORDS: [(&str, &[&str]); 10] = [
    ("ink", &["ground", "sheet", "sunken", "accent-soft", "line"]),
    ("ink-soft", &["ground", "sheet", "sunken"]),
    ("accent", &["ground", "sheet", "sunken", "accent-soft"]),
    ("accent-hover", &["ground", "sheet", "sunken", "accent-soft"]),
    ("on-accent", &["accent", "accent-hover"]),
    ("good", &["ground", "sheet", "sunken", "good-soft"]),
    ("warn", &["ground", "sheet", "sunken", "warn-soft"]),
    ("bad", &["ground", "sheet", "sunken", "bad-soft"]),
    ("sheet", &["bad"]),
    ("ground", &["ink"]),
];

/// Edges of fields, rings of the focus and bars of the chart, and what they stand on.
const SHAPES: [(&str, &[&str]); 4] = [
    ("edge", &["ground", "sheet", "sunken"]),
    ("accent", &["ground", "sheet", "sunken", "accent-soft"]),
    ("bad", &["ground", "sheet"]),
    ("chart", &["ground", "sheet", "sunken"]),
];

/// What only sets something off, and says nothing.
const DECORATION: [&str; 2] = ["line", "shadow"];

/// Red, green and blue light.
type Light = [f64; 3];

#[test]
fn words_are_legible_on_whatever_they_stand() -> Result<()> {
    hold(&WORDS, WORDS_MIN)
}

#[test]
fn shapes_are_told_from_whatever_they_stand_on() -> Result<()> {
    hold(&SHAPES, SHAPES_MIN)
}

#[test]
fn every_colour_is_held_to_a_contrast() -> Result<()> {
    let held: BTreeSet<&str> = WORDS
        .iter()
        .chain(&SHAPES)
        .flat_map(|(word, grounds)| [*word].into_iter().chain(grounds.iter().copied()))
        .collect();
    for name in tokens()?.keys() {
        ensure!(
            held.contains(name.as_str()) || DECORATION.contains(&name.as_str()),
            "--{name} stands on nothing that this test knows"
        );
    }
    Ok(())
}

#[test]
fn what_stands_on_what_in_the_style_sheets_is_held_to_it() -> Result<()> {
    for entry in WalkDir::new(xtask::root().join("style")) {
        let entry = entry?;
        let Ok(text) = fs::read_to_string(entry.path()) else { continue };
        // The innermost blocks alone: what is nested stands in braces of its own.
        for block in text.split('{').skip(1).map(|part| part.split('}').next().unwrap_or_default()) {
            let (Some(word), Some(ground)) = (value(block, "color"), value(block, "background")) else {
                continue;
            };
            let held = WORDS.iter().any(|(name, grounds)| *name == word && grounds.contains(&ground));
            ensure!(held, "{}: --{word} stands on --{ground}", entry.path().display());
        }
    }
    Ok(())
}

#[test]
fn black_on_white_has_all_the_contrast_that_there_is() -> Result<()> {
    let contrast = contrast(light("0% 0 0")?, light("100% 0 0")?);
    ensure!((contrast - 21.0).abs() < 0.01, "{contrast}");
    // #777777 on white, as every contrast checker has it.
    let grey = contrast_of("56.93% 0 0", "100% 0 0")?;
    ensure!((grey - 4.48).abs() < 0.02, "{grey}");
    // #0000ff on white.
    let blue = contrast_of("45.201% 0.313214 264.052", "100% 0 0")?;
    ensure!((blue - 8.59).abs() < 0.02, "{blue}");
    Ok(())
}

fn hold(pairs: &[(&str, &[&str])], least: f64) -> Result<()> {
    let tokens = tokens()?;
    let find = |name: &str| tokens.get(name).with_context(|| format!("there is no --{name}"));
    for (word, grounds) in pairs {
        for ground in *grounds {
            for (scheme, place) in [("light", 0), ("dark", 1)] {
                let contrast = contrast(find(word)?[place], find(ground)?[place]);
                ensure!(
                    contrast >= least,
                    "in {scheme}, --{word} on --{ground} has a contrast of {contrast:.2}, and needs {least}"
                );
            }
        }
    }
    Ok(())
}

/// The colours by name, in light and in dark.
fn tokens() -> Result<BTreeMap<String, [Light; 2]>> {
    let text = fs::read_to_string(xtask::root().join("style/tokens.css"))?;
    let mut tokens = BTreeMap::new();
    for line in text.lines() {
        let Some((name, value)) = line.trim().strip_prefix("--").and_then(|line| line.split_once(": "))
        else {
            continue;
        };
        let Some(both) = value.strip_prefix("light-dark(") else { continue };
        let colours: Vec<&str> = both
            .split("oklch(")
            .skip(1)
            .map(|part| part.split([')', '/']).next().unwrap_or_default())
            .collect();
        let [in_light, in_dark] = colours[..] else {
            anyhow::bail!("--{name} is no pair of colours: {value}")
        };
        tokens.insert(name.to_owned(), [light(in_light)?, light(in_dark)?]);
    }
    ensure!(tokens.len() > 10, "only {} colours were found", tokens.len());
    Ok(tokens)
}

/// The token that a property of a block is set to.
fn value<'a>(block: &'a str, property: &str) -> Option<&'a str> {
    let line = block
        .split(';')
        .map(str::trim)
        .find_map(|line| line.strip_prefix(property)?.strip_prefix(": var(--"))?;
    line.strip_suffix(')')
}

fn contrast_of(one: &str, other: &str) -> Result<f64> {
    Ok(contrast(light(one)?, light(other)?))
}

/// As WCAG has it.
fn contrast(one: Light, other: Light) -> f64 {
    let luminance = |[red, green, blue]: Light| 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// The light of `52% 0.1 200`, as a screen gives it: OKLCH to linear sRGB, with what is beyond the screen cut off.
fn light(oklch: &str) -> Result<Light> {
    let parts: Vec<f64> = oklch
        .split_whitespace()
        .map(|part| match part.strip_suffix('%') {
            Some(percent) => percent.parse::<f64>().map(|percent| percent / 100.0),
            None => part.parse(),
        })
        .collect::<Result<_, _>>()
        .with_context(|| format!("no colour: {oklch}"))?;
    let [lightness, chroma, hue] = parts[..] else { anyhow::bail!("no colour: {oklch}") };
    let (b, a) = hue.to_radians().sin_cos();
    let (a, b) = (a * chroma, b * chroma);
    let long = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let medium = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let short = (lightness - 0.089_484_177_5 * a - 1.291_485_548 * b).powi(3);
    Ok([
        4.076_741_662_1 * long - 3.307_711_591_3 * medium + 0.230_969_929_2 * short,
        -1.268_438_004_6 * long + 2.609_757_401_1 * medium - 0.341_319_396_5 * short,
        -0.004_196_086_3 * long - 0.703_418_614_7 * medium + 1.707_614_701 * short,
    ]
    .map(|part| part.clamp(0.0, 1.0)))
}
