//! `specwright lsp` as a process: how it starts, and above all how it ends.
#![expect(clippy::disallowed_methods, reason = "tests start processes and wait in real time")]

use serde_json::{Value, json};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tests::binary::specwright;
use tests::lsp_client::{PATIENCE, TestClient};

fn start(arguments: &[&str]) -> (Child, TestClient) {
    let mut child = Command::new(specwright())
        .arg("lsp")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let output = child.stdin.take().expect("piped");
    let input = child.stdout.take().expect("piped");
    (child, TestClient::new(output, input))
}

fn exit_code(mut child: Child) -> i32 {
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        if let Some(status) = child.try_wait().expect("it is our child") {
            return status.code().expect("it was not killed");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().expect("it still runs");
    panic!("the server did not end");
}

#[test]
fn exit_ends_the_process_while_its_input_stays_open() {
    let (child, mut client) = start(&["--stdio"]);
    client.initialize(json!({}));
    client.call("shutdown", Value::Null);
    client.notify("exit", Value::Null);
    // `client` still holds the other end of the input.
    assert_eq!(exit_code(child), 0);

    let (child, mut client) = start(&[]);
    client.initialize(json!({}));
    client.notify("exit", Value::Null);
    assert_eq!(exit_code(child), 1, "no shutdown came first");
}

#[test]
fn the_end_of_the_input_ends_the_process() {
    let (child, mut client) = start(&[]);
    client.initialize(json!({}));
    client.hang_up();
    assert_eq!(exit_code(child), 1);
}

#[cfg(unix)]
#[test]
fn a_dead_editor_ends_the_process_while_its_input_stays_open() {
    let mut editor = Command::new("sleep").arg("600").spawn().expect("sleep starts");
    let (child, mut client) = start(&[]);
    client.initialize(json!({ "processId": editor.id() }));
    editor.kill().expect("it runs");
    editor.wait().expect("it is our child");
    assert_eq!(exit_code(child), 1);
}

#[cfg(unix)]
#[test]
fn a_socket_serves_one_client_and_is_removed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (socket, log) = (folder.path().join("lsp.sock"), folder.path().join("lsp.log"));
    let paths = [&socket, &log].map(|it| it.to_str().expect("it is UTF-8"));
    let mut child = Command::new(specwright())
        .args(["lsp", "--socket", paths[0], "--log", paths[1]])
        .spawn()
        .expect("the binary starts");
    let end = Instant::now() + PATIENCE;
    let stream = loop {
        match std::os::unix::net::UnixStream::connect(&socket) {
            Ok(stream) => break stream,
            Err(error) if Instant::now() > end => {
                child.kill().expect("it runs");
                panic!("nobody listens: {error}");
            }
            Err(_) => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    let mut client = TestClient::new(stream.try_clone().expect("a second handle"), stream);
    client.initialize(json!({}));
    client.exit();
    assert_eq!(exit_code(child), 0);
    assert!(!socket.exists());
    let log = std::fs::read_to_string(log).expect("a log");
    assert!(log.contains("the connection ended"), "{log}");
}
