//! The audit chain on the command line: what is told, what is noticed, and by how many at once.

use crate::cli::Folder;
use expect_test::{Expect, expect};
use rusqlite::Connection;
use std::process::Stdio;

const SPECS: &str = "\
//- forge/migrations/0001_users.yaml
add_table:
  name: users
  columns: [id bigint pk identity, email text unique not null]
  rls: public
";

fn catalog(folder: &Folder) -> Connection {
    let db = Connection::open(folder.root().join(".specwright/catalog.db")).expect("it opens");
    let unlocked = "DROP TRIGGER IF EXISTS audit_is_not_changed;
                    DROP TRIGGER IF EXISTS audit_is_not_deleted";
    db.execute_batch(unlocked).expect("whoever has the file can do anything");
    db
}

/// A workspace with one applied and one undone migration, sealed.
fn sealed() -> Folder {
    let folder = Folder::new(SPECS);
    for line in ["migrate apply --yes", "migrate rollback --yes", "audit seal"] {
        let arguments: Vec<&str> = line.split_whitespace().collect();
        let ran = folder.run(&arguments);
        assert_eq!(ran.code, 0, "{line}: {}", ran.stderr);
    }
    folder
}

fn check(folder: &Folder, line: &str, expect: Expect) {
    let arguments: Vec<&str> = line.split_whitespace().collect();
    let ran = folder.run(&arguments);
    let told = format!("{}{}exit {}\n", ran.stdout, ran.stderr, ran.code);
    let told = told.replace(&*folder.state().to_string_lossy(), "STATE");
    let told = told.replace(&*folder.root().to_string_lossy(), "ROOT");
    let told: String = told.lines().map(|it| masked(it) + "\n").collect();
    expect.assert_eq(&told);
}

/// A line without what differs from run to run, or from one version of the rules to the next.
fn masked(line: &str) -> String {
    let is_moment = |it: &str| it.starts_with("20") && it.ends_with('Z');
    let is_hash = |it: &str| it.len() == 64 && it.chars().all(|it| it.is_ascii_hexdigit());
    let word = |it: &str| {
        if is_moment(it) {
            return "MOMENT".to_owned();
        }
        if is_hash(it.trim_end_matches(',')) {
            return "KEY".to_owned();
        }
        match it.split_once("STATE/seals/") {
            Some((before, after)) => {
                let after = after.trim_start_matches(|it: char| it.is_ascii_hexdigit());
                format!("{before}STATE/seals/HASH{after}")
            }
            None => it.to_owned(),
        }
    };
    let line = line.split(' ').map(word).collect::<Vec<_>>().join(" ");
    match line.rsplit_once(" over KEY by ") {
        Some((before, _)) => format!("{before} over KEY by VERSION"),
        None => line,
    }
}

