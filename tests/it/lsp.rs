//! The language server as its clients see it.

use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;
use tests::lsp_client::TestClient;

const URI: &str = "file:///nowhere/PRD.md";
/// People sign in, and nobody says how: a diagnostic at version 1.
const SPEC: &str = "# T\n\n## Accounts\n\nUsers must log in before they can post.\n";

fn start(capabilities: Value) -> TestClient {
    TestClient::start(json!({ "capabilities": capabilities })).0
}

pub(crate) fn codes(diagnostics: &Value) -> Vec<&str> {
    let all = diagnostics.as_array().expect("a list of diagnostics");
    all.iter().map(|it| it["code"].as_str().expect("a code")).collect()
}

/// Files below a folder, which is a workspace.
pub(crate) fn folder(files: &[(&str, &str)]) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = std::fs::canonicalize(folder.path()).expect("it exists");
    for (name, text) in files {
        let path = path.join(name);
        std::fs::create_dir_all(path.parent().expect("it has one")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    let uri = uri(&path);
    (folder, uri)
}

fn uri(path: &Path) -> String {
    url::Url::from_file_path(path).expect("it is absolute").to_string()
}

pub(crate) fn start_in(root: &str, mut params: Value) -> TestClient {
    params["workspaceFolders"] = json!([{ "uri": root, "name": "w" }]);
    TestClient::start(params).0
}

/// The same, and waits until every file of the folder was read.
pub(crate) fn start_scanned_in(root: &str, mut params: Value) -> TestClient {
    params["capabilities"]["experimental"]["serverStatusNotification"] = json!(true);
    let mut client = start_in(root, params);
    client.wait_for("experimental/serverStatus", |it| it["quiescent"] == true);
    client
}

/// Opens, reads diagnostics the client's way, takes a fix, types, and leaves.
fn round_trip(name: &str, params: &Value) {
    let (mut client, result) = TestClient::start(params.clone());
    let capabilities = &params["capabilities"];
    let offered = &capabilities["general"]["positionEncodings"];
    let utf8 = offered.as_array().is_some_and(|it| it.iter().any(|it| it == "utf-8"));
    let encoding = if utf8 { "utf-8" } else { "utf-16" };
    assert_eq!(result["capabilities"]["positionEncoding"], encoding, "{name}");

    client.open(URI, 1, SPEC);
    let pulls = capabilities["textDocument"]["diagnostic"].is_object();
    assert_eq!(result["capabilities"]["diagnosticProvider"].is_object(), pulls, "{name}");
    let diagnostics = if pulls {
        let params = json!({ "textDocument": { "uri": URI } });
        client.call("textDocument/diagnostic", params)["items"].clone()
    } else {
        client.diagnostics(URI, 1)["diagnostics"].clone()
    };
    assert!(codes(&diagnostics).contains(&"sign-in-without-method"), "{name}: {diagnostics}");

    let all = diagnostics.as_array().expect("a list of diagnostics");
    let shown = all.iter().find(|it| it["code"] == "sign-in-without-method").expect("it is there");
    let start = &shown["range"]["start"];
    let range = json!({ "start": start, "end": start });
    let context = json!({ "diagnostics": [] });
    let params = json!({ "textDocument": { "uri": URI }, "range": range, "context": context });
    let actions = client.call("textDocument/codeAction", params);
    let silence = actions.as_array().expect("a list of actions").iter().find(|it| {
        it["title"].as_str().is_some_and(|it| it == "Silence sign-in-without-method here")
    });
    let mut silence = silence.unwrap_or_else(|| panic!("{name}: {actions}")).clone();
    if silence.get("edit").is_none() {
        silence = client.call("codeAction/resolve", silence);
    }
    let edit = &silence["edit"];
    let versioned = capabilities["workspace"]["workspaceEdit"]["documentChanges"] == true;
    let edits = if versioned {
        assert_eq!(edit["documentChanges"][0]["textDocument"]["version"], 1, "{name}");
        &edit["documentChanges"][0]["edits"]
    } else {
        &edit["changes"][URI]
    };
    for change in edits.as_array().unwrap_or_else(|| panic!("{name}: {silence}")) {
        let change = json!({ "range": change["range"], "text": change["newText"] });
        client.edit(URI, 2, change);
    }
    let params = json!({ "textDocument": { "uri": URI } });
    let after = if pulls {
        client.call("textDocument/diagnostic", params)["items"].clone()
    } else {
        client.diagnostics(URI, 2)["diagnostics"].clone()
    };
    assert!(!codes(&after).contains(&"sign-in-without-method"), "{name}: {after}");
    client.close(URI);
    client.exit();
}

#[test]
fn every_recorded_client_can_open_read_and_mend() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/clients");
    let mut n_clients = 0;
    for entry in std::fs::read_dir(folder).expect("the recordings are there") {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("a file");
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        round_trip(&name, &serde_json::from_str(&text).expect("JSON"));
        n_clients += 1;
    }
    assert_eq!(n_clients, 10);
}

