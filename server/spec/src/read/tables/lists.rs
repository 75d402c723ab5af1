//! Lists and lines that declare tables: `- users: id, email`, `### users` with field bullets,
//! `**Task**: a to-do item`, `Users table (id, …)`, entity names after "Tables:".

use super::attributes::{self, column};
use super::{Reading, glosses, labels, leads, lexicon, loose, names, phrases};
use crate::facts::ColumnFact;
use crate::format::Format;
use crate::pattern::compile;
use crate::scope::Role;
use model::Span;
use regex::Regex;
use std::sync::LazyLock;
use text::markdown::{Block, BlockKind};

/// A line cut into its label and what follows.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) label: String,
    pub(super) span: Span,
    pub(super) rest: String,
    /// Where `rest` starts in the chunk.
    pub(super) rest_at: usize,
    bold: bool,
    code: bool,
}

/// Reads the list or paragraph that starts at `index`; returns how many blocks it used.
pub(super) fn read(rd: &mut Reading<'_, '_>, index: usize) -> usize {
    let block = rd.block(index);
    let is_model = rd.is_model();
    match block.kind {
        BlockKind::Item { .. } => {
            let end = rd.list_end(index);
            if is_model {
                model_list(rd, index, end);
            } else if !titled_fields(rd, index, end) && !leads::entered(rd, index, end) {
                for at in index..end {
                    if !database(rd, at, end) {
                        outside_model(rd, at);
                    }
                }
            }
            end - index
        }
        BlockKind::Paragraph => {
            if is_model {
                if let Some(n_blocks) = loose::table(rd, index) {
                    return n_blocks;
                }
                model_paragraph(rd, index);
            } else if !enumeration(rd, index) && !keyed_lines(rd, index) {
                headed_lines(rd, index);
            }
            1
        }
        _ => 1,
    }
}

/// Whether the heading that holds the list names the model as a whole, not one entity.
fn is_general(rd: &Reading<'_, '_>) -> bool {
    let sections = rd.scope().sections();
    let Some(last) = sections.last() else { return true };
    if last.level >= 8 {
        return true;
    }
    let own = last.own_role == Some(Role::DataModel);
    if names_kinds(&last.title) {
        return true;
    }
    // "Users table" has the role by its last word, but names one entity.
    let stripped = names::strip_kind(&last.title);
    // What is left of "Data model" is no entity.
    let names_entity = lexicon::noun_of(stripped, rd.cx.language)
        .is_some_and(|it| !matches!(it.name, "models" | "tables" | "documents"));
    own && !(names_entity && stripped.len() < last.title.trim().len())
}

/// Whether a title ends in "tables", "entities" or the like: its list holds several.
pub(super) fn names_kinds(title: &str) -> bool {
    const KINDS: &[&str] = &[
        "tables",
        "entities",
        "models",
        "collections",
        "tabellen",
        "entitäten",
        "entités",
        "tablas",
        "entidades",
        "tabelas",
        "таблицы",
        "таблиц",
        "сущности",
        "сущностей",
        "модели",
        "моделей",
        "коллекции",
        "коллекций",
        "entitas",
        "tabel",
        "实体",
        "数据表",
        "テーブル",
        "エンティティ",
        "테이블",
        "엔티티",
    ];
    let lower = title.trim().to_lowercase();
    let last = lower.rsplit([' ', '-']).next().unwrap_or_default();
    let ends = |it: &&&str| !it.is_ascii() && last.ends_with(**it);
    KINDS.contains(&last) || KINDS.iter().filter(ends).count() > 0
}

/// "Data entities" and a section for each of them: its title names a table, whatever it holds.
pub(super) fn titled_entity(rd: &mut Reading<'_, '_>, block: &Block) {
    const WORDS_MAX: usize = 2;
    /// What is longer tells more than what the table is.
    const DESCRIPTION_BYTES_MAX: usize = 200;
    /// A database is none of its tables.
    const OTHERS: &[&str] = &["db", "database", "config", "data", "service", "table", "api"];
    let [.., outer, own] = rd.scope().sections() else { return };
    let is_model = outer.own_role == Some(Role::DataModel) && names_kinds(&outer.title);
    let label = names::strip_kind(
        own.title.split(['(', '（', ':', '：', '—', '–']).next().unwrap_or_default(),
    );
    let is_name = label.chars().next().is_some_and(|it| it.is_alphabetic() && !it.is_lowercase())
        && (1..=WORDS_MAX).contains(&label.split_whitespace().count())
        && own.level > outer.level;
    let lower = own.title.to_lowercase();
    let is_other = OTHERS.iter().any(|it| lower.split([' ', '-']).any(|word| word == *it));
    if !is_model
        || !is_name
        || is_other
        || label.contains(['/', '&'])
        || is_aside_label(label)
        || sub_label(label)
        || is_machinery(label)
        || is_phrase(label)
        || labels::is_inputs(label)
        || !matches!(own.own_role, None | Some(Role::Personas | Role::Auth | Role::DataModel))
    {
        return;
    }
    let place = rd.find_in(block.text, label);
    rd.table(label, place, Vec::new(), "entity-list", 80);
    let next = rd.cx.chunk.blocks.get(rd.at + 1).filter(|it| it.kind == BlockKind::Paragraph);
    if let Some(next) = next.filter(|it| it.text.len() <= DESCRIPTION_BYTES_MAX) {
        let text = rd.slice(next.text).to_owned();
        mention_relations(rd, label, &text, next.text.range().start);
    }
}

/// Headings below the data model that hold anything but fields.
fn is_aside(title: &str) -> bool {
    static ASIDE: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"(?i)relation|index|constraint|migration|seed|note|rule|enum|trigger|function|securit",
            r"|policy|policies|rls|storage|retention|backup|valid|cache|quer|beziehung|règle|regla|regra",
            r"|связи|индекс|правила|关系|索引|约束|规则|関係|制約|インデックス|관계|제약|인덱스|규칙|lifecycle|strategy|privacy|stack|technolog",
        ))
    });
    ASIDE.is_match(title)
}

/// A label that only names such an aside: "Indexes", "Business rules".
fn is_aside_label(label: &str) -> bool {
    let is_class = label.starts_with(|it: char| it.is_uppercase())
        && !label.contains(' ')
        && names::snake(label).contains('_');
    is_aside(label)
        && !is_class
        && lexicon::listed(&names::plural(&names::snake(label))).is_none()
        && !label.contains('_')
}

fn model_list(rd: &mut Reading<'_, '_>, start: usize, end: usize) {
    let own_model =
        rd.scope().sections().last().is_some_and(|it| it.own_role == Some(Role::DataModel));
    if is_aside(rd.scope().title()) && !own_model && !is_entity_of_fields(rd, start, end) {
        return relations(rd, start, end);
    }
    for at in start..end {
        if matches!(rd.block(at).kind, BlockKind::Item { .. }) && enumeration(rd, at) {
            return;
        }
    }
    let top = rd.block(start).depth;
    let tops: Vec<usize> = (start..end).filter(|it| rd.block(*it).depth == top).collect();
    let nested = |rd: &Reading<'_, '_>, at: usize| {
        rd.cx.chunk.blocks.get(at + 1).is_some_and(|it| at + 1 < end && it.depth > top)
    };
    let n_databases = tops.iter().filter(|it| database(rd, **it, end)).count();
    if n_databases > 0 {
        return;
    }
    let entries: Vec<(usize, Entry)> =
        tops.iter().filter_map(|it| Some((*it, entry(rd, rd.block(*it).text)?))).collect();
    if dotted(rd, &entries) {
        return;
    }
    let holds_lists = tops.iter().filter(|it| nested(rd, **it)).count() * 2 > tops.len();
    let fields_named = entries.iter().filter(|(_, it)| is_usual_field(&it.label)).count();
    // "User: id, name": what has a key and fields is called like a field only by chance.
    let keyed = entries.iter().filter(|(_, it)| is_id_list(&it.rest)).count();
    let are_fields = !holds_lists
        && fields_named >= 1
        && fields_named * 4 >= entries.len()
        && keyed * 2 <= entries.len();
    let are_fields = are_fields || (tops.len() == 1 && is_id_list(rd.slice(rd.block(start).text)));
    let are_fields = are_fields || (!holds_lists && are_singular_identifiers(&entries));
    let are_fields = are_fields || (!holds_lists && are_of_title(rd, &entries));
    // What a title calls entities are none, be some of them called like fields.
    let are_fields = are_fields && !names_kinds(rd.scope().title());
    let with_fields = entries.iter().filter(|(_, it)| looks_like_fields(&it.rest)).count();
    if !are_fields && (is_general(rd) || holds_lists || with_fields * 2 > entries.len().max(1)) {
        let mut nexts = tops.iter().copied().skip(1).chain(std::iter::once(end));
        let mut stop = nexts.next().unwrap_or(end);
        for (at, it) in &entries {
            while stop <= *at {
                stop = nexts.next().unwrap_or(end);
            }
            entity(rd, it, at + 1, stop);
        }
        return;
    }
    // Field bullets of the entity that the heading names.
    let Some((label, span)) = rd.heading_label(rd.block(start)) else { return };
    let columns: Vec<ColumnFact> = if are_of_title(rd, &entries) {
        entries.iter().flat_map(|(_, it)| fields_of_title(rd, it)).collect()
    } else {
        tops.iter().flat_map(|it| fields_of_bullet(rd, rd.block(*it).text)).collect()
    };
    let plausible = columns.len() * 2 >= tops.len() && !columns.is_empty();
    if plausible {
        rd.table(&label, span, columns, "field-list", 90);
    }
}

