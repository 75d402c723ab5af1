//! Migrations on the command line: specs, a real database, there and back.

use crate::cli::Folder;
use expect_test::{Expect, expect};
use rusqlite::Connection;

const SPECS: &str = "\
//- forge/migrations/0001_users.yaml
add_table:
  name: users
  columns: [id bigint pk identity, email text unique not null, age text]
  rls: public
";

fn db(folder: &Folder) -> Connection {
    Connection::open(folder.root().join(".specwright/dev.db")).expect("it opens")
}

/// Runs a command; its exit code, and what it says without the folder's name.
fn check(folder: &Folder, line: &str, expect: Expect) {
    let arguments: Vec<&str> = line.split_whitespace().collect();
    let ran = folder.run(&arguments);
    let stdout = ran.stdout.replace(&*folder.root().to_string_lossy(), "ROOT");
    let stdout: String = stdout.lines().map(|it| without_chance(it) + "\n").collect();
    expect.assert_eq(&format!("{stdout}{}exit {}\n", ran.stderr, ran.code));
}

/// A line without what differs from run to run: a duration, the name of a checkpoint.
fn without_chance(line: &str) -> String {
    if let Some((start, _)) = line.split_once("copy took ") {
        return format!("{start}copy took some ms");
    }
    match line.split_once("`specwright rollback to ") {
        Some((start, rest)) => {
            let end = rest.find('`').map_or("", |it| &rest[it..]);
            format!("{start}`specwright rollback to CHECKPOINT{end}")
        }
        None => line.to_owned(),
    }
}

/// A workspace with one applied migration and rows, and a second spec.
fn started(second: &str) -> Folder {
    let folder = Folder::new(SPECS);
    assert_eq!(folder.run(&["migrate", "apply", "--yes"]).code, 0);
    let rows = "INSERT INTO users (email, age) VALUES ('a', '041'), ('b', NULL), ('c', '7')";
    db(&folder).execute_batch(rows).expect("the rows are sound");
    folder.write("forge/migrations/0002_next.yaml", second.as_bytes());
    folder
}

fn users(folder: &Folder) -> String {
    let db = db(folder);
    let mut statement = db.prepare("SELECT * FROM users ORDER BY 1").expect("it is there");
    let n_columns = statement.column_count();
    let rows = statement.query_map((), |row| {
        let cell = |it| row.get::<_, rusqlite::types::Value>(it).map(|it| format!("{it:?}"));
        Ok((0..n_columns).map(cell).collect::<rusqlite::Result<Vec<_>>>()?.join(" "))
    });
    rows.expect("it is read").map(|it| it.expect("a row") + "\n").collect()
}

