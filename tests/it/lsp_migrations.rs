//! Migration specs in the language server, as its clients see it.

use crate::lsp::{codes, folder, start_scanned_in};
use serde_json::{Value, json};

const USERS: &str =
    "add_table:\n  name: users\n  columns: [id pk, email text]\n  rls: own-row(id)\n";
const POSTS: &str = "add_table:\n  name: posts\n  columns: [id pk, title text]\n";

/// A folder with `users` in a first migration.
fn users() -> (tempfile::TempDir, String) {
    folder(&[("forge/migrations/0001_users.yaml", USERS)])
}

fn pull(client: &mut tests::lsp_client::TestClient, uri: &str) -> Value {
    let params = json!({ "textDocument": { "uri": uri } });
    client.call("textDocument/diagnostic", params)["items"].clone()
}

#[test]
fn findings_of_an_unsaved_file_are_pushed_and_mended() {
    let (_folder, root) = users();
    let mut client = start_scanned_in(&root, json!({}));
    let uri = format!("{root}/forge/migrations/0002_posts.yaml");
    client.open(&uri, 1, POSTS);
    let told = client.diagnostics(&uri, 1);
    assert_eq!(codes(&told["diagnostics"]), ["missing-rls"]);
    let page = "https://specwright.dev/migration-rules/missing-rls";
    assert_eq!(workspace::commands::explain::url("missing-rls"), page);

    let at = json!({ "line": 0, "character": 2 });
    let range = json!({ "start": at, "end": at });
    let context = json!({ "diagnostics": [] });
    let params = json!({ "textDocument": { "uri": uri }, "range": range, "context": context });
    let actions = client.call("textDocument/codeAction", params);
    let titles: Vec<&str> =
        actions.as_array().expect("a list").iter().filter_map(|it| it["title"].as_str()).collect();
    assert!(titles.contains(&"Add `rls: public`"), "{titles:?}");
    assert!(!titles.iter().any(|it| it.starts_with("Silence")), "{titles:?}");

    client.change(&uri, 2, &format!("{POSTS}  rls: public\n"));
    assert_eq!(client.diagnostics(&uri, 2)["diagnostics"], json!([]));
    client.exit();
}

#[test]
fn a_change_of_a_file_is_seen_in_the_files_behind_it() {
    let (folder, root) = users();
    let path = folder.path().join("forge/migrations/0002_drop.yaml");
    std::fs::write(path, "drop_column: {table: users, column: email}\n").expect("a file");
    let capabilities = json!({ "textDocument": { "diagnostic": {} } });
    let mut client = start_scanned_in(&root, json!({ "capabilities": capabilities }));
    let (first, second) = (
        format!("{root}/forge/migrations/0001_users.yaml"),
        format!("{root}/forge/migrations/0002_drop.yaml"),
    );
    client.open(&second, 1, "drop_column: {table: users, column: email}\n");
    assert_eq!(pull(&mut client, &second), json!([]));
    client.open(&first, 1, &USERS.replace("email", "mail"));
    assert_eq!(codes(&pull(&mut client, &second)), ["unknown-column"]);
    client.exit();
}

#[test]
fn other_yaml_is_left_alone() {
    let (_folder, root) = users();
    let mut client = start_scanned_in(&root, json!({}));
    let uri = format!("{root}/ci.yaml");
    client.open(&uri, 1, "add_table: {}\n");
    client.open(&format!("{root}/forge/migrations/0002_a.yaml"), 1, "nope: 1\n");
    let told = client.wait_for("textDocument/publishDiagnostics", |it| {
        it["diagnostics"].as_array().is_some_and(|it| !it.is_empty())
    });
    assert_eq!(told["uri"], format!("{root}/forge/migrations/0002_a.yaml"));
    assert_eq!(codes(&told["diagnostics"]), ["unknown-operation"]);
    client.exit();
}

const PRD: &str = "# Blog\n\n## Data model\n\n### users\n\n| Field | Type |\n|---|---|\n| id | uuid |\n| email | text |\n";