/// `` `Order.total` ``: each item names a field and the entity that has it.
fn dotted(rd: &mut Reading<'_, '_>, entries: &[(usize, Entry)]) -> bool {
    let mut owners: Vec<(String, Span, Vec<ColumnFact>)> = Vec::new();
    for (_, it) in entries {
        let Some((owner, field)) = it.label.split_once('.').filter(|_| it.code) else { continue };
        let is_name = |it: &str| {
            !it.is_empty() && it.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_')
        };
        if !is_name(owner) || !is_name(field) {
            continue;
        }
        let start = it.span.range().start;
        let place = Span::new(start + owner.len() + 1, start + it.label.len());
        let Some(column) = noted_column(field, &it.rest, place) else { continue };
        match owners.iter_mut().find(|it| it.0 == owner) {
            Some(found) => found.2.push(column),
            None => {
                let span = Span::new(start, start + owner.len());
                owners.push((owner.to_owned(), span, vec![column]));
            }
        }
    }
    let n_fields: usize = owners.iter().map(|it| it.2.len()).sum();
    if n_fields < 2 || n_fields * 3 < entries.len() * 2 {
        return false;
    }
    for (owner, span, columns) in owners {
        if let Some(name) = names::of_label(&owner, rd.cx.language) {
            rd.cited_table((name, owner, span), columns, "dotted-fields", 82);
        }
    }
    true
}

/// The fields of one bullet: one, or as many as it lists.
fn fields_of_bullet(rd: &Reading<'_, '_>, span: Span) -> Vec<ColumnFact> {
    let line = rd.slice(span);
    if !line.contains([':', '：', '(']) && is_list_of_fields(line) || is_id_list(line) {
        return field_list_at(line, span.range().start);
    }
    field_bullet(rd, span)
}

/// "id PK, userId, title, results (JSON)": a list that starts with the key.
fn is_id_list(line: &str) -> bool {
    let first = line.split(',').next().unwrap_or_default().trim();
    let name = first.split([' ', '(']).next().unwrap_or_default().trim_matches('`');
    name.eq_ignore_ascii_case("id") && is_list_of_fields(line)
}

/// "User: id, name": whether a line gives a thing with its key and fields.
pub(super) fn is_entity(rd: &Reading<'_, '_>, line: Span) -> bool {
    entry(rd, line).is_some_and(|it| is_id_list(&it.rest))
}

/// Whether an entity is called like an aside ("Notes"): its list is one of typed fields then.
fn is_entity_of_fields(rd: &Reading<'_, '_>, start: usize, end: usize) -> bool {
    if is_aside_label(rd.scope().title()) {
        return false;
    }
    let columns: Vec<ColumnFact> =
        (start..end).flat_map(|it| field_bullet(rd, rd.block(it).text)).collect();
    let typed = columns.iter().filter(|it| it.ty.is_some() || is_usual_field(&it.name)).count();
    columns.len() >= 2 && typed * 2 >= columns.len()
}

/// Whether the items are identifiers such as `fontFamily` without fields of their own; tables that
/// stand as identifiers are plurals.
fn are_singular_identifiers(entries: &[(usize, Entry)]) -> bool {
    let plain = |it: &Entry| {
        it.code
            && it.label.starts_with(|c: char| c.is_ascii_lowercase())
            && !is_list_of_fields(&it.rest)
            && names::plural(&names::snake(&it.label)) != names::snake(&it.label)
    };
    let n_singular = entries.iter().filter(|(_, it)| plain(it)).count();
    n_singular * 2 > entries.len()
}

/// "Character name", "Character class" below "Character data model": fields of what the title names.
fn are_of_title(rd: &Reading<'_, '_>, entries: &[(usize, Entry)]) -> bool {
    let title = names::strip_kind(rd.scope().title()).to_lowercase();
    let title = crate::number::singular(&title);
    let begins = |it: &&(usize, Entry)| {
        let label = it.1.label.to_lowercase();
        label.strip_prefix(&*title).is_some_and(|it| it.starts_with(' '))
    };
    !title.is_empty() && entries.iter().filter(begins).count() >= 2
}

/// The fields of "Vessel class and length", without the name of what has them; more words tell
/// something else.
fn fields_of_title(rd: &Reading<'_, '_>, it: &Entry) -> Vec<ColumnFact> {
    let title = names::strip_kind(rd.scope().title()).to_lowercase();
    let title = crate::number::singular(&title);
    let lower = it.label.to_lowercase();
    let skip = lower.strip_prefix(&title).map_or(0, |rest| lower.len() - rest.trim_start().len());
    let label = it.label.get(skip..).unwrap_or(&it.label);
    let start = it.span.range().start + (it.label.len() - label.len());
    let mut out = Vec::new();
    for (at, part) in alternatives(label) {
        let place = Span::new(start + at, start + at + part.len());
        let column = noted_column(part, &it.rest, place);
        let is_short = |it: &ColumnFact| !it.name.contains('_') || is_usual_field(&it.name);
        out.extend(column.filter(is_short));
    }
    out
}

/// Names that fields have and entities do not.
pub(super) fn is_usual_field(label: &str) -> bool {
    let name = names::snake(label.split([' ', '(', '（']).next().unwrap_or(label));
    matches!(
        name.as_str(),
        "id" | "uuid"
            | "name"
            | "title"
            | "email"
            | "password"
            | "description"
            | "status"
            | "type"
            | "created"
            | "updated"
            | "username"
            | "timestamp"
            | "price"
            | "slug"
            | "url"
            | "date"
            | "content"
            | "body"
    ) || name.ends_with("_at")
        || name.ends_with("_id")
        || name.ends_with("_url")
        || name.starts_with("is_")
        || glosses::is_glossed(label)
}

/// One item that stands for an entity, with the items nested in it.
fn entity(rd: &mut Reading<'_, '_>, it: &Entry, from: usize, to: usize) {
    const LABEL_WORDS_MAX: usize = 4;
    let words = it.label.split_whitespace().count();
    let marked = it.bold || it.code || !it.rest.is_empty() || from < to;
    let is_name = words <= LABEL_WORDS_MAX
        && !it.label.ends_with(['.', '!', '?', '。'])
        && (it.code || !is_aside_label(&it.label))
        && (marked || words <= 2)
        && (it.code || !is_phrase(&it.label));
    if !is_name || sub_label(&it.label) || is_machinery(&it.label) {
        return;
    }
    if grouped(rd, it) {
        return;
    }
    // "Invoice: draft, sent, paid" under "State models" lists states.
    let title = rd.scope().title().to_lowercase();
    let of_states = [
        "state",
        "status",
        "lifecycle",
        "zustand",
        "zustände",
        "état",
        "estado",
        "статус",
        "状态",
        "状態",
        "상태",
    ]
    .iter()
    .any(|it| title.contains(it));
    let mut columns = if of_states || is_remark(&it.rest) {
        Vec::new()
    } else {
        field_list_at(&it.rest, it.rest_at)
    };
    beside(rd, it);
    for at in from..to {
        if !matches!(rd.block(at).kind, BlockKind::Item { .. }) {
            continue;
        }
        let text = rd.block(at).text;
        let line = rd.slice(text);
        if let Some(inner) = entry(rd, text).filter(|it| sub_label(&it.label)) {
            let lower = inner.label.trim().to_lowercase();
            if is_field_too(&lower, &inner.rest) {
                columns.extend(field_bullet(rd, text));
            } else if !is_aside(&inner.label) {
                columns.extend(field_list_at(&inner.rest, inner.rest_at));
            }
        } else if is_list_of_fields(line) {
            columns.extend(field_list_at(line, text.range().start));
        } else if line.len() < 200 {
            columns.extend(field_bullet(rd, text));
        }
    }
    dedup(&mut columns);
    rd.table(&it.label, it.span, columns, "entity-list", 88);
    mention_relations(rd, &it.label, &it.rest, it.rest_at);
}

/// "(contacts, linked to company)": words in brackets that tell of a table and list none of its
/// fields.
fn is_remark(rest: &str) -> bool {
    if !rest.starts_with(['(', '（']) {
        return false;
    }
    let parts = parts(rest);
    let is_field = |it: &str| {
        part_name(it).is_some_and(|it| is_usual_field(&it) || glosses::is_common(&it))
            || it.contains('_')
    };
    parts.iter().any(|(_, it)| it.trim().contains(' ')) && !parts.iter().any(|(_, it)| is_field(it))
}

