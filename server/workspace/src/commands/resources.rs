//! The state of each resource of a workspace: detected, declared, applied, drifted.

use super::applied::{self, Applied};
use super::migrations::{Specs, Target};
use super::{CommandCx, declared, provisioning};
use migrate::language::{self, DROPPED, Operation};
use migrate::run;
use migrate::schema::Schema;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// A resource and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ResourceData {
    /// `table`, `bucket` …
    pub kind: &'static str,
    pub name: String,
    pub state: ResourceState,
}

/// How far a resource has come; of several that hold the last in this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ResourceState {
    /// A spec implies it; nothing declares it.
    Detected,
    /// Declared, and not applied yet.
    Declared,
    /// Applied as it is declared.
    Applied,
    /// Applied, and declared otherwise since.
    Changed,
    /// Applied, and declared nowhere any more.
    Undeclared,
    /// Somebody changed it in the database by other means.
    Drifted,
}

/// Tables with their state, then what `forge.yaml` declares and what of it is in force.
pub(super) fn all(cx: &CommandCx<'_>) -> Vec<ResourceData> {
    let mut out = tables(cx);
    out.extend(others(cx));
    out
}

fn others(cx: &CommandCx<'_>) -> Vec<ResourceData> {
    let in_force = provisioning::in_force(cx).unwrap_or_default();
    let declared = declared::hashes(cx);
    let state = |key: &str| match (in_force.get(key), declared.get(key)) {
        (None, _) => ResourceState::Declared,
        (Some(is), Some(said)) if is == said => ResourceState::Applied,
        (Some(_), Some(_)) => ResourceState::Changed,
        (Some(_), None) => ResourceState::Undeclared,
    };
    let listed = declared::resources(cx).into_iter().map(|it| {
        let key = declared::key(it.section, &it.name).unwrap_or_default();
        ResourceData { kind: it.section.word(), name: it.name, state: state(&key) }
    });
    let gone = in_force.keys().filter(|it| !declared.contains_key(*it));
    let gone = gone.filter_map(|key| {
        let (section, name) = declared::of_key(key)?;
        let (kind, name) = (section.word(), name.to_owned());
        Some(ResourceData { kind, name, state: state(key) })
    });
    listed.chain(gone).collect()
}

/// The tables of the workspace, by name; what cannot be read counts as not there, and the doctor tells
/// of it.
fn tables(cx: &CommandCx<'_>) -> Vec<ResourceData> {
    let mut out: BTreeMap<String, ResourceState> = BTreeMap::new();
    let declared = described(cx);
    let applied = Applied::read(cx).ok();
    for table in applied.iter().flat_map(|it| &it.schema.tables) {
        let is_unknown = applied.as_ref().is_some_and(|it| it.unknown.contains(&table.name));
        let is_as_declared = is_unknown
            || declared.table(&table.name).map(applied::table) == Some(applied::table(table));
        let state = match declared.table(&table.name) {
            None => ResourceState::Undeclared,
            Some(_) if is_as_declared => ResourceState::Applied,
            Some(_) => ResourceState::Changed,
        };
        out.insert(table.name.clone(), state);
    }
    for table in declared.tables.iter().filter(|it| !it.name.starts_with(DROPPED)) {
        out.entry(table.name.clone()).or_insert(ResourceState::Declared);
    }
    for name in drifted(cx) {
        out.insert(name, ResourceState::Drifted);
    }
    for name in detected(cx) {
        out.entry(name).or_insert(ResourceState::Detected);
    }
    let data = |(name, state)| ResourceData { kind: "table", name, state };
    out.into_iter().map(data).collect()
}

/// What all migration specs describe, as far as they can be read.
fn described(cx: &CommandCx<'_>) -> Schema {
    let Ok(specs) = Specs::read(cx) else { return Schema::default() };
    let files = specs.files();
    let read = language::read(&files);
    let mut schema = Schema::default();
    for file in &files {
        let of_file = |it: &&Operation| &*it.migration == file.name;
        let own: Vec<Operation> = read.operations.iter().filter(of_file).cloned().collect();
        schema = language::replay(&schema, &own).schema;
    }
    schema
}

fn drifted(cx: &CommandCx<'_>) -> Vec<String> {
    let Ok(target) = Target::new(cx, None) else { return Vec::new() };
    let drift = run::drift_of(target.database.as_path()).unwrap_or_default();
    let tables = drift.iter().filter_map(|it| it.object.strip_prefix("table "));
    tables.map(str::to_owned).collect()
}

fn detected(cx: &CommandCx<'_>) -> Vec<String> {
    let views = cx.snapshot.specs().into_iter().filter_map(|it| cx.snapshot.view(it));
    let mut out = Vec::new();
    for view in views {
        let tables = view.analysis.detection.tables.iter().filter(|it| it.is_required());
        out.extend(tables.map(|it| it.name.clone()));
    }
    out
}
