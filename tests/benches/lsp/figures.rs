//! One server on one document: start, open, keystrokes, a burst, memory.

use crate::client::{Client, publishes};
use crate::subject::{Mode, Subject};
use anyhow::Context as _;
use serde_json::{Value, json};
use std::time::Duration;
use tempfile::TempDir;
use tests::measure::{Samples, ms, ratio};
use text::line_index::{Encoding, LineIndex, Position};

const STARTS: usize = 9;
const EDITS: usize = 30;
const BURST: usize = 200;
/// Between edits, so that each is a keystroke and no burst.
const PAUSE: Duration = Duration::from_millis(12);
/// A burst is over when nothing was published for so long; longer than any debounce measured.
const QUIET: Duration = Duration::from_millis(700);

pub const HEADER: [&str; 13] = [
    "server",
    "KB",
    "start",
    "× echo",
    "open",
    "keystroke p50",
    "p95",
    "p50 × echo",
    "full text p50",
    "p95",
    "p50 × echo",
    "burst of 200: publishes, last after",
    "MB",
];

pub struct Figures {
    start: Samples,
    open: Duration,
    incremental: Samples,
    full: Samples,
    burst: Burst,
    resident_kb: u64,
}

struct Burst {
    n_publishes: usize,
    /// From the last change sent to the last publish read.
    last_after: Duration,
    is_right: bool,
}

/// The same messages through `cat`.
pub struct Echo {
    start: Samples,
    incremental: Samples,
    full: Samples,
}

impl Echo {
    pub fn measure(subject: &Subject) -> anyhow::Result<Self> {
        let cat = ["cat".to_owned()];
        let trip = |client: &Client, message: &Value| -> anyhow::Result<Duration> {
            std::thread::sleep(PAUSE);
            let sent = client.send(message)?;
            Ok(client.wait("the echo", |_| true)?.at - sent)
        };
        let mut start = Vec::new();
        for _ in 0..STARTS {
            let client = Client::spawn(&cat)?;
            client.send(&json!({ "method": "initialize" }))?;
            start.push(client.wait("the echo", |_| true)?.at - client.spawned);
        }
        let client = Client::spawn(&cat)?;
        let mut typing = Typing::new(subject);
        let (mut incremental, mut full) = (Vec::new(), Vec::new());
        for _ in 0..EDITS {
            incremental.push(trip(&client, &typing.type_letter())?);
            full.push(trip(&client, &typing.replace())?);
        }
        Ok(Self {
            start: start.into_iter().collect(),
            incremental: incremental.into_iter().collect(),
            full: full.into_iter().collect(),
        })
    }
}

impl Figures {
    pub fn measure(subject: &Subject) -> anyhow::Result<Self> {
        let folder = TempDir::new().context("make a folder for the workspace")?;
        let start = (0..STARTS)
            .map(|_| {
                let (client, took) = started(subject, &folder)?;
                client.stop()?;
                Ok(took)
            })
            .collect::<anyhow::Result<Samples>>()?;
        let (mut client, _) = started(subject, &folder)?;
        let mut typing = Typing::new(subject);
        typing.uri = uri(&folder, subject.file);
        let open = open(&mut client, subject, &typing)?;
        let mut keystrokes = |typing: &mut Typing, whole: bool| {
            let edit = |_| {
                client.drain(PAUSE);
                let message = if whole { typing.replace() } else { typing.type_letter() };
                keystroke(&mut client, subject, typing, &message)
            };
            (0..EDITS).map(edit).collect::<anyhow::Result<Samples>>()
        };
        // The first ones warm caches of all parties.
        keystrokes(&mut typing, false)?;
        let incremental = keystrokes(&mut typing, false)?;
        let full = keystrokes(&mut typing, true)?;
        let burst = burst(&mut client, subject, &mut typing, &folder)?;
        let resident_kb = status_value(client.pid(), "VmRSS:")?;
        client.stop()?;
        Ok(Self { start, open, incremental, full, burst, resident_kb })
    }