fn request(uri: &str, line: u32, character: u32) -> Value {
    let position = json!({ "line": line, "character": character });
    json!({ "textDocument": { "uri": uri }, "position": position })
}

#[test]
fn a_table_leads_from_the_spec_to_its_migration_and_back() {
    let (_folder, root) = folder(&[("forge/migrations/0001_users.yaml", USERS), ("PRD.md", PRD)]);
    let mut client = start_scanned_in(&root, json!({}));
    let (prd, yaml) =
        (format!("{root}/PRD.md"), format!("{root}/forge/migrations/0001_users.yaml"));
    client.open(&prd, 1, PRD);
    client.open(&yaml, 1, USERS);
    client.diagnostics(&yaml, 1);
    let uris = |found: &Value| -> Vec<String> {
        let all = found.as_array().expect("a list of places");
        all.iter().map(|it| it["uri"].as_str().expect("a uri").to_owned()).collect()
    };
    let found = client.call("textDocument/definition", request(&prd, 4, 5));
    assert_eq!(uris(&found), [prd.clone(), yaml.clone()]);
    let found = client.call("textDocument/definition", request(&yaml, 1, 9));
    assert_eq!(uris(&found), [yaml.clone(), prd.clone()]);
    let mut params = request(&yaml, 1, 9);
    params["context"] = json!({ "includeDeclaration": true });
    assert!(uris(&client.call("textDocument/references", params)).contains(&prd));
    client.exit();
}

#[test]
fn hints_hovers_and_lenses_tell_what_a_migration_does() {
    let (_folder, root) = users();
    let mut client = start_scanned_in(&root, json!({}));
    let uri = format!("{root}/forge/migrations/0002_posts.yaml");
    client.open(&uri, 1, &format!("{POSTS}  rls: public\n"));
    client.diagnostics(&uri, 1);
    let start = json!({ "line": 0, "character": 0 });
    let range = json!({ "start": start, "end": { "line": 9, "character": 0 } });
    let params = json!({ "textDocument": { "uri": uri }, "range": range });
    let hints = client.call("textDocument/inlayHint", params);
    assert_eq!(hints[0]["label"], "SQLite: 1 step | PostgreSQL: 1 step");
    let card = client.call("textDocument/hover", request(&uri, 0, 3));
    let card = card["contents"]["value"].as_str().expect("Markdown").to_owned();
    assert!(card.contains("CREATE TABLE"), "{card}");
    let params = json!({ "textDocument": { "uri": uri } });
    let lenses = client.call("textDocument/codeLens", params);
    assert_eq!(lenses[0]["command"]["command"], "specwright.showPlan");
    client.exit();
}

#[test]
fn the_plan_is_a_document_of_the_servers_or_else_a_file_for_this_machine() {
    let (folder, root) = users();
    let yaml = format!("{root}/forge/migrations/0001_users.yaml");
    let command = json!({ "command": "specwright.showPlan", "arguments": [{ "uri": yaml }] });
    let is_plan = |text: &str| {
        assert!(text.contains("-- SQLite\n") && text.contains("-- PostgreSQL\n"), "{text}");
        assert!(text.contains("-- +CREATE TABLE"), "{text}");
    };

    let window = json!({ "showDocument": { "support": true } });
    let capabilities = json!({ "window": window, "workspace": { "textDocumentContent": {} } });
    let mut client = start_scanned_in(&root, json!({ "capabilities": capabilities }));
    client.open(&yaml, 1, USERS);
    client.call("workspace/executeCommand", command.clone());
    let shown = client.server_request("window/showDocument");
    let uri = shown["params"]["uri"].as_str().expect("a uri").to_owned();
    assert!(uri.starts_with("specwright-plan:") && uri.ends_with("0001_users.yaml.sql"), "{uri}");
    let content = client.call("workspace/textDocumentContent", json!({ "uri": uri }));
    is_plan(content["text"].as_str().expect("a text"));
    client.exit();

    let mut client = start_scanned_in(&root, json!({ "capabilities": { "window": window } }));
    client.open(&yaml, 1, USERS);
    client.call("workspace/executeCommand", command);
    let shown = client.server_request("window/showDocument");
    let path = folder.path().join(".specwright/plans/0001_users.yaml.sql");
    assert!(shown["params"]["uri"].as_str().is_some_and(|it| it.ends_with(".yaml.sql")), "{shown}");
    is_plan(&std::fs::read_to_string(path).expect("the plan was written"));
    assert!(folder.path().join(".specwright/.gitignore").exists());
    client.exit();
}

