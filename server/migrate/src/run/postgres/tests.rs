use super::*;
use crate::postgres::server::URL_VARIABLE;
use crate::postgres::testing::server;
use expect_test::expect;
use std::panic::AssertUnwindSafe;
use std::sync::OnceLock;
use system::TestSystem;

const USERS: &str = "add_table:\n  name: users\n  columns: [id bigint pk identity, email text unique not null, age text]\n  rls: public\n";
const NEXT: &str = "add_column: {table: users, columns: [note text]}\n---\nadd_index: {table: users, columns: [age]}\n";

/// A database of its own on the tests' server, with its URL; `None` without PostgreSQL.
fn database(name: &str) -> Option<(String, Client)> {
    let url = server()?.url()?;
    let mut admin = server()?.connect(None).expect("it answers");
    admin.batch_execute(&format!("CREATE DATABASE {name}")).expect("it is made");
    let url = format!("{}/{name}", url.rsplit_once('/').expect("a database").0);
    Some((url, server()?.connect(Some(name)).expect("it answers")))
}

/// A world whose shadows are on the tests' server; its ids never repeat in this process.
fn system() -> &'static TestSystem {
    static SYSTEM: OnceLock<TestSystem> = OnceLock::new();
    SYSTEM.get_or_init(|| {
        let system = TestSystem::new();
        if let Some(url) = server().and_then(Server::url) {
            system.set_env(URL_VARIABLE, &url);
        }
        system
    })
}

