//! Ends processes in the middle of their work, and lets the disk fail under them.
//!
//! By default a few points of each act; with `SPECWRIGHT_TEST_EXHAUSTIVE=1` every one, and a second
//! end during each recovery:
//!
//! ```sh
//! SPECWRIGHT_TEST_EXHAUSTIVE=1 cargo test -p checkpoint crash -- --nocapture
//! ```

use crate::effect::points;
use crate::tests::{World, crooked, git};
use crate::{Capture, Kind, Restore, Retention, Selection, TreePath};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const ROOT: &str = "SPECWRIGHT_TEST_ROOT";
const ACT: &str = "SPECWRIGHT_TEST_ACT";
const KILL: &str = "SPECWRIGHT_TEST_KILL";
const FAIL: &str = "SPECWRIGHT_TEST_FAIL";
const PAUSE: &str = "SPECWRIGHT_TEST_PAUSE";

#[expect(clippy::disallowed_methods, reason = "the parent talks to it through the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Not a test of its own: the process that the tests below start and end.
#[test]
#[ignore = "it is started by the other tests"]
fn child() {
    let (Some(root), Some(act)) = (variable(ROOT), variable(ACT)) else { return };
    let number = |name| variable(name).and_then(|it| it.parse().ok());
    if let Some(n) = number(KILL) {
        points::kill_at(n);
    }
    if let Some(n) = number(FAIL) {
        // From there on the disk stays full for longer than any one act needs.
        points::fail_within(n, n + 3);
    }
    if let Some(n) = number(PAUSE) {
        points::pause_at(n);
    }
    let world = World::at(Path::new(&root)).with_database();
    match run(&world, &act) {
        Ok(()) => println!("done {}", points::n_passed()),
        Err(error) => println!("failed {error:?}"),
    }
}

fn run(world: &World, act: &str) -> Result<(), crate::CheckpointError> {
    let mut checkpoints = world.try_open()?;
    let (verb, what) = act.split_once(' ').unwrap_or((act, ""));
    match verb {
        "capture" => {
            let capture = Capture { kind: Kind::Manual, label: "again", buffers: &[] };
            checkpoints.capture(&capture).map(drop)
        }
        "restore" => {
            let target = checkpoints.find(what)?;
            let selection = Selection::all();
            let restore =
                Restore { target: &target, selection, buffers: &[], digest: None, before: None };
            checkpoints.restore(&restore).map(drop)
        }
        "recover" => checkpoints.recover().map(drop),
        "prune" => {
            let none = Retention { n_automatic: 0, hourly_ms: 0, daily_ms: 0, bytes_max: 0 };
            checkpoints.prune(&none).map(drop)
        }
        "forget" => checkpoints.forget(&TreePath::new(what.as_bytes()).expect("a path")).map(drop),
        other => panic!("no such act: {other}"),
    }
}

/// How a child ended.
#[derive(Debug, PartialEq, Eq)]
enum End {
    Killed,
    Failed(String),
    Done(u64),
}

#[expect(clippy::disallowed_methods, reason = "a test starts itself")]
fn command(root: &Path, act: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("a test knows where it runs"));
    command.args(["--exact", "crash::child", "--ignored", "--nocapture"]);
    command.env(ROOT, root).env(ACT, act).stderr(Stdio::null());
    command
}

fn end(root: &Path, act: &str, limit: Option<(&str, u64)>) -> End {
    let mut command = command(root, act);
    if let Some((name, n)) = limit {
        command.env(name, n.to_string());
    }
    let output = command.output().expect("it starts");
    ended(&String::from_utf8_lossy(&output.stdout))
}

fn ended(text: &str) -> End {
    for line in text.lines() {
        if let Some((_, n)) = line.split_once("done ") {
            return End::Done(n.trim().parse().expect("a number"));
        }
        if let Some((_, error)) = line.split_once("failed ") {
            return End::Failed(error.to_owned());
        }
    }
    End::Killed
}

/// A world that is brought back to its beginning for each end, at the same place.
struct Stand {
    world: World,
    /// Folders with their copies from the beginning.
    pristine: Vec<(PathBuf, PathBuf)>,
    checkpoints: [String; 2],
    /// Of the folder at the beginning and at both checkpoints.
    states: [BTreeMap<String, String>; 3],
}

fn copy(from: &Path, to: &Path) {
    #[expect(clippy::disallowed_methods, reason = "nothing else keeps links, modes and times")]
    let done = Command::new("cp").arg("-a").arg(from).arg(to).status().expect("cp runs");
    assert!(done.success());
}

