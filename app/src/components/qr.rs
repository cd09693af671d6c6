//! QR codes, drawn as one path of the squares that a crate works out, so that they print as crisp as the printer can.

use leptos::prelude::*;
use qrcodegen::{QrCode, QrCodeEcc, QrSegment, Version};

/// Light modules around a code, without which readers do not find it (ISO/IEC 18004).
const QUIET_ZONE: i32 = 4;
/// Largest code: 89 modules a side. On a card, where it is 35 to 40 mm wide, a phone can still tell them apart.
const VERSION_MAX: u8 = 18;

/// A code as it is drawn, one unit a module.
#[derive(Debug, PartialEq, Eq)]
struct Drawing {
    side: i32,
    path: String,
}

/// The code of the first text that is short enough. Black on white in every colour scheme: readers expect it.
pub fn qr_code(texts: &[String], name: impl Fn() -> String + Send + 'static) -> AnyView {
    let Some(Drawing { side, path }) = texts.iter().find_map(|text| draw(text)) else {
        return ().into_any();
    };
    let squares = format!(r##"<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{path}"/>"##);
    view! {
        <svg
            class="qr"
            role="img"
            aria-label=name
            viewBox=format!("0 0 {side} {side}")
            shape-rendering="crispEdges"
            inner_html=squares
        ></svg>
    }
    .into_any()
}

fn draw(text: &str) -> Option<Drawing> {
    let bytes = [QrSegment::make_bytes(text.as_bytes())];
    let medium = QrCodeEcc::Medium;
    let code =
        QrCode::encode_segments_advanced(&bytes, medium, Version::MIN, Version::new(VERSION_MAX), None, true)
            .ok()?;
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let start = x;
            while code.get_module(x, y) {
                x += 1;
            }
            if x > start {
                let (left, top, run) = (start + QUIET_ZONE, y + QUIET_ZONE, x - start);
                path.push_str(&format!("M{left} {top}h{run}v1h-{run}z"));
            }
            x += 1;
        }
    }
    Some(Drawing { side: code.size() + 2 * QUIET_ZONE, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_starts_with_its_finder_behind_the_quiet_zone() {
        let Drawing { side, path } = draw("HELLO WORLD").unwrap();
        assert_eq!(side, 21 + 8);
        assert!(path.starts_with("M4 4h7v1h-7z"), "{path}");
        assert!(path.contains("M18 4h7v1h-7z"), "{path}");
    }

    #[test]
    fn the_label_of_a_clinic_with_a_long_cyrillic_name_still_fits() {
        let name = "%D0%9F".repeat(67);
        let secret = "A".repeat(32);
        let address = format!("otpauth://totp/{name}:%D0%9E%D0%9E?secret={secret}");
        assert!(draw(&address).is_some_and(|drawing| drawing.side <= 97));
    }

    #[test]
    fn what_no_phone_could_read_from_a_card_is_not_drawn() {
        assert_eq!(draw(&"a".repeat(1_000)), None);
    }
}