#[test]
fn what_was_done_is_told_and_holds() {
    let folder = sealed();
    check(
        &folder,
        "audit log",
        expect![[r#"
            5 migrate.rollback.outcome .specwright/dev.db
                MOMENT by alice via command line
                rolled back: 0001_users
            4 migrate.rollback.intent .specwright/dev.db
                MOMENT by alice via command line
                the last 1
            3 migrate.apply.outcome .specwright/dev.db
                MOMENT by alice via command line
                applied: 0001_users
            2 migrate.apply.intent .specwright/dev.db
                MOMENT by alice via command line
                0001_users
            1 council.review migrate.apply .specwright/dev.db: forge/migrations/0001_users.yaml
                MOMENT by specwright
                pass on KEY over KEY by VERSION
            exit 0
        "#]],
    );
    check(
        &folder,
        "audit verify",
        expect![[r#"
            the chain of 5 entries holds
            it fits the seal of MOMENT over 5 entries (STATE/seals/HASH.seal)
            exit 0
        "#]],
    );
    check(
        &folder,
        "audit log --about rollback --last 1",
        expect![[r#"
            5 migrate.rollback.outcome .specwright/dev.db
                MOMENT by alice via command line
                rolled back: 0001_users
            exit 0
        "#]],
    );
}

#[test]
fn an_export_holds_what_the_hashes_cover() {
    let folder = sealed();
    let lines = folder.run(&["audit", "export"]).stdout;
    let mut prev = "00".repeat(32);
    for (number, line) in (1i64..).zip(lines.lines()) {
        let it: serde_json::Value = serde_json::from_str(line).expect("each line is JSON");
        assert_eq!(it["prev"], prev);
        // As the guide tells it.
        let mut bytes = vec![1];
        bytes.extend(number.to_be_bytes());
        bytes.extend(it["at_ms"].as_i64().expect("a number").to_be_bytes());
        for name in ["actor", "action", "subject", "detail"] {
            let text = it[name].as_str().expect("a text");
            bytes.extend((text.len() as u64).to_be_bytes());
            bytes.extend(text.as_bytes());
        }
        let mut hasher = blake3::Hasher::new();
        let before: Vec<u8> = (0..32)
            .map(|it| u8::from_str_radix(&prev[it * 2..it * 2 + 2], 16).expect("hexadecimal"))
            .collect();
        hasher.update(&before);
        hasher.update(&bytes);
        prev = hasher.finalize().to_hex().to_string();
        assert_eq!(it["hash"], prev);
    }
    assert_eq!(lines.lines().count(), 5);
}

#[test]
fn a_chain_that_was_cut_is_told_by_its_seal() {
    let folder = sealed();
    let cut = "DELETE FROM audit WHERE seq = 5;
               UPDATE audit_head SET (seq, hash) = (SELECT seq, hash FROM audit WHERE seq = 4)";
    catalog(&folder).execute_batch(cut).expect("it is cut");
    check(
        &folder,
        "audit verify",
        expect![[r#"
            problem: `STATE/seals/HASH.seal`: the chain has 4 entries, but 5 were sealed: its end was cut off
            exit 1
        "#]],
    );
    check(
        &folder,
        "audit seal",
        expect![[r#"
            error: failed to seal the audit chain: the chain has 4 entries, but 5 were sealed: its end was cut off
             |
             = help: the kept seal is the evidence; look into it first, then `--anew` replaces the seal
            exit 2
        "#]],
    );
    // Without the seal nothing shows.
    std::fs::remove_dir_all(folder.state()).expect("it is there");
    assert_eq!(folder.run(&["audit", "verify"]).code, 0);
}

#[test]
fn a_catalog_that_was_replaced_is_told_by_its_seal() {
    let folder = sealed();
    std::fs::remove_dir_all(folder.root().join(".specwright")).expect("it is there");
    assert_eq!(folder.run(&["migrate", "apply", "--yes"]).code, 0);
    check(
        &folder,
        "audit verify",
        expect![[r#"
            problem: `STATE/seals/HASH.seal`: the first entry is not the sealed one: another chain, or the whole was computed anew
            exit 1
        "#]],
    );
}

#[test]
fn an_edited_entry_is_told() {
    let folder = sealed();
    let edit = "UPDATE audit SET detail = 'nothing' WHERE seq = 2";
    catalog(&folder).execute_batch(edit).expect("it is edited");
    check(
        &folder,
        "audit verify",
        expect![[r#"
            problem: entry 2 was changed after it was written
            exit 1
        "#]],
    );
}

#[test]
fn a_seal_of_somebody_else_is_not_trusted() {
    let folder = sealed();
    let seal = folder.root().join("theirs.seal");
    let mut theirs = folder.command(&["audit", "seal", "--out", "theirs.seal"]);
    theirs.env("SPECWRIGHT_STATE_DIR", "").env("SPECWRIGHT_AUDIT_KEY", "07".repeat(32));
    let ran = theirs.output().expect("it starts");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    check(
        &folder,
        "audit verify --seal theirs.seal",
        expect![[r#"
            problem: `ROOT/theirs.seal`: it is signed with the key KEY which is not yours; `--key` names a key that you trust
            exit 1
        "#]],
    );
    let text = std::fs::read_to_string(&seal).expect("it was written");
    let key = text.lines().find_map(|it| it.strip_prefix("key ")).expect("it names its key");
    std::fs::remove_dir_all(folder.state()).expect("it is there");
    let ran = folder.run(&["audit", "verify", "--seal", "theirs.seal", "--key", key]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
}

#[cfg(unix)]
#[test]
fn a_key_that_others_may_read_is_refused_and_a_new_one_is_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = sealed();
    let key = folder.state().join("keys/audit.key");
    let mode = std::fs::metadata(&key).expect("it was made").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let secret = std::fs::read_to_string(&key).expect("it is text");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).expect("it is set");
    let ran = folder.run(&["audit", "seal"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("others than you may read it"), "{}", ran.stderr);
    assert!(!ran.stderr.contains(secret.trim()));
}

#[test]
fn programs_that_act_at_once_never_fork_the_chain() {
    let folder = sealed();
    folder.write("PRD.md", b"# Shop\n\n## Data model\n\n### users\n\n- id: uuid\n");
    let lines = [
        "record",
        "rule silence vague-term --scope mine",
        "migrate apply --yes",
        "audit seal",
        "migrate apply --yes",
        "rule silence dead-link --scope mine",
        "audit verify",
        "record",
    ];
    let start = |line: &&str| {
        let arguments: Vec<&str> = line.split_whitespace().collect();
        let mut command = folder.command(&arguments);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts")
    };
    let children: Vec<_> = lines.iter().map(start).collect();
    for (mut child, line) in children.into_iter().zip(lines) {
        let status = child.wait().expect("it ended");
        // Of two that apply at once the second may find that the first was faster.
        assert!(status.success() || line.starts_with("migrate"), "{line}");
    }
    let ran = folder.run(&["audit", "verify"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn a_program_that_is_killed_while_it_acts_leaves_a_chain_that_holds() {
    let folder = sealed();
    for round in 0..12 {
        let line = if round % 2 == 0 { "apply" } else { "rollback" };
        let mut command = folder.command(&["migrate", line, "--yes"]);
        let mut child =
            command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        std::thread::sleep(std::time::Duration::from_millis(3 + round * 9));
        // It may be done already, which is a moment too.
        let _ = child.kill();
        child.wait().expect("it ended");
        let ran = folder.run(&["audit", "verify"]);
        assert_eq!(ran.code, 0, "round {round}: {}{}", ran.stdout, ran.stderr);
    }
    let ran = folder.run(&["migrate", "apply", "--yes"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    // Every intent has its outcome again.
    let log = folder.run(&["audit", "log", "--last", "1000"]).stdout;
    let count = |word: &str| log.lines().filter(|it| it.contains(word)).count();
    assert_eq!(count(".intent"), count(".outcome"), "{log}");
}
