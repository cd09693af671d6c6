//! An access form as it stands on the screen: its sides, and the lines on them by their names.

use anyhow::{Context, Result, ensure};
use thirtyfour::By;

use crate::{Session, authenticator, paper};

/// Millimetres that a page may differ from its paper by.
const PAPER_MM_TOLERANCE: f64 = 0.5;
/// An A4 sheet, upright.
pub const A4_MM: (f64, f64) = (210.0, 297.0);
/// A card as it fits into a wallet (ISO/IEC 7810, ID-1).
pub const CARD_MM: (f64, f64) = (85.6, 54.0);

/// A side: its name, and its lines with theirs.
type Side = (String, Vec<(String, String)>);

/// A form that was read from the screen.
pub struct Form {
    sides: Vec<Side>,
    /// The address in its QR code, read from a picture of the screen.
    pub otpauth_url: String,
}

impl Form {
    /// Reads the form on the screen, and holds its QR code against the secret that stands beside it.
    pub async fn read(session: &Session<'_>) -> Result<Self> {
        let script = "return [...document.querySelectorAll('.side')].map(side => [side.getAttribute('aria-label'),\
                      [...side.querySelectorAll('dl > div')].map(line =>\
                          [line.querySelector('dt').textContent, line.querySelector('dd').textContent])])";
        let sides: Vec<Side> = session.driver.execute(script, vec![]).await?.convert()?;
        let code = session.driver.find(By::Css("svg.qr")).await.context("no QR code on the form")?;
        code.scroll_into_view().await?;
        let otpauth_url = paper::code_in(&code.screenshot_as_png().await?)?;
        let otpauth_url = otpauth_url.context("zbarimg reads no QR code on the screen")?;
        let secret = authenticator::secret(&otpauth_url)?;
        ensure!(
            sides.iter().flat_map(|(_, lines)| lines).any(|(_, text)| paper::without_spaces(text) == secret),
            "the secret of {otpauth_url} stands nowhere to be typed by hand: {sides:?}"
        );
        Ok(Self { sides, otpauth_url })
    }

    /// What stands in a line of a side.
    pub fn line(&self, side: &str, name: &str) -> Result<&str> {
        let lines = self.sides.iter().find(|(each, _)| each == side).map(|(_, lines)| lines);
        let line = lines.and_then(|lines| lines.iter().find(|(each, _)| each == name));
        let (_, text) = line.with_context(|| format!("no \"{name}\" on \"{side}\" of {:?}", self.sides))?;
        Ok(text)
    }

    /// Prints the form, and fails unless every line and the code stand on pages of that size, none of them empty.
    pub async fn prints(&self, session: &Session<'_>, size_mm: (f64, f64)) -> Result<()> {
        let pages = session.print().await?;
        for page in &pages {
            let off = (page.size_mm.0 - size_mm.0).abs().max((page.size_mm.1 - size_mm.1).abs());
            ensure!(off < PAPER_MM_TOLERANCE, "a page is {:?} mm and not {size_mm:?}", page.size_mm);
            ensure!(!page.text.is_empty(), "an empty page is printed: {pages:#?}");
        }
        let all: String = pages.iter().map(|page| page.text.as_str()).collect();
        for (name, text) in self.sides.iter().flat_map(|(_, lines)| lines) {
            ensure!(
                all.contains(&paper::without_spaces(text)),
                "{name} \"{text}\" is not printed: {pages:#?}"
            );
        }
        let codes: Vec<&str> = pages.iter().filter_map(|page| page.code.as_deref()).collect();
        ensure!(
            codes == [self.otpauth_url.as_str()],
            "{} is not what is printed: {pages:#?}",
            self.otpauth_url
        );
        Ok(())
    }
}
