//! Rewrites that need no diagnostic: declare a table, add its owner, choose between providers, move
//! a line out of scope.

use super::{Act, Action, ActionKind, Edit, file_edits};
use crate::features::blocks::{Placed, Section, blocks, newline, sections};
use crate::features::entity::{self, Entity};
use crate::features::{Place, document};
use crate::snapshot::SpecView;
use model::{DocumentId, Modality, Need, Span, Table};
use spec::Document;
use spec::scope::{Role, Scope};
use spec::titles::Title;
use text::markdown::BlockKind;

pub(super) fn rewrites(view: &SpecView, id: DocumentId, range: Span) -> Vec<Action> {
    let Some(document) = document(view, id) else { return Vec::new() };
    let cx = Cx { view, id, document, range };
    let mut out = Vec::new();
    if let Some(table) = cx.table() {
        out.extend(cx.declare_table(table));
        out.extend(cx.add_owner(table));
    }
    out.extend(cx.choose_provider());
    out.extend(cx.move_out_of_scope());
    out
}

struct Cx<'a> {
    view: &'a SpecView,
    id: DocumentId,
    document: &'a Document,
    range: Span,
}

impl<'a> Cx<'a> {
    fn action(&self, title: String, edits: Vec<Edit>) -> Option<Action> {
        let key = self.view.keys.get(self.id.0 as usize)?;
        let edits = edits.into_iter().map(|it| (key.clone(), it)).collect();
        Some(Action {
            title,
            kind: ActionKind::Refactor,
            diagnostic: None,
            preferred: false,
            act: Act::Edit(file_edits(edits)),
        })
    }

