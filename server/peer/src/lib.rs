//! Peers over HTTP: who may be spoken to, and how.
//!
//! Whoever speaks to a model or shares a proof does it with [`client`], after [`check`]. A peer is
//! hostile: redirects are not followed, answers are read up to a length, and what it says of itself
//! reaches people through [`words`] only.

pub mod scripted;

use futures_util::StreamExt as _;
use reqwest::{Client, Response};
use std::error::Error;
use std::time::Duration;
use url::{Host, Url};

/// Whether anything may be sent there: encrypted, or not leaving this machine.
///
/// # Errors
/// Says what is wrong with the address, without what may be secret in it.
pub fn check(url: &Url) -> Result<(), String> {
    if !url.username().is_empty() || url.password().is_some() {
        return Err("the address holds a name or password; use a key".to_owned());
    }
    let is_fit = match url.scheme() {
        "https" => url.host_str().is_some(),
        "http" => is_loopback(url),
        _ => false,
    };
    is_fit
        .then_some(())
        .ok_or_else(|| format!("`{}` is neither `https:` nor on this machine", shown(url)))
}

/// A client for the host of `url`, which [`check`] let pass.
///
/// # Errors
/// Where the platform's certificates cannot be read.
pub fn client(url: &Url, connect: Duration) -> reqwest::Result<Client> {
    // Fails when another part of the program has chosen one already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder()
        .connect_timeout(connect)
        // A redirect could lead the key and what is sent to another host.
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .user_agent(concat!("specwright/", env!("CARGO_PKG_VERSION")));
    if is_loopback(url) { builder.no_proxy().build() } else { builder.https_only(true).build() }
}

/// What was read of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    pub bytes: Vec<u8>,
    /// Whether that is all: it did not break off, and was not longer than it might be.
    pub is_whole: bool,
}

/// Reads an answer up to `bytes_max`.
pub async fn body_of(response: Response, bytes_max: usize) -> Body {
    let (mut bytes, mut stream) = (Vec::new(), response.bytes_stream());
    while let Some(chunk) = stream.next().await {
        let Ok(chunk) = chunk else { return Body { bytes, is_whole: false } };
        let n = chunk.len().min(bytes_max - bytes.len());
        bytes.extend_from_slice(&chunk[..n]);
        if n < chunk.len() {
            return Body { bytes, is_whole: false };
        }
    }
    Body { bytes, is_whole: true }
}

/// A peer's own words: short, on one line, without control characters and what looks like a secret.
#[must_use]
pub fn words(text: &str, n_chars_max: usize) -> String {
    let text = text::secrets::redact(text);
    text.chars().filter(|it| !it.is_control()).take(n_chars_max).collect()
}

/// `name` or `name:port`.
#[must_use]
pub fn host(url: &Url) -> String {
    let name = url.host_str().unwrap_or("nobody").to_owned();
    url.port().map_or_else(|| name.clone(), |port| format!("{name}:{port}"))
}

/// An address without what may be secret in it.
#[must_use]
pub fn shown(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    let _ = url.set_username("").and_then(|()| url.set_password(None));
    url.to_string()
}

/// What lies at the bottom of a failure; the layers above name the address, queries included.
#[must_use]
pub fn root_cause(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(it)) => it.is_loopback(),
        Some(Host::Ipv6(it)) => it.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_goes_encrypted_or_stays_on_this_machine() {
        let is_fit = |url: &str| check(&Url::parse(url).expect("a URL")).is_ok();
        assert!(is_fit("https://api.example.com/v1"));
        assert!(is_fit("http://127.0.0.1:8080/v1") && is_fit("http://localhost/v1"));
        assert!(is_fit("http://[::1]:80/"));
        assert!(!is_fit("http://api.example.com/v1") && !is_fit("http://127.0.0.1.example.com/"));
        assert!(!is_fit("https://user:word@api.example.com/") && !is_fit("file:///etc/passwd"));
    }

    #[test]
    fn a_refused_address_is_told_without_its_secrets() {
        let url = Url::parse("http://example.com/a?key=made-up#part").expect("a URL");
        let why = check(&url).expect_err("it is not encrypted");
        assert_eq!(why, "`http://example.com/a` is neither `https:` nor on this machine");
    }

    #[test]
    fn words_of_a_peer_stay_on_one_line_and_short() {
        assert_eq!(words("a\r\nb\u{1b}[31m", 100), "ab[31m");
        assert_eq!(words("abcdef", 3), "abc");
    }
}
