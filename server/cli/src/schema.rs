//! `specwright schema plan`, `apply`, `import` and `format`: JSON for programs, text for people.

use crate::detect::{format, format_argument};
use crate::run::{CLEAN, Call, FINDINGS};
use crate::screen::Screen;
use clap::{Arg, ArgAction, Command};
use serde_json::Value;
use std::io::Read as _;
use workspace::commands::schema_plan::Output;
use workspace::commands::{CommandError, ErrorKind, StepData};

/// The longest plan that is read from standard input: 64 MiB.
const PLAN_BYTES_MAX: u64 = 64 << 20;

pub(crate) fn with_arguments(command: Command) -> Command {
    command.arg(format_argument(&["human", "json"]))
}

pub(crate) fn with_import_arguments(command: Command) -> Command {
    with_arguments(command).arg(
        Arg::new("dry_run")
            .long("dry-run")
            .action(ArgAction::SetTrue)
            .help("Prints the spec, and writes nothing"),
    )
}

pub(crate) fn with_format_arguments(command: Command) -> Command {
    let flag = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
    };
    command
        .arg(flag("check", "Names the files that would change, and changes nothing"))
        .arg(flag("diff", "Prints what would change, and changes nothing"))
}

/// Lays specs out; `--check` names those that are not and ends like findings do.
pub(crate) fn format_specs(call: &Call<'_>, screen: &mut Screen) -> Result<u8, CommandError> {
    let input = call.input_as();
    let output = call.with_cx(|cx| workspace::commands::schema_format::run(cx, &input))?;
    if call.arguments.get_flag("json") {
        screen.line(&serde_json::to_string_pretty(&output).expect("it is JSON"));
        return Ok(CLEAN);
    }
    if !call.arguments.get_flag("check") {
        return call.apply(&output.edits, screen);
    }
    if call.arguments.get_flag("diff") {
        call.show_diff(&output.edits, screen);
    } else {
        output.edits.iter().for_each(|it| screen.line(&it.path));
    }
    Ok(if output.edits.is_empty() { CLEAN } else { FINDINGS })
}

/// Writes an imported spec, or prints it for `--dry-run`; what is left out goes to standard error.
pub(crate) fn import(call: &Call<'_>, screen: &mut Screen) -> Result<u8, CommandError> {
    let input = call.input_as();
    let output = call.with_cx(|cx| workspace::commands::schema_import::run(cx, &input))?;
    let is_dry = call.arguments.get_flag("dry_run");
    if !is_dry {
        workspace::commands::write_edits(&*call.system, &output.edits)?;
    }
    if format(call.arguments) == "json" {
        screen.line(&serde_json::to_string_pretty(&output).expect("it is JSON"));
        return Ok(CLEAN);
    }
    for it in &output.left_out {
        screen.note(&format!("left out: `{}` {}", it.name, it.why));
    }
    let n_tables = output.n_tables;
    let s = if n_tables == 1 { "" } else { "s" };
    match output.edits.first() {
        None => screen.note("no table came over; nothing is written"),
        Some(edit) if is_dry => screen.text(&workspace::commands::apply_patches("", &edit.edits)),
        Some(_) => screen.line(&format!("wrote {n_tables} table{s} to {}", output.path)),
    }
    Ok(CLEAN)
}

/// Prints a plan; a refusal ends like findings do.
pub(crate) fn plan(call: &Call<'_>, screen: &mut Screen) -> Result<u8, CommandError> {
    let input = call.input_as();
    let output = call.with_cx(|cx| workspace::commands::schema_plan::run(cx, &input))?;
    if format(call.arguments) == "json" {
        screen.line(&serde_json::to_string_pretty(&output).expect("it is JSON"));
    } else {
        show(&output, screen);
    }
    Ok(if output.refused.is_empty() { CLEAN } else { FINDINGS })
}

/// Runs a plan; `--plan -` takes it from standard input.
pub(crate) fn apply(call: &mut Call<'_>, screen: &mut Screen) -> Result<u8, CommandError> {
    if call.input.get("plan").and_then(Value::as_str) == Some("-") {
        let mut text = String::new();
        std::io::stdin().take(PLAN_BYTES_MAX).read_to_string(&mut text).map_err(|error| {
            CommandError::new(
                ErrorKind::User,
                format!("read the plan from standard input: {error}"),
            )
        })?;
        call.input.insert("plan_json".to_owned(), Value::String(text));
    }
    let output = call.output()?;
    if format(call.arguments) == "json" {
        screen.line(&serde_json::to_string_pretty(&output).expect("it is JSON"));
        return Ok(CLEAN);
    }
    let n_steps = output["n_steps"].as_u64().unwrap_or_default();
    let s = if n_steps == 1 { "" } else { "s" };
    match output["backup"].as_str() {
        Some(backup) => {
            screen.line(&format!("ran {n_steps} step{s}; the state before is in {backup}"));
        }
        None if n_steps > 0 => screen.line(&format!("ran {n_steps} step{s} without a backup")),
        None => screen.line("nothing to do"),
    }
    Ok(CLEAN)
}

fn show(output: &Output, screen: &mut Screen) {
    for it in &output.refused {
        screen.line(&format!("refused: {}", it.why));
    }
    let mut open: Option<u32> = None;
    for step in output.steps.iter().flatten() {
        if step.transaction != open && open.is_some() {
            screen.line("COMMIT;");
        }
        if step.transaction != open && step.transaction.is_some() {
            screen.line("BEGIN;");
        }
        open = step.transaction;
        show_step(step, screen);
    }
    if open.is_some() {
        screen.line("COMMIT;");
    }
    for it in &output.lints {
        screen.note(&format!("{}: {}", it.rule, it.message));
    }
    if output.steps.as_ref().is_some_and(Vec::is_empty) {
        screen.note("the schemas are equal");
    }
}

fn show_step(step: &StepData, screen: &mut Screen) {
    for why in &step.why {
        screen.line(&format!("-- {}", why.replace('\n', " ")));
    }
    screen.line(&step.sql);
}