    fn table(&self) -> Option<&'a Table> {
        let place = Place { document: self.id, offset: self.range.range().start };
        match entity::at(self.view, place)?.0 {
            Entity::Table(name) => self.view.analysis.detection.table(&name),
            _ => None,
        }
    }

    /// Writes the field table of an entity that only prose names.
    fn declare_table(&self, table: &Table) -> Option<Action> {
        if table.explicit || !table.columns.is_empty() {
            return None;
        }
        let line = newline(self.document);
        let mut rows = vec![["id".to_owned(), "uuid".to_owned(), "primary key".to_owned()]];
        let parents = self.view.analysis.detection.relations.iter();
        for it in parents.filter(|it| it.from_table == table.name) {
            let target = format!("references {}.{}", it.to_table, it.to_column);
            rows.push([it.from_column.clone(), "uuid".to_owned(), target]);
        }
        if let Some(owner) = self.owner_column(table)
            && !rows.iter().any(|[name, ..]| *name == owner)
        {
            rows.push([owner, "uuid".to_owned(), "references users.id".to_owned()]);
        }
        rows.push(["created_at".to_owned(), "timestamptz".to_owned(), "not null".to_owned()]);
        let (at, level, gap) = self.data_model_end();
        let mut text = format!("{gap}{} {}{line}{line}", "#".repeat(level), table.name);
        text += &format!("| Field | Type | Constraints |{line}|---|---|---|{line}");
        for [name, ty, note] in rows {
            text += &format!("| {name} | {ty} | {note} |{line}");
        }
        // The section's own line ending follows.
        text.truncate(text.trim_end().len());
        let edit = Edit { span: Span::at(at), text };
        self.action(format!("Declare table `{}`", table.name), vec![edit])
    }

    /// Where a new table goes: the end of the data model section, else of the document, with the
    /// heading level and the text that has to come before it.
    fn data_model_end(&self) -> (usize, usize, String) {
        let line = newline(self.document);
        let all = sections(self.document);
        let model = all.iter().find(|it| self.scope_at(it.title_span).is_some_and(is_data_model));
        match model {
            Some(section) => {
                let level = usize::from(section.level.min(5)) + 1;
                (section.span.range().end, level, format!("{line}{line}"))
            }
            None => {
                let top = all.iter().map(|it| it.level).filter(|it| *it > 1).min().unwrap_or(2);
                let level = usize::from(top.min(5));
                let heading = format!("{line}{line}{} Data model{line}{line}", "#".repeat(level));
                (self.document.text.trim_end().len(), level + 1, heading)
            }
        }
    }

    /// Adds the column that says whose a row is to a field table without one.
    fn add_owner(&self, table: &Table) -> Option<Action> {
        if table.owner.is_some() || table.columns.is_empty() || table.name == "users" {
            return None;
        }
        let owner = self.owner_column(table)?;
        let last = table.columns.iter().rfind(|it| it.document == self.id)?;
        let (header, after) = blocks(self.document).find_map(|it| match &it.block.kind {
            BlockKind::Table { header, .. } if it.span().contains(last.span) => {
                Some((header.len(), it.span().range().end))
            }
            _ => None,
        })?;
        let mut cells = vec![owner.clone(), "uuid".to_owned(), "references users.id".to_owned()];
        cells.resize(header, String::new());
        let row = cells.iter().map(|it| format!(" {it} |")).collect::<String>();
        let text = format!("{}|{row}", newline(self.document));
        let edit = Edit { span: Span::at(after), text };
        self.action(format!("Add owner column `{owner}` to `{}`", table.name), vec![edit])
    }

    /// `user_id` when the spec has users and the table is not theirs.
    fn owner_column(&self, table: &Table) -> Option<String> {
        let detection = &self.view.analysis.detection;
        let has_users = detection.table("users").is_some() || detection.sign_in.is_some();
        let named = table.owner.clone();
        named.or_else(|| (has_users && table.name != "users").then(|| "user_id".to_owned()))
    }

    /// Leaves one of two alternatives that stand side by side: "Stripe or Paddle".
    fn choose_provider(&self) -> Vec<Action> {
        let needs = &self.view.analysis.detection.needs;
        let mut out = Vec::new();
        for (index, one) in needs.iter().enumerate() {
            let others = needs[index + 1..].iter().filter(|it| it.kind == one.kind);
            for other in others.filter(|it| are_alternatives(one, it)) {
                let Some((a, b)) = self.side_by_side(one, other) else { continue };
                for chosen in [a, b] {
                    let text = self.document.slice(chosen).to_owned();
                    let edit = Edit { span: a.cover(b), text: text.clone() };
                    out.extend(self.action(format!("Choose {text}"), vec![edit]));
                }
            }
        }
        out
    }

    /// The names of two needs when only a short word stands between them, in the range.
    fn side_by_side(&self, one: &Need, other: &Need) -> Option<(Span, Span)> {
        /// Longest "or" with its spaces and punctuation.
        const BETWEEN_BYTES_MAX: usize = 24;
        let spans = |need: &Need| -> Vec<Span> {
            let here = need.evidence.iter().filter(|it| it.document == self.id);
            here.filter_map(|it| self.name_of(need, it.span)).collect()
        };
        let (ones, others) = (spans(one), spans(other));
        for a in &ones {
            for b in &others {
                let (first, second) = if a.start < b.start { (*a, *b) } else { (*b, *a) };
                let between = self.document.text.get(first.range().end..second.range().start)?;
                let near = between.len() <= BETWEEN_BYTES_MAX && !between.contains(['\n', '.']);
                let whole = first.cover(second);
                if near && (whole.overlaps(self.range) || whole.touches(self.range.range().start)) {
                    return Some((first, second));
                }
            }
        }
        None
    }

    fn name_of(&self, need: &Need, span: Span) -> Option<Span> {
        let body = self.document.slice(span).to_lowercase();
        let name = need.name.to_lowercase();
        let words = name.replace(['-', '_'], " ");
        let at = body.find(&words).or_else(|| body.find(&name))?;
        let found = Span::new(at, at + words.len()).shift(span.range().start);
        self.document.text.get(found.range()).map(|_| found)
    }

    /// Moves a list item or paragraph to the section of what is not built.
    fn move_out_of_scope(&self) -> Option<Action> {
        let block = blocks(self.document)
            .filter(|it| matches!(it.block.kind, BlockKind::Item { .. } | BlockKind::Paragraph))
            .filter(|it| it.span().touches(self.range.range().start) && !it.block.quoted)
            .last()?;
        let span = block.span();
        if self.scope_at(span)?.modality() != Modality::InScope || !self.says_something(span) {
            return None;
        }
        let all = sections(self.document);
        let section = all.iter().find(|it| {
            it.level < 7
                && self
                    .scope_at(it.title_span)
                    .is_some_and(|it| it.modality() == Modality::OutOfScope)
        });
        let edits = vec![self.removal(&block), self.insertion(span, section)];
        self.action("Move to Out of scope".to_owned(), edits)
    }

    /// Whether a primitive or a requirement is read from the span.
    fn says_something(&self, span: Span) -> bool {
        let detection = &self.view.analysis.detection;
        let tables = detection.tables.iter().flat_map(|it| &it.evidence);
        let needs = detection.needs.iter().flat_map(|it| &it.evidence);
        let mut all = tables.chain(needs);
        all.any(|it| it.document == self.id && it.span.overlaps(span))
            || spec::mentions::requirements::mentions(&self.view.documents)
                .iter()
                .any(|it| it.document == self.id && it.defines.is_some() && span.contains(it.span))
    }

    /// Takes a block away with its line ending.
    fn removal(&self, block: &Placed<'_>) -> Edit {
        let span = block.span();
        let line = self.document.lines.line(span.range().start);
        let start = self.document.lines.line_span(line).map_or(span.range().start, |it| it.start);
        let rest = &self.document.text[span.range().end..];
        let blank = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let ending = if rest[blank..].starts_with("\r\n") { 2 } else { 1 };
        let end = (span.range().end + blank + ending).min(self.document.text.len());
        Edit { span: Span::new(start, end), text: String::new() }
    }

    fn insertion(&self, span: Span, section: Option<&Section<'_>>) -> Edit {
        let line = newline(self.document);
        let body = self.document.slice(span);
        let indent = self.document.text[..span.range().start]
            .rsplit('\n')
            .next()
            .filter(|it| it.trim().is_empty())
            .unwrap_or_default();
        let body = body.replace(&format!("\n{indent}"), "\n");
        let item = if body.starts_with(['-', '*', '+']) { body } else { format!("- {body}") };
        match section {
            Some(it) => {
                let has_list = self.document.slice(it.span).lines().last();
                let gap =
                    match has_list.is_some_and(|it| it.trim_start().starts_with(['-', '*', '+'])) {
                        true => line.to_owned(),
                        false => format!("{line}{line}"),
                    };
                Edit { span: Span::at(it.span.range().end), text: gap + &item }
            }
            None => {
                let end = self.document.text.trim_end().len();
                let title = Title::OutOfScope.in_language_of(&self.document.text);
                let text = format!("{line}{line}## {title}{line}{line}{item}");
                Edit { span: Span::at(end), text }
            }
        }
    }

    /// The scope of the block that holds `span`.
    fn scope_at(&self, span: Span) -> Option<&'a Scope> {
        let facts = self.view.analysis.facts.get(self.id.0 as usize)?;
        let index = facts.partition_point(|it| it.start <= span.range().start).checked_sub(1)?;
        let placed = &facts[index];
        let holds = |it: &&spec::facts::ScopedBlock| {
            placed.facts.chunk.blocks[it.index].span.shift(placed.start).contains(span)
        };
        placed.facts.blocks.iter().rfind(holds).map(|it| &it.scope)
    }
}

fn is_data_model(scope: &Scope) -> bool {
    scope.sections().last().is_some_and(|it| it.own_role == Some(Role::DataModel))
}

fn are_alternatives(a: &Need, b: &Need) -> bool {
    let names = |it: &Need, other: &Need| {
        let list = it.attribute("instead_of").unwrap_or_default();
        list.split([',', ' ']).any(|it| it == other.name)
    };
    names(a, b) || names(b, a)
}