impl Stand {
    fn new() -> Self {
        Self::over(crooked(), None)
    }

    /// `store` is the folder of the store, where that is not in the world's own.
    fn over((world, checkpoints): (World, [String; 2]), store: Option<PathBuf>) -> Self {
        let folders = [world.root.clone()].into_iter().chain(store);
        let name = |n: usize, it: &PathBuf| it.with_file_name(format!("pristine-{n}"));
        let pristine: Vec<_> =
            folders.enumerate().map(|(n, it)| (it.clone(), name(n, &it))).collect();
        pristine.iter().for_each(|(folder, pristine)| copy(folder, pristine));
        let now = world.state();
        let mut stand =
            Self { world, pristine, checkpoints, states: [now, BTreeMap::new(), BTreeMap::new()] };
        for n in 0..2 {
            stand.world.restore(&stand.checkpoints[n]);
            stand.states[n + 1] = stand.world.state();
            stand.reset();
        }
        stand
    }

    fn reset(&self) {
        for (folder, pristine) in &self.pristine {
            std::fs::remove_dir_all(folder).expect("it is removed");
            copy(pristine, folder);
        }
    }

    /// The points at which to end `act`.
    fn points(&self, act: &str, n_default: u64) -> Vec<u64> {
        let End::Done(n) = end(&self.world.root, act, None) else { panic!("{act} does not work") };
        self.reset();
        assert!(n > n_default, "{act}: {n} points are too few to mean something");
        if variable("SPECWRIGHT_TEST_EXHAUSTIVE").is_some() {
            return (1..=n).collect();
        }
        // Another choice on each run would find more, and could not be repeated.
        (0..n_default).map(|it| 1 + it * n / n_default).collect()
    }

    /// The folder is as it was before or as the target has it, and what was before is not lost.
    fn check_restored(&self, target: usize, what: &str) -> bool {
        let now = self.world.state();
        let is_target = now == self.states[target];
        assert!(
            is_target || now == self.states[0],
            "{what}: {}",
            differences(&now, &self.states[0], &self.states[target])
        );
        let left = std::fs::read_dir(self.world.root.join(".specwright")).expect("it is there");
        let left: Vec<_> = left.flatten().map(|it| it.file_name()).collect();
        assert!(
            !left.iter().any(|it| it.to_string_lossy().starts_with("restore-")),
            "{what}: {left:?}"
        );
        if is_target {
            let all = self.world.open().list().expect("it is read");
            let before = all.iter().find(|it| it.kind == Kind::BeforeRollback);
            self.world.restore(before.expect("there is one").id.as_str());
            assert!(self.world.state() == self.states[0], "{what}: it cannot be undone");
        }
        is_target
    }

    /// Every checkpoint that is listed can be restored, and git is content.
    fn check_all(&self, what: &str) {
        for record in self.world.open().list().expect("it is read") {
            self.world.restore(record.id.as_str());
            let known = self.checkpoints.iter().position(|it| *it == record.id.as_str());
            if let Some(n) = known {
                assert!(
                    self.world.state() == self.states[n + 1],
                    "{what}: {} is not whole",
                    record.label
                );
            }
        }
        git(&self.world.root, &["fsck", "--no-dangling"]);
    }
}

fn differences(
    now: &BTreeMap<String, String>,
    before: &BTreeMap<String, String>,
    target: &BTreeMap<String, String>,
) -> String {
    let names: std::collections::BTreeSet<&String> =
        now.keys().chain(before.keys()).chain(target.keys()).collect();
    let mut out = String::new();
    for name in names {
        let of = |it: &BTreeMap<String, String>| it.get(name).cloned().unwrap_or_default();
        if of(before) != of(target) || of(now) != of(before) {
            out += &format!(
                "\n{name}: {:?}, before {:?}, target {:?}",
                of(now),
                of(before),
                of(target)
            );
        }
    }
    out
}

