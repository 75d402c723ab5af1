//! One question over the network, with its time limits, its one retry and its price.

use super::budget::{Budget, Price, Spent};
use super::failure::Failure;
use super::key::{Key, KeySource};
use super::prompt::Prompt;
use super::sse::Decoder;
use super::wire::{Api, Form, Listener, Reply, Usage, failure_of};
use futures_util::StreamExt as _;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Response, StatusCode};
use serde_json::Value;
use std::time::Duration;
use tokio::time::{sleep, timeout};
use url::Url;

/// How long to wait for a connection.
const CONNECT: Duration = Duration::from_secs(10);
/// How long to wait before the one retry when the server does not say: 1 s.
const RETRY_MS: u64 = 1_000;
/// The longest error that is read of a server: 16 KiB.
const ERROR_BYTES_MAX: usize = 16 << 10;
/// The longest answer: 1 MiB.
const ANSWER_BYTES_MAX: usize = 1 << 20;
/// Of a server's own words in an error.
const ERROR_CHARS_MAX: usize = 200;
/// The revision of Anthropic's API that requests are written for.
const ANTHROPIC_VERSION: &str = "2023-06-01";

/// A model behind an address. Only the user's own settings name one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// As findings and reports name it.
    pub name: String,
    pub api: Api,
    /// The base address, as the provider's documentation gives it.
    pub url: Url,
    pub model: String,
    pub key: KeySource,
    pub price: Price,
}

/// What a call is held to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The soft time-out: how long nothing may come, in milliseconds.
    pub quiet_ms: u64,
    /// The hard time-out: how long a reviewer may take, retries included, in milliseconds.
    pub whole_ms: u64,
    /// The longest wait that a server may ask for, in milliseconds.
    pub wait_ms_max: u64,
    pub tokens_out_max: u32,
    pub n_parallel: usize,
}

impl Default for Limits {
    /// 60 s, 120 s, 30 s, 8,192 tokens, three at once.
    fn default() -> Self {
        Self {
            quiet_ms: 60_000,
            whole_ms: 120_000,
            wait_ms_max: 30_000,
            tokens_out_max: 8_192,
            n_parallel: 3,
        }
    }
}

impl Endpoint {
    /// Whether questions may be sent there: encrypted, or not leaving the machine.
    ///
    /// # Errors
    /// Says what is wrong with the address.
    pub fn check(&self) -> Result<(), String> {
        peer::check(&self.url)
    }

    /// What would be sent first, without the key.
    #[must_use]
    pub fn request(&self, prompt: &Prompt, limits: &Limits) -> ShownRequest {
        let (name, prefix) = self.api.key_header();
        let mut headers = vec![(CONTENT_TYPE.to_string(), "application/json".to_owned())];
        if self.api == Api::Anthropic {
            headers.push(("anthropic-version".to_owned(), ANTHROPIC_VERSION.to_owned()));
        }
        if self.key != KeySource::None {
            headers.push((name.to_owned(), format!("{prefix}{}", self.key.shown())));
        }
        let body = self.api.body(&self.model, prompt, limits.tokens_out_max, Form::Schema);
        ShownRequest { url: self.api.address(&self.url).to_string(), headers, body }
    }
}

/// A request as people see it.
#[derive(Debug, Clone, PartialEq)]
pub struct ShownRequest {
    pub url: String,
    pub headers: Vec<(String, String)>,
    /// Sent without line breaks between its parts.
    pub body: Value,
}

/// Speaks to one endpoint.
#[derive(Debug)]
pub(crate) struct Caller<'a> {
    endpoint: &'a Endpoint,
    client: Client,
    headers: HeaderMap,
    key: Option<Key>,
}

/// Why one attempt gave no answer, and whether another may.
enum Stumble {
    /// The server does not know how the form is asked for.
    Form(Failure),
    Again(Failure, Duration),
    Final(Failure),
}

