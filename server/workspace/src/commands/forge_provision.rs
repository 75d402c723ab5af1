//! `forge.provision`: declares what specs imply, and applies it.

use super::gate::Answers;
use super::migrate_apply::{self, AppliedData};
use super::migrate_plan::{self, MigrationData};
use super::migrations::{ProblemData, Specs, Target};
use super::provisioning::{self, Files};
use super::reviews::ReviewData;
use super::{CommandCx, CommandError, checkpoints, store};
use crate::features::sections_named;
use crate::snapshot::{SpecId, SpecView};
use forge::provision::{Input as ProposeInput, Proposal, Scope, propose};
use migrate::run::Level;
use migrate::schema::Schema;
use model::{AbsPath, DocumentId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

declare_command! {
    /// Declares the backend that specs imply and lack, and applies it.
    ///
    /// It is declared as migration specs and entries of `forge.yaml`. Only what is missing is added, and each line says which line of the spec asks for it. Owners
    /// and policies come from the text; what it leaves open is a question, to be answered with
    /// `answer`. Without `yes` nothing is changed, and the output tells what would be: the files as a
    /// diff, the plan, what a dry run found, and what the council says. With it the files are written,
    /// the database is backed up, and the migrations are applied, unless the council stops them: it is
    /// answered as for `migrate apply`. What a spec no longer asks for is told, and never dropped.
    pub(super) static COMMAND = {
        name: "forge.provision",
        alias: "provision",
        effect: Destructive,
        gate: Human,
        run: run,
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Input {
    /// Files of specs; all specs of the workspace when empty.
    #[schemars(extend("x-positional" = "FILE"))]
    pub paths: Vec<String>,
    /// Only what is asked for under the heading of these words.
    pub section: Option<String>,
    /// Only these, such as `tables/users` or `auth/google`, and what they point at.
    pub primitive: Vec<String>,
    /// Answers to questions, such as `tables/loans.access=owner`; `access=deny` answers all of one
    /// kind.
    pub answer: Vec<String>,
    /// Really do it.
    pub yes: bool,
    /// Only tell what would be done, without asking.
    pub dry_run: bool,
    /// Let it by although the council stops it, for this reason, which stays in the audit log.
    #[serde(rename = "override")]
    #[schemars(extend("x-value-name" = "REASON"))]
    pub override_reason: Option<String>,
    /// What the council asks about and is meant: fingerprints of findings, or the digest of the
    /// whole review.
    #[schemars(extend("x-value-name" = "DIGEST"))]
    pub acknowledge: Vec<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    /// Whether it was done; `false` when `yes` was not given.
    pub done: bool,
    /// Whether it could be applied as far as was tried.
    pub ok: bool,
    /// Why the specs need no backend; left out when they do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub none_reason: Option<String>,
    pub added: Vec<AddedData>,
    /// Files that are written.
    pub files: Vec<FileData>,
    /// What must be answered before anything is done.
    pub questions: Vec<QuestionData>,
    /// What could not be done as the spec has it.
    pub notes: Vec<String>,
    /// Resources that are taken into force, new or changed, by `storage/avatars`.
    pub resources: Vec<String>,
    /// Resources that `forge.yaml` does not declare any more, and that go out of force.
    pub withdrawn: Vec<String>,
    /// Migrations that are applied, those that waited before included.
    pub pending: Vec<MigrationData>,
    /// Rows that stand in the way, and steps that failed, in the dry run.
    pub evidence: Vec<String>,
    /// What does not fit between specs and ledger.
    pub problems: Vec<ProblemData>,
    /// What the council says of the migrations and of what `forge.yaml` declares otherwise than what is
    /// in force; left out when there is nothing to judge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub council: Option<ReviewData>,
    /// What was written from a spec that no longer asks for it.
    pub drift: Vec<DriftData>,
    /// How far everything is that the specs ask for.
    pub states: Vec<StateData>,
    /// What was applied, in order.
    pub applied: Vec<AppliedData>,
    /// The checkpoint that was made right before; `rollback to` leads back to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<String>,
}

/// Something that is declared.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AddedData {
    /// `tables/users`
    pub primitive: String,
    /// `PRD.md:12 "Users can …"`; left out when nothing but a choice is behind it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// What was chosen, and why.
    pub chosen: Vec<String>,
}

/// A file that is written.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FileData {
    /// Below the workspace folder.
    pub path: String,
    pub is_new: bool,
    /// Unified.
    pub diff: String,
}

/// What a spec leaves open.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct QuestionData {
    /// What an answer starts with: `tables/loans.access`.
    pub key: String,
    /// The key that answers all questions of its kind.
    pub group: &'static str,
    pub text: String,
    pub options: Vec<OptionData>,
}

/// A possible answer.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct OptionData {
    pub value: String,
    pub meaning: String,
}

/// Something that a spec no longer asks for.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DriftData {
    pub primitive: String,
    /// Where it is declared.
    pub file: String,
    /// From 1.
    pub line: u32,
    /// The line of the spec that asked for it.
    pub asked_by: String,
}

