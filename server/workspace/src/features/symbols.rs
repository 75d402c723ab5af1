//! The outline of a document and the symbols of a workspace.

use super::blocks::sections;
use super::entity::{self, Declaration, column_name};
use super::{Location, document, location, migration, resources};
use crate::migrations;
use crate::snapshot::SpecView;
use model::{DocumentId, Span};
use spec::mentions::Names;
use std::sync::Arc;

/// An entry of the outline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    pub name: String,
    pub detail: Option<String>,
    pub kind: SymbolKind,
    /// All of it; contains `name_span` and the spans of the children.
    pub span: Span,
    pub name_span: Span,
    pub children: Vec<Symbol>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SymbolKind {
    Section,
    Requirement,
    Table,
    Column,
}

/// A symbol found anywhere in the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundSymbol {
    pub name: String,
    pub kind: SymbolKind,
    /// The table of a column, the section of anything else.
    pub container: Option<String>,
    pub location: Location,
}

/// The most symbols that a search returns.
const FOUND_MAX: usize = 256;

/// Headings with the requirements and tables that stand under them.
#[must_use]
pub fn outline(view: &SpecView, id: DocumentId) -> Vec<Symbol> {
    if let Some(file) = migrations::of(view, id) {
        return migration::outline(file);
    }
    if crate::resources::of(view, id).is_some() {
        return resources::outline(view, id);
    }
    let Some(document) = document(view, id) else { return Vec::new() };
    let mut all: Vec<Symbol> = sections(document)
        .iter()
        .map(|it| Symbol {
            name: text::inline::plain(it.title).text,
            detail: None,
            kind: SymbolKind::Section,
            span: it.span,
            name_span: it.title_span,
            children: Vec::new(),
        })
        .collect();
    all.retain(|it| !it.name.trim().is_empty());
    let n_headings = all.len();
    for symbol in requirement_symbols(view, id).into_iter().chain(table_symbols(view, id)) {
        // A heading that is itself the requirement or table becomes it.
        let after =
            all[..n_headings].partition_point(|it| it.name_span.start <= symbol.name_span.start);
        let heading = all[..after].last_mut();
        match heading.filter(|it| it.name_span.contains(symbol.name_span)) {
            Some(heading) => {
                heading.kind = symbol.kind;
                if symbol.kind == SymbolKind::Table {
                    heading.detail = symbol.detail;
                }
                heading.children.extend(
                    symbol.children.into_iter().filter(|it| heading.span.contains(it.span)),
                );
            }
            None => all.push(symbol),
        }
    }
    nest(all)
}

/// The symbols of several specs whose name holds the letters of `query` in order, best first.
#[must_use]
pub fn search(views: &[Arc<SpecView>], query: &str) -> Vec<FoundSymbol> {
    let mut out: Vec<(u32, FoundSymbol)> = Vec::new();
    for view in views {
        for (id, _) in (0u32..).map(DocumentId).zip(&view.documents) {
            for symbol in outline(view, id) {
                collect(view, id, symbol, None, query, &mut out);
            }
        }
    }
    out.sort_by(|(a, x), (b, y)| (a, &x.name, &x.location).cmp(&(b, &y.name, &y.location)));
    out.truncate(FOUND_MAX);
    out.into_iter().map(|(_, it)| it).collect()
}

fn collect(
    view: &SpecView,
    id: DocumentId,
    symbol: Symbol,
    container: Option<&str>,
    query: &str,
    out: &mut Vec<(u32, FoundSymbol)>,
) {
    if let (Some(score), Some(location)) =
        (score(&symbol.name, query), location(view, id, symbol.name_span))
    {
        let container = container.map(str::to_owned);
        let found =
            FoundSymbol { name: symbol.name.clone(), kind: symbol.kind, container, location };
        out.push((score, found));
    }
    for child in symbol.children {
        collect(view, id, child, Some(&symbol.name), query, out);
    }
}

/// How well `name` matches, smaller is better: prefix, part, letters in order; `None` when not.
fn score(name: &str, query: &str) -> Option<u32> {
    let (name, query) = (name.to_lowercase(), query.trim().to_lowercase());
    if name.starts_with(&query) {
        return Some(0);
    }
    if name.contains(&query) {
        return Some(1);
    }
    let mut letters = name.chars();
    query.chars().all(|it| letters.any(|letter| letter == it)).then_some(2)
}

fn requirement_symbols(view: &SpecView, id: DocumentId) -> Vec<Symbol> {
    let Some(document) = document(view, id) else { return Vec::new() };
    spec::mentions::requirements::mentions(&view.documents)
        .iter()
        .filter(|it| it.document == id)
        .filter_map(|it| {
            let defines = it.defines?;
            let title = spec::mentions::requirements::title(document, it).unwrap_or_default();
            Some(Symbol {
                name: it.id.clone(),
                detail: (!title.is_empty()).then(|| title.replace("**", "")),
                kind: SymbolKind::Requirement,
                span: it.span.cover(defines),
                name_span: it.span,
                children: Vec::new(),
            })
        })
        .collect()
}

