//! The gate: what the council lets by, what it stops, and what a person can say to it.

use crate::cli::Folder;
use expect_test::{Expect, expect};
use peer::scripted::Peer;
use serde_json::{Value, json};
use std::io::Write as _;
use std::net::TcpListener;

const SPECS: &str = "\
//- PRD.md
# Blog

## Data model

### posts

| Field | Type |
|---|---|
| id | uuid |
| title | text |
//- forge/migrations/0001_posts.yaml
add_table:
  name: posts
  columns: [id pk, title text not null, body text]
  rls: public
";

/// A workspace with one applied migration, and one that drops a column for good.
fn started() -> Folder {
    let folder = Folder::new(SPECS);
    assert_eq!(folder.run(&["migrate", "apply", "--yes"]).code, 0);
    let purge = b"# tidy up\ndrop_column: {table: posts, column: body, purge: true}\n";
    folder.write("forge/migrations/0002_tidy.yaml", purge);
    folder
}

fn tables(folder: &Folder) -> String {
    let db = folder.dev();
    let sql = "SELECT group_concat(name, ' ') FROM pragma_table_info('posts')";
    db.query_row(sql, (), |row| row.get(0)).expect("it is there")
}

fn audit(folder: &Folder, action: &str) -> Vec<String> {
    let db = rusqlite::Connection::open(folder.root().join(".specwright/catalog.db"));
    let db = db.expect("it opens");
    let mut read =
        db.prepare("SELECT detail FROM audit WHERE action = ?1 ORDER BY seq").expect("it");
    let rows = read.query_map([action], |row| row.get(0)).expect("it is read");
    rows.map(|it| it.expect("a row")).collect()
}

/// Errors, without hashes.
fn check(folder: &Folder, arguments: &[&str], expect: Expect) {
    let ran = folder.run(arguments);
    let is_hash = |it: &str| it.len() >= 16 && it.chars().all(|it| it.is_ascii_hexdigit());
    let hidden = |line: &str| {
        let words = line.split_inclusive([' ', ']', '`', ',']);
        let words = words.map(|word| {
            let bare = word.trim_end_matches([' ', ']', '`', ',']);
            if is_hash(bare) { word.replace(bare, "HASH") } else { word.to_owned() }
        });
        words.collect::<String>() + "\n"
    };
    let shown: String = ran.stderr.lines().chain(ran.stdout.lines()).map(hidden).collect();
    expect.assert_eq(&format!("{shown}exit {}\n", ran.code));
}

