//! What migrations cost: a keystroke with plan and shadow, an apply end to end beside the same
//! statements run by the engine alone, and whole commands beside those of other programs.
//!
//! `cargo bench -p tests --bench migrate` prints; `-- --write` puts the figures into
//! `docs/benchmarks.md`; `-- --ours` leaves the peers out. `scripts/bench-peers` installs them below
//! `target/`; what is not there is left out, and named.
//!
//! Goals: a keystroke within 10 ms at 10 tables and 60 ms at 200; an apply within 25 ms and 250 ms,
//! and without its proof within three times what the engine needs at 200 tables.

mod peers;
mod schema;

use migrate::language::File;
use migrate::run::{self, Described, Event, Options, SpecRef};
use model::AbsPath;
use rusqlite::Connection;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use system::{OsSystem, System};
use tests::measure::{Samples, ms, ratio, table, write_section};
use text::line_index::{Encoding, LineIndex};
use workspace::commands::load;
use workspace::migrations::late::{Database, Depth, Look};
use workspace::{DocumentKey, TextEdit};

const TABLES: [usize; 2] = [10, 200];
const N_EDITS: usize = 40;
const N_APPLIES: usize = 11;

/// What is there before: the backup has something to keep.
const FIRST: &str = "add_table:\n  name: settings\n  columns: [id text pk, value text]\n  rls: deny\n---\nseed: {table: settings, rows: [{id: a, value: b}]}\n";

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |name: &str| arguments.iter().any(|it| it == name);
    let mut rows = Vec::new();
    for n_tables in TABLES {
        rows.extend(keystrokes(n_tables)?);
        rows.push(applies(n_tables)?);
    }
    let header = ["tables", "what", "best", "p50", "p95", "beside the engine alone"];
    let mut body = table(&header, &rows);
    let peers = if has("--ours") { Vec::new() } else { peers::all() };
    let (rows, left_out) = peers::measure(&peers, &TABLES)?;
    body += "\n";
    body += &table(&["program", "tables", "best", "p50", "processor"], &rows);
    if !left_out.is_empty() {
        body += &format!("\nNot measured: {}.\n", left_out.join("; "));
    }
    println!("{body}");
    if has("--write") {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/benchmarks.md");
        write_section(&page, "migrate", &body)?;
    }
    Ok(())
}

fn row(n_tables: usize, what: &str, it: &Samples, beside: String) -> Vec<String> {
    let figures = [ms(it.best()), ms(it.median()), ms(it.percentile(95)), beside];
    [n_tables.to_string(), what.to_owned()].into_iter().chain(figures).collect()
}

/// Letters typed into a migration over a schema of so many tables, and into the file that makes them,
/// each up to the last finding: read, replayed, linted, planned, and run on a shadow there and back.
fn keystrokes(n_tables: usize) -> anyhow::Result<[Vec<String>; 2]> {
    let next = "add_column: {table: t000, column: extra text}\n";
    let files = [("0001_all.yaml", schema::spec(n_tables)), ("0002_next.yaml", next.to_owned())];
    let after = typed(&files, 1, "extra", true)?;
    let within = typed(&files[..1], 0, "score", false)?;
    Ok([
        row(n_tables, "keystroke in a migration after them", &after, String::new()),
        row(n_tables, "keystroke in the file that makes them", &within, String::new()),
    ])
}

fn typed(
    files: &[(&str, String)],
    edited: usize,
    word: &str,
    is_first_applied: bool,
) -> anyhow::Result<Samples> {
    let folder = tempfile::tempdir()?;
    let root = AbsPath::new(&std::fs::canonicalize(folder.path())?).expect("it is absolute");
    let specs = root.as_path().join("forge/migrations");
    std::fs::create_dir_all(&specs)?;
    std::fs::write(root.as_path().join("specwright.toml"), "")?;
    for (name, text) in files {
        std::fs::write(specs.join(name), text)?;
    }
    if is_first_applied {
        let own = root.as_path().join(".specwright");
        std::fs::create_dir_all(&own)?;
        let named = [("0001_all", files[0].1.as_str())];
        apply(&own.join("dev.db"), &own, &named)?;
    }
    let system: Arc<dyn System> = Arc::new(OsSystem::default());
    let mut loaded = load(&system, &root, &[], None).map_err(|it| anyhow::anyhow!("{it}"))?;
    let database = Database::read(&root).map_err(|it| anyhow::anyhow!("{it}"))?;
    let (name, text) = &files[edited];
    let path = AbsPath::new(&specs.join(name)).expect("it is absolute");
    let key = DocumentKey::File(path);
    loaded.workspace.open(key.clone(), 0, text.as_str().into());
    let offset = text.rfind(word).expect("the word is there") + word.len();
    let mut at = LineIndex::new(text).position(offset, Encoding::Utf16);
    let mut samples = Vec::new();
    for version in 1..=N_EDITS {
        let start = Instant::now();
        let edit = TextEdit { range: Some((at, at)), text: "x".to_owned() };
        let version = i32::try_from(version).expect("they are few");
        loaded.workspace.edit(&key, version, &[edit], Encoding::Utf16);
        let snapshot = loaded.workspace.snapshot();
        let set = *snapshot.migrations().first().expect("there are migrations");
        let view = snapshot.view(set).expect("it is there");
        let look = Look {
            view: &view,
            settings: &loaded.settings,
            database: database.as_ref(),
            depth: Depth::Schema,
            stop: Arc::new(|| false),
        };
        let found = look.findings();
        samples.push(start.elapsed());
        anyhow::ensure!(found.is_some(), "nobody stopped it");
        at.column += 1;
    }
    Ok(samples.into_iter().collect())
}

