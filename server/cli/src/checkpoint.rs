//! `specwright checkpoint …` and `specwright rollback …` in words.

use crate::run::{CLEAN, Call, USAGE};
use crate::screen::Screen;
use serde_json::{Value, json};
use std::io::{BufRead as _, IsTerminal as _, Write as _};
use workspace::commands::CommandError;
use workspace::commands::question::reasons_to_ask_again;

/// Runs a command of the two services and shows its output.
pub(crate) fn run(call: &mut Call<'_>, screen: &mut Screen) -> Result<u8, CommandError> {
    let mut output = call.output()?;
    let is_json = call.arguments.get_flag("json");
    if !is_json {
        show(call.command.name, &output, screen);
        output = agreed(call, output, screen)?;
    } else {
        screen.line(&serde_json::to_string_pretty(&output).expect("it is JSON"));
    }
    let is_open = output["done"] == Value::Bool(false) && has_work(&output);
    if is_open && !is_json {
        screen.note(&way_on(&output));
    }
    Ok(if is_open { USAGE } else { CLEAN })
}

/// Whether something waits for a yes.
fn has_work(output: &Value) -> bool {
    output["preview"]["digest"].is_string() || output["n_forgotten"].is_number()
}

/// How somebody who cannot be asked agrees.
fn way_on(output: &Value) -> String {
    let Some(digest) = output["preview"]["digest"].as_str() else {
        return "nothing was changed; run it again with --yes to do this".to_owned();
    };
    if output["preview"]["asks_again"] != json!(true) {
        return format!("nothing was changed; run it again with --yes {digest} to do exactly this");
    }
    let reasons = reasons_to_ask_again(&output["preview"]);
    format!(
        "nothing was changed, for {reasons}; run it again with --yes {digest} --again to do exactly this"
    )
}

/// Asks whoever sits at the terminal. Everything but a yes is a no, and scripts are never asked.
fn agreed(call: &mut Call<'_>, output: Value, screen: &mut Screen) -> Result<Value, CommandError> {
    let is_asked = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    let preview = &output["preview"];
    let (Some(digest), true) = (preview["digest"].as_str(), is_asked) else { return Ok(output) };
    screen.finish();
    if !is_yes("Roll back? [y/N] ") {
        return Ok(output);
    }
    let asks_again = preview["asks_again"] == json!(true);
    let second = format!("Really roll back? {}. [y/N] ", reasons_to_ask_again(preview));
    if asks_again && !is_yes(&second) {
        return Ok(output);
    }
    call.input.insert("yes".to_owned(), json!(digest));
    if asks_again {
        call.input.insert("again".to_owned(), json!(true));
    }
    let done = call.output()?;
    show(call.command.name, &done, screen);
    Ok(done)
}

/// Asks at the terminal; everything but a yes is a no.
pub(crate) fn is_yes(question: &str) -> bool {
    let mut stderr = std::io::stderr();
    let _ = stderr.write_all(question.as_bytes()).and_then(|()| stderr.flush());
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line);
    read.is_ok() && matches!(line.trim().to_lowercase().as_str(), "y" | "yes")
}

fn show(command: &str, output: &Value, screen: &mut Screen) {
    match command {
        "checkpoint.list" => list(output, screen),
        "checkpoint.show" => whole(output, screen),
        "checkpoint.diff" => {
            files(output, screen);
            databases(output, screen);
        }
        "checkpoint.prune" => pruned(output, screen),
        "checkpoint.forget" => forgotten(output, screen),
        "checkpoint.export" => screen.line(&format!(
            "branch {} has it as commit {}",
            word(output, "branch"),
            word(output, "commit")
        )),
        "rollback.to" | "rollback.changes" => rolled_back(output, screen),
        _ => {
            record(&output["checkpoint"], screen);
            notes(output, "uncaptured", "not captured: ", screen);
        }
    }
}

fn all<'a>(it: &'a Value, name: &str) -> &'a [Value] {
    it[name].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn word<'a>(it: &'a Value, name: &str) -> &'a str {
    it[name].as_str().unwrap_or_default()
}

/// What a terminal would take for a command stays visible and harmless.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|it| if it.is_control() && it != '\t' { '\u{fffd}' } else { it }).collect()
}

fn record(it: &Value, screen: &mut Screen) {
    let mut marks: Vec<String> = Vec::new();
    for (name, mark) in [("partial", "partial"), ("pinned", "pinned")] {
        if it[name] == json!(true) {
            marks.push(mark.to_owned());
        }
    }
    let target = word(it, "target");
    if !target.is_empty() {
        marks.push(format!("undoes the rollback to {target}"));
    }
    let marks = if marks.is_empty() { String::new() } else { format!(" ({})", marks.join(", ")) };
    let id = screen.bold(word(it, "id"));
    screen.line(&format!("{id}  {}  {}{marks}", word(it, "at"), plain(word(it, "label"))));
}

fn list(it: &Value, screen: &mut Screen) {
    for it in all(it, "checkpoints") {
        record(it, screen);
    }
    if all(it, "checkpoints").is_empty() {
        screen.line("there are no checkpoints yet; `specwright checkpoint create` makes one");
    }
}

