//! The pictures, drawn by ourselves and inlined, so that none of them needs a request.

use leptos::{prelude::*, tachys::html::InertElement};

const OPENING: &str = r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">"#;

/// A picture on a grid of 24 by 24.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    Ward,
    Check,
    Lock,
    Unlock,
    Alert,
    Person,
    People,
    List,
    Settings,
    Computer,
    Mail,
    Door,
    Switch,
    Refresh,
    Back,
    Search,
    Eye,
    EyeOff,
    Print,
    Copy,
    Pencil,
    Plus,
    Import,
    Help,
}

impl Icon {
    fn drawing(self) -> &'static str {
        match self {
            Icon::Ward => {
                r#"<circle cx="12" cy="12" r="9.5"/><circle cx="12" cy="8.5" r="2.2"/><path d="M12 10.7v7.3M12 14h2.6M12 17.3h2.6"/>"#
            }
            Icon::Check => r#"<path d="m5 12.5 4.5 4.5L19 7.5"/>"#,
            Icon::Lock => {
                r#"<rect x="5" y="10.5" width="14" height="9.5" rx="2"/><path d="M8 10.5V8a4 4 0 0 1 8 0v2.5M12 14.5v2"/>"#
            }
            Icon::Unlock => {
                r#"<rect x="5" y="10.5" width="14" height="9.5" rx="2"/><path d="M8 10.5V8a4 4 0 0 1 7.7-1.5M12 14.5v2"/>"#
            }
            Icon::Alert => r#"<path d="M12 4 3 19.5h18L12 4ZM12 10v4.5M12 17v.2"/>"#,
            Icon::Person => r#"<circle cx="12" cy="8" r="4"/><path d="M4.5 20a7.5 7.5 0 0 1 15 0"/>"#,
            Icon::People => {
                r#"<circle cx="9" cy="8.5" r="3.5"/><path d="M2.5 19.5a6.5 6.5 0 0 1 13 0M15.5 5.3a3.5 3.5 0 0 1 0 6.4M18 14a6.5 6.5 0 0 1 3.5 5.5"/>"#
            }
            Icon::List => r#"<path d="M9 6.5h11M9 12h11M9 17.5h11M4.5 6.5h.2M4.5 12h.2M4.5 17.5h.2"/>"#,
            Icon::Settings => {
                r#"<path d="M4 7.5h9M17 7.5h3M4 16.5h3M11 16.5h9"/><circle cx="15" cy="7.5" r="2"/><circle cx="9" cy="16.5" r="2"/>"#
            }
            Icon::Computer => {
                r#"<rect x="3" y="5" width="18" height="11.5" rx="1.5"/><path d="M8.5 20h7M12 16.5v3.5"/>"#
            }
            Icon::Mail => {
                r#"<rect x="3" y="5.5" width="18" height="13" rx="2"/><path d="m3.5 7 8.5 6.5L20.5 7"/>"#
            }
            Icon::Door => r#"<path d="M13.5 4H6v16h7.5M10.5 12H20M16.5 8.5 20 12l-3.5 3.5"/>"#,
            Icon::Switch => r#"<path d="M4 9h14.5M15 5.5 18.5 9 15 12.5M20 15.5H5.5M9 12l-3.5 3.5L9 19"/>"#,
            Icon::Refresh => r#"<path d="M19.5 12a7.5 7.5 0 1 1-2.3-5.4M19.5 3.5v4h-4"/>"#,
            Icon::Back => r#"<path d="M14.5 5.5 8 12l6.5 6.5"/>"#,
            Icon::Search => r#"<circle cx="10.5" cy="10.5" r="6"/><path d="m15 15 5 5"/>"#,
            Icon::Eye => {
                r#"<path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Z"/><circle cx="12" cy="12" r="2.8"/>"#
            }
            Icon::EyeOff => {
                r#"<path d="M9.5 5.9A9 9 0 0 1 12 5.5c6 0 9.5 6.5 9.5 6.5a16 16 0 0 1-3 3.6M6 7.7A15.5 15.5 0 0 0 2.5 12S6 18.5 12 18.5a9 9 0 0 0 4-1M4 4l16 16"/>"#
            }
            Icon::Print => r#"<path d="M7 9V4h10v5M7 17H4.5V9h15v8H17M7 14h10v6H7Z"/>"#,
            Icon::Copy => {
                r#"<rect x="8.5" y="8.5" width="11.5" height="11.5" rx="2"/><path d="M15.5 8.5V4H4v11.5h4.5"/>"#
            }
            Icon::Pencil => r#"<path d="M4 20v-4L15.5 4.5l4 4L8 20H4ZM13 7l4 4"/>"#,
            Icon::Plus => r#"<path d="M12 5v14M5 12h14"/>"#,
            Icon::Help => {
                r#"<circle cx="12" cy="12" r="9"/><path d="M9.4 9.6a2.6 2.6 0 1 1 3.9 2.3c-.8.4-1.3 1-1.3 1.9M12 16.8v.2"/>"#
            }
            Icon::Import => r#"<path d="M12 4v11M7.5 11 12 15.5 16.5 11M4.5 19.5h15"/>"#,
        }
    }

    /// The picture. It says nothing by itself: words stand beside it.
    pub fn show(self) -> AnyView {
        // Parsed once and copied from then on: a long list draws one with each line.
        InertElement::new([OPENING, self.drawing(), "</svg>"].concat()).into_any()
    }
}
