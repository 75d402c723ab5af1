//! Readers of data models: tables, columns, relations and the entities that prose names.
//!
//! Each notation has a file; this one walks the blocks and hands each to the readers that could
//! understand it.

mod api;
mod attributes;
mod captions;
mod code;
mod compounds;
mod deeds;
mod fields;
mod glosses;
mod groups;
mod labels;
mod leads;
pub(crate) mod lexicon;
mod lists;
mod loose;
mod named_lines;
pub(crate) mod names;
mod nearby;
mod outline;
mod phrases;
mod prose;
mod sentences;
mod sql;
mod ties;
mod told;

use super::clauses::Passage;
use super::{ChunkCx, Language};
use crate::facts::{ColumnFact, Fact, PolicyFact, RelationFact, ScopedBlock, Sighting, TableFact};
use crate::pattern::compile;
use crate::scope::{Role, Scope};
use model::{Confidence, Modality, Span};
use regex::Regex;
use std::sync::LazyLock;
use text::markdown::{Block, BlockKind};

/// Fences longer than this are generated, not written.
const FENCE_BYTES_MAX: usize = 256 * 1024;

pub(super) fn read(cx: &ChunkCx<'_>, passages: &[Passage], out: &mut Vec<Fact>) {
    prose::read(cx, passages, out);
    ties::read(cx, passages, out);
    let mut rd = Reading { cx, at: 0, out };
    let mut index = 0;
    while index < cx.blocks.len() {
        rd.at = index;
        index += rd.step(index);
    }
    // Last, so that what only adds to a table comes behind its declaration.
    for (index, block) in cx.chunk.blocks.iter().enumerate() {
        rd.at = index;
        api::read(&mut rd, block);
        sentences::read(&mut rd, block);
        leads::read(&mut rd, index);
        groups::read(&mut rd, index);
    }
}

/// A walk over the blocks of one chunk.
struct Reading<'a, 'o> {
    cx: &'a ChunkCx<'a>,
    /// Index of the block that is read.
    at: usize,
    out: &'o mut Vec<Fact>,
}

