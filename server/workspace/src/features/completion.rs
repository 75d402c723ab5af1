//! What can be written at a place: names of the spec, types, policies, cron, front matter.

mod context;
mod words;

use super::hover::table_card;
use super::{Place, document, migration, resources};
use crate::snapshot::SpecView;
use context::Context;
use model::{ColumnKey, Span, Table};
use spec::mentions::requirements;

/// One proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    pub label: String,
    pub kind: CompletionKind,
    /// One line beside the label.
    pub detail: Option<String>,
    /// Markdown.
    pub documentation: Option<String>,
    /// Plain text that takes the place of `replace`.
    pub insert: String,
    pub replace: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CompletionKind {
    Table,
    Column,
    Type,
    Policy,
    Cron,
    /// Of the front matter.
    Key,
    Requirement,
    /// A word that starts an operation of a migration spec.
    Operation,
}

/// Typing one of these asks for proposals.
pub const TRIGGERS: [&str; 4] = [".", "|", ":", "-"];

/// The proposals at a place, best first; the client filters by what is typed.
#[must_use]
pub fn completions(view: &SpecView, place: Place) -> Vec<Completion> {
    if view.migrations.is_some() {
        let own = resources::completions(view, place);
        return own.unwrap_or_else(|| migration::completion::completions(view, place));
    }
    let Some(document) = document(view, place.document) else { return Vec::new() };
    let typed = context::typed(&document.text, place.offset);
    let cx = Cx { view, text: &document.text, offset: place.offset, typed };
    match context::at(view, place, typed) {
        Context::Nothing => Vec::new(),
        Context::FrontMatterKey { present } => cx.front_matter(&present),
        Context::ColumnOf(table) => cx.columns(table),
        Context::Type => cx.types(),
        Context::Policy => cx.policies(),
        Context::Cron => cx.crons(),
        Context::Reference => cx.targets(),
        Context::ColumnName { table } => cx.column_names(table),
        Context::Prose => cx.requirements().into_iter().chain(cx.tables()).collect(),
    }
}

struct Cx<'a> {
    view: &'a SpecView,
    text: &'a str,
    offset: usize,
    /// The word before the cursor.
    typed: Span,
}

impl<'a> Cx<'a> {
    fn plain(&self, kind: CompletionKind, label: &str, detail: &str) -> Completion {
        Completion {
            label: label.to_owned(),
            kind,
            detail: (!detail.is_empty()).then(|| detail.to_owned()),
            documentation: None,
            insert: label.to_owned(),
            replace: self.typed,
        }
    }

    fn front_matter(&self, present: &[&str]) -> Vec<Completion> {
        let keys = words::FRONT_MATTER.iter().filter(|(key, _)| !present.contains(key));
        keys.map(|(key, detail)| Completion {
            insert: format!("{key}: "),
            ..self.plain(CompletionKind::Key, key, detail)
        })
        .collect()
    }

    fn columns(&self, table: &Table) -> Vec<Completion> {
        let column = |it: &model::Column| {
            let ty = it.ty.as_deref().unwrap_or_default();
            self.plain(CompletionKind::Column, &it.name, ty)
        };
        table.columns.iter().map(column).collect()
    }

    fn types(&self) -> Vec<Completion> {
        let mut out: Vec<Completion> = words::TYPES
            .iter()
            .map(|(name, detail)| self.plain(CompletionKind::Type, name, detail))
            .collect();
        // Types that the spec uses and the list lacks, such as an enum's name.
        let columns = self.view.analysis.detection.tables.iter().flat_map(|it| &it.columns);
        for ty in columns.filter_map(|it| it.ty.as_ref()) {
            if !out.iter().any(|it| it.label.eq_ignore_ascii_case(ty)) {
                out.push(self.plain(CompletionKind::Type, ty, "used in this spec"));
            }
        }
        out
    }

    fn policies(&self) -> Vec<Completion> {
        words::POLICIES
            .iter()
            .map(|(name, detail)| self.plain(CompletionKind::Policy, name, detail))
            .collect()
    }

    fn crons(&self) -> Vec<Completion> {
        // Also what is already written of an expression gives way: `0 9 *`.
        let line = self.text[..self.offset].rsplit('\n').next().unwrap_or_default();
        let fields = |it: &char| it.is_ascii_digit() || "*/,- ".contains(*it);
        let written: usize = line.chars().rev().take_while(fields).map(char::len_utf8).sum();
        let written = line[line.len() - written..].trim_start().len();
        let replace = Span::new(self.offset - written, self.offset);
        words::CRONS
            .iter()
            .map(|cron| Completion {
                replace,
                documentation: None,
                ..self.plain(
                    CompletionKind::Cron,
                    cron,
                    &spec::cron::words(cron).unwrap_or_default(),
                )
            })
            .collect()
    }

