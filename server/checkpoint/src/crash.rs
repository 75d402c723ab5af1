//! Ends processes in the middle of their work, and lets the disk fail under them.
//!
//! Every act is ended before and after its effects, in every kind of repository: by default at a few
//! points of each, with `SPECWRIGHT_TEST_EXHAUSTIVE=1` at every one.
//!
//! ```sh
//! SPECWRIGHT_TEST_EXHAUSTIVE=1 cargo test -p checkpoint crash -- --nocapture
//! ```

use crate::effect::points;
use crate::tests::{World, crooked, crooked_unborn, crooked_worktree, git, kept_by_git};
use crate::{Capture, Kind, Restore, Retention, TreePath};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const ROOT: &str = "SPECWRIGHT_TEST_ROOT";
const ACT: &str = "SPECWRIGHT_TEST_ACT";
const LIMITS: &str = "SPECWRIGHT_TEST_LIMITS";
const EXHAUSTIVE: &str = "SPECWRIGHT_TEST_EXHAUSTIVE";

#[expect(clippy::disallowed_methods, reason = "the parent talks to it through the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Not a test of its own: the process that the tests below start and end.
#[test]
#[ignore = "it is started by the other tests"]
fn child() {
    let (Some(root), Some(act)) = (variable(ROOT), variable(ACT)) else { return };
    for it in variable(LIMITS).unwrap_or_default().split(',').filter(|it| !it.is_empty()) {
        let (what, at) = it.split_once(' ').expect("what, and at which point");
        let numbers: Vec<u64> = at.split(' ').map(|it| it.parse().expect("a number")).collect();
        match (what, numbers.as_slice()) {
            ("kill", [n]) => points::kill_at(*n),
            ("pause", [n]) => points::pause_at(*n),
            ("full", [n, n_effects]) => points::fail_from(*n, *n_effects, false),
            ("denied", [n, n_effects]) => points::fail_from(*n, *n_effects, true),
            other => panic!("no such limit: {other:?}"),
        }
    }
    let world = World::at(Path::new(&root)).with_database();
    match run(&world, &act) {
        Ok(()) => println!("done {}", points::n_passed()),
        Err(error) => println!("failed {} {error:?}", points::n_passed()),
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
            checkpoints.restore(&Restore::all(&target)).map(drop)
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
    /// After so many points.
    Failed(u64, String),
    Done(u64),
}

#[expect(clippy::disallowed_methods, reason = "a test starts itself")]
fn command(root: &Path, act: &str, limits: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("a test knows where it runs"));
    command.args(["--exact", "crash::child", "--ignored", "--nocapture"]);
    command.env(ROOT, root).env(ACT, act).env(LIMITS, limits).stderr(Stdio::null());
    command
}

fn end(root: &Path, act: &str, limits: &str) -> End {
    let output = command(root, act, limits).output().expect("it starts");
    ended(&String::from_utf8_lossy(&output.stdout))
}

fn ended(text: &str) -> End {
    for line in text.lines() {
        if let Some((_, n)) = line.split_once("done ") {
            return End::Done(n.trim().parse().expect("a number"));
        }
        if let Some((_, rest)) = line.split_once("failed ") {
            let (n, error) = rest.split_once(' ').expect("a number and an error");
            return End::Failed(n.parse().expect("a number"), error.to_owned());
        }
    }
    End::Killed
}

/// A world that is brought back to its beginning for each end, at the same place.
struct Stand {
    name: &'static str,
    world: World,
    /// Folders with their copies from the beginning.
    pristine: Vec<(PathBuf, PathBuf)>,
    checkpoints: [String; 2],
    /// Of the folder at the beginning and at both checkpoints.
    states: [BTreeMap<String, String>; 3],
    /// Git's folder, and what is in it.
    git: (PathBuf, BTreeMap<String, String>),
}

fn copy(from: &Path, to: &Path) {
    #[expect(clippy::disallowed_methods, reason = "nothing else keeps links, modes and times")]
    let done = Command::new("cp").arg("-a").arg(from).arg(to).status().expect("cp runs");
    assert!(done.success());
}

