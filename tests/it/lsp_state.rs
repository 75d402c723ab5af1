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
    for uri in ["specwright-context:///etc/context.md", "specwright-audit:///etc/audit.md"] {
        let id = client.request("workspace/textDocumentContent", json!({ "uri": uri }));
        let answer = client.answer(id);
        let message = answer["error"]["message"].as_str().unwrap_or_default();
        assert!(message.contains("no open folder"), "{answer}");
    }
    close((child, client));
}

#[test]
fn what_happened_is_a_document() {
    let folder = specs();
    let window = json!({ "showDocument": { "support": true } });
    let capabilities = json!({ "window": window, "workspace": { "textDocumentContent": {} } });
    let (child, mut client, root) = open(&folder, capabilities);
    let command = json!({ "command": "specwright.showAuditLog" });
    let id = client.request("workspace/executeCommand", command.clone());
    let answer = client.answer(id);
    let message = answer["error"]["message"].as_str().unwrap_or_default();
    assert!(message.contains("there is none yet"), "{answer}");
    assert_eq!(folder.run(&["migrate", "apply", "--yes"]).code, 0);
    client.call("workspace/executeCommand", command);
    let shown = client.server_request("window/showDocument");
    let uri = shown["params"]["uri"].as_str().expect("a uri").to_owned();
    assert_eq!(uri, format!("{}/audit.md", root.replacen("file:", "specwright-audit:", 1)));
    let content = client.call("workspace/textDocumentContent", json!({ "uri": uri }));
    let text = content["text"].as_str().expect("a text");
    assert!(text.starts_with("# What happened in w\n"), "{text}");
    let applied = "3. **migrate.apply.outcome** .specwright/dev.db\n   ";
    let entry = text.split_once(applied).expect("it is told").1;
    assert!(entry.contains(" by alice via command line\n   applied: 0001_posts\n"), "{text}");
    close((child, client));
}

/// An editor without such documents gets a file that only the server writes.
#[test]
fn what_happened_is_a_file_elsewhere() {
    let folder = specs();
    assert_eq!(folder.run(&["migrate", "apply", "--yes"]).code, 0);
    let window = json!({ "showDocument": { "support": true } });
    let (child, mut client, root) = open(&folder, json!({ "window": window }));
    client.call("workspace/executeCommand", json!({ "command": "specwright.showAuditLog" }));
    let shown = client.server_request("window/showDocument");
    assert_eq!(shown["params"]["uri"], format!("{root}/.specwright/audit.md"));
    assert!(folder.read(".specwright/audit.md").contains("**migrate.apply.outcome**"));
    close((child, client));
}

