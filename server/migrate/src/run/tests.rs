//! What a run leaves in a database file, seen through SQL of the tests' own.

use crate::plan::Renames;
use crate::run::{
    Applied, Entry, Event, Kind, Level, Migration, Options, RunError, SpecRef, Undo, apply,
    hash_of_spec, ledger, rehearse, roll_back,
};
use crate::sqlite::{Capabilities, catalog_of_sql, plan};
use expect_test::{Expect, expect};
use rusqlite::Connection;
use rusqlite::types::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;
use system::TestSystem;

/// A database file and its folder of backups.
pub(super) struct Lab {
    folder: tempfile::TempDir,
    system: TestSystem,
    pub(super) events: Mutex<Vec<String>>,
}

/// Migrations from schemas, each the whole of it after that migration. A line `-- was table old new`
/// or `-- was column table old new` declares a rename.
pub(super) fn migrations(schemas: &[&str]) -> Vec<Migration> {
    let mut from = catalog_of_sql("").expect("nothing loads");
    let mut out = Vec::new();
    for (number, sql) in (1..).zip(schemas) {
        let to = catalog_of_sql(sql).expect("the schema loads");
        let plan = plan(&from, &to, &renames(sql), Capabilities::bundled()).expect("it is planned");
        let name = format!("{number:04}_m");
        let spec_hash = hash_of_spec(sql);
        out.push(Migration {
            name,
            spec_hash,
            from,
            to: to.clone(),
            plan,
            restores: BTreeMap::new(),
        });
        from = to;
    }
    out
}

pub(super) fn specs(migrations: &[Migration]) -> Vec<SpecRef<'_>> {
    migrations.iter().map(|it| SpecRef { name: &it.name, hash: &it.spec_hash }).collect()
}

fn renames(sql: &str) -> Renames {
    let mut out = Renames::default();
    for line in sql.lines().filter_map(|it| it.trim().strip_prefix("-- was ")) {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        match words.as_slice() {
            [_, old, new] => out.tables.push((old.clone(), new.clone())),
            [_, table, old, new] => out.columns.push((table.clone(), old.clone(), new.clone())),
            _ => panic!("`{line}` is no rename"),
        }
    }
    out
}

impl Lab {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self { folder, system: TestSystem::new(), events: Mutex::default() }
    }

    pub(super) fn file(&self) -> PathBuf {
        self.folder.path().join("dev.db")
    }

    pub(super) fn backups(&self) -> PathBuf {
        self.folder.path().join("backups")
    }

    pub(super) fn with_options<T>(&self, act: impl FnOnce(&Options<'_>) -> T) -> T {
        let backups = self.backups();
        let hear = |it: Event<'_>| {
            let word = format!("{it:?}").replace(&self.folder.path().display().to_string(), "");
            self.events.lock().expect("it is sound").push(word);
        };
        act(&Options {
            system: &self.system,
            backups: &backups,
            tool_version: "0.1.0",
            data_ms_max: Options::DATA_MS,
            busy_ms: 200,
            hear: &hear,
        })
    }

    pub(super) fn apply(&self, migrations: &[Migration]) -> Result<Vec<Applied>, RunError> {
        self.with_options(|it| apply(&self.file(), &specs(migrations), migrations, it))
    }

    pub(super) fn roll_back(&self, undo: &Undo) -> Result<String, RunError> {
        let done = self.with_options(|it| roll_back(&self.file(), undo, it))?;
        let words = done.iter().map(|it| {
            let from = if it.restored_from.is_some() { " with the backup" } else { "" };
            format!("{}{from}", it.name)
        });
        Ok(words.collect::<Vec<_>>().join(", "))
    }

    pub(super) fn sql(&self, sql: &str) {
        let db = Connection::open(self.file()).expect("it opens");
        db.execute_batch(sql).expect("the statements are sound");
    }

    /// Schema and rows, without what the runner keeps.
    pub(super) fn dump(&self) -> String {
        let db = Connection::open(self.file()).expect("it opens");
        dump(&db)
    }

    pub(super) fn entries(&self) -> Vec<Entry> {
        let ledger = ledger(&self.file()).expect("it is read");
        assert_eq!(ledger.broken(), None);
        ledger.entries
    }
}

