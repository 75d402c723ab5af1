//! Proofs on the command line and in editors: what they state, what shows when they are changed, and
//! who gets them.

use crate::cli::{Folder, Ran};
use expect_test::{Expect, expect};
use peer::scripted::Peer;
use serde_json::{Value, json};
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

const SPECS: &str = "\
//- PRD.md
# Blog

## Data model

| posts | |
| --- | --- |
| id | uuid |
| title | text |
//- forge/migrations/0001_posts.yaml
# asked for by <script>alert(1)</script>
add_table:
  name: posts
  columns: [id pk, title text]
  rls: public
";

/// A workspace with one applied migration.
fn applied() -> Folder {
    let folder = Folder::new(SPECS);
    assert_eq!(run(&folder, "init").code, 0);
    assert_eq!(run(&folder, "migrate apply --yes").code, 0);
    folder
}

/// The same with a seal, and so a key, and a proof.
fn proved() -> (Folder, String) {
    let folder = applied();
    assert_eq!(run(&folder, "audit seal").code, 0);
    let made = folder.json_of("proof generate");
    let id = made["proof"]["id"].as_str().expect("a name").to_owned();
    (folder, id)
}

fn run(folder: &Folder, line: &str) -> Ran {
    let arguments: Vec<&str> = line.split_whitespace().collect();
    folder.run(&arguments)
}

fn file(folder: &Folder, id: &str, name: &str) -> PathBuf {
    folder.root().join(".specwright/proofs").join(id).join(name)
}

/// Names and states of the checks.
fn states(folder: &Folder, line: &str) -> String {
    let verified = folder.json_of(line);
    let checks = verified["checks"].as_array().expect("a list").iter();
    let word = |it: &Value, name: &str| it[name].as_str().unwrap_or_default().to_owned();
    let states: Vec<String> =
        checks.map(|it| format!("{} {}", word(it, "name"), word(it, "state"))).collect();
    format!("{} ok {}", states.join(", "), verified["ok"])
}

/// What the program says, without what differs from run to run.
fn check(folder: &Folder, line: &str, expect: Expect) {
    let ran = run(folder, line);
    let told = format!("{}{}exit {}\n", ran.stdout, ran.stderr, ran.code);
    let told = told.replace(&*folder.root().to_string_lossy(), "ROOT");
    let masked = |word: &str| {
        let plain = word.trim_end_matches([',', ';', ')']).trim_start_matches('(');
        let is_moment = plain.starts_with("20") && plain.ends_with('Z');
        let is_hex = plain.len() >= 16 && plain.chars().all(|it| it.is_ascii_hexdigit());
        let is_id = plain.len() == 22 && plain.starts_with("20") && plain.contains('-');
        match (is_moment, is_hex, is_id) {
            (true, _, _) => word.replace(plain, "MOMENT"),
            (_, true, _) => word.replace(plain, "HEX"),
            (_, _, true) => word.replace(plain, "ID"),
            _ => word.to_owned(),
        }
    };
    let lines = told.lines().map(|line| line.split(' ').map(masked).collect::<Vec<_>>().join(" "));
    expect.assert_eq(&lines.map(|it| it + "\n").collect::<String>());
}