fn with_options<T>(hear: &(dyn Fn(Event<'_>) + Sync), act: impl FnOnce(&Options<'_>) -> T) -> T {
    act(&Options {
        system: system(),
        backups: std::path::Path::new("unused"),
        tool_version: "0.1.0",
        data_ms_max: 2_000,
        busy_ms: 0,
        hear,
    })
}

fn promote(
    url: &str,
    specs: &[&str],
    hear: &(dyn Fn(Event<'_>) + Sync),
) -> Result<Vec<Promoted>, RunError> {
    let names: Vec<String> = (1..=specs.len()).map(|it| format!("{it:04}_m")).collect();
    let files = names.iter().zip(specs).map(|(name, text)| File { name, text });
    let files: Vec<File<'_>> = files.collect();
    with_options(hear, |options| {
        let mut promoter = Promoter::new(url, &files, options)?;
        let mut out = Vec::from_iter(promoter.resume()?);
        let plans = promoter.plan()?;
        out.extend(promoter.apply(&plans, Copies::Make)?);
        Ok(out)
    })
}

fn columns(client: &mut Client) -> String {
    let sql = "SELECT coalesce(string_agg(column_name, ' ' ORDER BY ordinal_position), '') FROM
        information_schema.columns WHERE table_schema = 'public' AND table_name = 'users'";
    client.query_one(sql, &[]).expect("it is read").get(0)
}

fn nothing(_: Event<'_>) {}

#[test]
fn specs_are_promoted_once_and_told_by_the_ledger() {
    let Some((url, mut client)) = database("promote_once") else { return };
    assert_eq!(promote(&url, &[USERS], &nothing).expect("it is applied").len(), 1);
    client.batch_execute("INSERT INTO users (email) VALUES ('a'), ('b')").expect("rows");
    assert_eq!(promote(&url, &[USERS, NEXT], &nothing).expect("it is applied").len(), 1);
    assert_eq!(columns(&mut client), "id email age note");
    assert!(promote(&url, &[USERS, NEXT], &nothing).expect("nothing is left").is_empty());
    let ledger = ledger::load(&mut client).expect("it is read");
    assert_eq!(ledger.broken(), None);
    assert_eq!(ledger.applied().len(), 2);
}

#[test]
fn data_in_the_way_drift_and_edits_are_refused() {
    let Some((url, mut client)) = database("promote_refused") else { return };
    promote(&url, &[USERS], &nothing).expect("it is applied");
    client.batch_execute("INSERT INTO users (email) VALUES ('a'), ('b')").expect("rows");
    let strict = "alter_column: {table: users, column: age, nullable: false}\n";
    let told = |it: Result<Vec<Promoted>, RunError>| it.expect_err("it is refused").to_string();
    expect!["apply `0002_m`: 2 rows are NULL in `users.age`: 1, 2"].assert_eq(&told(promote(
        &url,
        &[USERS, strict],
        &nothing,
    )));
    let edited = USERS.replace("age text", "age integer");
    expect!["use the ledger: `0001_m` was edited after it was applied"].assert_eq(&told(promote(
        &url,
        &[&edited],
        &nothing,
    )));
    client.batch_execute("CREATE TABLE stray (x int)").expect("it is made");
    expect!["the schema of the database is not what the ledger tells: table `stray` is only in the second; column `stray.x` is only in the second"].assert_eq(&told(promote(&url, &[USERS, NEXT], &nothing)));
    assert_eq!(columns(&mut client), "id email age");
}

#[test]
fn two_promotions_do_not_run_at_once() {
    let Some((url, mut client)) = database("promote_locked") else { return };
    client.execute("SELECT pg_advisory_lock($1)", &[&LOCK]).expect("it is free");
    let error = promote(&url, &[USERS], &nothing).expect_err("it is locked");
    assert!(error.is_busy(), "{error}");
}

/// Has something happen at each moment of a promotion, and the next run finish it.
fn is_resumed_after(database_name: &str, happen: &(dyn Fn() + Sync)) {
    let Some((url, mut client)) = database(database_name) else { return };
    promote(&url, &[USERS], &nothing).expect("it is applied");
    client.batch_execute("INSERT INTO users (email, age) VALUES ('a', '1')").expect("rows");
    let specs = [USERS, NEXT];
    for limit in 1.. {
        let n_heard = std::sync::atomic::AtomicU32::new(0);
        let hear = |_: Event<'_>| {
            if n_heard.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1 == limit {
                happen();
            }
        };
        let ended = std::panic::catch_unwind(AssertUnwindSafe(|| promote(&url, &specs, &hear)));
        let is_whole = n_heard.into_inner() < limit;
        assert_eq!(ended.is_ok_and(|it| it.is_ok()), is_whole, "the moment {limit}");
        // The server notices that the client is gone, and frees the lock.
        let mut again = promote(&url, &specs, &nothing);
        while again.as_ref().is_err_and(RunError::is_busy) {
            std::thread::sleep(Duration::from_millis(20));
            again = promote(&url, &specs, &nothing);
        }
        again.unwrap_or_else(|it| panic!("after {limit}: {it}"));
        assert_eq!(columns(&mut client), "id email age note");
        let ledger = ledger::load(&mut client).expect("it is read");
        assert_eq!((ledger.broken(), ledger.running(), ledger.applied().len()), (None, None, 2));
        let rows = client.query_one("SELECT string_agg(email || age, ' ') FROM users", &[]);
        assert_eq!(rows.expect("it is read").get::<_, String>(0), "a1");
        if is_whole {
            assert!(limit > 6, "the moments were too few to mean something: {limit}");
            return;
        }
        let undo = "ALTER TABLE users DROP COLUMN note; DROP INDEX users_age_idx;
            DELETE FROM _specwright.migrations WHERE seq = 2; DELETE FROM _specwright.steps WHERE seq = 2";
        client.batch_execute(undo).expect("it is undone");
    }
}

#[test]
fn a_promotion_that_ends_at_any_moment_is_resumed() {
    is_resumed_after("promote_ended", &|| panic!("ended here"));
}

#[test]
fn a_promotion_whose_server_vanishes_at_any_moment_is_resumed() {
    let name = "promote_vanished";
    is_resumed_after(name, &|| {
        let Some(server) = server() else { return };
        let mut admin = server.connect(None).expect("it answers");
        // The connection that has the lock is the promotion's; the test looks on by another.
        let sql = "SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
            WHERE l.locktype = 'advisory' AND d.datname = $1";
        let ended = admin.query(sql, &[&name]).expect("the role may end its own connections");
        assert_eq!(ended.len(), 1, "one connection is ended");
    });
}