pub(super) fn dump(db: &Connection) -> String {
    let mut out = String::new();
    let mut schema = db
        .prepare(
            "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE '\\_specwright%' ESCAPE '\\'
             AND tbl_name NOT LIKE '\\_specwright%' ESCAPE '\\' AND sql IS NOT NULL ORDER BY 1, 2",
        )
        .expect("it is read");
    let rows = schema.query_map((), |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
    });
    for row in rows.expect("it is read") {
        let (kind, name, sql) = row.expect("it is read");
        let sql = sql.replace('"', "").split_whitespace().collect::<Vec<_>>().join(" ");
        out += &format!("{sql}\n");
        if kind == "table" {
            out += &table(db, &name);
        }
    }
    out
}

fn table(db: &Connection, name: &str) -> String {
    let mut statement = db
        .prepare(&format!("SELECT * FROM \"{name}\" ORDER BY 1, 2"))
        .or_else(|_| db.prepare(&format!("SELECT * FROM \"{name}\" ORDER BY 1")))
        .expect("it is read");
    let n_columns = statement.column_count();
    let rows = statement.query_map((), |row| {
        let cells = (0..n_columns).map(|it| row.get::<_, Value>(it).map(|it| format!("{it:?}")));
        Ok(cells.collect::<rusqlite::Result<Vec<_>>>()?.join(" "))
    });
    rows.expect("it is read").map(|it| format!("  {}\n", it.expect("a row"))).collect()
}

const USERS: &str =
    "CREATE TABLE users (id INTEGER PRIMARY KEY, mail TEXT NOT NULL UNIQUE, age TEXT);";
const ROWS: &str = "INSERT INTO users VALUES (1, 'a@x', '041'), (2, 'b@x', '7'), (3, 'c@x', NULL);";

