//! How far each thing that a spec asks for is: detected, declared, applied, drifted.

use crate::evidence::Mark;
use crate::provision::Primitive;
use crate::provision::key_of;
use crate::provision::tables::{declared as declared_table, has_column};
use crate::read::{Declared, resources_of};
use crate::resources::Resources;
use migrate::schema::Schema;
use model::{Detection, Need, Span};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;
use text::yaml;

/// How far a primitive is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// The spec asks for it, and nothing declares it.
    Detected,
    /// A file declares it, and it is not applied.
    Declared,
    /// It is applied as it is declared.
    Applied,
    /// Spec, files and what is applied say different things.
    Drifted,
}

impl State {
    /// The word in JSON, docs and the editor.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Detected => "detected",
            Self::Declared => "declared",
            Self::Applied => "applied",
            Self::Drifted => "drifted",
        }
    }
}

/// A primitive and how far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub primitive: Primitive,
    pub state: State,
    /// What does not agree, for [`State::Drifted`].
    pub why: Option<String>,
}

/// What is declared and what is applied.
#[derive(Debug, Clone, Copy)]
pub struct Backend<'a> {
    /// What all migration specs make.
    pub schema: &'a Schema,
    /// What the applied ones make.
    pub applied: &'a Schema,
    pub declared: &'a Declared,
    /// The hashes of resources as they were applied, by `storage/avatars`.
    pub applied_resources: &'a BTreeMap<String, String>,
}

/// How far everything is that the spec requires, tables first.
#[must_use]
pub fn standings(detection: &Detection, backend: Backend<'_>) -> Vec<Standing> {
    let tables = detection.tables.iter().filter(|it| it.is_required());
    let tables = tables.map(|it| {
        let (state, why) = of_table(it, backend);
        Standing { primitive: Primitive::table(&it.name), state, why }
    });
    let needs = detection.needs.iter().filter(|it| it.is_required());
    let needs = needs.map(|it| {
        let (state, why) = of_need(it, backend);
        Standing { primitive: Primitive::need(it), state, why }
    });
    tables.chain(needs).collect()
}

fn of_table(table: &model::Table, backend: Backend<'_>) -> (State, Option<String>) {
    let Some(there) = declared_table(backend.schema, &table.name) else {
        return (State::Detected, None);
    };
    let missing: Vec<String> = table
        .columns
        .iter()
        .filter(|it| !has_column(there, &it.name))
        .map(|it| format!("`{}`", it.name))
        .collect();
    if !missing.is_empty() {
        let why = format!("no migration adds {}, which the spec lists", missing.join(", "));
        return (State::Drifted, Some(why));
    }
    match backend.applied.table(&there.name) {
        None => (State::Declared, None),
        Some(applied) if is_same(applied, there) => (State::Applied, None),
        Some(_) => (State::Declared, None),
    }
}

/// Whether two tables have the same columns and access; where they were written does not matter.
fn is_same(a: &migrate::schema::Table, b: &migrate::schema::Table) -> bool {
    let columns = |it: &migrate::schema::Table| -> Vec<(String, migrate::schema::Type, bool)> {
        it.columns.iter().map(|it| (it.name.clone(), it.kind.clone(), it.nullable)).collect()
    };
    columns(a) == columns(b) && a.access == b.access && a.policies.len() == b.policies.len()
}

fn of_need(need: &Need, backend: Backend<'_>) -> (State, Option<String>) {
    let mut paths = key_of(need);
    let own = vec![need.kind.word().to_owned(), need.name.clone()];
    let is_there = |path: &Vec<String>| entry(backend.declared, path).is_some();
    if !paths.iter().all(is_there) {
        if !is_there(&own) {
            let any = paths.iter().any(is_there);
            let why = any.then(|| "only a part of it is declared".to_owned());
            return if any { (State::Drifted, why) } else { (State::Detected, None) };
        }
        paths = vec![own];
    }
    let applied = |path: &Vec<String>| backend.applied_resources.get(&path.join("/"));
    let hashes: Vec<(Option<&String>, Option<String>)> =
        paths.iter().map(|it| (applied(it), entry(backend.declared, it).map(hash))).collect();
    if hashes.iter().all(|(applied, _)| applied.is_none()) {
        return (State::Declared, None);
    }
    if hashes.iter().all(|(applied, now)| *applied == now.as_ref()) {
        return (State::Applied, None);
    }
    (State::Drifted, Some(format!("`{}` was changed since it was applied", crate::FILE)))
}

