//! Runs in a process of their own that ends in the middle of its work, or finds no room on the disk.

use crate::run::tests::specs;
use crate::run::tests::{dump, migrations};
use crate::run::{Applied, Event, Migration, Options, RunError, Undo, ledger, roll_back};
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use system::TestSystem;

/// What the child is told through its environment.
const FOLDER: &str = "SPECWRIGHT_TEST_RUN";
const ACT: &str = "SPECWRIGHT_TEST_ACT";
const N_EVENTS: &str = "SPECWRIGHT_TEST_EVENTS";
const N_STEPS: &str = "SPECWRIGHT_TEST_STEPS";

/// The first schema, and one that rebuilds, drops, converts and adds.
const SCHEMAS: [&str; 3] = [
    "CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, mail TEXT NOT NULL UNIQUE, age TEXT);
     CREATE TABLE posts (id TEXT PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE, body TEXT);
     CREATE TABLE old (x TEXT);",
    "CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, mail TEXT NOT NULL UNIQUE, age INTEGER);
     CREATE TABLE posts (id TEXT PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE, body TEXT NOT NULL);
     CREATE INDEX posts_user ON posts (user_id);",
    "CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, mail TEXT NOT NULL UNIQUE);
     CREATE TABLE posts (id TEXT PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE, body TEXT NOT NULL);
     CREATE INDEX posts_user ON posts (user_id);
     CREATE TABLE tags (name TEXT PRIMARY KEY);",
];
const ROWS: &str = "INSERT INTO users (mail, age) VALUES ('a', '041'), ('b', '7'), ('c', NULL);
    INSERT INTO posts VALUES ('p', 1, 'x'), ('q', 1, 'y'), ('r', 3, 'z');
    INSERT INTO old VALUES ('kept');";

fn apply(
    file: &Path,
    migrations: &[Migration],
    options: &Options<'_>,
) -> Result<Vec<Applied>, RunError> {
    crate::run::apply(file, &specs(migrations), migrations, options)
}

fn file(folder: &Path) -> PathBuf {
    folder.join("dev.db")
}

/// The first migration and its rows, as a file that each run starts from.
fn start_of(folder: &Path) {
    std::fs::create_dir_all(folder).expect("a folder");
    let nothing = |_: Event<'_>| ();
    with_options(folder, &nothing, |it| apply(&file(folder), &migrations(&SCHEMAS[..1]), it))
        .expect("it is applied");
    let db = Connection::open(file(folder)).expect("it opens");
    db.execute_batch(ROWS).expect("the rows are sound");
}