#[test]
fn a_burst_of_changes_is_published_in_few_sets_and_the_last_is_right() {
    let mut client = start(json!({}));
    client.open(URI, 0, SPEC);
    let line = |told: &Value| {
        let all = told["diagnostics"].as_array().expect("a list");
        let shown = all.iter().find(|it| it["code"] == "sign-in-without-method");
        shown.and_then(|it| it["range"]["start"]["line"].as_i64()).expect("it is there")
    };
    let first_line = line(&client.diagnostics(URI, 0));
    let mut frames = String::new();
    for version in 1..=200 {
        // Each change moves the diagnostic by a line.
        let start = json!({ "line": 0, "character": 0 });
        let change = json!({ "range": { "start": start, "end": start }, "text": "\n" });
        let document = json!({ "uri": URI, "version": version });
        let params = json!({ "textDocument": document, "contentChanges": [change] });
        let method = "textDocument/didChange";
        let body = json!({ "jsonrpc": "2.0", "method": method, "params": params }).to_string();
        frames += &format!("Content-Length: {}\r\n\r\n{body}", body.len());
    }
    client.send_raw(frames.as_bytes());
    let published = client.drain(Duration::from_millis(500));
    let versions: Vec<&Value> = published.iter().map(|it| &it["params"]["version"]).collect();
    assert!(published.len() <= 5, "{versions:?}");
    let last = published.last().expect("at least one");
    assert_eq!(last["params"]["version"], 200);
    assert_eq!(line(&last["params"]), first_line + 200);
    client.exit();
}

#[test]
fn what_did_not_change_is_not_published_again() {
    let mut client = start(json!({}));
    client.open(URI, 0, SPEC);
    client.diagnostics(URI, 0);
    let end = json!({ "line": 5, "character": 0 });
    for version in 1..5 {
        client.edit(URI, version, json!({ "range": { "start": end, "end": end }, "text": "\n" }));
        assert_eq!(client.drain(Duration::from_millis(100)), Vec::<Value>::new());
    }
    client.exit();
}

#[test]
fn a_pull_that_finds_nothing_new_says_so() {
    let capabilities = json!({ "textDocument": { "diagnostic": {} } });
    let mut client = start(capabilities);
    client.open(URI, 1, SPEC);
    let mut params = json!({ "textDocument": { "uri": URI } });
    let full = client.call("textDocument/diagnostic", params.clone());
    assert_eq!(full["kind"], "full");
    params["previousResultId"] = full["resultId"].clone();
    let again = client.call("textDocument/diagnostic", params.clone());
    assert_eq!((&again["kind"], &again["resultId"]), (&json!("unchanged"), &full["resultId"]));
    client.change(URI, 2, "# T\n");
    let changed = client.call("textDocument/diagnostic", params);
    assert_eq!(changed["kind"], "full");
    assert_eq!(client.drain(Duration::from_millis(50)), Vec::<Value>::new(), "nothing is pushed");
    client.exit();
}

