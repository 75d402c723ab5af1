//! The arguments: every command of the registry with its inputs, and what the terminal adds.

use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::{Map, Value, json};
use workspace::commands::COMMANDS;

/// The whole command line.
pub(crate) fn root() -> Command {
    let mut root = Command::new("specwright")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Reads product specs: the backend they imply, and what is wrong with them")
        .after_help(
            "Every command is also `specwright SERVICE VERB`, as docs/commands.md lists them.\n\
             Exit codes: 0 clean, 1 findings, 2 wrong usage or settings, 3 internal error.",
        )
        .subcommand_required(true)
        .arg_required_else_help(true)
        .infer_long_args(true)
        .max_term_width(100)
        .arg(
            Arg::new("color")
                .long("color")
                .global(true)
                .value_name("WHEN")
                .value_parser(["auto", "always", "never"])
                .hide_possible_values(true)
                .help(
                    "When to colour: auto (on a terminal, unless NO_COLOR is set), always, never",
                ),
        );
    for it in COMMANDS {
        for alias in it.aliases {
            root = root.subcommand(clap_of(it, alias));
        }
    }
    for service in services() {
        let about = format!("The commands of the service {service}");
        let mut group = match default_of(service) {
            // Its arguments may stand right behind the service's name.
            Some(it) => clap_of(it, service).args_conflicts_with_subcommands(true),
            None => Command::new(service).subcommand_required(true),
        };
        group = group.about(about).hide(true);
        for it in COMMANDS.iter().filter(|it| it.service() == service) {
            group = group.subcommand(clap_of(it, it.verb()));
        }
        root = root.subcommand(group);
    }
    root.subcommand(
        <crate::lsp::Args as clap::Args>::augment_args(Command::new("lsp"))
            .about("Serves an editor over standard input and output"),
    )
    .subcommand(crate::pages::completions())
    .subcommand(crate::pages::man())
    .subcommand(crate::pages::docs())
}

/// The command that the arguments choose, and its own arguments.
pub(crate) fn chosen(
    matches: &ArgMatches,
) -> Option<(&'static workspace::commands::Command, &ArgMatches)> {
    let (name, inner) = matches.subcommand()?;
    if let Some(command) = workspace::commands::find(name) {
        return Some((command, inner));
    }
    match inner.subcommand() {
        Some((verb, arguments)) => {
            Some((workspace::commands::find(&format!("{name}.{verb}"))?, arguments))
        }
        None => default_of(name).map(|it| (it, inner)),
    }
}

/// The command that a service stands for by itself: `council --show-prompt`.
fn default_of(service: &str) -> Option<&'static workspace::commands::Command> {
    (service == "council").then(|| workspace::commands::find("council.review")).flatten()
}

/// The input object that the arguments spell.
pub(crate) fn input(
    command: &workspace::commands::Command,
    matches: &ArgMatches,
) -> Map<String, Value> {
    let schema = command.input_schema();
    let mut input = Map::new();
    for (name, field) in properties(&schema) {
        match kind(&field, &schema) {
            Kind::Flag => {
                input.insert(name.clone(), json!(matches.get_flag(&name)));
            }
            Kind::Texts => {
                let values = matches.get_many::<String>(&name).unwrap_or_default();
                input.insert(name.clone(), values.cloned().collect());
            }
            Kind::Number => {
                if let Some(number) = matches.get_one::<u32>(&name) {
                    input.insert(name.clone(), json!(number));
                }
            }
            Kind::Text(_) => {
                if let Some(text) = matches.get_one::<String>(&name) {
                    input.insert(name.clone(), json!(text));
                }
            }
        }
    }
    input
}

fn services() -> Vec<&'static str> {
    let mut services: Vec<&str> = COMMANDS.iter().map(|it| it.service()).collect();
    services.sort_unstable();
    services.dedup();
    services
}

fn clap_of(command: &workspace::commands::Command, name: &'static str) -> Command {
    let docs = command.docs().replace('`', "");
    let about = command.summary();
    let mut out =
        Command::new(name).about(about.trim_end_matches('.').replace('`', "")).long_about(docs);
    let schema = command.input_schema();
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for (name, field) in properties(&schema) {
        let is_required = required.contains(&name.as_str());
        out = out.arg(argument(&name, &field, &schema, is_required));
    }
    match command.name {
        "spec.check" => crate::check::with_arguments(out),
        "spec.detect" => crate::detect::with_arguments(out),
        "council.review" => crate::council::with_arguments(out),
        "schema.plan" | "schema.apply" | "forge.provision" => crate::schema::with_arguments(out),
        "council.findings" => crate::verdicts::with_arguments(out),
        "schema.format" => crate::schema::with_format_arguments(out),
        "schema.import" => crate::schema::with_import_arguments(out),
        _ if command.effect == workspace::commands::Effect::Write && has_edits(command) => out.arg(
            Arg::new("diff")
                .long("diff")
                .action(ArgAction::SetTrue)
                .help("Prints what would change, and changes nothing"),
        ),
        _ => out,
    }
    .arg(json_argument(command))
}