#[test]
fn a_restore_that_is_killed_anywhere_is_finished_or_did_not_happen() {
    let stand = Stand::new();
    let act = format!("restore {}", stand.checkpoints[0]);
    let (mut n_finished, mut n_untouched) = (0, 0);
    for n in stand.points(&act, 12) {
        assert_eq!(end(&stand.world.root, &act, Some((KILL, n))), End::Killed, "at {n}");
        if variable("SPECWRIGHT_TEST_EXHAUSTIVE").is_some() && n % 3 == 0 {
            // The recovery is ended too, near its beginning, then in its middle.
            end(&stand.world.root, "recover", Some((KILL, 1 + n % 17)));
            end(&stand.world.root, "recover", Some((KILL, 1 + n % 41)));
        }
        let recovered = end(&stand.world.root, "recover", None);
        assert!(matches!(recovered, End::Done(_)), "at {n}: {recovered:?}");
        match stand.check_restored(1, &format!("killed at {n}")) {
            true => n_finished += 1,
            false => n_untouched += 1,
        }
        stand.reset();
    }
    println!("{n_finished} finished, {n_untouched} untouched");
    assert!(n_finished > 0 && n_untouched > 0, "{n_finished} finished, {n_untouched} untouched");
}

#[test]
fn a_restore_on_a_disk_that_fails_is_finished_or_taken_back() {
    let stand = Stand::new();
    let act = format!("restore {}", stand.checkpoints[1]);
    for n in stand.points(&act, 12) {
        let ended = end(&stand.world.root, &act, Some((FAIL, n)));
        assert!(matches!(ended, End::Failed(_) | End::Done(_)), "at {n}: {ended:?}");
        let recovered = end(&stand.world.root, "recover", None);
        assert!(matches!(recovered, End::Done(_)), "at {n}: {recovered:?}");
        stand.check_restored(2, &format!("failed at {n} with {ended:?}"));
        stand.reset();
    }
}

#[test]
fn a_capture_that_is_killed_anywhere_leaves_what_there_was() {
    let stand = Stand::new();
    for n in stand.points("capture", 5) {
        assert_eq!(end(&stand.world.root, "capture", Some((KILL, n))), End::Killed, "at {n}");
        assert!(stand.world.state() == stand.states[0], "killed at {n}");
        let again = end(&stand.world.root, "capture", None);
        assert!(matches!(again, End::Done(_)), "at {n}: {again:?}");
        stand.check_all(&format!("killed at {n}"));
        stand.reset();
    }
}

#[test]
fn a_prune_that_is_killed_anywhere_leaves_whole_checkpoints() {
    let stand = Stand::new();
    for act in ["prune", "forget third.txt"] {
        for n in stand.points(act, 4) {
            assert_eq!(end(&stand.world.root, act, Some((KILL, n))), End::Killed, "at {n}");
            stand.check_all(&format!("{act} killed at {n}"));
            let again = end(&stand.world.root, act, None);
            assert!(matches!(again, End::Done(_)), "at {n}: {again:?}");
            stand.check_all(&format!("{act} killed at {n}, and done again"));
            stand.reset();
        }
    }
}

#[test]
fn what_somebody_edits_during_a_restore_is_not_lost() {
    let stand = Stand::new();
    let act = format!("restore {}", stand.checkpoints[0]);
    let End::Done(n_points) = end(&stand.world.root, &act, None) else { panic!("it works") };
    stand.reset();
    let mut n_late = 0;
    for nth in 4..10 {
        let mut command = command(&stand.world.root, &act);
        command.env(PAUSE, (n_points * nth / 10).to_string());
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
        let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let paused = lines.by_ref().map_while(Result::ok).any(|it| it.contains("paused"));
        assert!(paused);
        let edited = format!("edited at {nth}\n");
        stand.world.write("\u{fc}n\u{ef}.txt", &edited);
        stand.world.write("brand-new.txt", &edited);
        child.stdin.take().expect("it is piped").write_all(b"\n").expect("it goes on");
        let rest: Vec<String> = lines.map_while(Result::ok).collect();
        child.wait().expect("it ends");
        assert!(matches!(ended(&rest.join("\n")), End::Done(_)), "{rest:?}");

        let brand_new = std::fs::read_to_string(stand.world.root.join("brand-new.txt"));
        assert_eq!(brand_new.expect("it stays"), edited);
        let now = std::fs::read_to_string(stand.world.root.join("\u{fc}n\u{ef}.txt"));
        if now.expect("it is there") != edited {
            // It was displaced: the checkpoint before has it.
            n_late += 1;
            let all = stand.world.open().list().expect("it is read");
            let before =
                all.iter().find(|it| it.kind == Kind::BeforeRollback).expect("there is one");
            stand.world.restore(before.id.as_str());
            let back = std::fs::read_to_string(stand.world.root.join("\u{fc}n\u{ef}.txt"));
            assert_eq!(back.expect("it is there"), edited);
        }
        stand.reset();
    }
    assert!(n_late > 0, "no edit came in time to mean something");
}

