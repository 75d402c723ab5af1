//! A client that only measures: it stamps every message when it arrives, and answers what a server
//! asks so that none waits for it.

use anyhow::Context as _;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A server that is silent for so long has failed the measurement.
const PATIENCE: Duration = Duration::from_secs(20);

/// A message and when its last byte was read.
#[derive(Debug)]
pub struct Arrival {
    pub at: Instant,
    pub message: Value,
}

/// A running server.
pub struct Client {
    child: Child,
    stdin: Arc<Mutex<ChildStdin>>,
    arrivals: Receiver<Arrival>,
    n_requests: i64,
    pub spawned: Instant,
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the real clock")]
pub fn now() -> Instant {
    Instant::now()
}

impl Client {
    #[expect(clippy::disallowed_methods, reason = "the harness is outside the program")]
    pub fn spawn(command: &[String]) -> anyhow::Result<Self> {
        let (program, arguments) = command.split_first().context("the command is empty")?;
        let spawned = now();
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("start `{program}`"))?;
        let stdin = Arc::new(Mutex::new(child.stdin.take().context("stdin is a pipe")?));
        let stdout = child.stdout.take().context("stdout is a pipe")?;
        let (tell, arrivals) = channel();
        let answers = Arc::clone(&stdin);
        std::thread::spawn(move || read(stdout, &answers, &tell));
        Ok(Self { child, stdin, arrivals, n_requests: 0, spawned })
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends a notification and returns when its first byte was written.
    pub fn notify(&self, method: &str, params: Value) -> anyhow::Result<Instant> {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }))
    }

    /// Sends a request; returns when, and its id.
    pub fn request(&mut self, method: &str, params: Value) -> anyhow::Result<(Instant, i64)> {
        self.n_requests += 1;
        let id = self.n_requests;
        let at =
            self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))?;
        Ok((at, id))
    }

    /// Sends a request and waits for its result.
    pub fn call(&mut self, method: &str, params: Value) -> anyhow::Result<(Duration, Value)> {
        let (sent, id) = self.request(method, params)?;
        let mut arrival = self.wait(method, |it| is_answer(it, id))?;
        anyhow::ensure!(arrival.message.get("error").is_none(), "{method}: {}", arrival.message);
        Ok((arrival.at - sent, arrival.message["result"].take()))
    }

    /// Waits for the first message that `wanted` takes, and drops those before it.
    pub fn wait(&self, what: &str, wanted: impl Fn(&Value) -> bool) -> anyhow::Result<Arrival> {
        loop {
            let arrival = self.arrivals.recv_timeout(PATIENCE).with_context(|| {
                format!("wait for {what}: the server said nothing for {PATIENCE:?}, or ended")
            })?;
            if wanted(&arrival.message) {
                return Ok(arrival);
            }
        }
    }

    /// All messages until none came for `quiet`.
    pub fn drain(&self, quiet: Duration) -> Vec<Arrival> {
        std::iter::from_fn(|| self.arrivals.recv_timeout(quiet).ok()).collect()
    }

    pub fn send(&self, message: &Value) -> anyhow::Result<Instant> {
        let bytes = encode(message);
        let mut stdin = self.stdin.lock().unwrap_or_else(PoisonError::into_inner);
        let at = now();
        stdin.write_all(&bytes).and_then(|()| stdin.flush()).context("write to the server")?;
        Ok(at)
    }

    /// Ends the server as an editor does.
    pub fn stop(mut self) -> anyhow::Result<()> {
        self.call("shutdown", Value::Null)?;
        self.notify("exit", Value::Null)?;
        let start = now();
        while self.child.try_wait().context("ask for the server's end")?.is_none() {
            anyhow::ensure!(start.elapsed() < PATIENCE, "the server did not end after `exit`");
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(())
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // It may have ended already, which is as well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn is_answer(message: &Value, id: i64) -> bool {
    message["id"] == id && message.get("method").is_none()
}

/// Whether `message` publishes diagnostics of `uri`, of that version where the server says one.
pub fn publishes(message: &Value, uri: &str, version: i64) -> bool {
    message["method"] == "textDocument/publishDiagnostics"
        && message["params"]["uri"] == uri
        && message["params"]["version"].as_i64().is_none_or(|it| it == version)
}

fn encode(message: &Value) -> Vec<u8> {
    let body = message.to_string();
    format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

fn read(stdout: ChildStdout, answers: &Mutex<ChildStdin>, tell: &Sender<Arrival>) {
    let mut stdout = BufReader::with_capacity(1 << 16, stdout);
    while let Some(body) = frame(&mut stdout) {
        let at = now();
        let Ok(message) = serde_json::from_slice::<Value>(&body) else { continue };
        if message.get("method").is_some()
            && let Some(id) = message.get("id")
        {
            let result = match message["method"].as_str() {
                Some("workspace/configuration") => {
                    let n_items = message["params"]["items"].as_array().map_or(1, Vec::len);
                    Value::Array(vec![Value::Null; n_items])
                }
                _ => Value::Null,
            };
            let answer = encode(&json!({ "jsonrpc": "2.0", "id": id, "result": result }));
            let mut stdin = answers.lock().unwrap_or_else(PoisonError::into_inner);
            if stdin.write_all(&answer).and_then(|()| stdin.flush()).is_err() {
                return;
            }
        }
        if tell.send(Arrival { at, message }).is_err() {
            return;
        }
    }
}

/// The next body; `None` at the end of the stream, or where it is no LSP.
fn frame(stdout: &mut BufReader<ChildStdout>) -> Option<Vec<u8>> {
    let mut length = None;
    loop {
        let mut line = String::new();
        if stdout.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok();
        }
    }
    let mut body = vec![0; length?];
    stdout.read_exact(&mut body).ok()?;
    Some(body)
}
