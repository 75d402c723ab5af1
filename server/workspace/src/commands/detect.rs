//! `spec.detect`: the backend that a spec implies, as one JSON object.

use super::report;
use super::{CommandCx, CommandError};
use crate::snapshot::{DocumentKey, SpecId, SpecView};
use model::{AbsPath, Detection, DocumentId, Evidence, Need, NeedKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Lists the backend that specs imply: tables, sign-in, buckets, functions, schedules, and so on.
    ///
    /// A sharded spec is read as one, whichever of its files is named.
    pub(super) static COMMAND = {
        name: "spec.detect",
        alias: "detect",
        effect: Read,
        gate: None,
        run: run,
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Input {
    /// Files and folders; all specs of the workspace when empty.
    #[schemars(extend("x-positional" = "PATH"))]
    pub paths: Vec<String>,
}

/// One object for each spec.
pub type Output = Vec<Backend>;

/// The backend of one spec. Only what is required now is listed; `hints` holds the rest.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Backend {
    /// The spec's first file; left out where only one spec is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// All files of a sharded spec; left out for a spec of one file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
    /// Whether the spec needs no backend.
    pub none: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub none_reason: Option<String>,
    pub tables: Vec<Table>,
    /// Pairs such as `["posts.user_id", "users.id"]`.
    pub relations: Vec<[String; 2]>,
    pub auth: Vec<String>,
    pub auth_required: bool,
    pub storage: Vec<String>,
    pub functions: Vec<String>,
    /// `name|every`.
    pub schedules: Vec<String>,
    pub secrets: Vec<String>,
    pub payments: Vec<String>,
    pub realtime: Vec<String>,
    pub vector: bool,
    pub gateway: bool,
    pub deploy: Vec<String>,
    pub evidence: Vec<Proof>,
    /// What the spec mentions without requiring it now.
    pub hints: Vec<Hint>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Table {
    pub name: String,
    pub label: String,
    pub columns: Vec<Column>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rls: Option<String>,
    /// Whether a data model names it, in contrast to prose.
    pub explicit: bool,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Column {
    pub name: String,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub ty: Option<String>,
    /// `primary`, `unique` or `table.column`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nullable: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
}

/// One place that shows one primitive. Offsets are UTF-8 bytes.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Proof {
    /// Key of the object above: `tables`, `auth`, `none` …
    pub kind: &'static str,
    pub name: String,
    /// Index into the spec's files; left out for the first.
    #[serde(skip_serializing_if = "is_first")]
    pub document: u32,
    pub start: u32,
    pub end: u32,
    pub rule: &'static str,
    /// 0 to 1.
    pub confidence: f64,
    pub modality: &'static str,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Hint {
    pub kind: &'static str,
    pub name: String,
    pub confidence: f64,
    pub modality: &'static str,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_first(document: &u32) -> bool {
    *document == 0
}

/// Runs the command on typed data.
///
/// # Errors
/// When a named file cannot be read as text.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let paths = paths(cx, &input.paths)?;
    let is_asked = |path: &AbsPath| {
        paths.is_empty() || paths.iter().any(|it| it == path || path.relative_to(it).is_some())
    };
    let specs = specs(cx, &is_asked);
    let found = scan(cx, &specs, &|view: &SpecView| match failure(view, &paths) {
        Some(failure) => Err(failure),
        None => Ok(of_view(cx, view)),
    });
    let mut all = found.into_iter().flatten().collect::<Result<Output, CommandError>>()?;
    if let [only] = all.as_mut_slice() {
        only.file = None;
    }
    Ok(all)
}

/// Why a file that was named could not be read; one that was only found is told as a notice.
pub(super) fn failure(view: &SpecView, paths: &[AbsPath]) -> Option<CommandError> {
    let mut sources = view.keys.iter().zip(&view.sources);
    let (_, info) = sources.find(|(key, info)| {
        info.failure.is_some() && matches!(key, DocumentKey::File(it) if paths.contains(it))
    })?;
    info.failure.clone().map(CommandError::user)
}

/// The backend of a view, with its files named.
fn of_view(cx: &CommandCx<'_>, view: &SpecView) -> Backend {
    let files: Vec<String> = view.keys.iter().map(|it| report::file_name(cx, it)).collect();
    let mut out = output(&view.analysis.detection);
    for it in &mut out.evidence {
        let has_mark = view.sources.get(it.document as usize).is_some_and(|it| it.has_mark);
        let mark = if has_mark { 3 } else { 0 };
        it.start += mark;
        it.end += mark;
    }
    out.file = files.first().cloned();
    out.files = if files.len() > 1 { files } else { Vec::new() };
    out
}

pub(super) fn paths(cx: &CommandCx<'_>, paths: &[String]) -> Result<Vec<AbsPath>, CommandError> {
    paths.iter().map(|it| super::resolve(&cx.cwd, it)).collect()
}

/// The specs that have a file asked for, in order.
pub(super) fn specs(cx: &CommandCx<'_>, is_asked: &dyn Fn(&AbsPath) -> bool) -> Vec<SpecId> {
    asked(cx, cx.snapshot.specs(), is_asked)
}

/// The specs, and the sets of migration specs, that have a file asked for, in order.
pub(super) fn all(cx: &CommandCx<'_>, is_asked: &dyn Fn(&AbsPath) -> bool) -> Vec<SpecId> {
    let mut all = cx.snapshot.specs();
    all.extend(cx.snapshot.migrations());
    asked(cx, all, is_asked)
}

fn asked(
    cx: &CommandCx<'_>,
    mut specs: Vec<SpecId>,
    is_asked: &dyn Fn(&AbsPath) -> bool,
) -> Vec<SpecId> {
    specs.retain(|spec| {
        cx.snapshot.keys(*spec).any(|key| match key {
            DocumentKey::File(path) => is_asked(path),
            DocumentKey::Untitled(_) => true,
        })
    });
    specs
}

/// Maps views on all cores, telling the caller how far it is.
pub(super) fn scan<T: Send>(
    cx: &CommandCx<'_>,
    specs: &[SpecId],
    map: &(dyn Fn(&SpecView) -> T + Sync),
) -> Vec<Option<T>> {
    cx.snapshot.scan(specs, &|n_done| (cx.progress)(n_done, specs.len()), &|it| map(it))
}

/// Renders a detection for JSON.
#[must_use]
pub fn output(detection: &Detection) -> Backend {
    let names = |kind| -> Vec<String> {
        detection.needs_of(kind).filter(|it| it.is_required()).map(|it| it.name.clone()).collect()
    };
    let any = |kind| detection.needs_of(kind).any(Need::is_required);
    let schedules = detection.needs_of(NeedKind::Schedule).filter(|it| it.is_required());
    let required = detection.tables.iter().filter(|it| it.is_required());
    Backend {
        file: None,
        files: Vec::new(),
        none: detection.none.is_some(),
        none_reason: detection.none.as_ref().map(|it| it.reason.clone()),
        tables: required.map(table).collect(),
        relations: detection
            .relations
            .iter()
            .filter(|it| {
                it.modality == model::Modality::InScope
                    && it.confidence >= model::Confidence::REQUIRED
            })
            .map(|it| {
                [
                    format!("{}.{}", it.from_table, it.from_column),
                    format!("{}.{}", it.to_table, it.to_column),
                ]
            })
            .collect(),
        auth: names(NeedKind::Auth),
        auth_required: detection.sign_in.is_some() || any(NeedKind::Auth),
        storage: names(NeedKind::Storage),
        functions: names(NeedKind::Function),
        schedules: schedules
            .map(|it| format!("{}|{}", it.name, it.attribute("every").unwrap_or("unspecified")))
            .collect(),
        secrets: names(NeedKind::Secret),
        payments: names(NeedKind::Payments),
        realtime: names(NeedKind::Realtime),
        vector: any(NeedKind::Vector),
        gateway: any(NeedKind::Gateway),
        deploy: names(NeedKind::Deploy),
        evidence: proofs(detection),
        hints: hints(detection),
    }
}

fn table(it: &model::Table) -> Table {
    Table {
        name: it.name.clone(),
        label: it.label.clone(),
        columns: it.columns.iter().map(column).collect(),
        owner: it.owner.clone(),
        rls: it.policy.as_ref().map(policy),
        explicit: it.explicit,
    }
}

fn policy(it: &model::Policy) -> String {
    match it {
        model::Policy::Public => "public".to_owned(),
        model::Policy::OwnRow => "own-row".to_owned(),
        model::Policy::OwnOrPublic => "own-or-public".to_owned(),
        model::Policy::MemberOf(table) => format!("member-of({table})"),
        model::Policy::Role(role) => format!("role({role})"),
    }
}

fn column(it: &model::Column) -> Column {
    let key = it.key.as_ref().map(|key| match key {
        model::ColumnKey::Primary => "primary".to_owned(),
        model::ColumnKey::Unique => "unique".to_owned(),
        model::ColumnKey::Foreign { table, column } => format!("{table}.{column}"),
    });
    Column {
        name: it.name.clone(),
        ty: it.ty.clone(),
        key,
        nullable: it.nullable,
        values: it.values.clone(),
    }
}

fn proofs(detection: &Detection) -> Vec<Proof> {
    let mut out = Vec::new();
    let mut add = |kind, name: &str, evidence: &[Evidence]| {
        out.extend(evidence.iter().map(|it| Proof {
            kind,
            name: name.to_owned(),
            document: {
                let DocumentId(document) = it.document;
                document
            },
            start: it.span.start,
            end: it.span.end,
            rule: it.reader,
            confidence: f64::from(it.confidence.as_percent()) / 100.0,
            modality: it.modality.word(),
        }));
    };
    if let Some(none) = &detection.none {
        add("none", &none.reason, &none.evidence);
    }
    for it in &detection.tables {
        add("tables", &it.name, &it.evidence);
    }
    for it in &detection.relations {
        add("relations", &format!("{}.{}", it.from_table, it.from_column), &it.evidence);
    }
    for it in &detection.needs {
        add(it.kind.word(), &it.name, &it.evidence);
    }
    if let Some(evidence) = &detection.sign_in {
        add("auth_required", "sign-in", evidence);
    }
    out
}

fn hints(detection: &Detection) -> Vec<Hint> {
    let tables = detection.tables.iter().filter(|it| !it.is_required()).map(|it| Hint {
        kind: "tables",
        name: it.name.clone(),
        confidence: f64::from(it.confidence.as_percent()) / 100.0,
        modality: it.modality.word(),
    });
    let needs = detection.needs.iter().filter(|it| !it.is_required()).map(|it| Hint {
        kind: it.kind.word(),
        name: it.name.clone(),
        confidence: f64::from(it.confidence.as_percent()) / 100.0,
        modality: it.modality.word(),
    });
    tables.chain(needs).collect()
}