/// "`quotes` (estimates) + `quote_items`": a second table in code behind the first; or as many as
/// the item names, where it holds nothing but names.
fn beside(rd: &mut Reading<'_, '_>, it: &Entry) {
    static BESIDE: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"^(?:\s*[(（][^()（）]*[)）])?\s*(?:[+&,/·、;]|\b(?:and|y|e|et|und|и|dan)\b)\s*",
            r"(?:`([A-Za-z][A-Za-z0-9_]*)`|\*\*([A-Za-z][A-Za-z0-9_]*)\*\*)",
        ))
    });
    static END: LazyLock<Regex> =
        LazyLock::new(|| compile(r"^(?:\s*[(（][^()（）]*[)）])?\s*[.。]?$"));
    let mut names = Vec::new();
    let mut at = 0;
    while let Some(found) = BESIDE.captures(&it.rest[at..]) {
        let Some(name) = found.get(1).or_else(|| found.get(2)) else { break };
        let start = it.rest_at + at + name.start();
        let is_code = found.get(1).is_some();
        names.push((name.as_str().to_owned(), Span::new(start, start + name.len()), is_code));
        at += found.get(0).map_or(0, |it| it.end());
    }
    let own = (it.label.clone(), it.span, it.code);
    let all = || std::iter::once(&own).chain(&names);
    let n_tables =
        all().filter(|(it, ..)| is_plural(it) || it.contains('_') && !is_usual_field(it)).count();
    let holds_names = END.is_match(&it.rest[at..])
        && n_tables * 2 > names.len()
        && !all().any(|(name, _, is_code)| is_usual_field(name) || *is_code != it.code);
    if !holds_names {
        names.truncate(1);
        names.retain(|(name, _, is_code)| it.code && *is_code && is_plural(name));
    }
    for (name, place, _) in names {
        rd.table(&name, place, Vec::new(), "entity-list", 84);
    }
}

/// Whether an identifier is a plural, as those of tables are.
fn is_plural(name: &str) -> bool {
    let name = names::snake(name);
    names::plural(&name) == name && !is_usual_field(&name)
}

/// "Core: `users`, `teams`": a label that groups tables, which stand as plurals in code.
fn grouped(rd: &mut Reading<'_, '_>, it: &Entry) -> bool {
    if it.code {
        return false;
    }
    let mut tables = Vec::new();
    for (at, part) in parts(&it.rest) {
        let lead = part.len() - part.trim_start().len();
        let head = part.trim().split(['(', '（']).next().unwrap_or_default().trim();
        let Some(name) = head.strip_prefix('`').and_then(|it| it.strip_suffix('`')) else {
            return false;
        };
        let start = it.rest_at + at + lead + 1;
        tables.push((name.to_owned(), Span::new(start, start + name.len())));
    }
    let n_plural = tables.iter().filter(|it| is_plural(&it.0)).count();
    if n_plural < 2 || n_plural * 3 < tables.len() * 2 {
        return false;
    }
    for (name, span) in tables {
        rd.table(&name, span, Vec::new(), "entity-enumeration", 88);
    }
    true
}

/// One line of a fence that is no code: `users(id, email)`, `users: id, email` or
/// `users — who signs in (id, email)`.
pub(super) fn declared_line(rd: &mut Reading<'_, '_>, line: Span) {
    let Some(it) = entry(rd, line) else { return };
    if sub_label(&it.label) || it.label.split_whitespace().count() > 2 {
        return;
    }
    let columns = field_list_at(&it.rest, it.rest_at);
    if columns.len() >= 2 {
        rd.table(&it.label, it.span, columns, "entity-list", 86);
    }
}

/// "All stored in cents": words that tell something instead of naming a thing.
fn is_phrase(label: &str) -> bool {
    const INNER: &[&str] = &["in", "on", "at", "from", "with", "via", "as", "into", "using", "but"];
    let lower = label.to_lowercase();
    lower.split_whitespace().skip(1).any(|it| INNER.contains(&it))
}

/// Things that run and are not kept.
fn is_machinery(label: &str) -> bool {
    const WORDS: &[&str] = &[
        "process",
        "variable",
        "file",
        "service",
        "command",
        "interface",
        "screen",
        "page",
        "button",
        "server",
        "worker",
        "cron",
        "script",
        "component",
        "api",
        "endpoint",
        "system",
        "engine",
        "sync",
        "synchronization",
        "export",
        "serialization",
        "deserialization",
        "layer",
        "validation",
        "management",
        "integration",
    ];
    let lower = label.to_lowercase();
    let last = lower.rsplit([' ', '/']).next().unwrap_or_default();
    lower.contains([' ', '/']) && WORDS.contains(&names::singular(last).as_str())
        || lower.starts_with("cron ")
}

/// "Fields: …" inside an entity is no field and no entity.
fn sub_label(label: &str) -> bool {
    const WORDS: &[&str] = &[
        "fields",
        "columns",
        "attributes",
        "properties",
        "key fields",
        "key attributes",
        "primary key",
        "relationships",
        "relations",
        "indexes",
        "constraints",
        "description",
        "purpose",
        "felder",
        "attribute",
        "champs",
        "attributs",
        "campos",
        "atributos",
        "поля",
        "атрибуты",
        "字段",
        "属性",
        "フィールド",
        "カラム",
        "필드",
        "속성",
        "컬럼",
        "note",
        "notes",
        "rls",
        "validation",
        "rules",
        "foreign keys",
        "foreign key",
        "unique",
        "index",
        "state transitions",
        "database",
        "orm",
        "engine",
        "tables",
        "entities",
        "models",
        "collections",
        "storage",
        "cache",
        "type",
        "types",
        "status",
    ];
    WORDS.contains(&label.trim().to_lowercase().as_str())
}

/// Whether a label that may head a part of an entity is one of its fields: `notes` by itself, `type
/// (off/extra)`.
fn is_field_too(label: &str, rest: &str) -> bool {
    match label {
        "status" | "type" | "types" => true,
        "description" | "notes" | "note" | "index" => {
            rest.is_empty()
                || rest.starts_with(['(', '（'])
                || attributes::leading_type(rest).is_some()
        }
        _ => false,
    }
}

fn model_paragraph(rd: &mut Reading<'_, '_>, index: usize) {
    if enumeration(rd, index) {
        return;
    }
    let block = rd.block(index).clone();
    let lines: Vec<Span> = rd.lines(block.text);
    if lines.len() >= 3 {
        return plain_lines(rd, &lines);
    }
    // `users: id, email, name` or `Users table (id, email)` as a line of its own.
    for line in lines {
        if let Some(it) = entry(rd, line).filter(says_table) {
            let columns = field_list_at(&it.rest, it.rest_at);
            rd.table(&it.label, it.span, columns, "entity-list", 88);
            continue;
        }
        if let Some(it) = entry(rd, line)
            && looks_like_fields(&it.rest)
            && !is_aside(&it.label)
            && !sub_label(&it.label)
        {
            let columns = field_list_at(&it.rest, it.rest_at);
            rd.table(&it.label, it.span, columns, "entity-list", 88);
        }
    }
}

/// "**Table orders:** keeps what was ordered": a label in bold that says what it names.
fn says_table(it: &Entry) -> bool {
    const LABEL_WORDS_MAX: usize = 4;
    let label = it.label.trim();
    let rest = names::strip_kind(label);
    it.bold
        && names::says_table(label)
        && !rest.is_empty()
        && rest.len() < label.len()
        && label.split_whitespace().count() <= LABEL_WORDS_MAX
        && !is_aside_label(label)
}

/// Bullets of fields below "Table: orders" or a title with the name in code, in any section.
fn titled_fields(rd: &mut Reading<'_, '_>, start: usize, end: usize) -> bool {
    static TITLE: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"(?i)^\W*(?:table|collection|entity|tabelle|entität|entité|tabla|entidad|tabela|entidade|таблица|сущность|tabel|entitas|表|数据表|テーブル|테이블)\s*[:：]",
            r"|`[A-Za-z][A-Za-z0-9_]*`\W*$",
        ))
    });
    if !rd.may_be_stored() {
        return false;
    }
    let before = rd.cx.chunk.blocks[..start].last();
    let Some(title) = before.filter(|it| matches!(it.kind, BlockKind::Heading { .. })) else {
        return false;
    };
    let says_table = TITLE.is_match(rd.slice(title.text));
    let items: Vec<Span> = (start..end).map(|it| rd.block(it).text).collect();
    let columns: Vec<ColumnFact> = items.iter().flat_map(|it| field_bullet(rd, *it)).collect();
    let keyed = columns.iter().take(2).any(|it| it.name == "id" || it.name.ends_with("_id"));
    if !keyed || columns.len() < 2 || columns.len() * 4 < items.len() * 3 {
        return false;
    }
    // Other titles may be of anything, but what opens with `id` and goes on in names is a row.
    let is_row = columns[0].name == "id" && are_names(rd, &items);
    if !says_table && !is_row {
        return false;
    }
    let label = rd.plain(title.text);
    let label = label.rsplit([':', '：']).next().unwrap_or_default().trim();
    let source = rd.slice(title.text);
    let code = source.split('`').nth(1).unwrap_or(label).trim();
    let place = rd.find_in(title.text, code);
    rd.table(code, place, columns, "field-list", 90);
    true
}

