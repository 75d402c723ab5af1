//! Plans by example: the statements, and how they come back.

use crate::plan::{Back, Renames, Transaction};
use crate::sqlite::apply::complaints;
use crate::sqlite::proof::{backwards, run_steps};
use crate::sqlite::{
    Capabilities, LoadError, apply, backup, catalog_of_sql, declared_renames, load, plan, prove,
    read,
};
use expect_test::{Expect, expect};
use rusqlite::Connection;

fn check(from: &str, to: &str, expect: Expect) {
    check_for(Capabilities::PORTABLE, from, to, expect);
}

/// Plans, proves, and shows what changes the schema; the frame of a rebuild is one line.
fn check_for(engine: Capabilities, from: &str, to: &str, expect: Expect) {
    let (from, to) = (catalog_of_sql(from).unwrap(), catalog_of_sql(to).unwrap());
    let plan = match plan(&from, &to, &declared_renames(&from, &to), engine) {
        Ok(plan) => plan,
        Err(refusal) => return expect.assert_eq(&format!("refused: {refusal}\n")),
    };
    prove(&from, &to, &plan, engine).unwrap();
    let mut out = String::new();
    for step in &plan.steps {
        if step.transaction == Transaction::Outside {
            out += &format!("{}\n", step.sql);
            continue;
        }
        if step.sql.contains("_specwright_guard") {
            out += "guard\n";
            continue;
        }
        out += &format!("{}\n", step.sql);
        for it in &step.changes {
            out += &format!("  does: {it}\n");
        }
        match &step.back {
            Back::Exact(_) | Back::NotNeeded => {}
            Back::Lossy { why, .. } => out += &format!("  back, but {why}\n"),
            Back::None { why } => out += &format!("  no way back: {why}\n"),
        }
        for it in &step.checks {
            out += &format!("  unless {}: {}\n", it.complaint, it.count_sql);
        }
    }
    expect.assert_eq(&out);
}

/// Runs the plan with rows, there and back, and shows the outcome of `query` before, between, after.
fn check_rows(from: &str, to: &str, rows: &str, query: &str, expect: Expect) {
    let db = load(from).unwrap();
    db.pragma_update(None, "foreign_keys", true).unwrap();
    db.execute_batch(rows).unwrap();
    let (from, to) = (read(&db).unwrap(), catalog_of_sql(to).unwrap());
    let plan = plan(&from, &to, &declared_renames(&from, &to), Capabilities::PORTABLE).unwrap();
    let mut out = shown(&db, query);
    assert_eq!(complaints(&db, plan.steps.iter().flat_map(|it| &it.checks)), Vec::<String>::new());
    run_steps(&db, &plan.steps).unwrap();
    assert_eq!(read(&db).unwrap(), to);
    out += &shown(&db, query);
    run_steps(&db, &backwards(&plan.steps)).unwrap();
    assert_eq!(read(&db).unwrap(), from);
    out += &shown(&db, query);
    expect.assert_eq(&out);
}

fn shown(db: &Connection, query: &str) -> String {
    let mut statement = db.prepare(query).unwrap();
    let rows = statement.query_map((), |row| row.get::<_, String>(0)).unwrap();
    let rows: Vec<String> = rows.map(Result::unwrap).collect();
    format!("{}\n", rows.join(" "))
}

#[test]
fn equal_schemas_need_nothing_however_they_are_written() {
    check(
        "CREATE TABLE t (a integer primary key, b varchar( 10 ) CHECK (b != 'x') unique references t (a));",
        "create table \"t\" (\n  [a] INTEGER, -- the key\n  `b` VARCHAR(10), check ((\"b\" <> 'x')), \
         primary key (a), UNIQUE (b), foreign key (b) references T (A))",
        expect![[""]],
    );
}