impl<'a> Caller<'a> {
    pub(crate) fn new(endpoint: &'a Endpoint, key: Option<Key>) -> Result<Self, Failure> {
        endpoint.check().map_err(Failure::Infra)?;
        let failed = |it: reqwest::Error| Failure::Infra(format!("start a client: {it}"));
        Ok(Self {
            endpoint,
            client: peer::client(&endpoint.url, CONNECT).map_err(failed)?,
            headers: headers(endpoint.api, key.as_ref())?,
            key,
        })
    }

    /// Asks until there is an answer, the retry is used up, or the time is.
    pub(crate) async fn ask(
        &self,
        prompt: &Prompt,
        limits: &Limits,
        budget: &Budget,
    ) -> Result<(Reply, Spent), Failure> {
        let (mut form, mut may_retry) = (Form::Schema, true);
        loop {
            let most = Usage {
                // A token is seldom shorter than three bytes, and never shorter than one.
                tokens_in: (prompt.system.len() + prompt.user.len()).div_ceil(3) as u64,
                tokens_out: u64::from(limits.tokens_out_max),
            };
            let held = budget.hold(most, self.endpoint.price)?;
            let stumble = match self.once(prompt, limits, form).await {
                Ok(reply) => {
                    let spent = budget.settle(&held, reply.usage, self.endpoint.price);
                    return Ok((reply, spent));
                }
                Err(stumble) => stumble,
            };
            let is_free = matches!(stumble, Stumble::Form(_));
            let used = is_free.then(Usage::default);
            budget.settle(&held, used, self.endpoint.price);
            match stumble {
                Stumble::Form(_) if form == Form::Schema => form = Form::Fallback,
                Stumble::Again(_, wait) if may_retry => {
                    may_retry = false;
                    sleep(wait).await;
                }
                Stumble::Form(it) | Stumble::Again(it, _) | Stumble::Final(it) => return Err(it),
            }
        }
    }

    async fn once(&self, prompt: &Prompt, limits: &Limits, form: Form) -> Result<Reply, Stumble> {
        let quiet = Duration::from_millis(limits.quiet_ms);
        let api = self.endpoint.api;
        let body = api.body(&self.endpoint.model, prompt, limits.tokens_out_max, form);
        let request = self
            .client
            .post(api.address(&self.endpoint.url))
            .headers(self.headers.clone())
            .body(body.to_string());
        let response = timeout(quiet, request.send()).await;
        let response = response.map_err(|_| Stumble::Final(Failure::TimedOut))?;
        let response = response.map_err(|it| self.broken(&it))?;
        if response.status() != StatusCode::OK {
            return Err(self.refused(response, limits).await);
        }
        self.listen(response, quiet).await
    }

    async fn listen(&self, response: Response, quiet: Duration) -> Result<Reply, Stumble> {
        let (mut decoder, mut listener) = (Decoder::default(), Listener::new(self.endpoint.api));
        let mut bytes = response.bytes_stream();
        let too_long = || Stumble::Final(Failure::Invalid("it is too long".to_owned()));
        loop {
            let next = timeout(quiet, bytes.next()).await;
            let Some(chunk) = next.map_err(|_| Stumble::Final(Failure::TimedOut))? else { break };
            let chunk = chunk.map_err(|it| self.broken(&it))?;
            for event in decoder.push(&chunk).map_err(|_| too_long())? {
                listener.hear(&event).map_err(|it| self.again(it))?;
            }
            if listener.n_bytes() > ANSWER_BYTES_MAX {
                return Err(too_long());
            }
        }
        listener.finish().map_err(|it| self.again(it))
    }

    /// A retry helps only against what may be over the next time.
    fn again(&self, failure: Failure) -> Stumble {
        match failure {
            Failure::Infra(why) => {
                Stumble::Again(Failure::Infra(self.tidy(&why)), Duration::from_millis(RETRY_MS))
            }
            other => Stumble::Final(other),
        }
    }

    fn broken(&self, error: &reqwest::Error) -> Stumble {
        let what = if error.is_connect() { "connect to the server" } else { "hear the server out" };
        self.again(Failure::Infra(format!("{what}: {}", peer::root_cause(error))))
    }