fn entry<'d>(declared: &'d Declared, path: &[String]) -> Option<&'d Json> {
    let (first, rest) = path.split_first()?;
    let mut value = declared.json.get(first)?;
    for key in rest {
        value = value.get(key)?;
    }
    Some(value)
}

/// Tells entries apart by what they say, whatever their order and layout.
#[must_use]
pub fn hash(entry: &Json) -> String {
    fn canonical(value: &Json, out: &mut String) {
        match value {
            Json::Object(map) => {
                let mut keys: Vec<&String> = map.keys().collect();
                keys.sort();
                out.push('{');
                for key in keys {
                    *out += &format!("{key:?}:");
                    canonical(&map[key], out);
                    out.push(',');
                }
                out.push('}');
            }
            Json::Array(items) => {
                out.push('[');
                items.iter().for_each(|it| {
                    canonical(it, out);
                    out.push(',');
                });
                out.push(']');
            }
            scalar => *out += &scalar.to_string(),
        }
    }
    let mut text = String::new();
    canonical(entry, &mut text);
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

/// Every resource that a file declares, by `storage/avatars`, with its hash.
#[must_use]
pub fn resources(declared: &Declared) -> BTreeMap<String, String> {
    each(declared).map(|(name, entry)| (name, hash(entry))).collect()
}

/// Every resource that a file declares, by `storage/avatars`, with what it says: as JSON, to be kept.
/// Of an address no more than the host is in it, since the rest may be a token, and no secret.
#[must_use]
pub fn entries(declared: &Declared) -> BTreeMap<String, String> {
    let kept = |entry: &Json| text::secrets::redact(&without_tokens(entry).to_string());
    each(declared).map(|(name, entry)| (name, kept(entry))).collect()
}

/// What [`entries`] have kept, as resources; one that is not JSON any more is left out.
#[must_use]
pub fn of_entries<'e>(entries: impl Iterator<Item = (&'e str, &'e str)>) -> Resources {
    resources_of(&joined(entries))
}

/// The same as one text, which is a file of declared resources; empty where nothing is kept.
#[must_use]
pub fn text_of_entries<'e>(entries: impl Iterator<Item = (&'e str, &'e str)>) -> String {
    let all = joined(entries);
    if all.is_empty() { String::new() } else { Json::Object(all).to_string() }
}

fn joined<'e>(entries: impl Iterator<Item = (&'e str, &'e str)>) -> Map<String, Json> {
    let mut all = Map::new();
    for (name, entry) in entries {
        let Ok(entry) = serde_json::from_str::<Json>(entry) else { continue };
        let Some((section, name)) = name.split_once('/') else { continue };
        if section == PRESETS {
            let all = all.entry(section).or_insert_with(|| Json::Array(Vec::new()));
            all.as_array_mut().into_iter().for_each(|it| it.push(entry.clone()));
            continue;
        }
        let mut place = all.entry(section).or_insert_with(|| Json::Object(Map::new()));
        let mut own = name;
        if let Some(provider) = name.strip_prefix("providers/") {
            place = &mut place["providers"];
            own = provider;
        }
        // Indexing makes an object of nothing, and only of nothing.
        if place.is_object() || place.is_null() {
            place[own] = entry;
        }
    }
    all
}

/// The section that is a list of names, each of which is in force by itself.
const PRESETS: &str = "compliance";

fn each(declared: &Declared) -> impl Iterator<Item = (String, &Json)> {
    let presets = declared.json.get(PRESETS).and_then(Json::as_array).into_iter().flatten();
    let presets = presets.filter_map(|it| Some((format!("{PRESETS}/{}", it.as_str()?), it)));
    let sections = declared.json.iter().filter_map(|it| Some((it.0, it.1.as_object()?)));
    let entries = sections.flat_map(|(section, all)| all.iter().map(move |it| (section, it)));
    let resources = entries.flat_map(|(section, (name, entry))| match entry {
        Json::Object(providers)
            if matches!(section.as_str(), "auth" | "gateway") && name == "providers" =>
        {
            let named = |(name, it)| (format!("{section}/providers/{name}"), it);
            providers.iter().map(named).collect::<Vec<_>>()
        }
        _ => vec![(format!("{section}/{name}"), entry)],
    });
    resources.chain(presets)
}

