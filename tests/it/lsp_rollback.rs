//! Going back from an editor, as its user meets it: the choice of a checkpoint, the question, the
//! edits that are gone through, open documents, unsaved texts, the lens, and what each message says.

use crate::cli::Folder;
use crate::lsp_state;
use serde_json::{Value, json};
use std::process::Child;
use std::time::Duration;
use tests::lsp_client::TestClient;

/// An editor on a folder, whose user answers each question in the test.
struct Editor {
    folder: Folder,
    child: Child,
    client: TestClient,
    root: String,
}

impl Editor {
    fn open(folder: Folder, capabilities: Value) -> Self {
        let (child, mut client, root) = lsp_state::open(&folder, capabilities);
        client.configuration = None;
        Self { folder, child, client, root }
    }

    fn close(self) {
        lsp_state::close((self.child, self.client));
    }

    fn uri(&self, file: &str) -> String {
        format!("{}/{file}", self.root)
    }

    fn run(&mut self, command: &str, input: Value) -> Value {
        let params = json!({ "command": format!("specwright.{command}"), "arguments": [input] });
        self.client.call("workspace/executeCommand", params)
    }

    fn checkpoint(&mut self, label: &str) -> String {
        let made = self.run("checkpoint.create", json!({ "message": label }));
        let id = text(&made["checkpoint"]["id"]);
        assert_eq!(self.told(), format!("checkpoint {id} has everything as it is now"));
        id
    }

    /// Waits for a question; gives its text and the titles of its answers.
    fn asked(&mut self) -> Question {
        let request = self.client.server_request("window/showMessageRequest");
        let params = &request["params"];
        let answers = params["actions"].as_array().expect("answers").iter();
        let answers = answers.map(|it| text(&it["title"])).collect();
        Question { text: text(&params["message"]), answers, request }
    }

    fn answer(&mut self, question: &Question, title: &str) {
        assert!(question.answers.iter().any(|it| it == title), "{:?}", question.answers);
        self.client.respond(&question.request, &json!({ "title": title }));
    }

    fn told(&mut self) -> String {
        text(&self.client.notification("window/showMessage")["message"])
    }

    fn shows(&mut self, file: &str, version: i64, text: &str) {
        let uri = self.uri(file);
        self.client.open(&uri, version, text);
    }

    fn types(&mut self, file: &str, version: i64, text: &str) {
        let uri = self.uri(file);
        self.client.change(&uri, version, text);
    }

    fn json(&self, line: &str) -> Value {
        self.folder.json_of(line)
    }
}

struct Question {
    text: String,
    answers: Vec<String>,
    request: Value,
}

fn text(it: &Value) -> String {
    it.as_str().unwrap_or_else(|| panic!("a text: {it}")).to_owned()
}

/// The name in `…; checkpoint NAME undoes it`.
fn undoing(message: &str) -> String {
    let rest = message.split_once("checkpoint ").expect("it names one").1;
    rest.split_once(" undoes it").expect("it says what it is for").0.to_owned()
}

fn plain() -> Value {
    json!({ "workspace": { "applyEdit": true, "workspaceEdit": { "documentChanges": true } } })
}

/// What VS Code declares.
fn annotating() -> Value {
    let edit = json!({
        "documentChanges": true,
        "resourceOperations": ["create", "rename", "delete"],
        "changeAnnotationSupport": { "groupsOnLabel": true },
        "metadataSupport": true,
    });
    json!({ "workspace": { "applyEdit": true, "workspaceEdit": edit } })
}

fn shop() -> Folder {
    Folder::new("//- PRD.md\n# Shop\n//- notes.txt\none\ntwo\n//- old.txt\nold\n")
}

