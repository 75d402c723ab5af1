//! What checkpoints cost on a large repository, beside what git's own ways cost in the same run.
//!
//! `cargo bench -p tests --bench checkpoint` prints; `-- --write` puts the figures into
//! `docs/benchmarks.md`; `-- --files N` makes a smaller repository than 50,000 files.

use checkpoint::{Capture, Checkpoints, Kind, Options, Restore, Selection};
use model::AbsPath;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use system::OsSystem;
use tests::measure::{table, write_section};

const N_RUNS: usize = 9;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let at = arguments.iter().position(|it| it == "--files");
    let n_files = at.and_then(|it| arguments.get(it + 1)).map_or(Ok(50_000), |it| it.parse())?;
    let folder = tempfile::tempdir()?;
    let root = folder.path().canonicalize()?;
    make(&root, n_files)?;
    dirty(&root, 41)?;
    let mut rows = Vec::new();
    let status = measured(N_RUNS, || git(&root, &["status", "--porcelain"]));
    rows.push(row("`git status`", status, status));
    let stash = measured(N_RUNS, || git(&root, &["stash", "create"]));
    rows.push(row("`git stash create`", stash, status));
    let tree = measured(N_RUNS, || write_tree(&root));
    rows.push(row("copied index, `git add -A && git write-tree`", tree, status));

    let mut n = 0;
    let captured = measured(N_RUNS, || {
        n += 1;
        fs::write(root.join("untracked-0.txt"), format!("run {n}\n")).expect("it is written");
        capture(&root, Kind::Manual);
    });
    rows.push(row("capture, one file changed", captured, status));
    // Until then a file's time may be that of the last look.
    std::thread::sleep(Duration::from_millis(2_500));
    capture(&root, Kind::Automatic);
    let unchanged = measured(N_RUNS, || capture(&root, Kind::Automatic));
    rows.push(row("capture, nothing changed", unchanged, status));

    let restored = measured(3, || restore(&root, 1_500.min(n_files)));
    rows.push(row("restore of 1,500 files, with the capture before it", restored, status));
    let header = ["", "processor time", "wall time", "processor / `git status`"];
    let mut body = table(&header, &rows);
    body += &format!(
        "\nStore growth for 100 captures of a one-line edit: {} KB.\n",
        growth(&root)? / 1000
    );
    println!("{body}");
    if arguments.iter().any(|it| it == "--write") {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/benchmarks.md");
        write_section(&page, "checkpoint", &body)?;
    }
    Ok(())
}

/// Processor time and wall time.
type Cost = (Duration, Duration);

fn row(name: &str, (cpu, wall): Cost, (status, _): Cost) -> Vec<String> {
    let ms = |it: Duration| format!("{:.0} ms", it.as_secs_f64() * 1e3);
    let ratio = cpu.as_secs_f64() / status.as_secs_f64().max(1e-9);
    vec![name.to_owned(), ms(cpu), ms(wall), format!("{ratio:.2}")]
}

/// The least of some runs: others use the machine too.
fn measured(n_runs: usize, mut act: impl FnMut()) -> Cost {
    let mut out = (Duration::MAX, Duration::MAX);
    for _ in 0..n_runs {
        let (cpu, start) = (processor_time(), Instant::now());
        act();
        out.0 = out.0.min(processor_time().saturating_sub(cpu));
        out.1 = out.1.min(start.elapsed());
    }
    out
}

/// Of this process and of those that it waited for.
fn processor_time() -> Duration {
    let text = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = text.rsplit_once(')').map_or("", |it| it.1);
    // utime, stime, cutime and cstime, in hundredths of a second.
    let ticks = fields.split_whitespace().skip(11).take(4).filter_map(|it| it.parse::<u64>().ok());
    Duration::from_millis(ticks.sum::<u64>() * 10)
}

fn git(root: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
    let mut command = Command::new("git");
    let ran = command.args(identity).args(arguments).current_dir(root).output();
    assert!(ran.expect("git is installed").status.success(), "git {arguments:?}");
}

fn write_tree(root: &Path) {
    let index = root.join(".git/copied-index");
    fs::copy(root.join(".git/index"), &index).expect("there is an index");
    for arguments in [&["add", "-A"][..], &["write-tree"]] {
        let mut command = Command::new("git");
        command.env("GIT_INDEX_FILE", &index).args(arguments).current_dir(root);
        assert!(command.output().expect("git is installed").status.success());
    }
}

fn make(root: &Path, n_files: usize) -> anyhow::Result<()> {
    git(root, &["init", "-q"]);
    for n in 0..n_files {
        let folder = root.join(format!("part-{}/group-{}", n / 2_500, n / 50 % 50));
        fs::create_dir_all(&folder)?;
        let line = format!("line of file {n} that is long enough to look like text\n");
        fs::write(folder.join(format!("file-{n}.txt")), line.repeat(20 + n % 150))?;
    }
    git(root, &["add", "-A"]);
    git(root, &["commit", "-qm", "all"]);
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

fn capture(root: &Path, kind: Kind) {
    let system = OsSystem::default();
    let asked = Capture { kind, label: "bench", buffers: &[] };
    open(&system, root).capture(&asked).expect("a checkpoint");
}

/// Changes so many files and goes back to where they were.
fn restore(root: &Path, n_files: usize) {
    let system = OsSystem::default();
    let mut checkpoints = open(&system, root);
    let asked = Capture { kind: Kind::Manual, label: "then", buffers: &[] };
    let target = checkpoints.capture(&asked).expect("a checkpoint").record;
    for n in 0..n_files {
        let file = root.join(format!("part-{}/group-{}/file-{n}.txt", n / 2_500, n / 50 % 50));
        fs::write(file, "changed\n").expect("it is written");
    }
    let selection = Selection::all();
    let asked = Restore { target: &target, selection, buffers: &[], digest: None };
    let restored = checkpoints.restore(&asked).expect("it is restored");
    assert_eq!(restored.paths.len(), n_files);
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
