//! What can be written in a migration spec: operations, keys, tables, columns, types, policies.
//!
//! The place is told from the lines around it, since a file that is being typed is rarely whole.

use crate::features::completion::{Completion, CompletionKind};
use crate::features::{Place, document};
use crate::migrations::{self, Migration};
use crate::snapshot::SpecView;
use migrate::language::{RLS_WORDS, keywords, type_words};
use migrate::render;
use migrate::schema::{Schema, Table};
use model::Span;

/// The proposals at a place, best first.
pub(crate) fn completions(view: &SpecView, place: Place) -> Vec<Completion> {
    let (Some(file), Some(document)) =
        (migrations::of(view, place.document), document(view, place.document))
    else {
        return Vec::new();
    };
    let Some(before) = document.text.get(..place.offset) else { return Vec::new() };
    // `own-row` is one word; the sign of an item is none.
    let word = before.trim_end_matches(|it| is_word(it) || it == '-').len();
    let start = place.offset - before[word..].trim_start_matches('-').len();
    let cx = Cx { file, before, typed: Span::new(start, place.offset) };
    cx.proposals()
}

fn is_word(it: char) -> bool {
    it.is_alphanumeric() || matches!(it, '_')
}

struct Cx<'a> {
    file: &'a Migration,
    /// The text up to the cursor.
    before: &'a str,
    /// The word at the cursor.
    typed: Span,
}

/// What stands around the cursor.
struct Around<'a> {
    /// The word of the operation; `None` where one can start.
    operation: Option<&'a str>,
    /// The key whose value is written; `None` where a key can stand.
    key: Option<&'a str>,
    /// The value up to the typed word.
    value: &'a str,
}

impl Cx<'_> {
    fn proposals(&self) -> Vec<Completion> {
        let around = self.around();
        let Some(operation) = around.operation else {
            return self.words(keywords(), CompletionKind::Operation, ": ");
        };
        let Some(key) = around.key else {
            return self.words(keys(operation).iter().copied(), CompletionKind::Key, ": ");
        };
        // The last item of a list.
        let item = around.value.rsplit(['[', ',', '\n']).next().unwrap_or_default();
        let item = item.trim_start().trim_start_matches("- ").trim_start();
        match key {
            "table" | "was" if operation == "rename_table" || key == "table" => self.tables(),
            "name" if operation == "drop_table" => self.tables(),
            "rls" if around.value.contains("member-of(") => self.tables(),
            "rls" => self.words(RLS_WORDS.iter().copied(), CompletionKind::Policy, ""),
            "type" => self.types(),
            "columns" if matches!(operation, "add_table" | "add_column") => self.column(item),
            "columns" | "indices" | "column" | "was" | "key" | "unique" => self.columns(None),
            _ => Vec::new(),
        }
    }

    /// Behind the name of a column: its type, then what else is said of it.
    fn column(&self, item: &str) -> Vec<Completion> {
        if let Some((_, target)) = item.rsplit_once("fk->").filter(|it| !it.1.contains(' ')) {
            return match target.split_once('.') {
                Some((table, _)) => self.columns(Some(table)),
                None => self.tables(),
            };
        }
        if !item.contains(' ') {
            return Vec::new();
        }
        let mut out = if item.trim_end().contains(' ') { Vec::new() } else { self.types() };
        let more = ["pk", "fk->", "unique", "not null", "default ", "check (", "on delete cascade"];
        out.extend(self.words(more.into_iter(), CompletionKind::Key, ""));
        out
    }

    fn types(&self) -> Vec<Completion> {
        self.words(type_words(), CompletionKind::Type, "")
    }

    fn tables(&self) -> Vec<Completion> {
        let names = self.live().map(|it| it.name.as_str()).collect::<Vec<_>>();
        self.words(names.into_iter(), CompletionKind::Table, "")
    }

    fn columns(&self, table: Option<&str>) -> Vec<Completion> {
        let table = table.map(str::to_owned).or_else(|| self.own_table());
        let Some(table) = table else { return Vec::new() };
        let schema: &Schema = &self.file.after;
        let before: &Schema = &self.file.before;
        let found = schema.table(&table).or_else(|| before.table(&table));
        let Some(table) = found else { return Vec::new() };
        let columns = table.columns.iter().filter(|it| !it.name.starts_with("__"));
        let items = columns.map(|it| Completion {
            detail: Some(render::column_types(table, it).1),
            ..self.item(&it.name, CompletionKind::Column, "")
        });
        items.collect()
    }

    /// Tables that are there, but for those that were dropped softly.
    fn live(&self) -> impl Iterator<Item = &Table> {
        let (after, before): (&Schema, &Schema) = (&self.file.after, &self.file.before);
        let gone = before.tables.iter().filter(|it| after.table(&it.name).is_none());
        after.tables.iter().chain(gone).filter(|it| !it.name.starts_with("__"))
    }

    fn words<'w>(
        &self,
        words: impl Iterator<Item = &'w str>,
        kind: CompletionKind,
        ending: &str,
    ) -> Vec<Completion> {
        words.map(|it| self.item(it, kind, ending)).collect()
    }

    fn item(&self, word: &str, kind: CompletionKind, ending: &str) -> Completion {
        Completion {
            label: word.to_owned(),
            kind,
            detail: None,
            documentation: None,
            insert: format!("{word}{ending}"),
            replace: self.typed,
        }
    }

    /// The table that the operation around the cursor is about.
    fn own_table(&self) -> Option<String> {
        let start = self.operation_start()?.0;
        let body = &self.before[start..];
        let value = ["table:", "name:"].iter().find_map(|key| body.split_once(*key))?.1;
        let value = value.trim_start_matches([' ', '"', '\'']);
        let name: String = value.chars().take_while(|it| is_word(*it)).collect();
        Some(name).filter(|it| !it.is_empty())
    }

    /// Where the word of the operation around the cursor starts, and the word.
    fn operation_start(&self) -> Option<(usize, &str)> {
        let mut end = self.before.len();
        loop {
            let start = self.before[..end].rfind('\n').map_or(0, |it| it + 1);
            let line = &self.before[start..end];
            if line.starts_with("---") {
                return None;
            }
            let word = line.trim_start_matches([' ', '-']);
            let key = word.split(':').next().unwrap_or_default();
            let is_whole = word.len() > key.len() && keywords().any(|it| it == key);
            if is_whole {
                return Some((start + line.len() - word.len(), key));
            }
            end = start.checked_sub(1)?;
        }
    }

    fn around(&self) -> Around<'_> {
        let start = self.before.rfind('\n').map_or(0, |it| it + 1);
        let line = &self.before[start..];
        let lead = line.trim_start_matches(' ');
        let indent = line.len() - lead.len();
        let lead = lead.strip_prefix("- ").unwrap_or(lead);
        let operation = self.operation_start();
        let none = Around { operation: None, key: None, value: "" };
        let Some((at, word)) = operation else { return none };
        // A word at the depth of the operation or less starts another one.
        let column = at - self.before[..at].rfind('\n').map_or(0, |it| it + 1);
        let is_beside = at < start && indent + (line.trim_start().len() - lead.len()) <= column;
        if is_beside && !lead.contains(':') {
            return none;
        }
        let body = &self.before[at + word.len()..];
        match key_before(body) {
            Some((key, value)) => Around { operation: Some(word), key: Some(key), value },
            None => Around { operation: Some(word), key: None, value: "" },
        }
    }
}