#[test]
fn a_checkpoint_is_picked_shown_and_gone_back_to() {
    let mut editor = Editor::open(shop(), plain());
    let first = editor.checkpoint("first");
    editor.folder.write("PRD.md", b"# Shop, saved\n");
    editor.folder.write("notes.txt", b"one\nthree\n");
    editor.folder.write("new.txt", b"new\n");
    editor.shows("PRD.md", 1, "# Shop, saved\n");
    editor.types("PRD.md", 2, "# Shop, not saved\n");

    editor.run("rollback.to", json!({}));
    let picking = editor.asked();
    assert!(picking.text.starts_with("Roll back to which checkpoint?"), "{}", picking.text);
    let choice = picking.answers[0].clone();
    assert!(choice.starts_with(&first) && choice.ends_with(" first"), "{choice}");
    editor.answer(&picking, &choice);

    let question = editor.asked();
    let expected = format!(
        "Roll back to {first} (first)? 3 files and 0 databases change.\n\
         change PRD.md\nremove new.txt\nchange notes.txt\n\
         A checkpoint of the state now is made first."
    );
    assert_eq!(question.text, expected);
    assert_eq!(question.answers, ["Roll back", "Cancel"]);
    assert_eq!(editor.folder.read("PRD.md"), "# Shop, saved\n", "nothing is done yet");
    editor.answer(&question, "Roll back");

    // What the editor shows is what is on disk, by an edit of the version that it shows.
    let edit = editor.client.server_request("workspace/applyEdit");
    let document = &edit["params"]["edit"]["documentChanges"][0];
    assert_eq!(document["textDocument"], json!({ "uri": editor.uri("PRD.md"), "version": 2 }));
    assert_eq!(document["edits"][0]["newText"], "# Shop\n");
    editor.client.respond(&edit, &json!({ "applied": true }));
    let told = editor.told();
    assert!(told.starts_with("rolled back: 3 files, 0 databases; checkpoint "), "{told}");
    assert_eq!(editor.folder.read("PRD.md"), "# Shop\n");
    assert_eq!(editor.folder.read("notes.txt"), "one\ntwo\n");
    assert!(!editor.folder.root().join("new.txt").exists());

    // The checkpoint that undoes it has what was not saved, too.
    let before = undoing(&told);
    let shown = editor.json(&format!("checkpoint show {before}"));
    assert_eq!(shown["unsaved"], json!(["PRD.md"]));
    editor.run("rollback.to", json!({ "id": "undo" }));
    let question = editor.asked();
    assert!(question.text.starts_with(&format!("Roll back to {before} ")), "{}", question.text);
    editor.answer(&question, "Roll back");
    let edit = editor.client.server_request("workspace/applyEdit");
    editor.client.respond(&edit, &json!({ "applied": true }));
    editor.told();
    assert_eq!(editor.folder.read("PRD.md"), "# Shop, saved\n");
    assert_eq!(editor.folder.read("new.txt"), "new\n");
    editor.close();
}

#[test]
fn a_closed_dialog_is_a_no() {
    let mut editor = Editor::open(shop(), plain());
    let first = editor.checkpoint("first");
    editor.folder.write("notes.txt", b"changed\n");
    editor.run("rollback.to", json!({ "id": first }));
    let question = editor.asked();
    editor.client.respond(&question.request, &Value::Null);
    editor.run("rollback.to", json!({}));
    let picking = editor.asked();
    editor.answer(&picking, "Cancel");
    let later = editor.client.drain(Duration::from_millis(500));
    assert!(later.iter().all(|it| it["method"] != "window/showMessage"), "{later:?}");
    assert_eq!(editor.folder.read("notes.txt"), "changed\n");
    let list = editor.json("checkpoint list");
    assert_eq!(list["checkpoints"].as_array().map(Vec::len), Some(1), "{list}");
    editor.close();
}

#[test]
fn a_head_that_moved_is_asked_about_a_second_time() {
    let folder = shop();
    folder.git(&["init", "-q"]);
    folder.git(&["add", "-A"]);
    folder.git(&["commit", "-qm", "one"]);
    let first = folder.json_of("checkpoint create -m first");
    let first = text(&first["checkpoint"]["id"]);
    folder.write("notes.txt", b"changed\n");
    folder.git(&["commit", "-qam", "two"]);
    let mut editor = Editor::open(folder, plain());
    editor.run("rollback.to", json!({ "id": first }));
    let question = editor.asked();
    editor.answer(&question, "Roll back");
    let second = editor.asked();
    let expected = "Really roll back? commits were made since: 1. Branches stay.";
    assert_eq!(second.text, expected);
    assert_eq!(editor.folder.read("notes.txt"), "changed\n", "nothing is done yet");
    editor.answer(&second, "Really roll back");
    assert!(editor.told().starts_with("rolled back: 1 files"));
    assert_eq!(editor.folder.read("notes.txt"), "one\ntwo\n");
    editor.close();
}

