//! Whole commands, each a process on a fresh SQLite file, from its start to its end.

use crate::schema;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tests::measure::{Samples, ms};

/// A run that took this long is not made again.
const LONG: Duration = Duration::from_secs(5);
const N_RUNS: usize = 7;

/// A program that brings a schema to a database.
pub(crate) struct Peer {
    name: &'static str,
    program: PathBuf,
    arguments: &'static [&'static str],
    files: fn(usize) -> Vec<(&'static str, String)>,
}

fn ours() -> Peer {
    Peer {
        name: "specwright migrate apply",
        program: tests::binary::specwright().to_owned(),
        arguments: &["migrate", "apply", "--yes", "--override", "benchmark"],
        files: |n_tables| {
            vec![
                ("specwright.toml", String::new()),
                ("forge/migrations/0001_all.yaml", schema::spec(n_tables)),
            ]
        },
    }
}

/// The others, installed or not.
pub(crate) fn all() -> Vec<Peer> {
    let folder = tests::binary::root().join("target/bench-peers");
    let python = folder.join("python/bin");
    vec![
        Peer {
            name: "drizzle-kit migrate",
            program: folder.join("node/node_modules/.bin/drizzle-kit"),
            arguments: &["migrate"],
            files: drizzle,
        },
        Peer {
            name: "alembic upgrade",
            program: python.join("alembic"),
            arguments: &["upgrade", "head"],
            files: alembic,
        },
        Peer {
            name: "Django migrate",
            program: python.join("django-admin"),
            arguments: &["migrate", "--settings=settings", "--pythonpath=.", "--verbosity=0"],
            files: django,
        },
    ]
}

fn drizzle(n_tables: usize) -> Vec<(&'static str, String)> {
    let config = r#"{"dialect": "sqlite", "out": "./drizzle", "schema": "./schema.js", "dbCredentials": {"url": "file:dev.db"}}"#;
    let journal = r#"{"version": "7", "dialect": "sqlite", "entries": [{"idx": 0, "version": "6", "when": 1700000000000, "tag": "0000_all", "breakpoints": true}]}"#;
    let sql = schema::statements(n_tables).join(";\n--> statement-breakpoint\n");
    vec![
        ("drizzle.config.json", config.to_owned()),
        ("schema.js", "module.exports = {}\n".to_owned()),
        ("drizzle/meta/_journal.json", journal.to_owned()),
        ("drizzle/0000_all.sql", sql + ";\n"),
    ]
}

fn alembic(n_tables: usize) -> Vec<(&'static str, String)> {
    let ini = "[alembic]\nscript_location = .\nsqlalchemy.url = sqlite:///dev.db\n";
    let env = "from alembic import context\nimport sqlalchemy as sa\n\
        engine = sa.create_engine(context.config.get_main_option('sqlalchemy.url'))\n\
        with engine.connect() as connection:\n    context.configure(connection=connection)\n    \
        with context.begin_transaction():\n        context.run_migrations()\n";
    vec![
        ("alembic.ini", ini.to_owned()),
        ("env.py", env.to_owned()),
        ("versions/0001_all.py", schema::alembic(n_tables)),
    ]
}

fn django(n_tables: usize) -> Vec<(&'static str, String)> {
    let settings = "SECRET_KEY = 'x'\nUSE_TZ = True\nINSTALLED_APPS = ['shop']\n\
        DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': 'dev.db'}}\n";
    vec![
        ("settings.py", settings.to_owned()),
        ("shop/__init__.py", String::new()),
        ("shop/models.py", schema::django_models(n_tables)),
        ("shop/migrations/__init__.py", String::new()),
        ("shop/migrations/0001_initial.py", schema::django_migration(n_tables)),
    ]
}

/// Rows of figures, and what was left out.
pub(crate) fn measure(
    peers: &[Peer],
    sizes: &[usize],
) -> anyhow::Result<(Vec<Vec<String>>, Vec<String>)> {
    let (mut rows, mut left_out) = (Vec::new(), Vec::new());
    for peer in std::iter::once(&ours()).chain(peers) {
        if !peer.program.is_file() {
            eprintln!("skipped: {} is not installed; run scripts/bench-peers", peer.name);
            left_out.push(format!("{} is not installed", peer.name));
            continue;
        }
        for n_tables in sizes {
            match times(peer, *n_tables) {
                Ok((wall, processor)) => rows.push(vec![
                    peer.name.to_owned(),
                    n_tables.to_string(),
                    ms(wall.best()),
                    ms(wall.median()),
                    processor.map_or_else(String::new, |it| ms(it.best())),
                ]),
                Err(error) => {
                    left_out.push(format!("{} with {n_tables} tables: {error}", peer.name));
                }
            }
        }
    }
    Ok((rows, left_out))
}

fn times(peer: &Peer, n_tables: usize) -> anyhow::Result<(Samples, Option<Samples>)> {
    let (mut wall, mut processor) = (Vec::new(), Vec::new());
    for _ in 0..N_RUNS {
        let folder = tempfile::tempdir()?;
        for (name, text) in (peer.files)(n_tables) {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("it is in the folder"))?;
            std::fs::write(path, text)?;
        }
        let (took, used) = run(peer, folder.path())?;
        let made = made(folder.path())?;
        anyhow::ensure!(made >= n_tables, "it made {made} tables only");
        wall.push(took);
        processor.extend(used);
        if took > LONG {
            break;
        }
    }
    let processor = (!processor.is_empty()).then(|| processor.into_iter().collect());
    Ok((wall.into_iter().collect(), processor))
}

fn run(peer: &Peer, folder: &Path) -> anyhow::Result<(Duration, Option<Duration>)> {
    let home = tempfile::tempdir()?;
    let mut command = Command::new(&peer.program);
    command.args(peer.arguments).current_dir(folder).env("HOME", home.path());
    command.env("XDG_STATE_HOME", home.path()).env("NO_COLOR", "1");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let (start, used) = (Instant::now(), of_children());
    let output = command.output()?;
    let took = start.elapsed();
    let used = used.zip(of_children()).map(|(before, after)| after.saturating_sub(before));
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        anyhow::bail!("it failed: {}", said.lines().last().unwrap_or_default());
    }
    Ok((took, used))
}

/// How many tables a run made, whatever the file is called.
fn made(folder: &Path) -> anyhow::Result<usize> {
    let file = [".specwright/dev.db", "dev.db"].map(|it| folder.join(it));
    let file = file.into_iter().find(|it| it.is_file());
    let file = file.ok_or_else(|| anyhow::anyhow!("it made no database"))?;
    let db = rusqlite::Connection::open(file)?;
    let sql = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND (name LIKE '%users' OR name GLOB '*t[0-9][0-9][0-9]')";
    let n_tables: i64 = db.query_row(sql, (), |row| row.get(0))?;
    Ok(usize::try_from(n_tables)?)
}

/// Processor time of the ended children of this process, in steps of 10 ms; `None` where the system
/// does not tell.
fn of_children() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: u64 = fields.get(13)?.parse::<u64>().ok()? + fields.get(14)?.parse::<u64>().ok()?;
    Some(Duration::from_millis(ticks * 10))
}