fn notes(it: &Value, name: &str, label: &str, screen: &mut Screen) {
    for it in all(it, name) {
        screen.line(&format!("{label}{}: {}", plain(word(it, "path")), word(it, "why")));
    }
}

fn whole(it: &Value, screen: &mut Screen) {
    if let Some(text) = it["text"].as_str() {
        screen.text(text);
        return;
    }
    record(&it["checkpoint"], screen);
    let commit = word(&it["checkpoint"], "commit");
    if !commit.is_empty() {
        screen.line(&format!("over commit {commit}"));
    }
    notes(it, "entries", "", screen);
    for it in all(it, "databases") {
        let tables = all(it, "tables").iter();
        let tables: Vec<String> =
            tables.map(|it| format!("{} {}", word(it, "table"), it["rows_after"])).collect();
        let what = match it["present"] == json!(true) {
            true => format!("rows: {}", tables.join(", ")),
            false => "was not there".to_owned(),
        };
        screen.line(&format!("{}: {what}", word(it, "path")));
    }
    for it in all(it, "unsaved").iter().filter_map(Value::as_str) {
        screen.line(&format!("unsaved text of {}", plain(it)));
    }
    notes(it, "uncaptured", "not captured: ", screen);
}

fn files(it: &Value, screen: &mut Screen) {
    for it in all(it, "files") {
        let mut what = Vec::new();
        if let (Some(added), Some(removed)) =
            (it["lines_added"].as_u64(), it["lines_removed"].as_u64())
        {
            what.push(format!("+{added} -{removed}"));
        }
        if let Some(note) = it["note"].as_str() {
            what.push(note.to_owned());
        }
        let line =
            format!("{:6} {}  {}", word(it, "act"), plain(word(it, "path")), what.join(", "));
        screen.line(&screen.bold(line.trim_end()));
        for line in word(it, "diff").lines() {
            screen.line(&format!("  {}", plain(line)));
        }
    }
}

fn databases(it: &Value, screen: &mut Screen) {
    for it in all(it, "databases") {
        let role = match word(it, "role") {
            "catalog" => " (what specwright knows; the audit chain stays)",
            _ => "",
        };
        screen.line(&screen.bold(&format!("database {}{role}", word(it, "path"))));
        for table in all(it, "tables").iter().filter(|it| it["rows_before"] != it["rows_after"]) {
            let n = |name: &str| match table[name].as_u64() {
                Some(1) => "1 row".to_owned(),
                Some(n) => format!("{n} rows"),
                None => "no table".to_owned(),
            };
            let (before, after) = (n("rows_before"), n("rows_after"));
            screen.line(&format!("  {}: {before} -> {after}", word(table, "table")));
        }
        for line in word(it, "schema").lines() {
            screen.line(&format!("  {}", plain(line)));
        }
    }
}

fn pruned(it: &Value, screen: &mut Screen) {
    for it in all(it, "removed").iter().filter_map(Value::as_str) {
        screen.line(&format!("removed {it}"));
    }
    let kib = |name: &str| it[name].as_u64().unwrap_or(0).div_ceil(1024);
    screen.line(&format!("{} KiB freed, {} KiB in use", kib("bytes_freed"), kib("bytes")));
}

fn forgotten(it: &Value, screen: &mut Screen) {
    if it["done"] == json!(true) {
        let n = &it["n_forgotten"];
        screen.line(&format!("forgot {n} states of {}", plain(word(it, "path"))));
    } else {
        screen.line(&format!(
            "every checkpoint would lose what it holds of {}, for good",
            plain(word(it, "path"))
        ));
    }
}

fn rolled_back(it: &Value, screen: &mut Screen) {
    if it["done"] == json!(true) {
        return restored(&it["restored"], screen);
    }
    let preview = &it["preview"];
    files(preview, screen);
    databases(preview, screen);
    notes(preview, "kept", "stays: ", screen);
    notes(preview, "uncaptured", "not captured then: ", screen);
    if let Some(n) = preview["commits_since"].as_u64().filter(|it| *it > 0) {
        let commits = if n == 1 { "1 commit was" } else { &*format!("{n} commits were") };
        screen.line(&format!("{commits} made since; files are restored, the branch stays"));
    } else if preview["head_moved"] == json!(true) {
        screen.line("another commit or branch is checked out; files are restored, HEAD stays");
    }
    if !preview["digest"].is_string() {
        screen.line("everything is as the checkpoint has it");
    }
}

fn restored(it: &Value, screen: &mut Screen) {
    let count = |name: &str, one: &str| match all(it, name).len() {
        1 => format!("1 {one}"),
        n => format!("{n} {one}s"),
    };
    screen.line(&format!(
        "restored {} and {}",
        count("files", "file"),
        count("databases", "database")
    ));
    for it in all(it, "kept") {
        screen.line(&format!("{} {}", plain(word(it, "path")), word(it, "why")));
    }
    let before = word(it, "before");
    for it in all(it, "edited_meanwhile").iter().filter_map(Value::as_str) {
        let path = plain(it);
        screen.line(&format!("{path} was edited meanwhile; checkpoint {before} has that text"));
    }
    if !before.is_empty() {
        screen.line(&format!("`specwright rollback to {before}` undoes this"));
    }
}
