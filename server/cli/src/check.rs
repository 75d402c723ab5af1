//! `specwright check`: findings as a person, a program, or a code host wants them.

pub(crate) mod github;
mod human;
pub(crate) mod sarif;

use crate::detect::{format, format_argument, stdin_argument};
use crate::run::{CLEAN, Call, FINDINGS};
use crate::screen::Screen;
use clap::{Arg, ArgAction, Command};
use workspace::commands::check::{Input, Output, baseline_text, run as check};
use workspace::commands::{CommandError, ErrorKind, fix, resolve, write_edits};

pub(crate) fn with_arguments(command: Command) -> Command {
    let flag = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
    };
    command
        .arg(format_argument(&["human", "json", "sarif", "github"]))
        .arg(
            flag("fix", "Applies safe fixes, then reports what is left")
                .conflicts_with("stdin_filename"),
        )
        .arg(flag("diff", "Prints what --fix would change, and changes nothing"))
        .arg(
            flag(
                "write-baseline",
                "Writes the findings to the file of --baseline; they are known from then on",
            )
            .requires("baseline"),
        )
        .arg(stdin_argument())
}

pub(crate) fn run(call: &mut Call<'_>, screen: &mut Screen) -> Result<u8, CommandError> {
    let mut input: Input = call.input_as();
    if call.arguments.get_flag("diff") {
        return show_diff(call, &input, screen);
    }
    if call.arguments.get_flag("fix") {
        mend(call, &input, screen)?;
    }
    if call.arguments.get_flag("write-baseline") {
        let path = input.baseline.take().expect("clap asks for it");
        return write_baseline(call, &input, &path, screen);
    }
    let output = call.with_cx(|cx| check(cx, &input))?;
    for notice in &output.notices {
        screen.note(&format!("warning: {}", notice.message));
    }
    match format(call.arguments) {
        "json" => screen.line(&serde_json::to_string_pretty(&output).expect("it is JSON")),
        "sarif" => screen.line(&sarif::render(&output)),
        "github" => screen.text(&github::render(&output)),
        _ => human::show(call, &output, screen),
    }
    screen.finish();
    if format(call.arguments) == "human" {
        screen.note(&human::summary(&output));
    }
    Ok(if output.fails { FINDINGS } else { CLEAN })
}

/// Mends until nothing changes: a fix may make room for another.
fn mend(call: &mut Call<'_>, input: &Input, screen: &Screen) -> Result<(), CommandError> {
    const ROUNDS_MAX: usize = 10;
    let mut n_mended = 0;
    for _ in 0..ROUNDS_MAX {
        let output = fixes(call, input)?;
        if output.edits.is_empty() {
            break;
        }
        write_edits(&*call.system, &output.edits)?;
        n_mended += output.n_mended;
        call.reread(&output.edits);
    }
    screen.note(&format!("mended {n_mended} finding{}", if n_mended == 1 { "" } else { "s" }));
    Ok(())
}

fn fixes(call: &Call<'_>, input: &Input) -> Result<fix::Output, CommandError> {
    let input = fix::Input { paths: input.paths.clone(), rule: None };
    call.with_cx(|cx| fix::run(cx, &input))
}

fn show_diff(call: &Call<'_>, input: &Input, screen: &mut Screen) -> Result<u8, CommandError> {
    let output = fixes(call, input)?;
    call.show_diff(&output.edits, screen);
    Ok(if output.edits.is_empty() { CLEAN } else { FINDINGS })
}

fn write_baseline(
    call: &Call<'_>,
    input: &Input,
    path: &str,
    screen: &Screen,
) -> Result<u8, CommandError> {
    let output: Output = call.with_cx(|cx| check(cx, input))?;
    let absolute = resolve(&call.cwd, path)?;
    let text = baseline_text(&output.findings);
    call.system.write_atomic(&absolute, text.as_bytes()).map_err(|error| {
        CommandError::new(ErrorKind::User, format!("write the baseline `{path}`: {error}"))
            .hint("choose a folder that exists and can be written")
    })?;
    screen.note(&format!("`{path}` knows {} findings now", output.findings.len()));
    Ok(CLEAN)
}
