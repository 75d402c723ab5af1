//! What it takes to provision a spec with ten tables, end to end: detect, write specs, plan, try on a
//! shadow, back up, apply, record.
//!
//! `cargo bench -p tests --bench provision` prints; `-- --write` puts the figures into
//! `docs/benchmarks.md`. Goal: 500 ms.

use model::AbsPath;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use system::{OsSystem, System};
use tests::measure::{Samples, ms, table, write_section};
use workspace::commands::{CommandCx, forge_provision, load};

const RUNS: usize = 15;

fn main() -> anyhow::Result<()> {
    let spec = spec();
    let preview: Samples = (0..RUNS).map(|_| provision(&spec, false)).collect::<Result<_, _>>()?;
    let whole: Samples = (0..RUNS).map(|_| provision(&spec, true)).collect::<Result<_, _>>()?;
    let row = |name: &str, it: &Samples| {
        vec![name.to_owned(), ms(it.best()), ms(it.median()), ms(it.percentile(95))]
    };
    let rows = [row("preview, nothing written", &preview), row("written and applied", &whole)];
    let body = table(&["ten tables", "best", "p50", "p95"], &rows);
    println!("{body}");
    if std::env::args().any(|it| it == "--write") {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/benchmarks.md");
        write_section(&page, "provision", &body)?;
    }
    Ok(())
}

/// Users and nine tables that belong to them, and the resources of a usual product.
fn spec() -> String {
    let mut out = String::from(
        "# Shop\n\nMembers sign in with Google. Every day at 08:00 Europe/Berlin a digest is emailed to members.\n\n\
         ## Data model\n\n### users\n\n| Column | Type | Notes |\n|---|---|---|\n| id | uuid | primary key |\n\
         | email | text | unique, not null |\n\n",
    );
    let names = [
        "orders",
        "invoices",
        "addresses",
        "carts",
        "reviews",
        "wishlists",
        "refunds",
        "coupons",
        "shipments",
    ];
    for name in names {
        out += &format!(
            "### {name}\n\n| Column | Type | Notes |\n|---|---|---|\n| id | uuid | primary key |\n\
             | user_id | uuid | references users.id |\n| title | text | not null |\n| total | numeric(12,2) | |\n\
             | paid | boolean | |\n| created_at | timestamptz | default now() |\n\n"
        );
    }
    out
}

/// One run in a folder of its own; without `yes` nothing is written.
fn provision(spec: &str, yes: bool) -> anyhow::Result<Duration> {
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("PRD.md"), spec)?;
    std::fs::write(folder.path().join("specwright.toml"), "")?;
    let root = AbsPath::new(&std::fs::canonicalize(folder.path())?).expect("it is absolute");
    let system: Arc<dyn System> = Arc::new(OsSystem::default());
    let start = Instant::now();
    let loaded = load(&system, &root, &[], None).map_err(|it| anyhow::anyhow!("{it}"))?;
    let cx = CommandCx {
        system: &*system,
        client: "bench".to_owned(),
        cwd: root.clone(),
        root: Some(loaded.root.clone()),
        settings: Arc::clone(&loaded.settings),
        snapshot: loaded.workspace.snapshot(),
        problems: Vec::new(),
        progress: &|_, _| true,
    };
    let input = forge_provision::Input { yes, ..forge_provision::Input::default() };
    let output =
        forge_provision::run(&cx, &input).map_err(|it| anyhow::anyhow!("{}", it.message))?;
    let took = start.elapsed();
    let n_tables = output.added.iter().filter(|it| it.primitive.starts_with("tables/")).count();
    anyhow::ensure!(
        n_tables == 10 && output.done == yes,
        "{n_tables} tables, done: {}",
        output.done
    );
    Ok(took)
}
