//! The transport under the loads that wedge other servers, with a server made for it.

use lsp::Ended;
use lsp::transport::Behind;
use lsp::transport::pump::Pump;
use lsp_types::{InitializeParams, InitializeResult};
use serde_json::{Value, json};
use std::io::{PipeReader, PipeWriter, Write as _};
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;
use tests::lsp_client::{PATIENCE, TestClient};
use tower_lsp::jsonrpc::Result;
use tower_lsp::{Client, LanguageServer, LspService};

/// A document that is one number, and handlers that behave badly.
struct Probe {
    client: Client,
    document: Arc<AtomicI64>,
    n_notes: Arc<AtomicUsize>,
    n_configured: Arc<AtomicUsize>,
}

impl LanguageServer for Probe {
    async fn initialize(&self, _: InitializeParams) -> Result<InitializeResult> {
        Ok(InitializeResult::default())
    }

    async fn shutdown(&self) -> Result<()> {
        Ok(())
    }
}

impl Probe {
    async fn set(&self, params: Value) {
        self.document.store(params["n"].as_i64().expect("a number"), Ordering::SeqCst);
    }

    /// Answers what the document was when the request was read.
    async fn get(&self) -> Result<i64> {
        let seen = self.document.load(Ordering::SeqCst);
        tokio::task::yield_now().await;
        tokio::time::sleep(Duration::from_micros(50)).await;
        Ok(seen)
    }

    async fn stuck(&self) -> Result<()> {
        std::future::pending().await
    }

    async fn panic_at_once(&self) -> Result<()> {
        panic!("on purpose")
    }

    async fn panic_later(&self) -> Result<()> {
        tokio::task::yield_now().await;
        panic!("on purpose")
    }

    /// What harms other servers: a notification that waits for the client.
    async fn configure(&self) {
        let items = vec![lsp_types::ConfigurationItem::default()];
        if self.client.configuration(items).await.is_ok() {
            self.n_configured.fetch_add(1, Ordering::SeqCst);
        }
    }

    async fn note(&self) {
        self.n_notes.fetch_add(1, Ordering::SeqCst);
    }

    async fn counts(&self) -> Result<Value> {
        let notes = self.n_notes.load(Ordering::SeqCst);
        Ok(json!({ "notes": notes, "configured": self.n_configured.load(Ordering::SeqCst) }))
    }
}

fn serve(input: PipeReader, output: PipeWriter, ended: mpsc::Sender<Ended>) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()
        .expect("a runtime");
    let (service, socket) = LspService::build(|client| Probe {
        client,
        document: Arc::default(),
        n_notes: Arc::default(),
        n_configured: Arc::default(),
    })
    .custom_method("probe/set", Probe::set)
    .custom_method("probe/get", Probe::get)
    .custom_method("probe/stuck", Probe::stuck)
    .custom_method("probe/panicAtOnce", Probe::panic_at_once)
    .custom_method("probe/panicLater", Probe::panic_later)
    .custom_method("probe/configure", Probe::configure)
    .custom_method("probe/note", Probe::note)
    .custom_method("probe/counts", Probe::counts)
    .finish();
    let pump = Pump::start(output).expect("a thread");
    let (tell, end) = mpsc::channel();
    let handle = runtime.handle().clone();
    let behind = Behind::default();
    lsp::transport::serve(service, socket, input, pump.clone(), behind, handle, tell)
        .expect("a thread");
    let end = end.recv().expect("the reader tells");
    pump.finish(Duration::from_secs(1));
    runtime.shutdown_background();
    // The test may have no interest in the end.
    let _ = ended.send(end);
}

fn probe() -> (TestClient, mpsc::Receiver<Ended>) {
    let (tell, ended) = mpsc::channel();
    let mut client = TestClient::of(move |input, output| serve(input, output, tell));
    client.initialize(json!({}));
    (client, ended)
}

#[test]
fn no_answer_is_stale_in_2000_interleaved_changes_and_requests() {
    let (mut client, _ended) = probe();
    let mut ids = Vec::new();
    for n in 0..2000 {
        client.notify("probe/set", json!({ "n": n }));
        ids.push(client.request("probe/get", Value::Null));
    }
    for (n, id) in (0..).zip(ids) {
        assert_eq!(client.answer(id)["result"], json!(n));
    }
}

#[test]
fn requests_that_never_finish_hold_up_neither_changes_nor_cancels() {
    let (mut client, _ended) = probe();
    let stuck: Vec<i64> = (0..4).map(|_| client.request("probe/stuck", Value::Null)).collect();
    client.notify("probe/set", json!({ "n": 7 }));
    assert_eq!(client.call("probe/get", Value::Null), json!(7));
    for id in stuck {
        client.notify("$/cancelRequest", json!({ "id": id }));
        assert_eq!(client.answer(id)["error"]["code"], json!(-32800));
    }
}

