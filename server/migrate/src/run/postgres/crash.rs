//! Runs against a live PostgreSQL whose process or connection ends in the middle of the work.

use super::tests::{Keep, LOSSY, ROWS, SCORED, database, nothing, promote, roll_back, rows_of};
use super::{Kind, Promoted, ledger};
use crate::postgres::server::URL_VARIABLE;
use crate::postgres::testing::server;
use crate::run::sqlite::Undo;
use crate::run::{Event, RunError};
use ::postgres::Client;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// What the child is told through its environment.
const DATABASE: &str = "SPECWRIGHT_TEST_DATABASE";
const LIMIT: &str = "SPECWRIGHT_TEST_LIMIT";

const SPECS: [&str; 2] = [SCORED, LOSSY];
const BEFORE: &str = "(1,a,1.25,1) (2,b,7.00,) (3,c,,3)";
const AFTER: &str = "(1,seeded,1) (2,b,7) (3,c,) (9,nine,)";

/// Calls `end` at the moment of that number, from 1.
fn at(limit: u64, end: impl Fn() + Sync) -> (impl Fn(Event<'_>) + Sync, &'static AtomicU64) {
    let n_heard: &'static AtomicU64 = Box::leak(Box::default());
    let hear = move |_: Event<'_>| {
        if n_heard.fetch_add(1, Ordering::Relaxed) + 1 == limit {
            end();
        }
    };
    (hear, n_heard)
}

/// Not a test of its own: the process that a test below starts, which ends itself.
#[test]
#[ignore = "it is started by the other tests"]
#[expect(clippy::disallowed_methods, reason = "the parent talks to it through the environment")]
fn child() {
    let (Ok(url), Ok(limit)) = (std::env::var(DATABASE), std::env::var(LIMIT)) else { return };
    // Like a kill: nothing is cleaned up, nothing is said to the server.
    let (hear, _) = at(limit.parse().expect("a number"), || std::process::abort());
    promote(&url, &SPECS, Keep::Copies, &hear).expect("it is applied");
}

/// Whether a process that promotes came to its end before the moment `limit`.
#[expect(clippy::disallowed_methods, reason = "a test starts itself")]
fn child_ends(url: &str, limit: u64) -> bool {
    let mut command = Command::new(std::env::current_exe().expect("a test knows where it runs"));
    command.args(["--exact", "run::postgres::crash::child", "--ignored", "--nocapture"]);
    command.env(DATABASE, url).env(LIMIT, limit.to_string());
    let of_server = server().and_then(|it| it.url()).expect("it was found");
    command.env(URL_VARIABLE, of_server).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().expect("it starts").success()
}

/// What the next run does; it waits until the server has noticed that the other one is gone.
fn when_free<T>(act: impl Fn() -> Result<T, RunError>) -> Result<T, RunError> {
    loop {
        match act() {
            Err(error) if error.is_busy() => std::thread::sleep(Duration::from_millis(20)),
            done => return done,
        }
    }
}

/// The first spec is applied, and rows are there.
fn start(url: &str, client: &mut Client) {
    promote(url, &SPECS[..1], Keep::Copies, &nothing).expect("it is applied");
    client.batch_execute(ROWS).expect("rows");
}

/// Finishes what was interrupted, or undoes it, and then holds the rows against what they must be;
/// leaves the database as it was at the start.
fn recovered(url: &str, client: &mut Client, back: bool, what: &str) {
    if back && ledger::load(client).expect("it is read").running().is_some() {
        let undone = when_free(|| roll_back(url, Keep::Copies, &Undo::Last(1)));
        undone.unwrap_or_else(|it| panic!("{what}: {it}"));
        assert_eq!(rows_of(client, "users"), BEFORE, "{what}");
    }
    let done = when_free(|| promote(url, &SPECS, Keep::Copies, &nothing));
    done.unwrap_or_else(|it| panic!("{what}: {it}"));
    assert_eq!(rows_of(client, "users"), AFTER, "{what}");
    let ledger = ledger::load(client).expect("it is read");
    assert_eq!((ledger.broken(), ledger.running(), ledger.applied().len()), (None, None, 2));
    roll_back(url, Keep::Copies, &Undo::Last(1)).unwrap_or_else(|it| panic!("{what}: {it}"));
    assert_eq!(rows_of(client, "users"), BEFORE, "{what}");
    let halves = "SELECT count(*) FROM pg_index WHERE NOT indisvalid";
    assert_eq!(client.query_one(halves, &[]).expect("it is read").get::<_, i64>(0), 0, "{what}");
}

#[test]
fn a_promotion_killed_at_any_moment_is_resumed_or_undone() {
    let Some((url, mut client)) = database("promote_killed") else { return };
    start(&url, &mut client);
    for limit in 1.. {
        let is_whole = child_ends(&url, limit);
        recovered(&url, &mut client, limit % 2 == 0, &format!("killed at {limit}"));
        if is_whole {
            assert!(limit > 8, "the moments were too few to mean something: {limit}");
            return;
        }
    }
}

#[test]
fn a_promotion_whose_server_vanishes_at_any_moment_is_resumed_or_undone() {
    let name = "promote_vanished";
    let Some((url, mut client)) = database(name) else { return };
    start(&url, &mut client);
    // The moments between are a killed process's and the cut statements'.
    for limit in (1..).step_by(3) {
        let (hear, n_heard) = at(limit, || {
            let Some(server) = server() else { return };
            let mut admin = server.connect(None).expect("it answers");
            // The connection that has the lock is the promotion's; the test looks on by another.
            let sql = "SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
                WHERE l.locktype = 'advisory' AND d.datname = $1";
            let ended = admin.query(sql, &[&name]).expect("the role may end its own connections");
            assert_eq!(ended.len(), 1, "one connection is ended");
        });
        let ended = promote(&url, &SPECS, Keep::Copies, &hear);
        let is_whole = n_heard.load(Ordering::Relaxed) < limit;
        assert!(is_whole || ended.is_err(), "the moment {limit}: {ended:?}");
        recovered(&url, &mut client, limit % 2 == 1, &format!("vanished at {limit}"));
        if is_whole {
            return;
        }
    }
}

mod proxy;

#[test]
fn a_connection_cut_at_any_statement_leaves_a_run_that_is_resumed_or_undone() {
    let Some((url, mut client)) = database("promote_cut") else { return };
    start(&url, &mut client);
    // Each second statement, by turns on both sides of it, and by turns resumed and undone.
    for limit in (1..).step_by(2) {
        let cut = if limit % 4 == 1 { proxy::Cut::Before } else { proxy::Cut::After };
        let Some(proxy) = proxy::Proxy::start(server().expect("it is there"), cut, limit) else {
            return;
        };
        // Up to there everything is only read.
        let hear = |it: Event<'_>| {
            if it == Event::Proven {
                proxy.arm();
            }
        };
        let through = proxy.url("promote_cut");
        let ended: Result<Vec<Promoted>, _> = promote(&through, &SPECS, Keep::Copies, &hear);
        let was_cut = proxy.was_cut();
        assert!(was_cut || ended.is_ok(), "{cut:?} {limit}: {ended:?}");
        recovered(&url, &mut client, limit % 8 < 4, &format!("{cut:?} statement {limit}"));
        if !was_cut {
            assert!(limit > 20, "the statements were too few: {limit}");
            let applied = ended.expect("it was not cut");
            assert!(applied.iter().all(|it| it.kind == Kind::Apply));
            break;
        }
    }
}