/// Two checkpoints of a folder with a database, which is then in a third state.
fn pair(world: World) -> (World, [String; 2]) {
    let world = world.with_database();
    let root = &world.root;
    world.write("a.txt", "one\n");
    world.write("dir/b.txt", "two\n");
    world.sql("CREATE TABLE t (x); INSERT INTO t VALUES (1)");
    let first = world.capture("first");
    world.write("a.txt", "changed\n");
    std::fs::remove_dir_all(root.join("dir")).expect("it is removed");
    world.write("dir", "a file now\n");
    world.write("new/c.txt", "new\n");
    world.sql("INSERT INTO t VALUES (2)");
    let second = world.capture("second");
    world.write("third.txt", "third\n");
    std::fs::remove_dir_all(root.join("new")).expect("it is removed");
    world.sql("DELETE FROM t");
    (world, [first, second])
}

/// A worktree beside the repository that it is linked to.
fn linked(main: &World) -> World {
    main.write("a.txt", "zero\n");
    main.commit();
    let work = main.root.with_file_name("linked");
    git(&main.root, &["worktree", "add", "-q", "-b", "other", &work.to_string_lossy()]);
    World::at(&work)
}

#[test]
fn an_unborn_head_and_a_linked_worktree_are_restored_or_untouched_too() {
    // The folder of the repository outlives the worktree's tests.
    let main = World::git();
    let store = || Some(main.root.join(".git"));
    for (name, world) in [("unborn", World::git()), ("linked", linked(&main))] {
        let stand = Stand::over(pair(world), store().filter(|_| name == "linked"));
        let head = std::fs::read(stand.world.root.join(".git")).ok();
        let restore = format!("restore {}", stand.checkpoints[0]);
        for (act, n_points) in [("capture".to_owned(), 3), (restore, 9)] {
            for n in stand.points(&act, n_points) {
                let told = format!("{name}: {act} killed at {n}");
                assert_eq!(end(&stand.world.root, &act, Some((KILL, n))), End::Killed, "{told}");
                let recovered = end(&stand.world.root, "recover", None);
                assert!(matches!(recovered, End::Done(_)), "{told}: {recovered:?}");
                stand.check_restored(1, &told);
                stand.reset();
            }
        }
        stand.check_all(name);
        assert_eq!(std::fs::read(stand.world.root.join(".git")).ok(), head, "{name}");
    }
}

/// Says past the capture of the test runner that something was not tested, so that nobody takes
/// silence for success.
fn skip(what: &str, why: &str) {
    let _ = writeln!(std::io::stderr(), "skipped: {what}: {why}");
}

/// A small disk of its own, gone with this value.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// `None` for a user who may not mount one.
    fn mount(n_kib: u64) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let size = format!("size={n_kib}k");
        #[expect(clippy::disallowed_methods, reason = "nothing else makes a disk that is full")]
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &size, "none"]).arg(folder.path());
        let output = mount.stderr(Stdio::null()).status();
        output.is_ok_and(|it| it.success()).then(|| Self(folder))
    }

    /// Leaves so much of it free.
    fn fill(&self, n_kib_free: u64) {
        let mut file = std::fs::File::create(self.filler()).expect("a file");
        let mut n_bytes = 0_u64;
        while file.write_all(&[7; 4096]).is_ok() {
            n_bytes += 4096;
        }
        file.set_len(n_bytes.saturating_sub(n_kib_free << 10)).expect("it becomes smaller");
    }

    fn empty(&self) {
        std::fs::remove_file(self.filler()).expect("it is there");
    }

    fn filler(&self) -> PathBuf {
        self.0.path().join("filler")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        #[expect(clippy::disallowed_methods, reason = "what was mounted is unmounted")]
        let mut unmount = Command::new("umount");
        let _ = unmount.arg("-l").arg(self.0.path()).status();
    }
}

/// A repository with two states that share nothing, the second of which is on disk; gives the
/// checkpoint of the first, and both states.
fn two_states(root: &Path) -> (World, String, [BTreeMap<String, String>; 2]) {
    std::fs::create_dir(root).expect("a folder");
    let world = World::at(root).with_database();
    git(root, &["init", "-q", "-b", "main"]);
    let text = |seed: u64, n: u64| -> String {
        // Not compressible, or a full disk would not be felt.
        let mut x = seed * 7_919 + n + 1;
        let mut step = || {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            format!("{x:016x}\n")
        };
        (0..200).map(|_| step()).collect()
    };
    let write = |seed: u64| {
        (0..30).for_each(|n| world.write(&format!("sub/{n}.txt"), text(seed, n)));
    };
    write(1);
    world.commit();
    write(2);
    world.sql("CREATE TABLE t (x); INSERT INTO t VALUES (1)");
    let first = world.capture("first");
    let then = world.state();
    write(3);
    world.write("sub/new.txt", text(3, 99));
    world.sql("INSERT INTO t VALUES (randomblob(20000))");
    let now = world.state();
    (world, first, [then, now])
}