    /// `table.column` for every primary key, or `id` where none is given.
    fn targets(&self) -> Vec<Completion> {
        let tables = self.view.analysis.detection.tables.iter();
        tables
            .filter(|it| it.is_required())
            .map(|it| {
                let key = it.columns.iter().find(|it| it.key == Some(ColumnKey::Primary));
                let column = key.map_or("id", |it| it.name.as_str());
                let label = format!("{}.{column}", it.name);
                self.plain(CompletionKind::Column, &label, &it.label)
            })
            .collect()
    }

    /// Columns that other tables of the spec have and this one lacks, and those that most have.
    fn column_names(&self, table: Option<&Table>) -> Vec<Completion> {
        let has = |name: &str| table.is_some_and(|it| it.columns.iter().any(|it| it.name == name));
        let mut out: Vec<Completion> = Vec::new();
        for other in &self.view.analysis.detection.tables {
            if table.is_some_and(|it| it.name == other.name) || !other.is_required() {
                continue;
            }
            let singular = spec::mentions::Form::SNAKE_SINGULAR.write(&other.name);
            let name = format!("{singular}_id");
            if !has(&name) {
                let detail = format!("references {}", other.name);
                out.push(self.plain(CompletionKind::Column, &name, &detail));
            }
        }
        let common = words::COMMON_COLUMNS.iter().filter(|(name, _)| !has(name));
        out.extend(common.map(|(name, ty)| self.plain(CompletionKind::Column, name, ty)));
        out
    }

    fn requirements(&self) -> Vec<Completion> {
        let starts_id = self.text[self.typed.range()].starts_with(|it: char| it.is_uppercase());
        if !starts_id {
            return Vec::new();
        }
        let mentions = requirements::mentions(&self.view.documents);
        let mut out: Vec<Completion> = Vec::new();
        for it in mentions.iter().filter(|it| it.defines.is_some()) {
            let Some(document) = document(self.view, it.document) else { continue };
            let title = requirements::title(document, it).unwrap_or_default();
            let is_new = !out.iter().any(|known| known.label == it.id);
            if is_new && it.id.starts_with(|it: char| it.is_uppercase()) {
                out.push(self.plain(CompletionKind::Requirement, &it.id, title));
            }
        }
        out
    }

    fn tables(&self) -> Vec<Completion> {
        let in_code = self.text[..self.typed.range().start].ends_with('`');
        let tables = self.view.analysis.detection.tables.iter().filter(|it| it.is_required());
        tables
            .map(|it| {
                // Code holds the name, prose the word that the spec uses.
                let label = if in_code { &it.name } else { &it.label };
                let detail = super::symbols::count(it.columns.len(), "column");
                Completion {
                    documentation: Some(table_card(self.view, it)),
                    replace: self.word_for(label),
                    ..self.plain(CompletionKind::Table, label, &detail)
                }
            })
            .collect()
    }

