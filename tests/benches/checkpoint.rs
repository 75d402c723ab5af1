//! What checkpoints cost on a large repository, beside what git's own ways cost in the same run.
//!
//! `cargo bench -p tests --bench checkpoint` prints; `-- --write` puts the figures into
//! `docs/benchmarks.md`; `-- --files N` makes a smaller repository than 50,000 files. Each act is a
//! process of its own below a shell, ours as well as git's, since the shell tells their processor
//! time to more digits than the system tells us.

use checkpoint::{Capture, Checkpoints, Kind, Options, Restore};
use model::AbsPath;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use system::OsSystem;
use tests::measure::{Samples, ms, ratio, table, write_section};

const N_RUNS: usize = 15;
const N_RESTORES: usize = 3;
/// The first argument of the processes that are measured.
const ACT: &str = "--act";
const GIT: &str = "GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.com GIT_COMMITTER_NAME=a \
                   GIT_COMMITTER_EMAIL=a@example.com \"$@\" >/dev/null";
const WRITE_TREE: &str = "cp .git/index .git/copied && export GIT_INDEX_FILE=.git/copied && \
                          git add -A && git write-tree >/dev/null";

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [first, root, act, rest @ ..] = arguments.as_slice()
        && first == ACT
    {
        run(Path::new(root), act, rest);
        return Ok(());
    }
    let at = arguments.iter().position(|it| it == "--files");
    let n_files = at.and_then(|it| arguments.get(it + 1)).map_or(Ok(50_000), |it| it.parse())?;
    let folder = tempfile::tempdir()?;
    let root = folder.path().canonicalize()?;
    make(&root, n_files)?;
    dirty(&root, 41)?;
    // One after the other in each round, so that all have the same neighbours on the machine.
    let mut all: [Costs; 5] = Default::default();
    for n in 0..N_RUNS {
        let [status, stash, tree, changed, unchanged] = &mut all;
        status.add(&root, GIT, &["git", "status", "--porcelain"]);
        stash.add(&root, GIT, &["git", "stash", "create"]);
        tree.add(&root, WRITE_TREE, &[]);
        fs::write(root.join("untracked-0.txt"), format!("run {n}\n"))?;
        changed.add_own(&root, &["manual"]);
        // Until then a file's time may be that of the last look.
        std::thread::sleep(Duration::from_millis(2_500));
        capture(&root, Kind::Automatic);
        unchanged.add_own(&root, &["automatic"]);
    }
    let [status, stash, tree, changed, unchanged] = &all;
    let (mut restored, mut git_restored) = (Costs::default(), Costs::default());
    for _ in 0..N_RESTORES {
        change(&root, 1_500.min(n_files));
        wait_for_numbers();
        git_restored.add(&root, GIT, &["git", "restore", "."]);
        let target = change(&root, 1_500.min(n_files));
        wait_for_numbers();
        restored.add_own(&root, &["restore", &target]);
    }
    let rows = [
        row("`git status`", status, status, ""),
        row("`git stash create`", stash, status, ""),
        row("copied index, `git add -A && git write-tree`", tree, status, ""),
        row("capture, one file changed", changed, status, "1.3 ×"),
        row("capture, nothing changed", unchanged, status, "1 ×"),
        row("`git restore` of 1,500 files", &git_restored, status, ""),
        row("restore of 1,500 files, with the capture before it", &restored, status, "500 ms"),
    ];
    let header = ["", "processor, ms", "wall, ms", "processor / `git status`", "goal"];
    let mut body = table(&header, &rows);
    body += &format!(
        "\nStore growth for 100 captures of a one-line edit: {} KB (goal: 1,000 KB).\n",
        growth(&root)? / 1000
    );
    println!("{body}");
    if arguments.iter().any(|it| it == "--write") {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/benchmarks.md");
        write_section(&page, "checkpoint", &body)?;
    }
    Ok(())
}

/// Processor times and wall times of the same act.
#[derive(Default)]
struct Costs {
    cpu: Vec<Duration>,
    wall: Vec<Duration>,
}

impl Costs {
    /// Runs a line of a shell, with `arguments` as its own.
    fn add(&mut self, root: &Path, line: &str, arguments: &[&str]) {
        let mut command = Command::new("bash");
        command.args(["-c", &format!("{line}; times"), "bash"]).args(arguments);
        let start = Instant::now();
        let output = command.current_dir(root).output().expect("there is a shell");
        self.wall.push(start.elapsed());
        assert!(output.status.success(), "{line} {arguments:?}");
        let text = String::from_utf8_lossy(&output.stdout);
        // The shell's own time first, then that of its children: `0m0.120s 0m0.034s`.
        let last = text.lines().last().expect("the shell tells the times");
        self.cpu.push(last.split_whitespace().map(time).sum());
    }

