//! Migration specs in the language server, as its clients see it.

use crate::lsp::{codes, folder, start_in};
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
    let mut client = start_in(&root, json!({}));
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
    let mut client = start_in(&root, json!({ "capabilities": capabilities }));
    let (first, second) = (
        format!("{root}/forge/migrations/0001_users.yaml"),
        format!("{root}/forge/migrations/0002_drop.yaml"),
    );
    client.open(&second, 1, "drop_column: {table: users, column: email}\n");
    // The walk over the folder may still be under way.
    for _ in 0..100 {
        if pull(&mut client, &second) == json!([]) {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert_eq!(pull(&mut client, &second), json!([]));
    client.open(&first, 1, &USERS.replace("email", "mail"));
    assert_eq!(codes(&pull(&mut client, &second)), ["unknown-column"]);
    client.exit();
}

#[test]
fn other_yaml_is_left_alone() {
    let (_folder, root) = users();
    let mut client = start_in(&root, json!({}));
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