impl<'a> Reading<'a, '_> {
    /// Reads the block at `index`; returns how many blocks that used.
    fn step(&mut self, index: usize) -> usize {
        let chunk = self.cx.chunk;
        let block = &chunk.blocks[index];
        match &block.kind {
            BlockKind::Fence { lang } => self.fence(block, lang),
            BlockKind::Table { header, rows } => fields::read(self, block, header, rows),
            BlockKind::Paragraph if self.bare_code(block) || captions::read(self, block) => {}
            BlockKind::Item { .. } if self.slice(block.text).contains('\n') => {
                outline::read(self, block.text, false);
                return lists::read(self, index);
            }
            BlockKind::Item { .. } | BlockKind::Paragraph => return lists::read(self, index),
            BlockKind::Heading { .. } => lists::titled_entity(self, block),
            _ => {}
        }
        1
    }

    /// Whether the headings say that the block belongs to a data model: the nearest one that says
    /// anything does, and headings that may name entities ("Users", "Roles") say nothing.
    fn is_model(&self) -> bool {
        let sections = self.scope().sections();
        let mut own = sections.iter().rev().filter_map(|it| it.own_role);
        own.find(|it| {
            !matches!(
                it,
                Role::Personas
                    | Role::Auth
                    | Role::Glossary
                    | Role::Functional
                    | Role::Acceptance
                    | Role::Roadmap
            )
        }) == Some(Role::DataModel)
    }

    /// Whether a heading says that what is listed lies in a cache or on a device.
    fn is_volatile(&self) -> bool {
        const PASSING: &[&str] = &[
            "redis",
            "cache",
            "caching",
            "localstorage",
            "local storage",
            "sessionstorage",
            "indexeddb",
            "asyncstorage",
            "in-memory",
            "userdefaults",
            "memcached",
        ];
        const LASTING: &[&str] =
            &["postgres", "mysql", "mongo", "sql", "database", "supabase", "firestore", "tables"];
        self.scope().sections().iter().any(|it| {
            let title = it.title.to_lowercase();
            // `species_cache` is a table.
            PASSING.iter().any(|word| title.contains(word))
                && !title.contains('_')
                && !LASTING.iter().any(|word| title.contains(word))
        })
    }

    /// SQL or a diagram that stands in the text without a fence around it.
    fn bare_code(&mut self, block: &Block) -> bool {
        let text = self.slice(block.text);
        if text.contains('\n') && outline::read(self, block.text, false) {
            return true;
        }
        if !text.contains('\n') || !(sql::looks_like(text) || text.contains("erDiagram")) {
            return false;
        }
        self.fence(block, "");
        true
    }

    fn fence(&mut self, block: &Block, lang: &str) {
        let code = self.slice(block.text);
        if code.len() > FENCE_BYTES_MAX {
            return;
        }
        let offset = block.text.range().start;
        let is_plain = matches!(lang, "" | "text" | "txt" | "plaintext");
        let bare = if (is_plain || lang.contains("sql")) && !sql::looks_like(code) {
            sql::read_bare(code)
        } else {
            sql::Ddl::default()
        };
        if lang.contains("sql") && !sql::looks_like(code) && bare.tables.is_empty() {
            self.plain_fence(block, true);
        }
        if code.trim_start().starts_with('{') && !lang.starts_with("json") {
            return self.object(block);
        }
        let (ddl, reader, confidence) = if !bare.tables.is_empty() {
            (bare, "sql", 90)
        } else if sql::looks_like(code) || lang.contains("sql") {
            (sql::read(code), "sql", 95)
        } else {
            let Some(notation) = code::detect(lang, code) else {
                if matches!(lang, "" | "text" | "txt" | "plaintext" | "yaml" | "yml") {
                    self.plain_fence(block, self.is_under(Role::DataModel));
                }
                return;
            };
            let is_model = self.is_under(Role::DataModel);
            if notation == code::Notation::Json {
                return self.json(block);
            }
            if is_plain && !notation.is_storage() && outline::read(self, block.text, is_model) {
                return;
            }
            // Blocks whose fields refer to each other by keys are rows wherever they stand.
            let is_kept = notation.is_storage() || self.may_be_stored() && code::has_keys(code);
            if !is_kept && !is_model {
                return;
            }
            (
                code::read(notation, code),
                notation.reader(),
                if notation.is_storage() { 93 } else { 85 },
            )
        };
        for mut it in ddl.tables {
            for column in &mut it.columns {
                column.span = column.span.shift(offset);
            }
            let sighting = self.sighting(it.span.shift(offset), reader, confidence);
            self.out.push(Fact::Table(TableFact {
                label: it.label,
                name: it.name,
                columns: it.columns,
                sighting,
            }));
        }
        for (table, column, target, to, span) in ddl.references {
            let span = span.shift(offset);
            self.relation(&table, Some(column), &target, to, span, reader, confidence);
        }
        for (table, policy, span) in ddl.policies {
            let sighting = self.sighting(span.shift(offset), reader, confidence);
            self.out.push(Fact::Policy(PolicyFact { table, policy, sighting }));
        }
    }

    /// A fence without code: `users(id, email)` or `users: id, email` lines below a data model.
    fn plain_fence(&mut self, block: &Block, is_model: bool) {
        if is_model && lists::are_relations(self.scope().title()) {
            for line in self.lines(block.text) {
                let text = self.slice(line).to_owned();
                lists::related(self, &text, line);
            }
        }
        if is_model && (bracketed_tables(self, block.text) || named_lines::read(self, block)) {
            return;
        }
        if !outline::read(self, block.text, is_model) && is_model {
            for line in self.lines(block.text) {
                lists::declared_line(self, line);
            }
        }
    }

    /// An object of fields and types without a name, `{ _id: ObjectId, title: String }`, that the
    /// line above names.
    fn object(&mut self, block: &Block) {
        let Some((label, span)) = self.heading_label(block) else { return };
        let says_kind = names::strip_kind(&label).len() < label.trim().len();
        if !says_kind || !(self.is_model() || self.may_be_stored()) {
            return;
        }
        let code = self.slice(block.text);
        let open = code.len() - code.trim_start().len() + 1;
        let end = code.rfind('}').filter(|it| *it > open).unwrap_or(code.len());
        let columns = code::fields(&code[open..end], block.text.range().start + open);
        let typed = columns.iter().filter(|it| it.ty.is_some() || !it.values.is_empty()).count();
        if columns.len() >= 2 && typed * 2 > columns.len() {
            self.table(&label, span, columns, "type-block", 88);
        }
    }

    /// A sample of one row, named by the heading above.
    fn json(&mut self, block: &Block) {
        if !self.is_under(Role::DataModel) {
            return;
        }
        let Some((label, span)) = self.heading_label(block) else { return };
        let offset = block.text.range().start;
        let mut columns = code::json_row(self.slice(block.text));
        for column in &mut columns {
            column.span = column.span.shift(offset);
        }
        if columns.len() >= 2 {
            self.table(&label, span, columns, "json-sample", 80);
        }
    }

    fn block(&self, index: usize) -> &'a Block {
        &self.cx.chunk.blocks[index]
    }

    fn slice(&self, span: Span) -> &'a str {
        self.cx.chunk.slice(span)
    }

    fn plain(&self, span: Span) -> String {
        text::inline::plain(self.slice(span)).text
    }

    fn scoped(&self) -> &'a ScopedBlock {
        &self.cx.blocks[self.at]
    }

    fn scope(&self) -> &'a Scope {
        &self.scoped().scope
    }

    fn is_under(&self, role: Role) -> bool {
        self.scope().is_under(role)
    }

    /// Whether a field table here can be of stored things: not in a section on screens, settings,
    /// requests or tests.
    fn may_be_stored(&self) -> bool {
        !matches!(
            self.scope().role(),
            Role::Ui
                | Role::Api
                | Role::Testing
                | Role::Metrics
                | Role::NonFunctional
                | Role::TechStack
                | Role::Deploy
        )
    }

    fn list_end(&self, start: usize) -> usize {
        lists::end_of(&self.cx.chunk.blocks, start)
    }

    /// The span without emphasis and ticks around it.
    fn inner(&self, span: Span) -> Span {
        let text = self.slice(span);
        let marks: &[char] = &['*', '`', '_', ' ', '~'];
        let start = text.len() - text.trim_start_matches(marks).len();
        let end = text.trim_end_matches(marks).len().max(start);
        let base = span.range().start;
        Span::new(base + start, base + end)
    }

    /// Where `needle` stands in `span`; all of `span` when marks divide it.
    fn find_in(&self, span: Span, needle: &str) -> Span {
        match self.slice(span).find(needle) {
            Some(at) => {
                let start = span.range().start + at;
                Span::new(start, start + needle.len())
            }
            None => span,
        }
    }

    /// The lines of a paragraph, without blank ends.
    fn lines(&self, span: Span) -> Vec<Span> {
        let mut at = span.range().start;
        self.slice(span)
            .split_inclusive('\n')
            .map(|line| {
                let lead = line.len() - line.trim_start().len();
                let out = Span::new(at + lead, at + lead + line.trim().len());
                at += line.len();
                out
            })
            .filter(|it| !it.is_empty())
            .collect()
    }

    /// The entity that the nearest heading or the line right above names.
    fn heading_label(&self, block: &Block) -> Option<(String, Span)> {
        let blocks = &self.cx.chunk.blocks;
        let index = blocks.iter().position(|it| std::ptr::eq(it, block)).unwrap_or(self.at);
        // A line such as "`users`:" or "Table: users" stands nearer than the heading.
        if let Some(before) = index.checked_sub(1).map(|it| &blocks[it]) {
            let text = self.plain(before.text);
            let short = text.chars().count() <= 50 && !text.contains('\n');
            let lead = matches!(before.kind, BlockKind::Paragraph | BlockKind::Item { .. });
            if lead
                && short
                && !labels::is_fields(&text)
                && (text.ends_with([':', '：']) || self.slice(before.text).starts_with('`'))
            {
                let label = text.trim_end_matches([':', '：']).to_owned();
                return Some((label, self.inner(before.text)));
            }
        }
        let sections = self.scope().sections();
        let section = sections.iter().rev().find(|it| !labels::is_fields(&it.title))?;
        let is_heading = |it: &&Block| matches!(it.kind, BlockKind::Heading { .. });
        let place = blocks[..index]
            .iter()
            .rev()
            .filter(is_heading)
            .find(|it| self.plain(it.text) == *section.title)
            .map(|it| self.inner(it.text))
            .unwrap_or(block.span);
        if let Some((_, range)) = labels::thing_with_fields(&section.title, self.cx.language) {
            return Some((section.title[range].to_owned(), place));
        }
        let general = section.own_role == Some(Role::DataModel)
            && names::strip_kind(&section.title).split_whitespace().count() != 1
            && lexicon::noun_of(names::strip_kind(&section.title), self.cx.language)
                .is_none_or(|it| it.name == "models");
        (!general).then(|| (section.title.to_string(), place))
    }

    fn sighting(&self, span: Span, reader: &'static str, percent: u8) -> Sighting {
        Sighting {
            span,
            reader,
            confidence: Confidence::percent(percent),
            modality: self.modality(),
        }
    }

    fn modality(&self) -> Modality {
        self.scope().modality()
    }

    /// Reports a declared table under the name that `label` gives it.
    fn table(
        &mut self,
        label: &str,
        span: Span,
        columns: Vec<ColumnFact>,
        reader: &'static str,
        percent: u8,
    ) {
        // "Conversation / Message" names two.
        if let Some((left, right)) = label.split_once(" / ").filter(|_| columns.is_empty()) {
            for part in [left, right] {
                self.table(part, span, Vec::new(), reader, percent);
            }
            return;
        }
        // "データモデル概要" is an overview; a "Response model" is of responses.
        let bare = names::strip_kind(label);
        let is_overview = !bare.is_ascii() && names::is_part_of_text(bare);
        if names::is_part_of_text(label) || is_overview || self.is_volatile() {
            return;
        }
        let Some(name) = names::of_label(label, self.cx.language) else { return };
        self.named_table(name, label.trim().to_owned(), span, columns, reader, percent);
    }

    /// Reports a table whose fields a sentence lists.
    fn cited_table(
        &mut self,
        (name, label, span): (String, String, Span),
        columns: Vec<ColumnFact>,
        reader: &'static str,
        percent: u8,
    ) {
        let sighting = self.sighting(span, reader, percent);
        let columns = self.of_table(&name, self.as_written(columns));
        self.out.push(Fact::Citation(TableFact { label, name, columns, sighting }));
    }

    /// Reports a declared table under its canonical name.
    fn named_table(
        &mut self,
        name: String,
        label: String,
        span: Span,
        columns: Vec<ColumnFact>,
        reader: &'static str,
        percent: u8,
    ) {
        let sighting = self.sighting(span, reader, percent);
        let columns = self.of_table(&name, self.as_written(columns));
        self.out.push(Fact::Table(TableFact { label, name, columns, sighting }));
    }

    /// Takes the table's own name off columns that were put into English: "档案状态" of a patient is
    /// the `status`, "Rechnungsnummer" of an invoice stays its number.
    fn of_table(&self, table: &str, mut columns: Vec<ColumnFact>) -> Vec<ColumnFact> {
        const OWN: &[&str] = &["id", "status", "type"];
        if self.cx.language == Language::English {
            return columns;
        }
        let table = names::singular(table);
        for column in &mut columns {
            let field = column.name.strip_prefix(&table).and_then(|it| it.strip_prefix('_'));
            let is_literal = self.slice(column.span).starts_with('`')
                || names::snake(self.slice(column.span)) == column.name;
            if let Some(field) = field.filter(|it| OWN.contains(it) && !is_literal) {
                column.name = field.to_owned();
            }
        }
        columns
    }

    /// Gives columns back the names that the spec writes, where those are identifiers in another
    /// language (`nombre`, `creado_en`) and no words of a form.
    fn as_written(&self, mut columns: Vec<ColumnFact>) -> Vec<ColumnFact> {
        let written: Vec<Option<&str>> =
            columns.iter().map(|it| identifier(self.slice(it.span))).collect();
        let is_code =
            |it: &&&str| it.contains('_') || it.len() > 3 && it[1..].contains(char::is_uppercase);
        let n_known = written.iter().flatten().count();
        let n_code = written.iter().flatten().filter(is_code).count();
        // A word in small letters beside a type of a database is a name, too: `pengarang varchar`.
        let is_typed = |(column, written): &(&ColumnFact, &Option<&str>)| {
            let is_small =
                written.is_some_and(|it| it.starts_with(|c: char| c.is_ascii_lowercase()));
            is_small && column.ty.as_deref().is_some_and(attributes::is_technical)
        };
        let n_typed = columns.iter().zip(&written).filter(is_typed).count();
        let are_names = n_code * 2 >= columns.len() || n_typed * 5 >= columns.len() * 4;
        if n_known * 5 < columns.len() * 4 || !are_names {
            return columns;
        }
        for (column, written) in columns.iter_mut().zip(written) {
            if let Some(written) = written.filter(|it| glosses::is_glossed(it)) {
                column.name = names::snake(written);
            }
        }
        columns
    }

    #[expect(clippy::too_many_arguments, reason = "a relation has two ends and a proof")]
    fn relation(
        &mut self,
        from: &str,
        from_column: Option<String>,
        to: &str,
        to_column: Option<String>,
        span: Span,
        reader: &'static str,
        percent: u8,
    ) {
        let sighting = self.sighting(span, reader, percent);
        self.out.push(Fact::Relation(RelationFact {
            from_table: from.to_owned(),
            from_column,
            to_table: to.to_owned(),
            to_column,
            sighting,
        }));
    }
}