/// Whether items are nothing but names, perhaps with a note in brackets or behind a colon.
fn are_names(rd: &Reading<'_, '_>, items: &[Span]) -> bool {
    const ITEMS_MIN: usize = 3;
    let is_name = |it: &&Span| {
        let text = rd.slice(**it).trim_start_matches(['`', '*']);
        let name = text.split(['`', '*', ' ', ':', '(']).next().unwrap_or_default();
        let rest = text[name.len()..].trim_start_matches(['`', '*']);
        name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_')
            && name.starts_with(|it: char| it.is_ascii_lowercase())
            && (rest.is_empty()
                || rest.starts_with([':', '(', '-', '–', '—'])
                || rest.starts_with(" ("))
    };
    items.len() >= ITEMS_MIN && items.iter().filter(is_name).count() * 4 >= items.len() * 3
}

/// `queues: id, name, policy(json)` on lines of a text: the key in front tells that fields follow.
fn keyed_lines(rd: &mut Reading<'_, '_>, index: usize) -> bool {
    let lines = rd.lines(rd.block(index).text);
    let found: Vec<Entry> = lines
        .into_iter()
        .filter_map(|line| entry(rd, line))
        .filter(|it| is_id_list(&it.rest) && !it.label.trim().is_empty())
        .filter(|it| !it.label.split(['(', '（']).next().unwrap_or_default().trim().contains(' '))
        .collect();
    for it in &found {
        let columns = field_list_at(&it.rest, it.rest_at);
        rd.table(&it.label, it.span, columns, "entity-list", 86);
    }
    !found.is_empty()
}

/// "Table products:" and one field a line, wherever it stands.
fn headed_lines(rd: &mut Reading<'_, '_>, index: usize) {
    let lines = rd.lines(rd.block(index).text);
    let Some(first) = lines.first().filter(|_| lines.len() >= 3) else { return };
    let Some(head) = rd.slice(*first).strip_suffix([':', '：']) else { return };
    let label = names::strip_kind(head);
    if label.len() < head.trim().len() && label.split_whitespace().count() <= 2 {
        plain_lines(rd, &lines);
    }
}

/// A text without Markdown: a line that names a table, then one field a line.
fn plain_lines(rd: &mut Reading<'_, '_>, lines: &[Span]) {
    let mut current: Option<(String, Span, Vec<ColumnFact>)> = None;
    let flush = |rd: &mut Reading<'_, '_>, it: Option<(String, Span, Vec<ColumnFact>)>| {
        if let Some((label, span, columns)) = it.filter(|it| it.2.len() >= 2) {
            rd.table(&label, span, columns, "field-list", 88);
        }
    };
    for line in lines {
        let text = rd.slice(*line).to_owned();
        if let Some(head) = text.strip_suffix([':', '：']).filter(|it| it.chars().count() <= 50) {
            flush(rd, current.take());
            current = Some((head.to_owned(), *line, Vec::new()));
        } else if let Some(it) =
            entry(rd, *line).filter(|it| looks_like_fields(&it.rest) && it.rest.contains(','))
            && current.is_none()
        {
            let columns = field_list_at(&it.rest, it.rest_at);
            rd.table(&it.label, it.span, columns, "entity-list", 86);
        } else if let Some(current) = current.as_mut() {
            current.2.extend(field_bullet(rd, *line));
        }
    }
    flush(rd, current);
}

/// "Tables: users, posts and comments" or "DB: Postgres — users, jobs, applications".
fn enumeration(rd: &mut Reading<'_, '_>, index: usize) -> bool {
    static HEAD: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"(?i)^\W*(?:(?:core |main |key |database |db |data |new |haupt)?(?:tables|entities|collections|models|data models|entitäten|tabellen|entités|tablas|entidades|tabelas|таблицы|сущности|основные сущности|tabel|entitas|数据表|实体|核心实体|主要实体|テーブル|エンティティ|主要エンティティ|테이블|엔티티|주요 엔티티)",
            r"(?: required| needed| include)?|(?:db|database|datenbank|base de données|base de datos|banco de dados|бд|база данных|数据库|データベース|데이터베이스)\W[^:—–\n]*[—–])\W*[:：—–]?\s*",
        ))
    });
    let span = rd.block(index).text;
    let text = rd.plain(span);
    let Some(head) =
        HEAD.find(&text).filter(|it| it.end() > 2 && it.as_str().contains([':', '：', '—', '–']))
    else {
        return false;
    };
    let rest = text[head.end()..].trim_end_matches(['.', '。', '…']);
    let parts: Vec<&str> = rest
        .split([',', '、', '，', ';', '；', '·'])
        .flat_map(|it| it.split(" and "))
        .map(|it| it.trim().trim_end_matches('.'))
        .filter(|it| !it.is_empty())
        .collect();
    let short = parts.iter().filter(|it| it.split_whitespace().count() <= 3).count();
    let named = head.as_str().to_lowercase();
    let says_tables = [
        "table",
        "tabel",
        "tabla",
        "tabela",
        "таблиц",
        "表",
        "テーブル",
        "테이블",
        "entit",
        "сущност",
        "实体",
        "エンティティ",
        "엔티티",
        "collection",
    ]
    .iter()
    .any(|it| named.contains(it));
    let says_database = named.contains(['—', '–']);
    if !(says_tables || says_database || rd.is_model()) || named.contains("model") && !rd.is_model()
    {
        return false;
    }
    let enough = if says_tables { 2 } else { 3 };
    if parts.len() < enough || short * 4 < parts.len() * 3 || rest.len() > 800 {
        return false;
    }
    for part in parts {
        let label = part.split(['(', '（']).next().unwrap_or(part).trim();
        if label.split_whitespace().count() <= 3 {
            let place = rd.find_in(span, label);
            rd.table(label, place, Vec::new(), "entity-enumeration", 85);
        }
    }
    true
}

/// "PostgreSQL" and names below it: a database and its tables.
fn database(rd: &mut Reading<'_, '_>, at: usize, end: usize) -> bool {
    static ENGINE: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"(?i)^\W*(?:(?:database|db|datenbank|base de données|base de datos|banco de dados|база данных|basis data|数据库|データベース|데이터베이스|data|storage|persistence)\W{1,4})?",
            r"(?:postgres(?:ql)?|mysql|mariadb|mongodb|sqlite|sql server|oracle|supabase|firestore|firebase|dynamodb|cockroachdb|neon|planetscale|database|db|datenbank|base de données|base de datos|banco de dados|база данных|basis data|数据库|データベース|데이터베이스)",
            r"(?: \d+)?(?:\W{0,3}(?:database|db|tables|tabellen|tablas|tabelas|collections|таблицы|表|テーブル|테이블))?(?:\s*\([^)]*\))?\W*$",
        ))
    });
    const TABLES_MIN: usize = 3;
    const LABEL_WORDS_MAX: usize = 3;
    const LABEL_BYTES_MAX: usize = 80;
    let block = rd.block(at);
    if block.text.range().len() > LABEL_BYTES_MAX || !ENGINE.is_match(rd.slice(block.text)) {
        return false;
    }
    let below: Vec<Span> = (at + 1..end)
        .map(|it| rd.block(it))
        .take_while(|it| it.depth > block.depth)
        .filter(|it| it.depth == block.depth + 1)
        .map(|it| it.text)
        .collect();
    let language = rd.cx.language;
    let is_known = |it: &&Span| {
        let text = rd.plain(**it);
        let label = text.split(['(', '（', ':', '：', '—', '–']).next().unwrap_or_default().trim();
        label.split_whitespace().count() <= LABEL_WORDS_MAX
            && (lexicon::noun_of(label, language).is_some()
                || names::plural(&names::snake(label)) == names::snake(label))
    };
    let n_known = below.iter().filter(is_known).count();
    if n_known < TABLES_MIN || n_known * 4 < below.len() * 3 {
        return false;
    }
    for line in below {
        if let Some(it) = entry(rd, line) {
            let columns = field_list_at(&it.rest, it.rest_at);
            rd.table(&it.label, it.span, columns, "entity-enumeration", 85);
        }
    }
    true
}