/// One migration that makes all tables, on a database with something in it: read, planned, proven,
/// backed up, run, checked, and told by the ledger.
fn applies(n_tables: usize) -> anyhow::Result<Vec<String>> {
    let spec = schema::spec(n_tables);
    let (mut whole, mut bare, mut raw) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..N_APPLIES {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("dev.db");
        apply(&path, folder.path(), &[("0001_first", FIRST)])?;
        let all = [("0001_first", FIRST), ("0002_all", spec.as_str())];
        let took = apply(&path, folder.path(), &all)?;
        whole.push(took.whole);
        bare.push(took.whole.saturating_sub(took.proof));
        raw.push(alone(&took.described)?);
    }
    let (whole, bare, raw): (Samples, Samples, Samples) =
        (whole.into_iter().collect(), bare.into_iter().collect(), raw.into_iter().collect());
    let beside = format!(
        "{}; without its proof {} ({})",
        ratio(whole.median(), raw.median()),
        ratio(bare.median(), raw.median()),
        ms(raw.median())
    );
    Ok(row(n_tables, "apply, end to end", &whole, beside))
}

struct Took {
    whole: Duration,
    /// The part in which everything is tried on shadows.
    proof: Duration,
    described: Described,
}

fn apply(path: &Path, backups: &Path, specs: &[(&str, &str)]) -> anyhow::Result<Took> {
    let system = OsSystem::default();
    let moments = Mutex::new((None, None));
    let hear = |it: Event<'_>| {
        let mut moments = moments.lock().expect("nobody panics");
        match it {
            Event::Locked => moments.0 = Some(Instant::now()),
            Event::Proven => moments.1 = Some(Instant::now()),
            _ => {}
        }
    };
    let options = Options {
        system: &system,
        backups,
        tool_version: "bench",
        data_ms_max: Options::DATA_MS,
        busy_ms: Options::BUSY_MS,
        hear: &hear,
    };
    let start = Instant::now();
    let files: Vec<File<'_>> = specs.iter().map(|(name, text)| File { name, text }).collect();
    let ledger = run::ledger(path)?;
    let applied = ledger.applied();
    let is_wanted = |name: &str| !applied.iter().any(|it| it.name == name);
    let described = run::describe(&files, &is_wanted)?;
    let refs = described.specs.iter().map(|(name, hash)| SpecRef { name, hash });
    let refs: Vec<SpecRef<'_>> = refs.collect();
    let done = run::apply(path, &refs, &described.migrations, &options)?;
    let whole = start.elapsed();
    anyhow::ensure!(done.len() == described.migrations.len(), "not all of it was applied");
    drop(refs);
    let moments = moments.into_inner().expect("nobody panics");
    let proof = match moments {
        (Some(locked), Some(proven)) => proven - locked,
        _ => Duration::ZERO,
    };
    Ok(Took { whole, proof, described })
}

/// The same tables by the engine alone, in one durable transaction.
fn alone(described: &Described) -> anyhow::Result<Duration> {
    let ddl = run::sqlite_ddl(&described.schema).map_err(|it| anyhow::anyhow!("{it:?}"))?;
    let folder = tempfile::tempdir()?;
    let start = Instant::now();
    let db = Connection::open(folder.path().join("raw.db"))?;
    db.pragma_update(None, "journal_mode", "wal")?;
    db.pragma_update(None, "synchronous", "full")?;
    db.execute_batch(&format!("BEGIN IMMEDIATE; {ddl} COMMIT"))?;
    drop(db);
    Ok(start.elapsed())
}
