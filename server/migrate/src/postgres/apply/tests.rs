use super::{ApplyError, Session, built_index};
use crate::plan::{Back, Dialect, Plan, Renames, Step, Transaction};
use crate::postgres::server::Server;
use crate::postgres::testing;
use ::postgres::Client;
use expect_test::{Expect, expect};
use std::time::Duration;
use system::{OsSystem, System as _};

/// A database of its own, since the lock is one for a database; the throw-away server takes it along.
struct Live {
    server: Server,
    client: Client,
}

impl Live {
    fn new(sql: &str) -> Option<Self> {
        let server = testing::server()?;
        let name = format!("specwright_live_{:016x}", OsSystem::default().random() as u64);
        let mut admin = server.connect(None).expect("it answers");
        admin.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE template0")).expect("it may");
        let server = server.with_database(&name);
        let mut client = server.connect(None).expect("it answers");
        client.batch_execute(sql).expect("the script is right");
        Some(Self { server, client })
    }

    fn session(&self) -> Session {
        Session::open(&self.server).expect("nobody has the lock")
    }

    fn one(&mut self, sql: &str) -> i64 {
        self.client.query_one(sql, &[]).expect("it is a query").get(0)
    }
}

/// A plan from lines `n> sql` for segments and `-> sql` for what runs outside.
fn plan(lines: &[&str]) -> Plan {
    let step = |line: &&str| {
        let (place, sql) = line.split_once("> ").expect("a line starts with its place");
        let transaction = place.parse().map_or(Transaction::Outside, Transaction::Segment);
        Step {
            changes: Vec::new(),
            sql: sql.to_owned(),
            transaction,
            locks: Vec::new(),
            rewrite: false,
            scan: false,
            loses: Vec::new(),
            back: Back::NotNeeded,
            checks: Vec::new(),
        }
    };
    Plan { dialect: Dialect::Postgres, steps: lines.iter().map(step).collect() }
}

fn check(live: &Live, plan: &Plan, start_at: usize, expect: Expect) {
    let told = match live.session().run(plan, start_at) {
        Ok(()) => "done".to_owned(),
        Err(ApplyError::Step { n_committed, is_uncertain: false, ref message, .. }) => {
            format!("{n_committed} committed: {message}")
        }
        Err(error) => error.to_string(),
    };
    expect.assert_eq(&told);
}

#[test]
fn a_failed_segment_leaves_the_ones_before_it_and_can_be_gone_on_with() {
    let Some(mut live) = Live::new("CREATE TABLE t (a int); INSERT INTO t VALUES (1)") else {
        return;
    };
    let plan = plan(&[
        "1> ALTER TABLE t ADD b int;",
        "1> UPDATE t SET b = 1;",
        "2> INSERT INTO t VALUES (2, 2);",
        "2> ALTER TABLE t ADD CHECK (a < 1);",
        "3> INSERT INTO t VALUES (0, 3);",
    ]);
    check(
        &live,
        &plan,
        0,
        expect![[
            r#"2 committed: check constraint "t_a_check" of relation "t" is violated by some row"#
        ]],
    );
    assert_eq!(live.one("SELECT count(*) FROM t WHERE b = 1"), 1);
    check(
        &live,
        &plan,
        2,
        expect![[
            r#"2 committed: check constraint "t_a_check" of relation "t" is violated by some row"#
        ]],
    );
    check(
        &live,
        &plan,
        3,
        expect!["start at step 4: it is not the first of a transaction of the plan"],
    );
    live.client.batch_execute("DELETE FROM t").expect("it is SQL");
    let plan = self::plan(&["1> SELECT 1;", "2> INSERT INTO t VALUES (0, 3);"]);
    check(&live, &plan, 1, expect!["done"]);
    assert_eq!(live.one("SELECT count(*) FROM t"), 1);
}

