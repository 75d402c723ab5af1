//! Sends a page where its owner says: a gist of theirs, or an endpoint of their own settings.
//!
//! What is sent was agreed to above, byte by byte. A publication is never tried twice: a request
//! whose end was not heard may have been carried out, and that is what is told then.

#[cfg(test)]
mod scripted;
#[cfg(test)]
mod tests;

use peer::{host, shown};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Response};
use serde_json::{Value, json};
use std::fmt::{self, Debug, Formatter};
use std::time::Duration;
use tokio::time::timeout;
use url::Url;

/// GitHub's own address.
pub const GITHUB: &str = "https://api.github.com";
/// The revision of GitHub's API that requests are written for.
const GITHUB_VERSION: &str = "2022-11-28";
/// The longest answer that is read: 1 MiB.
const ANSWER_BYTES_MAX: usize = 1 << 20;
/// Of a server's own words.
const WHY_CHARS_MAX: usize = 300;

/// Where to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// A gist of the user whose token it is. One that is not public is seen by all who know its
    /// address.
    Gist { api: Url, is_public: bool },
    /// An endpoint that takes the page as the body of a POST.
    Hosted { url: Url },
}

/// What is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// The proof's.
    pub id: String,
    pub description: String,
    pub page: String,
    pub envelope: String,
}

/// A key of the service. It is shown to nobody.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }
}

impl Debug for Token {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// How long to wait.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub connect_ms: u64,
    /// From the request to the end of the answer.
    pub whole_ms: u64,
}

impl Default for Limits {
    /// 10 s, 60 s.
    fn default() -> Self {
        Self { connect_ms: 10_000, whole_ms: 60_000 }
    }
}

/// That it is out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// What the server said; `None` when it named no address.
    pub address: Option<String>,
}

/// Why it is not known to be out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublishError {
    #[error("{why}; nothing was sent")]
    Address { why: String },
    #[error("the token holds characters that no token has; nothing was sent")]
    Token,
    #[error("connect to {host}: {why}; nothing was sent")]
    Unreachable { host: String, why: String },
    #[error("{host} does not accept the token (status {status}); nothing was published")]
    Unauthorised { host: String, status: u16 },
    #[error("{host} refuses it with status {status}{why}; nothing was published")]
    Refused { host: String, status: u16, why: String },
    #[error("{host} sends on to {to}, where it was not asked to go; nothing was published")]
    Redirected { host: String, to: String },
    #[error("{host} {why}: whether it was published is not known")]
    Unknown { host: String, why: String },
}

impl Destination {
    /// Whether anything may be sent there: encrypted, or not leaving this machine.
    ///
    /// # Errors
    /// Says what is wrong with the address.
    pub fn check(&self) -> Result<(), String> {
        peer::check(self.url())
    }

    /// For people.
    #[must_use]
    pub fn in_words(&self) -> String {
        match self {
            Self::Gist { api, is_public: true } => format!("a public gist at {}", host(api)),
            Self::Gist { api, .. } => {
                format!("a secret gist at {}, which all who know its address can read", host(api))
            }
            Self::Hosted { url } => shown(url),
        }
    }

    fn url(&self) -> &Url {
        match self {
            Self::Gist { api, .. } => api,
            Self::Hosted { url } => url,
        }
    }

    /// The whole address that is written to.
    fn address(&self) -> Url {
        match self {
            Self::Hosted { url } => url.clone(),
            Self::Gist { api, .. } => {
                let mut url = api.clone();
                url.set_path(&format!("{}/gists", api.path().trim_end_matches('/')));
                url
            }
        }
    }

    fn body(&self, parcel: &Parcel) -> String {
        match self {
            Self::Hosted { .. } => parcel.page.clone(),
            Self::Gist { is_public, .. } => json!({
                "description": parcel.description,
                "public": is_public,
                "files": {
                    format!("proof-{}.html", parcel.id): { "content": parcel.page },
                    format!("proof-{}.json", parcel.id): { "content": parcel.envelope },
                },
            })
            .to_string(),
        }
    }

