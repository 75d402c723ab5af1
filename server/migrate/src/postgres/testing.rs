//! A server and shadows for tests; without PostgreSQL they are skipped, and say so.

use super::catalog::Catalog;
use super::prove::plan_and_prove;
use super::server::Server;
use super::shadow::Shadow;
use crate::plan::{Back, Plan, Renames, Transaction};
use std::fmt::Write as _;
use std::sync::{Mutex, OnceLock};
use system::OsSystem;

/// The one server of all tests of this process; it ends with the process.
pub(crate) fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    let server = SERVER.get_or_init(|| match Server::find(&OsSystem::default()) {
        Ok(server) => Some(server),
        Err(error) => {
            eprintln!("skipped: {error}");
            None
        }
    });
    server.as_ref()
}

/// Lends an empty database, which is cleaned and lent again.
pub(crate) fn with_shadow<T>(ask: impl FnOnce(&mut Shadow) -> T) -> Option<T> {
    static FREE: Mutex<Vec<Shadow>> = Mutex::new(Vec::new());
    let free = FREE.lock().expect("no test panics while it holds the list").pop();
    let server = server()?;
    let mut shadow =
        free.unwrap_or_else(|| Shadow::new(server, &OsSystem::default()).expect("a shadow"));
    let answer = ask(&mut shadow);
    if shadow.clear().expect("it can be emptied") {
        FREE.lock().expect("no test panics while it holds the list").push(shadow);
    }
    Some(answer)
}

/// What the engine makes of a script.
pub(crate) fn catalog(sql: &str) -> Option<Catalog> {
    with_shadow(|it| {
        it.load(sql).expect("the script is right");
        it.read().expect("it can be read")
    })
}

/// The proven plan between two scripts, or the refusal.
pub(crate) fn planned(from: &str, to: &str, renames: &Renames) -> Option<Result<Plan, String>> {
    let to = catalog(to)?;
    with_shadow(|it| {
        it.load(from).expect("the script is right");
        plan_and_prove(it, &to, renames).map_err(|it| it.to_string())
    })
}

/// A plan in lines: `n>` for a segment, `->` for what runs outside, then the way back and the rest.
pub(super) fn show(plan: &Plan) -> String {
    let mut out = String::new();
    for step in plan.steps.iter().filter(|it| !it.changes.is_empty()) {
        let place = match step.transaction {
            Transaction::Segment(n) => format!("{n}> "),
            Transaction::Outside => "-> ".to_owned(),
        };
        let sql = step.sql.replace('\n', "\n   ");
        let flags = [(step.rewrite, " rewrites"), (step.scan && !step.rewrite, " scans")];
        let locks = step.locks.iter().map(|it| format!(" {} {}", it.table, it.mode.word()));
        let notes: String =
            flags.iter().filter(|it| it.0).map(|it| it.1.to_owned()).chain(locks).collect();
        let _ = writeln!(out, "{place}{sql}\n   [{}]", notes.trim());
        for check in &step.checks {
            let _ = writeln!(out, "   ? {} {}", check.complaint, check.count_sql);
        }
        let back = match &step.back {
            Back::Exact(sql) => format!("back: {sql}"),
            Back::Lossy { sql, why } => format!("back without {why}: {sql}"),
            Back::None { why } => format!("no way back: {why}"),
            Back::NotNeeded => continue,
        };
        let _ = writeln!(out, "   {}", back.replace('\n', "\n   "));
    }
    out
}