#[test]
fn a_workspace_pull_waits_for_news() {
    let (folder, root) = folder(&[("PRD.md", SPEC), ("specs/a.md", "# A\n")]);
    let capabilities = json!({ "textDocument": { "diagnostic": {} } });
    let mut client = start_in(&root, json!({ "capabilities": capabilities }));
    let pull = |previous: Value| json!({ "previousResultIds": previous });
    // The first answer may come before the scan has found everything.
    let mut known = json!([]);
    let mut n_known = 0;
    while n_known < 2 {
        let report = client.call("workspace/diagnostic", pull(known.clone()));
        let items = report["items"].as_array().expect("a list");
        n_known = items.len();
        let id = |it: &Value| json!({ "uri": it["uri"], "value": it["resultId"] });
        known = items.iter().map(id).collect();
    }
    let id = client.request("workspace/diagnostic", pull(known));
    assert!(!client.is_answered(id, Duration::from_millis(300)), "there is no news");
    std::fs::write(folder.path().join("specs/a.md"), SPEC).expect("a file");
    let report = client.answer(id)["result"].clone();
    let kinds: Vec<&Value> =
        report["items"].as_array().expect("a list").iter().map(|it| &it["kind"]).collect();
    assert_eq!(kinds, ["unchanged", "full"]);
    client.exit();
}

#[test]
fn hovers_answer_from_the_text_before_them_while_it_changes() {
    let mut client = start(json!({}));
    client.open(URI, 0, "# A\n");
    let mut ids = Vec::new();
    for version in 1..=300 {
        client.change(
            URI,
            version,
            &format!("{}# A {version}\n", "\n".repeat(version as usize % 7)),
        );
        let params = json!({ "textDocument": { "uri": URI } });
        ids.push(client.request("textDocument/documentSymbol", params));
    }
    for (version, id) in (1..).zip(ids) {
        let answer = client.answer(id);
        let symbol = &answer["result"][0];
        assert_eq!(symbol["name"], format!("A {version}"));
        assert_eq!(symbol["location"]["range"]["start"]["line"], version % 7);
    }
    client.exit();
}

#[test]
fn a_client_may_write_4000_changes_and_hovers_before_it_reads() {
    let (server_input, output) = std::io::pipe().expect("a pipe");
    let (input, server_output) = std::io::pipe().expect("a pipe");
    std::thread::spawn(move || lsp::serve(server_input, server_output));
    // Nothing is read until all is written: the client takes its messages only then.
    let (reads, may_read) = std::sync::mpsc::channel::<()>();
    let input = Patient { input, may_read: Some(may_read) };
    let mut client = TestClient::new(output, input);
    let first = client.request("initialize", json!({ "capabilities": {} }));
    client.open(URI, 0, SPEC);
    let mut ids = Vec::new();
    for version in 1..=4000 {
        client.change(URI, version, SPEC);
        let position = json!({ "line": 4, "character": 12 });
        let params = json!({ "textDocument": { "uri": URI }, "position": position });
        ids.push(client.request("textDocument/hover", params));
    }
    drop(reads);
    client.answer(first);
    for id in ids {
        assert!(client.answer(id).get("error").is_none());
    }
    client.exit();
}

/// Reads only once the other end of `may_read` is gone.
struct Patient<R> {
    input: R,
    may_read: Option<std::sync::mpsc::Receiver<()>>,
}

impl<R: std::io::Read> std::io::Read for Patient<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if let Some(may_read) = self.may_read.take() {
            assert!(may_read.recv().is_err(), "nothing is ever sent");
        }
        self.input.read(buffer)
    }
}

#[test]
fn edits_out_of_range_are_clamped() {
    let mut client = start(json!({}));
    client.open(URI, 1, "# T\n");
    let edits = [((9, 9), (9, 9)), ((0, 99), (5, 0)), ((3, 0), (0, 0))];
    for (version, (start, end)) in (2..).zip(edits) {
        let position =
            |(line, character): (u32, u32)| json!({ "line": line, "character": character });
        let range = json!({ "start": position(start), "end": position(end) });
        client.edit(URI, version, json!({ "range": range, "text": "é😀\r\n" }));
    }
    client.notify("textDocument/didChange", json!({ "nonsense": true }));
    client.edit("file:///never/opened.md", 1, json!({ "text": "x" }));
    client.open(URI, 9, SPEC);
    assert!(codes(&client.diagnostics(URI, 9)["diagnostics"]).contains(&"sign-in-without-method"));
    client.exit();
}

