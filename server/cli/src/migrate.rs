//! `specwright migrate …` and `specwright promote` in words.

use crate::run::{CLEAN, Call, FINDINGS, USAGE};
use crate::screen::Screen;
use serde_json::Value;
use workspace::commands::CommandError;

/// Runs a command of the service and shows its output.
pub(crate) fn run(call: &Call<'_>, screen: &mut Screen) -> Result<u8, CommandError> {
    let output = call.output()?;
    let is_json = call.arguments.get_flag("json");
    if is_json {
        screen.line(&serde_json::to_string_pretty(&output).expect("it is JSON"));
    } else {
        match call.command.verb() {
            "plan" => plan(&output, screen),
            "preview" => preview(&output, screen),
            "apply" => apply(&output, screen),
            "rollback" => rollback(&output, screen),
            "status" => status(&output, screen),
            "drift" => drift(&output, screen),
            "promote" => promote(&output, screen),
            _ => diff(&output, screen),
        }
    }
    if output["done"] == Value::Bool(false) && has_work(&output) {
        if !is_json {
            screen.note("nothing was changed; run it again with --yes to do this");
        }
        return Ok(USAGE);
    }
    Ok(if output["ok"] == Value::Bool(false) { FINDINGS } else { CLEAN })
}

fn has_work(output: &Value) -> bool {
    ["pending", "undone"].iter().any(|it| !list(output, it).is_empty())
        || !word(output, "interrupted").is_empty()
}

fn list<'a>(it: &'a Value, name: &str) -> &'a [Value] {
    it[name].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn word<'a>(it: &'a Value, name: &str) -> &'a str {
    it[name].as_str().unwrap_or_default()
}

fn words(it: &Value, name: &str, label: &str, screen: &mut Screen) {
    for text in list(it, name).iter().filter_map(Value::as_str) {
        screen.line(&format!("{label}{text}"));
    }
}

fn problems(it: &Value, screen: &mut Screen) {
    for problem in list(it, "problems") {
        screen.line(&format!("problem: {}", word(problem, "message")));
        screen.line(&format!("  {}", word(problem, "hint")));
    }
}

fn plan(it: &Value, screen: &mut Screen) {
    migrations(list(it, "migrations"), screen);
    problems(it, screen);
    words(it, "evidence", "in the way: ", screen);
    words(it, "changed_counts", "on a copy: ", screen);
    if let Some(ms) = it["copy_ms"].as_i64() {
        screen.line(&format!("the run on a copy took {ms} ms"));
    }
    if list(it, "migrations").is_empty() {
        screen.line("nothing waits to be applied");
    }
}

fn preview(it: &Value, screen: &mut Screen) {
    for migration in list(it, "migrations") {
        for operation in list(migration, "operations") {
            let side = |name: &str| word(&operation[name], "summary").to_owned();
            let title = screen.bold(word(operation, "title"));
            screen.line(&format!(
                "{title}: SQLite: {} | PostgreSQL: {}",
                side("sqlite"),
                side("postgres")
            ));
        }
        screen.line("");
        screen.line(word(migration, "text").trim_end());
    }
    if list(it, "migrations").is_empty() {
        screen.line("there are no migration specs in forge/migrations");
    }
}

/// Each migration as a script with its price in comments.
fn migrations(all: &[Value], screen: &mut Screen) {
    for migration in all {
        screen.line(&screen.bold(&format!("-- {}", word(migration, "name"))));
        for step in list(migration, "steps") {
            for why in list(step, "why").iter().filter_map(Value::as_str) {
                let price = match (&step["rewrite"], &step["scan"]) {
                    (Value::Bool(true), _) => " (writes every row again)",
                    (_, Value::Bool(true)) => " (reads every row)",
                    _ => "",
                };
                screen.line(&format!("--   {}{price}", why.replace('\n', " ")));
            }
            screen.line(word(step, "sql"));
        }
        for back in list(migration, "back").iter().filter_map(Value::as_str) {
            screen.line(&format!("-- way back: {back}"));
        }
        screen.line("");
    }
}