/// With addresses cut behind their hosts.
fn without_tokens(value: &Json) -> Json {
    match value {
        Json::String(it) => {
            let host = text::address::host(it).map(|it| it + "/");
            Json::String(host.unwrap_or_else(|| it.clone()))
        }
        Json::Array(all) => Json::Array(all.iter().map(without_tokens).collect()),
        Json::Object(all) => {
            Json::Object(all.iter().map(|it| (it.0.clone(), without_tokens(it.1))).collect())
        }
        other => other.clone(),
    }
}

/// Something that was written from a spec which no longer asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unasked {
    pub primitive: String,
    /// In the file: the name or key.
    pub span: Span,
    /// What asked for it.
    pub mark: Mark,
}

/// The resources of `forge.yaml` that bear a mark of a spec and that none of `detections` asks for.
///
/// What the author wrote by hand has no mark, and is the author's own affair.
#[must_use]
pub fn unasked_resources(
    text: &str,
    declared: &Declared,
    detections: &[&Detection],
) -> Vec<Unasked> {
    let asked: Vec<Vec<String>> = detections
        .iter()
        .flat_map(|it| it.needs.iter().filter(|it| it.is_required()))
        .flat_map(|need| {
            let schedule = [vec!["functions".to_owned(), need.name.clone()]];
            let own = [vec![need.kind.word().to_owned(), need.name.clone()]];
            key_of(need).into_iter().chain(own).chain(schedule)
        })
        .collect();
    let signs_in = detections.iter().any(|it| it.sign_in.is_some());
    let mut out = Vec::new();
    for (path, place) in declared.places.iter() {
        let is_entry = match path.as_slice() {
            [section, name] if section == "auth" => name == "required",
            [section, _] => !matches!(section.as_str(), "gateway" | "version" | "compliance"),
            [section, list, _] => {
                (section == "auth" || section == "gateway") && list == "providers"
            }
            _ => false,
        };
        let is_asked = asked.contains(path) || signs_in && path == &["auth", "required"];
        if !is_entry || is_asked {
            continue;
        }
        if let Some(mark) = mark_behind(text, place.key) {
            out.push(Unasked { primitive: path.join("/"), span: place.key, mark });
        }
    }
    out
}

/// The tables of a migration spec that bear a mark and that none of `detections` asks for, while
/// `schema` still has them.
#[must_use]
pub fn unasked_tables(
    text: &str,
    operations: &[migrate::language::Operation],
    schema: &Schema,
    detections: &[&Detection],
) -> Vec<Unasked> {
    use migrate::language::OperationKind;
    let mut out = Vec::new();
    for operation in operations {
        let OperationKind::AddTable(table) = &operation.kind else { continue };
        let name = &table.name.value;
        let is_there = schema.tables.iter().any(|it| it.name == *name || it.stem() == name);
        let is_asked = detections.iter().any(|it| {
            it.tables.iter().any(|it| {
                it.is_required() && (it.name == *name || spec::mentions::same_word(&it.name, name))
            })
        });
        if !is_there || is_asked {
            continue;
        }
        let span = table.name.origin.span;
        if let Some(mark) = mark_behind(text, span) {
            out.push(Unasked { primitive: format!("tables/{name}"), span, mark });
        }
    }
    out
}

/// The mark in the comment at the end of the line of `span`.
#[must_use]
pub fn mark_behind(text: &str, span: Span) -> Option<Mark> {
    let rest = text.get(span.range().end..)?;
    let line = rest.split('\n').next()?;
    let comment = line.find(" #")?;
    Mark::parse(&line[comment + 1..])
}

/// Whether a text is YAML at all; entries of a broken one are not held against a spec.
#[must_use]
pub fn is_whole(text: &str) -> bool {
    yaml::read(text).faults.is_empty()
}
