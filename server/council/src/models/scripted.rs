//! A scripted peer that speaks the wire formats of both kinds of model endpoints.

use super::check;
use super::lens::Lens;
use super::wire::Api;
use serde_json::{Value, json};
use std::io::Write as _;
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use url::Url;

/// What the peer does with one request.
pub(crate) enum Act {
    /// A whole stream with this text.
    Text(String),
    /// A stream that ends before the model said that it was done.
    Cut(String),
    /// Headers, and then nothing for a while.
    HalfOpen,
    /// A stream in which the model refuses.
    Refuse,
    /// A stream that is cut off by the limit of tokens.
    TooLong,
    /// An error with its headers and body.
    Status(u16, &'static str, Value),
}

/// A request, as the peer heard it.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    pub(crate) head: String,
    pub(crate) body: Value,
    /// `None` for the check of a claim.
    pub(crate) lens: Option<Lens>,
}

impl Heard {
    fn of(request: &peer::scripted::Heard) -> Self {
        let body: Value = serde_json::from_str(&request.body).expect("questions are JSON");
        let system = body["system"].as_str().or(body["messages"][0]["content"].as_str());
        let system = system.expect("each question has a role");
        let mut lenses = Lens::STANDARD.into_iter().chain([Lens::Advocate]);
        let lens = lenses.find(|it| system.starts_with(it.role()));
        assert!(lens.is_some() || system.starts_with(check::ROLE), "{system}");
        Self { head: request.head.clone(), body, lens }
    }
}

pub(crate) struct Peer {
    pub(crate) url: Url,
    pub(crate) heard: Arc<Mutex<Vec<Heard>>>,
}

impl Peer {
    /// Starts a peer. `script` gets the request and how many of its lens came before it.
    pub(crate) fn start(script: impl Fn(&Heard, usize) -> Act + Send + Sync + 'static) -> Self {
        let heard: Arc<Mutex<Vec<Heard>>> = Arc::default();
        let all = Arc::clone(&heard);
        let server = peer::scripted::Peer::start(move |request, stream| {
            let request = Heard::of(request);
            let n_before = {
                let mut all = all.lock().expect("nobody panicked");
                all.push(request.clone());
                all.iter().filter(|it| it.lens == request.lens).count() - 1
            };
            let api = if request.head.contains("/messages") { Api::Anthropic } else { Api::OpenAi };
            act(stream, api, script(&request, n_before))
        });
        Self { url: server.url.join("/v1").expect("a URL"), heard }
    }

    pub(crate) fn n_heard(&self) -> usize {
        self.heard.lock().expect("nobody panicked").len()
    }
}

fn act(stream: &mut TcpStream, api: Api, act: Act) -> std::io::Result<()> {
    let open = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
    match act {
        Act::Status(status, headers, body) => {
            let body = body.to_string();
            let n = body.len();
            write!(stream, "HTTP/1.1 {status} No\r\n{headers}content-length: {n}\r\n")?;
            write!(stream, "connection: close\r\n\r\n{body}")
        }
        Act::HalfOpen => {
            stream.write_all(open.as_bytes())?;
            stream.write_all(&events(api, "{\"verdict\":", None)[..40])?;
            stream.flush()?;
            std::thread::sleep(Duration::from_secs(3));
            Ok(())
        }
        Act::Text(text) => send(stream, open, &events(api, &text, Some("done"))),
        Act::Cut(text) => send(stream, open, &events(api, &text, None)),
        Act::Refuse => send(stream, open, &events(api, "", Some("refused"))),
        Act::TooLong => send(stream, open, &events(api, "{", Some("length"))),
    }
}

/// Sends in small pieces, as networks do.
fn send(stream: &mut TcpStream, open: &str, bytes: &[u8]) -> std::io::Result<()> {
    stream.write_all(open.as_bytes())?;
    for piece in bytes.chunks(97) {
        stream.write_all(piece)?;
        stream.flush()?;
    }
    Ok(())
}

fn events(api: Api, text: &str, stop: Option<&str>) -> Vec<u8> {
    let chars: Vec<char> = text.chars().collect();
    let pieces = chars.chunks(16).map(|it| it.iter().collect::<String>());
    let mut events: Vec<Value> = Vec::new();
    match api {
        Api::OpenAi => {
            let chunk = |delta: Value, finish: Value| json!({ "choices": [{ "index": 0, "delta": delta, "finish_reason": finish }] });
            events.extend(pieces.map(|it| chunk(json!({ "content": it }), Value::Null)));
            if let Some(stop) = stop {
                let word = match stop {
                    "refused" => "content_filter",
                    "length" => "length",
                    _ => "stop",
                };
                events.push(chunk(json!({}), json!(word)));
                let usage = json!({ "prompt_tokens": 1000, "completion_tokens": 100 });
                events.push(json!({ "choices": [], "usage": usage }));
            }
        }
        Api::Anthropic => {
            let usage = json!({ "input_tokens": 1000, "output_tokens": 1 });
            events.push(json!({ "type": "message_start", "message": { "usage": usage } }));
            events.extend(pieces.map(|it| {
                let delta = json!({ "type": "text_delta", "text": it });
                json!({ "type": "content_block_delta", "index": 0, "delta": delta })
            }));
            if let Some(stop) = stop {
                let word = match stop {
                    "refused" => "refusal",
                    "length" => "max_tokens",
                    _ => "end_turn",
                };
                let delta = json!({ "stop_reason": word });
                let usage = json!({ "output_tokens": 100 });
                events.push(json!({ "type": "message_delta", "delta": delta, "usage": usage }));
                events.push(json!({ "type": "message_stop" }));
            }
        }
    }
    let mut out = String::new();
    for event in events {
        if let Some(name) = event["type"].as_str() {
            out += &format!("event: {name}\n");
        }
        out += &format!("data: {event}\n\n");
    }
    if api == Api::OpenAi && stop.is_some() {
        out += "data: [DONE]\n\n";
    }
    out.into_bytes()
}