#[test]
fn what_is_blocked_is_not_applied_until_a_person_says_why() {
    let folder = started();
    check(
        &folder,
        &["migrate", "apply", "--yes"],
        expect![[r#"
        error: failed to apply migrations to `.specwright/dev.db`: the council blocks it
                 forge/migrations/0002_tidy.yaml:2: high: drops `posts.body` with its values [net-change/dropped-column, HASH]
                   fix: Put it aside, and drop it for good in a later migration: purge: false
                 forge/migrations/0002_tidy.yaml:2: high: the way back adds `posts.body` again, and none of its values [reversibility/empty-way-back, HASH]
                   fix: Put it aside, and drop it for good in a later migration: purge: false
         |
         = help: correct what is found, or let it by with `--override "REASON"`; nothing was changed
        exit 2
    "#]],
    );
    check(
        &folder,
        &["migrate", "apply", "--yes", "--override", "12345"],
        expect![[r#"
            error: failed to override the council: there is no reason
             |
             = help: say in words why; it stays in the audit log
            exit 2
        "#]],
    );
    assert_eq!(tables(&folder), "id title body");
    let found = folder.json_of("council findings");
    assert!(found["n_open"].as_u64().is_some_and(|it| it > 0), "{found}");

    let reason = "nobody wrote a body, see sk_live_abcdefghijklmnop1234";
    assert_eq!(folder.run(&["migrate", "apply", "--yes", "--override", reason]).code, 0);
    assert_eq!(tables(&folder), "id title");
    let told = audit(&folder, "council.override");
    assert_eq!(told.len(), 1);
    assert!(
        told[0].ends_with(": nobody wrote a body, see ****************************"),
        "{told:?}"
    );
    assert_eq!(folder.run(&["audit", "verify"]).code, 0);
}

#[test]
fn what_is_found_in_the_very_first_apply_is_kept() {
    let folder = Folder::new(SPECS);
    folder.write("forge/migrations/0002_tidy.yaml", b"drop_column: {table: posts, column: body}\n");
    // A look changes nothing.
    assert_eq!(folder.run(&["migrate", "apply"]).code, 2);
    assert!(!folder.root().join(".specwright/catalog.db").exists());
    assert_eq!(folder.run(&["migrate", "apply", "--yes"]).code, 2);
    let found = folder.json_of("council findings");
    assert!(found["n_open"].as_u64().is_some_and(|it| it > 0), "{found}");
    assert_eq!(folder.run(&["migrate", "apply", "--yes", "--override", "it is new"]).code, 0);
    assert_eq!(folder.run(&["proof", "generate"]).code, 0);
}

#[test]
fn an_override_beforehand_is_for_this_change_alone() {
    let folder = started();
    assert_eq!(folder.run(&["migrate", "apply"]).code, 2);
    assert_eq!(folder.run(&["council", "override", "--reason", "it is empty"]).code, 0);
    let other = b"# tidy up more\ndrop_column: {table: posts, column: title, purge: true}\n";
    folder.write("forge/migrations/0002_tidy.yaml", other);
    assert_eq!(folder.run(&["migrate", "apply", "--yes"]).code, 2);
    assert_eq!(tables(&folder), "id title body");
    let first = b"# tidy up\ndrop_column: {table: posts, column: body, purge: true}\n";
    folder.write("forge/migrations/0002_tidy.yaml", first);
    assert_eq!(folder.run(&["migrate", "apply", "--yes"]).code, 0);
    assert_eq!(tables(&folder), "id title");
}

#[test]
fn what_is_asked_about_is_acknowledged_by_its_digest() {
    let folder = started();
    folder.write("forge/migrations/0002_tidy.yaml", b"drop_column: {table: posts, column: body}\n");
    let shown = folder.json_of("migrate apply");
    assert_eq!(shown["council"]["verdict"], "needs_acknowledgement", "{}", shown["council"]);
    let digest = shown["council"]["digest"].as_str().expect("it has one").to_owned();
    assert_eq!(folder.run(&["migrate", "apply", "--yes", "--acknowledge", "1234"]).code, 2);
    assert_eq!(folder.run(&["migrate", "apply", "--yes", "--acknowledge", &digest]).code, 0);
    assert_eq!(audit(&folder, "council.acknowledge").len(), 1);
}

#[test]
fn a_finding_is_suppressed_with_a_reason_and_told_to_code_hosts() {
    let folder = started();
    folder.write("forge/migrations/0002_tidy.yaml", b"drop_column: {table: posts, column: body}\n");
    assert_eq!(folder.run(&["migrate", "apply", "--yes"]).code, 2);
    let found = folder.json_of("council findings");
    let fingerprints = found["findings"].as_array().expect("a list").iter();
    let fingerprints: Vec<&str> =
        fingerprints.map(|it| it["fingerprint"].as_str().expect("it has one")).collect();
    check(
        &folder,
        &["council", "findings", "--format", "github"],
        expect![[r#"
            ::notice file=forge/migrations/0001_posts.yaml,line=1,title=council/missing-row-security::`posts` has no row security: who may read it reads all of it
            ::warning file=forge/migrations/0002_tidy.yaml,line=1,title=council/renamed::`posts.body` is put aside as `__dropped_0002_body`, to be dropped later; clients that use it fail
            exit 1
        "#]],
    );
    for fingerprint in fingerprints {
        check(
            &folder,
            &["council", "suppress", fingerprint, "--reason", " "],
            expect![[r#"
            error: failed to suppress `HASH`: there is no reason
             |
             = help: say in words why; it stays in the audit log
            exit 2
        "#]],
        );
        let day = ["--reason", "clients are gone", "--expires", "2001-01-01"];
        let over = [["council", "suppress", fingerprint].as_slice(), &day].concat();
        assert_eq!(folder.run(&over).code, 2);
        let day = ["--reason", "clients are gone", "--expires", "2999-01-01"];
        let fine = [["council", "suppress", fingerprint].as_slice(), &day].concat();
        assert_eq!(folder.run(&fine).code, 0);
    }
    let sarif = folder.run(&["council", "findings", "--format", "sarif"]);
    let log: Value = serde_json::from_str(&sarif.stdout).expect("it is JSON");
    let result = &log["runs"][0]["results"][0];
    assert_eq!(result["suppressions"][0]["justification"], "clients are gone", "{log}");
    assert_eq!(result["partialFingerprints"]["specwright/v1"], found["findings"][0]["fingerprint"]);
    assert_eq!(sarif.code, 0);
    assert_eq!(folder.run(&["migrate", "apply", "--yes"]).code, 0);
}

#[test]
fn an_imported_table_is_looked_at_once_more() {
    let folder = Folder::new(&SPECS.replace("0001_posts", "0001_import"));
    assert_eq!(folder.run(&["migrate", "apply", "--yes"]).code, 0);
    folder.write("forge/migrations/0002_next.yaml", b"drop_column: {table: posts, column: body}\n");
    let shown = folder.json_of("migrate apply");
    let findings = shown["council"]["findings"].as_array().expect("a list");
    let healing = findings.iter().find(|it| it["reviewer"] == "healing").expect("it looked");
    assert_eq!(healing["asks"], "acknowledge", "{healing}");
}

/// A server on this machine that approves, and its base address.
fn approving() -> (Peer, String) {
    let peer = Peer::start(|request, stream| {
        let body: Value = serde_json::from_str(&request.body).expect("it is JSON");
        let schema = &body["response_format"]["json_schema"]["schema"];
        let checked = &schema["properties"]["checked"]["items"]["enum"];
        let said = json!({ "verdict": "approve", "checked": checked, "findings": [] }).to_string();
        let event = |delta: Value, finish: Value| {
            let chunk = json!({ "choices": [{ "delta": delta, "finish_reason": finish }] });
            format!("data: {chunk}\n\n")
        };
        let head =
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
        let (said, done) =
            (event(json!({ "content": said }), Value::Null), event(json!({}), json!("stop")));
        stream.write_all(format!("{head}{said}{done}data: [DONE]\n\n").as_bytes())
    });
    let url = format!("{}v1", peer.url);
    (peer, url)
}

/// Runs with the user's own settings, which name a model at `url`.
fn with_model(folder: &Folder, url: &str, arguments: &[&str]) -> (i32, String) {
    let config = folder.state().join("config");
    std::fs::create_dir_all(config.join("specwright")).expect("a folder");
    let settings = format!(
        "[[council.models]]\nname = 'scripted'\napi = 'openai'\nurl = '{url}'\nmodel = 'm'\nkey = 'env:A_KEY'\n"
    );
    std::fs::write(config.join("specwright/specwright.toml"), settings).expect("a file");
    let mut command = folder.command(arguments);
    command.env("XDG_CONFIG_HOME", &config).env("A_KEY", "canary-key-1a2b3c");
    let output = command.output().expect("it runs");
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&text).into_owned())
}

#[cfg(not(any(windows, target_os = "macos")))]
#[test]
fn models_are_asked_once_about_what_holds_no_secret_and_the_key_is_nowhere() {
    let folder = Folder::new(&SPECS.replace(
        "rls: public",
        "rls: public\n  comment: ghp_a1B2c3D4e5F6g7H8i9J0kLmNoPqRsTuVwXyZ",
    ));
    let (peer, url) = approving();
    let (code, shown) = with_model(&folder, &url, &["council", "--show-prompt"]);
    assert_eq!((code, peer.heard().len()), (0, 0));
    assert!(shown.contains("authorization: Bearer [key: variable A_KEY]"), "{shown}");
    let (code, shown) = with_model(&folder, &url, &["migrate", "apply"]);
    assert_eq!((code, peer.heard().len()), (2, 4), "{shown}");
    let (code, shown) =
        with_model(&folder, &url, &["migrate", "apply", "--yes", "--override", "tested"]);
    assert_eq!((code, peer.heard().len()), (0, 4), "{shown}");
    for request in peer.heard() {
        assert!(!format!("{request:?}").contains("ghp_a1"), "{request:?}");
        assert!(request.head.contains("authorization: bearer canary-key-1a2b3c"));
    }
    for entry in
        std::fs::read_dir(folder.root().join(".specwright")).expect("it is there").flatten()
    {
        let bytes = std::fs::read(entry.path()).unwrap_or_default();
        let holds = |canary: &[u8]| bytes.windows(canary.len()).any(|it| it == canary);
        assert!(!holds(b"canary-key-1a2b3c"), "{:?}", entry.path());
    }
}

#[cfg(not(any(windows, target_os = "macos")))]
#[test]
fn a_model_that_cannot_be_reached_lets_nothing_by() {
    let folder = Folder::new(SPECS);
    let closed = TcpListener::bind("127.0.0.1:0").expect("a port of this machine");
    let url = format!("http://{}/v1", closed.local_addr().expect("it is bound"));
    drop(closed);
    let (code, shown) = with_model(&folder, &url, &["migrate", "apply", "--yes"]);
    assert_eq!(code, 2);
    assert!(shown.contains("the council came to no verdict"), "{shown}");
    assert!(shown.contains("`scripted/security` gave no answer: connect to the server"), "{shown}");
    assert!(!folder.root().join(".specwright/dev.db").exists());
}

const SPEC: &str = "# Shop\n\n## Data model\n\n### orders\n\n| Field | Type |\n|---|---|\n\
    | id | uuid, primary key |\n| total | numeric(10,2) |\n| note | text |\n\n\
    Customers may only see their own orders.\n\n## Files\n\nCustomers upload avatars (up to 5 MB, PNG) \
    to a private bucket `avatars`.\n\n## Sign-in\n\nPeople sign in with Google.\n";

/// Reviews the edit from [`SPEC`] to what `edit` makes of it.
fn check_edit(edit: impl Fn(&str) -> String, expect: Expect) {
    let folder = Folder::new("");
    folder.write("old.md", SPEC.as_bytes());
    folder.write("PRD.md", edit(SPEC).as_bytes());
    let ran = folder.run(&["council", "review", "--spec", "PRD.md", "--base", "old.md"]);
    let is_told = |it: &&str| it.starts_with("PRD.md") || it.starts_with("verdict");
    let told: Vec<&str> = ran.stdout.lines().filter(is_told).collect();
    assert_eq!(ran.code == 0, told.last() == Some(&"verdict: pass"), "{}", ran.stderr);
    expect.assert_eq(&(told.join("\n") + "\n"));
}

#[test]
fn an_edit_of_a_spec_is_judged_by_what_it_asks_for() {
    check_edit(
        str::to_owned,
        expect![[r#"
        verdict: pass
    "#]],
    );
    check_edit(
        |it| it.replace("Shop", "The shop") + "\nMore text.\n",
        expect![[r#"
        verdict: pass
    "#]],
    );
    check_edit(
        |it| it.replace("| note | text |\n", "| note | text |\n| tip | text |\n"),
        expect![[r#"
            verdict: pass
        "#]],
    );
    let open = |it: &str| it.replace("Customers may only see their own", "Everyone can read all");
    check_edit(
        open,
        expect![[r#"
        PRD.md:5: critical[open-policy] `public` may read every row of `orders`
        PRD.md:5: medium[dropped-column] drops `orders.user_id` with its values
        PRD.md:5: medium[dropped-policy] nobody may `delete` rows of `orders` any more
        PRD.md:5: medium[dropped-policy] nobody may `insert` rows of `orders` any more
        PRD.md:5: medium[dropped-policy] nobody may `update` rows of `orders` any more
        verdict: block
    "#]],
    );
    check_edit(
        |it| it.replace("private", "public"),
        expect![[r#"
        PRD.md:17: high[opened-bucket] every file of `avatars` is open to whoever has its address
        PRD.md:17: medium[opened-bucket] files of `avatars` are for `own-or-public`, where they were for `own-row`
        verdict: block
    "#]],
    );
    check_edit(
        |it| it.replace("| note | text |\n", "").replace("(10,2)", "(8,2)"),
        expect![[r#"
        PRD.md:10: medium[dropped-column] drops `orders.note` with its values
        PRD.md:10: medium[narrowed-type] changes `orders.total` from `numeric(10,2)` to `numeric(8,2)`: larger numbers do not fit
        verdict: needs acknowledgement
    "#]],
    );
    check_edit(
        |it| it.replace("orders", "purchases"),
        expect![[r#"
        PRD.md:5: medium[drop-and-add] drops `orders` and adds `purchases`: if it is a rename, its rows are lost
        verdict: needs acknowledgement
    "#]],
    );
    check_edit(
        |it| it.replace("Google", "GitHub"),
        expect![[r#"
        PRD.md:21: medium[removed-sign-in] who signs in with `google` alone is locked out
        verdict: needs acknowledgement
    "#]],
    );
    check_edit(
        |_| "# Shop\n\nTo be written.\n".to_owned(),
        expect![[r#"
        PRD.md:3: medium[dropped-table] drops `orders` with all its rows
        PRD.md:3: medium[dropped-table] drops `users` with all its rows
        PRD.md:3: medium[removed-resource] `avatars` is no longer declared: its files are reached no more
        PRD.md:1: medium[removed-sign-in] nobody signs in any more: policies see every caller as a guest
        verdict: needs acknowledgement
    "#]],
    );
}

#[test]
fn an_edit_is_held_against_the_last_commit() {
    let folder = Folder::new("");
    folder.write("docs/PRD.md", SPEC.as_bytes());
    let review = ["council", "review", "--spec", "docs/PRD.md"];
    let ran = folder.run(&review);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("name the text before with `--base FILE`"), "{}", ran.stderr);
    folder.git(&["init", "-q"]);
    assert_eq!(folder.run(&review).code, 0, "all of it is new");
    folder.git(&["add", "docs"]);
    folder.git(&["commit", "-qm", "old"]);
    folder.write("docs/PRD.md", SPEC.replace("private", "public").as_bytes());
    let ran = folder.run(&review);
    assert!(ran.stdout.starts_with("docs/PRD.md:17: high[opened-bucket]"), "{}", ran.stdout);
    assert!(ran.stdout.ends_with("verdict: block\n"), "{}", ran.stdout);
    for (arguments, hint) in [
        (["--spec", "docs/PRD.md", "--engine", "sqlite"], "`--spec FILE` and `--base FILE` alone"),
        (["--spec", "docs/none.md", "--base", "docs/PRD.md"], "docs/none.md"),
    ] {
        let ran = folder.run(&[&["council", "review"], arguments.as_slice()].concat());
        assert_eq!(ran.code, 2, "{}", ran.stderr);
        assert!(ran.stderr.contains(hint), "{}", ran.stderr);
    }
}

#[test]
fn a_review_is_told_to_code_hosts() {
    let folder = Folder::new("");
    folder.write("a/old.sql", b"create table t (id int primary key, note text);\n");
    folder.write("a/new.sql", b"select 1;\ndrop table t;\n");
    let review = ["council", "review", "--base", "a/old.sql", "--migration", "a/new.sql"];
    let github = folder.run(&[review.as_slice(), &["--format", "github"]].concat());
    let told = "::error file=a/new.sql,line=2,title=council/dropped-table::";
    assert!(github.stdout.contains(told), "{}", github.stdout);
    let sarif = folder.run(&[review.as_slice(), &["--format", "sarif"]].concat());
    assert_eq!((github.code, sarif.code), (1, 1));
    let log: Value = serde_json::from_str(&sarif.stdout).expect("it is JSON");
    let results = log["runs"][0]["results"].as_array().expect("a list");
    let dropped = results.iter().find(|it| it["ruleId"] == "council/dropped-table");
    let dropped = dropped.expect("it is told");
    let place = &dropped["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "a/new.sql");
    assert_eq!(place["region"]["startLine"], 2);
    assert_eq!((&log["version"], &dropped["baselineState"]), (&json!("2.1.0"), &json!("new")));
}