    /// What a status other than 200 means.
    async fn refused(&self, response: Response, limits: &Limits) -> Stumble {
        let (status, wait) = (response.status(), wait_of(response.headers()));
        let quiet = Duration::from_millis(limits.quiet_ms);
        let why = timeout(quiet, self.error_of(response)).await.unwrap_or_default();
        let infra = Failure::Infra(format!("status {}{why}", status.as_u16()));
        match status.as_u16() {
            401 | 403 => Stumble::Final(Failure::Unauthorised(status.as_u16())),
            400 | 422 => Stumble::Form(infra),
            429 => {
                let wait = wait.unwrap_or(Duration::from_millis(RETRY_MS));
                let failure = Failure::Limited(format!("status 429, {} s{why}", wait.as_secs()));
                if wait > Duration::from_millis(limits.wait_ms_max) {
                    return Stumble::Final(failure);
                }
                Stumble::Again(failure, wait)
            }
            408 | 409 | 500..=599 => {
                let wait = wait.unwrap_or(Duration::from_millis(RETRY_MS));
                Stumble::Again(infra, wait.min(Duration::from_millis(limits.wait_ms_max)))
            }
            _ => Stumble::Final(infra),
        }
    }

    /// `: the server says …`, or nothing.
    async fn error_of(&self, response: Response) -> String {
        let body = peer::body_of(response, ERROR_BYTES_MAX).await.bytes;
        let Ok(error) = serde_json::from_slice::<Value>(&body) else { return String::new() };
        let failure = failure_of(if error["error"].is_object() { &error["error"] } else { &error });
        format!(": {}", self.tidy(&failure.to_string()))
    }

    /// A server's words, short, on one line, and without anything secret.
    fn tidy(&self, text: &str) -> String {
        let hidden = self.key.as_ref().map_or_else(|| text.to_owned(), |it| it.hide_in(text));
        peer::words(&hidden, ERROR_CHARS_MAX)
    }
}

fn headers(api: Api, key: Option<&Key>) -> Result<HeaderMap, Failure> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
    if api == Api::Anthropic {
        let name = HeaderName::from_static("anthropic-version");
        headers.insert(name, HeaderValue::from_static(ANTHROPIC_VERSION));
    }
    if let Some(key) = key {
        let (name, prefix) = api.key_header();
        let value = HeaderValue::from_str(&format!("{prefix}{}", key.reveal()));
        let mut value =
            value.map_err(|_| Failure::NoKey("it holds characters that no key has".to_owned()))?;
        value.set_sensitive(true);
        headers.insert(HeaderName::from_static(name), value);
    }
    Ok(headers)
}

/// How long the server asks to wait; dates are not read, and mean the usual wait.
fn wait_of(headers: &HeaderMap) -> Option<Duration> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<f64>().ok();
    let seconds =
        number("retry-after-ms").map(|it| it / 1000.0).or_else(|| number("retry-after"))?;
    // A hostile number must not overflow the clock.
    seconds.is_finite().then(|| Duration::from_secs_f64(seconds.clamp(0.0, 86_400.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_made_as_the_providers_document_them() {
        let address =
            |api: Api, url: &str| api.address(&Url::parse(url).expect("a URL")).to_string();
        let base = "https://api.example.com/v1/";
        assert_eq!(address(Api::OpenAi, base), "https://api.example.com/v1/chat/completions");
        for base in ["https://api.example.com", base] {
            assert_eq!(address(Api::Anthropic, base), "https://api.example.com/v1/messages");
        }
    }

    #[test]
    fn waits_are_bounded_whatever_a_server_says() {
        let wait = |name: &'static str, value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, HeaderValue::from_static(value));
            wait_of(&headers)
        };
        assert_eq!(wait("retry-after", "7"), Some(Duration::from_secs(7)));
        assert_eq!(wait("retry-after-ms", "250"), Some(Duration::from_millis(250)));
        assert_eq!(wait("retry-after", "1e300"), Some(Duration::from_secs(86_400)));
        assert_eq!(wait("retry-after", "-1"), Some(Duration::ZERO));
        assert_eq!(wait("retry-after", "NaN"), None);
        assert_eq!(wait("retry-after", "Sat, 21 Nov 2026 12:00:00 GMT"), None);
    }
}