#[test]
fn a_proof_states_the_run_and_what_nobody_looked_at() {
    let (folder, id) = proved();
    let shown = folder.json_of("proof show");
    let statement = &shown["statement"];
    assert_eq!(statement["_type"], "https://in-toto.io/Statement/v1");
    assert_eq!(statement["subject"][0]["name"], "PRD.md");
    assert_eq!(statement["subject"][1]["name"], "forge/migrations/0001_posts.yaml");
    let predicate = &statement["predicate"];
    assert_eq!(predicate["headline"], "1 migration applied");
    // The council is heard by the program itself.
    assert_eq!(predicate["run"]["actors"], json!(["alice via command line", "specwright"]));
    assert_eq!(predicate["asked"]["requirements"][0]["path"], "PRD.md");
    assert_eq!(predicate["asked"]["migrations"][0]["isAsApplied"], true);
    let tables = &predicate["changed"]["databases"][0]["tables"];
    assert_eq!(tables[0], json!({ "table": "posts", "rowsAfter": 0 }));
    assert!(predicate["changed"]["databases"][0]["schema"].to_string().contains("+CREATE TABLE"));
    assert_eq!(predicate["reviewed"][0]["verdict"], "pass");
    assert_eq!(predicate["approved"][0]["act"], "started");
    let tests = predicate["tested"].as_array().expect("a list");
    assert!(tests.len() >= 4 && tests.iter().all(|it| it["result"] == "passed"), "{tests:?}");
    assert_eq!(predicate["undone"], json!([]));
    assert!(predicate["notRun"].to_string().contains("Tests, builds and checks"));
    check(
        &folder,
        "proof verify",
        expect![[r#"
        ID  1 migration applied
        holds     signature by the key HEX, which you trust
        holds     links     3 entries fit each other
        holds     envelope  the statement is its payload, SHA-256 HEX
        holds     page      it shows the statement and nothing else
        holds     chain     it has the entries that are told; entry 5 names this very statement
        holds     seal      the kept seal of MOMENT covers the run
        holds     files     2 are as they were
        holds     redaction nothing secret was found in it again
        trust: signed by a local key, over a sealed chain
        Nothing in the statement was changed since the holder of the key signed it, and the audit chain is the one that was sealed: entries before the seal were not removed or computed anew since.
        It does not show that what is stated is true: who holds the key can sign anything, and the key lies on the machine that did the work. The seal is worth something only to those who have had a copy of it, from elsewhere, since it was made.
        exit 0
    "#]],
    );
    let page = fs::read_to_string(file(&folder, &id, "proof.html")).expect("the page");
    assert!(page.contains("&lt;script&gt;alert(1)") && !page.contains("<script"));
    check(
        &folder,
        "proof list",
        expect![[r#"
        ID  1 migration applied
            signed by a local key, over a sealed chain at MOMENT
        exit 0
    "#]],
    );
}

#[test]
fn what_was_undone_later_is_told_by_a_later_proof_and_a_range_tells_all() {
    let folder = applied();
    assert_eq!(run(&folder, "migrate rollback --yes").code, 0);
    let of = |line: &str| folder.json_of(line)["proof"]["headline"].clone();
    assert_eq!(
        of("proof generate --run 3"),
        "1 migration applied; something was rolled back later"
    );
    assert_eq!(of("proof generate"), "1 migration rolled back");
    let made = folder.json_of("proof generate --from 1 --to 6");
    assert_eq!(made["proof"]["kind"], "range");
    let statement = folder.json_of("proof show")["statement"].clone();
    assert_eq!(statement["predicate"]["undone"][0]["what"], "migrations of .specwright/dev.db");
    check(
        &folder,
        "proof generate --run 99",
        expect![[r#"
        error: failed to prove the run of entry 99: there is no such entry
         |
         = help: `specwright audit log` lists entries; `--from` and `--to` name a range of them or of checkpoints
        exit 2
    "#]],
    );
    check(
        &folder,
        "proof generate --run 3 --from 1",
        expect![[r#"
        error: failed to prove a run and a range
         |
         = help: give `run`, or `from` and `to`
        exit 2
    "#]],
    );
}

#[test]
fn what_is_changed_later_shows() {
    let (folder, id) = proved();
    expect!["signature holds, links holds, envelope holds, page holds, chain holds, seal holds, files holds, redaction holds ok true"].assert_eq(&states(&folder, "proof verify"));
    // A file of the workspace: no fault of the proof.
    folder.write("PRD.md", b"# Blog\n");
    expect!["signature holds, links holds, envelope holds, page holds, chain holds, seal holds, files differs, redaction holds ok true"].assert_eq(&states(&folder, "proof verify"));
    let edit = |name: &str, old: &str, new: &str| {
        let path = file(&folder, &id, name);
        let text = fs::read_to_string(&path).expect("text");
        assert!(text.contains(old), "{old} in {name}");
        fs::write(&path, text.replace(old, new)).expect("written");
        text
    };
    let page = edit("proof.html", "1 migration applied", "9 migrations applied");
    let statement = edit("statement.json", "1 migration applied", "9 migrations applied");
    expect!["signature holds, links holds, envelope fails, page fails, chain holds, seal holds, files differs, redaction holds ok false"].assert_eq(&states(&folder, "proof verify"));
    // Opening draws the page anew.
    assert_eq!(run(&folder, "proof open").code, 0);
    assert_eq!(fs::read_to_string(file(&folder, &id, "proof.html")).expect("text"), page);
    // The envelope with other bytes in it, and everything else fitting.
    let envelope = fs::read_to_string(file(&folder, &id, "envelope.json")).expect("text");
    let mut json: Value = serde_json::from_str(&envelope).expect("JSON");
    let forged = statement.replace("1 migration applied", "9 migrations applied");
    json["payload"] = json!(base64(forged.as_bytes()));
    fs::write(file(&folder, &id, "envelope.json"), json.to_string()).expect("written");
    expect!["signature fails, links holds, envelope holds, page fails, chain fails, seal holds, files differs, redaction holds ok false"].assert_eq(&states(&folder, "proof verify"));
    assert_eq!(run(&folder, "proof share").code, 2);
}

/// As RFC 4648 has it; the tests need no crate for one use.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let mut padded = [0; 3];
        padded[..chunk.len()].copy_from_slice(chunk);
        let number = u32::from_be_bytes([0, padded[0], padded[1], padded[2]]);
        for at in 0..4 {
            let letter = LETTERS[(number >> (18 - 6 * at) & 63) as usize];
            out.push(if at <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    out
}

#[test]
fn a_page_alone_is_verified_by_whom_trusts_the_key() {
    let (folder, id) = proved();
    let page = fs::read(file(&folder, &id, "proof.html")).expect("the page");
    let other = Folder::new("//- proof.html\n");
    other.write("proof.html", &page);
    expect!["signature unchecked, links holds, page holds, chain unchecked, seal unchecked, files unchecked, redaction holds ok true"].assert_eq(&states(&other, "proof verify proof.html"));
    let envelope = fs::read_to_string(file(&folder, &id, "envelope.json")).expect("text");
    let json: Value = serde_json::from_str(&envelope).expect("JSON");
    let key = json["signatures"][0]["keyid"].as_str().expect("a key");
    let line = format!("proof verify proof.html --key {key}");
    expect!["signature holds, links holds, page holds, chain unchecked, seal unchecked, files unchecked, redaction holds ok true"].assert_eq(&states(&other, &line));
    check(
        &other,
        "proof verify missing.html",
        expect![[r#"
        error: failed to find the proof `missing.html`
         |
         = help: `specwright proof list` names all; `specwright proof generate` makes one
        exit 2
    "#]],
    );
}

#[test]
fn nothing_secret_is_written_and_what_is_known_later_is_not_shared() {
    let secret = ["x9Kq", "2vLm8R4tX7w"].concat();
    let stripe = ["sk_", "live_a1B2c3D4e5F6g7H8i9J0kLmN"].concat();
    let folder = Folder::new(SPECS);
    folder.write("app/.env.local", format!("SHOP_PASSWORD={secret}\n").as_bytes());
    let spec = folder.read("forge/migrations/0001_posts.yaml");
    let spec = format!("# {secret} and {stripe} of bob@example.com and Word-of-Later-9\n{spec}");
    folder.write("forge/migrations/0001_posts.yaml", spec.as_bytes());
    let ran = run(&folder, "migrate apply --yes");
    assert_eq!(ran.code, 2, "the council stops it: {}", ran.stdout);
    let reason = ["migrate", "apply", "--yes", "--override", "these words are made up"];
    assert_eq!(folder.run(&reason).code, 0);
    let made = folder.json_of("proof generate");
    let id = made["proof"]["id"].as_str().expect("a name");
    for name in ["proof.html", "statement.json", "envelope.json"] {
        let text = fs::read_to_string(file(&folder, id, name)).expect("text");
        for word in [secret.as_str(), &stripe, "bob@example.com"] {
            assert!(!text.contains(word) && !text.contains(&base64(word.as_bytes())), "{name}");
        }
    }
    let kinds: Vec<&str> = made["masked"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|it| it["kind"].as_str())
        .collect();
    assert_eq!(kinds, ["Stripe key", "known value", "mail address"]);
    assert_eq!(
        folder.json_of("proof show")["statement"]["predicate"]["approved"][0]["act"],
        "overridden"
    );
    folder.write(".env", b"LATER_SECRET=Word-of-Later-9\n");
    check(
        &folder,
        "proof share",
        expect![[r#"
        error: failed to share the proof: its redaction: known value at /predicate/asked/migrations/0/text
         |
         = help: nothing was sent; once that is mended, `specwright proof generate` makes it anew
        exit 2
    "#]],
    );
}

#[test]
fn a_proof_that_was_not_wholly_redacted_is_not_shared() {
    let folder = applied();
    folder.write(".env", "A=b\n".repeat(300_000).as_bytes());
    let made = folder.json_of("proof generate");
    assert_eq!(made["proof"]["redacted"], false);
    fs::remove_file(folder.root().join(".env")).expect("removed");
    check(
        &folder,
        "proof share",
        expect![[r#"
        error: failed to share the proof: its redaction: it did not wholly run: `.env` cannot be read: file too large
         |
         = help: nothing was sent; once that is mended, `specwright proof generate` makes it anew
        exit 2
    "#]],
    );
}

/// Answers every request with `answer`.
fn scripted_peer(answer: &'static str) -> Peer {
    Peer::start(move |_, stream| stream.write_all(answer.as_bytes()))
}

const CREATED: &str = "HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: 41\r\nconnection: close\r\n\r\n{\"html_url\":\"https://gist.example/made1\"}";

/// The user's own settings.
fn own_settings(folder: &Folder, text: &str) {
    let path = folder.root().parent().expect("it has one").join("home/.config/specwright");
    fs::create_dir_all(&path).expect("a folder");
    fs::write(path.join("specwright.toml"), text).expect("written");
}

#[test]
fn a_scripted_peer_gets_a_gist_after_a_yes_and_not_before() {
    let (folder, _) = proved();
    let peer = scripted_peer(CREATED);
    own_settings(
        &folder,
        &format!("[proof]\ngithub-url = \"{}\"\ngithub-key = \"env:MY_TOKEN\"\n", peer.url),
    );
    let preview = folder.json_of("proof share");
    assert_eq!(preview["done"], false);
    assert!(peer.heard().is_empty(), "nothing is sent before a yes");
    let digest = preview["preview"]["digest"].as_str().expect("a digest");
    // Another place is another yes.
    assert_eq!(run(&folder, &format!("proof share --public --yes {digest}")).code, 2);
    assert_eq!(run(&folder, "proof share --yes 0000000000000000").code, 2);
    let yes = format!("proof share --yes {digest}");
    check(
        &folder,
        &yes,
        expect![[r#"
        error: failed to read the key of `proof.github-key`: there is no key: the variable MY_TOKEN holds none
         |
         = help: set it, or correct the setting
        exit 2
    "#]],
    );
    assert!(peer.heard().is_empty());
    let arguments: Vec<&str> = yes.split_whitespace().collect();
    let mut command = folder.command(&arguments);
    let output = command.env("MY_TOKEN", "gho_made_for_this").output().expect("it starts");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "https://gist.example/made1\n");
    let heard = peer.heard();
    assert_eq!(heard.len(), 1);
    assert!(
        heard[0].head.starts_with("post /gists http/1.1\r\n")
            && heard[0].head.contains("bearer gho_made_for_this")
    );
    let body = &heard[0].body;
    let body: Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(
        (&body["public"], body["files"].as_object().expect("files").len()),
        (&json!(false), 2)
    );
    let log = run(&folder, "audit log --about proof.share").stdout;
    assert!(log.contains("proof.share.outcome") && !log.contains("gho_"), "{log}");
}

#[test]
fn hosted_goes_to_the_endpoint_of_the_settings_or_nowhere() {
    let (folder, _) = proved();
    check(
        &folder,
        "proof share --hosted",
        expect![[r#"
        error: failed to share the proof: no endpoint is set, and there is none by default
         |
         = help: set `proof.hosted-url` in your own settings file; without `--hosted` it goes to a gist of yours
        exit 2
    "#]],
    );
    // A repository does not choose where proofs go.
    let peer = scripted_peer(CREATED);
    folder.write("specwright.toml", format!("[proof]\nhosted-url = \"{}\"\n", peer.url).as_bytes());
    let ran = run(&folder, "proof share --hosted");
    assert!(
        ran.code == 2 && ran.stderr.contains("cannot be set by a repository"),
        "{}",
        ran.stderr
    );
    fs::remove_file(folder.root().join("specwright.toml")).expect("removed");
    let settings = format!("[proof]\nhosted-url = \"{}proofs\"\n", peer.url);
    own_settings(&folder, &format!("{settings}[tier]\nname = \"team\"\n"));
    check(
        &folder,
        "proof share --hosted",
        expect![[r#"
        error: failed to use hosted proofs with the tier `team`: there is no key for it
         |
         = help: remove `tier.name` from your settings, which allows everything; or name a key in `tier.key`
        exit 2
    "#]],
    );
    assert_eq!(folder.json_of("proof verify")["ok"], true, "nothing else asks for a tier");
    own_settings(&folder, &format!("{settings}[tier]\nname = \"team\"\nkey = \"env:USER\"\n"));
    let preview = folder.json_of("proof share --hosted");
    assert_eq!(preview["tier"], "the tier `team` is not verified: there is no service that could");
    let digest = preview["preview"]["digest"].as_str().expect("a digest");
    let ran = run(&folder, &format!("proof share --hosted --yes {digest}"));
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (0, "https://gist.example/made1\n"),
        "{}",
        ran.stderr
    );
    let heard = peer.heard();
    assert!(heard.len() == 1 && heard[0].head.starts_with("post /proofs http/1.1\r\n"));
    assert!(heard[0].body.contains("<!doctype html>") && !heard[0].head.contains("authorization"));
}

#[test]
fn an_editor_makes_a_proof_and_hears_where_the_page_is() {
    let folder = applied();
    let (child, mut client, _) = crate::lsp_state::open(&folder, json!({}));
    let command = json!({ "command": "specwright.proof.generate", "arguments": [] });
    let made = client.call("workspace/executeCommand", command);
    let page = made["proof"]["page"].as_str().expect("a path").to_owned();
    assert!(fs::exists(&page).expect("it can be asked"));
    let told = client.notification("window/showMessage");
    let message = told["message"].as_str().expect("a text");
    assert!(message.contains(&page) && message.contains("1 migration applied"), "{message}");
    crate::lsp_state::close((child, client));
}

/// A server is not asked again, so what it was given must be in the chain by then.
#[test]
fn a_promotion_is_proved_by_what_was_recorded_of_it() {
    let folder = applied();
    let Some((server, url, _)) = crate::cli::postgres("") else { return };
    let promote = ["promote", "--to", "prod", "--yes"];
    let ran = folder.command(&promote).env("SPECWRIGHT_URL_PROD", url).output().expect("it starts");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    drop(server);

    let made = folder.json_of("proof generate");
    assert_eq!(made["proof"]["headline"], "1 migration promoted to a server");
    let statement = folder.json_of("proof show")["statement"].clone();
    let rows = &statement["predicate"]["changed"]["ledger"];
    let row = &rows[0];
    let told = [&row["server"], &row["name"], &row["kind"], &row["status"], &row["seq"]];
    assert_eq!(
        told,
        [&json!("prod"), &json!("0001_posts"), &json!("apply"), &json!("done"), &json!(1)]
    );
    assert_eq!(rows.as_array().map(Vec::len), Some(1), "{rows}");
    let asked = &statement["predicate"]["asked"]["migrations"][0];
    assert_eq!(asked["isAsApplied"], true, "{asked}");
    let page = fs::read_to_string(made["proof"]["page"].as_str().expect("a page")).expect("a file");
    assert!(page.contains("Ledger of prod, as recorded here when it was written"), "{page}");
    assert!(page.contains("Check of the schema of prod after 0001_posts"), "{page}");
    assert_eq!(run(&folder, "proof verify").code, 0);
    assert_eq!(run(&folder, "audit verify").code, 0);
}