#[test]
fn names_are_completed_renamed_by_an_operation_and_changes_split() {
    let (_folder, root) = users();
    let mut client = start_scanned_in(&root, json!({}));
    let uri = format!("{root}/forge/migrations/0002_a.yaml");
    let text = "drop_column: {table: users, column: em}\n";
    client.open(&uri, 1, text);
    client.diagnostics(&uri, 1);
    let found = client.call("textDocument/completion", request(&uri, 0, 38));
    let items = found.get("items").unwrap_or(&found).as_array().expect("a list");
    let labels: Vec<&str> = items.iter().filter_map(|it| it["label"].as_str()).collect();
    assert!(labels.contains(&"email"), "{labels:?}");

    client.change(&uri, 2, "set_rls: {table: users, rls: public}\n");
    client.diagnostics(&uri, 2);
    let mut params = request(&uri, 0, 19);
    params["newName"] = json!("members");
    let edit = client.call("textDocument/rename", params).to_string();
    assert!(edit.contains("rename_table: {was: users, name: members}"), "{edit}");

    client.change(&uri, 3, "alter_column: {table: users, column: email, type: integer}\n");
    client.diagnostics(&uri, 3);
    let at = json!({ "line": 0, "character": 3 });
    let context = json!({ "diagnostics": [] });
    let range = json!({ "start": at, "end": at });
    let params = json!({ "textDocument": { "uri": uri }, "range": range, "context": context });
    let actions = client.call("textDocument/codeAction", params).to_string();
    assert!(actions.contains("Split into expand and contract"), "{actions}");
    client.exit();
}

/// Runs a command that asks, answers with `answer`, and gives the message that follows a yes.
fn ask(answer: &Value) -> (tempfile::TempDir, String, Option<Value>) {
    let (folder, root) = users();
    let mut client = start_scanned_in(&root, json!({}));
    // It would say null to everything.
    client.configuration = None;
    let yaml = format!("{root}/forge/migrations/0001_users.yaml");
    client.open(&yaml, 1, USERS);
    client.diagnostics(&yaml, 1);
    let command = json!({ "command": "specwright.migrate.apply", "arguments": [{}] });
    let output = client.call("workspace/executeCommand", command);
    assert_eq!(output["done"], false, "{output}");
    let asked = client.server_request("window/showMessageRequest");
    let text = asked["params"]["message"].as_str().expect("a question").to_owned();
    let body = json!({ "jsonrpc": "2.0", "id": asked["id"], "result": answer }).to_string();
    client.send_raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    let is_yes = answer["title"] == "Apply";
    let told = is_yes.then(|| client.notification("window/showMessage"));
    if !is_yes {
        client.drain(std::time::Duration::from_millis(300));
    }
    client.exit();
    (folder, text, told)
}

#[test]
fn migrations_are_applied_when_the_author_says_yes() {
    let (folder, text, told) = ask(&json!({ "title": "Apply" }));
    assert!(text.starts_with("Apply 1 migration?\n0001_users: "), "{text}");
    assert_eq!(told.expect("it was done")["message"], "`migrate.apply` is done");
    assert!(folder.path().join(".specwright/dev.db").exists());
}

#[test]
fn a_closed_dialog_applies_nothing() {
    for answer in [Value::Null, json!({ "title": "Cancel" })] {
        let (folder, _, _) = ask(&answer);
        assert!(!folder.path().join(".specwright/dev.db").exists(), "{answer}");
    }
}