#[test]
fn an_appended_column_is_added_in_place() {
    check(
        "CREATE TABLE t (a);",
        "CREATE TABLE t (a, b TEXT NOT NULL DEFAULT '' COLLATE nocase, c INT CHECK (c > 0) REFERENCES t (a));",
        expect![[r#"
            ALTER TABLE t ADD COLUMN b TEXT NOT NULL DEFAULT '' COLLATE NOCASE;
              does: create t.b
              unless rows of `t` break the check (c > 0): SELECT count(*) FROM (SELECT rowid AS rowid, a AS a, '' AS b, NULL AS c FROM t) AS t WHERE NOT (c > 0)
            ALTER TABLE t ADD COLUMN c INT CHECK (c > 0) REFERENCES t (a);
              does: create t.c
        "#]],
    );
}

#[test]
fn a_column_in_the_middle_costs_a_rebuild() {
    check(
        "CREATE TABLE t (a, c);",
        "CREATE TABLE t (a, b, c);",
        expect![[r#"
        PRAGMA foreign_keys = OFF;
        guard
        CREATE TABLE "__new_t" (a, b, c);
        INSERT OR ABORT INTO __new_t (rowid, a, c) SELECT rowid, a, c FROM t;
        PRAGMA legacy_alter_table = ON;
        DROP TABLE t;
        ALTER TABLE __new_t RENAME TO t;
        PRAGMA legacy_alter_table = OFF;
          does: create t.b
        guard
        PRAGMA foreign_keys = ON;
    "#]],
    );
}

#[test]
fn a_default_that_is_computed_costs_a_rebuild() {
    check(
        "CREATE TABLE t (a);",
        "CREATE TABLE t (a, at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP);",
        expect![[r#"
            PRAGMA foreign_keys = OFF;
            guard
            CREATE TABLE "__new_t" (a, at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP);
            INSERT OR ABORT INTO __new_t (rowid, a) SELECT rowid, a FROM t;
            PRAGMA legacy_alter_table = ON;
            DROP TABLE t;
            ALTER TABLE __new_t RENAME TO t;
            PRAGMA legacy_alter_table = OFF;
              does: create t.at
            guard
            PRAGMA foreign_keys = ON;
        "#]],
    );
}

#[test]
fn a_value_that_nobody_gave_is_asked_for() {
    check(
        "CREATE TABLE t (a);",
        "CREATE TABLE t (a, b NOT NULL);",
        expect![[r#"
        PRAGMA foreign_keys = OFF;
        guard
        CREATE TABLE "__new_t" (a, b NOT NULL);
        INSERT OR ABORT INTO __new_t (rowid, a) SELECT rowid, a FROM t;
        PRAGMA legacy_alter_table = ON;
        DROP TABLE t;
        ALTER TABLE __new_t RENAME TO t;
        PRAGMA legacy_alter_table = OFF;
          does: create t.b
          unless rows would have no value in the new column `t.b`: SELECT count(*) FROM (SELECT rowid AS rowid, a AS a, NULL AS b FROM t) AS t WHERE b IS NULL
        guard
        PRAGMA foreign_keys = ON;
    "#]],
    );
}

#[test]
fn newer_engines_alter_constraints_in_place() {
    check_for(
        Capabilities::of_version("3.53").unwrap(),
        "CREATE TABLE t (a, b NOT NULL, CONSTRAINT old CHECK (a > 0));",
        "CREATE TABLE t (a NOT NULL, b, CONSTRAINT new CHECK (a > 1));",
        expect![[r#"
            ALTER TABLE t DROP CONSTRAINT old;
              does: drop constraint old on t
              unless rows are NULL in `t.a`: SELECT count(*) FROM t WHERE a IS NULL
              unless rows of `t` break the check (a > 1): SELECT count(*) FROM t WHERE NOT (a > 1)
            ALTER TABLE t ALTER COLUMN a SET NOT NULL;
              does: refuse NULL in t.a
            ALTER TABLE t ALTER COLUMN b DROP NOT NULL;
              does: allow NULL in t.b
            ALTER TABLE t ADD CONSTRAINT new CHECK (a > 1);
              does: create constraint new on t
        "#]],
    );
}

#[test]
fn views_and_triggers_stand_aside_and_come_back() {
    check(
        "CREATE TABLE t (a INT, b); CREATE TABLE log (a);
         CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT a FROM v;
         CREATE TRIGGER onto AFTER INSERT ON log BEGIN UPDATE t SET a = new.a; END;
         CREATE TRIGGER apart AFTER DELETE ON log BEGIN SELECT 1; END;",
        "CREATE TABLE t (a TEXT, b); CREATE TABLE log (a);
         CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT a FROM v;
         CREATE TRIGGER onto AFTER INSERT ON log BEGIN UPDATE t SET a = new.a; END;
         CREATE TRIGGER apart AFTER DELETE ON log BEGIN SELECT 1; END;",
        expect![[r#"
            PRAGMA foreign_keys = OFF;
            guard
            DROP TRIGGER onto;
            DROP VIEW w;
            DROP VIEW v;
            CREATE TABLE "__new_t" (a TEXT, b);
            INSERT OR ABORT INTO __new_t (rowid, a, b) SELECT rowid, a, b FROM t;
            PRAGMA legacy_alter_table = ON;
            DROP TABLE t;
            ALTER TABLE __new_t RENAME TO t;
            PRAGMA legacy_alter_table = OFF;
              does: change the type of t.a from INT to TEXT
            CREATE VIEW v AS SELECT a FROM t;
            CREATE VIEW w AS SELECT a FROM v;
            CREATE TRIGGER onto AFTER INSERT ON log BEGIN UPDATE t SET a = new.a; END;
            guard
            PRAGMA foreign_keys = ON;
        "#]],
    );
}

#[test]
fn a_trigger_that_would_break_is_named() {
    check(
        "CREATE TABLE t (a, b); CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET b = 1; END;",
        "CREATE TABLE t (a); CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET b = 1; END;",
        expect![[r#"
            refused: plan the change: the trigger `g` stays and would break: no such column: b
        "#]],
    );
    check(
        "CREATE TABLE t (a, b); CREATE VIEW v AS SELECT b FROM t;",
        "CREATE TABLE t (a); CREATE VIEW v AS SELECT b FROM t;",
        expect![[r#"
            refused: plan the change: the view `v` stays and would break: no such column: b
        "#]],
    );
}

#[test]
fn what_was_broken_before_does_not_stop_a_plan() {
    check(
        "CREATE TABLE t (a, b); CREATE VIEW v AS SELECT * FROM gone;",
        "CREATE TABLE t (a); CREATE VIEW v AS SELECT * FROM gone;",
        expect![[r#"
            DROP VIEW v;
            ALTER TABLE t DROP COLUMN b;
              does: drop t.b
              back, but the values of `b` are gone; where one must be, a neutral value stands in
            CREATE VIEW v AS SELECT * FROM gone;
        "#]],
    );
}

#[test]
fn renames_are_declared_and_else_never_guessed() {
    check(
        "CREATE TABLE a (x INT, y INT CHECK (y > x)); CREATE TABLE c (x REFERENCES a (x)); CREATE INDEX i ON a (x);",
        "CREATE TABLE b ( -- @renamed from=a
           z INT, -- @renamed from=x
           y INT CHECK (y > z));
         CREATE TABLE c (x REFERENCES b (z)); CREATE INDEX i ON b (z);",
        expect![[r#"
            ALTER TABLE a RENAME TO b;
              does: rename a to b
            ALTER TABLE b RENAME COLUMN x TO z;
              does: rename b.x to z
        "#]],
    );
    check(
        "CREATE TABLE t (a INT, b);",
        "CREATE TABLE t (c INT, b);",
        expect![[r#"
        PRAGMA foreign_keys = OFF;
        guard
        CREATE TABLE "__new_t" (c INT, b);
        INSERT OR ABORT INTO __new_t (rowid, b) SELECT rowid, b FROM t;
        PRAGMA legacy_alter_table = ON;
        DROP TABLE t;
        ALTER TABLE __new_t RENAME TO t;
        PRAGMA legacy_alter_table = OFF;
          does: drop t.a
          does: create t.c
          back, but the values of `a` are gone; where one must be, a neutral value stands in
        guard
        PRAGMA foreign_keys = ON;
    "#]],
    );
}

#[test]
fn names_that_differ_in_case_alone_are_renamed() {
    check(
        "CREATE TABLE Users (Id INTEGER PRIMARY KEY, old);",
        "CREATE TABLE users (id INTEGER PRIMARY KEY);",
        expect![[r#"
            ALTER TABLE Users RENAME TO __renamed_Users;
            ALTER TABLE __renamed_Users RENAME TO users;
              does: rename Users to users
            ALTER TABLE users RENAME COLUMN Id TO id;
              does: rename users.Id to id
            ALTER TABLE users DROP COLUMN old;
              does: drop users.old
              back, but the values of `old` are gone; where one must be, a neutral value stands in
        "#]],
    );
}

#[test]
fn two_tables_can_change_their_names() {
    let from = catalog_of_sql("CREATE TABLE a (x); CREATE TABLE b (y);").unwrap();
    let to = catalog_of_sql("CREATE TABLE a (y); CREATE TABLE b (x);").unwrap();
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    let renames = Renames { tables: vec![pair("a", "b"), pair("b", "a")], columns: Vec::new() };
    let plan = plan(&from, &to, &renames, Capabilities::PORTABLE).unwrap();
    prove(&from, &to, &plan, Capabilities::PORTABLE).unwrap();
    assert!(plan.steps.iter().all(|it| it.loses.is_empty()), "{plan:?}");
}

#[test]
fn a_rename_that_does_not_fit_is_refused() {
    let from = catalog_of_sql("CREATE TABLE a (x); CREATE TABLE b (y);").unwrap();
    let to = catalog_of_sql("CREATE TABLE a (x); CREATE TABLE b (z);").unwrap();
    let refused = |tables: &[(&str, &str)], columns: &[(&str, &str, &str)]| {
        let own = |it: &&str| (*it).to_owned();
        let renames = Renames {
            tables: tables.iter().map(|(a, b)| (own(a), own(b))).collect(),
            columns: columns.iter().map(|(a, b, c)| (own(a), own(b), own(c))).collect(),
        };
        plan(&from, &to, &renames, Capabilities::PORTABLE).unwrap_err().to_string()
    };
    expect!["plan the change: `a` cannot become `b`: there is such a table"]
        .assert_eq(&refused(&[("a", "b")], &[]));
    expect!["plan the change: the rename of `gone` to `b` does not fit: one of them is missing"]
        .assert_eq(&refused(&[("gone", "b")], &[]));
    expect!["plan the change: the rename of `a.x` to `z` does not fit: one of them is missing, or both are on one side"].assert_eq(&refused(&[], &[("a", "x", "z")]));
}

#[test]
fn virtual_tables_stay_or_are_refused() {
    let fts = "CREATE VIRTUAL TABLE docs USING fts5(body, content='t');";
    check(
        &format!("CREATE TABLE t (body INT); CREATE TABLE u (a); {fts}"),
        &format!("CREATE TABLE t (body TEXT); {fts}"),
        expect![[r#"
            PRAGMA foreign_keys = OFF;
            guard
            DROP TABLE u;
              does: drop u
              back, but the rows of `u` are gone
            CREATE TABLE "__new_t" (body TEXT);
            INSERT OR ABORT INTO __new_t (rowid, body) SELECT rowid, body FROM t;
            PRAGMA legacy_alter_table = ON;
            DROP TABLE t;
            ALTER TABLE __new_t RENAME TO t;
            PRAGMA legacy_alter_table = OFF;
              does: change the type of t.body from INT to TEXT
            guard
            PRAGMA foreign_keys = ON;
        "#]],
    );
    check(
        "",
        fts,
        expect![[r#"
        refused: plan the change: `docs` is a virtual table; it can stay as it is, but not be made, changed or dropped by a plan
    "#]],
    );
    check(
        &format!("CREATE TABLE t (body); {fts}"),
        fts,
        expect![[r#"
        refused: plan the change: `docs` is a virtual table that reads `t`, which would go or change its name
    "#]],
    );
}

#[test]
fn rows_of_children_outlive_the_rebuild_of_their_parent() {
    check_rows(
        "CREATE TABLE p (id INTEGER PRIMARY KEY, kind TEXT DEFAULT 'a');
         CREATE TABLE c (pid REFERENCES p (id) ON DELETE CASCADE, n REFERENCES p (id) ON DELETE SET NULL);",
        "CREATE TABLE p (id INTEGER PRIMARY KEY, kind TEXT DEFAULT 'b');
         CREATE TABLE c (pid REFERENCES p (id) ON DELETE CASCADE, n REFERENCES p (id) ON DELETE SET NULL);",
        "INSERT INTO p (id) VALUES (1), (2); INSERT INTO c VALUES (1, 2), (2, 1);",
        "SELECT pid || '-' || n FROM c ORDER BY 1",
        expect![[r#"
            1-2 2-1
            1-2 2-1
            1-2 2-1
        "#]],
    );
}

#[test]
fn numbers_once_given_are_not_given_again() {
    check_rows(
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a);",
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a NOT NULL);",
        "INSERT INTO t (a) VALUES (1), (2), (3); DELETE FROM t;",
        "SELECT name || ' ' || seq FROM sqlite_sequence",
        expect![[r#"
            t 3
            t 3
            t 3
        "#]],
    );
}

#[test]
fn rowids_and_conflict_clauses_do_not_lose_rows() {
    check_rows(
        "CREATE TABLE t (a, b);",
        "CREATE TABLE t (a UNIQUE ON CONFLICT REPLACE, b NOT NULL ON CONFLICT IGNORE);",
        "INSERT INTO t (rowid, a, b) VALUES (5, 1, 1), (9, 2, 2);",
        "SELECT rowid || ':' || a FROM t ORDER BY rowid",
        expect![[r#"
            5:1 9:2
            5:1 9:2
            5:1 9:2
        "#]],
    );
}

#[test]
fn a_host_that_cannot_switch_foreign_keys_off_is_stopped() {
    let from = "CREATE TABLE p (id INTEGER PRIMARY KEY, a INT); CREATE TABLE c (p REFERENCES p (id) ON DELETE CASCADE);";
    let to = "CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT); CREATE TABLE c (p REFERENCES p (id) ON DELETE CASCADE);";
    let db = load(from).unwrap();
    db.pragma_update(None, "foreign_keys", true).unwrap();
    db.execute_batch("INSERT INTO p VALUES (1, 1); INSERT INTO c VALUES (1);").unwrap();
    let catalogs = (read(&db).unwrap(), catalog_of_sql(to).unwrap());
    let plan = plan(&catalogs.0, &catalogs.1, &Renames::default(), Capabilities::PORTABLE).unwrap();
    let inside: Vec<_> =
        plan.steps.into_iter().filter(|it| it.transaction != Transaction::Outside).collect();
    let (_, error) = run_steps(&db, &inside).unwrap_err();
    assert!(error.to_string().contains("foreign_keys_are_off"), "{error}");
    assert_eq!(shown(&db, "SELECT p || '' FROM c"), "1\n");
}

#[test]
fn data_that_stands_in_the_way_is_counted_and_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.db");
    let from =
        "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (id INTEGER PRIMARY KEY, a, p);";
    let to = "CREATE TABLE p (id INTEGER PRIMARY KEY);
              CREATE TABLE t (id INTEGER PRIMARY KEY, a NOT NULL UNIQUE CHECK (a <> 7), p REFERENCES p (id));";
    let db = Connection::open(&path).unwrap();
    db.execute_batch(from).unwrap();
    db.execute_batch(
        "INSERT INTO t VALUES (1, NULL, NULL), (2, 'x', 5), (3, 'x', NULL), (4, 7, 9);",
    )
    .unwrap();
    drop(db);
    let (from, to) = (catalog_of_sql(from).unwrap(), catalog_of_sql(to).unwrap());
    let plan = plan(&from, &to, &Renames::default(), Capabilities::PORTABLE).unwrap();
    let error = apply(&path, &plan, Some(&from), Some(&to)).unwrap_err();
    expect![[r#"
        1 rows are NULL in `t.a` (such as 1)
        1 rows of `t` repeat a value that must be unique (such as 'x')
        1 rows of `t` break the check (a <> 7) (such as 4)
        2 rows of `t` point to no row of `p` (such as 2, 4)"#]]
    .assert_eq(&error.to_string().replace("; ", "\n"));
    let db = Connection::open(&path).unwrap();
    db.execute_batch("UPDATE t SET a = id + 10, p = NULL").unwrap();
    let copy = folder.path().join("copy.db");
    backup(&path, &copy).unwrap();
    assert_eq!(apply(&path, &plan, Some(&from), Some(&to)).unwrap().n_steps, plan.steps.len());
    assert_eq!(read(&db).unwrap(), to);
    assert_eq!(read(&Connection::open(&copy).unwrap()).unwrap(), from);
    let drift = apply(&path, &plan, Some(&from), Some(&to)).unwrap_err().to_string();
    assert!(drift.contains("is not the one that the plan starts from"), "{drift}");
}

#[test]
fn hostile_text_reaches_no_file_and_comes_to_an_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stolen.db");
    let refused = |sql: &str| match load(sql).unwrap_err() {
        LoadError::Statement { index, message } => format!("{index}: {message}"),
        other => panic!("{other}"),
    };
    let file = path.display();
    expect!["2: not authorized"]
        .assert_eq(&refused(&format!("CREATE TABLE t (a); ATTACH '{file}' AS x;")));
    assert!(refused(&format!("VACUUM INTO '{file}'")).starts_with("1: "));
    assert!(refused("PRAGMA writable_schema = ON").starts_with("1: "));
    expect!["1: incomplete input"].assert_eq(&refused("CREATE TABLE t (a"));
    expect!["1: interrupted"].assert_eq(&refused(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
    ));
    assert!(!path.exists());
}

#[test]
fn a_default_keeps_the_authors_spelling() {
    check(
        "create table t (a int)",
        "create table t (a int, b real default -1.5e3)",
        expect![[r#"
            ALTER TABLE t ADD COLUMN b REAL DEFAULT -1.5e3;
              does: create t.b
        "#]],
    );
}

#[test]
fn a_unique_column_with_a_default_and_a_check_comes_back_with_numbers() {
    check_rows(
        "create table t (a int, b int not null default 1 check (b > 0) unique)",
        "create table t (a int)",
        "insert into t values (1, 10), (2, 20)",
        "select group_concat(t.a || ' ' || t.rowid, ', ') from t",
        expect![[r#"
            1 1, 2 2
            1 1, 2 2
            1 1, 2 2
        "#]],
    );
}
