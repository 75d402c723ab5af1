//! Tests that end a process in the middle of its work, or give it a file it must not touch.

use crate::{Catalog, OpenError, open};
use model::AbsPath;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use system::TestSystem;

/// What the child process is told through its environment.
const FILE: &str = "SPECWRIGHT_TEST_CATALOG";
const N_STEPS: &str = "SPECWRIGHT_TEST_STEPS";
const N_ACTS: &str = "SPECWRIGHT_TEST_ACTS";

/// Not a test of its own: the process that the tests below start and end. It opens the catalog,
/// writes rules and says each one that is durable.
#[test]
#[ignore = "it is started by the other tests"]
#[expect(clippy::disallowed_methods, reason = "the parent talks to it through the environment")]
fn child() {
    let number = |name| std::env::var(name).ok().and_then(|it| it.parse::<u64>().ok());
    let Ok(file) = std::env::var(FILE) else { return };
    let path = AbsPath::new(Path::new(&file)).expect("it is absolute");
    static N_DONE: AtomicU64 = AtomicU64::new(0);
    let limit = number(N_STEPS).unwrap_or(u64::MAX);
    let count = move || {
        if N_DONE.fetch_add(1, Ordering::Relaxed) + 1 == limit {
            // Like a kill: nothing is cleaned up.
            std::process::abort();
        }
        false
    };
    let tap =
        |db: &mut rusqlite::Connection| db.progress_handler(1, Some(count)).expect("it is set");
    let db = open::open_with(&path, &tap).expect("it opens");
    let system = Arc::new(TestSystem::new());
    let mut catalog = Catalog { db, system, actor: format!("process {}", std::process::id()) };
    for n in 0..number(N_ACTS).unwrap_or(3) {
        let rule = format!("rule-{}-{n}", std::process::id());
        catalog.set_rule(&rule, None, Some("off")).expect("it is written");
        println!("durable");
    }
    println!("done");
}

#[expect(clippy::disallowed_methods, reason = "a test starts itself")]
fn start(file: &Path, n_steps: Option<u64>, n_acts: u64) -> Child {
    let mut command = Command::new(std::env::current_exe().expect("a test knows where it runs"));
    command.args(["--exact", "crash::child", "--ignored", "--nocapture"]);
    command.env(FILE, file).env(N_ACTS, n_acts.to_string());
    if let Some(n_steps) = n_steps {
        command.env(N_STEPS, n_steps.to_string());
    }
    command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts")
}

/// Waits for the child's end: how many acts it said to be durable, and whether it came to the end.
fn wait(mut child: Child) -> (u64, bool) {
    let stdout = child.stdout.take().expect("it is piped");
    let lines: Vec<String> = BufReader::new(stdout).lines().map_while(Result::ok).collect();
    child.wait().expect("it ended");
    let n_durable = lines.iter().filter(|it| it.contains("durable")).count() as u64;
    (n_durable, lines.iter().any(|it| it.contains("done")))
}

fn reopen(file: &Path) -> Catalog {
    let path = AbsPath::new(file).expect("it is absolute");
    Catalog::open(&path, Arc::new(TestSystem::new()), "parent").expect("it opens after a crash")
}

/// The chain holds, and says exactly what the tables say.
fn check_sound(file: &Path, n_durable: u64) {
    let catalog = reopen(file);
    let n_entries = catalog.verify().expect("it is read").expect("the chain holds");
    assert_eq!(catalog.rules().expect("they are read").len() as i64, n_entries);
    let n_entries = u64::try_from(n_entries).expect("it counts");
    assert!(n_entries == n_durable || n_entries == n_durable + 1, "{n_entries} of {n_durable}");
}

#[test]
fn a_process_that_ends_at_any_step_leaves_a_sound_catalog() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (mut n_steps, mut n_runs) = (1, 0);
    loop {
        let file = folder.path().join(format!("{n_steps}.db"));
        let (n_durable, is_done) = wait(start(&file, Some(n_steps), 3));
        check_sound(&file, n_durable);
        n_runs += 1;
        if is_done {
            break;
        }
        // Dense at first, where the file is made; later about a hundred runs in all.
        n_steps += 1 + n_steps / 24;
    }
    assert!(n_runs > 40, "the steps were too few to mean something: {n_runs}");
}

#[test]
fn a_process_that_is_killed_leaves_a_sound_catalog() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("catalog.db");
    let mut n_durable = 0;
    for round in 0..20 {
        let mut child = start(&file, None, 10_000);
        std::thread::sleep(std::time::Duration::from_millis(15 + round * 7));
        child.kill().expect("it runs");
        n_durable += wait(child).0;
        let catalog = reopen(&file);
        let n_entries = catalog.verify().expect("it is read").expect("the chain holds");
        let n_entries = u64::try_from(n_entries).expect("it counts");
        // What was said to be durable is there; one more may have been on its way each round.
        assert!(n_entries >= n_durable && n_entries <= n_durable + 1, "{n_entries} {n_durable}");
        n_durable = n_entries;
    }
    assert!(n_durable > 20, "the kills came too early to mean something: {n_durable}");
}

#[test]
fn processes_that_write_at_once_never_fork_the_chain() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("catalog.db");
    let children: Vec<Child> = (0..4).map(|_| start(&file, None, 25)).collect();
    for child in children {
        assert_eq!(wait(child), (25, true));
    }
    check_sound(&file, 100);
}

/// The catalog is refused with that message, and not one byte of it changes.
fn check_refused(file: &Path, expect: &str) {
    let before = fs::read(file).expect("it is there");
    let path = AbsPath::new(file).expect("it is absolute");
    let opened = Catalog::open(&path, Arc::new(TestSystem::new()), "test");
    let error: OpenError = opened.expect_err("it is refused");
    assert!(error.to_string().contains(expect), "{error}");
    assert!(!error.hint().is_empty());
    assert!(fs::read(file).expect("it is there") == before, "the file was changed");
}

fn made(folder: &Path) -> std::path::PathBuf {
    let file = folder.join("catalog.db");
    let mut catalog = reopen(&file);
    for n in 0..200 {
        catalog.set_rule(&format!("rule-{n}"), None, Some("off")).expect("it is written");
    }
    file
}

#[test]
fn a_newer_catalog_is_refused_and_kept() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = made(folder.path());
    let db = rusqlite::Connection::open(&file).expect("it opens");
    db.pragma_update(None, "user_version", 99).expect("it is set");
    drop(db);
    check_refused(&file, "a newer specwright made it (version 99");
}

#[test]
fn a_damaged_catalog_is_refused_and_kept() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = made(folder.path());
    let mut bytes = fs::read(&file).expect("it is there");
    for it in &mut bytes[8192..16384] {
        *it = 0xA5;
    }
    fs::write(&file, &bytes).expect("it is written");
    check_refused(&file, "it is damaged");
    fs::write(&file, "no database at all, only some text that somebody put there")
        .expect("written");
    check_refused(&file, "it is damaged");
}

#[test]
fn another_programs_database_is_refused_and_kept() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("catalog.db");
    let db = rusqlite::Connection::open(&file).expect("it opens");
    db.execute_batch("CREATE TABLE theirs (id INTEGER)").expect("it is made");
    drop(db);
    check_refused(&file, "another program's database");
}