/// A folder that changed since its checkpoint in every way that an editor can and cannot show.
fn changed() -> (Editor, String) {
    let mut editor = Editor::open(shop(), annotating());
    editor.folder.write("moved.txt", b"a line that stays\n");
    editor.folder.write("pixels", b"\0then");
    let first = editor.checkpoint("first");
    let at = |name: &str| editor.folder.root().join(name);
    std::fs::rename(at("moved.txt"), at("elsewhere.txt")).expect("it is moved");
    std::fs::remove_file(at("old.txt")).expect("it is removed");
    editor.folder.write("pixels", b"\0now");
    editor.folder.write("notes.txt", b"one\nthree\n");
    editor.folder.write("new.txt", b"new\n");
    editor.shows("PRD.md", 1, "# Shop\n");
    editor.types("PRD.md", 2, "# Shop\n\nnot saved\n");
    editor.folder.write("PRD.md", b"# Shop, saved\n");
    (editor, first)
}

/// Asks for the edits, as they are shown.
fn previewed(editor: &mut Editor, id: &str) -> Value {
    editor.run("rollback.to", json!({ "id": id }));
    let question = editor.asked();
    assert_eq!(question.answers, ["Roll back", "Preview", "Cancel"]);
    editor.answer(&question, "Preview");
    editor.client.server_request("workspace/applyEdit")
}

/// One line for each edit, as a panel of edits has them.
fn panel(editor: &Editor, request: &Value) -> String {
    let edit = &request["params"]["edit"];
    let label =
        |it: &Value| text(&edit["changeAnnotations"][it.as_str().expect("a name")]["label"]);
    let file = |it: &Value| text(it).replace(&format!("{}/", editor.root), "");
    let mut out = String::new();
    for it in edit["documentChanges"].as_array().expect("changes in order") {
        match it["kind"].as_str() {
            Some("rename") => {
                let (from, to) = (file(&it["oldUri"]), file(&it["newUri"]));
                out += &format!("{}: rename {from} to {to}\n", label(&it["annotationId"]));
            }
            Some(kind) => {
                let group = label(&it["annotationId"]);
                out += &format!("{group}: {kind} {}\n", file(&it["uri"]));
            }
            None => {
                let document = &it["textDocument"];
                for edit in it["edits"].as_array().expect("edits") {
                    let line = |end: &str| edit["range"][end]["line"].clone();
                    out += &format!(
                        "{}: {} version {} lines {}-{} {}\n",
                        label(&edit["annotationId"]),
                        file(&document["uri"]),
                        document["version"],
                        line("start"),
                        line("end"),
                        edit["newText"]
                    );
                }
            }
        }
    }
    out
}

