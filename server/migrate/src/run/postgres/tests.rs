use super::*;
use crate::postgres::server::URL_VARIABLE;
use crate::postgres::testing::server;
use crate::run::rehearse::Level;
use crate::run::sqlite::Undo;
use expect_test::{Expect, expect};
use std::sync::OnceLock;
use system::TestSystem;

pub(super) const USERS: &str = "add_table:\n  name: users\n  columns: [id bigint pk identity, email text unique not null, age text]\n  rls: own-row(id)\n";
const NEXT: &str = "add_column: {table: users, columns: [note text]}\n---\nadd_index: {table: users, columns: [age]}\n";
/// Loses a column and half of another one's values, builds an index, and writes rows.
pub(super) const LOSSY: &str = "\
drop_column: {table: users, column: age, purge: true}
---
alter_column: {table: users, column: score, type: integer}
---
add_index: {table: users, columns: [email, id]}
---
seed: {table: users, existing: update, rows: [{id: 1, email: seeded}, {id: 9, email: nine}]}
";
pub(super) const SCORED: &str = "add_table:\n  name: users\n  columns: [id bigint pk identity, email text unique not null, age text, \"score numeric(6,2)\"]\n  rls: own-row(id)\n";
pub(super) const ROWS: &str = "INSERT INTO users (email, age, score) VALUES ('a', '1', 1.25), ('b', NULL, 7), ('c', '3', NULL)";

/// A database of its own on the tests' server, with its URL; `None` without PostgreSQL.
pub(super) fn database(name: &str) -> Option<(String, Client)> {
    let url = server()?.url()?;
    let mut admin = server()?.connect(None).expect("it answers");
    admin.batch_execute(&format!("CREATE DATABASE {name}")).expect("it is made");
    let url = format!("{}/{name}", url.rsplit_once('/').expect("a database").0);
    Some((url, server()?.connect(Some(name)).expect("it answers")))
}

/// A world whose shadows are on the tests' server; its ids never repeat in this process.
pub(super) fn system() -> &'static TestSystem {
    static SYSTEM: OnceLock<TestSystem> = OnceLock::new();
    SYSTEM.get_or_init(|| {
        let system = TestSystem::new();
        if let Some(url) = server().and_then(Server::url) {
            system.set_env(URL_VARIABLE, &url);
        }
        system
    })
}

/// What a run does with the state before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    Nothing,
    Copies,
    /// A dump, with copies of what is lost.
    Dump,
}