    /// The typed start of `label`: in scripts without spaces a word begins anywhere in the run.
    fn word_for(&self, label: &str) -> Span {
        let run = &self.text[self.typed.range()];
        if run.is_ascii() {
            return self.typed;
        }
        let starts = run.char_indices().map(|(at, _)| at);
        let start = starts.map(|at| &run[at..]).find(|rest| label.starts_with(rest));
        match start {
            Some(rest) => Span::new(self.offset - rest.len(), self.offset),
            None if spec::mentions::is_unspaced(label) => Span::at(self.offset),
            None => self.typed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::fixture;
    use super::*;
    use expect_test::{Expect, expect};

    fn check(text: &str, expect: Expect) {
        let (view, place) = fixture(text);
        let document = document(&view, place.document).expect("the place is in the view");
        let shown: Vec<String> = completions(&view, place)
            .iter()
            .take(4)
            .map(|it| {
                let detail = it.detail.clone().unwrap_or_default();
                format!("{:?} {:?}->{:?} {detail}", it.kind, document.slice(it.replace), it.insert)
            })
            .collect();
        expect.assert_eq(&shown.join("\n"));
    }

    #[test]
    fn front_matter_offers_the_keys_that_are_missing() {
        check(
            "---\ntitle: x\nst$0\n---\n",
            expect![[r#"
            Key "st"->"status: " draft, review, approved
            Key "st"->"version: " version of this document
            Key "st"->"owner: " who answers for the spec
            Key "st"->"authors: " who wrote it"#]],
        );
        check("---\ntitle: x$0\n---\n", expect![[r#""#]]);
    }

    #[test]
    fn a_type_column_offers_types() {
        check(
            "| Field | Type |\n|---|---|\n| id | uu$0 |\n",
            expect![[r#"
            Type "uu"->"text" characters of any length
            Type "uu"->"uuid" random identifier
            Type "uu"->"integer" whole number of 32 bits
            Type "uu"->"bigint" whole number of 64 bits"#]],
        );
        check(
            "| 字段 | 类型 |\n|---|---|\n| id | $0 |\n",
            expect![[r#"
            Type ""->"text" characters of any length
            Type ""->"uuid" random identifier
            Type ""->"integer" whole number of 32 bits
            Type ""->"bigint" whole number of 64 bits"#]],
        );
        check(
            "| Feld | Datentyp |\n|---|---|\n| id | t$0 |\n",
            expect![[r#"
            Type "t"->"text" characters of any length
            Type "t"->"uuid" random identifier
            Type "t"->"integer" whole number of 32 bits
            Type "t"->"bigint" whole number of 64 bits"#]],
        );
    }

    #[test]
    fn a_name_column_offers_common_columns() {
        check(
            "| Field | Type |\n|---|---|\n| cr$0 | uuid |\n",
            expect![[r#"
            Column "cr"->"id" uuid
            Column "cr"->"name" text
            Column "cr"->"title" text
            Column "cr"->"status" text"#]],
        );
    }

    #[test]
    fn policies_follow_their_key() {
        check(
            "- rls: own$0\n",
            expect![[r#"
            Policy "own"->"own-row" each user sees and changes their own rows
            Policy "own"->"own-or-public" own rows, and public ones to read
            Policy "own"->"public" everybody"#]],
        );
    }

    #[test]
    fn cron_takes_the_place_of_what_is_written() {
        check(
            "The job runs by cron `0 9 $0`.\n",
            expect![[r#"
            Cron "0 9 "->"*/15 * * * *" at every 15 minutes
            Cron "0 9 "->"0 * * * *" at minute 0 past every hour
            Cron "0 9 "->"0 3 * * *" at 03:00 every day
            Cron "0 9 "->"0 9 * * 1" at 09:00, on Monday"#]],
        );
    }

    #[test]
    fn tables_are_offered_as_the_spec_writes_them() {
        let model =
            "### Blog posts\n\n| Field | Type |\n|---|---|\n| id | uuid |\n| title | text |\n";
        check(
            &format!("## Data model\n\n{model}\nEach bl$0\n"),
            expect![[r#"Table "bl"->"Blog posts" 2 columns"#]],
        );
        check(
            &format!("## Data model\n\n{model}\nEach `bl$0`\n"),
            expect![[r#"Table "bl"->"blog_posts" 2 columns"#]],
        );
        check(
            &format!("## Data model\n\n{model}\nSee blog_posts.$0\n"),
            expect![[r#"
            Column ""->"id" uuid
            Column ""->"title" text"#]],
        );
    }

    #[test]
    fn references_and_columns_point_at_the_specs_tables() {
        let users = "### Users\n\n| Field | Type |\n|---|---|\n| id | uuid |\n";
        check(
            &format!(
                "## Data model\n\n{users}\n### Posts\n\n| Field | Type | References |\n|---|---|---|\n| id | uuid | |\n| author | uuid | $0 |\n"
            ),
            expect![[r#"
                Column ""->"users.id" Users
                Column ""->"posts.id" Posts"#]],
        );
        check(
            &format!(
                "## Data model\n\n{users}\n### Posts\n\n| Field | Type |\n|---|---|\n| id | uuid |\n| us$0 | |\n"
            ),
            expect![[r#"
                Column "us"->"user_id" references users
                Column "us"->"name" text
                Column "us"->"title" text
                Column "us"->"status" text"#]],
        );
    }

    #[test]
    fn a_word_begins_anywhere_in_a_script_without_spaces() {
        check(
            "## 数据模型\n\n### 用户\n\n| 字段 | 类型 |\n|---|---|\n| id | uuid |\n\n每个用$0\n",
            expect![[r#"Table "用"->"用户" 1 column"#]],
        );
    }

    #[test]
    fn requirement_ids_follow_a_capital() {
        check(
            "- **FR-1**: Users pay.\n\nSee F$0\n",
            expect![[r#"Requirement "F"->"FR-1" Users pay"#]],
        );
    }
}