#[test]
fn a_disk_that_is_really_full_is_told_and_nothing_is_half() {
    let Some(disk) = SmallDisk::mount(8 << 10) else {
        return skip("a disk that is really full", "this user may not mount one");
    };
    let (world, first, [then, now]) = two_states(&disk.0.path().join("work"));
    let (mut n_failed, mut n_done) = (0, 0);
    for n_kib_free in [0, 8, 24, 48, 96, 144, 192, 256, 384, 512, 768, 1_024, 2_048] {
        for act in [format!("restore {first}"), "capture".to_owned()] {
            disk.fill(n_kib_free);
            let ended = end(&world.root, &act, None);
            disk.empty();
            match ended {
                End::Failed(_) => n_failed += 1,
                End::Done(_) => n_done += 1,
                End::Killed => panic!("{act} with {n_kib_free} KiB was ended by something else"),
            }
            let recovered = end(&world.root, "recover", None);
            assert!(matches!(recovered, End::Done(_)), "{act}, {n_kib_free} KiB: {recovered:?}");
            let found = world.state();
            let told = format!("{act} with {n_kib_free} KiB");
            assert!(found == then || found == now, "{told}: {}", differences(&found, &now, &then));
            if found == then {
                let all = world.open().list().expect("it is read");
                let undo = all.iter().find(|it| it.kind == Kind::BeforeRollback);
                world.restore(undo.expect("there is one").id.as_str());
                assert!(world.state() == now, "{told}: it cannot be undone");
            }
        }
    }
    assert!(n_failed > 2 && n_done > 2, "{n_failed} failed, {n_done} done");
}

/// Nobody, as far as permissions go.
const UNPRIVILEGED: u32 = 65_534;

#[test]
fn a_folder_that_may_not_be_written_is_told_and_nothing_is_half() {
    use std::os::unix::fs::{PermissionsExt as _, chown};
    use std::os::unix::process::CommandExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let is_root = rustix::process::geteuid().is_root();
    let (world, first, [then, now]) = two_states(&folder.path().join("work"));
    if is_root {
        // Permissions mean nothing to root.
        fn give(path: &Path) {
            let _ = chown(path, Some(UNPRIVILEGED), Some(UNPRIVILEGED));
            let is_folder = std::fs::symlink_metadata(path).is_ok_and(|it| it.is_dir());
            if is_folder {
                let all = std::fs::read_dir(path).expect("a folder").flatten();
                all.for_each(|it| give(&it.path()));
            }
        }
        give(folder.path());
    }
    let run = |act: &str| {
        let mut command = command(&world.root, act);
        if is_root {
            command.uid(UNPRIVILEGED).gid(UNPRIVILEGED);
        }
        command.output().map(|it| ended(&String::from_utf8_lossy(&it.stdout)))
    };
    match run("recover") {
        Ok(End::Done(_)) => {}
        other => return skip("a folder that may not be written", &format!("{other:?}")),
    }
    let mode = |path: &str, bits: u32| {
        let permissions = std::fs::Permissions::from_mode(bits);
        std::fs::set_permissions(world.root.join(path), permissions).expect("it is set");
    };
    for path in ["sub", ".git", ".specwright", "."] {
        mode(path, 0o555);
        let ended = run(&format!("restore {first}")).expect("it starts");
        mode(path, 0o755);
        let recovered = run("recover").expect("it starts");
        assert!(matches!(recovered, End::Done(_)), "{path}: {recovered:?}");
        let found = world.state();
        assert!(found == now || found == then, "{path}: {}", differences(&found, &now, &then));
        // What is done in spite of it needed no writing there.
        assert!(matches!(ended, End::Failed(_)) || found == then, "{path}: {ended:?}");
        if found == then {
            let all = world.open().list().expect("it is read");
            let undo = all.iter().find(|it| it.kind == Kind::BeforeRollback);
            let undo = format!("restore {}", undo.expect("there is one").id);
            assert!(matches!(run(&undo).expect("it starts"), End::Done(_)), "{path}");
            assert!(world.state() == now, "{path}: it cannot be undone");
        }
    }
}
