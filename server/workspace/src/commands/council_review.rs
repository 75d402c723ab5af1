//! `council.review`: what the council says of one migration in SQL, or of those that wait.

use super::gate::{self, Change};
use super::migrations::{Specs, Target};
use super::prompts::{self, RequestData};
use super::reviews::{FindingData, ReachData, ReviewerData};
use super::schema::{DialectWord, read_text};
use super::{CommandCx, CommandError, detect, git, provisioning, report, reviews};
use crate::snapshot::{DocumentKey, SpecView};
use council::{Ground, Part, PartKind, Subject};
use migrate::plan::Dialect;
use model::{AbsPath, RelPath, Review, SubjectKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use spec::Document;
use std::sync::Arc;

declare_command! {
    /// Reviews a migration in SQL over the schema that it changes, the migrations that wait, a change of `forge.yaml`, or an edit of a spec.
    ///
    /// The deterministic reviewers read both texts, judge the net effect, run SQLite in memory on
    /// made-up rows, and say who can do what with which rows. Critical and high findings block; medium
    /// ones ask to be acknowledged where access widens, data can go, or what runs now can fail or wait.
    /// An edit of a spec is judged by what it asks for otherwise than the text before: it opens data, or
    /// costs tables, columns or clients their place; the latter is asked about and never blocks, since
    /// nothing is dropped because a spec says so. A text that cannot be read is inconclusive, never a pass. Nothing is changed, and nothing leaves
    /// the machine, unless `url` names a PostgreSQL server: there the change is run in a database that is
    /// made for it and dropped again. With `show_prompt` it tells what models would be sent, to the byte and without secrets,
    /// and sends nothing; without `council.models` in your own settings, what each lens would ask.
    pub(super) static COMMAND = {
        name: "council.review",
        effect: Read,
        gate: None,
        run: run,
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Input {
    /// SQL file with the schema before; without it every table that is used is taken to be there.
    pub base: Option<String>,
    /// SQL file with the migration; the migrations of the workspace that wait when left out.
    pub migration: Option<String>,
    /// SQL file with the way back.
    pub down: Option<String>,
    /// Specs that the schema must agree with; without a migration, those whose edit is reviewed: `base`
    /// is then the file before, or the last commit when left out.
    pub spec: Vec<String>,
    /// File of declared resources, `forge/forge.yaml` as it shall be, in the place of a migration;
    /// `base` is then the file before, or what is in force when left out.
    pub resources: Option<String>,
    /// `postgres` or `sqlite`; told from the migration when left out.
    pub engine: Option<DialectWord>,
    /// A PostgreSQL server whose user may make databases, to run the change there on made-up rows. Where
    /// he may do more, as a superuser does, it runs as a role without rights that is made for it.
    pub url: Option<String>,
    /// Tell what models would be sent, and send nothing.
    pub show_prompt: bool,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    /// `pass`, `needs_acknowledgement`, `inconclusive` or `block`.
    pub verdict: &'static str,
    /// Why it is no pass.
    pub reasons: Vec<String>,
    /// Worst first.
    pub findings: Vec<FindingData>,
    /// Who can do what with rows of tables whose access changes, before and after.
    pub reachability: Vec<ReachData>,
    pub reviewers: Vec<ReviewerData>,
    /// Identifies the change.
    pub subject_hash: String,
    /// Identifies what it starts from.
    pub base_hash: String,
    /// Identifies the rules.
    pub policy_version: String,
    /// With `show_prompt`: one for each change and model reviewer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests: Option<Vec<RequestData>>,
}

/// Runs the command on typed data.
///
/// # Errors
/// When a file cannot be read, or no migration waits; what is in a file is never an error.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let changes = match (&input.resources, &input.migration) {
        (Some(path), _) => vec![(path.clone(), gate::of_subject(declared(cx, input, path)?))],
        (None, Some(path)) => vec![(path.clone(), gate::of_subject(subject(cx, input, path)?))],
        (None, None) if !input.spec.is_empty() => edits(cx, input)?,
        (None, None) => waiting(cx, input)?,
    };
    let ground = input.url.as_deref().map(|it| Ground::at(it, cx.system)).transpose();
    let ground = ground.map_err(|it| {
        let hint = "name one as postgresql://user@host/postgres, whose user may make databases; one \
                    who may make roles too has to be let in with a password, not as a user of the machine";
        CommandError::user(it).hint(hint)
    })?;
    let review = |it: &Change| it.review(cx, ground.as_ref());
    let reviews: Vec<Review> = changes.iter().map(|(_, it)| review(it)).collect();
    let review = gate::together(&reviews);
    let requests = input.show_prompt.then(|| prompts::requests(cx, &changes));
    Ok(Output {
        verdict: review.verdict.word(),
        reasons: review.reasons.clone(),
        findings: reviews::findings(&review, &[], cx.system.now()),
        reachability: review.reachability.iter().map(ReachData::from).collect(),
        reviewers: review.runs.iter().map(ReviewerData::from).collect(),
        subject_hash: review.subject_hash,
        base_hash: review.base_hash,
        policy_version: review.policy_version,
        requests,
    })
}

/// A change of declared resources.
fn declared(cx: &CommandCx<'_>, input: &Input, path: &str) -> Result<Subject, CommandError> {
    let others = [&input.migration, &input.down, &input.url].into_iter().flatten();
    if others.chain(&input.spec).next().is_some() || input.engine.is_some() {
        return Err(CommandError::user(format!("review the resources in `{path}`"))
            .hint("review them by themselves: with `--resources FILE` and `--base FILE` alone"));
    }
    let before = match &input.base {
        Some(base) => read_text(cx, base)?,
        None if cx.root.is_some() => provisioning::text_in_force(cx)?,
        None => String::new(),
    };
    Ok(Subject::of_resources(&before, path, &read_text(cx, path)?))
}

/// What the specs ask for otherwise than before.
fn edits(cx: &CommandCx<'_>, input: &Input) -> Result<Vec<(String, Change)>, CommandError> {
    let paths = detect::paths(cx, &input.spec)?;
    let attempt = || format!("review the edit of `{}`", input.spec.join("`, `"));
    if input.down.is_some() || input.url.is_some() || input.engine.is_some() {
        return Err(CommandError::user(attempt())
            .hint("review it by itself: with `--spec FILE` and `--base FILE` alone"));
    }
    let specs = specs(cx, &paths)?;
    let mut out = Vec::new();
    for (name, files) in &specs {
        let before = match (&input.base, files.as_slice()) {
            (Some(base), [(_, now)]) if specs.len() == 1 => {
                vec![Document::new(now.path.clone(), read_text(cx, base)?.into())]
            }
            (Some(base), _) => {
                return Err(CommandError::user(format!("{} beside `{base}`", attempt())).hint(
                    "`--base` is for a spec of one file; without it the last commit is what was before",
                ));
            }
            (None, _) => files
                .iter()
                .map(|(path, now)| committed(cx, path, now))
                .collect::<Result<_, _>>()?,
        };
        let now = files.iter().map(|it| it.1.clone()).collect();
        out.extend(gate::of_spec(before, now)?.into_iter().map(|it| (name.clone(), it)));
    }
    Ok(out)
}

/// The files of a spec.
type SpecFiles = Vec<(AbsPath, Document)>;

/// The specs that have these files, each with its name and all of its files; a file that is no spec
/// by its name is one by itself.
fn specs(cx: &CommandCx<'_>, paths: &[AbsPath]) -> Result<Vec<(String, SpecFiles)>, CommandError> {
    let ids = detect::specs(cx, &|it| paths.contains(it));
    let views: Vec<Arc<SpecView>> = ids.into_iter().filter_map(|it| cx.snapshot.view(it)).collect();
    if let Some(failure) = views.iter().find_map(|it| detect::failure(it, paths)) {
        return Err(failure);
    }
    let mut out: Vec<(String, SpecFiles)> = Vec::new();
    for view in &views {
        let files = view.keys.iter().zip(&view.documents).filter_map(|(key, document)| match key {
            DocumentKey::File(path) => Some((path.clone(), document.clone())),
            DocumentKey::Untitled(_) => None,
        });
        let name = view.keys.first().map_or_else(String::new, |it| report::file_name(cx, it));
        out.push((name, files.collect()));
    }
    for path in paths {
        if !out.iter().any(|(_, files)| files.iter().any(|it| it.0 == *path)) {
            let below = cx.root.as_ref().and_then(|root| path.relative_to(root));
            let file_name = path.as_path().file_name().unwrap_or_default().to_string_lossy();
            let below = below.or_else(|| RelPath::new(&file_name));
            let text = read_text(cx, &path.to_string())?;
            let name = report::file_name(cx, &DocumentKey::File(path.clone()));
            out.push((name, vec![(path.clone(), Document::new(below, text.into()))]));
        }
    }
    Ok(out)
}

/// A document as it was last committed; what is new was empty.
fn committed(cx: &CommandCx<'_>, path: &AbsPath, now: &Document) -> Result<Document, CommandError> {
    let hint = "outside of a git work tree, name the text before with `--base FILE`";
    let folder = path.as_path().parent().and_then(AbsPath::new).unwrap_or_else(|| cx.cwd.clone());
    let name = path.as_path().file_name().unwrap_or_default().to_string_lossy();
    let object = format!("HEAD:./{name}");
    git::git(cx, &folder, &["rev-parse", "--show-toplevel"]).map_err(|it| it.hint(hint))?;
    let text = match git::git(cx, &folder, &["rev-parse", "--verify", "--quiet", &object]) {
        Ok(_) => git::git(cx, &folder, &["cat-file", "blob", &object])?,
        Err(_) => Vec::new(),
    };
    let text = String::from_utf8_lossy(&text);
    Ok(Document::new(now.path.clone(), text.trim_start_matches('\u{feff}').into()))
}

/// The texts that the input names.
fn subject(cx: &CommandCx<'_>, input: &Input, migration: &str) -> Result<Subject, CommandError> {
    let mut parts = Vec::new();
    let mut add = |kind: PartKind, name: &str, path: &str| -> Result<(), CommandError> {
        parts.push(Part { kind, name: name.to_owned(), text: read_text(cx, path)? });
        Ok(())
    };
    if let Some(base) = &input.base {
        add(PartKind::Base, "base", base)?;
    }
    add(PartKind::Migration, "migration", migration)?;
    if let Some(down) = &input.down {
        add(PartKind::Down, "down", down)?;
    }
    for spec in &input.spec {
        add(PartKind::Spec, spec, spec)?;
    }
    let dialect = match input.engine {
        Some(DialectWord::Sqlite) => Dialect::Sqlite,
        Some(DialectWord::Postgres) => Dialect::Postgres,
        None => council::dialect_of(&parts),
    };
    Ok(Subject { kind: SubjectKind::MigrationPlan, dialect, parts, is_planned: false })
}

/// The migrations that wait to be applied to the database of the workspace.
fn waiting(cx: &CommandCx<'_>, input: &Input) -> Result<Vec<(String, Change)>, CommandError> {
    let only_for_sql = [&input.base, &input.down].into_iter().flatten().next();
    if only_for_sql.is_some() || input.engine.is_some() {
        return Err(CommandError::user("review a change: there is no `migration`")
            .hint("name its file with `--migration FILE`"));
    }
    let (specs, target) = (Specs::read(cx)?, Target::new(cx, None)?);
    let ledger = target.ledger()?;
    let described = specs.describe(&ledger)?;
    let names: Vec<&str> = described.migrations.iter().map(|it| it.name.as_str()).collect();
    if names.is_empty() {
        return Err(CommandError::user("review the migrations that wait: there is none")
            .hint("name a file with SQL: `specwright council review --migration FILE`"));
    }
    let changes = gate::changes(cx, &specs, &names, &gate::imported_by(&ledger));
    Ok(names.iter().map(|it| (*it).to_owned()).zip(changes).collect())
}