#[test]
fn a_fault_of_the_state_is_told_once_and_by_the_status() {
    let folder = specs();
    assert_eq!(folder.run(&["migrate", "apply", "--yes"]).code, 0);
    let db = folder.dev();
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

/// Lets everybody read a file, or its owner alone.
#[cfg(unix)]
fn permit(folder: &Folder, path: &str, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::Permissions::from_mode(mode);
    std::fs::set_permissions(folder.root().join(path), mode).expect("it is ours");
}

/// Leaves the database as a rollback does whose process ended before its first step.
fn interrupt_rollback(folder: &Folder) {
    let path = |name: &str| folder.root().join(name);
    let before = path("before.db");
    folder
        .dev()
        .execute("VACUUM INTO ?1", [before.to_str().expect("it is text")])
        .expect("it is copied");
    assert_eq!(folder.run(&["migrate", "rollback", "--yes"]).code, 0);
    let db = rusqlite::Connection::open(&before).expect("it opens");
    let after = path(".specwright/dev.db");
    db.execute("ATTACH ?1 AS after", [after.to_str().expect("it is text")]).expect("it is there");
    db.execute_batch(
        "INSERT INTO _specwright_migrations SELECT * FROM after._specwright_migrations WHERE seq = 2;
         INSERT INTO _specwright_steps SELECT * FROM after._specwright_steps WHERE seq = 2;
         INSERT OR IGNORE INTO _specwright_schemas SELECT * FROM after._specwright_schemas;
         UPDATE _specwright_migrations SET status = 'running', steps_done = 0, finished_at_ms = NULL
         WHERE seq = 2;
         DETACH after",
    )
    .expect("it is written");
    drop(db);
    folder.remove_database(".specwright/dev.db");
    std::fs::copy(before, after).expect("it is put in place");
}

/// The code, a harm that causes it, and the repair that its section of the guide tells.
#[cfg(unix)]
type Case = (&'static str, fn(&Folder), fn(&Folder));

#[cfg(unix)]
const REPAIRED: [Case; 5] = [
    (
        "FRG001",
        |it| {
            let harm = "UPDATE _specwright_migrations SET name = 'x'";
            std::fs::copy(it.root().join(".specwright/dev.db"), it.root().join("copy.db"))
                .expect("it is copied");
            it.dev().execute_batch(harm).expect("it is edited");
        },
        |it| {
            it.remove_database(".specwright/dev.db");
            std::fs::copy(it.root().join("copy.db"), it.root().join(".specwright/dev.db"))
                .expect("it is put back");
        },
    ),
    ("FRG002", interrupt_rollback, |it| {
        assert_eq!(it.run(&["migrate", "rollback", "--yes"]).code, 0);
    }),
    (
        "FRG003",
        |it| {
            it.write(".specwright/vault.db", b"x");
            permit(it, ".specwright/vault.db", 0o644);
        },
        |it| permit(it, ".specwright/vault.db", 0o600),
    ),
    (
        "FRG004",
        |it| it.write(".specwright/scheduler.beat", b"1"),
        |it| {
            std::fs::remove_file(it.root().join(".specwright/scheduler.beat"))
                .expect("it is there");
        },
    ),
    (
        "AUD001",
        |it| {
            let db = rusqlite::Connection::open(it.root().join(".specwright/catalog.db"));
            let harm = "DROP TRIGGER audit_is_not_changed;
                        UPDATE audit SET detail = 'nothing' WHERE seq = 1";
            db.expect("it opens").execute_batch(harm).expect("it is edited");
        },
        |it| {
            it.remove_database(".specwright/catalog.db");
            assert_eq!(it.run(&["init"]).code, 0);
        },
    ),
];

#[cfg(unix)]
#[test]
fn each_red_code_stands_on_a_file_until_it_is_repaired() {
    for (code, harm, repair) in REPAIRED {
        let folder = specs();
        assert_eq!(folder.run(&["migrate", "apply", "--yes"]).code, 0);
        harm(&folder);
        let (child, mut client, root) = open(&folder, json!({}));
        let uri = format!("{root}/forge/migrations/0001_posts.yaml");
        let fault = |it: &Value| {
            let mut all = it["diagnostics"].as_array().expect("a list").iter();
            let own = |it: &&Value| it["source"] == "specwright/doctor" && it["code"] == code;
            if it["uri"] == uri { all.rfind(own).cloned() } else { None }
        };
        let published = "textDocument/publishDiagnostics";
        let told = client.wait_for(published, |it| fault(it).is_some());
        let told = fault(&told).expect("it was waited for");
        assert_eq!((&told["severity"], &told["range"]["start"]["line"]), (&json!(1), &json!(0)));
        let message = told["message"].as_str().expect("a text");
        assert!(message.lines().count() > 1, "{code} has no repair: {message}");
        repair(&folder);
        std::fs::write(folder.root().join("NEW_PRD.md"), "# New\n").expect("a file");
        let change = json!([{ "uri": format!("{root}/NEW_PRD.md"), "type": 1 }]);
        client.notify("workspace/didChangeWatchedFiles", json!({ "changes": change }));
        client.wait_for(published, |it| it["uri"] == uri && fault(it).is_none());
        close((child, client));
    }
}

#[test]
fn a_fault_that_is_repaired_on_a_terminal_goes_without_a_restart() {
    let folder = specs();
    assert_eq!(folder.run(&["migrate", "apply", "--yes"]).code, 0);
    interrupt_rollback(&folder);
    let (child, mut client, root) = open(&folder, json!({}));
    let uri = format!("{root}/forge/migrations/0001_posts.yaml");
    let has_fault = |it: &Value| {
        let mut all = it["diagnostics"].as_array().expect("a list").iter();
        it["uri"] == uri && all.any(|it| it["code"] == "FRG002")
    };
    client.wait_for("textDocument/publishDiagnostics", has_fault);
    assert_eq!(folder.run(&["migrate", "rollback", "--yes"]).code, 0);
    client.wait_for("textDocument/publishDiagnostics", |it| it["uri"] == uri && !has_fault(it));
    close((child, client));
}