#[test]
fn handlers_that_wait_for_the_client_hold_up_no_notification() {
    let (mut client, _ended) = probe();
    client.configuration = None;
    for _ in 0..4 {
        client.notify("probe/configure", Value::Null);
    }
    for _ in 0..400 {
        client.notify("probe/note", Value::Null);
    }
    let counts = client.call("probe/counts", Value::Null);
    assert_eq!(counts, json!({ "notes": 400, "configured": 0 }));
    for _ in 0..4 {
        let request = client.server_request("workspace/configuration");
        let answer = json!({ "jsonrpc": "2.0", "id": request["id"], "result": [null] });
        let body = answer.to_string();
        client.send_raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }
    // The answers are read in order, but their handlers go on by themselves.
    let configured =
        |client: &mut TestClient| client.call("probe/counts", Value::Null)["configured"] == 4;
    assert!((0..1000).any(|_| configured(&mut client)));
}

#[test]
fn a_client_may_write_4000_pairs_before_it_reads() {
    let (server_input, mut output) = std::io::pipe().expect("a pipe");
    let (input, server_output) = std::io::pipe().expect("a pipe");
    let (tell, _ended) = mpsc::channel();
    std::thread::spawn(move || serve(server_input, server_output, tell));
    let (written, all_written) = mpsc::channel();
    let writer = std::thread::spawn(move || {
        let mut send = |message: Value| {
            let body = message.to_string();
            let frame = format!("Content-Length: {}\r\n\r\n{body}", body.len());
            output.write_all(frame.as_bytes()).expect("the server reads");
        };
        let params = json!({ "capabilities": {} });
        send(json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params }));
        for n in 1..=4000 {
            send(json!({ "jsonrpc": "2.0", "method": "probe/set", "params": { "n": n } }));
            send(json!({ "jsonrpc": "2.0", "id": n, "method": "probe/get" }));
        }
        written.send(()).expect("the test waits");
        output
    });
    assert_eq!(all_written.recv_timeout(PATIENCE), Ok(()), "the server stopped reading");
    let mut input = std::io::BufReader::new(input);
    let mut n_answers = 0;
    while n_answers < 4001 {
        match lsp::transport::frame::read(&mut input).expect("the server writes") {
            Some(lsp::transport::frame::Incoming::Response(it)) => {
                let id = serde_json::to_value(it.id()).expect("an id");
                assert!(id == 0 || it.result() == Some(&id), "{it:?}");
                n_answers += 1;
            }
            other => panic!("an answer was due, not {other:?}"),
        }
    }
    drop(writer.join());
}

#[test]
fn a_handler_that_panics_costs_its_own_request_only() {
    let (mut client, _ended) = probe();
    for method in ["probe/panicAtOnce", "probe/panicLater"] {
        let id = client.request(method, Value::Null);
        let answer = client.answer(id);
        assert_eq!(answer["error"]["code"], json!(-32603), "{answer}");
    }
    client.notify("probe/set", json!({ "n": 1 }));
    assert_eq!(client.call("probe/get", Value::Null), json!(1));
}

#[test]
fn unknown_methods_are_answered_even_those_with_a_dollar() {
    let (mut client, _ended) = probe();
    for method in ["nobody/knows", "$/nobodyKnows"] {
        let id = client.request(method, Value::Null);
        assert_eq!(client.answer(id)["error"]["code"], json!(-32601), "{method}");
        client.notify(method, Value::Null);
    }
    assert_eq!(client.call("probe/get", Value::Null), json!(0));
}

#[test]
fn malformed_frames_cost_themselves_only() {
    let (mut client, _ended) = probe();
    let broken: [&[u8]; 5] = [
        b"Content-Length: 1\r\n\r\n{",
        b"Content-Length: 2\r\n\r\n\xff\xff",
        b"Content-Length: x\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"Content-Length: 2\r\n\r\n[]",
    ];
    for bytes in broken {
        client.send_raw(bytes);
        assert_eq!(client.call("probe/get", Value::Null), json!(0));
    }
    let errors = client.drain(Duration::from_millis(50));
    let codes: Vec<&Value> = errors.iter().map(|it| &it["error"]["code"]).collect();
    assert_eq!(codes, [-32700, -32700, -32700, -32700, -32600]);
}

#[test]
fn the_end_is_told_apart() {
    let (client, ended) = probe();
    client.exit();
    let end = ended.recv_timeout(PATIENCE).expect("the server ends");
    assert_eq!((end, end.exit_code()), (Ended::Exit { after_shutdown: true }, 0));

    let (mut client, ended) = probe();
    client.notify("exit", Value::Null);
    let end = ended.recv_timeout(PATIENCE).expect("the server ends");
    assert_eq!((end, end.exit_code()), (Ended::Exit { after_shutdown: false }, 1));

    let (mut client, ended) = probe();
    client.hang_up();
    let end = ended.recv_timeout(PATIENCE).expect("the server ends");
    assert_eq!((end, end.exit_code()), (Ended::Eof, 1));
}
