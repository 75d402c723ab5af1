//! Pages drawn from the declarations: completions, the manual page, the reference pages.

use crate::args;
use crate::run::CLEAN;
use crate::screen::Screen;
use clap::{Arg, ArgMatches, Command};
use clap_complete::Shell;
use workspace::commands::{CommandError, ErrorKind};

pub(crate) fn completions() -> Command {
    Command::new("completions").about("Prints the completion script of a shell").arg(
        Arg::new("shell")
            .value_name("SHELL")
            .required(true)
            .value_parser(clap::value_parser!(Shell))
            .help("Which shell"),
    )
}

pub(crate) fn man() -> Command {
    Command::new("man").about("Prints the manual page, in roff")
}

/// The reference pages of the repository; tests hold them against this.
pub(crate) fn docs() -> Command {
    let words = ["cli", "commands", "settings", "settings-schema", "editor-settings"];
    Command::new("docs")
        .about("Prints a reference page")
        .arg(Arg::new("page").value_name("PAGE").required(true).value_parser(words))
}

pub(crate) fn run_completions(
    arguments: &ArgMatches,
    screen: &mut Screen,
) -> Result<u8, CommandError> {
    let shell = *arguments.get_one::<Shell>("shell").expect("it is required");
    let mut out = Vec::new();
    clap_complete::generate(shell, &mut args::root(), "specwright", &mut out);
    screen.text(&String::from_utf8_lossy(&out));
    Ok(CLEAN)
}

pub(crate) fn run_man(screen: &mut Screen) -> Result<u8, CommandError> {
    let mut out = Vec::new();
    clap_mangen::Man::new(args::root()).render(&mut out).map_err(|error| {
        CommandError::new(ErrorKind::Internal, format!("draw the manual page: {error}"))
    })?;
    screen.text(&String::from_utf8_lossy(&out));
    Ok(CLEAN)
}

pub(crate) fn run_docs(arguments: &ArgMatches, screen: &mut Screen) -> Result<u8, CommandError> {
    let json = |it: &serde_json::Value| {
        serde_json::to_string_pretty(it).expect("schemas have string keys") + "\n"
    };
    let page = match arguments.get_one::<String>("page").map(String::as_str) {
        Some("commands") => workspace::commands::reference(),
        Some("settings") => workspace::settings::reference(),
        Some("settings-schema") => json(&workspace::settings::schema()),
        Some("editor-settings") => json(&workspace::settings::editor_properties().into()),
        _ => cli_page(),
    };
    screen.text(&page);
    Ok(CLEAN)
}

/// `docs/cli.md`: the help of every command, as the terminal shows it.
fn cli_page() -> String {
    let mut out = String::from("# Command line\n\n");
    let mut root = args::root().term_width(90);
    root.build();
    section(&mut root, &mut Vec::new(), &mut out);
    out.trim_end().to_owned() + "\n"
}

fn section(command: &mut Command, path: &mut Vec<String>, out: &mut String) {
    path.push(command.get_name().to_owned());
    let title = path.join(" ");
    let help = command.render_long_help().to_string();
    let lines: Vec<&str> = help.trim_end().lines().map(str::trim_end).collect();
    *out += &format!("## `{title}`\n\n```text\n{}\n```\n\n", lines.join("\n"));
    for inner in command.get_subcommands_mut() {
        if inner.get_name() != "help" {
            section(inner, path, out);
        }
    }
    path.pop();
}