/// How far a primitive is.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct StateData {
    pub primitive: String,
    /// `detected`, `declared`, `applied` or `drifted`.
    pub state: &'static str,
    /// What does not agree.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// Runs the command on typed data.
///
/// # Errors
/// When an input does not fit, declared files have errors, a question is open with `yes`, the
/// council stops it, or a migration is refused: then the files are as they were.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let views = views(cx, input)?;
    let (specs, target) = (Specs::read(cx)?, Target::new(cx, None)?);
    let ledger = target.ledger()?;
    let schema = specs.describe(&ledger)?.schema;
    let draft = draft(cx, input, &views, &specs, schema)?;
    if input.yes && !input.dry_run && !draft.proposal.questions.is_empty() {
        return Err(unanswered(&draft.proposal));
    }
    let planned = draft.files.specs(specs);
    let tried = migrate_plan::tried(cx, &planned, &target, Level::Live)?;
    let mut out = output(cx, &views, &draft, tried)?;
    let described = planned.describe(&ledger)?;
    if !input.yes || input.dry_run {
        let also = draft.files.resource_change(cx)?;
        out.council = migrate_apply::foresee(cx, &planned, &target, &ledger, &described, also)?;
        return Ok(out);
    }
    if !out.ok {
        let why = out.evidence.iter().chain(out.problems.iter().map(|it| &it.message));
        let why: Vec<&str> = why.map(String::as_str).collect();
        return Err(CommandError::user(format!("provision: {}", why.join("; ")))
            .hint("nothing was changed; mend what stands in the way"));
    }
    let is_needed = !out.files.is_empty()
        || !out.pending.is_empty()
        || !out.resources.is_empty()
        || !out.withdrawn.is_empty();
    if !is_needed {
        provisioning::write_required(cx)?;
        out.done = true;
        return Ok(out);
    }
    let answers = Answers {
        override_reason: input.override_reason.as_deref(),
        acknowledge: &input.acknowledge,
    };
    // No file is written before: what is stopped leaves nothing else behind.
    store::ensure(cx)?;
    let also = draft.files.resource_change(cx)?;
    let council = migrate_apply::judge(cx, &planned, &target, &ledger, &described, also)?;
    out.council = council.map(|it| it.admit(cx, answers)).transpose()?;
    out.checkpoint = checkpoints::before(cx, "forge.provision", None)?;
    let done = provisioning::carry_out(cx, &target, &draft.files, || {
        migrate_apply::admitted(cx, &planned, &target)
    })?;
    out.applied = done.applied;
    provisioning::write_required(cx)?;
    (out.done, out.pending) = (true, Vec::new());
    out.states = provisioning::states(cx, &views)?;
    Ok(out)
}

/// The specs that are asked for.
fn views(cx: &CommandCx<'_>, input: &Input) -> Result<Vec<Arc<SpecView>>, CommandError> {
    let paths = super::detect::paths(cx, &input.paths)?;
    let is_asked = |path: &AbsPath| {
        paths.is_empty() || paths.iter().any(|it| it == path || path.relative_to(it).is_some())
    };
    let ids: Vec<SpecId> = super::detect::specs(cx, &is_asked);
    let views: Vec<Arc<SpecView>> = ids.into_iter().filter_map(|it| cx.snapshot.view(it)).collect();
    if views.is_empty() {
        return Err(CommandError::user("provision: there is no spec here")
            .hint("name a file, or write a PRD.md"));
    }
    if let Some(failure) = views.iter().find_map(|it| super::detect::failure(it, &paths)) {
        return Err(failure);
    }
    Ok(views)
}

/// Everything that is missing, of all specs together.
struct Draft {
    proposal: Proposal,
    files: Files,
    /// After all migration specs, the new ones included.
    schema: Schema,
}

fn draft(
    cx: &CommandCx<'_>,
    input: &Input,
    views: &[Arc<SpecView>],
    specs: &Specs,
    mut schema: Schema,
) -> Result<Draft, CommandError> {
    let answers = answers(&input.answer)?;
    let mut names = specs.names();
    let mut files = Files::new(cx)?;
    let mut all = Proposal::default();
    let mut is_found = input.section.is_none();
    for view in views {
        let scope = scope(input, view);
        is_found |= scope != Scope::Spans(Vec::new());
        let proposed = propose(&ProposeInput {
            documents: &view.documents,
            analysis: &view.analysis,
            scope: &scope,
            schema: &schema,
            resources: files.resources.as_deref(),
            migrations: &names,
            answers: &answers,
        });
        let proposal = proposed.map_err(|it| {
            CommandError::user(it.to_string()).hint("nothing was changed; say it another way")
        })?;
        if let Some((name, text)) = proposal.migration {
            schema = provisioning::after(&schema, &name, &text);
            names.push(name.clone());
            files.migrations.push((name, text));
        }
        files.resources = proposal.resources.or(files.resources);
        all.added.extend(proposal.added);
        all.questions.extend(proposal.questions);
        all.notes.extend(proposal.notes);
    }
    if let (false, Some(section)) = (is_found, &input.section) {
        return Err(CommandError::user(format!("provision: no heading says `{section}`"))
            .hint("write the words of the heading, without its signs"));
    }
    unknown_primitives(input, views)?;
    Ok(Draft { proposal: all, files, schema })
}