#[test]
fn a_client_that_never_answers_is_served() {
    let capabilities = json!({
        "workspace": {
            "configuration": true,
            "didChangeWatchedFiles": { "dynamicRegistration": true },
        },
        "window": { "workDoneProgress": true },
    });
    let mut client = TestClient::of(|input, output| {
        lsp::serve(input, output).expect("threads can be started");
    });
    client.configuration = None;
    client.initialize(json!({ "capabilities": capabilities }));
    client.open(URI, 1, SPEC);
    client.diagnostics(URI, 1);
    client.exit();
}

#[test]
fn a_large_document_is_served() {
    let mut client = start(json!({}));
    let mut text = String::from(SPEC);
    text.push_str(&"A line of text that says nothing.\n\n".repeat(6_000));
    client.open(URI, 1, &text);
    client.diagnostics(URI, 1);
    let start = json!({ "line": 0, "character": 0 });
    client.edit(URI, 2, json!({ "range": { "start": start, "end": start }, "text": "\n" }));
    client.diagnostics(URI, 2);
    client.exit();
}

#[test]
fn a_huge_document_is_refused_and_held() {
    let mut client = start(json!({}));
    let huge = "x".repeat(100 << 20);
    client.open(URI, 1, &huge);
    drop(huge);
    let told = client.diagnostics(URI, 1);
    assert_eq!(codes(&told["diagnostics"]), ["not-read"]);
    let position = json!({ "line": 0, "character": 5 });
    let params = json!({ "textDocument": { "uri": URI }, "position": position });
    assert_eq!(client.call("textDocument/hover", params), Value::Null);
    client.change(URI, 2, SPEC);
    assert!(codes(&client.diagnostics(URI, 2)["diagnostics"]).contains(&"sign-in-without-method"));
    client.exit();
}

#[test]
fn a_spec_on_disk_that_is_no_text_is_told_of() {
    let (folder, root) = folder(&[]);
    std::fs::write(folder.path().join("PRD.md"), [b'#', 0, 0xff]).expect("a file");
    let mut client = start_in(&root, json!({}));
    let told = client.notification("textDocument/publishDiagnostics");
    assert_eq!(codes(&told["diagnostics"]), ["not-read"]);
    client.exit();
}

#[test]
fn closed_specs_of_the_folder_are_told_of_and_taken_back() {
    let (folder, root) = folder(&[("PRD.md", SPEC), ("README.md", SPEC)]);
    let mut client = start_in(&root, json!({}));
    let prd = format!("{root}/PRD.md");
    let told = client.notification("textDocument/publishDiagnostics");
    assert_eq!(told["uri"], prd.as_str());
    assert!(codes(&told["diagnostics"]).contains(&"sign-in-without-method"));

    // Another program mends it; the server watches by itself.
    std::fs::write(folder.path().join("PRD.md"), "# T\n").expect("a file");
    let told = client.notification("textDocument/publishDiagnostics");
    assert_eq!((&told["uri"], &told["diagnostics"]), (&json!(prd), &json!([])));

    // A new spec in a new folder is found.
    std::fs::create_dir(folder.path().join("specs")).expect("a folder");
    std::fs::write(folder.path().join("specs/a.md"), SPEC).expect("a file");
    let told = client.notification("textDocument/publishDiagnostics");
    assert_eq!(told["uri"], format!("{root}/specs/a.md"));
    client.exit();
}

#[test]
fn a_file_that_is_opened_is_told_of_even_where_nothing_changes() {
    for (text, wanted) in [("# T\n", false), (SPEC, true)] {
        let (_folder, root) = folder(&[("PRD.md", text)]);
        let mut client = start_scanned_in(&root, json!({}));
        let prd = format!("{root}/PRD.md");
        client.open(&prd, 1, text);
        let told = client.diagnostics(&prd, 1);
        assert_eq!(codes(&told["diagnostics"]).contains(&"sign-in-without-method"), wanted);
        client.exit();
    }
}

