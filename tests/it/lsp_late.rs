//! What the language server tells of migration specs a moment after the keystroke, as its clients
//! see it: dry runs, counts of the development database, the ledger.

use crate::lsp::{codes, folder, start_scanned_in};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;
use tests::lsp_client::TestClient;

const POSTS: &str =
    "add_table:\n  name: posts\n  columns: [id bigint pk, title text]\n  rls: public\n";
const TITLE: &str = "alter_column: {table: posts, column: title, nullable: false}\n";
const PRD: &str = "# Blog\n\n## Data model\n\n### Posts\n\n| Field | Type |\n|---|---|\n| id | bigint |\n| title | text |\n";
const PUBLISH: &str = "textDocument/publishDiagnostics";

/// A folder whose first migration is applied, with 5,000 posts of which every fourth lacks a title.
struct Lab {
    folder: tempfile::TempDir,
    root: String,
}

impl Lab {
    fn new() -> Self {
        let (folder, root) =
            folder(&[("forge/migrations/0001_posts.yaml", POSTS), ("PRD.md", PRD)]);
        let out = Self { folder, root };
        let mut client = out.client(json!({}));
        client.open(&out.uri("0001_posts"), 1, POSTS);
        out.run(&mut client, "migrate.apply", json!({ "yes": true }));
        client.exit();
        let rows = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
            INSERT INTO posts SELECT i, iif(i % 4 = 3, NULL, 'x') FROM n";
        out.sql(rows);
        out
    }

    fn client(&self, capabilities: Value) -> TestClient {
        start_scanned_in(&self.root, json!({ "capabilities": capabilities }))
    }

    fn uri(&self, name: &str) -> String {
        format!("{}/forge/migrations/{name}.yaml", self.root)
    }

    fn database(&self) -> std::path::PathBuf {
        self.folder.path().join(".specwright/dev.db")
    }

    fn sql(&self, sql: &str) {
        let db = rusqlite::Connection::open(self.database()).expect("it opens");
        db.execute_batch(sql).expect("the statement is sound");
    }

    fn run(&self, client: &mut TestClient, name: &str, input: Value) -> Value {
        let command = format!("specwright.{name}");
        client.call("workspace/executeCommand", json!({ "command": command, "arguments": [input] }))
    }
}

/// Waits until a document is told to have findings of just these rules.
fn told(client: &mut TestClient, uri: &str, rules: &[&str]) -> Value {
    all_told(client, &[(uri, rules)]).remove(0)
}

/// The same for several documents, in any order.
fn all_told(client: &mut TestClient, wanted: &[(&str, &[&str])]) -> Vec<Value> {
    let mut found = vec![Value::Null; wanted.len()];
    while found.iter().any(Value::is_null) {
        let params = client.notification(PUBLISH);
        for (it, slot) in wanted.iter().zip(&mut found).filter(|it| it.0.0 == params["uri"]) {
            let fits = codes(&params["diagnostics"]) == it.1;
            *slot = if fits { params["diagnostics"].clone() } else { Value::Null };
        }
    }
    found
}

fn lenses(client: &mut TestClient, uri: &str) -> Vec<String> {
    let params = json!({ "textDocument": { "uri": uri } });
    let found = client.call("textDocument/codeLens", params);
    let all = found.as_array().expect("a list of lenses").iter();
    all.map(|it| it["command"]["title"].as_str().expect("a title").to_owned()).collect()
}