fn scope(input: &Input, view: &SpecView) -> Scope {
    if !input.primitive.is_empty() {
        return Scope::Primitives(input.primitive.clone());
    }
    let Some(section) = &input.section else { return Scope::All };
    let mut spans = Vec::new();
    for (id, document) in (0u32..).map(DocumentId).zip(&view.documents) {
        spans.extend(sections_named(document, section).into_iter().map(|it| (id, it)));
    }
    Scope::Spans(spans)
}

/// A name that no spec has would otherwise look as if all were there.
fn unknown_primitives(input: &Input, views: &[Arc<SpecView>]) -> Result<(), CommandError> {
    let known: Vec<String> =
        views.iter().flat_map(|it| provisioning::primitives(&it.analysis.detection)).collect();
    for wanted in &input.primitive {
        let is_it =
            |it: &String| it == wanted || it.split_once('/').is_some_and(|it| it.1 == wanted);
        if !known.iter().any(is_it) {
            let error = CommandError::user(format!("provision: no spec asks for `{wanted}`"));
            let near = text::suggest::nearest(wanted, known.iter().map(String::as_str));
            return Err(match near {
                Some(it) => error.hint(format!("did you mean `{it}`?")),
                None => error.hint("`specwright detect` lists what specs ask for"),
            });
        }
    }
    Ok(())
}

fn answers(texts: &[String]) -> Result<BTreeMap<String, String>, CommandError> {
    let mut out = BTreeMap::new();
    for text in texts {
        let (key, value) = text.split_once('=').ok_or_else(|| {
            CommandError::user(format!("read the answer `{text}`"))
                .hint("write it as KEY=VALUE, such as `access=deny`")
        })?;
        out.insert(key.trim().to_owned(), value.trim().to_owned());
    }
    Ok(out)
}

fn unanswered(proposal: &Proposal) -> CommandError {
    let mut message = String::from("provision: the spec leaves open what must not be guessed");
    let mut hint = String::from("nothing was changed; answer with");
    for it in &proposal.questions {
        message += &format!("\n  {}", it.text);
        let values: Vec<&str> = it.options.iter().map(|it| it.value.as_str()).collect();
        hint += &format!("\n  --answer {}={}", it.key, values.join("|"));
    }
    CommandError::user(message).hint(hint)
}

fn output(
    cx: &CommandCx<'_>,
    views: &[Arc<SpecView>],
    draft: &Draft,
    tried: migrate_plan::Output,
) -> Result<Output, CommandError> {
    let none = views.iter().find_map(|it| it.analysis.detection.none.as_ref());
    let question = |it: &forge::provision::Question| QuestionData {
        key: it.key.clone(),
        group: it.group,
        text: it.text.clone(),
        options: it
            .options
            .iter()
            .map(|it| OptionData { value: it.value.clone(), meaning: it.meaning.clone() })
            .collect(),
    };
    let added = |it: &forge::provision::Added| AddedData {
        primitive: it.primitive.clone(),
        evidence: it.mark.as_ref().map(ToString::to_string),
        chosen: it.chosen.clone(),
    };
    let mut problems = tried.problems;
    let of_resources = draft.files.problems(cx, &draft.schema);
    let ok = tried.ok && of_resources.is_empty();
    let (resources, withdrawn) = draft.files.changed_resources(cx)?;
    problems.extend(of_resources);
    Ok(Output {
        done: false,
        ok,
        none_reason: none.filter(|_| views.len() == 1).map(|it| it.reason.clone()),
        added: draft.proposal.added.iter().map(added).collect(),
        files: draft.files.data(),
        questions: draft.proposal.questions.iter().map(question).collect(),
        notes: draft.proposal.notes.clone(),
        resources,
        withdrawn,
        pending: tried.migrations,
        evidence: tried.evidence,
        problems,
        council: None,
        drift: provisioning::drift(cx)?,
        states: provisioning::states(cx, views)?,
        applied: Vec::new(),
        checkpoint: None,
    })
}

/// Whether an output tells of something to be done.
#[must_use]
pub fn has_work(output: &serde_json::Value) -> bool {
    let is_filled = |it: &str| output[it].as_array().is_some_and(|it| !it.is_empty());
    ["files", "pending", "resources", "withdrawn", "questions"].into_iter().any(is_filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_pairs() {
        let read = answers(&["access = deny".to_owned()]).expect("a pair");
        assert_eq!(read.get("access").map(String::as_str), Some("deny"));
        assert!(answers(&["deny".to_owned()]).is_err());
    }
}