#[test]
fn an_open_part_is_judged_with_the_others_of_its_spec() {
    let files = [
        (".kiro/specs/chat/requirements.md", SPEC),
        (".kiro/specs/chat/design.md", "# Design\n\nText.\n"),
    ];
    let (_folder, root) = folder(&files);
    let mut client = start_in(&root, json!({}));
    let part = |name: &str| format!("{root}/.kiro/specs/chat/{name}.md");
    let told = client.notification("textDocument/publishDiagnostics");
    assert_eq!(told["uri"], part("requirements"));
    client.open(&part("design"), 1, "# Design\n\nUsers log in with Google.\n");
    let told = client.wait_for("textDocument/publishDiagnostics", |it| {
        it["uri"] == part("requirements").as_str()
    });
    assert!(!codes(&told["diagnostics"]).contains(&"sign-in-without-method"), "{told}");
    client.exit();
}

#[test]
fn a_fault_of_the_settings_is_told_at_its_place() {
    let settings = "[rules]\nno-such-rule = \"off\"\n[server]\npath = \"./evil\"\n";
    let (folder, root) = folder(&[("specwright.toml", settings), ("PRD.md", "# T\n")]);
    let experimental = json!({ "serverStatusNotification": true });
    let capabilities = json!({ "capabilities": { "experimental": experimental } });
    let mut client = start_in(&root, capabilities);
    let told = client.notification("textDocument/publishDiagnostics");
    assert_eq!(told["uri"], format!("{root}/specwright.toml"));
    let lines: Vec<&Value> = told["diagnostics"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| &it["range"]["start"]["line"])
        .collect();
    assert!(lines.contains(&&json!(3)), "{told}");
    let status = client.wait_for("experimental/serverStatus", |it| it["quiescent"] == true);
    assert_eq!(status["health"], "warning");

    std::fs::write(folder.path().join("specwright.toml"), "").expect("a file");
    let told = client.notification("textDocument/publishDiagnostics");
    assert_eq!(told["diagnostics"], json!([]));
    let status = client.wait_for("experimental/serverStatus", |it| it["quiescent"] == true);
    assert_eq!(status["health"], "ok");
    client.exit();
}

#[test]
fn settings_of_the_editor_hold_when_they_come() {
    let (_folder, root) = folder(&[("PRD.md", SPEC)]);
    let mut client = TestClient::of(|input, output| {
        lsp::serve(input, output).expect("threads can be started");
    });
    client.configuration = Some(json!({ "rules": { "sign-in-without-method": "off" } }));
    let workspace = json!({ "configuration": true });
    client.initialize(json!({
        "capabilities": { "workspace": workspace },
        "workspaceFolders": [{ "uri": root, "name": "w" }],
    }));
    let request = client.server_request("workspace/configuration");
    assert_eq!(request["params"]["items"][0]["section"], "specwright");
    let prd = format!("{root}/PRD.md");
    client.open(&prd, 1, SPEC);
    client.wait_for("textDocument/publishDiagnostics", |it| {
        !codes(&it["diagnostics"]).contains(&"sign-in-without-method")
    });
    client.configuration = Some(json!({ "rules": { "sign-in-without-method": "error" } }));
    client.notify("workspace/didChangeConfiguration", json!({ "settings": null }));
    client.wait_for("textDocument/publishDiagnostics", |it| {
        it["diagnostics"].as_array().is_some_and(|it| it.iter().any(|it| it["severity"] == 1))
    });
    client.exit();
}