    fn headers(&self, parcel: &Parcel, token: Option<&Token>) -> Result<HeaderMap, PublishError> {
        let mut headers = HeaderMap::new();
        let kind = match self {
            Self::Gist { .. } => {
                let name = HeaderName::from_static("x-github-api-version");
                headers.insert(name, HeaderValue::from_static(GITHUB_VERSION));
                headers.insert(ACCEPT, HeaderValue::from_static("application/vnd.github+json"));
                "application/json"
            }
            Self::Hosted { .. } => {
                let id = HeaderValue::from_str(&parcel.id).map_err(|_| PublishError::Token)?;
                headers.insert(HeaderName::from_static("x-specwright-proof"), id);
                headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
                "text/html; charset=utf-8"
            }
        };
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        if let Some(Token(token)) = token {
            let value = HeaderValue::from_str(&format!("Bearer {token}"));
            let mut value = value.map_err(|_| PublishError::Token)?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        Ok(headers)
    }
}

impl Parcel {
    /// What is agreed to: everything that is sent, and where to.
    #[must_use]
    pub fn digest(&self, destination: &Destination) -> String {
        let text = format!("{}\0{}", destination.address(), destination.body(self));
        crate::sha256(text.as_bytes())[..16].to_owned()
    }
}

/// Sends it, once.
///
/// # Errors
/// [`PublishError`]; only [`PublishError::Unknown`] leaves open whether it is out.
pub fn publish(
    destination: &Destination,
    parcel: &Parcel,
    token: Option<&Token>,
    limits: Limits,
) -> Result<Published, PublishError> {
    destination.check().map_err(|why| PublishError::Address { why })?;
    let headers = destination.headers(parcel, token)?;
    let unstarted = |why: String| PublishError::Address { why };
    let client = peer::client(destination.url(), Duration::from_millis(limits.connect_ms))
        .map_err(|it| unstarted(format!("start a client: {it}")))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|it| unstarted(format!("start a client: {it}")))?;
    let sender = Sender { client, destination, token };
    let whole = Duration::from_millis(limits.whole_ms);
    let sent = runtime.block_on(async { timeout(whole, sender.send(parcel, headers)).await });
    sent.unwrap_or_else(|_| {
        let why = format!("did not answer within {} s", limits.whole_ms.div_ceil(1000));
        Err(PublishError::Unknown { host: host(destination.url()), why })
    })
}

struct Sender<'a> {
    client: Client,
    destination: &'a Destination,
    token: Option<&'a Token>,
}

impl Sender<'_> {
    async fn send(&self, parcel: &Parcel, headers: HeaderMap) -> Result<Published, PublishError> {
        let request = self.client.post(self.destination.address());
        let request = request.headers(headers).body(self.destination.body(parcel));
        let host = host(self.destination.url());
        let response = request.send().await.map_err(|error| match error.is_connect() {
            true => PublishError::Unreachable { host: host.clone(), why: peer::root_cause(&error) },
            false => PublishError::Unknown { host: host.clone(), why: "broke off".to_owned() },
        })?;
        let status = response.status();
        if status.is_redirection() {
            return Err(self.redirected(host, &response));
        }
        let body = peer::body_of(response, ANSWER_BYTES_MAX).await;
        if status.is_success() && !body.is_whole {
            let why = format!("says yes with status {}, and broke off", status.as_u16());
            return Err(PublishError::Unknown { host, why });
        }
        if status.is_success() {
            return Ok(Published { address: address_in(&body.bytes) });
        }
        let status = status.as_u16();
        Err(match status {
            401 => PublishError::Unauthorised { host, status },
            500..=599 => {
                PublishError::Unknown { host, why: format!("failed with status {status}") }
            }
            _ => PublishError::Refused { host, status, why: self.why(&body.bytes) },
        })
    }

    /// A redirect could lead the page and the token to somebody else.
    fn redirected(&self, host: String, response: &Response) -> PublishError {
        let to = response.headers().get("location").and_then(|it| it.to_str().ok());
        let base = self.destination.address();
        let to = to.and_then(|it| base.join(it).ok());
        let to = to.map_or_else(|| "nowhere".to_owned(), |it| self.tidy(&peer::host(&it)));
        PublishError::Redirected { host, to }
    }

    /// `: the server's own words`, or nothing.
    fn why(&self, body: &[u8]) -> String {
        let Ok(json) = serde_json::from_slice::<Value>(body) else { return String::new() };
        let message = json["message"].as_str().or(json["error"].as_str()).unwrap_or_default();
        let errors = json["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        let errors = errors.iter().filter_map(|it| {
            let field = it["field"].as_str()?;
            Some(format!("{field} {}", it["code"].as_str().unwrap_or("is wrong")))
        });
        let errors: Vec<String> = errors.collect();
        let mut text = message.to_owned();
        if !errors.is_empty() {
            text += &format!(" ({})", errors.join(", "));
        }
        if text.is_empty() { text } else { format!(": {}", self.tidy(&text)) }
    }

    /// A server's words: short, on one line, and without the token.
    fn tidy(&self, text: &str) -> String {
        let text = match self.token {
            Some(Token(token)) if !token.is_empty() => text.replace(token.as_str(), "[token]"),
            _ => text.to_owned(),
        };
        peer::words(&text, WHY_CHARS_MAX)
    }
}

/// The address that a server names, if it is one that a browser may be sent to.
fn address_in(body: &[u8]) -> Option<String> {
    let json: Value = serde_json::from_slice(body).ok()?;
    let named = ["html_url", "url", "public_url"].iter().find_map(|it| json[it].as_str())?;
    let url = Url::parse(named).ok()?;
    let is_fit = matches!(url.scheme(), "https" | "http") && url.password().is_none();
    is_fit.then(|| url.to_string())
}