/// Lists outside a data model: only unmistakable declarations count.
fn outside_model(rd: &mut Reading<'_, '_>, at: usize) {
    if !matches!(rd.block(at).kind, BlockKind::Item { .. }) {
        return;
    }
    if enumeration(rd, at) {
        return;
    }
    let span = rd.block(at).text;
    let Some(it) = entry(rd, span) else { return };
    let is_glossary = rd.is_under(Role::Glossary)
        || rd.cx.format == Format::Ears && rd.scope().role() == Role::Glossary;
    if is_glossary {
        glossary(rd, &it);
    } else if it.code
        && is_list_of_fields(&it.rest)
        && !it.label.contains(['/', '.', '(', '<', '-', ' '])
    {
        let columns = field_list_at(&it.rest, it.rest_at);
        let keyed = columns.iter().any(|it| it.name == "id" || it.name.ends_with("_id"));
        if keyed {
            rd.table(&it.label, it.span, columns, "entity-list", 80);
        }
    }
}

/// A glossary term that its definition calls a record.
fn glossary(rd: &mut Reading<'_, '_>, it: &Entry) {
    static RECORD: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"(?i)^(?:a|an|the|each|one|any|single)?\s*(?:\S+\s+){0,4}?",
            r"(?:record|entry|row|persisted|stored|datensatz|enregistrement|registro|запись|记录|レコード|레코드)\b",
        ))
    });
    static NOT: LazyLock<Regex> = LazyLock::new(|| {
        compile(
            r"(?i)service|component|module|system|process|page|screen|token|algorithm|user with|role|server|database|library|framework|interface\b|function|hook|endpoint|manager|engine",
        )
    });
    let head: String = it.rest.chars().take(90).collect();
    if RECORD.is_match(&head)
        && !NOT.is_match(&it.label)
        && !NOT.is_match(head.get(..head.floor_char_boundary(40)).unwrap_or_default())
    {
        rd.table(&it.label, it.span, Vec::new(), "glossary-record", 75);
    }
}

/// Whether a title is of how things are tied.
pub(super) fn are_relations(title: &str) -> bool {
    const WORDS: &[&str] =
        &["relat", "relac", "beziehung", "связи", "relasi", "关系", "関係", "관계"];
    let lower = title.to_lowercase();
    WORDS.iter().any(|it| lower.contains(it))
}

fn relations(rd: &mut Reading<'_, '_>, start: usize, end: usize) {
    for at in start..end {
        let span = rd.block(at).text;
        let text = rd.plain(span);
        related(rd, &text, span);
    }
}

/// "User has many Posts", "Order belongs to User", "Users 1:N Posts".
pub(super) fn related(rd: &mut Reading<'_, '_>, text: &str, span: Span) {
    static VERB: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"(?i)^\W*(?:an?\s+|each\s+|one\s+|every\s+)?([\p{L}\w ]{2,40}?)\s*(?:",
            r"(?P<owns>\bhas many\b|\bhas multiple\b|\bhas zero or more\b|\bhas one or more\b|\bcan have (?:many|multiple)\b|\bowns many\b|\bcontains many\b|1\s*[:\-→]+\s*(?:N|n|\*|many)|one[- ]to[- ]many(?: with)?|\(1\)\s*[-–—→>]+\s*\((?:N|n|\*)\)|hat viele|a plusieurs|tiene muchos|tiene muchas|possui muitos|possui muitas|имеет много)",
            r"|(?P<owned>\bbelongs? to\b|\bis owned by\b|(?:N|n|\*|many)\s*[:\-→]+\s*1|many[- ]to[- ]one(?: with)?|gehört zu|appartient à|pertenece a|pertence a|принадлежит)",
            r")\s*(?:an?\s+|one\s+|exactly one\s+|einem\s+|une?\s+|una?\s+|um\s+)?([\p{L}\w]{2,30}(?: [\p{L}\w]+)?)((?:\s*,\s*[\p{L}\w]{2,30})*)",
        ))
    });
    let Some(found) = VERB.captures(text) else { return };
    let left = names::of_label(&found[1], rd.cx.language);
    let Some(left) = left else { return };
    let rights = std::iter::once(&found[4]).chain(found[5].split(','));
    for right in rights.filter_map(|it| names::of_label(it, rd.cx.language)) {
        let owns = found.name("owns").is_some();
        let (one, many) = if owns { (&left, &right) } else { (&right, &left) };
        rd.relation(many, None, one, None, span, "relation-sentence", 80);
    }
}

/// What the description of a table says it is of: "a chat between a user and the assistant", "(FK →
/// Trip)", "User ↔ Home link". The judge drops what is no table.
pub(super) fn mention_relations(rd: &mut Reading<'_, '_>, label: &str, rest: &str, at: usize) {
    static BELONGS: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"(?i)\b(?:(?:within|in|inside|by|for|of|from|to|between|linking|on|per|through|under|about) (?:an?|one|two or more|two|each|the)|per",
            r"|(?:belong(?:s|ing)? to|owned by|linked to|associated with|attached to|gehört zu|appartient à|pertenece a|pertence a|принадлежит|(?:li|rattach|associ)ée?s? (?:à|au|aux)|(?:vincul|relacion|asoci|associ)ad[oa]s? (?:a|al|ao|com|con)|verknüpft mit|zugeordnet zu|связан[аоы]? с|привязан[аоы]? к|terkait(?: dengan)?)(?: an?| one| the| exactly one| einem| une?| una?| uma?)?",
            r"|einer|eines|jede[rs]|pro|zwischen zwei|verknüpft zwei|(?:à|pour|par|entre) une?|pour chaque|par|(?:de|a|para|por) (?:una?|uma?|cada)|d[eo] uma?|(?:для|к|от) (?:кажд\p{L}+|одно\p{L}+)|(?:untuk|oleh|milik|per) (?:seorang|sebuah|setiap))",
            r"\s+(?:single |specific |particular |given )?`?([\p{L}_]{3,24})(?:[ /]([\p{L}]{3,24}))?",
            r"|\bd['’]une? ([\p{L}]{3,24})",
            r"|\b(?:an?|the|each) ([\p{L}]{3,24})['’]s\b",
            r"|\bFK\b\s*(?:→|->|=>|:|=|to|на|auf|vers|a|para)?\s*`?([\p{L}_]{3,24})",
            r"|([\p{L}]{3,24}) ?[↔×] ?([\p{L}]{3,24})",
        ))
    });
    // The same where no spaces divide the words; what follows is searched for a noun.
    static UNSPACED: LazyLock<Regex> = LazyLock::new(|| {
        compile(r"(?:某个|某一个?|每个|单个|特定の|各|ひとつの|一つの|特定 |하나의 )")
    });
    const FOUND_MAX: usize = 6;
    const UNSPACED_CHARS: usize = 6;
    let Some(many) = names::of_label(label, rd.cx.language) else { return };
    let span = Span::new(at, at + rest.len());
    let language = rd.cx.language;
    let mut tie = |one: &str| rd.relation(&many, None, one, None, span, "belongs-to", 74);
    for found in BELONGS.captures_iter(rest).take(FOUND_MAX) {
        let words: Vec<&str> = found.iter().skip(1).flatten().map(|it| it.as_str()).collect();
        // Of several it is the one side; "the existing order" is the thing itself.
        let is_other = matches!(
            words[0].to_lowercase().as_str(),
            "multiple"
                | "many"
                | "several"
                | "existing"
                | "plusieurs"
                | "mehrere"
                | "vari"
                | "varios"
        );
        if is_other {
            continue;
        }
        // "attached to a voice message": which of the words name the table is for the judge.
        let whole = words.join(" ");
        for target in words.iter().copied().chain((words.len() > 1).then_some(whole.as_str())) {
            if let Some(one) = names::of_label(target, language) {
                tie(&one);
            }
        }
    }
    if rest.is_ascii() {
        return;
    }
    for found in UNSPACED.find_iter(rest).take(FOUND_MAX) {
        let tail = &rest[found.end()..];
        let tail = tail.char_indices().nth(UNSPACED_CHARS).map_or(tail, |(end, _)| &tail[..end]);
        if let Some(hit) = lexicon::find(tail, language).first().filter(|it| it.start == 0) {
            tie(hit.noun.name);
        }
    }
}

/// Cuts `**Label**: rest`, `` `label` (rest) ``, `Label - rest`, `Label`; the label "DB-001" only
/// numbers what follows.
pub(super) fn entry(rd: &Reading<'_, '_>, span: Span) -> Option<Entry> {
    let it = entry_at(rd, span)?;
    if is_number(&it.label) && !it.rest.is_empty() {
        let start = it.rest_at;
        let inner = entry_at(rd, Span::new(start, start + it.rest.len()))?;
        return Some(said_table(&inner.label).map_or(inner.clone(), |(at, name)| Entry {
            label: name.to_owned(),
            span: Span::new(
                inner.span.range().start + at,
                inner.span.range().start + at + name.len(),
            ),
            ..inner
        }));
    }
    Some(it)
}