pub(super) fn with_promoter<T>(
    url: &str,
    specs: &[&str],
    keep: Keep,
    hear: &(dyn Fn(Event<'_>) + Sync),
    act: impl FnOnce(&mut Promoter<'_>) -> Result<T, RunError>,
) -> Result<T, RunError> {
    let names: Vec<String> = (1..=specs.len()).map(|it| format!("{it:04}_m")).collect();
    let files = names.iter().zip(specs).map(|(name, text)| File { name, text });
    let files: Vec<File<'_>> = files.collect();
    let folder = tempfile::tempdir().expect("a folder");
    let options = Options {
        system: system(),
        backups: folder.path(),
        tool_version: "0.1.0",
        data_ms_max: 2_000,
        busy_ms: 0,
        hear,
    };
    let is_nothing = keep == Keep::Nothing;
    let mut it = Promoter::new(url, &files, Purpose::Change, is_nothing, &options)?;
    if keep == Keep::Copies {
        it.backups = Backups::Copies;
    }
    act(&mut it)
}

pub(super) fn promote(
    url: &str,
    specs: &[&str],
    keep: Keep,
    hear: &(dyn Fn(Event<'_>) + Sync),
) -> Result<Vec<Promoted>, RunError> {
    with_promoter(url, specs, keep, hear, |it| {
        let mut out = Vec::from_iter(it.resume()?);
        let plans = it.plan()?;
        out.extend(it.apply(&plans)?);
        Ok(out)
    })
}

pub(super) fn roll_back(url: &str, keep: Keep, undo: &Undo) -> Result<Vec<Undone>, RunError> {
    with_promoter(url, &[], keep, &nothing, |it| it.roll_back(undo))
}

/// All rows of a table as text, in order.
pub(super) fn rows_of(client: &mut Client, table: &str) -> String {
    let sql = format!("SELECT t::text FROM {table} AS t ORDER BY 1");
    let rows = client.query(&sql, &[]).expect("it is read");
    rows.iter().map(|it| it.get::<_, String>(0)).collect::<Vec<_>>().join(" ")
}

fn columns(client: &mut Client) -> String {
    let sql = "SELECT coalesce(string_agg(column_name, ' ' ORDER BY ordinal_position), '') FROM
        information_schema.columns WHERE table_schema = 'public' AND table_name = 'users'";
    client.query_one(sql, &[]).expect("it is read").get(0)
}

pub(super) fn nothing(_: Event<'_>) {}

fn told<T>(it: Result<T, RunError>) -> String {
    it.err().expect("it is refused").to_string()
}

#[test]
fn specs_are_promoted_once_and_told_by_the_ledger() {
    let Some((url, mut client)) = database("promote_once") else { return };
    let done = promote(&url, &[USERS], Keep::Dump, &nothing).expect("it is applied");
    assert!(done[0].backup.is_some(), "PostgreSQL comes with pg_dump: {done:?}");
    client.batch_execute("INSERT INTO users (email) VALUES ('a'), ('b')").expect("rows");
    let done = promote(&url, &[USERS, NEXT], Keep::Dump, &nothing).expect("it is applied");
    assert_eq!(done.len(), 1);
    assert_eq!(columns(&mut client), "id email age note");
    let again = promote(&url, &[USERS, NEXT], Keep::Dump, &nothing).expect("nothing is left");
    assert!(again.is_empty());
    let ledger = ledger::load(&mut client).expect("it is read");
    assert_eq!(ledger.broken(), None);
    assert_eq!(ledger.applied().len(), 2);
}

#[test]
fn data_in_the_way_drift_and_edits_are_refused() {
    let Some((url, mut client)) = database("promote_refused") else { return };
    promote(&url, &[USERS], Keep::Nothing, &nothing).expect("it is applied");
    client.batch_execute("INSERT INTO users (email) VALUES ('a'), ('b')").expect("rows");
    let strict = "alter_column: {table: users, column: age, nullable: false}\n";
    expect!["apply `0002_m`: 2 of 2 rows are NULL in `users.age`: 1, 2"].assert_eq(&told(promote(
        &url,
        &[USERS, strict],
        Keep::Nothing,
        &nothing,
    )));
    let edited = USERS.replace("age text", "age integer");
    expect!["use the ledger: `0001_m` was edited after it was applied"].assert_eq(&told(promote(
        &url,
        &[&edited],
        Keep::Nothing,
        &nothing,
    )));
    client.batch_execute("CREATE TABLE stray (x int)").expect("it is made");
    expect!["use the database: its schema is not what the ledger tells: table `stray` was added; column `stray.x` was added"].assert_eq(&told(promote(&url, &[USERS, NEXT], Keep::Nothing, &nothing)));
    assert_eq!(columns(&mut client), "id email age");
}

#[test]
fn two_promotions_do_not_run_at_once() {
    let Some((url, mut client)) = database("promote_locked") else { return };
    client.execute("SELECT pg_advisory_lock($1)", &[&LOCK]).expect("it is free");
    let error = promote(&url, &[USERS], Keep::Nothing, &nothing).expect_err("it is locked");
    assert!(error.is_busy(), "{error}");
}

#[test]
fn a_rollback_gives_back_what_was_lost_and_keeps_what_came_since() {
    for (keep, name) in [(Keep::Copies, "back_of_copies"), (Keep::Dump, "back_of_dump")] {
        let Some((url, mut client)) = database(name) else { return };
        promote(&url, &[SCORED], keep, &nothing).expect("it is applied");
        client.batch_execute(ROWS).expect("rows");
        promote(&url, &[SCORED, LOSSY], keep, &nothing).expect("it is applied");
        assert_eq!(rows_of(&mut client, "users"), "(1,seeded,1) (2,b,7) (3,c,) (9,nine,)");
        let since = "INSERT INTO users (id, email, score) VALUES (20, 'new', 5);
            UPDATE users SET score = 8 WHERE id = 2; UPDATE users SET email = 'changed' WHERE id = 3";
        client.batch_execute(since).expect("rows");
        let undone = roll_back(&url, keep, &Undo::Last(1)).expect("it is undone");
        assert!(undone[0].restored_from.is_some(), "{undone:?}");
        // The seeded row goes, the seeded value goes back, the lost half cents come back.
        assert_eq!(
            rows_of(&mut client, "users"),
            "(1,a,1.25,1) (2,b,8.00,) (20,new,5.00,) (3,changed,,3)"
        );
        let ledger = ledger::load(&mut client).expect("it is read");
        assert_eq!((ledger.broken(), ledger.applied().len()), (None, 1));
        promote(&url, &[SCORED, LOSSY], keep, &nothing).expect("it is applied again");
    }
}

#[test]
fn rows_without_a_key_get_their_values_back_by_what_else_they_hold() {
    let Some((url, mut client)) = database("back_without_key") else { return };
    let spec = "add_table:\n  name: notes\n  columns: [email text, age text, \"score numeric(6,2)\"]\n  rls: public\n";
    let lossy = "drop_column: {table: notes, column: age, purge: true}\n---\nalter_column: {table: notes, column: score, type: integer}\n";
    promote(&url, &[spec], Keep::Copies, &nothing).expect("it is applied");
    let rows = "INSERT INTO notes VALUES ('a', '1', 1.25), ('a', '2', 1.25), ('a', '3', 2.5),
        ('b', NULL, 7), (NULL, '5', NULL), ('c', '6', 3.75)";
    client.batch_execute(rows).expect("rows");
    promote(&url, &[spec, lossy], Keep::Copies, &nothing).expect("it is applied");
    let since = "INSERT INTO notes VALUES ('new', 5); UPDATE notes SET score = 9 WHERE email = 'c'";
    client.batch_execute(since).expect("rows");
    roll_back(&url, Keep::Copies, &Undo::Last(1)).expect("it is undone");
    // The changed row is none of the copy's any more.
    expect!["(,,5) (a,1.25,1) (a,1.25,2) (a,2.50,3) (b,7.00,) (c,9.00,) (new,5.00,)"]
        .assert_eq(&rows_of(&mut client, "notes"));
}

#[test]
fn a_dropped_table_comes_back_with_its_rows_and_numbers() {
    let Some((url, mut client)) = database("back_of_table") else { return };
    let drop = "drop_table: {table: users, purge: true}\n";
    promote(&url, &[USERS], Keep::Copies, &nothing).expect("it is applied");
    client.batch_execute("INSERT INTO users (email) VALUES ('a'), ('b')").expect("rows");
    promote(&url, &[USERS, drop], Keep::Copies, &nothing).expect("it is applied");
    roll_back(&url, Keep::Copies, &Undo::Last(1)).expect("it is undone");
    client.batch_execute("INSERT INTO users (email) VALUES ('c')").expect("the numbers go on");
    assert_eq!(rows_of(&mut client, "users"), "(1,a,) (2,b,) (3,c,)");
}

#[test]
fn without_its_copy_what_was_lost_has_no_way_back() {
    let Some((url, mut client)) = database("back_of_nothing") else { return };
    promote(&url, &[SCORED], Keep::Nothing, &nothing).expect("it is applied");
    client.batch_execute(ROWS).expect("rows");
    promote(&url, &[SCORED, LOSSY], Keep::Nothing, &nothing).expect("it is applied");
    expect!["roll `0002_m` back: the rows of `users` stay as they were seeded, which no copy was made of"]
        .assert_eq(&told(roll_back(&url, Keep::Nothing, &Undo::Last(1))));
    assert_eq!(ledger::load(&mut client).expect("it is read").applied().len(), 2);
}

#[test]
fn a_red_outcome_is_undone_with_its_data() {
    let Some((url, mut client)) = database("promote_red") else { return };
    promote(&url, &[SCORED], Keep::Copies, &nothing).expect("it is applied");
    client.batch_execute(ROWS).expect("rows");
    let others = std::sync::Mutex::new(client);
    // Somebody else changes the schema right before it is looked at.
    let hear = |it: Event<'_>| {
        if matches!(it, Event::Committed { migration: "0002_m", .. }) {
            let make = "CREATE TABLE IF NOT EXISTS stray (x int)";
            others.lock().expect("no panic").batch_execute(make).expect("it is made");
        }
    };
    let red = told(promote(&url, &[SCORED, LOSSY], Keep::Copies, &hear));
    assert!(
        red.starts_with(
            "apply `0002_m`: it ended in another schema than planned: table `stray` was added"
        ),
        "{red}"
    );
    let mut client = others.into_inner().expect("no panic");
    // The columns come back at the end.
    assert_eq!(rows_of(&mut client, "users"), "(1,a,1.25,1) (2,b,7.00,) (3,c,,3)");
    // The stray table is in the way of the undoing as well: its end is red too.
    client.batch_execute("DROP TABLE stray").expect("it goes");
    let finished = promote(&url, &[SCORED], Keep::Copies, &nothing).expect("it is finished");
    assert_eq!(finished.iter().map(|it| it.kind).collect::<Vec<_>>(), [Kind::Rollback]);
    let ledger = ledger::load(&mut client).expect("it is read");
    assert_eq!((ledger.broken(), ledger.running(), ledger.applied().len()), (None, None, 1));
}

#[test]
fn a_step_that_the_server_refuses_leaves_no_trace() {
    let Some((url, mut client)) = database("promote_step") else { return };
    promote(&url, &[USERS], Keep::Copies, &nothing).expect("it is applied");
    let raw = "sql:\n  sqlite: null\n  postgres: insert into users (email) values ('x'), ('x')\n  down: {postgres: delete from users}\n";
    let refused = told(promote(&url, &[USERS, raw], Keep::Dump, &nothing));
    assert!(refused.contains("duplicate key"), "{refused}");
    let ledger = ledger::load(&mut client).expect("it is read");
    assert_eq!((ledger.running(), ledger.applied().len()), (None, 1));
}

#[test]
fn the_authors_sql_needs_a_whole_backup_and_counts_in_the_outcome() {
    let Some((url, mut client)) = database("promote_raw") else { return };
    let raw = "sql:\n  sqlite: null\n  postgres: create view names as select email from users\n  down: {postgres: drop view names}\n";
    let refused = told(promote(&url, &[USERS, raw], Keep::Copies, &nothing));
    assert!(refused.contains("no `pg_dump`"), "{refused}");
    promote(&url, &[USERS, raw], Keep::Dump, &nothing).expect("it is applied");
    // What no spec tells stays while later migrations run.
    promote(&url, &[USERS, raw, NEXT], Keep::Dump, &nothing).expect("it is applied");
    client.batch_execute("SELECT * FROM names").expect("it is there");
    roll_back(&url, Keep::Dump, &Undo::To("0001_m".to_owned())).expect("it is undone");
    client.batch_execute("SELECT * FROM names").expect_err("it is gone");
}

#[test]
fn what_was_there_before_the_specs_is_taken_over() {
    let Some((url, mut client)) = database("promote_adopt") else { return };
    let old = "CREATE TABLE users (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, email text UNIQUE NOT NULL, age text);
        CREATE VIEW grown AS SELECT * FROM users WHERE age > '18'; INSERT INTO users (email) VALUES ('a')";
    client.batch_execute(old).expect("it is made");
    let done = promote(&url, &[USERS, NEXT], Keep::Dump, &nothing).expect("it is applied");
    assert_eq!(done.len(), 2);
    assert_eq!(columns(&mut client), "id email age note");
    let secured =
        "SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE relname = 'users'";
    assert!(client.query_one(secured, &[]).expect("it is read").get::<_, bool>(0));
    assert_eq!(rows_of(&mut client, "grown"), "");
    let Some((url, mut client)) = database("promote_unknown") else { return };
    client.batch_execute("CREATE TABLE users (id text)").expect("it is made");
    expect!["take the database over: it has tables that no migration made: column `users.age` is missing, column `users.email` is missing, column `users.id` is otherwise, constraint `users.users_email_key` is missing, constraint `users.users_pkey` is missing"]
        .assert_eq(&told(promote(&url, &[USERS], Keep::Dump, &nothing)));
}

#[test]
fn each_level_of_a_dry_run_tells_more_and_changes_nothing() {
    let Some((url, mut client)) = database("promote_levels") else { return };
    promote(&url, &[USERS], Keep::Nothing, &nothing).expect("it is applied");
    let rows = "INSERT INTO users (email, age) SELECT n::text, CASE WHEN n % 2 = 0 THEN n::text END FROM generate_series(1, 1500) n";
    client.batch_execute(rows).expect("rows");
    let strict = "alter_column: {table: users, column: age, nullable: false}\n";
    let check = |level: Level, expect: Expect| {
        let tried = with_promoter(&url, &[USERS, strict], Keep::Nothing, &nothing, |it| {
            let planned = it.plan()?;
            it.rehearse(&planned, level)
        });
        let mut tried = tried.expect("it is tried");
        tried.copy_ms = tried.copy_ms.map(|_| 1);
        expect.assert_debug_eq(&tried);
    };
    check(
        Level::Schema,
        expect![[r#"
        Rehearsal {
            answers: [],
            failures: [],
            changed_counts: [],
            copy_ms: None,
        }
    "#]],
    );
    check(
        Level::Copy,
        expect![[r#"
        Rehearsal {
            answers: [
                Answer {
                    n_rows: Some(
                        750,
                    ),
                    n_all: Some(
                        1500,
                    ),
                    samples: [
                        "1",
                        "3",
                        "5",
                        "7",
                        "9",
                    ],
                    complaint: "rows are NULL in `users.age`",
                    failure: None,
                },
            ],
            failures: [
                "with 1,000 rows of each table: step 4 of `0002_m`: check constraint \"users_age_not_null_proof\" of relation \"users\" is violated by some row",
                "on a copy: step 4 of `0002_m`: check constraint \"users_age_not_null_proof\" of relation \"users\" is violated by some row",
            ],
            changed_counts: [],
            copy_ms: Some(
                1,
            ),
        }
    "#]],
    );
    assert_eq!(rows_of(&mut client, "(SELECT count(*), count(age) FROM users)"), "(1500,750)");
}

#[test]
fn drift_and_what_waits_are_told_without_changing_anything() {
    let Some((url, mut client)) = database("promote_look") else { return };
    promote(&url, &[USERS], Keep::Nothing, &nothing).expect("it is applied");
    client.batch_execute("ALTER TABLE users ALTER age SET DEFAULT '1'").expect("it drifts");
    let look = |act: &dyn Fn(&mut Promoter<'_>) -> Result<Differences, RunError>| {
        let found = with_promoter(&url, &[USERS, NEXT], Keep::Nothing, &nothing, |it| act(it));
        found.expect("it is read").found
    };
    assert_eq!(look(&|it| it.drift()), ["default of `users.age` was added"]);
    let waits = look(&|it| it.differences());
    assert_eq!(
        waits,
        [
            "column `users.note` is missing",
            "index `users_age_idx` is missing",
            "default of `users.age` is in no spec"
        ]
    );
}