#[test]
fn an_apply_goes_through_all_its_moments_and_writes_the_ledger() {
    let lab = Lab::new();
    lab.apply(&migrations(&[USERS])).expect("it is applied");
    lab.sql(ROWS);
    lab.events.lock().expect("sound").clear();
    let two = "CREATE TABLE users (id INTEGER PRIMARY KEY, mail TEXT NOT NULL UNIQUE, age TEXT, note TEXT);";
    lab.apply(&migrations(&[USERS, two])).expect("it is applied");
    expect![[r#"
        Locked
        Proven
        Begun { migration: "0002_m" }
        Copied
        BackedUp { to: "/backups/dev-0002-before-apply-0002_m.db" }
        Step { migration: "0002_m", index: 0 }
        Checked { migration: "0002_m" }
        Committed { migration: "0002_m", steps_done: 1 }"#]]
    .assert_eq(&lab.events.lock().expect("sound").join("\n"));
    let entries = lab.entries();
    let words: Vec<String> = entries
        .iter()
        .map(|it| format!("{} {} {} {}", it.seq, it.kind.word(), it.name, it.status.word()))
        .collect();
    assert_eq!(words, ["1 apply 0001_m done", "2 apply 0002_m done"]);
    assert_eq!(entries[1].schema_before, entries[0].schema_after);
    assert!(lab.apply(&migrations(&[USERS, two])).expect("nothing to do").is_empty());
}

/// Applies all schemas with `rows` before the last, rolls the last back, and compares.
fn check_there_and_back(schemas: &[&str], rows: &str) {
    let lab = Lab::new();
    let (last, first) = schemas.split_last().expect("there is one");
    lab.apply(&migrations(first)).expect("it is applied");
    lab.sql(rows);
    let before = lab.dump();
    lab.apply(&migrations(schemas)).unwrap_or_else(|it| panic!("{last}: {it}"));
    assert_ne!(lab.dump(), before);
    let names = lab.roll_back(&Undo::Last(1)).unwrap_or_else(|it| panic!("{last}: {it}"));
    assert_eq!(lab.dump(), before, "{last}");
    assert!(names.starts_with(&format!("{:04}_m", schemas.len())), "{names}");
    // And once more: what was rolled back is pending again.
    lab.apply(&migrations(schemas)).expect("it is applied again");
    lab.roll_back(&Undo::Last(1)).expect("it is rolled back again");
    assert_eq!(lab.dump(), before, "{last}");
}

#[test]
fn a_rollback_gives_schema_and_rows_back() {
    for last in [
        "CREATE TABLE users (id INTEGER PRIMARY KEY, mail TEXT NOT NULL UNIQUE, age TEXT, x INT DEFAULT 1);",
        "CREATE TABLE users (id INTEGER PRIMARY KEY, mail TEXT NOT NULL UNIQUE);",
        "CREATE TABLE users (id INTEGER PRIMARY KEY, age TEXT);",
        "CREATE TABLE users (id INTEGER PRIMARY KEY, mail TEXT NOT NULL UNIQUE, age INTEGER);",
        "CREATE TABLE users (id INTEGER PRIMARY KEY, mail TEXT NOT NULL, age TEXT DEFAULT 'x');",
        "-- was table users people\nCREATE TABLE people (id INTEGER PRIMARY KEY, mail TEXT NOT NULL UNIQUE, age TEXT);",
        "-- was table users people\n-- was column people id key\nCREATE TABLE people (key INTEGER PRIMARY KEY, age INTEGER);",
        "-- was column users mail address\nCREATE TABLE users (id INTEGER PRIMARY KEY, address TEXT NOT NULL UNIQUE, age REAL);",
        "CREATE TABLE other (id INTEGER PRIMARY KEY);",
        "CREATE TABLE users (mail TEXT PRIMARY KEY, age TEXT) WITHOUT ROWID;",
    ] {
        check_there_and_back(&[USERS, last], ROWS);
    }
}

#[test]
fn a_rollback_gives_back_dropped_tables_with_children_sequences_and_triggers() {
    let start = "CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT);
        CREATE TABLE posts (id TEXT PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE, n INT, twice AS (n * 2));
        CREATE TABLE log (what TEXT);
        CREATE INDEX posts_user ON posts (user_id);
        CREATE VIEW names AS SELECT name FROM users;
        CREATE TRIGGER posts_log AFTER INSERT ON posts BEGIN INSERT INTO log VALUES (new.id); END;";
    let rows =
        "INSERT INTO users (name) VALUES ('a'), ('b'), ('c'); DELETE FROM users WHERE id = 3;
        INSERT INTO posts (id, user_id, n) VALUES ('p', 1, 2), ('q', 2, 3), ('r', 2, NULL);
        DELETE FROM log WHERE what = 'q';";
    for last in [
        "CREATE TABLE log (what TEXT);",
        "CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT); CREATE TABLE log (what TEXT);",
        "CREATE TABLE posts (id TEXT PRIMARY KEY, user_id INTEGER NOT NULL, n INT); CREATE TABLE log (what TEXT);",
        "CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT); CREATE TABLE log (what TEXT);",
    ] {
        check_there_and_back(&[start, last], rows);
    }
}

#[test]
fn rows_written_after_the_apply_survive_a_rollback() {
    let lab = Lab::new();
    let two = "CREATE TABLE users (id INTEGER PRIMARY KEY, mail TEXT NOT NULL UNIQUE);";
    lab.apply(&migrations(&[USERS])).expect("it is applied");
    lab.sql(ROWS);
    lab.apply(&migrations(&[USERS, two])).expect("it is applied");
    lab.sql("INSERT INTO users VALUES (9, 'new@x'); DELETE FROM users WHERE id = 2;");
    assert_eq!(lab.roll_back(&Undo::Last(1)).expect("it is undone"), "0002_m with the backup");
    expect![[r#"
        CREATE TABLE users (id INTEGER PRIMARY KEY, mail TEXT NOT NULL UNIQUE, age TEXT)
          Integer(1) Text("a@x") Text("041")
          Integer(3) Text("c@x") Null
          Integer(9) Text("new@x") Null
    "#]]
    .assert_eq(&lab.dump());
}

#[test]
fn a_dropped_unique_column_with_a_default_comes_back_beside_new_rows() {
    let lab = Lab::new();
    let schemas = [
        "CREATE TABLE t (id INTEGER PRIMARY KEY, code TEXT NOT NULL DEFAULT 'x', body TEXT);
         CREATE UNIQUE INDEX t_code ON t (code);",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT);",
    ];
    lab.apply(&migrations(&schemas[..1])).expect("it is applied");
    lab.sql("INSERT INTO t VALUES (1, 'a', 'b'), (2, 'x', 'c')");
    lab.apply(&migrations(&schemas)).expect("it is applied");
    lab.sql("INSERT INTO t VALUES (3, 'd'), (4, 'e')");
    lab.roll_back(&Undo::Last(1)).expect("it is undone");
    let db = Connection::open(lab.file()).expect("it opens");
    let sql = "SELECT group_concat(id || ' ' || code || ' ' || body, ', ') FROM t";
    let rows: String = db.query_row(sql, (), |row| row.get(0)).expect("it is read");
    assert_eq!(rows, "1 a b, 2 x c, 3 3 d, 4 4 e");
}

#[test]
fn values_changed_after_a_conversion_stay() {
    let lab = Lab::new();
    let two =
        "CREATE TABLE users (id INTEGER PRIMARY KEY, mail TEXT NOT NULL UNIQUE, age INTEGER);";
    lab.apply(&migrations(&[USERS])).expect("it is applied");
    lab.sql(ROWS);
    lab.apply(&migrations(&[USERS, two])).expect("it is applied");
    lab.sql("UPDATE users SET age = 8 WHERE id = 2;");
    lab.roll_back(&Undo::Last(1)).expect("it is undone");
    let dump = lab.dump();
    assert!(dump.contains("Text(\"041\")") && dump.contains("Text(\"8\")"), "{dump}");
}

#[test]
fn a_rollback_without_its_backup_is_refused_before_anything_is_undone() {
    let lab = Lab::new();
    let two = "CREATE TABLE users (id INTEGER PRIMARY KEY, mail TEXT NOT NULL UNIQUE);";
    lab.apply(&migrations(&[USERS])).expect("it is applied");
    lab.sql(ROWS);
    lab.apply(&migrations(&[USERS, two])).expect("it is applied");
    std::fs::remove_dir_all(lab.backups()).expect("it is there");
    let before = lab.dump();
    let error = lab.roll_back(&Undo::Last(2)).expect_err("the backup is gone");
    assert!(error.to_string().contains("the backup is not there"), "{error}");
    assert_eq!(lab.dump(), before);
}

#[test]
fn rolls_back_to_a_name_and_to_the_start() {
    let lab = Lab::new();
    let schemas = [
        "CREATE TABLE a (x);",
        "CREATE TABLE a (x); CREATE TABLE b (x);",
        "CREATE TABLE a (x, y); CREATE TABLE b (x);",
    ];
    lab.apply(&migrations(&schemas)).expect("it is applied");
    assert_eq!(lab.roll_back(&Undo::To("0001_m".to_owned())).expect("undone"), "0003_m, 0002_m");
    assert_eq!(lab.dump(), "CREATE TABLE a (x)\n");
    assert_eq!(lab.roll_back(&Undo::To(String::new())).expect("undone"), "0001_m");
    assert_eq!(lab.dump(), "");
    let error = lab.roll_back(&Undo::Last(1)).expect_err("nothing is left");
    assert!(matches!(error, RunError::NothingToRollBack(_)), "{error}");
}

/// The message with which an apply is refused; the database is as it was.
fn check_refused(lab: &Lab, schemas: &[&str], expect: Expect) {
    let before = lab.dump();
    let n_entries = lab.entries().len();
    let error = lab.apply(&migrations(schemas)).expect_err("it is refused");
    expect.assert_eq(&format!("{error}\n{}", error.hint()));
    assert_eq!(lab.dump(), before);
    assert_eq!(lab.entries().len(), n_entries);
}

#[test]
fn data_in_the_way_is_told_with_counts_and_samples() {
    let lab = Lab::new();
    lab.apply(&migrations(&[USERS])).expect("it is applied");
    lab.sql(ROWS);
    let two = "CREATE TABLE users (id INTEGER PRIMARY KEY, mail TEXT NOT NULL UNIQUE, age TEXT NOT NULL);";
    check_refused(
        &lab,
        &[USERS, two],
        expect![[r#"
        apply `0002_m`: 1 of 3 rows are NULL in `users.age`: 3
        correct these rows first; nothing was changed"#]],
    );
    assert_eq!(std::fs::read_dir(lab.backups()).expect("it is there").count(), 1);
}

#[test]
fn drift_edits_and_foreign_tables_are_refused() {
    let lab = Lab::new();
    lab.apply(&migrations(&[USERS])).expect("it is applied");
    let two = "CREATE TABLE users (id INTEGER PRIMARY KEY, mail TEXT NOT NULL UNIQUE);";
    check_refused(
        &lab,
        &[two],
        expect![[r#"
        use the ledger: `0001_m` was edited after it was applied
        undo the edit, or roll `0001_m` back, and say the change in a new spec"#]],
    );
    lab.sql("CREATE TABLE stray (x); CREATE INDEX by_age ON users (age);");
    check_refused(
        &lab,
        &[USERS, two],
        expect![[r#"
        use the database: its schema is not what the ledger tells: table stray was added; index by_age was added
        `specwright migrate drift` shows the differences; undo them, or say them in a spec"#]],
    );
    let other = Lab::new();
    other.sql("CREATE TABLE legacy (x);");
    check_refused(
        &other,
        &[USERS],
        expect![[r#"
        take the database over: it has tables that no migration made: legacy
        import them first: `specwright schema import`"#]],
    );
}

#[test]
fn what_a_database_holds_already_becomes_its_baseline() {
    let lab = Lab::new();
    lab.sql(USERS);
    lab.sql(ROWS);
    let two =
        "CREATE TABLE users (id INTEGER PRIMARY KEY, mail TEXT NOT NULL UNIQUE, age TEXT, n INT);";
    let done = lab.apply(&migrations(&[USERS, two])).expect("it is applied");
    let kinds: Vec<Kind> = done.iter().map(|it| it.kind).collect();
    assert_eq!(kinds, [Kind::Baseline, Kind::Apply]);
    lab.roll_back(&Undo::Last(1)).expect("it is undone");
    let error = lab.roll_back(&Undo::Last(1)).expect_err("it was never run");
    assert!(error.to_string().contains("before the first run"), "{error}");
}

#[test]
fn a_second_writer_makes_a_run_wait_and_then_give_up() {
    let lab = Lab::new();
    lab.apply(&migrations(&[USERS])).expect("it is applied");
    let two =
        "CREATE TABLE users (id INTEGER PRIMARY KEY, mail TEXT NOT NULL UNIQUE, age TEXT, n INT);";
    let writer = Connection::open(lab.file()).expect("it opens");
    writer.execute_batch("BEGIN IMMEDIATE").expect("it is free");
    let error = lab.apply(&migrations(&[USERS, two])).expect_err("it is locked");
    assert!(error.is_busy(), "{error}");
    writer.execute_batch("ROLLBACK").expect("it ends");
    lab.apply(&migrations(&[USERS, two])).expect("it is free now");
}

#[test]
fn a_ledger_that_somebody_wrote_to_stops_a_run() {
    let lab = Lab::new();
    lab.apply(&migrations(&[USERS])).expect("it is applied");
    lab.sql("UPDATE _specwright_migrations SET spec_hash = 'x'");
    let error = lab.apply(&migrations(&[USERS])).expect_err("it is broken");
    assert!(error.to_string().contains("was changed after it was written"), "{error}");
    let lab = Lab::new();
    lab.apply(&migrations(&[USERS])).expect("it is applied");
    lab.sql("UPDATE _specwright_steps SET back_sql = 'DROP TABLE users; SELECT 1'");
    let error = lab.roll_back(&Undo::Last(1)).expect_err("it is broken");
    assert!(error.to_string().contains("steps of `0001_m`"), "{error}");
}

#[test]
fn a_dry_run_says_what_the_live_data_would_do() {
    let lab = Lab::new();
    lab.apply(&migrations(&[USERS])).expect("it is applied");
    lab.sql(ROWS);
    let two = "CREATE TABLE users (id INTEGER PRIMARY KEY, mail TEXT NOT NULL UNIQUE, age TEXT NOT NULL);";
    let all = migrations(&[USERS, two]);
    let before = lab.dump();
    let tried = |level| {
        lab.with_options(|it| rehearse(&lab.file(), &[&all[1].plan], level, it))
            .expect("it is tried")
    };
    assert!(tried(Level::Schema).is_clean());
    expect!["with 1,000 rows of each table: step 1: constraint failed"]
        .assert_eq(&tried(Level::Rows).failures.join("\n"));
    let answers = tried(Level::Live).answers;
    assert_eq!(answers.len(), 1);
    let copy = tried(Level::Copy);
    expect![[r#"
        with 1,000 rows of each table: step 1: constraint failed
        on a copy: step 1: constraint failed"#]]
    .assert_eq(&copy.failures.join("\n"));
    assert!(copy.copy_ms.is_some());
    assert_eq!(lab.dump(), before);
    let left: Vec<_> = std::fs::read_dir(lab.backups()).expect("it is there").flatten().collect();
    assert!(left.iter().all(|it| it.file_name() == "run.lock"), "{left:?}");
}