/// Whether the command hands back edits instead of writing itself.
pub(crate) fn has_edits(command: &workspace::commands::Command) -> bool {
    command.output_schema()["properties"].get("edits").is_some()
}

/// Commands with formats of their own have `--format`; the others know a short way to JSON.
fn json_argument(command: &workspace::commands::Command) -> Arg {
    Arg::new("json")
        .long("json")
        .action(ArgAction::SetTrue)
        .hide(matches!(
            command.name,
            "spec.check"
                | "spec.detect"
                | "schema.plan"
                | "schema.apply"
                | "forge.provision"
                | "council.findings"
        ))
        .help("Prints the output as JSON")
}

enum Kind {
    Flag,
    Number,
    Texts,
    /// With the words that are allowed; all when empty.
    Text(Vec<String>),
}

fn argument(name: &str, field: &Value, schema: &Value, is_required: bool) -> Arg {
    let docs = field["description"].as_str().unwrap_or_default().replace('`', "");
    let help = docs.trim_end_matches('.').replace('\n', " ");
    let arg = Arg::new(name.to_owned()).help(help);
    let value_name = field["x-positional"].as_str();
    let arg = match value_name {
        Some(value_name) => arg.value_name(value_name.to_owned()),
        None => arg.long(name.replace('_', "-")),
    };
    let short = field["x-short"].as_str().and_then(|it| it.chars().next());
    let arg = short.into_iter().fold(arg, Arg::short);
    match kind(field, schema) {
        Kind::Flag => arg.action(ArgAction::SetTrue),
        Kind::Number => arg.value_parser(clap::value_parser!(u32)).value_name("N"),
        Kind::Texts => arg.num_args(0..).action(ArgAction::Append),
        Kind::Text(words) if words.is_empty() => {
            let arg = arg.required(is_required);
            if value_name.is_some() {
                arg
            } else {
                let own = field["x-value-name"].as_str().map(str::to_owned);
                arg.value_name(own.unwrap_or_else(|| value_name_of(name).to_owned()))
            }
        }
        Kind::Text(words) => arg
            .required(is_required)
            .value_name(name.to_uppercase())
            .value_parser(clap::builder::PossibleValuesParser::new(words)),
    }
}

fn value_name_of(name: &str) -> &'static str {
    match name {
        "baseline" | "file" | "from" | "to" | "plan" | "backup" | "out" | "base" | "migration"
        | "down" | "spec" => "FILE",
        "url" => "URL",
        "engine_version" => "VERSION",
        "rule" => "RULE",
        _ => "TEXT",
    }
}

fn properties(schema: &Value) -> Vec<(String, Value)> {
    let properties = schema["properties"].as_object();
    properties.into_iter().flatten().map(|(name, it)| (name.clone(), it.clone())).collect()
}

fn kind(field: &Value, schema: &Value) -> Kind {
    let has_type = |word: &str| match &field["type"] {
        Value::String(it) => it == word,
        Value::Array(it) => it.iter().any(|it| it == word),
        _ => false,
    };
    if has_type("boolean") {
        Kind::Flag
    } else if has_type("integer") {
        Kind::Number
    } else if has_type("array") {
        Kind::Texts
    } else {
        Kind::Text(words(field, schema))
    }
}

/// The closed list of strings that a field or what it refers to allows.
fn words(field: &Value, schema: &Value) -> Vec<String> {
    if let Some(name) = field["$ref"].as_str().and_then(|it| it.strip_prefix("#/$defs/")) {
        return words(&schema["$defs"][name], schema);
    }
    let list = |it: &Value| -> Vec<String> {
        it.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let mut out = list(&field["enum"]);
    for variant in field["oneOf"].as_array().into_iter().flatten() {
        out.extend(variant["const"].as_str().map(str::to_owned));
        out.extend(list(&variant["enum"]));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        root().debug_assert();
    }
}
