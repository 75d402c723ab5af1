//! From the example spec to a backend, on the command line and in an editor.

use crate::cli::Folder;
use crate::lsp::{codes, folder, start_scanned_in};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::path::Path;
use tests::lsp_client::TestClient;

const EXAMPLE: &str = include_str!("../../docs/examples/PRD.md");

fn example() -> Folder {
    Folder::new(&format!("//- PRD.md\n{EXAMPLE}"))
}

fn tables(root: impl AsRef<Path>) -> Vec<String> {
    let db = Connection::open(root.as_ref().join(".specwright/dev.db")).expect("it opens");
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\' ORDER BY 1";
    let mut statement = db.prepare(sql).expect("it is there");
    let names = statement.query_map((), |row| row.get(0)).expect("it is read");
    names.map(|it| it.expect("a name")).collect()
}

#[test]
fn nothing_is_written_without_yes_and_a_question_is_never_answered_by_itself() {
    let folder = example();
    let output = folder.json_of("provision --dry-run");
    assert_eq!(output["done"], false);
    assert_eq!(output["ok"], true, "{}", output["evidence"]);
    assert_eq!(output["pending"][0]["name"], "0001_add_6_tables");
    let keys: Vec<&str> = output["questions"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|it| it["key"].as_str())
        .collect();
    assert_eq!(keys, ["tables/loans.access", "tables/messages.access", "tables/ratings.access"]);
    let ran = folder.run(&["provision"]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    let ran = folder.run(&["provision", "--yes"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("--answer tables/loans.access=owner|deny|public-read"),
        "{}",
        ran.stderr
    );
    assert!(!folder.root().join("forge").exists());
    assert!(!folder.root().join(".specwright").exists());
}

#[test]
fn a_second_run_changes_nothing_and_the_authors_edits_stay() {
    let folder = example();
    let yes = ["provision", "--yes", "--answer", "access=owner"];
    assert_eq!(folder.run(&yes).code, 0);
    let all = ["disputes", "loans", "messages", "ratings", "tools", "users"];
    assert_eq!(tables(folder.root()), all);
    let file = folder.root().join("forge/forge.yaml");
    let read = || std::fs::read_to_string(&file).expect("it was written");
    let written = read();
    let ran = folder.run(&yes);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("everything that the specs ask for is declared"), "{}", ran.stdout);
    assert_eq!(read(), written);
    assert_eq!(tables(folder.root()), all);
    let edited = written.replace("runtime: bun", "runtime: deno").replace("size", "# size");
    folder.write("forge/forge.yaml", edited.as_bytes());
    folder.write(
        "PRD.md",
        EXAMPLE
            .replace("Sign-in with Apple", "-")
            .replace("with Google or", "with GitHub, Google or")
            .as_bytes(),
    );
    let ran = folder.run(&yes);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let now = read();
    assert!(now.contains("github: {}"), "{now}");
    let without: String =
        now.lines().filter(|it| !it.contains("github: {}")).map(|it| format!("{it}\n")).collect();
    assert_eq!(without, edited);
}

#[test]
fn a_file_of_resources_with_errors_stops_the_run() {
    let folder = Folder::new(
        "//- PRD.md\n# Blog\n\nUsers sign in with Google.\n//- forge/forge.yaml\nstorage:\n  avatars: {visiblity: private}\n",
    );
    let ran = folder.run(&["provision", "--yes"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("forge/forge.yaml:2:13"), "{}", ran.stderr);
    assert!(!folder.root().join(".specwright/dev.db").exists());
    assert!(!folder.root().join("forge/migrations").exists());
}

#[test]
fn what_a_spec_no_longer_asks_for_is_told_and_stays() {
    let folder = example();
    assert_eq!(folder.run(&["provision", "--yes", "--answer", "access=deny"]).code, 0);
    let (before, rest) = EXAMPLE.split_once("create table ratings").expect("the table");
    let (_, after) = rest.split_once(");\n").expect("its end");
    folder.write(
        "PRD.md",
        format!("{before}{after}").replace("ratings", "marks").replace("rating", "mark").as_bytes(),
    );
    let output = folder.json_of("provision --dry-run");
    let drift: Vec<&str> = output["drift"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|it| it["primitive"].as_str())
        .collect();
    assert_eq!(drift, ["tables/ratings"]);
    assert!(tables(folder.root()).contains(&"ratings".to_owned()));
}

#[test]
fn a_spec_without_a_backend_says_so_for_agents() {
    let folder = Folder::new(
        "//- PRD.md\n# Counter\n\nA command line tool without a server. Nothing is stored; there is no backend and no database.\n",
    );
    let ran = folder.run(&["provision", "--yes"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let text = std::fs::read_to_string(folder.root().join(".specwright/required.json"));
    let required: Value = serde_json::from_str(&text.expect("it was written")).expect("it is JSON");
    assert_eq!(required["none"], true);
    assert!(required["reason"].as_str().is_some_and(|it| !it.is_empty()), "{required}");
}

/// Answers the next question with the option of that title; gives the question.
fn answer(client: &mut TestClient, title: &str) -> String {
    let asked = client.server_request("window/showMessageRequest");
    let options = asked["params"]["actions"].as_array().expect("options").clone();
    assert!(options.iter().any(|it| it["title"] == title), "{title}: {options:?}");
    let body =
        json!({ "jsonrpc": "2.0", "id": asked["id"], "result": { "title": title } }).to_string();
    client.send_raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    asked["params"]["message"].as_str().expect("a question").to_owned()
}

fn told(client: &mut TestClient, text: &str) {
    client.wait_for("window/showMessage", |it| {
        it["message"].as_str().is_some_and(|it| it.contains(text))
    });
}

fn lenses(client: &mut TestClient, uri: &str) -> Vec<Value> {
    let params = json!({ "textDocument": { "uri": uri } });
    client.call("textDocument/codeLens", params).as_array().expect("lenses").clone()
}

fn run(client: &mut TestClient, command: &Value) -> Value {
    let params = json!({ "command": command["command"], "arguments": command["arguments"] });
    client.call("workspace/executeCommand", params)
}

/// The lens whose title starts so, on the first line that has one.
fn lens(client: &mut TestClient, uri: &str, title: &str) -> Value {
    let all = lenses(client, uri);
    let found = all
        .iter()
        .find(|it| it["command"]["title"].as_str().is_some_and(|it| it.starts_with(title)));
    found.unwrap_or_else(|| panic!("no lens `{title}`: {all:?}"))["command"].clone()
}

#[test]
fn a_new_user_provisions_breaks_a_policy_mends_it_and_reads_what_happened() {
    let (folder, root) = folder(&[("PRD.md", EXAMPLE)]);
    let mut client = start_scanned_in(&root, json!({ "capabilities": capabilities() }));
    // It would say null to every question.
    client.configuration = None;
    let prd = format!("{root}/PRD.md");
    client.open(&prd, 1, EXAMPLE);
    client.diagnostics(&prd, 1);

    // One click on the lens, an answer to what the spec leaves open, and one yes.
    let command = lens(&mut client, &prd, "provision: ");
    assert_eq!(command["command"], "specwright.forge.provision");
    assert_eq!(run(&mut client, &command)["done"], false);
    let question = answer(&mut client, "owner");
    assert!(question.contains("Who may see and change the rows of `loans`?"), "{question}");
    let question = answer(&mut client, "Provision");
    assert!(question.starts_with("Provision 6 tables and "), "{question}");
    assert!(question.contains("forge/migrations/0001_add_6_tables.yaml (new)"), "{question}");
    told(&mut client, "`forge.provision` is done");
    assert_eq!(
        tables(folder.path()),
        ["disputes", "loans", "messages", "ratings", "tools", "users"]
    );
    let diff = std::fs::read_to_string(folder.path().join(".specwright/plans/provision.diff"));
    assert!(diff.expect("the preview was written").contains("+add_table:"));
    lens(&mut client, &prd, "users applied");

    // A migration that opens a table of people's own rows is stopped by the council.
    let yaml = format!("{root}/forge/migrations/0002_open.yaml");
    let broken = "set_rls:\n  table: loans\n  rls: public\n";
    std::fs::write(folder.path().join("forge/migrations/0002_open.yaml"), broken).expect("a file");
    client.open(&yaml, 1, broken);
    client.diagnostics(&yaml, 1);
    let apply = json!({ "command": "specwright.migrate.apply", "arguments": [{}] });
    let output = client.call("workspace/executeCommand", apply.clone());
    assert_eq!((&output["done"], &output["council"]["verdict"]), (&json!(false), &json!("block")));
    let question = answer(&mut client, "Show the review");
    assert!(question.starts_with("The council blocks it:\n- row-security-disabled"), "{question}");
    let found = found_by_council(&mut client, &yaml);
    assert_eq!(found[0]["source"], "council/access");
    assert_eq!(found[0]["severity"], 1);
    let review = folder.path().join(".specwright/plans/review.md");
    let review = wait(|| std::fs::read_to_string(&review).ok());
    assert!(review.contains("| loans | public | select | borrower_id ="), "{review}");

    // Its fix is a click on the lightbulb, beside the ways to say that it is meant.
    let range = found[0]["range"].clone();
    let params = json!({ "textDocument": { "uri": yaml }, "range": range, "context": { "diagnostics": [] } });
    let actions = client.call("textDocument/codeAction", params);
    let actions = actions.as_array().expect("actions");
    let titles: Vec<&str> = actions.iter().filter_map(|it| it["title"].as_str()).collect();
    let fix = "Keep `rls: own-row(borrower_id)`";
    for title in [
        fix,
        "Suppress row-security-disabled with a reason …",
        "Let the change by with a reason …",
        "Show the review",
    ] {
        assert!(titles.contains(&title), "{titles:?}");
    }
    let fix = actions.iter().find(|it| it["title"] == fix).expect("it is there");
    let edit = &fix["edit"]["changes"][&yaml][0];
    assert_eq!(edit["newText"], "own-row(borrower_id)", "{fix}");
    assert_eq!(edit["range"]["start"], json!({ "line": 2, "character": 7 }), "{fix}");
    let mended = broken.replace("public", "own-row(borrower_id)");
    std::fs::write(folder.path().join("forge/migrations/0002_open.yaml"), &mended).expect("a file");
    client.change(&yaml, 2, &mended);
    assert_eq!(client.diagnostics(&yaml, 2)["diagnostics"], json!([]));
    client.call("workspace/executeCommand", apply);
    let question = answer(&mut client, "Apply");
    assert!(question.starts_with("Apply 1 migration?\n0002_open: "), "{question}");
    told(&mut client, "`migrate.apply` is done");
    client.exit();

    // What happened is in the audit log.
    let acts: Vec<String> = acts(folder.path()).into_iter().map(|it| it.0).collect();
    assert_eq!(
        acts,
        [
            // Of the migration, and of the declared resources.
            "council.review",
            "council.review",
            "forge.provision.intent",
            "migrate.apply.intent",
            "migrate.apply.outcome",
            "forge.provision.outcome",
            "resource.apply",
            // Stopped, and let by once it was mended.
            "council.review",
            "council.review",
            "migrate.apply.intent",
            "migrate.apply.outcome",
        ]
    );
}

/// The audit log of a workspace: what was done, and what is told of it.
fn acts(root: &Path) -> Vec<(String, String)> {
    let root = std::fs::canonicalize(root).expect("it exists");
    let file = model::AbsPath::new(&root.join(".specwright/catalog.db")).expect("it is absolute");
    let system = std::sync::Arc::new(system::OsSystem::default());
    let catalog = catalog::Catalog::open(&file, system, "test").expect("it opens");
    let entries = catalog.audit_after(0, 100).expect("it is read").into_iter();
    entries.map(|it| (it.action, it.detail)).collect()
}

/// What the council holds against a document, as it is shown.
fn found_by_council(client: &mut TestClient, uri: &str) -> Vec<Value> {
    let is_ours = |it: &Value| it["source"].as_str().is_some_and(|it| it.starts_with("council/"));
    let told = client.wait_for("textDocument/publishDiagnostics", |it| {
        it["uri"] == uri && it["diagnostics"].as_array().is_some_and(|it| it.iter().any(is_ours))
    });
    let all = told["diagnostics"].as_array().expect("a list").iter();
    all.filter(|it| is_ours(it)).cloned().collect()
}

/// What comes to be there within a while.
fn wait<T>(look: impl Fn() -> Option<T>) -> T {
    for _ in 0..600 {
        if let Some(it) = look() {
            return it;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("it did not come");
}

/// A folder with one migration applied, and one that waits and opens its table.
fn opened() -> (tempfile::TempDir, String, String) {
    let users = "add_table:\n  name: users\n  columns: [id pk, email text]\n  rls: own-row(id)\n";
    let open = "set_rls: {table: users, rls: public}\n";
    let (folder, root) = folder(&[("forge/migrations/0001_users.yaml", users)]);
    let mut client = start_scanned_in(&root, json!({}));
    client.configuration = None;
    let first = format!("{root}/forge/migrations/0001_users.yaml");
    client.open(&first, 1, users);
    client.diagnostics(&first, 1);
    run(&mut client, &json!({ "command": "specwright.migrate.apply", "arguments": [{}] }));
    answer(&mut client, "Apply");
    told(&mut client, "`migrate.apply` is done");
    client.exit();
    std::fs::write(folder.path().join("forge/migrations/0002_open.yaml"), open).expect("a file");
    let yaml = format!("{root}/forge/migrations/0002_open.yaml");
    (folder, root, yaml)
}

#[test]
fn findings_are_shown_again_after_a_restart_and_suppressed_with_typed_words() {
    let (folder, root, yaml) = opened();
    let text = std::fs::read_to_string(folder.path().join("forge/migrations/0002_open.yaml"));
    let text = text.expect("a file");
    let apply = json!({ "command": "specwright.migrate.apply", "arguments": [{}] });
    let mut client = start_scanned_in(&root, json!({}));
    client.configuration = None;
    client.open(&yaml, 1, &text);
    run(&mut client, &apply);
    answer(&mut client, "Show the review");
    found_by_council(&mut client, &yaml);
    client.exit();

    let mut client = start_scanned_in(&root, json!({ "capabilities": capabilities() }));
    client.configuration = None;
    client.open(&yaml, 1, &text);
    let found = found_by_council(&mut client, &yaml);
    assert_eq!(found[0]["code"], "row-security-disabled", "{found:?}");

    // Each finding is suppressed until a day, with a reason.
    let at = json!({ "textDocument": { "uri": yaml }, "range": found[0]["range"], "context": { "diagnostics": [] } });
    let actions = client.call("textDocument/codeAction", at);
    let suppress = actions.as_array().expect("actions").iter();
    let suppress = suppress
        .filter(|it| it["title"].as_str().is_some_and(|it| it.starts_with("Suppress ")))
        .map(|it| it["command"].clone());
    let suppress: Vec<Value> = suppress.collect();
    assert_eq!(suppress.len(), found.len());
    for it in &suppress {
        run(&mut client, it);
        let asked = answer(&mut client, "For good");
        assert!(asked.starts_with("How long"), "{asked}");
        type_words(&mut client, "the table holds no secrets");
        told(&mut client, "does not count for good");
    }
    // A critical one asks each time all the same.
    run(&mut client, &apply);
    let question = answer(&mut client, "Apply");
    assert!(question.contains("The council asks whether this is meant"), "{question}");
    told(&mut client, "`migrate.apply` is done");
    client.exit();
}

/// Of a client that draws actions and asks for lines of text.
fn capabilities() -> Value {
    let literals = json!({ "codeActionKind": { "valueSet": ["quickfix"] } });
    let actions = json!({ "codeAction": { "codeActionLiteralSupport": literals } });
    json!({ "experimental": { "input": true }, "textDocument": actions })
}

/// Types a line where the server asks for one.
fn type_words(client: &mut TestClient, words: &str) {
    let asked = client.server_request("specwright/input");
    let result = json!({ "value": words });
    let body = json!({ "jsonrpc": "2.0", "id": asked["id"], "result": result }).to_string();
    client.send_raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
}

#[test]
fn what_is_blocked_is_let_by_with_typed_words_and_not_without() {
    let (folder, root, yaml) = opened();
    let text = std::fs::read_to_string(folder.path().join("forge/migrations/0002_open.yaml"));
    let mut client = start_scanned_in(&root, json!({ "capabilities": capabilities() }));
    client.configuration = None;
    client.open(&yaml, 1, &text.expect("a file"));
    let apply = json!({ "command": "specwright.migrate.apply", "arguments": [{}] });
    run(&mut client, &apply);
    answer(&mut client, "Let it by with a reason …");
    type_words(&mut client, "everybody may see e-mail addresses here");
    told(&mut client, "`migrate.apply` is done");
    client.exit();
    let log = acts(folder.path());
    let let_by = log.iter().find(|it| it.0 == "council.override").expect("it is told");
    assert!(let_by.1.contains("everybody may see e-mail addresses here"), "{let_by:?}");
}

#[test]
fn the_preview_says_what_the_council_says_and_takes_the_same_answers() {
    let folder = Folder::new(
        "//- PRD.md\n# Board\n\n## Data model\n\n### notes\n\n| Field | Type |\n|---|---|\n| id | uuid |\n| body | text |\n",
    );
    let shown = folder.json_of("provision --dry-run --answer access=deny");
    assert_eq!(shown["council"]["verdict"], "pass", "{}", shown["council"]);
    let text = folder.run(&["provision", "--dry-run", "--answer", "access=deny"]).stdout;
    assert!(text.contains("# In review, the council passes it:"), "{text}");
    assert!(!folder.root().join(".specwright").exists());
    assert_eq!(folder.run(&["provision", "--yes", "--answer", "access=deny"]).code, 0);
    let old = b"add_column: {table: notes, column: old text}\n";
    folder.write("forge/migrations/0002_old.yaml", old);
    assert_eq!(folder.run(&["provision", "--yes"]).code, 0);
    let drop = b"drop_column: {table: notes, column: old, purge: true}\n";
    folder.write("forge/migrations/0003_drop.yaml", drop);
    // What waits already is judged too, and stops it.
    let dry = folder.run(&["provision", "--dry-run"]);
    assert_eq!(dry.code, 1, "{}", dry.stdout);
    assert!(dry.stdout.contains("the council blocks it"), "{}", dry.stdout);
    let ran = folder.run(&["provision", "--yes"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("drops `notes.old` with its values"), "{}", ran.stderr);
    let reason = "nobody wrote one yet";
    assert_eq!(folder.run(&["provision", "--yes", "--override", reason]).code, 0);
}

#[test]
fn what_an_edit_of_the_declared_resources_opens_is_judged_before_it_is_in_force() {
    let folder = Folder::new(
        "//- PRD.md\n# Shop\n\n- Users sign in with Google.\n- Users upload scans (PDF, at most 5 MB) to a private bucket; only the owner can read them.\n",
    );
    assert_eq!(folder.run(&["provision", "--yes"]).code, 0);
    let file = folder.root().join("forge/forge.yaml");
    let written = std::fs::read_to_string(&file).expect("it was written");
    let open = written.replace("visibility: private", "visibility: public");
    assert_ne!(open, written);
    folder.write("forge/forge.yaml", open.as_bytes());
    let shown = folder.json_of("provision --dry-run");
    assert_eq!(shown["council"]["verdict"], "block", "{}", shown["council"]);
    let ran = folder.run(&["provision", "--yes"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("resources/opened-bucket"), "{}", ran.stderr);
    assert!(ran.stderr.contains("failed to provision `"), "{}", ran.stderr);
    let review = folder.json_of("council review --resources forge/forge.yaml");
    assert_eq!(review["findings"][0]["rule"], "opened-bucket", "{review}");
    assert_eq!(review["findings"][0]["part"], "forge/forge.yaml");
    assert_eq!(review["reviewers"].as_array().map(Vec::len), Some(1));
    folder.write("closed.yaml", written.as_bytes());
    let back = "council review --base forge/forge.yaml --resources closed.yaml";
    assert_eq!(folder.json_of(back)["verdict"], "pass");
    folder.write("broken.yaml", b"storage: [open\n");
    let broken = folder.json_of("council review --resources broken.yaml");
    assert_eq!(broken["verdict"], "inconclusive", "{broken}");
    let reason = "scans are public on purpose";
    assert_eq!(folder.run(&["provision", "--yes", "--override", reason]).code, 0);
    let again = folder.json_of("provision --dry-run");
    assert_eq!(again["council"], Value::Null, "what is in force is no change");
}

#[test]
fn what_is_declared_no_longer_goes_out_of_force() {
    let folder = Folder::new("//- PRD.md\n# Shop\n\n- Users sign in with Google.\n");
    assert_eq!(folder.run(&["provision", "--yes"]).code, 0);
    let written = folder.read("forge/forge.yaml");
    let more = "compliance: [gdpr]\nstorage:\n  scans: { visibility: private, policy: own-row, size: 5MB, types: [application/pdf] }\n";
    folder.write("forge/forge.yaml", format!("{written}{more}").as_bytes());
    let ran = folder.run(&["provision", "--yes"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let in_force = || folder.json_of("status")["resources"].to_string();
    assert!(in_force().contains("scans"), "{}", in_force());

    folder.write("forge/forge.yaml", written.as_bytes());
    let shown = folder.json_of("provision --dry-run");
    assert_eq!(shown["withdrawn"], json!(["compliance/gdpr", "storage/scans"]));
    let rules: Vec<&str> = shown["council"]["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|it| it["rule"].as_str())
        .collect();
    assert_eq!(rules, ["removed-resource", "dropped-preset"], "{shown}");
    let ran = folder.run(&["provision", "--dry-run"]);
    assert!(ran.stdout.contains("storage/scans"), "{}", ran.stdout);
    assert_eq!(folder.run(&["provision", "--yes"]).code, 2);
    let reason = "scans are kept elsewhere now";
    let ran = folder.run(&["provision", "--yes", "--override", reason]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(!in_force().contains("scans"), "{}", in_force());
    let again = folder.json_of("provision --dry-run");
    assert_eq!((&again["withdrawn"], &again["council"]), (&json!([]), &Value::Null));
}

#[test]
fn a_closed_dialog_provisions_nothing() {
    let (folder, root) = folder(&[("PRD.md", EXAMPLE)]);
    let mut client = start_scanned_in(&root, json!({}));
    client.configuration = None;
    let prd = format!("{root}/PRD.md");
    client.open(&prd, 1, EXAMPLE);
    client.diagnostics(&prd, 1);
    let command = lens(&mut client, &prd, "provision: ");
    run(&mut client, &command);
    let asked = client.server_request("window/showMessageRequest");
    let body = json!({ "jsonrpc": "2.0", "id": asked["id"], "result": null }).to_string();
    client.send_raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    client.drain(std::time::Duration::from_millis(300));
    client.exit();
    assert!(!folder.path().join("forge").exists());
}

#[test]
fn the_edit_of_a_spec_is_reviewed_while_it_is_written() {
    let old = "# Shop\n\n## Files\n\nMembers upload photos to a private bucket `photos`.\n";
    let folder = Folder::new("");
    folder.write("PRD.md", old.as_bytes());
    folder.git(&["init", "-q"]);
    folder.git(&["add", "PRD.md"]);
    folder.git(&["commit", "-qm", "old"]);
    let root = format!("file://{}", folder.root().display());
    let mut client = start_scanned_in(&root, json!({ "capabilities": capabilities() }));
    let prd = format!("{root}/PRD.md");
    client.open(&prd, 1, &old.replace("private", "public"));
    let at =
        json!({ "start": { "line": 4, "character": 0 }, "end": { "line": 4, "character": 0 } });
    let params =
        json!({ "textDocument": { "uri": prd }, "range": at, "context": { "diagnostics": [] } });
    let actions = client.call("textDocument/codeAction", params);
    let is_it =
        |it: &&Value| it["title"].as_str().is_some_and(|it| it.starts_with("Review what changed"));
    let action = actions.as_array().expect("a list").iter().find(is_it).expect("it is offered");
    run(&mut client, &action["command"].clone());
    told(&mut client, "the council blocks it: 2 findings");
    let found = found_by_council(&mut client, &prd);
    assert_eq!(found[0]["code"], "opened-bucket", "{found:?}");
    assert_eq!(found[0]["range"]["start"]["line"], 4, "{found:?}");

    client.change(&prd, 2, old);
    run(&mut client, &json!({ "command": "specwright.reviewSpec", "arguments": [] }));
    told(&mut client, "the council passes it: 0 findings");
    client.exit();
}

#[test]
fn the_file_of_resources_is_checked_completed_and_explained() {
    let (_folder, root) = folder(&[(
        "forge/migrations/0001_a.yaml",
        "add_table: {name: a, columns: [id pk], rls: deny}\n",
    )]);
    let mut client = start_scanned_in(&root, json!({}));
    let uri = format!("{root}/forge/forge.yaml");
    let text = "schedules:\n  digest:\n    cron: 0 8 * * 1\n    zone: Europe/Berlin\n    target: functions/digest\nrealtime:\n  live: {table: b}\nsecrets:\n  KEY: {value: hunter2}\n";
    client.open(&uri, 1, text);
    let found = client.diagnostics(&uri, 1);
    assert_eq!(
        codes(&found["diagnostics"]),
        ["undeclared-function", "undeclared-table", "secret-value"]
    );
    let shown = found.to_string();
    assert!(!shown.contains("hunter2"), "the value of a secret is nobody's business: {shown}");
    let at = |line: u32, character: u32| json!({ "textDocument": { "uri": uri }, "position": { "line": line, "character": character } });
    let card = client.call("textDocument/hover", at(2, 12));
    let card = card["contents"]["value"].as_str().expect("Markdown").to_owned();
    assert!(card.contains("Next: Mon ") && card.contains("(Europe/Berlin)"), "{card}");
    let proposals = client.call("textDocument/completion", at(1, 9));
    assert!(proposals.is_object() || proposals.is_array() || proposals.is_null());
    client.exit();
}