/// The name in "Design and implement the lobbies table schema", and where it stands.
fn said_table(label: &str) -> Option<(usize, &str)> {
    static SAID: LazyLock<Regex> =
        LazyLock::new(|| compile(r"\b`?([a-z][a-z0-9_]+)`? (?:table|collection)\b"));
    let found = SAID.captures(label)?.get(1)?;
    Some((found.start(), found.as_str()))
}

/// "DB-001", "FR 2.1", "3": a number with letters before it.
fn is_number(label: &str) -> bool {
    let digits =
        label.trim_start_matches(|it: char| it.is_ascii_uppercase() || "-_ .".contains(it));
    let letters = label.len() - digits.len();
    letters <= 12
        && digits.starts_with(|it: char| it.is_ascii_digit())
        && digits.bytes().all(|it| it.is_ascii_digit() || it == b'.' || it == b'-')
}

/// "Add `races` table (id, status)": a step that makes a table declares it.
fn step_entry(text: &str, at: usize) -> Option<Entry> {
    static STEP: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"^(?i:add|create|define|design|implement|introduce|build|set up|extend)\s+(?i:(?:a|an|the|new)\s+)*",
            r"(?:`([A-Za-z]\w+)`|([a-z]\w*_\w+|[a-z]+[A-Z]\w+))\s+(?i:tables?|collections?|entity|models?)\b(?:\s+extension)?",
        ))
    });
    let found = STEP.captures(text)?;
    let name = found.get(1).or_else(|| found.get(2))?;
    let rest = &text[found.get(0)?.end()..];
    let rest = rest.trim_start_matches([':', '：', '-', '–', '—', '→', ' ']);
    Some(Entry {
        label: name.as_str().to_owned(),
        span: Span::new(at + name.start(), at + name.end()),
        rest: rest.to_owned(),
        rest_at: at + (text.len() - rest.len()),
        bold: false,
        code: true,
    })
}

fn entry_at(rd: &Reading<'_, '_>, span: Span) -> Option<Entry> {
    let source = rd.slice(span);
    let source = source.lines().next().unwrap_or_default();
    let start = span.range().start;
    let lead = source.len() - source.trim_start_matches(['#', ' ', '-', '•', '📌', '\\']).len();
    let text = &source[lead..];
    if let Some(step) = step_entry(text, start + lead) {
        return Some(step);
    }
    for (mark, bold, code) in
        [("**`", true, true), ("**", true, false), ("__", true, false), ("`", false, true)]
    {
        let Some(inner) = text.strip_prefix(mark) else { continue };
        let closing: String = mark.chars().rev().collect();
        let end = inner.find(&closing)?;
        let label = inner[..end].trim_end_matches([':', '：']).trim();
        let after = &inner[end + closing.len()..];
        // `**Label:** rest`, `**Label** (rest)`, `` `label` table: rest ``
        let rest = after.trim_start_matches(|it: char| it.is_whitespace());
        let rest = strip_kind_word(rest);
        let rest = rest.trim_start_matches([':', '：', '-', '–', '—', '→', ' ', '*', '=']);
        let label_at = start + lead + mark.len();
        return Some(Entry {
            label: label.to_owned(),
            span: Span::new(label_at, label_at + label.len()),
            rest: rest.to_owned(),
            rest_at: start + lead + (text.len() - rest.len()),
            bold,
            code,
        });
    }
    let cut = [": ", "：", " - ", " – ", " — ", " (", "（", "(", ":", " → ", " = "]
        .iter()
        .filter_map(|it| text.find(it).map(|at| (at, it.len())))
        .min_by_key(|(at, _)| *at);
    let (label, rest) = match cut {
        Some((at, len)) if text[at..].trim_start().starts_with(['(', '（']) => {
            let _ = len;
            (&text[..at], text[at..].trim_start())
        }
        Some((at, len)) => (&text[..at], text[at + len..].trim_start()),
        None => (text, ""),
    };
    let label = label.trim();
    if label.is_empty() || label.chars().count() > 60 {
        return None;
    }
    let rest = behind_note(rest).unwrap_or(rest);
    Some(Entry {
        label: label.to_owned(),
        span: Span::new(start + lead, start + lead + label.len()),
        rest: rest.to_owned(),
        rest_at: start + lead + (text.len() - rest.len()),
        bold: false,
        code: false,
    })
}

/// The fields in "(quality assurance): id, score", which follow a note on the name.
fn behind_note(rest: &str) -> Option<&str> {
    let inner = rest.strip_prefix(['(', '（'])?;
    let after = &inner[matching(inner)?..];
    let after =
        after.trim_start_matches([')', '）', ' ']).strip_prefix([':', '：', '—', '–', '-'])?;
    let after = after.trim_start();
    is_id_list(after).then_some(after)
}

fn strip_kind_word(rest: &str) -> &str {
    ["table", "collection", "entity", "model", "Table", "Collection", "テーブル", "테이블", "表"]
        .iter()
        .find_map(|it| rest.strip_prefix(it))
        .filter(|it| !it.starts_with(|c: char| c.is_alphanumeric() && c.is_ascii()))
        .map_or(rest, str::trim_start)
}

/// Whether `rest` enumerates fields and is no sentence.
fn looks_like_fields(rest: &str) -> bool {
    is_list_of_fields(rest)
}

fn is_list_of_fields(rest: &str) -> bool {
    let parts = parts(rest);
    if parts.len() < 2 {
        return false;
    }
    let is_key = |it: &str| KEYS.contains(&it.trim().split([':', ' ']).next().unwrap_or(it));
    let good = parts.iter().filter(|(_, it)| part_name(it).is_some() || is_key(it)).count();
    good * 4 >= parts.len() * 3
}