fn table_symbols(view: &SpecView, id: DocumentId) -> Vec<Symbol> {
    let Some(document) = document(view, id) else { return Vec::new() };
    entity::first_declarations(view, &Names::new(&view.analysis), id, |it| it.explicit)
        .into_iter()
        .map(|Declaration { table, span: name_span, .. }| {
            let table = &view.analysis.detection.tables[table];
            let children: Vec<Symbol> = table
                .columns
                .iter()
                .filter(|it| it.document == id)
                .map(|it| Symbol {
                    name: it.name.clone(),
                    detail: it.ty.clone(),
                    kind: SymbolKind::Column,
                    span: it.span,
                    name_span: column_name(document, it),
                    children: Vec::new(),
                })
                .collect();
            let span = children.iter().fold(name_span, |span, it| span.cover(it.span));
            Symbol {
                name: table.name.clone(),
                detail: Some(count(table.columns.len(), "column")),
                kind: SymbolKind::Table,
                span,
                name_span,
                children,
            }
        })
        .collect()
}

pub(super) fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// Puts each symbol under the smallest one that holds it.
fn nest(mut all: Vec<Symbol>) -> Vec<Symbol> {
    all.sort_by_key(|it| (it.span.start, std::cmp::Reverse(it.span.end)));
    let mut open: Vec<Symbol> = Vec::new();
    let mut roots = Vec::new();
    for symbol in all {
        while open.last().is_some_and(|it| !it.span.contains(symbol.span)) {
            shut(&mut open, &mut roots);
        }
        open.push(symbol);
    }
    while !open.is_empty() {
        shut(&mut open, &mut roots);
    }
    roots
}

fn shut(open: &mut Vec<Symbol>, roots: &mut Vec<Symbol>) {
    let Some(mut done) = open.pop() else { return };
    done.children.sort_by_key(|it| it.span.start);
    match open.last_mut() {
        Some(parent) => parent.children.push(done),
        None => roots.push(done),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{fixture, show};
    use super::*;
    use expect_test::{Expect, expect};

    fn render(symbols: &[Symbol], depth: usize, out: &mut String) {
        for it in symbols {
            let detail = it.detail.as_ref().map(|it| format!(" ({it})")).unwrap_or_default();
            *out += &format!("{}{:?} {}{detail}\n", "  ".repeat(depth), it.kind, it.name);
            render(&it.children, depth + 1, out);
        }
    }

    fn check(text: &str, expect: Expect) {
        let (view, _) = fixture(text);
        let mut out = String::new();
        render(&outline(&view, DocumentId(0)), 0, &mut out);
        expect.assert_eq(&out);
    }

    #[test]
    fn headings_nest_and_requirements_stand_under_them() {
        check(
            "# Shop\n\n## Features\n\n- **FR-001**: Users pay.\n- FR-002 Users *return* goods.\n\n### FR-003 Refund\n\n## Later\n",
            expect![[r#"
                Section Shop
                  Section Features
                    Requirement FR-001 (Users pay)
                    Requirement FR-002 (Users *return* goods)
                    Requirement FR-003 Refund
                  Section Later
            "#]],
        );
    }

    #[test]
    fn a_heading_that_is_a_table_holds_its_columns() {
        check(
            "## Data model\n\n### Users\n\n| Field | Type |\n|---|---|\n| id | uuid |\n| email | text |\n\n## Schema\n\n```sql\ncreate table posts (id uuid primary key, title text);\n```\n",
            expect![[r#"
                Section Data model
                  Table Users (2 columns)
                    Column id (uuid)
                    Column email (text)
                Section Schema
                  Table posts (2 columns)
                    Column id (uuid)
                    Column title (text)
            "#]],
        );
    }

    #[test]
    fn a_skipped_level_keeps_the_order() {
        check(
            "### A\n\n## B\n\n#### C\n\n**D**\n\ntext\n\n# E\n",
            expect![[r#"
            Section A
            Section B
              Section C
                Section D
            Section E
        "#]],
        );
    }

    #[test]
    fn search_finds_by_prefix_part_and_letters() {
        let (view, _) = fixture("# Alpha\n\n## The alphabet\n\n## A big plan, he added\n\n## No\n");
        let view = Arc::new(view);
        let found = search(&[Arc::clone(&view)], "alph");
        let shown: Vec<String> = found.iter().map(|it| show(&view, &it.location)).collect();
        expect![[r#"
            PRD.md:1:3 "Alpha"
            PRD.md:3:4 "The alphabet""#]]
        .assert_eq(&shown.join("\n"));
    }
}