impl Stand {
    fn new(name: &'static str, made: (World, [String; 2])) -> Self {
        let git = made.0.root.join(".git");
        Self::beside(name, made, git)
    }

    /// `git` is git's folder, which need not be in the world's own.
    fn beside(name: &'static str, made: (World, [String; 2]), git: PathBuf) -> Self {
        let (world, checkpoints) = made;
        let outside = Some(git.clone()).filter(|it| !it.starts_with(&world.root));
        let folders = [world.root.clone()].into_iter().chain(outside);
        let copy_of = |n: usize, it: &PathBuf| it.with_file_name(format!("pristine-{n}"));
        let pristine: Vec<_> =
            folders.enumerate().map(|(n, it)| (it.clone(), copy_of(n, &it))).collect();
        pristine.iter().for_each(|(folder, pristine)| copy(folder, pristine));
        let states = [world.state(), BTreeMap::new(), BTreeMap::new()];
        let git = (git.clone(), kept_by_git(&git));
        let mut stand = Self { name, world, pristine, checkpoints, states, git };
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

    fn end(&self, act: &str, limits: &str) -> End {
        end(&self.world.root, act, limits)
    }

    fn must_be_done(&self, act: &str, told: &str) -> u64 {
        match self.end(act, "") {
            End::Done(n) => n,
            other => panic!("{told}: {act}: {other:?}"),
        }
    }

    /// Stops `act` at some points, from the beginning each time, in each of the ways or in one after
    /// the other, and looks; gives how often.
    fn each(&self, act: &str, (ways, n): (&[&str], u64), mut look: impl FnMut(&str)) -> usize {
        let n_points = self.must_be_done(act, self.name);
        self.reset();
        assert!(n_points > n, "{act}: {n_points} points are too few to mean something");
        let points = chosen(1..=n_points, n);
        let all = points.iter().enumerate().flat_map(|(nth, n)| {
            let is_meant = move |it: &usize| is_exhaustive() || *it == nth % ways.len();
            (0..ways.len()).filter(is_meant).map(move |it| (ways[it], *n))
        });
        let mut n_stopped = 0;
        for (way, n) in all {
            // A disk that fails does so for longer than any one act needs.
            let limit = if way == KILL { format!("kill {n}") } else { format!("{way} {n} 3") };
            let ended = self.end(act, &limit);
            let told = format!("{}: {act}, {limit}: {ended:?}", self.name);
            assert_eq!(ended == End::Killed, way == KILL, "{told}");
            look(&told);
            assert!(kept_by_git(&self.git.0) == self.git.1, "{told}: git is told of it");
            self.reset();
            n_stopped += 1;
        }
        n_stopped
    }

    /// The folder is as it was before or as the target has it, and what was before is not lost.
    fn check_restored(&self, target: usize, told: &str) -> bool {
        self.must_be_done("recover", told);
        let now = self.world.state();
        let is_target = now == self.states[target];
        assert!(
            is_target || now == self.states[0],
            "{told}: {}",
            differences(&now, &self.states[0], &self.states[target])
        );
        let left = std::fs::read_dir(self.world.root.join(".specwright")).expect("it is there");
        let left: Vec<_> = left.flatten().map(|it| it.file_name()).collect();
        assert!(
            !left.iter().any(|it| it.to_string_lossy().starts_with("restore-")),
            "{told}: {left:?}"
        );
        if is_target {
            let all = self.world.open().list().expect("it is read");
            let before = all.iter().find(|it| it.kind == Kind::BeforeRollback);
            self.world.restore(before.expect("there is one").id.as_str());
            assert!(self.world.state() == self.states[0], "{told}: it cannot be undone");
        }
        is_target
    }

    /// The folder is as it was, every checkpoint that is listed can be restored, and git is content.
    fn check_all(&self, told: &str) {
        assert!(self.world.state() == self.states[0], "{told}: the folder changed");
        let mut way_back = None;
        for record in self.world.open().list().expect("it is read") {
            let restored = self.world.restore(record.id.as_str());
            way_back = way_back.or(restored.before);
            let known = self.checkpoints.iter().position(|it| *it == record.id.as_str());
            let is_whole =
                |n: usize| apart(self.world.state()) == apart(self.states[n + 1].clone());
            assert!(known.is_none_or(is_whole), "{told}: {} is not whole", record.label);
        }
        git(&self.world.root, &["fsck", "--no-dangling"]);
        if let Some(it) = way_back {
            self.world.restore(it.id.as_str());
        }
        assert!(self.world.state() == self.states[0], "{told}: there is no way back");
    }

    /// Every act, ended anywhere in it.
    fn check(&self) {
        self.restores();
        self.recoveries();
        self.ways_back();
        self.others();
    }

    /// Restores are finished or did not happen.
    fn restores(&self) {
        let act = format!("restore {}", self.checkpoints[0]);
        let (mut n_finished, mut n_untouched) = (0, 0);
        self.each(&act, (&[KILL], 9), |told| match self.check_restored(1, told) {
            true => n_finished += 1,
            false => n_untouched += 1,
        });
        tell(&format!(
            "{}: {n_finished} killed restores finished, {n_untouched} not begun",
            self.name
        ));
        assert!(
            n_finished > 0 && n_untouched > 0,
            "{n_finished} finished, {n_untouched} untouched"
        );
        let act = format!("restore {}", self.checkpoints[1]);
        let n = self.each(&act, (&FAULTS, 6), |told| {
            self.check_restored(2, told);
        });
        tell(&format!("{}: {n} restores on a disk that fails", self.name));
    }

    /// Recoveries of restores that were killed in each part of their way, and are killed too.
    fn recoveries(&self) {
        let act = format!("restore {}", self.checkpoints[0]);
        let n_points = self.must_be_done(&act, self.name);
        self.reset();
        let mut n_killed = 0;
        for first in spread(n_points / 4..=n_points - 1, if is_exhaustive() { 8 } else { 3 }) {
            let kill = || assert_eq!(self.end(&act, &format!("kill {first}")), End::Killed);
            kill();
            let n_recovery = self.must_be_done("recover", self.name);
            self.reset();
            for second in chosen(1..=n_recovery, 2) {
                kill();
                let told = format!("{}: killed at {first}, its recovery at {second}", self.name);
                assert_eq!(self.end("recover", &format!("kill {second}")), End::Killed, "{told}");
                self.check_restored(1, &told);
                self.reset();
                n_killed += 1;
            }
        }
        tell(&format!("{}: {n_killed} recoveries killed", self.name));
        assert!(n_killed > 0, "there was nothing to recover");
    }

    /// Restores that cannot go on, and are killed while they take back what they did.
    fn ways_back(&self) {
        let act = format!("restore {}", self.checkpoints[1]);
        let n_points = self.must_be_done(&act, self.name);
        self.reset();
        let mut n_killed = 0;
        for first in spread(n_points / 2..=n_points - 1, if is_exhaustive() { 8 } else { 3 }) {
            let fault = |n: u64| {
                let limit = format!("full {n} 1");
                let ended = self.end(&act, &limit);
                self.reset();
                match ended {
                    End::Failed(n_passed, _) => Some((limit, n + 1..=n_passed)),
                    // Every other point is behind an effect, and some effects are of no consequence.
                    _ => None,
                }
            };
            let Some((limit, points)) = (first..n_points).find_map(fault) else { continue };
            for second in chosen(points, 2) {
                let told = format!("{}: {limit}, killed at {second}", self.name);
                let limits = format!("{limit},kill {second}");
                assert_eq!(self.end(&act, &limits), End::Killed, "{told}");
                self.check_restored(2, &told);
                self.reset();
                n_killed += 1;
            }
        }
        tell(&format!("{}: {n_killed} ways back killed", self.name));
        assert!(n_killed > 0, "no restore was taken back");
    }

    /// The others leave whole checkpoints, and the folder as it is.
    fn others(&self) {
        for (act, n_default) in [("capture", 4), ("prune", 3), ("forget big.bin", 3)] {
            let look = |told: &str| {
                self.check_all(told);
                self.must_be_done(act, told);
                self.check_all(&format!("{told}, and done again"));
            };
            let n_killed = self.each(act, (&[KILL], n_default), look);
            let n_failed = self.each(act, (&FAULTS, 2), look);
            tell(&format!(
                "{}: {act}: {n_killed} killed, {n_failed} on a disk that fails",
                self.name
            ));
        }
    }
}

/// For whoever asked for `--nocapture`: how much was tried.
fn tell(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

const KILL: &str = "kill";
/// How a disk fails: as one that is full, and as one of others.
const FAULTS: [&str; 2] = ["full", "denied"];

fn is_exhaustive() -> bool {
    variable(EXHAUSTIVE).is_some()
}

/// All points, or by default so many of them.
fn chosen(points: RangeInclusive<u64>, n_default: u64) -> Vec<u64> {
    if is_exhaustive() { points.collect() } else { spread(points, n_default) }
}

/// Another choice on each run would find more, and could not be repeated.
fn spread(points: RangeInclusive<u64>, n: u64) -> Vec<u64> {
    let (start, n_points) = (*points.start(), points.count() as u64);
    let mut out: Vec<u64> = (0..n.min(n_points)).map(|it| start + it * n_points / n).collect();
    out.dedup();
    out
}

/// A state without what one of the acts forgets.
fn apart(mut state: BTreeMap<String, String>) -> BTreeMap<String, String> {
    state.remove("big.bin");
    state
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

/// Two checkpoints and a third state, each over another commit.
fn moved() -> (World, [String; 2]) {
    let world = World::git().with_database();
    let root = &world.root;
    world.write("a.txt", "one\n");
    world.write("big.bin", [0, 1]);
    world.write("dir/b.txt", "two\n");
    world.commit();
    world.write("untracked.txt", "one\n");
    world.sql("CREATE TABLE t (x); INSERT INTO t VALUES (1)");
    let first = world.capture("first");
    world.write("a.txt", "changed\n");
    std::fs::remove_dir_all(root.join("dir")).expect("it is removed");
    world.write("dir", "a file now\n");
    world.write("new/c.txt", "new\n");
    world.commit();
    world.write("big.bin", [2, 3]);
    world.sql("INSERT INTO t VALUES (2)");
    let second = world.capture("second");
    world.write("third.txt", "third\n");
    std::fs::remove_dir_all(root.join("new")).expect("it is removed");
    world.commit();
    world.sql("DELETE FROM t");
    (world, [first, second])
}

#[test]
fn in_a_crooked_folder_every_act_can_end_anywhere() {
    Stand::new("crooked", crooked()).check();
}

#[test]
fn before_the_first_commit_every_act_can_end_anywhere() {
    Stand::new("unborn", crooked_unborn()).check();
}

#[test]
fn in_a_linked_worktree_every_act_can_end_anywhere() {
    let main = World::git();
    Stand::beside("worktree", crooked_worktree(&main), main.root.join(".git")).check();
}

#[test]
fn between_commits_every_act_can_end_anywhere() {
    Stand::new("commits", moved()).check();
}

#[test]
fn what_somebody_edits_during_a_restore_is_not_lost() {
    let stand = Stand::new("edited", crooked());
    let act = format!("restore {}", stand.checkpoints[0]);
    let n_points = stand.must_be_done(&act, "edited");
    stand.reset();
    let mut n_late = 0;
    for nth in 4..10 {
        let pause = format!("pause {}", n_points * nth / 10);
        let mut command = command(&stand.world.root, &act, &pause);
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
            let ended = end(&world.root, &act, "");
            disk.empty();
            match ended {
                End::Failed(..) => n_failed += 1,
                End::Done(_) => n_done += 1,
                End::Killed => panic!("{act} with {n_kib_free} KiB was ended by something else"),
            }
            let recovered = end(&world.root, "recover", "");
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
        let mut command = command(&world.root, act, "");
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
        assert!(matches!(ended, End::Failed(..)) || found == then, "{path}: {ended:?}");
        if found == then {
            let all = world.open().list().expect("it is read");
            let undo = all.iter().find(|it| it.kind == Kind::BeforeRollback);
            let undo = format!("restore {}", undo.expect("there is one").id);
            assert!(matches!(run(&undo).expect("it starts"), End::Done(_)), "{path}");
            assert!(world.state() == now, "{path}: it cannot be undone");
        }
    }
}
