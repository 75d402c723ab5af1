//! A folder of a thousand specs: how long until all are known, what they weigh, and how quiet the
//! server is after that.

use crate::client::{Client, now};
use crate::figures::{initialize, proc_value, status_value};
use crate::subject::Mode;
use anyhow::Context as _;
use serde_json::json;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tests::measure::{Samples, ms, ratio, table};
use tests::specs;

const N_SPECS: usize = 1000;
const IDLE: Duration = Duration::from_secs(10);
const CHECKS: usize = 5;

pub fn report(binary: &Path) -> anyhow::Result<String> {
    let folder = TempDir::new().context("make a folder for the specs")?;
    let mut bytes = 0;
    for index in 0..N_SPECS {
        let text = specs::small(index);
        bytes += text.len();
        let place = folder.path().join(format!("specs/{:02}", index / 50));
        std::fs::create_dir_all(&place).context("make a folder for specs")?;
        std::fs::write(place.join(format!("{index:04}.md")), text).context("write a spec")?;
    }
    eprintln!("measuring a folder of {N_SPECS} specs, {} KB", bytes / 1000);
    let read: Samples =
        (0..CHECKS).map(|_| read_all(folder.path())).collect::<anyhow::Result<_>>()?;
    let check: Samples =
        (0..CHECKS).map(|_| check(binary, folder.path())).collect::<anyhow::Result<_>>()?;
    let (scan, resident_kb, idle) = serve(binary, &folder)?;
    let rows = [
        ("read every byte, for comparison", ms(read.median()), String::new()),
        (
            "`specwright check`, start to end",
            ms(check.median()),
            format!("{} reading", ratio(check.median(), read.median())),
        ),
        (
            "language server: start to all specs pulled",
            ms(scan),
            format!("{} reading", ratio(scan, read.median())),
        ),
    ];
    let rows: Vec<Vec<String>> =
        rows.into_iter().map(|(what, ms, ratio)| vec![what.to_owned(), ms, ratio]).collect();
    let mut out = table(&["1,000 specs", "ms", "ratio"], &rows);
    out += format!(
        "\nThe specs have {} KB. The server then holds {:.0} MB resident. Over {} s without a \
         message its threads woke up {:.1} times a second and wrote {} bytes to disk.\n",
        bytes / 1000,
        resident_kb as f64 / 1024.0,
        IDLE.as_secs(),
        idle.wake_ups as f64 / IDLE.as_secs_f64(),
        idle.written_bytes,
    )
    .as_str();
    Ok(out)
}

struct Idle {
    wake_ups: u64,
    written_bytes: u64,
}

fn read_all(folder: &Path) -> anyhow::Result<Duration> {
    let start = now();
    for place in std::fs::read_dir(folder.join("specs"))? {
        for file in std::fs::read_dir(place?.path())? {
            std::hint::black_box(std::fs::read(file?.path())?);
        }
    }
    Ok(start.elapsed())
}

#[expect(clippy::disallowed_methods, reason = "the harness is outside the program")]
fn check(binary: &Path, folder: &Path) -> anyhow::Result<Duration> {
    let start = now();
    let status = Command::new(binary)
        .args(["check", "."])
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .context("start `specwright check`")?;
    let took = start.elapsed();
    anyhow::ensure!(matches!(status.code(), Some(0 | 1)), "`specwright check` failed: {status}");
    Ok(took)
}

fn serve(binary: &Path, folder: &TempDir) -> anyhow::Result<(Duration, u64, Idle)> {
    let command = [binary.display().to_string(), "lsp".to_owned()];
    let mut client = Client::spawn(&command)?;
    let root = format!("file://{}", folder.path().display());
    client.call("initialize", initialize(&root, Mode::Pull))?;
    client.notify("initialized", json!({}))?;
    let mut scan = Duration::ZERO;
    let mut n_reports = 0;
    // The first pull may be answered with what is known so far.
    while n_reports < N_SPECS && client.spawned.elapsed() < Duration::from_secs(60) {
        let (_, result) =
            client.call("workspace/diagnostic", json!({ "previousResultIds": [] }))?;
        n_reports = result["items"].as_array().map_or(0, Vec::len);
        scan = client.spawned.elapsed();
        std::thread::sleep(Duration::from_millis(1));
    }
    anyhow::ensure!(n_reports >= N_SPECS, "the server knows {n_reports} of {N_SPECS} specs");
    client.drain(Duration::from_secs(2));
    let resident_kb = status_value(client.pid(), "VmRSS:")?;
    let pid = client.pid();
    let (switches, written) = (context_switches(pid)?, written_bytes(pid)?);
    std::thread::sleep(IDLE);
    let (switches_after, written_after) = (context_switches(pid)?, written_bytes(pid)?);
    client.stop()?;
    // A thread that ended meanwhile has woken up to do so; one that began was there for none of it.
    let woken = switches_after.iter().map(|(thread, n)| n - switches.get(thread).unwrap_or(n));
    let idle = Idle {
        wake_ups: woken.sum::<u64>() + ended(&switches, &switches_after),
        written_bytes: written_after - written,
    };
    Ok((scan, resident_kb, idle))
}

/// How often each thread of a process gave up its core by itself, by the thread's id.
fn context_switches(pid: u32) -> anyhow::Result<BTreeMap<OsString, u64>> {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).context("list the threads")?;
    threads
        .map(|thread| {
            let thread = thread?;
            let status = thread.path().join("status").display().to_string();
            Ok((thread.file_name(), proc_value(&status, "voluntary_ctxt_switches:")?))
        })
        .collect()
}

/// How many threads of `before` are gone.
fn ended(before: &BTreeMap<OsString, u64>, after: &BTreeMap<OsString, u64>) -> u64 {
    before.keys().filter(|it| !after.contains_key(*it)).count() as u64
}

fn written_bytes(pid: u32) -> anyhow::Result<u64> {
    proc_value(&format!("/proc/{pid}/io"), "write_bytes:")
}
