//! The headers that every reply carries, so that a browser does nothing with it that we did not mean.

use worker::{Error, Headers, Result};

/// A reply of the API is data: it loads nothing, frames nothing and is framed by nothing.
const DATA_ONLY: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// On every reply, whatever it holds.
const ALWAYS: [(&str, &str); 6] = [
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Strict-Transport-Security", "max-age=63072000; includeSubDomains"),
    (
        "Permissions-Policy",
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    ),
];

thread_local! {
    /// Those of a reply of the API. The platform copies them at once, where each that is set crosses over by itself.
    static OF_DATA: Result<Headers> = {
        let headers = Headers::new();
        secure_page(&headers)
            .and_then(|()| headers.set("Content-Security-Policy", DATA_ONLY))
            .and_then(|()| headers.set("Cache-Control", "no-store"))
            .map(|()| headers)
    };
}

/// The headers of a reply of the API.
pub fn of_data() -> Result<Headers> {
    OF_DATA.with(|headers| match headers {
        Ok(headers) => Ok(headers.clone()),
        Err(error) => Err(Error::RustError(error.to_string())),
    })
}

/// Secures a page or a file of the site. What its own rules already say stands.
pub fn secure_page(headers: &Headers) -> Result<()> {
    for (name, value) in ALWAYS {
        if !headers.has(name)? {
            headers.set(name, value)?;
        }
    }
    Ok(())
}