/// The text between the outermost brackets, or all of it, cut at commas.
pub(super) fn parts(rest: &str) -> Vec<(usize, &str)> {
    let rest_trimmed = rest.trim_end().trim_end_matches(['.', '。', '*']);
    let (offset, body) = match rest_trimmed.strip_prefix(['(', '（', '{', '[']) {
        Some(inner) => {
            let skip = rest_trimmed.len() - inner.len();
            let end = matching(inner).unwrap_or(inner.len());
            (skip, &inner[..end])
        }
        None => (0, rest_trimmed),
    };
    let body = body.lines().next().unwrap_or_default();
    let mut out = Vec::new();
    let mut depth = 0i32;
    let mut start = 0;
    // "a / b / c" without a comma is a list too.
    let slashed = !body.contains([',', '、', '，', ';', '；', '(', '（']);
    if slashed && body.matches(" / ").count() >= 2 {
        let base = body.as_ptr() as usize;
        return body.split(" / ").map(|it| (offset + it.as_ptr() as usize - base, it)).collect();
    }
    for (at, c) in body.char_indices() {
        match c {
            '(' | '[' | '{' | '（' => depth += 1,
            ')' | ']' | '}' | '）' => depth -= 1,
            ',' | '、' | '，' | ';' | '；' | '·' if depth <= 0 => {
                out.push((offset + start, &body[start..at]));
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    if !body[start..].trim().is_empty() {
        out.push((offset + start, &body[start..]));
    }
    out
}

/// Cuts the last part of an enumeration, "title, body and tags", in two.
pub(super) fn with_last(mut parts: Vec<(usize, &str)>) -> Vec<(usize, &str)> {
    const JOINTS: &[&str] =
        &[" and ", " und ", " et ", " y ", " e ", " и ", " dan ", " 및 ", "和", "以及", "および"];
    let last = parts.last().copied().filter(|_| parts.len() >= 2);
    let cut = last.and_then(|(at, part)| {
        let (found, joint) = JOINTS.iter().find_map(|it| Some((part.find(it)?, it)))?;
        let right = found + joint.len();
        (!part[..found].trim().is_empty()).then(|| (at, &part[..found], at + right, &part[right..]))
    });
    if let Some((at, left, right_at, right)) = cut {
        parts.pop();
        parts.push((at, left));
        parts.push((right_at, right));
    }
    parts
}

fn matching(inner: &str) -> Option<usize> {
    let mut depth = 1;
    for (at, c) in inner.char_indices() {
        match c {
            '(' | '[' | '{' | '（' => depth += 1,
            ')' | ']' | '}' | '）' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// Drops what leads a name in a list but is no part of it: "and", "a unique".
fn without_lead(part: &str) -> &str {
    const LEADS: &[&str] = &[
        "and",
        "or",
        "und",
        "et",
        "y",
        "e",
        "и",
        "dan",
        "a",
        "an",
        "the",
        "ein",
        "eine",
        "einen",
        "un",
        "une",
        "una",
        "um",
        "uma",
        "unique",
        "hashed",
        "optional",
        "required",
        "encrypted",
        "their",
        "its",
        "aktueller",
        "aktuelle",
        "aktuelles",
        "includes",
        "including",
        "associated",
        "related",
        "auto-generated",
        "generated",
        "linked",
        "add",
        "adds",
        "shall",
        "must",
        "have",
    ];
    // "valid from" and "valid until" are names.
    const VALIDITY: &[&str] = &["from", "to", "until", "till", "through", "thru", "since", "for"];
    let mut part = part.trim();
    while let Some((first, rest)) = part.split_once(' ') {
        let first = first.to_lowercase();
        let next = rest.split([' ', '/']).next().unwrap_or_default();
        let is_validity = first == "valid"
            && !VALIDITY.contains(&next)
            && !matches!(next, "days" | "period" | "date" | "dates" | "time" | "hours");
        if !(is_validity || LEADS.contains(&&*first)) {
            break;
        }
        part = rest.trim_start();
    }
    part
}

const KEYS: &[&str] = &["PK", "FK", "UK", "pk", "fk", "PRIMARY", "FOREIGN", "UNIQUE", "INDEX"];

/// `FK: employeeId->employees` without the mark before the name.
fn without_key(part: &str) -> &str {
    let Some((mark, rest)) = part.split_once([':', ' ']) else { return part };
    let rest = rest.trim_start();
    // "PK: cuid" says what the key is made of.
    let is_name = mark == "FK"
        || mark == "fk"
        || rest.to_lowercase().ends_with("id") && !attributes::is_type(rest);
    if KEYS.contains(&mark) && is_name && !rest.is_empty() { rest } else { part }
}

/// Words for a type that are the end of a name as often: "due date", "image url".
fn is_bare_type(word: &str) -> bool {
    const NAMES: &[&str] = &[
        "date",
        "time",
        "url",
        "email",
        "id",
        "number",
        "list",
        "type",
        "reference",
        "map",
        "point",
        "text",
        "image",
        "array",
        "object",
        "any",
        "timestamp",
        "relation",
        "ref",
        "markdown",
        "double",
        "short",
        "long",
        "datum",
        "money",
        "interval",
    ];
    attributes::is_type(word) && !NAMES.contains(&word.to_lowercase().as_str())
}

/// The identifier in code ticks that opens a part: what the spec writes so is called so.
pub(super) fn ticked(part: &str) -> Option<&str> {
    let (name, _) = part.trim_start_matches(['*', '_']).strip_prefix('`')?.split_once('`')?;
    let name = name.trim_end_matches(['?', '!']);
    let is_identifier = name.len() >= 2
        && name.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_')
        && name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_');
    is_identifier.then_some(name)
}

/// The canonical column of one part of a list; `None` when it is words of a sentence.
fn part_name(part: &str) -> Option<String> {
    const WORDS_MAX: usize = 3;
    let part = without_key(without_lead(part));
    if let Some(literal) = ticked(part) {
        return Some(names::snake(literal));
    }
    if let Some((outer, inner)) = part.split_once(['(', '（'])
        && !outer.is_ascii()
        && let Some(name) = glosses::identifier(inner)
        && !attributes::is_type(&name)
    {
        return Some(name);
    }
    if part.starts_with("No ") || part.starts_with("no ") {
        return None;
    }
    // A bare "PK: cuid" or "@@unique(a, b)" names no column.
    if part.starts_with('@') || KEYS.contains(&part.split([':', ' ']).next().unwrap_or(part)) {
        return None;
    }
    let head = part.split(['(', '（', ':', '：', '[', '{', '=', '→', '<', '>', '—', '–']).next()?;
    let head = [" DEFAULT ", " default "]
        .iter()
        .find_map(|it| head.split_once(it))
        .map_or(head, |it| it.0);
    // Another sentence begins.
    let head = head.split(". ").next().unwrap_or(head);
    let head = head.trim().trim_matches(['`', '*', '"', '\'', '?', '!', '.', '…', ' ']);
    let head = [" field", " column", " attribute"]
        .iter()
        .find_map(|it| head.strip_suffix(it))
        .unwrap_or(head);
    let words = head.split_whitespace().count();
    let is_path =
        head.starts_with('/') || head.contains("->") || (head.contains('.') && !head.contains(' '));
    if head.is_empty() || is_path {
        return None;
    }
    if words > WORDS_MAX {
        return glosses::of_phrase(head);
    }
    // `user_id FK`, `id UUID PK`: the rest are a type and keys.
    let first = head.split_whitespace().next()?;
    let rest_is_type = head.split_whitespace().skip(1).all(|it| {
        is_bare_type(it)
            || first.contains('_') && attributes::is_type(it)
            || matches!(
                it,
                "PK" | "FK" | "UK" | "pk" | "fk" | "unique" | "UNIQUE" | "primary" | "key"
            )
    });
    let name = if words > 1 && rest_is_type { first } else { head };
    if !name.is_ascii()
        && !name.contains(|it: char| it.is_ascii_alphanumeric())
        && name.chars().count() > 12
        && !name.contains(' ')
    {
        return None;
    }
    // Names hold no sentence words.
    let is_sentence = name.split_whitespace().any(|it| {
        matches!(
            it.to_lowercase().as_str(),
            "the"
                | "with"
                | "for"
                | "that"
                | "which"
                | "is"
                | "are"
                | "of"
                | "to"
                | "by"
                | "from"
                | "a"
                | "an"
                | "can"
                | "has"
                | "in"
                | "on"
                | "per"
                | "via"
        )
    });
    if is_sentence {
        return None;
    }
    if let Some(usual) = phrases::usual(name) {
        return Some(usual.to_owned());
    }
    // "user reference"; an "image reference" is an address, and one of a payment a number.
    let referred = name.strip_suffix(" reference").or_else(|| name.strip_suffix(" ref"));
    if let Some(who) = referred.map(names::snake) {
        let rows = names::plural(&who);
        let is_outside = matches!(who.as_str(), "provider" | "partner" | "agent");
        if rows == "users" || lexicon::is_person(&rows) && !is_outside {
            return Some(who + "_id");
        }
    }
    match glosses::column_name(name)?.as_str() {
        // Stands for the two columns that every table has.
        "timestamps" => None,
        "created" | "created_timestamp" | "creation_date" => Some("created_at".to_owned()),
        "updated" | "updated_timestamp" => Some("updated_at".to_owned()),
        other => Some(other.to_owned()),
    }
}

/// Columns from a list in one cell or line.
pub(super) fn field_list(rd: &Reading<'_, '_>, span: Span) -> Vec<ColumnFact> {
    let text = rd.slice(span);
    field_list_at(text, span.range().start)
}

/// Columns from the inside of a bracket; separators may be slashes.
pub(super) fn field_list_in(list: &str, at: usize) -> Vec<ColumnFact> {
    let parts = parts(list);
    let named = parts.iter().filter(|(_, it)| part_name(it).is_some()).count();
    if parts.len() < 2 || named * 4 < parts.len() * 3 {
        return Vec::new();
    }
    columns_of(parts, at)
}

/// The parts of "date and time", "description or notes"; more of them are no field.
pub(super) fn alternatives(text: &str) -> Vec<(usize, &str)> {
    const JOINTS: &[&str] = &[
        " and ", " or ", "/", ", ", " und ", " oder ", " y ", " o ", " e ", " et ", " ou ", " и ",
    ];
    const PARTS_MAX: usize = 8;
    let mut out = Vec::new();
    let mut start = 0;
    while out.len() < PARTS_MAX {
        let rest = &text[start..];
        let joint = JOINTS.iter().filter_map(|it| Some((rest.find(it)?, it.len()))).min();
        let (at, len) = joint.unwrap_or((rest.len(), 0));
        out.push((start, rest[..at].trim_end()));
        if len == 0 {
            break;
        }
        start += at + len;
    }
    out
}

/// Columns from the part of a sentence that lists them: "title, due date, and status".
pub(super) fn sentence_list(rest: &str, at: usize) -> Vec<ColumnFact> {
    const ENDS: &[&str] = &[
        " when ",
        " so that ",
        " then ",
        " for each ",
        " that ",
        " which ",
        " where ",
        " to ",
        " para ",
        " pour ",
        " afin ",
        " um ",
        " damit ",
        " чтобы",
        " untuk ",
    ];
    let stop = ENDS.iter().filter_map(|it| rest.find(it)).min().unwrap_or(rest.len());
    let rest = &rest[..stop];
    // "with a title and a value, THE API SHALL return it": what shall be done is no field.
    let clause = [" shall ", " SHALL ", " must ", " should ", " will "];
    let end = clause.iter().filter_map(|it| rest[..rest.find(it)?].rfind(',')).min();
    let rest = &rest[..end.unwrap_or(rest.len())];
    let list = with_last(parts(rest));
    let named = list.iter().filter(|(_, it)| part_name(it).is_some()).count();
    if list.len() < 3 || named * 4 < list.len() * 3 {
        return Vec::new();
    }
    columns_of(list, at)
}

fn columns_of(list: Vec<(usize, &str)>, at: usize) -> Vec<ColumnFact> {
    let mut out = Vec::new();
    for (start, part) in list {
        if let Some((left, right)) = glosses::pair(part) {
            let place = Span::new(at + start, at + start + part.len());
            out.extend([column(&left, place), column(&right, place)]);
            continue;
        }
        let Some(name) = part_name(part) else { continue };
        let lead = part.len() - part.trim_start().len();
        let from = at + start + lead;
        out.push(column(&name, Span::new(from, from + part.trim().len())));
    }
    dedup(&mut out);
    out
}

fn field_list_at(rest: &str, at: usize) -> Vec<ColumnFact> {
    if !is_list_of_fields(rest) {
        let found = described(rest, at);
        return if found.is_empty() { in_bracket(rest, at) } else { found };
    }
    let mut out = Vec::new();
    for (start, part) in parts(rest) {
        let Some(name) = part_name(part) else { continue };
        let lead = part.len() - part.trim_start().len();
        let body = part.trim();
        let mut it = column(&name, Span::new(at + start + lead, at + start + lead + body.len()));
        let notes = body.find([' ', '(', ':', '→', '{', '[']).map_or("", |it| &body[it..]);
        annotate(&mut it, notes);
        out.push(it);
    }
    dedup(&mut out);
    out
}

/// Fields in a bracket behind a few words: "travel record (user_id / title / body)".
fn in_bracket(rest: &str, at: usize) -> Vec<ColumnFact> {
    const WORDS_BYTES_MAX: usize = 60;
    let Some(open) = rest.find(['(', '（']).filter(|it| *it <= WORDS_BYTES_MAX) else {
        return Vec::new();
    };
    let Some(end) = rest[open..].find([')', '）']) else { return Vec::new() };
    let inner = rest[open..open + end].trim_start_matches(['(', '（']);
    let start = open + end - inner.len();
    let columns = field_list_in(inner, at + start);
    let sure = columns.iter().any(|it| it.name.contains('_') || is_usual_field(&it.name));
    if sure { columns } else { Vec::new() }
}

/// Fields named in a description: "a task with title, description and status".
fn described(rest: &str, at: usize) -> Vec<ColumnFact> {
    static HEAD: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"(?i)\b(?:(?:key )?(?:attributes|fields|columns|properties)(?:\s+include|\s+are)?\s*[:：]?",
            r"|contains?(?: fields)?:?|contain(?:s|ing)|includes?|including|has|with|stores?|consisting of",
            r"|enthält|beinhaltet|umfasst|bestehend aus|contient|comprend|comporte|regroupe|inclut|contiene|incluye|almacena|compuest[oa] por|contém|inclui|armazena|possui",
            r"|содержит|включает|хранит|состоит из|berisi|memuat|terdiri dari|mencakup|meliputi|包括|含有|felder:|attribute:|champs\s*:|attributs\s*:|campos:|atributos:|поля:|атрибуты:|字段[:：]|包含|属性[:：]|フィールド[:：]|カラム[:：]|필드[:：]|속성[:：])(?: (?:les|the|die|las?|los|as?|os)? ?(?:\p{L}+ ){0,2}\p{L}+\s?[:：])?\s*[:：]?\s*",
        ))
    });
    const HEADS_MAX: usize = 4;
    let lists = HEAD.find_iter(rest).take(HEADS_MAX).map(|head| {
        let is_colon = head.as_str().trim_end().ends_with([':', '：']);
        told(&rest[head.end()..], at + head.end(), is_colon)
    });
    lists.max_by_key(Vec::len).unwrap_or_default()
}

/// The fields that a sentence lists up to its end; behind a colon nothing but fields stands, be some
/// of them told in many words.
fn told(body: &str, at: usize, is_colon: bool) -> Vec<ColumnFact> {
    let end = body
        .find(['.', '。', ';'])
        .filter(|it| body[*it..].len() < 2 || body[it + 1..].starts_with([' ', '\n']))
        .unwrap_or(body.len());
    let list: Vec<(usize, &str)> = with_last(parts(&body[..end]));
    let named = list.iter().filter(|(_, it)| part_name(it).is_some()).count();
    // Of many that are told some may be told in a few words.
    const MANY: usize = 6;
    let (least, of) = match is_colon {
        true => (1, 2),
        false if list.len() >= MANY => (2, 3),
        false => (3, 4),
    };
    if list.len() < 3 || named * of < list.len() * least {
        return Vec::new();
    }
    columns_of(list, at)
}

/// `email (string, unique)`, `id: uuid`, `x, y: number`, `**status** – open or closed`.
pub(super) fn field_bullet(rd: &Reading<'_, '_>, span: Span) -> Vec<ColumnFact> {
    let Some(it) = entry(rd, span) else { return Vec::new() };
    // "`trainings` → TrainingRecord (FK: …)" is the other side of a reference.
    let between = rd.slice(Span::new(it.span.range().end, it.rest_at.max(it.span.range().end)));
    if between.contains('→')
        && it.rest.contains("FK")
        && it.rest.starts_with(|c: char| c.is_uppercase())
    {
        return Vec::new();
    }
    if labels::is_fields(&it.label) {
        return field_list_at(&it.rest, it.rest_at);
    }
    let either = one_of(&it);
    let mut names_in: Vec<&str> = match &either {
        Some(name) => vec![name],
        None => it.label.split([',', '、', '/']).map(str::trim).collect(),
    };
    names_in.retain(|it| !it.is_empty());
    if names_in.len() > 8 {
        return Vec::new();
    }
    let mut out = Vec::new();
    for name in names_in {
        let literal = ticked(&format!("`{name}`")).filter(|_| it.code).map(names::snake);
        let Some(canonical) = literal.or_else(|| part_name(name)) else { return Vec::new() };
        let place = rd.find_in(it.span, name);
        let mut found = column(&canonical, place);
        let trailing = name.split_once(' ').map_or("", |(_, it)| it);
        annotate(&mut found, trailing);
        annotate(&mut found, &it.rest);
        out.push(found);
    }
    out
}

/// The first of two names for one field: "phone / contact", "image_url or file_id", "Purchase/activation
/// date"; `None` where both are fields, "latitude/longitude".
fn one_of(it: &Entry) -> Option<String> {
    const PAIRS: &[&str] = &[
        "lat", "start", "min", "first", "from", "open", "width", "height", "created", "x", "city",
        "begin", "front",
    ];
    if it.code || it.label.contains(',') {
        return None;
    }
    let (left, right) = it.label.split_once(" or ").or_else(|| it.label.split_once('/'))?;
    let (left, right) = (left.trim(), right.trim());
    let is_pair = PAIRS.iter().any(|it| left.to_lowercase().starts_with(it));
    if left.is_empty() || right.is_empty() || right.contains('/') || is_pair || !left.is_ascii() {
        return None;
    }
    // "Purchase/activation date": both are dates.
    match right.split_once(' ') {
        Some((_, tail)) if !left.contains(' ') => Some(format!("{left} {tail}")),
        _ => Some(left.to_owned()),
    }
}

/// The column that one part of a list names, in brackets its notes.
pub(super) fn part_column(part: &str, at: usize) -> Option<ColumnFact> {
    let lead = part.len() - part.trim_start().len();
    let body = part.trim();
    let span = Span::new(at + lead, at + lead + body.len());
    let head = phrases::head(body);
    let mut it = column(&part_name(head)?, span);
    // In a name of several words, "fee ID", the last is no type.
    let is_phrase = head.contains(' ') && !head.contains(['(', '（', ':', '`', '_']);
    let marks: &[char] = if is_phrase {
        &['(', '（', ':', '→', '{', '[']
    } else {
        &[' ', '(', '（', ':', '→', '{', '[']
    };
    annotate(&mut it, body.find(marks).map_or("", |it| &body[it..]));
    Some(it)
}

/// One column with what its notes say; `None` when `name` is no name of a column.
pub(super) fn noted_column(name: &str, notes: &str, span: Span) -> Option<ColumnFact> {
    let mut it = column(&part_name(name)?, span);
    annotate(&mut it, notes);
    Some(it)
}

/// A type, keys and values from what stands behind a name.
fn annotate(column: &mut ColumnFact, notes: &str) {
    let notes = notes.trim();
    if notes.is_empty() {
        return;
    }
    if column.ty.is_none() {
        column.ty = attributes::leading_type(notes);
    }
    attributes::apply(column, notes);
}

fn dedup(columns: &mut Vec<ColumnFact>) {
    let mut seen = rustc_hash::FxHashSet::default();
    columns.retain(|it| seen.insert(it.name.clone()));
}

/// The blocks that a list takes up.
pub(super) fn end_of(blocks: &[Block], start: usize) -> usize {
    let depth = blocks[start].depth;
    let mut end = start + 1;
    while let Some(block) = blocks.get(end) {
        let inside = block.depth > depth
            || (block.depth == depth && matches!(block.kind, BlockKind::Item { .. }));
        if !inside {
            break;
        }
        end += 1;
    }
    end
}