    pub fn row(&self, subject: &Subject, echo: &Echo) -> Vec<String> {
        let (incremental, full) = (self.incremental.median(), self.full.median());
        let right = if self.burst.is_right { "" } else { ", not the right ones" };
        let n = self.burst.n_publishes;
        let publishes = match subject.mode {
            Mode::Push => format!("{n}, {}{right}", ms(self.burst.last_after)),
            Mode::Pull => format!("pulled, {}{right}", ms(self.burst.last_after)),
        };
        vec![
            subject.name.clone(),
            (subject.text.len() / 1000).to_string(),
            ms(self.start.median()),
            ratio(self.start.median(), echo.start.median()),
            ms(self.open),
            ms(incremental),
            ms(self.incremental.percentile(95)),
            ratio(incremental, echo.incremental.median()),
            ms(full),
            ms(self.full.percentile(95)),
            ratio(full, echo.full.median()),
            publishes,
            format!("{:.0}", self.resident_kb as f64 / 1024.0),
        ]
    }
}

/// A document to which letters are added at one place.
struct Typing {
    uri: String,
    version: i64,
    text: String,
    at: usize,
    start: Position,
    n_typed: u32,
}

impl Typing {
    fn new(subject: &Subject) -> Self {
        let start = LineIndex::new(&subject.text).position(subject.typed_at, Encoding::Utf16);
        Self {
            uri: format!("file:///{}", subject.file),
            version: 1,
            text: subject.text.clone(),
            at: subject.typed_at,
            start,
            n_typed: 0,
        }
    }

    fn add_letter(&mut self) -> char {
        const LETTERS: &[u8] = b"estimated";
        let letter = char::from(LETTERS[self.n_typed as usize % LETTERS.len()]);
        self.text.insert(self.at, letter);
        self.at += 1;
        self.n_typed += 1;
        self.version += 1;
        letter
    }

    /// One letter as an incremental change.
    fn type_letter(&mut self) -> Value {
        let column = self.start.column + self.n_typed;
        let letter = self.add_letter();
        let at = json!({ "line": self.start.line, "character": column });
        self.change(json!({ "range": { "start": at, "end": at }, "text": letter.to_string() }))
    }

    /// One letter as a change of the whole text.
    fn replace(&mut self) -> Value {
        self.add_letter();
        self.change(json!({ "text": self.text }))
    }

    fn change(&self, change: Value) -> Value {
        let document = json!({ "uri": self.uri, "version": self.version });
        let params = json!({ "textDocument": document, "contentChanges": [change] });
        json!({ "jsonrpc": "2.0", "method": "textDocument/didChange", "params": params })
    }
}

fn uri(folder: &TempDir, file: &str) -> String {
    format!("file://{}/{file}", folder.path().display())
}

fn started(subject: &Subject, folder: &TempDir) -> anyhow::Result<(Client, Duration)> {
    let mut client = Client::spawn(&subject.command)?;
    let params = initialize(&format!("file://{}", folder.path().display()), subject.mode);
    client.call("initialize", params)?;
    let took = client.spawned.elapsed();
    client.notify("initialized", json!({}))?;
    Ok((client, took))
}

pub fn initialize(root: &str, mode: Mode) -> Value {
    let mut document = json!({
        "publishDiagnostics": { "versionSupport": true, "relatedInformation": true },
        "synchronization": { "didSave": true },
    });
    if mode == Mode::Pull {
        document["diagnostic"] = json!({ "dynamicRegistration": false });
    }
    json!({
        "processId": std::process::id(),
        "rootUri": root,
        "workspaceFolders": [{ "uri": root, "name": "bench" }],
        "capabilities": {
            "general": { "positionEncodings": ["utf-16"] },
            "textDocument": document,
            "workspace": { "configuration": true, "workspaceFolders": true },
        },
    })
}