/// `email (string, unique)` and other fields with their types in brackets, of the table that the
/// heading names.
fn typed_lines(rd: &mut Reading<'_, '_>, span: Span) -> bool {
    const FIELDS_MIN: usize = 2;
    let lines = rd.lines(span);
    let is_bullet = |it: &&Span| rd.slice(**it).starts_with(['-', '*', '•']);
    let fields: Vec<Span> = lines.iter().filter(|it| !is_bullet(it)).copied().collect();
    let is_typed = |it: &&Span| {
        let bracket = rd.slice(**it).split_once('(').filter(|(name, _)| !name.trim().contains(' '));
        bracket.is_some_and(|(_, inner)| {
            let first = inner.split([',', ')', ':', ' ']).next().unwrap_or_default();
            // `trades (id, user_id` lists the fields of a table.
            first != "id" && attributes::is_type(first)
        })
    };
    let n_typed = fields.iter().filter(is_typed).count();
    if n_typed < FIELDS_MIN || n_typed * 4 < fields.len() * 3 {
        return false;
    }
    let block = rd.block(rd.at);
    let Some((label, place)) = rd.heading_label(block) else { return false };
    let columns: Vec<ColumnFact> =
        fields.iter().flat_map(|it| lists::field_bullet(rd, *it)).collect();
    rd.table(&label, place, columns, "field-list", 90);
    true
}

