//! Migrations on the command line: specs, a real database, there and back.

use crate::cli::{Folder, postgres};
use expect_test::{Expect, expect};
use rusqlite::Connection;

const SPECS: &str = "\
//- forge/migrations/0001_users.yaml
add_table:
  name: users
  columns: [id bigint pk identity, email text unique not null, age text]
  rls: public
";

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
    folder.dev().execute_batch(rows).expect("the rows are sound");
    folder.write("forge/migrations/0002_next.yaml", second.as_bytes());
    folder
}

fn users(folder: &Folder) -> String {
    let db = folder.dev();
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
    folder.dev().execute_batch("CREATE TABLE stray (x)").expect("it is made");
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
            error: failed to promote to `prod`: there is no such environment
             |
             = help: say in `specwright.toml` where its URL is, `[environments]` and `prod = "env:DATABASE_URL"`, or set the variable SPECWRIGHT_URL_PROD
            exit 2
        "#]],
    );
    // Nothing answers at that port, and the password is not told.
    let ran = folder.run(&["promote", "--to", "postgresql://me:secret@127.0.0.1:1/x", "--yes"]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(!ran.stderr.contains("secret"), "{}", ran.stderr);
}

/// Runs a command for the environment `prod`; its exit code, and what it says without what differs
/// from run to run.
fn there(folder: &Folder, url: &str, line: &str, expect: Expect) {
    let arguments: Vec<&str> = line.split_whitespace().collect();
    let mut command = folder.command(&arguments);
    let output = command.env("PROD_URL", url).env("SPECWRIGHT_POSTGRES_URL", url).output();
    let output = output.expect("it starts");
    let root = folder.root().to_string_lossy().into_owned();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(&root, "ROOT");
    let stdout: String = text(&output.stdout).lines().map(|it| without_chance(it) + "\n").collect();
    let stdout: String = stdout
        .lines()
        .map(|it| match it.split_once("/backups/app-") {
            Some((head, _)) => format!("{head}/backups/DUMP\n"),
            None => format!("{it}\n"),
        })
        .collect();
    let code = output.status.code().unwrap_or_default();
    expect.assert_eq(&format!("{stdout}{}exit {code}\n", text(&output.stderr)));
}

