//! The command registry: everything that a user or agent can do, declared once.
//!
//! A command is a name, typed input and output, what it may change, and a handler. The command line
//! (`specwright spec check`, short `check`), the language server (`specwright.spec.check`) and the
//! reference pages are drawn from [`COMMANDS`]; fronts add presentation, never behaviour.

#[macro_use]
mod declare;
mod applied;
mod audit;
mod checkpoints;
mod declared;
mod edits;
mod environments;
mod error;
mod gate;
mod git;
mod load;
mod memory;
mod migrations;
mod prompts;
mod proofs;
mod provisioning;
pub mod question;
mod remember;
mod report;
mod resources;
mod reviews;
mod rollbacks;
mod schema;
mod schema_lints;
mod schema_postgres;
mod store;

pub use crate::commands::checkpoints::{
    DatabaseData, FileData, LastApply, NoteData, PreviewData, RecordData, RestoredData, TableData,
    last_apply, recover,
};
pub use crate::commands::declare::{Command, Effect, Gate};
pub use crate::commands::edits::{FileEdit, TextPatch, apply_patches, write_edits};
pub use crate::commands::error::{CommandError, ErrorKind};
pub use crate::commands::gate::standing;
pub use crate::commands::load::{Loaded, are_fatal, load, load_settings, read_settings, resolve};
pub use crate::commands::migrations::ProblemData;
pub use crate::commands::prompts::RequestData;
pub use crate::commands::provisioning::{findings, standings};
pub use crate::commands::question::{
    Choice, Question, Says, panel_choice, preview, question, second_question, stopped, told,
};
pub use crate::commands::report::{Finding, Notice, Patch, Place, Point, RelatedPlace};
pub use crate::commands::resources::{ResourceData, ResourceState};
pub use crate::commands::reviews::{FindingData, FixData, ReachData, ReviewData, ReviewerData};
pub use crate::commands::rollbacks::{Panel, PanelEdit, Shows, followed};
pub use crate::commands::schema::{CheckData, DialectWord, LockData, ReasonData, StepData};
pub(crate) use crate::commands::store::FOLDER as STORE_FOLDER;
pub use crate::commands::store::write_private;

use crate::settings::Settings;
use crate::snapshot::Snapshot;
use model::AbsPath;
use std::sync::Arc;
use system::System;

commands! {
    check,
    detect,
    fix,
    silence,
    explain,
    record,
    status,
    init,
    doctor,
    cleanup,
    audit_verify,
    audit_log,
    audit_export,
    audit_seal,
    context,
    memory_list,
    memory_forget,
    memory_export,
    schema_plan,
    schema_apply,
    schema_import,
    schema_format,
    migrate_preview,
    migrate_plan,
    migrate_apply,
    migrate_rollback,
    migrate_status,
    migrate_diff,
    migrate_drift,
    migrate_purge,
    schema_promote,
    forge_provision,
    council_review,
    council_findings,
    council_suppress,
    council_override,
    council_show,
    checkpoint_create,
    checkpoint_list,
    checkpoint_show,
    checkpoint_diff,
    checkpoint_pin,
    checkpoint_prune,
    checkpoint_forget,
    checkpoint_export,
    rollback_to,
    rollback_changes,
    proof_generate,
    proof_list,
    proof_show,
    proof_verify,
    proof_open,
    proof_share,
}

/// What a handler may use.
pub struct CommandCx<'a> {
    pub system: &'a dyn System,
    /// Relative paths of the input start here.
    pub cwd: AbsPath,
    /// The workspace folder; `None` outside of one.
    pub root: Option<AbsPath>,
    pub settings: Arc<Settings>,
    /// What an editor has open lies over what is on disk.
    pub snapshot: Snapshot,
    /// Who calls, with a version where there is one: `command line`, `Neovim 0.11.2`. It is an
    /// input as any other, and only told.
    pub client: String,
    /// Problems of the settings, as the doctor tells them.
    pub problems: Vec<String>,
    /// Hears how many specs are done of how many; `false` stops.
    pub progress: &'a (dyn Fn(usize, usize) -> bool + Sync),
}

/// The command of that name or alias.
#[must_use]
pub fn find(name: &str) -> Option<&'static Command> {
    COMMANDS.iter().copied().find(|it| it.name == name || it.aliases.contains(&name))
}

/// The reference page, `docs/commands.md`.
#[must_use]
pub fn reference() -> String {
    let mut out = String::from(
        "# Commands\n\n\
         Everything that can be done is declared once and offered by every front: on the command \
         line as `specwright SERVICE VERB` (some have a short name), to editors as \
         `workspace/executeCommand` with the name `specwright.SERVICE.VERB` and one argument, the \
         input object.\n\n\
         | command | short | effect | what it does |\n| --- | --- | --- | --- |\n",
    );
    for it in COMMANDS {
        let alias = it.aliases.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ");
        let (effect, summary) = (it.effect.word(), it.summary());
        out += &format!(
            "| [`{0}`](#{1}) | {alias} | {effect} | {summary} |\n",
            it.name,
            it.name.replace('.', "")
        );
    }
    for it in COMMANDS {
        out += &format!("\n## {}\n\n{}\n\n", it.name, it.docs());
        out += &format!("Editors: `{}`. Effect: {}.", it.lsp_name(), it.effect.word());
        if it.gate == Gate::Human {
            out += " Asks before it starts.";
        }
        out += "\n\nInput:\n\n";
        out += &fields(&it.input_schema());
        out += "\nOutput:\n\n";
        out += &fields(&it.output_schema());
    }
    out
}

/// A schema's top level as a Markdown list.
fn fields(schema: &serde_json::Value) -> String {
    let list = schema["type"] == "array";
    let object = if list { &schema["items"] } else { schema };
    let object = deref(object, schema);
    let mut out = if list { "A list of objects with\n\n".to_owned() } else { String::new() };
    let Some(properties) = object["properties"].as_object() else {
        return format!("{out}nothing\n");
    };
    if properties.is_empty() {
        return format!("{out}nothing\n");
    }
    for (name, field) in properties {
        let docs = field["description"].as_str().unwrap_or_default().replace('\n', " ");
        let space = if docs.is_empty() { "" } else { ": " };
        out += &format!("- `{name}`{space}{docs}\n");
    }
    out
}

/// What a `$ref` at the top of `schema` names.
fn deref<'a>(schema: &'a serde_json::Value, root: &'a serde_json::Value) -> &'a serde_json::Value {
    match schema["$ref"].as_str().and_then(|it| it.strip_prefix("#/$defs/")) {
        Some(name) => &root["$defs"][name],
        None => schema,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_service_and_verb_and_never_repeat() {
        let mut seen = std::collections::BTreeSet::new();
        for it in COMMANDS {
            let (service, verb) = it.name.split_once('.').expect("a service and a verb");
            assert!(!service.is_empty() && !verb.is_empty() && !verb.contains('.'), "{}", it.name);
            assert!(seen.insert(it.name), "{}", it.name);
            assert!(it.aliases.iter().all(|it| seen.insert(it)), "{:?}", it.aliases);
            assert!(it.summary().ends_with('.'), "{}: {}", it.name, it.summary());
        }
    }
}