fn with_options<T>(
    folder: &Path,
    hear: &(dyn Fn(Event<'_>) + Sync),
    act: impl FnOnce(&Options<'_>) -> T,
) -> T {
    let (system, backups) = (TestSystem::new(), folder.join("backups"));
    act(&Options {
        system: &system,
        backups: &backups,
        tool_version: "0.1.0",
        data_ms_max: 10_000,
        busy_ms: 60_000,
        hear,
    })
}

/// Not a test of its own: the process that the tests below start and end.
#[test]
#[ignore = "it is started by the other tests"]
#[expect(clippy::disallowed_methods, reason = "the parent talks to it through the environment")]
fn child() {
    let number = |name| std::env::var(name).ok().and_then(|it| it.parse::<u64>().ok());
    let (Ok(folder), Ok(act)) = (std::env::var(FOLDER), std::env::var(ACT)) else { return };
    let folder = PathBuf::from(folder);
    static N_HEARD: AtomicU64 = AtomicU64::new(0);
    let limit = number(N_EVENTS).unwrap_or(u64::MAX);
    let hear = |_: Event<'_>| {
        if N_HEARD.fetch_add(1, Ordering::Relaxed) + 1 == limit {
            // Like a kill: nothing is cleaned up.
            std::process::abort();
        }
    };
    if let Some(n_steps) = number(N_STEPS) {
        crate::run::sqlite::end_after(n_steps);
    }
    let done = with_options(&folder, &hear, |it| match act.as_str() {
        "apply" => apply(&file(&folder), &migrations(&SCHEMAS), it).map(|it| it.len()),
        _ => roll_back(&file(&folder), &Undo::To("0001_m".to_owned()), it).map(|it| it.len()),
    });
    match done {
        Ok(n) => println!("done {n}"),
        Err(error) => {
            println!("failed {error}");
            std::process::exit(3);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a test starts itself")]
fn command(folder: &Path, act: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("a test knows where it runs"));
    command.args(["--exact", "run::crash::child", "--ignored", "--nocapture"]);
    command.env(FOLDER, folder).env(ACT, act);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn start(folder: &Path, act: &str, limit: Option<(&str, u64)>) -> Child {
    let mut command = command(folder, act);
    if let Some((name, limit)) = limit {
        command.env(name, limit.to_string());
    }
    command.spawn().expect("it starts")
}

fn wait(mut child: Child) -> ExitStatus {
    child.wait().expect("it ends")
}

fn dump_of(folder: &Path) -> String {
    dump(&Connection::open(file(folder)).expect("it opens after a crash"))
}

/// Dumps of the states that the ledger can tell, by how many migrations are applied.
struct States([String; 3]);

impl States {
    fn new(folder: &Path) -> Self {
        start_of(folder);
        let first = dump_of(folder);
        let nothing = |_: Event<'_>| ();
        let to = |n: usize| {
            with_options(folder, &nothing, |it| {
                apply(&file(folder), &migrations(&SCHEMAS[..n]), it)
            })
            .expect("it is applied");
            dump_of(folder)
        };
        let (second, third) = (to(2), to(3));
        Self([first, second, third])
    }

    /// The file is sound, and holds exactly what the ledger says.
    fn check(&self, folder: &Path) -> usize {
        let db = Connection::open(file(folder)).expect("it opens after a crash");
        let verdict: String =
            db.query_row("PRAGMA integrity_check", (), |row| row.get(0)).expect("it is read");
        assert_eq!(verdict, "ok");
        let n_orphans: i64 = db
            .query_row("SELECT count(*) FROM pragma_foreign_key_check", (), |row| row.get(0))
            .expect("it is read");
        assert_eq!(n_orphans, 0);
        let ledger = ledger(&file(folder)).expect("it is read");
        assert_eq!(ledger.broken(), None);
        assert_eq!(ledger.running(), None, "these plans have one segment");
        let n_applied = ledger.applied().len();
        assert_eq!(dump(&db), self.0[n_applied - 1]);
        let backups = std::fs::read_dir(folder.join("backups")).expect("it is there").flatten();
        for it in backups.filter(|it| it.path().extension().is_some_and(|it| it == "db")) {
            let copy = crate::sqlite::open_read_only(&it.path()).expect("a backup opens");
            let verdict: String =
                copy.query_row("PRAGMA quick_check", (), |row| row.get(0)).expect("it is read");
            assert_eq!(verdict, "ok", "{:?}", it.path());
        }
        n_applied
    }
}

/// Ends `act` after each of `limits`, looks, and lets the next run finish; gives the number of runs
/// that were ended early.
fn end_everywhere(act: &str, name: &str, limits: impl Iterator<Item = u64>) -> usize {
    let root = tempfile::tempdir().expect("a temporary folder");
    let states = States::new(&root.path().join("states"));
    let base = root.path().join("base");
    start_of(&base);
    if act == "roll back" {
        assert!(wait(start(&base, "apply", None)).success());
    }
    for (n_ended, limit) in limits.enumerate() {
        let folder = root.path().join(limit.to_string());
        copy(&base, &folder);
        let ended = wait(start(&folder, act, Some((name, limit))));
        states.check(&folder);
        if ended.success() {
            return n_ended;
        }
        // Where the run had ended but for its last word there is nothing left to undo.
        let again = wait(start(&folder, act, None));
        let n_applied = states.check(&folder);
        let is_done = if act == "apply" { n_applied == 3 } else { n_applied == 1 };
        assert!(is_done, "{act} after {limit}: {again:?}");
        std::fs::remove_dir_all(&folder).expect("it is there");
    }
    panic!("the limits did not reach the end of {act}");
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for it in std::fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(it.file_name());
        if it.path().is_dir() {
            copy(&it.path(), &target);
        } else {
            std::fs::copy(it.path(), target).expect("a file");
        }
    }
    // The ledger names backups by their place.
    if let Ok(db) = Connection::open(file(to)) {
        let (from, to) = (from.display().to_string(), to.display().to_string());
        let _ = db.execute(
            "UPDATE _specwright_migrations SET backup_ref = replace(backup_ref, ?1, ?2)",
            (from, to),
        );
    }
}

#[test]
fn a_run_that_ends_at_any_moment_leaves_a_step_boundary() {
    let n_ended = end_everywhere("apply", N_EVENTS, 1..);
    assert!(n_ended > 20, "the moments were too few to mean something: {n_ended}");
}

#[test]
fn a_rollback_that_ends_at_any_moment_leaves_a_step_boundary() {
    let n_ended = end_everywhere("roll back", N_EVENTS, 1..);
    assert!(n_ended > 20, "the moments were too few to mean something: {n_ended}");
}

#[test]
fn a_run_that_ends_inside_of_any_statement_leaves_a_step_boundary() {
    // Every instruction of the engine's machine is too many: about sixty of them.
    let limits = std::iter::successors(Some(1), |it| Some(it + 1 + it / 8));
    let n_ended = end_everywhere("apply", N_STEPS, limits);
    assert!(n_ended > 30, "the ends were too few to mean something: {n_ended}");
}

#[test]
fn a_run_that_is_killed_leaves_a_step_boundary() {
    let root = tempfile::tempdir().expect("a temporary folder");
    let states = States::new(&root.path().join("states"));
    for round in 0..12 {
        let folder = root.path().join(round.to_string());
        start_of(&folder);
        let mut child = start(&folder, "apply", None);
        std::thread::sleep(std::time::Duration::from_millis(5 + round * 6));
        // It may have ended already.
        let _ = child.kill();
        wait(child);
        states.check(&folder);
        assert!(wait(start(&folder, "apply", None)).success());
        assert_eq!(states.check(&folder), 3);
    }
}

#[test]
fn runs_at_once_apply_everything_once() {
    let root = tempfile::tempdir().expect("a temporary folder");
    let states = States::new(&root.path().join("states"));
    let folder = root.path().join("shared");
    start_of(&folder);
    let children: Vec<Child> = (0..4).map(|_| start(&folder, "apply", None)).collect();
    for it in children {
        assert!(wait(it).success());
    }
    assert_eq!(states.check(&folder), 3);
    assert_eq!(ledger(&file(&folder)).expect("it is read").entries.len(), 3);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a shell sets the limit of the process")]
fn a_full_disk_changes_nothing() {
    let root = tempfile::tempdir().expect("a temporary folder");
    let states = States::new(&root.path().join("states"));
    let mut n_refused = 0;
    // Blocks of 512 bytes that a file may have, from less than the database to more than enough.
    for n_blocks in [0, 8, 16, 40, 80, 100, 120, 160, 200, 400, 4_000] {
        let folder = root.path().join(n_blocks.to_string());
        start_of(&folder);
        // The log goes into the file, so that it is the file that cannot grow.
        let db = Connection::open(file(&folder)).expect("it opens");
        let _: String =
            db.query_row("PRAGMA journal_mode = DELETE", (), |row| row.get(0)).expect("it is set");
        drop(db);
        let child = command(&folder, "apply");
        let mut shell = Command::new("sh");
        // Without the trap the system ends the process instead of refusing the write.
        let script = format!("trap '' XFSZ; ulimit -f {n_blocks}; exec \"$@\"");
        shell.args(["-c", &script, "sh"]).arg(child.get_program()).args(child.get_args());
        for (name, value) in child.get_envs() {
            shell.env(name, value.expect("it is set"));
        }
        let ended = shell.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("it runs");
        states.check(&folder);
        n_refused += usize::from(!ended.success());
        assert!(wait(start(&folder, "apply", None)).success());
        assert_eq!(states.check(&folder), 3);
    }
    assert!((2..11).contains(&n_refused), "{n_refused} of 11 were refused");
}

#[test]
fn a_folder_of_backups_that_cannot_be_made_changes_nothing() {
    let root = tempfile::tempdir().expect("a temporary folder");
    let folder = root.path().join("run");
    start_of(&folder);
    let before = dump_of(&folder);
    std::fs::remove_dir_all(folder.join("backups")).expect("it is there");
    std::fs::write(folder.join("backups"), "a file is in the way").expect("it is written");
    let nothing = |_: Event<'_>| ();
    let done =
        with_options(&folder, &nothing, |it| apply(&file(&folder), &migrations(&SCHEMAS), it));
    let error = done.expect_err("there is no folder");
    assert!(error.to_string().starts_with("back up"), "{error}");
    assert_eq!(dump_of(&folder), before);
}