#[test]
fn edits_are_gone_through_before_a_rollback_and_lead_through_our_own() {
    let (mut editor, first) = changed();
    let request = previewed(&mut editor, &first);
    let shown = panel(&editor, &request).replace(&first, "ID");
    expect_test::expect![[r#"
        Comes back with ID: rename elsewhere.txt to moved.txt
        Roll back to ID (first): PRD.md version 2 lines 1-3 ""
        Is not in ID: delete new.txt
        Roll back to ID (first): notes.txt version null lines 1-2 "two\n"
        Comes back with ID: create old.txt
        Comes back with ID: old.txt version null lines 0-0 "old\n"
    "#]]
    .assert_eq(&shown);
    let all = request["params"]["edit"]["changeAnnotations"].as_object().expect("annotations");
    assert!(all.values().all(|it| it["needsConfirmation"] == true), "{all:?}");
    let described = text(&all["text"]["description"]);
    assert!(described.ends_with("; with it comes what is no text: pixels"), "{described}");
    assert_eq!(request["params"]["metadata"], json!({ "isRefactoring": true }));
    // Before the first edit can be made there is what undoes it.
    let list = editor.json("checkpoint list");
    let before = text(&list["checkpoints"][0]["id"]);
    assert_eq!(list["checkpoints"][0]["kind"], "before rollback");
    assert!(described.starts_with(&format!("the checkpoint {before} undoes it")), "{described}");
    assert_eq!(editor.json(&format!("checkpoint show {before}"))["unsaved"], json!(["PRD.md"]));

    // The editor makes them: some on disk, and one in a document that it has not saved. Its user
    // has left out that `notes.txt` changes.
    let at = |name: &str| editor.folder.root().join(name);
    std::fs::rename(at("elsewhere.txt"), at("moved.txt")).expect("it is moved");
    std::fs::remove_file(at("new.txt")).expect("it is removed");
    editor.folder.write("old.txt", b"old\n");
    editor.types("PRD.md", 3, "# Shop\n");
    editor.client.respond(&request, &json!({ "applied": true }));
    let told = editor.told();
    let expected = format!(
        "rolled back: 6 files, 0 databases; checkpoint {before} undoes it; 1 files stayed as they are"
    );
    assert_eq!(told, expected);
    assert_eq!(editor.folder.read("PRD.md"), "# Shop\n", "the disk has what the editor shows");
    assert_eq!(std::fs::read(editor.folder.root().join("pixels")).expect("it is there"), b"\0then");
    assert_eq!(editor.folder.read("notes.txt"), "one\nthree\n");

    // `undo` leads to where the user began, and not between the editor's part and ours.
    let preview = editor.json("rollback to undo");
    assert_eq!(preview["preview"]["checkpoint"]["id"], json!(before));
    let digest = text(&preview["preview"]["digest"]);
    assert_eq!(editor.json(&format!("rollback to undo --yes {digest}"))["done"], true);
    assert_eq!(editor.folder.read("PRD.md"), "# Shop, saved\n");
    assert_eq!(editor.folder.read("new.txt"), "new\n");
    assert_eq!(editor.folder.read("elsewhere.txt"), "a line that stays\n");
    assert!(!editor.folder.root().join("old.txt").exists());
    assert_eq!(std::fs::read(editor.folder.root().join("pixels")).expect("it is there"), b"\0now");
    editor.close();
}

#[test]
fn edits_that_are_discarded_leave_nothing_behind() {
    let (mut editor, first) = changed();
    let request = previewed(&mut editor, &first);
    editor.client.respond(&request, &json!({ "applied": false }));
    assert_eq!(editor.told(), "nothing was rolled back");
    let list = editor.json("checkpoint list");
    assert_eq!(list["checkpoints"].as_array().map(Vec::len), Some(1), "{list}");
    assert_eq!(std::fs::read(editor.folder.root().join("pixels")).expect("it is there"), b"\0now");

    // An editor that stopped in the middle has changed something: that can be undone.
    let request = previewed(&mut editor, &first);
    std::fs::remove_file(editor.folder.root().join("new.txt")).expect("it is removed");
    editor.client.respond(&request, &json!({ "applied": false, "failureReason": "a bad day" }));
    let told = editor.told();
    assert!(told.starts_with("the editor made only some of the edits"), "{told}");
    let preview = editor.json("rollback to undo");
    assert_eq!(preview["preview"]["files"][0]["path"], "new.txt");
    editor.close();
}

#[test]
fn an_editor_without_edits_of_files_leaves_those_to_us() {
    let edit = json!({ "documentChanges": true, "changeAnnotationSupport": {} });
    let capabilities = json!({ "workspace": { "applyEdit": true, "workspaceEdit": edit } });
    let mut editor = Editor::open(shop(), capabilities);
    let first = editor.checkpoint("first");
    std::fs::remove_file(editor.folder.root().join("old.txt")).expect("it is removed");
    editor.folder.write("notes.txt", b"changed\n");
    let request = previewed(&mut editor, &first);
    let shown = panel(&editor, &request).replace(&first, "ID");
    expect_test::expect![[r#"
        Roll back to ID (first): notes.txt version null lines 0-1 "one\ntwo\n"
    "#]]
    .assert_eq(&shown);
    assert!(request["params"].get("metadata").is_none());
    editor.folder.write("notes.txt", b"one\ntwo\n");
    editor.client.respond(&request, &json!({ "applied": true }));
    assert!(editor.told().starts_with("rolled back: 2 files"));
    assert_eq!(editor.folder.read("old.txt"), "old\n");
    editor.close();
}

const NUMBERS: &str = "1\n2\n3\n4\n5\n6\n7\n8\n";

/// What a run changed in a file and added, over which its user has since saved a line and typed
/// another; gives the checkpoints before and after the run.
fn run_and_typed(capabilities: Value) -> (Editor, [String; 2]) {
    let mut editor = Editor::open(shop(), capabilities);
    editor.folder.write("PRD.md", NUMBERS.as_bytes());
    let before = editor.checkpoint("before");
    let run = NUMBERS.replace('2', "run");
    editor.folder.write("PRD.md", run.as_bytes());
    editor.folder.write("new.txt", b"of the run\n");
    let after = editor.checkpoint("after");
    let saved = run.replace('7', "saved");
    editor.folder.write("PRD.md", saved.as_bytes());
    editor.shows("PRD.md", 1, &saved);
    editor.types("PRD.md", 2, &saved.replace('5', "typed"));
    (editor, [before, after])
}

fn asked_to_undo(editor: &mut Editor, [before, after]: &[String; 2]) -> Question {
    editor.run("rollback.changes", json!({ "before": before, "after": after }));
    let question = editor.asked();
    let expected = format!("Undo what was done from {before} (before)? 2 files and 0 databases");
    assert!(question.text.starts_with(&expected), "{}", question.text);
    question
}

#[test]
fn what_a_run_did_is_gone_through_under_what_was_typed_since() {
    let (mut editor, run) = run_and_typed(annotating());
    let question = asked_to_undo(&mut editor, &run);
    editor.answer(&question, "Preview");
    let request = editor.client.server_request("workspace/applyEdit");
    let shown = panel(&editor, &request).replace(&run[0], "BEFORE").replace(&run[1], "AFTER");
    expect_test::expect![[r#"
        Undo what was done from BEFORE to AFTER: PRD.md version 2 lines 1-2 "2\n"
        Is not in BEFORE: delete new.txt
    "#]]
    .assert_eq(&shown);
    std::fs::remove_file(editor.folder.root().join("new.txt")).expect("it is removed");
    let typed = NUMBERS.replace('7', "saved").replace('5', "typed");
    editor.types("PRD.md", 3, &typed);
    editor.client.respond(&request, &json!({ "applied": true }));
    let told = editor.told();
    assert!(told.starts_with("rolled back: 1 files"), "{told}");
    assert!(told.ends_with("1 files stayed as they are"), "it waits to be saved: {told}");
    editor.close();
}

#[test]
fn what_was_typed_stays_when_what_a_run_did_is_undone_at_once() {
    let (mut editor, run) = run_and_typed(plain());
    let question = asked_to_undo(&mut editor, &run);
    editor.answer(&question, "Roll back");
    let edit = editor.client.server_request("workspace/applyEdit");
    let document = &edit["params"]["edit"]["documentChanges"][0];
    assert_eq!(document["textDocument"], json!({ "uri": editor.uri("PRD.md"), "version": 2 }));
    let typed = NUMBERS.replace('7', "saved").replace('5', "typed");
    assert_eq!(document["edits"][0]["newText"], typed);
    editor.client.respond(&edit, &json!({ "applied": true }));
    assert!(editor.told().starts_with("rolled back: 2 files"));
    assert_eq!(editor.folder.read("PRD.md"), NUMBERS.replace('7', "saved"));
    assert!(!editor.folder.root().join("new.txt").exists());
    editor.close();
}

#[test]
fn single_hunks_are_gone_through_too() {
    let mut editor = Editor::open(shop(), annotating());
    editor.folder.write("notes.txt", NUMBERS.as_bytes());
    let first = editor.checkpoint("first");
    let changed = NUMBERS.replace('2', "two").replace('7', "seven");
    editor.folder.write("notes.txt", changed.as_bytes());
    editor.folder.write("old.txt", b"changed\n");
    editor.run("rollback.to", json!({ "id": first, "hunks": ["notes.txt:2"] }));
    let question = editor.asked();
    editor.answer(&question, "Preview");
    let request = editor.client.server_request("workspace/applyEdit");
    let shown = panel(&editor, &request).replace(&first, "ID");
    expect_test::expect![[r#"
        Roll back to ID (first): notes.txt version null lines 6-7 "7\n"
    "#]]
    .assert_eq(&shown);
    let expected = NUMBERS.replace('2', "two");
    editor.folder.write("notes.txt", expected.as_bytes());
    editor.client.respond(&request, &json!({ "applied": true }));
    let told = editor.told();
    assert!(told.starts_with("rolled back: 1 files") && !told.contains("stayed"), "{told}");
    assert_eq!(editor.folder.read("notes.txt"), expected);
    assert_eq!(editor.folder.read("old.txt"), "changed\n");
    editor.close();
}

const POSTS: &str =
    "add_table:\n  name: posts\n  columns: [id bigint pk, title text]\n  rls: public\n";

fn applied() -> Folder {
    let folder = Folder::new(&format!("//- forge/migrations/0001_posts.yaml\n{POSTS}"));
    assert_eq!(folder.run(&["migrate", "apply", "--yes"]).code, 0);
    folder
}

#[test]
fn the_lens_undoes_the_last_apply_where_it_happened() {
    let mut capabilities = plain();
    capabilities["textDocument"] = json!({ "codeLens": {} });
    let mut editor = Editor::open(applied(), capabilities);
    editor.shows("forge/migrations/0001_posts.yaml", 1, POSTS);
    let uri = editor.uri("forge/migrations/0001_posts.yaml");
    let all_lenses = |editor: &mut Editor| -> Vec<Value> {
        let params = json!({ "textDocument": { "uri": uri } });
        let all = editor.client.call("textDocument/codeLens", params);
        all.as_array().expect("lenses").iter().map(|it| it["command"].clone()).collect()
    };
    let lens = |editor: &mut Editor| {
        all_lenses(editor).into_iter().find(|it| it["title"] == "Undo last apply")
    };
    let titles: Vec<String> = all_lenses(&mut editor).iter().map(|it| text(&it["title"])).collect();
    assert!(titles.iter().any(|it| it == "Checkpoint now"), "{titles:?}");
    let command = lens(&mut editor).expect("it is there");
    editor.client.call("workspace/executeCommand", command);
    let question = editor.asked();
    assert!(question.text.contains("(before migrate.apply 0001_posts)?"), "{}", question.text);
    assert!(question.text.contains("posts: 0 rows -> no rows"), "{}", question.text);
    editor.answer(&question, "Roll back");
    let told = editor.told();
    assert!(told.contains("1 databases; checkpoint ") || told.contains("2 databases"), "{told}");
    let status = editor.json("migrate status");
    assert_eq!(status["pending"], json!(["0001_posts"]), "{status}");
    assert_eq!(lens(&mut editor), None, "there is nothing more to undo");
    editor.close();
}

#[test]
fn without_lenses_the_way_back_is_a_code_action() {
    let mut editor = Editor::open(applied(), plain());
    editor.shows("forge/migrations/0001_posts.yaml", 1, POSTS);
    let uri = editor.uri("forge/migrations/0001_posts.yaml");
    let at = json!({ "line": 0, "character": 2 });
    let params = json!({
        "textDocument": { "uri": uri }, "range": { "start": at, "end": at },
        "context": { "diagnostics": [] },
    });
    let actions = editor.client.call("textDocument/codeAction", params);
    let found = actions.as_array().expect("actions").iter();
    let action = found.clone().find(|it| it["title"] == "Undo last apply");
    let action = action.unwrap_or_else(|| panic!("it is not among {actions}")).clone();
    let command = json!({ "command": action["command"], "arguments": action["arguments"] });
    editor.client.call("workspace/executeCommand", command);
    let question = editor.asked();
    assert!(question.text.contains("before migrate.apply 0001_posts"), "{}", question.text);
    editor.answer(&question, "Cancel");
    editor.close();
}

#[test]
fn a_file_of_a_checkpoint_is_a_document() {
    let mut capabilities = plain();
    capabilities["workspace"]["textDocumentContent"] = json!({});
    let mut editor = Editor::open(shop(), capabilities);
    let first = editor.checkpoint("first");
    editor.folder.write("notes.txt", b"changed\n");
    let mut content = |uri: String| {
        let id = editor.client.request("workspace/textDocumentContent", json!({ "uri": uri }));
        editor.client.answer(id)
    };
    let then = content(format!("specwright-checkpoint:/{first}/notes.txt"));
    assert_eq!(then["result"]["text"], "one\ntwo\n");
    for outside in ["../secret", "%2e%2e/secret", "/etc/passwd"] {
        let refused = content(format!("specwright-checkpoint:/{first}/{outside}"));
        assert!(refused["error"]["message"].is_string(), "{outside}: {refused}");
    }
    editor.close();
}