#[test]
fn a_half_built_index_is_dropped_and_another_is_left_alone() {
    let Some(mut live) = Live::new(
        "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1); CREATE SCHEMA s; CREATE TABLE s.t (a int)",
    ) else {
        return;
    };
    live.client.batch_execute("INSERT INTO s.t VALUES (1), (1)").expect("it is SQL");
    let theirs = "CREATE UNIQUE INDEX CONCURRENTLY \"My one\" ON s.t (a)";
    assert!(live.client.batch_execute(theirs).is_err());
    let invalid = "SELECT count(*) FROM pg_index WHERE NOT indisvalid";
    assert_eq!(live.one(invalid), 1);
    let plan = plan(&[
        "-> SET lock_timeout = '10min';\nSET statement_timeout = '12h';",
        "-> CREATE UNIQUE INDEX CONCURRENTLY \"My one\" ON public.t USING btree (a);",
    ]);
    check(
        &live,
        &plan,
        0,
        expect![[
            r#"1 committed: could not create unique index "My one" (Key (a)=(1) is duplicated.)"#
        ]],
    );
    assert_eq!(live.one(invalid), 1);
    assert_eq!(live.one(&format!("{invalid} AND indrelid = 's.t'::regclass")), 1);
}

#[test]
fn a_segment_waits_for_its_locks_again_and_again() {
    let Some(live) = Live::new("CREATE TABLE t (a int)") else { return };
    let mut other = live.server.connect(None).expect("it answers");
    let plan = plan(&["1> SET LOCAL lock_timeout = '50ms';", "1> ALTER TABLE t ADD b int;"]);
    std::thread::scope(|it| {
        other.batch_execute("BEGIN; LOCK TABLE t").expect("it is free");
        it.spawn(move || {
            std::thread::sleep(Duration::from_millis(400));
            other.batch_execute("COMMIT").expect("it is open");
        });
        check(&live, &plan, 0, expect!["done"]);
    });
}

#[test]
fn there_is_one_run_at_a_time() {
    let Some(live) = Live::new("") else { return };
    let first = live.session();
    assert!(matches!(Session::open(&live.server), Err(ApplyError::Busy)));
    drop(first);
    live.session();
}

#[test]
fn a_schema_that_is_not_the_start_or_the_end_is_told() {
    let Some(live) = Live::new("CREATE TABLE t (a int, b int)") else { return };
    let Some(other) = testing::catalog("CREATE TABLE t (a int); CREATE TABLE u (a int)") else {
        return;
    };
    let mut session = live.session();
    let start = session.check_start(&other).expect_err("it drifted").to_string();
    let end = session.check_end(&other).expect_err("it came out otherwise").to_string();
    expect![[r#"
        the schema of the database is not the one that the plan starts from: column `t.b` is only in the database; table `u` is missing in the database; column `u.a` is missing in the database
        the database has another schema than wanted now: column `t.b` is only in the database; table `u` is missing in the database; column `u.a` is missing in the database"#]].assert_eq(&format!("{start}\n{end}"));
    let own = session.read().expect("it can be read");
    session.check_start(&own).expect("it is the same");
}

#[test]
fn the_runners_own_tables_are_no_part_of_a_schema() {
    let own = "CREATE TABLE _specwright_steps (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, \
        n bigserial CHECK (n > 0), t text); CREATE INDEX steps_t ON _specwright_steps (t);";
    let user = "CREATE TABLE t (a int);";
    let (Some(with), Some(without)) =
        (testing::catalog(&format!("{own} {user}")), testing::catalog(user))
    else {
        return;
    };
    assert_eq!(with.differences(&without), Vec::<String>::new());
}

#[test]
fn rows_are_asked_under_their_old_names_only() {
    let renames = Renames { tables: vec![("t".into(), "u".into())], columns: Vec::new() };
    let (from, to) = ("CREATE TABLE t (a int, b int)", "CREATE TABLE u (a int NOT NULL, b int)");
    let Some(planned) = testing::planned(from, to, &renames) else { return };
    let plan = planned.expect("it can be planned");
    assert!(plan.steps.iter().any(|it| !it.checks.is_empty()));
    let Some(mut live) = Live::new(from) else { return };
    live.client.batch_execute("INSERT INTO t VALUES (1)").expect("it is SQL");
    live.session().check_data(&plan).expect("nothing is asked of a table to come");
    check(&live, &plan, 0, expect!["done"]);
}

#[test]
fn the_name_of_an_index_is_found_in_its_statement() {
    let name = |sql| built_index(sql).unwrap_or_default();
    assert_eq!(name("CREATE INDEX CONCURRENTLY Posts_n ON t (n)"), "posts_n");
    let quoted = "create unique index concurrently if not exists \"A \"\" ON b\" ON t (n)";
    assert_eq!(name(quoted), "A \" ON b");
    assert_eq!(name("CREATE INDEX posts_n ON t (n)"), "");
    assert_eq!(name("CREATE INDEX CONCURRENTLY \"open"), "");
}