/// The key of `body` whose value the end of it stands in; `None` where a key stands.
fn key_before(body: &str) -> Option<(&str, &str)> {
    let mut end = body.len();
    loop {
        let colon = body[..end].rfind(": ").into_iter().chain(body[..end].rfind(":\n")).max()?;
        let head = &body[..colon];
        let start = head.rfind(|it: char| !is_word(it)).map_or(0, |it| it + 1);
        let key = &head[start..];
        let value = body[colon + 1..].trim_start_matches(' ');
        if key.is_empty() {
            return None;
        }
        let (opened, closed) = (value.matches('[').count(), value.matches(']').count());
        let in_list = opened > closed;
        let line = value.rsplit('\n').next().unwrap_or_default();
        let is_item = value.contains('\n') && line.trim_start().starts_with('-');
        let is_here = !value.contains('\n') && (opened == 0 && !value.contains([',', '}']));
        if in_list || is_item || is_here {
            return Some((key, value));
        }
        if value.contains('\n') && !is_item || value.ends_with([',', '{']) || value.contains(", ") {
            return None;
        }
        end = colon;
    }
}

/// The keys that an operation takes.
pub(super) fn keys(operation: &str) -> &'static [&'static str] {
    match operation {
        "add_table" => &[
            "name",
            "columns",
            "rls",
            "indices",
            "constraints",
            "policies",
            "soft_delete",
            "audit_columns",
            "comment",
        ],
        "drop_table" => &["table", "purge"],
        "rename_table" => &["was", "name"],
        "add_column" => &["table", "columns"],
        "drop_column" => &["table", "column", "purge"],
        "rename_column" => &["table", "was", "name"],
        "alter_column" => {
            &["table", "column", "was", "type", "nullable", "unique", "default", "check", "fk"]
        }
        "add_index" => &["table", "columns", "unique", "where", "name"],
        "drop_index" => &["table", "name", "columns", "unique", "where"],
        "add_constraint" | "drop_constraint" => &["table", "name", "constraint"],
        "set_rls" => &["table", "rls"],
        "add_policy" => &["table", "name", "for", "using", "check"],
        "drop_policy" => &["table", "name"],
        "comment" => &["table", "column", "text"],
        "seed" => &["table", "key", "existing", "rows"],
        "sql" => &["sqlite", "postgres", "down"],
        "purge" => &["table", "column"],
        _ => &[],
    }
}