    fn add_own(&mut self, root: &Path, act: &[&str]) {
        let own = std::env::current_exe().expect("we know where we are");
        let (own, folder) = (own.to_string_lossy(), root.to_string_lossy());
        let own = [&*own, ACT, &*folder];
        self.add(root, GIT, &[own.as_slice(), act].concat());
    }
}

/// `0m0.120s`
fn time(text: &str) -> Duration {
    let (minutes, seconds) = text.trim_end_matches('s').split_once('m').expect("minutes first");
    let minutes: f64 = minutes.parse().expect("a number");
    let seconds: f64 = seconds.parse().expect("a number");
    Duration::from_secs_f64(minutes * 60.0 + seconds)
}

fn median(times: &[Duration]) -> Duration {
    times.iter().copied().collect::<Samples>().median()
}

fn row(name: &str, costs: &Costs, status: &Costs, goal: &str) -> Vec<String> {
    let (cpu, wall) = (median(&costs.cpu), median(&costs.wall));
    let ratio = ratio(cpu, median(&status.cpu));
    vec![name.to_owned(), ms(cpu), ms(wall), ratio, goal.to_owned()]
}

fn git(root: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
    let mut command = Command::new("git");
    let ran = command.args(identity).args(arguments).current_dir(root).output();
    assert!(ran.expect("git is installed").status.success(), "git {arguments:?}");
}

fn make(root: &Path, n_files: usize) -> anyhow::Result<()> {
    git(root, &["init", "-q"]);
    // Git packs so many files sooner or later: now, and not while something is measured.
    git(root, &["config", "gc.auto", "0"]);
    git(root, &["config", "maintenance.auto", "false"]);
    for n in 0..n_files {
        let folder = root.join(format!("part-{}/group-{}", n / 2_500, n / 50 % 50));
        fs::create_dir_all(&folder)?;
        let line = format!("line of file {n} that is long enough to look like text\n");
        fs::write(folder.join(format!("file-{n}.txt")), line.repeat(20 + n % 150))?;
    }
    git(root, &["add", "-A"]);
    git(root, &["commit", "-qm", "all"]);
    git(root, &["gc", "-q"]);
    Ok(())
}

fn dirty(root: &Path, n: usize) -> anyhow::Result<()> {
    for n in 0..n {
        fs::write(root.join(format!("untracked-{n}.txt")), format!("untracked {n}\n"))?;
    }
    Ok(())
}

fn open<'a>(system: &'a OsSystem, root: &Path) -> Checkpoints<'a> {
    let root = AbsPath::new(root).expect("it is absolute");
    Checkpoints::open(system, &root, Options::default()).expect("it opens")
}

fn capture(root: &Path, kind: Kind) -> String {
    let system = OsSystem::default();
    let asked = Capture { kind, label: "bench", buffers: &[] };
    open(&system, root).capture(&asked).expect("a checkpoint").record.id.to_string()
}

/// A file system without a journal does not use the numbers of removed files again within a minute,
/// and looks at all of them for each new file.
fn wait_for_numbers() {
    std::thread::sleep(Duration::from_secs(61));
}

/// Changes so many files; gives the checkpoint from before.
fn change(root: &Path, n_files: usize) -> String {
    let target = capture(root, Kind::Manual);
    for n in 0..n_files {
        let file = root.join(format!("part-{}/group-{}/file-{n}.txt", n / 2_500, n / 50 % 50));
        fs::write(file, "changed\n").expect("it is written");
    }
    target
}

/// What one of the measured processes does.
fn run(root: &Path, act: &str, rest: &[String]) {
    match (act, rest) {
        ("manual", []) => drop(capture(root, Kind::Manual)),
        ("automatic", []) => drop(capture(root, Kind::Automatic)),
        ("restore", [id]) => {
            let system = OsSystem::default();
            let mut checkpoints = open(&system, root);
            let target = checkpoints.find(id).expect("it is there");
            let restored = checkpoints.restore(&Restore::all(&target)).expect("it is restored");
            assert!(!restored.paths.is_empty() && restored.kept.is_empty());
        }
        other => panic!("no such act: {other:?}"),
    }
}

fn growth(root: &Path) -> anyhow::Result<u64> {
    let file = root.join("part-0/group-0/file-0.txt");
    let system = OsSystem::default();
    let store = open(&system, root).folder().to_owned();
    let size = || -> anyhow::Result<u64> {
        let mut out = 0;
        for it in fs::read_dir(&store)?.flatten() {
            out += it.metadata()?.len();
        }
        Ok(out)
    };
    capture(root, Kind::Manual);
    let before = size()?;
    let text = fs::read_to_string(&file)?;
    for n in 0..100 {
        fs::write(&file, format!("{text}edit {n}\n"))?;
        capture(root, Kind::Manual);
    }
    Ok(size()?.saturating_sub(before))
}