#[test]
fn folders_come_and_go() {
    let (_one, first) = folder(&[("PRD.md", "# T\n")]);
    let (_two, second) = folder(&[("PRD.md", SPEC)]);
    let mut client = start_in(&first, json!({}));
    let added = json!({ "added": [{ "uri": second, "name": "b" }], "removed": [] });
    client.notify("workspace/didChangeWorkspaceFolders", json!({ "event": added }));
    let told = client.notification("textDocument/publishDiagnostics");
    assert_eq!(told["uri"], format!("{second}/PRD.md"));
    let removed = json!({ "added": [], "removed": [{ "uri": second, "name": "b" }] });
    client.notify("workspace/didChangeWorkspaceFolders", json!({ "event": removed }));
    let told = client.notification("textDocument/publishDiagnostics");
    assert_eq!(
        (&told["uri"], &told["diagnostics"]),
        (&json!(format!("{second}/PRD.md")), &json!([]))
    );
    client.exit();
}

#[test]
fn the_first_scan_shows_progress_and_can_be_cancelled() {
    // A scan that ends before the client has agreed to show it is not shown.
    let is_shown = [200, 800, 3_200].into_iter().any(shows_a_scan_that_is_cancelled);
    assert!(is_shown);
}

fn shows_a_scan_that_is_cancelled(n_files: usize) -> bool {
    let files: Vec<(String, String)> =
        (0..n_files).map(|n| (format!("specs/{n:04}.md"), SPEC.repeat(20))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let (_folder, root) = folder(&files);
    let capabilities = json!({
        "window": { "workDoneProgress": true },
        "experimental": { "serverStatusNotification": true },
    });
    let mut client = start_in(&root, json!({ "capabilities": capabilities }));
    let begin = loop {
        let (method, told) = client.first_of(&["$/progress", "experimental/serverStatus"]);
        if method == "$/progress" {
            break told;
        }
        if told["quiescent"] == true {
            client.exit();
            return false;
        }
    };
    assert_eq!(
        (&begin["value"]["kind"], &begin["value"]["cancellable"]),
        (&json!("begin"), &json!(true))
    );
    client.notify("window/workDoneProgress/cancel", json!({ "token": begin["token"] }));
    client.wait_for("$/progress", |it| it["value"]["kind"] == "end");
    client.exit();
    true
}

#[test]
fn a_rule_is_silenced_in_the_workspace_through_the_registry() {
    let (folder, root) = folder(&[("PRD.md", SPEC)]);
    let mut client = start_in(&root, json!({}));
    client.notification("textDocument/publishDiagnostics");
    let argument = json!({ "rule": "sign-in-without-method", "scope": "workspace" });
    let params = json!({ "command": "specwright.rule.silence", "arguments": [argument] });
    client.call("workspace/executeCommand", params);
    client.wait_for("textDocument/publishDiagnostics", |it| {
        !codes(&it["diagnostics"]).contains(&"sign-in-without-method")
    });
    let settings = std::fs::read_to_string(folder.path().join("specwright.toml")).expect("written");
    assert!(settings.contains("sign-in-without-method"), "{settings}");

    let id = client.request("workspace/executeCommand", json!({ "command": "specwright.no.such" }));
    let answer = client.answer(id);
    assert!(answer["error"]["message"].as_str().is_some_and(|it| it.contains("no.such")));
    client.exit();
}

#[test]
fn a_lens_without_lenses_is_an_action_and_a_command_without_arguments() {
    let text = "# T\n\n## Data model\n\n```sql\ncreate table posts (id uuid primary key, title text);\n```\n";
    let mut client = start(json!({}));
    client.open(URI, 1, text);
    let range =
        json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 0, "character": 0 } });
    let params = json!({
        "textDocument": { "uri": URI },
        "range": range,
        "context": { "diagnostics": [] },
    });
    let actions = client.call("textDocument/codeAction", params);
    let shown = actions.as_array().expect("a list");
    assert!(
        shown.iter().any(|it| it["command"] == "specwright.showDetection"
            || it["command"]["command"] == "specwright.showDetection"),
        "{actions}"
    );
    let params = json!({ "command": "specwright.showDetection" });
    let output = client.call("workspace/executeCommand", params);
    assert_eq!(output["tables"][0]["name"], "posts");
    let shown = client.notification("window/showMessage");
    assert_eq!(shown["message"], "PRD.md implies 1 table");
    client.exit();
}