#[test]
fn an_environment_is_promoted_to_looked_at_and_rolled_back() {
    let Some((_server, url, mut sql)) = postgres("SELECT 1") else { return };
    let folder = Folder::new(SPECS);
    folder.write("specwright.toml", b"[environments]\nprod = \"env:PROD_URL\"\n");
    assert_eq!(folder.run(&["migrate", "apply", "--yes"]).code, 0);
    there(
        &folder,
        &url,
        "promote --to prod --yes",
        expect![[r#"
        0001_users promoted
          the state before is in ROOT/.specwright/backups/DUMP
        exit 0
    "#]],
    );
    sql("INSERT INTO users (email, age) VALUES ('a', '041'), ('b', NULL), ('c', '7')");
    let next = "alter_column: {table: users, column: age, type: integer, nullable: false}\n";
    folder.write("forge/migrations/0002_next.yaml", next.as_bytes());
    there(
        &folder,
        &url,
        "promote --to prod",
        expect![[r#"
        error: failed to promote `0002_next`: it is not applied to `dev`
         |
         = help: `specwright migrate apply --yes` applies it there
        exit 2
    "#]],
    );
    there(
        &folder,
        &url,
        "migrate plan --url prod --level live",
        expect![[r#"
        -- 0002_next
        SET LOCAL lock_timeout = '5s';
        SET LOCAL statement_timeout = '60s';
        --   change the type of users.age from text to integer (writes every row again)
        ALTER TABLE public.users ALTER COLUMN age TYPE integer USING age::integer;
        --   create constraint users_age_not_null_proof on users
        ALTER TABLE public.users ADD CONSTRAINT users_age_not_null_proof CHECK (age IS NOT NULL) NOT VALID;
        SET LOCAL lock_timeout = '5s';
        SET LOCAL statement_timeout = '1h';
        --   validate constraint users_age_not_null_proof on users (reads every row)
        ALTER TABLE public.users VALIDATE CONSTRAINT users_age_not_null_proof;
        --   refuse NULL in users.age
        ALTER TABLE public.users ALTER COLUMN age SET NOT NULL;
        --   drop constraint users_age_not_null_proof on users
        ALTER TABLE public.users DROP CONSTRAINT IF EXISTS users_age_not_null_proof;
        -- way back: needs the backup: what `integer` cannot hold of `text` in `public.users.age`

        in the way: with 1,000 rows of each table: step 5 of `0002_next`: check constraint "users_age_not_null_proof" of relation "users" is violated by some row
        in the way: 1 of 3 rows are NULL in `users.age`: 2
        exit 1
    "#]],
    );
    sql("UPDATE users SET age = '9' WHERE age IS NULL");
    there(
        &folder,
        &url,
        "migrate apply --url prod --yes --override tested",
        expect![[r#"
        0002_next applied
          the state before is in ROOT/.specwright/backups/DUMP
          rows as they were before are in _specwright."before_2_users"
        exit 0
    "#]],
    );
    there(
        &folder,
        &url,
        "migrate status --url prod",
        expect![[r#"
        database: prod
        applied   0001_users
        applied   0002_next
        exit 0
    "#]],
    );
    there(
        &folder,
        &url,
        "migrate rollback --url prod --yes",
        expect![[r#"
        0002_next rolled back
          lost data comes from _specwright."after_2_1_users", _specwright."before_2_users"
          the state before is in ROOT/.specwright/backups/DUMP
        exit 0
    "#]],
    );
    sql("DO $$ BEGIN ASSERT (SELECT age FROM users WHERE email = 'a') = '041'; END $$");
    sql("ALTER TABLE users ADD stray int");
    there(
        &folder,
        &url,
        "migrate drift --url prod",
        expect![[r#"
        column `users.stray` was added
        --- ledger
        +++ database
        @@ -2,6 +2,7 @@
             id bigint GENERATED BY DEFAULT AS IDENTITY NOT NULL,
             email text NOT NULL,
             age text,
        +    stray integer,
             CONSTRAINT users_email_key UNIQUE (email),
             CONSTRAINT users_pkey PRIMARY KEY (id)
         );
        exit 1
    "#]],
    );
    there(
        &folder,
        &url,
        "migrate apply --url prod --yes",
        expect![[r#"
        error: failed to use the database: its schema is not what the ledger tells: column `users.stray` was added
         |
         = help: `specwright migrate drift` shows the differences; undo them, or say them in a spec
        exit 2
    "#]],
    );
}

#[test]
fn check_holds_the_specs_against_the_ledger() {
    let folder = started("drop_column: users.age\n");
    let edited = SPECS
        .replace("age text", "age text, more text")
        .replace("//- forge/migrations/0001_users.yaml\n", "");
    folder.write("forge/migrations/0001_users.yaml", edited.as_bytes());
    check(
        &folder,
        "check --format json",
        expect![[r#"
        {
          "findings": [
            {
              "file": "forge/migrations/0001_users.yaml",
              "rule": "edited-after-apply",
              "severity": "error",
              "message": "`0001_users` was edited after it was applied: undo the edit, or roll `0001_users` back, and say the change in a new spec",
              "start": {
                "line": 1,
                "column": 1,
                "offset": 0
              },
              "end": {
                "line": 1,
                "column": 10,
                "offset": 9
              },
              "related": [],
              "fixes": [],
              "fingerprint": "77351b3eb1a3ea87"
            }
          ],
          "notices": [],
          "n_specs": 1,
          "n_known": 0,
          "fails": true
        }
        exit 1
    "#]],
    );
}
