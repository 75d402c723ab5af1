//! A client for tests: speaks to a server over pipes, in one process or another.
//!
//! At its end it asserts what no test should have to repeat: every request was answered, once.

use lsp::transport::frame::{self, Incoming};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::{BufReader, PipeReader, PipeWriter, Read, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// Long enough for a machine under load; a test that waits so long has failed.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// One connection, seen from the client.
pub struct TestClient {
    output: Option<Box<dyn Write + Send>>,
    incoming: Receiver<Value>,
    n_requests: i64,
    unanswered: BTreeSet<i64>,
    answers: BTreeMap<i64, Value>,
    /// Notifications of the server that no test has taken yet.
    notifications: VecDeque<Value>,
    /// Requests of the server, answered or not.
    pub requests: Vec<Value>,
    /// What `workspace/configuration` gives for each section; `None` never answers any request.
    pub configuration: Option<Value>,
}

impl TestClient {
    /// A client over a pair of streams.
    pub fn new(output: impl Write + Send + 'static, input: impl Read + Send + 'static) -> Self {
        let (tell, incoming) = channel();
        std::thread::spawn(move || read_all(input, &tell));
        Self {
            output: Some(Box::new(output)),
            incoming,
            n_requests: 0,
            unanswered: BTreeSet::new(),
            answers: BTreeMap::new(),
            notifications: VecDeque::new(),
            requests: Vec::new(),
            configuration: Some(Value::Null),
        }
    }

    /// A client of a server that `serve` runs over the other ends, on a thread of its own.
    pub fn of(serve: impl FnOnce(PipeReader, PipeWriter) + Send + 'static) -> Self {
        let (server_input, output) = std::io::pipe().expect("a pipe");
        let (input, server_output) = std::io::pipe().expect("a pipe");
        std::thread::spawn(move || serve(server_input, server_output));
        Self::new(output, input)
    }

    /// A client of the real server in this process, which has answered `initialize`.
    pub fn start(params: Value) -> (Self, Value) {
        let mut client = Self::of(|input, output| {
            lsp::serve(input, output).expect("threads can be started");
        });
        let result = client.initialize(params);
        (client, result)
    }

    pub fn initialize(&mut self, mut params: Value) -> Value {
        if params.get("capabilities").is_none() {
            params["capabilities"] = json!({});
        }
        let result = self.call("initialize", params);
        self.notify("initialized", json!({}));
        result
    }

    pub fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a request and returns its id.
    pub fn request(&mut self, method: &str, params: Value) -> i64 {
        self.n_requests += 1;
        let id = self.n_requests;
        self.unanswered.insert(id);
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        id
    }

    /// The result of a request; panics on an error.
    pub fn call(&mut self, method: &str, params: Value) -> Value {
        let id = self.request(method, params);
        let answer = self.answer(id);
        match answer.get("result") {
            Some(result) => result.clone(),
            None => panic!("{method} failed: {answer}"),
        }
    }

    /// Waits for the answer to `id`, result or error.
    pub fn answer(&mut self, id: i64) -> Value {
        self.wait(&format!("the answer to request {id}"), |it| it.answers.remove(&id))
    }

    /// Whether a request is answered within `time`; the answer stays for [`Self::answer`].
    pub fn is_answered(&mut self, id: i64, time: Duration) -> bool {
        while let Ok(message) = self.incoming.recv_timeout(time) {
            self.take(message);
            if self.answers.contains_key(&id) {
                break;
            }
        }
        self.answers.contains_key(&id)
    }

    /// Waits for the next notification of that method; others stay for later.
    pub fn notification(&mut self, method: &str) -> Value {
        self.first_of(&[method]).1
    }

    /// Waits for the next notification of one of those methods, and tells of which; others stay for
    /// later.
    pub fn first_of(&mut self, methods: &[&str]) -> (String, Value) {
        self.wait(&methods.join(" or "), |it| {
            let is_it = |it: &Value| methods.iter().any(|method| it["method"] == *method);
            let at = it.notifications.iter().position(is_it)?;
            let mut found = it.notifications.remove(at)?;
            Some((found["method"].as_str()?.to_owned(), found["params"].take()))
        })
    }

    /// Waits for a notification that `fits` and drops those of its method before it.
    pub fn wait_for(&mut self, method: &str, fits: impl Fn(&Value) -> bool) -> Value {
        loop {
            let params = self.notification(method);
            if fits(&params) {
                return params;
            }
        }
    }

    /// Waits for diagnostics of that version of a document and drops those before.
    pub fn diagnostics(&mut self, uri: &str, version: i64) -> Value {
        self.wait_for("textDocument/publishDiagnostics", |it| {
            it["uri"] == uri && it["version"] == version
        })
    }

    /// Waits for a request of the server and takes it.
    pub fn server_request(&mut self, method: &str) -> Value {
        self.wait(method, |it| {
            let at = it.requests.iter().position(|it| it["method"] == method)?;
            Some(it.requests.remove(at))
        })
    }

    /// Answers a request of the server; for tests without [`Self::configuration`].
    pub fn respond(&mut self, request: &Value, result: &Value) {
        self.send(&json!({ "jsonrpc": "2.0", "id": request["id"], "result": result }));
    }

    /// Everything that the server said unasked within `quiet` after its last word.
    pub fn drain(&mut self, quiet: Duration) -> Vec<Value> {
        while let Ok(message) = self.incoming.recv_timeout(quiet) {
            self.take(message);
        }
        self.notifications.drain(..).collect()
    }

    pub fn open(&mut self, uri: &str, version: i64, text: &str) {
        let document =
            json!({ "uri": uri, "languageId": "markdown", "version": version, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document }));
    }

    /// Replaces the whole text.
    pub fn change(&mut self, uri: &str, version: i64, text: &str) {
        self.edit(uri, version, json!({ "text": text }));
    }

    /// Sends one content change.
    pub fn edit(&mut self, uri: &str, version: i64, change: Value) {
        let document = json!({ "uri": uri, "version": version });
        let params = json!({ "textDocument": document, "contentChanges": [change] });
        self.notify("textDocument/didChange", params);
    }

    pub fn close(&mut self, uri: &str) {
        self.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
    }

    /// Writes bytes that need not be a message.
    pub fn send_raw(&mut self, bytes: &[u8]) {
        let output = self.output.as_mut().expect("the output is open");
        output.write_all(bytes).and_then(|()| output.flush()).expect("the server reads");
    }

    /// Ends the server's input.
    pub fn hang_up(&mut self) {
        self.output = None;
    }

    /// Says `shutdown` and `exit`, as editors do.
    pub fn exit(mut self) {
        let id = self.request("shutdown", Value::Null);
        self.answer(id);
        self.send(&json!({ "jsonrpc": "2.0", "method": "exit" }));
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        self.send_raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    #[expect(clippy::disallowed_methods, reason = "a test's patience is real time")]
    fn wait<T>(&mut self, what: &str, mut found: impl FnMut(&mut Self) -> Option<T>) -> T {
        let end = Instant::now() + PATIENCE;
        loop {
            while let Ok(message) = self.incoming.try_recv() {
                self.take(message);
            }
            if let Some(it) = found(self) {
                return it;
            }
            let left = end.saturating_duration_since(Instant::now());
            match self.incoming.recv_timeout(left) {
                Ok(message) => self.take(message),
                Err(RecvTimeoutError::Timeout) => {
                    panic!("waited in vain for {what}; got {:?}", self.notifications)
                }
                Err(RecvTimeoutError::Disconnected) => {
                    panic!("the server ended before {what}; got {:?}", self.notifications)
                }
            }
        }
    }

    fn take(&mut self, message: Value) {
        if message.get("method").is_none() {
            // Errors about frames that could not be read belong to no request.
            let Some(id) = message["id"].as_i64() else {
                self.notifications.push_back(message);
                return;
            };
            assert!(self.unanswered.remove(&id), "request {id} was answered twice: {message}");
            self.answers.insert(id, message);
        } else if message.get("id").is_some() {
            self.reply(&message);
            self.requests.push(message);
        } else {
            self.notifications.push_back(message);
        }
    }

    fn reply(&mut self, request: &Value) {
        let Some(configuration) = self.configuration.clone() else { return };
        let result = match request["method"].as_str() {
            Some("workspace/configuration") => {
                let n_items = request["params"]["items"].as_array().map_or(0, Vec::len);
                Value::Array(vec![configuration; n_items])
            }
            Some("workspace/applyEdit") => json!({ "applied": true }),
            _ => Value::Null,
        };
        self.send(&json!({ "jsonrpc": "2.0", "id": request["id"], "result": result }));
    }
}

impl Drop for TestClient {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let left = self.unanswered.clone();
        for id in left {
            self.answer(id);
        }
    }
}

fn read_all(input: impl Read, tell: &Sender<Value>) {
    let mut input = BufReader::new(input);
    loop {
        let message = match frame::read(&mut input) {
            Ok(Some(Incoming::Request(it))) => serde_json::to_value(it),
            Ok(Some(Incoming::Response(it))) => serde_json::to_value(it),
            Ok(Some(Incoming::Malformed(_, error))) => panic!("the server wrote {error}"),
            Ok(None) | Err(_) => return,
        };
        if tell.send(message.expect("messages have string keys only")).is_err() {
            return;
        }
    }
}
