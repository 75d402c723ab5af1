//! How fast the language server is, beside its peers, over standard input and output.
//!
//! `cargo bench -p tests --bench lsp` prints; `-- --write` puts the figures into
//! `docs/benchmarks.md`; `-- --ours` leaves the peers out. `scripts/bench-peers` installs them;
//! one that is not there is named and skipped. Every time stands beside that of the same bytes
//! through `cat`, which is what pipes and processes alone cost on this machine in this run.

mod client;
mod figures;
mod folder;
mod subject;

use crate::figures::{Echo, Figures};
use crate::subject::{Mode, Subject};
use std::fmt::Write as _;
use tests::measure::{table, write_section};

const KB: usize = 1000;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |name: &str| arguments.iter().any(|it| it == name);
    let binary = tests::binary::specwright();
    let mut subjects = vec![
        Subject::ours(binary, "specwright", 20 * KB, Mode::Push),
        Subject::ours(binary, "specwright (pull)", 20 * KB, Mode::Pull),
        Subject::ours(binary, "specwright", 90 * KB, Mode::Push),
        Subject::ours(binary, "specwright", 1000 * KB, Mode::Push),
    ];
    let mut missing = Vec::new();
    if !has("--ours") {
        let folder = tests::binary::root().join("target/bench-peers");
        for bytes in [20 * KB, 90 * KB] {
            let (found, absent) = subject::peers(&folder, bytes);
            subjects.extend(found);
            missing = absent;
        }
    }
    let body = report(&subjects, &missing)?;
    println!("{body}");
    let scan = folder::report(binary)?;
    println!("{scan}");
    if has("--write") {
        let page = tests::binary::root().join("docs/benchmarks.md");
        write_section(&page, "machine", &machine())?;
        write_section(&page, "lsp", &body)?;
        write_section(&page, "folder", &scan)?;
    }
    Ok(())
}

fn report(subjects: &[Subject], missing: &[&str]) -> anyhow::Result<String> {
    let mut rows = Vec::new();
    let mut notes = String::new();
    for subject in subjects {
        eprintln!("measuring {} on {} KB", subject.name, subject.text.len() / KB);
        let echo = Echo::measure(subject)?;
        match Figures::measure(subject) {
            Ok(it) => rows.push(it.row(subject, &echo)),
            Err(error) => {
                let _ = writeln!(notes, "\nNot measured: {} ({error:#}).", subject.name);
            }
        }
    }
    for name in missing {
        eprintln!("skipped: {name} is not installed; run scripts/bench-peers");
        let _ = writeln!(notes, "\nNot installed, so not measured: {name}.");
    }
    Ok(format!("{}{notes}", table(&figures::HEADER, &rows)))
}

/// What the figures were taken on.
fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let info = read("/proc/cpuinfo");
    let model = info.lines().find_map(|it| it.strip_prefix("model name")?.split(": ").nth(1));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let load = read("/proc/loadavg");
    let load = load.split(' ').next().unwrap_or("unknown");
    format!(
        "{cores} cores of {}, {}, load average {load} at the end of the run.\n",
        model.unwrap_or("an unnamed processor"),
        std::env::consts::OS,
    )
}
