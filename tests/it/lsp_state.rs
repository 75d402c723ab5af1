//! What editors show of a workspace's state: memory, context, faults.

use crate::cli::Folder;
use serde_json::{Value, json};
use std::process::{Child, Stdio};
use tests::lsp_client::TestClient;

const POSTS: &str = "\
add_table:
  name: posts
  columns: [id pk, title text]
  rls: public
";

/// An editor on the folder, with the state of whoever uses the folder.
pub(crate) fn open(folder: &Folder, capabilities: Value) -> (Child, TestClient, String) {
    let mut command = folder.command(&["lsp"]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    let output = child.stdin.take().expect("piped");
    let input = child.stdout.take().expect("piped");
    let mut client = TestClient::new(output, input);
    let root = url::Url::from_file_path(folder.root()).expect("it is absolute").to_string();
    let folders = json!([{ "uri": root, "name": "w" }]);
    client.initialize(json!({ "capabilities": capabilities, "workspaceFolders": folders }));
    (child, client, root)
}

pub(crate) fn close((mut child, mut client): (Child, TestClient)) {
    client.call("shutdown", Value::Null);
    client.notify("exit", Value::Null);
    child.wait().expect("it ends");
}

fn specs() -> Folder {
    Folder::new(&format!("//- forge/migrations/0001_posts.yaml\n# a blog\n{POSTS}"))
}

#[test]
fn what_was_rolled_back_before_is_a_hint_and_in_the_card() {
    let folder = specs();
    assert_eq!(folder.run(&["migrate", "apply", "--yes"]).code, 0);
    let undo = ["migrate", "rollback", "--yes", "--reason", "too slow [here](http://x)"];
    assert_eq!(folder.run(&undo).code, 0);
    let hover = json!({ "contentFormat": ["markdown"] });
    let (child, mut client, root) = open(&folder, json!({ "textDocument": { "hover": hover } }));
    let uri = format!("{root}/forge/migrations/0001_posts.yaml");
    client.open(&uri, 1, POSTS);
    client.diagnostics(&uri, 1);
    let document = json!({ "uri": uri });
    let start = json!({ "line": 0, "character": 0 });
    let range = json!({ "start": start, "end": { "line": 4, "character": 0 } });
    let params = json!({ "textDocument": document, "range": range });
    let hints = client.call("textDocument/inlayHint", params);
    let labels: Vec<&str> =
        hints.as_array().expect("a list").iter().filter_map(|it| it["label"].as_str()).collect();
    assert!(labels.contains(&"rolled back here before"), "{labels:?}");
    let position = json!({ "line": 1, "character": 9 });
    let params = json!({ "textDocument": document, "position": position });
    let card = client.call("textDocument/hover", params)["contents"]["value"].clone();
    let card = card.as_str().expect("Markdown");
    assert!(card.contains("- here you chose `posts(id uuid, title text), rls public`"), "{card}");
    assert!(card.contains("rolled back because too slow \\[here\\]"), "{card}");
    // A memory is no finding.
    let told = client.call("textDocument/documentLink", json!({ "textDocument": document }));
    assert!(told.is_array() || told.is_null());
    close((child, client));
}

#[test]
fn what_is_applied_is_a_document() {
    let folder = specs();
    assert_eq!(folder.run(&["migrate", "apply", "--yes"]).code, 0);
    let window = json!({ "showDocument": { "support": true } });
    let capabilities = json!({ "window": window, "workspace": { "textDocumentContent": {} } });
    let (child, mut client, root) = open(&folder, capabilities);
    let command = json!({ "command": "specwright.showContext" });
    client.call("workspace/executeCommand", command);
    let shown = client.server_request("window/showDocument");
    let uri = shown["params"]["uri"].as_str().expect("a uri").to_owned();
    assert_eq!(uri, format!("{}/context.md", root.replacen("file:", "specwright-context:", 1)));
    let content = client.call("workspace/textDocumentContent", json!({ "uri": uri }));
    let text = content["text"].as_str().expect("a text");
    assert!(text.contains("- posts(id uuid pk, title text?); rls public"), "{text}");
    // A link in some document reads no other folder.
    let params = json!({ "uri": "specwright-context:///etc/context.md" });
    let id = client.request("workspace/textDocumentContent", params);
    assert!(
        client.answer(id)["error"]["message"]
            .as_str()
            .is_some_and(|it| it.contains("no open folder"))
    );
    close((child, client));
}

#[test]
fn a_fault_of_the_state_is_told_once_and_by_the_status() {
    let folder = specs();
    assert_eq!(folder.run(&["migrate", "apply", "--yes"]).code, 0);
    let db =
        rusqlite::Connection::open(folder.root().join(".specwright/dev.db")).expect("it opens");
    db.execute_batch("UPDATE _specwright_migrations SET name = 'x'").expect("it is edited");
    drop(db);
    let capabilities = json!({ "experimental": { "serverStatusNotification": true } });
    let (child, mut client, root) = open(&folder, capabilities);
    let told = client.notification("window/showMessage");
    let message = told["message"].as_str().expect("a text");
    assert!(message.starts_with("Specwright: FRG001 ledger: "), "{message}");
    assert!(message.contains("guides/doctor#frg001"), "{message}");
    assert_eq!(told["type"], 1);
    let is_error = |it: &Value| it["health"] == "error";
    let status = client.wait_for("experimental/serverStatus", is_error);
    assert!(
        status["message"].as_str().is_some_and(|it| it.starts_with("FRG001 ledger")),
        "{status}"
    );
    // Another look at the same fault says nothing.
    std::fs::write(folder.root().join("NEW_PRD.md"), "# New\n").expect("a file");
    let change = json!([{ "uri": format!("{root}/prd.md"), "type": 1 }]);
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": change }));
    let later = client.drain(std::time::Duration::from_millis(700));
    assert!(later.iter().all(|it| it["method"] != "window/showMessage"), "{later:?}");
    close((child, client));
}