/// What the council says, before something is done.
fn council(it: &Value, screen: &mut Screen) {
    let is_done = it["done"] == Value::Bool(true);
    if let Some(review) = serde_json::from_value(it["council"].clone()).ok().filter(|_| !is_done) {
        crate::verdicts::show_review(&review, screen);
    }
}

fn apply(it: &Value, screen: &mut Screen) {
    migrations(list(it, "pending"), screen);
    council(it, screen);
    applied(it, "applied", screen);
    if list(it, "pending").is_empty() && list(it, "applied").is_empty() {
        screen.line("nothing waits to be applied");
    }
    checkpoint(it, screen);
}

/// What was done with each migration; `usual` is what is done with most.
fn applied(it: &Value, usual: &str, screen: &mut Screen) {
    for done in list(it, "applied") {
        let what = match word(done, "kind") {
            "baseline" => "was there already",
            "rollback" => "rolled back, after an interruption",
            _ => usual,
        };
        screen.line(&format!("{} {what}", word(done, "name")));
        backup(done, screen);
        words(done, "copies", "  rows as they were before are in ", screen);
        words(done, "unanswered", "  ", screen);
    }
}

fn backup(of: &Value, screen: &mut Screen) {
    if !word(of, "backup").is_empty() {
        screen.line(&format!("  the state before is in {}", word(of, "backup")));
    }
}

fn checkpoint(it: &Value, screen: &mut Screen) {
    let id = word(it, "checkpoint");
    if !id.is_empty() {
        screen.line(&format!("`specwright rollback to {id}` undoes this, files and all"));
    }
}

fn rollback(it: &Value, screen: &mut Screen) {
    for undone in list(it, "undone") {
        let is_done = it["done"] == Value::Bool(true);
        let name = word(undone, "name");
        if is_done {
            screen.line(&format!("{name} rolled back"));
        } else {
            screen.line(&screen.bold(&format!("-- undo {name}")));
        }
        words(undone, "steps", "", screen);
        words(undone, "loses", "-- loses ", screen);
        if !word(undone, "restored_from").is_empty() {
            screen.line(&format!("  lost data comes from {}", word(undone, "restored_from")));
        }
        backup(undone, screen);
    }
    checkpoint(it, screen);
}

fn promote(it: &Value, screen: &mut Screen) {
    screen.text(word(it, "diff"));
    migrations(list(it, "pending"), screen);
    for pending in list(it, "pending") {
        if pending["is_baseline"] == Value::Bool(true) {
            screen.line(&format!("{} is there already", word(pending, "name")));
        }
        words(pending, "copied", "copies on the way: ", screen);
    }
    if !list(it, "pending").is_empty() && !word(it, "backup").is_empty() {
        screen.line(&format!("backup: {}", word(it, "backup")));
    }
    council(it, screen);
    if !word(it, "interrupted").is_empty() {
        screen.line(&format!("finishes first: {}", word(it, "interrupted")));
    }
    applied(it, "promoted", screen);
    if list(it, "pending").is_empty()
        && list(it, "applied").is_empty()
        && word(it, "interrupted").is_empty()
    {
        screen.line("nothing waits to be promoted");
    }
}

fn status(it: &Value, screen: &mut Screen) {
    screen.line(&format!("database: {}", word(it, "database")));
    for entry in list(it, "applied") {
        let kind = if word(entry, "kind") == "baseline" { "baseline" } else { "applied" };
        screen.line(&format!("{kind:9} {}", word(entry, "name")));
    }
    words(it, "pending", "pending   ", screen);
    if !word(it, "interrupted").is_empty() {
        screen.line(&format!("interrupted: {}", word(it, "interrupted")));
    }
    problems(it, screen);
    words(it, "drift", "drift: ", screen);
}

fn drift(it: &Value, screen: &mut Screen) {
    for found in list(it, "drift") {
        screen.line(word(found, "message"));
        screen.text(word(found, "diff"));
    }
    if list(it, "drift").is_empty() {
        screen.line("the database is as the ledger tells");
    }
}

fn diff(it: &Value, screen: &mut Screen) {
    words(it, "differences", "", screen);
    screen.text(word(it, "diff"));
    if list(it, "differences").is_empty() {
        screen.line("the database is as the specs describe");
    }
}