/// `orders (id, user_id,` with the rest of the fields on the next lines.
fn bracketed_tables(rd: &mut Reading<'_, '_>, span: Span) -> bool {
    static DECLARED: LazyLock<Regex> = LazyLock::new(|| {
        compile(
            r"(?m)^[ \t]*[-*•]?[ \t]*([A-Za-z][A-Za-z0-9_]*)[ \t]*\(([^()]*(?:\([^()]*\)[^()]*)*)\)",
        )
    });
    let text = rd.slice(span);
    let base = span.range().start;
    if typed_lines(rd, span) {
        return true;
    }
    let mut found = Vec::new();
    for it in DECLARED.captures_iter(text) {
        let (Some(name), Some(list)) = (it.get(1), it.get(2)) else { continue };
        let line = list.as_str().replace('\n', " ");
        let columns = lists::field_list_in(&line, base + list.start());
        if columns.len() >= 2 {
            let n_bytes = list.end() - name.start();
            found.push((Span::new(base + name.start(), base + name.end()), columns, n_bytes));
        }
    }
    // Fields that have notes in brackets look the same, but have more around them.
    let n_bytes: usize = found.iter().map(|it| it.2).sum();
    if n_bytes * 2 < text.len() {
        return false;
    }
    for (place, columns, _) in found {
        let label = rd.slice(place).to_owned();
        rd.table(&label, place, columns, "entity-list", 86);
    }
    true
}

