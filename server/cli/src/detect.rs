//! `specwright detect`: JSON for programs, a summary for people.

use crate::run::{CLEAN, Call};
use crate::screen::Screen;
use clap::{Arg, ArgMatches, Command};
use workspace::commands::CommandError;
use workspace::commands::detect::{Backend, Input, Table, run as detect};

pub(crate) fn with_arguments(command: Command) -> Command {
    command.arg(format_argument(&["human", "json"])).arg(stdin_argument())
}

pub(crate) fn format_argument(words: &'static [&'static str]) -> Arg {
    Arg::new("format")
        .long("format")
        .value_name("FORMAT")
        .value_parser(clap::builder::PossibleValuesParser::new(words))
        .default_value(words[0])
        .help("How to write the output")
}

pub(crate) fn stdin_argument() -> Arg {
    Arg::new("stdin_filename")
        .long("stdin-filename")
        .value_name("FILE")
        .conflicts_with("paths")
        .help("Reads standard input in the place of FILE, which need not exist")
}

/// The chosen format; `--json` is short for one.
pub(crate) fn format(arguments: &ArgMatches) -> &str {
    if arguments.get_flag("json") {
        return "json";
    }
    arguments.get_one::<String>("format").map_or("human", String::as_str)
}

pub(crate) fn run(call: &Call<'_>, screen: &mut Screen) -> Result<u8, CommandError> {
    let backends = call.with_cx(|cx| detect(cx, &call.input_as::<Input>()))?;
    for (at, backend) in backends.iter().enumerate() {
        if format(call.arguments) == "json" {
            screen.line(&serde_json::to_string(backend).expect("it has string keys"));
        } else {
            if at > 0 {
                screen.line("");
            }
            show(backend, screen);
        }
    }
    if backends.is_empty() {
        screen.note("no specs found; name a file, or set `specs.include` in specwright.toml");
    }
    Ok(CLEAN)
}

fn show(it: &Backend, screen: &mut Screen) {
    if let Some(file) = &it.file {
        screen.line(&screen.bold(file));
    }
    if it.none {
        let reason = it.none_reason.as_deref().unwrap_or("nothing in the text asks for one");
        screen.line(&format!("needs no backend: {reason}"));
        return;
    }
    if !it.tables.is_empty() {
        screen.line(&screen.bold("tables"));
    }
    for table in &it.tables {
        show_table(table, screen);
    }
    let relations = it.relations.iter().map(|[from, to]| format!("{from} -> {to}")).collect();
    let schedules = it.schedules.iter().map(|it| it.replacen('|', ", ", 1)).collect();
    let flag = |is_set: bool| if is_set { vec!["yes".to_owned()] } else { Vec::new() };
    let mut auth = it.auth.clone();
    if auth.is_empty() && it.auth_required {
        auth.push("needed, no method named".to_owned());
    }
    let lists: [(&str, Vec<String>); 11] = [
        ("relations", relations),
        ("sign-in", auth),
        ("storage", it.storage.clone()),
        ("functions", it.functions.clone()),
        ("schedules", schedules),
        ("secrets", it.secrets.clone()),
        ("payments", it.payments.clone()),
        ("realtime", it.realtime.clone()),
        ("vector", flag(it.vector)),
        ("gateway", flag(it.gateway)),
        ("deploy", it.deploy.clone()),
    ];
    for (name, items) in lists.iter().filter(|(_, items)| !items.is_empty()) {
        show_list(name, items, screen);
    }
    let hints: Vec<String> =
        it.hints.iter().map(|it| format!("{} {} ({})", it.kind, it.name, it.modality)).collect();
    if !hints.is_empty() {
        show_list("not now", &hints, screen);
    }
    if it.tables.is_empty() && lists.iter().all(|(_, items)| items.is_empty()) {
        screen.line("nothing detected");
    }
}

fn show_table(it: &Table, screen: &mut Screen) {
    let mut about: Vec<String> = Vec::new();
    about.extend(it.owner.as_ref().map(|it| format!("owned by {it}")));
    about.extend(it.rls.clone());
    if !it.explicit {
        about.push("from prose".to_owned());
    }
    let about = if about.is_empty() { String::new() } else { format!("  ({})", about.join(", ")) };
    screen.line(&format!("  {}{}", it.name, screen.dim(&about)));
    let width = it.columns.iter().map(|it| it.name.chars().count()).max().unwrap_or_default();
    for column in &it.columns {
        let ty = column.ty.as_deref().unwrap_or("");
        let key = match column.key.as_deref() {
            Some(key @ ("primary" | "unique")) => format!(" {key}"),
            Some(target) => format!(" -> {target}"),
            None => String::new(),
        };
        let values = column.values.join(" | ");
        let line = format!("    {:width$} {ty}{key} {values}", column.name);
        screen.line(line.trim_end());
    }
}

fn show_list(name: &str, items: &[String], screen: &mut Screen) {
    screen.line(&screen.bold(name));
    for item in items {
        screen.line(&format!("  {item}"));
    }
}