/// Asks for the lenses of a document until they are as wanted.
fn lenses_when(client: &mut TestClient, uri: &str, fits: fn(&[String]) -> bool) -> Vec<String> {
    for _ in 0..200 {
        let found = lenses(client, uri);
        if fits(&found) {
            return found;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("the lenses of {uri} stay {:?}", lenses(client, uri));
}

#[test]
fn rows_that_stand_in_the_way_are_counted_while_the_author_types() {
    let lab = Lab::new();
    let mut client = lab.client(json!({}));
    let (uri, prd) = (lab.uri("0002_title"), format!("{}/PRD.md", lab.root));
    client.open(&prd, 1, PRD);
    client.open(&uri, 1, "");
    client.change(&uri, 2, TITLE);
    let rules = ["unproven-on-existing-rows", "data-in-the-way"];
    let both = all_told(&mut client, &[(&uri, &rules), (&prd, &["data-in-the-way"])]);
    let (found, note) = (&both[0], &both[1]);
    let words = "1,250 of 5,000 rows are NULL in `posts.title`: 3, 7, 11, 15, 19";
    assert_eq!(found[1]["message"], words);
    assert_eq!(found[1]["severity"], 1);
    assert_eq!(note[0]["message"], format!("migration `0002_title`: {words}"));
    assert_eq!((&note[0]["severity"], &note[0]["range"]["start"]["line"]), (&json!(3), &json!(4)));

    // Text before it moves it at once; the next look finds it there again.
    let start = json!({ "line": 0, "character": 0 });
    client.edit(&uri, 3, json!({ "range": { "start": start, "end": start }, "text": "# a\n" }));
    let moved = client.wait_for(PUBLISH, |it| it["uri"] == uri && it["version"] == 3);
    assert_eq!(codes(&moved["diagnostics"]), rules);
    assert_eq!(moved["diagnostics"][1]["range"]["start"]["line"], 1);

    // Mended by somebody else: noticed without a word from the editor.
    lab.sql("UPDATE posts SET title = '' WHERE title IS NULL");
    all_told(&mut client, &[(&uri, &["unproven-on-existing-rows"]), (&prd, &[])]);
    client.exit();
}

#[test]
fn what_is_found_late_reaches_clients_that_pull() {
    let lab = Lab::new();
    let diagnostics = json!({ "refreshSupport": true });
    let mut client = lab.client(json!({
        "textDocument": { "diagnostic": {} }, "workspace": { "diagnostics": diagnostics },
    }));
    let uri = lab.uri("0002_title");
    client.open(&uri, 1, TITLE);
    let asked = client.server_request("workspace/diagnostic/refresh");
    assert!(asked["id"].is_number() || asked["id"].is_string(), "{asked}");
    let params = json!({ "textDocument": { "uri": uri } });
    let mut found = Value::Null;
    for _ in 0..100 {
        found = client.call("textDocument/diagnostic", params.clone())["items"].clone();
        if codes(&found).contains(&"data-in-the-way") {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(codes(&found).contains(&"data-in-the-way"), "{found}");
    let at = json!({ "line": 0, "character": 40 });
    let params = json!({
        "textDocument": { "uri": uri }, "range": { "start": at, "end": at },
        "context": { "diagnostics": [] },
    });
    let actions = client.call("textDocument/codeAction", params);
    let titles: Vec<&str> =
        actions.as_array().expect("a list").iter().filter_map(|it| it["title"].as_str()).collect();
    assert!(titles.contains(&"Silence data-in-the-way here"), "{titles:?}");
    client.exit();
}

#[test]
fn clients_that_pull_and_cannot_be_asked_to_are_told_late_findings_by_themselves() {
    let lab = Lab::new();
    let mut client = lab.client(json!({ "textDocument": { "diagnostic": {} } }));
    let uri = lab.uri("0002_title");
    client.open(&uri, 1, TITLE);
    told(&mut client, &uri, &["data-in-the-way"]);
    let params = json!({ "textDocument": { "uri": uri } });
    let pulled = client.call("textDocument/diagnostic", params)["items"].clone();
    assert_eq!(codes(&pulled), ["unproven-on-existing-rows"]);
    client.change(&uri, 2, "comment: {table: posts, text: x}\n");
    told(&mut client, &uri, &[]);
    client.exit();
}

#[test]
fn an_applied_file_says_so_and_a_change_of_it_is_an_error() {
    let lab = Lab::new();
    let mut client = lab.client(json!({}));
    let uri = lab.uri("0001_posts");
    client.open(&uri, 1, POSTS);
    let titles = lenses_when(&mut client, &uri, |it| it.len() == 5 && it[1].starts_with("Applied"));
    assert!(titles[1].ends_with(" UTC"), "{titles:?}");
    assert_eq!(titles[0], "Show plan");
    assert_eq!(titles[2..], ["Roll back", "Undo last apply", "Checkpoint now"]);
    client.change(&uri, 2, &POSTS.replace("title", "name"));
    let found = told(&mut client, &uri, &["edited-after-apply"]);
    assert_eq!(found[0]["severity"], 1);
    client.change(&uri, 3, POSTS);
    told(&mut client, &uri, &[]);
    client.exit();
}

#[test]
fn a_file_that_waits_is_applied_and_rolled_back_from_its_lenses() {
    let lab = Lab::new();
    let second = "add_column: {table: posts, column: note text}\n";
    let path = lab.folder.path().join("forge/migrations/0002_note.yaml");
    std::fs::write(&path, second).expect("a file");
    let mut client = lab.client(json!({}));
    // It would say null to everything.
    client.configuration = None;
    let (uri, prd) = (lab.uri("0002_note"), format!("{}/PRD.md", lab.root));
    client.open(&uri, 1, second);
    client.open(&prd, 1, PRD);
    lenses_when(&mut client, &uri, |it| it.get(1).is_some_and(|it| it == "Waits: apply it"));
    let titles = lenses_when(&mut client, &prd, |it| it.iter().any(|it| it.ends_with(", applied")));
    assert!(titles.contains(&"posts, 2 columns, 1 mention, applied".to_owned()), "{titles:?}");
    let card = json!({ "textDocument": { "uri": prd }, "position": { "line": 4, "character": 5 } });
    let card = client.call("textDocument/hover", card);
    let card = card["contents"]["value"].as_str().expect("a card").to_owned();
    assert!(card.contains("Made by 0001_posts.yaml, line 1: applied 20"), "{card}");

    lab.run(&mut client, "migrate.apply", json!({}));
    let asked = client.server_request("window/showMessageRequest");
    client.respond(&asked, &json!({ "title": "Apply" }));
    assert_eq!(client.notification("window/showMessage")["message"], "`migrate.apply` is done");
    lenses_when(&mut client, &uri, |it| it.iter().any(|it| it == "Roll back"));
    lab.run(&mut client, "migrate.rollback", json!({ "to": "0001_posts" }));
    let asked = client.server_request("window/showMessageRequest");
    let text = asked["params"]["message"].as_str().expect("a question");
    assert!(text.starts_with("Roll back 1 migration?\n0002_note: "), "{text}");
    client.respond(&asked, &json!({ "title": "Roll back" }));
    assert_eq!(client.notification("window/showMessage")["message"], "`migrate.rollback` is done");
    lenses_when(&mut client, &uri, |it| it.iter().any(|it| it == "Waits: apply it"));
    lab.run(&mut client, "migrate.status", json!({}));
    let told = client.notification("window/showMessage")["message"].clone();
    assert_eq!(told, "1 applied, the last `0001_posts`; 1 waiting: 0002_note");
    client.exit();
}

#[test]
fn a_workspace_without_a_database_stays_without_one() {
    let (folder, root) = folder(&[("forge/migrations/0001_posts.yaml", POSTS)]);
    let mut client = start_scanned_in(&root, json!({}));
    let uri = format!("{root}/forge/migrations/0002_a.yaml");
    client.open(&uri, 1, "sql: {postgres: null, sqlite: delete from post}\n");
    told(&mut client, &uri, &["failed-dry-run", "raw-without-way-back"]);
    assert!(!Path::new(&folder.path().join(".specwright")).exists());
    client.exit();
}