/// The identifier that opens a line or cell of a field, unless more words of the name follow.
fn identifier(source: &str) -> Option<&str> {
    let source = source.trim_start_matches(['`', '*', '"', ' ']);
    let end =
        source.find(|it: char| !(it.is_ascii_alphanumeric() || it == '_')).unwrap_or(source.len());
    let (name, rest) = source.split_at(end);
    let rest = rest.trim_start_matches(['`', '*', '"', ' ', '?']);
    let next = rest.split(|it: char| !it.is_alphanumeric()).next().unwrap_or_default();
    let ends = next.is_empty() || attributes::is_type(next);
    (ends && name.starts_with(|it: char| it.is_ascii_alphabetic())).then_some(name)
}

#[cfg(test)]
fn render(it: &ColumnFact) -> String {
    let mut out = it.name.clone();
    if let Some(ty) = &it.ty {
        out += &format!(" {ty}");
    }
    if it.primary {
        out += " pk";
    }
    if it.unique {
        out += " unique";
    }
    match it.nullable {
        Some(true) => out += " null",
        Some(false) => out += " not null",
        None => {}
    }
    if let Some((table, column)) = &it.references {
        out += &format!(" -> {table}.{}", column.as_deref().unwrap_or("?"));
    }
    if !it.values.is_empty() {
        out += &format!(" {:?}", it.values);
    }
    out
}