fn open(client: &mut Client, subject: &Subject, typing: &Typing) -> anyhow::Result<Duration> {
    let document = json!({
        "uri": typing.uri, "languageId": subject.language, "version": typing.version,
        "text": typing.text,
    });
    let sent = client.notify("textDocument/didOpen", json!({ "textDocument": document }))?;
    Ok(told(client, subject, typing)?.0 - sent)
}

fn keystroke(
    client: &mut Client,
    subject: &Subject,
    typing: &Typing,
    message: &Value,
) -> anyhow::Result<Duration> {
    let sent = client.send(message)?;
    Ok(told(client, subject, typing)?.0 - sent)
}

/// Waits for the diagnostics of the document as it now is.
fn told(
    client: &mut Client,
    subject: &Subject,
    typing: &Typing,
) -> anyhow::Result<(std::time::Instant, Value)> {
    match subject.mode {
        Mode::Push => {
            let wanted = |it: &Value| publishes(it, &typing.uri, typing.version);
            let mut arrival = client.wait("the diagnostics", wanted)?;
            Ok((arrival.at, arrival.message["params"]["diagnostics"].take()))
        }
        Mode::Pull => {
            let params = json!({ "textDocument": { "uri": typing.uri } });
            let (sent, id) = client.request("textDocument/diagnostic", params)?;
            let mut arrival =
                client.wait("the diagnostics", |it| crate::client::is_answer(it, id))?;
            let error = arrival.message.get("error");
            anyhow::ensure!(error.is_none(), "pull of {sent:?}: {}", arrival.message);
            Ok((arrival.at, arrival.message["result"]["items"].take()))
        }
    }
}

fn burst(
    client: &mut Client,
    subject: &Subject,
    typing: &mut Typing,
    folder: &TempDir,
) -> anyhow::Result<Burst> {
    client.drain(QUIET);
    let mut last_sent = crate::client::now();
    for _ in 0..BURST {
        last_sent = client.send(&typing.type_letter())?;
    }
    let (n_publishes, at, diagnostics) = match subject.mode {
        Mode::Push => {
            let arrivals = client.drain(QUIET);
            let mut publishes: Vec<_> = (arrivals.into_iter())
                .filter(|it| it.message["method"] == "textDocument/publishDiagnostics")
                .collect();
            let mut last = publishes.pop().context("nothing was published after a burst")?;
            (publishes.len() + 1, last.at, last.message["params"]["diagnostics"].take())
        }
        Mode::Pull => {
            let (at, diagnostics) = told(client, subject, typing)?;
            (1, at, diagnostics)
        }
    };
    // What a server says that never saw another text.
    let (mut fresh, _) = started(subject, folder)?;
    let document = json!({
        "uri": typing.uri, "languageId": subject.language, "version": typing.version,
        "text": typing.text,
    });
    fresh.notify("textDocument/didOpen", json!({ "textDocument": document }))?;
    let expected = told(&mut fresh, subject, typing)?.1;
    fresh.stop()?;
    let is_right = places(&diagnostics) == places(&expected);
    Ok(Burst { n_publishes, last_after: at - last_sent, is_right })
}

/// Ranges and messages: `data` may differ from run to run.
fn places(diagnostics: &Value) -> Vec<String> {
    let all = diagnostics.as_array().map_or(&[][..], Vec::as_slice);
    let mut places: Vec<String> =
        all.iter().map(|it| format!("{} {}", it["range"], it["message"])).collect();
    places.sort();
    places
}

/// A number of `/proc/PID/status`, such as kilobytes.
pub fn status_value(pid: u32, name: &str) -> anyhow::Result<u64> {
    proc_value(&format!("/proc/{pid}/status"), name)
}

pub fn proc_value(path: &str, name: &str) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(path).with_context(|| format!("read `{path}`"))?;
    let line = status.lines().find_map(|it| it.strip_prefix(name));
    let number = line.and_then(|it| it.split_whitespace().next());
    number.and_then(|it| it.parse().ok()).with_context(|| format!("find {name} in `{path}`"))
}