#[test]
fn nothing_is_changed_without_yes() {
    let folder = Folder::new(SPECS);
    check(
        &folder,
        "migrate apply",
        expect![[r#"
            -- 0001_users
            --   create users
            CREATE TABLE "users" (
              "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
              "email" TEXT NOT NULL,
              "age" TEXT,
              CONSTRAINT "users_email_key" UNIQUE ("email")
            ) STRICT;

            -- the council passes it
            --   forge/migrations/0001_users.yaml:1: low: `users` has no row security: who may read it reads all of it
            --     access/missing-row-security, verified, dce77299b02479b478e09ce687f7f969
            --     the migration spec says `rls: public`
            nothing was changed; run it again with --yes to do this
            exit 2
        "#]],
    );
    assert!(!folder.root().join(".specwright").exists());
}

#[test]
fn a_purge_and_its_rollback_keep_every_row() {
    let folder = started("drop_column: {table: users, column: age, purge: true}\n");
    let before = users(&folder);
    check(
        &folder,
        "migrate apply --yes --override tested",
        expect![[r#"
            0002_next applied
              the state before is in ROOT/.specwright/backups/dev-0002-before-apply-0002_next.db
            `specwright rollback to CHECKPOINT` undoes this, files and all
            exit 0
        "#]],
    );
    assert_ne!(users(&folder), before);
    check(
        &folder,
        "migrate rollback --yes",
        expect![[r#"
            0002_next rolled back
              lost data comes from ROOT/.specwright/backups/dev-0002-before-apply-0002_next.db
              the state before is in ROOT/.specwright/backups/dev-0003-before-rollback-0002_next.db
            `specwright rollback to CHECKPOINT` undoes this, files and all
            exit 0
        "#]],
    );
    assert_eq!(users(&folder), before);
    check(
        &folder,
        "migrate status",
        expect![[r#"
        database: .specwright/dev.db
        applied   0001_users
        pending   0002_next
        exit 0
    "#]],
    );
}

#[test]
fn rows_in_the_way_are_counted_and_named() {
    let folder = started("alter_column: {table: users, column: age, nullable: false}\n");
    let before = users(&folder);
    check(
        &folder,
        "migrate plan --level copy",
        expect![[r#"
            -- 0002_next
            --   refuse NULL in users.age (reads every row)
            ALTER TABLE users ALTER COLUMN age SET NOT NULL;

            in the way: with 1,000 rows of each table: step 1: constraint failed
            in the way: on a copy: step 1: constraint failed
            in the way: 1 of 3 rows are NULL in `users.age`: 2
            the run on a copy took some ms
            exit 1
        "#]],
    );
    check(
        &folder,
        "migrate apply --yes",
        expect![[r#"
            error: failed to apply `0002_next`: 1 of 3 rows are NULL in `users.age`: 2
             |
             = help: correct these rows first; nothing was changed
            exit 2
        "#]],
    );
    assert_eq!(users(&folder), before);
}

#[test]
fn seeds_are_undone_and_rows_that_were_there_stay() {
    let folder = started(
        "seed:\n  table: users\n  key: email\n  existing: update\n  rows:\n    - {email: a, age: '1'}\n    - {email: new, age: '2'}\n",
    );
    let before = users(&folder);
    assert_eq!(folder.run(&["migrate", "apply", "--yes"]).code, 0);
    assert!(users(&folder).contains("new"));
    assert_eq!(folder.run(&["migrate", "rollback", "--yes"]).code, 0);
    assert_eq!(users(&folder), before);
}

#[test]
fn edits_of_applied_specs_and_drift_are_told() {
    let folder = started("add_column: {table: users, columns: [n integer]}\n");
    let edited = SPECS.split_once("\n").expect("a first line").1.replace("age text", "age integer");
    folder.write("forge/migrations/0001_users.yaml", edited.as_bytes());
    db(&folder).execute_batch("CREATE TABLE stray (x)").expect("it is made");
    check(
        &folder,
        "migrate status",
        expect![[r#"
        database: .specwright/dev.db
        applied   0001_users
        pending   0002_next
        problem: `0001_users` was edited after it was applied
          undo the edit, or roll `0001_users` back, and say the change in a new spec
        drift: table stray was added
        exit 1
    "#]],
    );
    check(
        &folder,
        "migrate apply --yes",
        expect![[r#"
        error: failed to use the ledger: `0001_users` was edited after it was applied
         |
         = help: undo the edit, or roll `0001_users` back, and say the change in a new spec
        exit 2
    "#]],
    );
    check(
        &folder,
        "migrate drift",
        expect![[r#"
        table stray was added
        --- ledger
        +++ database
        @@ -0,0 +1 @@
        +CREATE TABLE stray (x);
        exit 1
    "#]],
    );
}

#[test]
fn what_cannot_be_undone_says_so_before() {
    let folder = started("sql:\n  sqlite: UPDATE users SET age = 'x'\n  postgres: null\n");
    check(
        &folder,
        "migrate apply --yes",
        expect![[r#"
            0002_next applied
              the state before is in ROOT/.specwright/backups/dev-0002-before-apply-0002_next.db
            `specwright rollback to CHECKPOINT` undoes this, files and all
            exit 0
        "#]],
    );
    check(
        &folder,
        "migrate rollback --yes",
        expect![[r#"
        error: failed to roll `0002_next` back: the author's SQL has no `down`
         |
         = help: nothing was changed; the state before it is in `ROOT/.specwright/backups/dev-0002-before-apply-0002_next.db`
        exit 2
    "#]],
    );
}

#[test]
fn a_purge_spec_names_what_was_dropped_softly() {
    let folder = started("drop_column: users.age\n");
    assert_eq!(folder.run(&["migrate", "apply", "--yes", "--override", "tested"]).code, 0);
    assert_eq!(folder.run(&["migrate", "purge"]).code, 0);
    expect![[r#"
        purge:
          table: users
          column: age
    "#]]
    .assert_eq(&folder.read("forge/migrations/0003_purge.yaml"));
    assert_eq!(folder.run(&["migrate", "apply", "--yes", "--override", "tested"]).code, 0);
    assert_eq!(folder.run(&["migrate", "rollback", "--last", "2", "--yes"]).code, 0);
    assert!(users(&folder).contains("041"));
}

#[test]
fn every_act_is_in_the_audit_chain() {
    let folder = started("drop_column: users.age\n");
    assert_eq!(folder.run(&["migrate", "apply", "--yes", "--override", "tested"]).code, 0);
    let catalog = Connection::open(folder.root().join(".specwright/catalog.db")).expect("it opens");
    let statement = catalog
        .prepare("SELECT action, detail FROM audit WHERE action LIKE 'migrate.%' ORDER BY seq");
    let mut statement = statement.expect("it is there");
    let rows = statement.query_map((), |row| {
        Ok(format!("{}: {}", row.get::<_, String>(0)?, row.get::<_, String>(1)?))
    });
    let rows: Vec<String> = rows.expect("it is read").map(|it| it.expect("a row")).collect();
    expect![[r#"
        migrate.apply.intent: 0001_users
        migrate.apply.outcome: applied: 0001_users
        migrate.apply.intent: 0002_next
        migrate.apply.outcome: applied: 0002_next"#]]
    .assert_eq(&rows.join("\n"));
}

#[test]
fn a_promotion_wants_its_source_applied_and_its_endpoint_from_outside() {
    let folder = Folder::new(SPECS);
    check(
        &folder,
        "promote --to prod",
        expect![[r#"
        error: failed to promote `0001_users`: it is not applied to `dev`
         |
         = help: `specwright migrate apply --yes` applies it there
        exit 2
    "#]],
    );
    assert_eq!(folder.run(&["migrate", "apply", "--yes"]).code, 0);
    check(
        &folder,
        "promote --to prod",
        expect![[r#"
        error: failed to promote to `prod`: the variable SPECWRIGHT_URL_PROD is not set
         |
         = help: set it to the URL of the database, such as postgresql://user@host/name
        exit 2
    "#]],
    );
    // Nothing answers at that port, and the password is not told.
    let ran = folder.run(&["promote", "--to", "postgresql://me:secret@127.0.0.1:1/x", "--yes"]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(!ran.stderr.contains("secret"), "{}", ran.stderr);
}
