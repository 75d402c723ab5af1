//! The column language: one scalar to a column, a constraint or an index, by the grammar in
//! `grammars/column`.

use super::cx::Cx;
use super::grammar::COLUMN;
use super::operation::{
    ColumnDef, ConstraintDef, ConstraintDefKind, DefaultDef, Formula, IndexDef, KeyDef, Name,
    ReferenceDef, Spanned,
};
use super::types;
use crate::expr::{self, Expr};
use crate::rules;
use crate::schema::{Action, Type};
use model::Span;
use text::yaml::scalar::Scalar;
use tree_sitter::{Node, Parser, Tree};

/// Reads columns; keeps its parser from one to the next.
pub(super) struct ColumnReader {
    parser: Parser,
}

/// What one scalar holds.
pub(super) enum Entry {
    Column(Box<ColumnDef>),
    Constraint(ConstraintDef),
    Index(IndexDef),
}

impl ColumnReader {
    pub(super) fn new() -> Self {
        let mut parser = Parser::new();
        parser.set_language(&COLUMN.into()).expect("the grammar's ABI is the library's");
        Self { parser }
    }

    fn parse(&mut self, text: &str) -> Tree {
        self.parser.parse(text, None).expect("no time limit is set")
    }
}

/// Reads a column; `None` when it has no name or is none, which has been reported.
pub(super) fn column(cx: &mut Cx<'_>, scalar: &Scalar<'_>) -> Option<ColumnDef> {
    match entry(cx, scalar, "a column")? {
        Entry::Column(it) => Some(*it),
        Entry::Index(_) => {
            cx.report(
                &rules::column_syntax::RULE,
                scalar.whole(),
                "this is an index, not a column",
            );
            None
        }
        Entry::Constraint(_) => {
            let message = "this is a constraint: it belongs under `constraints`";
            cx.report(&rules::column_syntax::RULE, scalar.whole(), message);
            None
        }
    }
}

/// Reads a constraint over several columns.
pub(super) fn constraint(cx: &mut Cx<'_>, scalar: &Scalar<'_>) -> Option<ConstraintDef> {
    let found = entry(cx, scalar, "a constraint")?;
    if let Entry::Constraint(it) = found {
        return Some(it);
    }
    let message = "this is no constraint: write `unique (a, b)`, `check (…)`, `pk (a, b)` or \
                   `fk (a, b) -> table (c, d)`";
    cx.report(&rules::column_syntax::RULE, scalar.whole(), message);
    None
}

/// Reads an index: keys, `unique`, `where`.
pub(super) fn index(cx: &mut Cx<'_>, scalar: &Scalar<'_>) -> Option<IndexDef> {
    match entry(cx, scalar, "an index")? {
        Entry::Index(it) => Some(it),
        // A lone name, with or without `unique`, is a column by the grammar.
        Entry::Column(it) if is_bare(&it) => Some(IndexDef {
            keys: vec![KeyDef { value: column_formula(&it.name), descending: false }],
            unique: it.unique.is_some(),
            name: None,
            filter: None,
            origin: it.origin,
        }),
        _ => {
            let message = "this is no index: write `a, b desc`, then `unique` and `where …`";
            cx.report(&rules::column_syntax::RULE, scalar.whole(), message);
            None
        }
    }
}

fn is_bare(column: &ColumnDef) -> bool {
    column.kind.is_none()
        && column.primary_key.is_none()
        && column.nullable.is_none()
        && column.default.is_none()
        && column.references.is_none()
        && column.check.is_none()
}

fn column_formula(name: &Name) -> Formula {
    Formula {
        expr: Expr::column(name.value.clone()),
        place: expr::Place::all(name.origin.span),
        origin: name.origin,
    }
}

fn entry(cx: &mut Cx<'_>, scalar: &Scalar<'_>, wanted: &str) -> Option<Entry> {
    let text = &*scalar.text;
    let tree = cx.columns.parse(text);
    let root = tree.root_node();
    let mut walker = Walker { cx, scalar, text };
    if root.has_error() {
        walker.report_error(root, wanted);
    }
    let mut cursor = root.walk();
    let node = root.named_children(&mut cursor).find(|it| !it.is_error() && !it.is_extra())?;
    match node.kind() {
        "column" => walker.column(node).map(|it| Entry::Column(Box::new(it))),
        "constraint" => walker.constraint(node).map(Entry::Constraint),
        _ => walker.index(node).map(Entry::Index),
    }
}

/// Reads a type on its own, as `alter_column` has it.
pub(super) fn type_alone(cx: &mut Cx<'_>, scalar: &Scalar<'_>) -> Option<Spanned<Type>> {
    // A type stands after a name in the grammar.
    let text = format!("x {}", scalar.text);
    let tree = cx.columns.parse(&text);
    let root = tree.root_node();
    let column = root.named_child(0).filter(|it| it.kind() == "column" && !root.has_error());
    let node = column.and_then(|it| it.child_by_field_name("type"));
    let whole = node.is_some_and(|it| it.end_byte() == text.trim_end().len());
    let Some(node) = node.filter(|_| whole) else {
        cx.report(
            &rules::unknown_type::RULE,
            scalar.whole(),
            format!("`{}` is no type: write one such as `text` or `numeric(10,2)`", scalar.text),
        );
        return None;
    };
    let read = types::read(node, &text);
    let origin = cx.origin(scalar.whole());
    report_type(cx, scalar.whole(), read).map(|value| Spanned { value, origin })
}

/// Reads a reference on its own: `users.id on delete cascade`.
pub(super) fn reference_alone(cx: &mut Cx<'_>, scalar: &Scalar<'_>) -> Option<ReferenceDef> {
    // A table may be called `fka`.
    let behind = scalar.text.trim_start().strip_prefix("fk").map(str::trim_start);
    let prefix = if behind.is_some_and(|it| it.starts_with("->")) { "x " } else { "x fk->" };
    let text = format!("{prefix}{}", scalar.text);
    let tree = cx.columns.parse(&text);
    let root = tree.root_node();
    let column = root.named_child(0).filter(|it| it.kind() == "column" && !root.has_error());
    let node = column.and_then(|it| child(it, "foreign_key"));
    let Some(node) = node else {
        let message = "a reference is written `table.column`, then `on delete …`";
        cx.report(&rules::column_syntax::RULE, scalar.whole(), message);
        return None;
    };
    let shifted = Shifted { scalar, by: prefix.len() };
    Some(reference(cx, node, &text, &|it| shifted.place(it)))
}

/// Places of a text that has a prefix the file has not.
struct Shifted<'a> {
    scalar: &'a Scalar<'a>,
    by: usize,
}

impl Shifted<'_> {
    fn place(&self, span: Span) -> Span {
        let back = |it: u32| (it as usize).saturating_sub(self.by);
        self.scalar.place(Span::new(back(span.start), back(span.end)))
    }
}

fn child<'t>(node: Node<'t>, kind: &str) -> Option<Node<'t>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).find(|it| it.kind() == kind)
}

fn report_type(cx: &mut Cx<'_>, at: Span, read: Result<Type, types::Unknown>) -> Option<Type> {
    match read {
        Ok(it) => Some(it),
        Err(unknown) => {
            let report = cx.report(&rules::unknown_type::RULE, at, unknown.message);
            if let Some(word) = unknown.instead {
                report.fix(format!("Write `{word}`"), vec![(at, word)], false);
            }
            None
        }
    }
}

/// A name without its quotes.
pub(super) fn unquoted(text: &str) -> String {
    match text.strip_prefix('"').and_then(|it| it.strip_suffix('"')) {
        Some(inner) => inner.replace("\"\"", "\""),
        None => text.to_owned(),
    }
}

fn action(node: Node<'_>, text: &str) -> Action {
    let words: Vec<String> =
        text[node.byte_range()].split_whitespace().skip(2).map(str::to_ascii_lowercase).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["restrict"] => Action::Restrict,
        ["cascade"] => Action::Cascade,
        ["set", "null"] => Action::SetNull,
        ["set", "default"] => Action::SetDefault,
        _ => Action::NoAction,
    }
}

/// What a reference does when its target goes, and when it changes.
fn actions(node: Node<'_>, text: &str) -> (Action, Action) {
    let (mut on_delete, mut on_update) = (Action::NoAction, Action::NoAction);
    let mut cursor = node.walk();
    for it in node.named_children(&mut cursor).filter(|it| it.kind() == "action") {
        let event = it.child_by_field_name("event").map_or("", |it| it.kind());
        let effect = action(it, text);
        if event == "delete" {
            on_delete = effect;
        } else {
            on_update = effect;
        }
    }
    (on_delete, on_update)
}

fn fields(
    cx: &Cx<'_>,
    node: Node<'_>,
    field: &str,
    text: &str,
    place: &dyn Fn(Span) -> Span,
) -> Vec<Name> {
    let mut cursor = node.walk();
    let found = node.children_by_field_name(field, &mut cursor);
    found
        .map(|it| Spanned {
            value: unquoted(&text[it.byte_range()]),
            origin: cx.origin(place(text::yaml::span(it))),
        })
        .collect()
}

fn reference(
    cx: &Cx<'_>,
    node: Node<'_>,
    text: &str,
    place: &dyn Fn(Span) -> Span,
) -> ReferenceDef {
    let mut tables = fields(cx, node, "table", text, place);
    let mut columns = fields(cx, node, "column", text, place);
    let (on_delete, on_update) = actions(node, text);
    let origin = cx.origin(place(text::yaml::span(node)));
    ReferenceDef {
        table: tables.pop().unwrap_or(Spanned { value: String::new(), origin }),
        column: (!columns.is_empty()).then(|| columns.remove(0)),
        on_delete,
        on_update,
        origin,
    }
}

struct Walker<'a, 'c, 'f> {
    cx: &'a mut Cx<'c>,
    scalar: &'a Scalar<'f>,
    text: &'a str,
}

impl Walker<'_, '_, '_> {
    fn place(&self, node: Node<'_>) -> Span {
        self.scalar.place(text::yaml::span(node))
    }

    fn origin(&self, node: Node<'_>) -> crate::schema::Origin {
        self.cx.origin(self.place(node))
    }

    fn name(&self, node: Node<'_>) -> Name {
        Spanned { value: unquoted(&self.text[node.byte_range()]), origin: self.origin(node) }
    }

    fn names(&self, node: Node<'_>, field: &str) -> Vec<Name> {
        fields(self.cx, node, field, self.text, &|it| self.scalar.place(it))
    }

    fn report_error(&mut self, root: Node<'_>, wanted: &str) {
        let at = first_error(root);
        let text = self.text[at.range()].trim();
        let place = self.scalar.place(at);
        let message = if text.is_empty() {
            format!("{wanted} goes on here: something is missing")
        } else {
            format!("`{text}` does not belong here in {wanted}")
        };
        self.cx.report(&rules::column_syntax::RULE, place, message);
    }

    fn column(&mut self, node: Node<'_>) -> Option<ColumnDef> {
        let name = self.name(node.child_by_field_name("name")?);
        let mut out = ColumnDef {
            name,
            kind: None,
            primary_key: None,
            unique: None,
            nullable: None,
            default: None,
            references: None,
            check: None,
            origin: self.origin(node),
        };
        let mut cursor = node.walk();
        for it in node.named_children(&mut cursor) {
            self.clause(it, &mut out);
        }
        Some(out)
    }

    fn clause(&mut self, node: Node<'_>, out: &mut ColumnDef) {
        let origin = self.origin(node);
        let is_double = match node.kind() {
            "type" => {
                let read = types::read(node, self.text);
                let kind = report_type(self.cx, origin.span, read);
                // An unknown type is told once; everything else goes on as if it were text.
                out.kind = Some(Spanned { value: kind.unwrap_or(Type::Text), origin });
                false
            }
            "primary_key" => out.primary_key.replace(origin).is_some(),
            "unique" => out.unique.replace(origin).is_some(),
            "not_null" => out.nullable.replace(Spanned { value: false, origin }).is_some(),
            "nullable" => out.nullable.replace(Spanned { value: true, origin }).is_some(),
            "identity" => {
                out.default.replace(DefaultDef::Identity(Spanned { value: (), origin })).is_some()
            }
            "default" => match self.default(node) {
                Some(it) => out.default.replace(it).is_some(),
                None => false,
            },
            "foreign_key" => {
                let it = reference(self.cx, node, self.text, &|it| self.scalar.place(it));
                out.references.replace(it).is_some()
            }
            "check" => match self.check(node) {
                Some(it) => out.check.replace(it).is_some(),
                None => false,
            },
            _ => false,
        };
        if is_double {
            let message = format!(
                "`{}` is said twice or against an earlier word",
                &self.text[node.byte_range()]
            );
            self.cx.report(&rules::column_syntax::RULE, origin.span, message);
        }
    }

    fn default(&mut self, node: Node<'_>) -> Option<DefaultDef> {
        let value = node.child_by_field_name("value")?;
        if value.kind() == "bare" {
            let text = &self.text[value.byte_range()];
            let (at, quoted) = (self.place(value), format!("'{text}'"));
            let message = format!("`{text}` is a name here: a text is written `{quoted}`");
            self.cx.report(&rules::bare_default::RULE, at, message).fix(
                format!("Write `{quoted}`"),
                self.scalar.edits(at, &quoted),
                false,
            );
            return None;
        }
        default(self.cx, self.scalar, text::yaml::span(value))
    }

    fn check(&mut self, node: Node<'_>) -> Option<Formula> {
        let group = node.child_by_field_name("condition")?;
        let inner =
            Span::new(group.start_byte() + 1, (group.end_byte() - 1).max(group.start_byte() + 1));
        formula(self.cx, self.scalar, inner)
    }

    fn constraint(&mut self, node: Node<'_>) -> Option<ConstraintDef> {
        let name = node.child_by_field_name("name").map(|it| self.name(it));
        let columns = child(node, "names").map(|it| self.children(it)).unwrap_or_default();
        let kind = if child(node, "unique").is_some() {
            ConstraintDefKind::Unique(columns)
        } else if child(node, "primary_key").is_some() {
            ConstraintDefKind::PrimaryKey(columns)
        } else if let Some(check) = child(node, "check") {
            ConstraintDefKind::Check(self.check(check)?)
        } else {
            let (on_delete, on_update) = actions(node, self.text);
            ConstraintDefKind::ForeignKey {
                columns,
                table: self.names(node, "table").pop()?,
                target: self.names(node, "column"),
                on_delete,
                on_update,
            }
        };
        Some(ConstraintDef { name, kind, origin: self.origin(node) })
    }

    fn children(&self, node: Node<'_>) -> Vec<Name> {
        let mut cursor = node.walk();
        node.named_children(&mut cursor).map(|it| self.name(it)).collect()
    }

    fn index(&mut self, node: Node<'_>) -> Option<IndexDef> {
        let mut cursor = node.walk();
        let nodes: Vec<Node<'_>> = node.named_children(&mut cursor).collect();
        let mut keys = Vec::new();
        for it in nodes.iter().filter(|it| it.kind() == "key") {
            keys.push(self.key(*it)?);
        }
        let filter = match node.child_by_field_name("where") {
            Some(it) => Some(formula(self.cx, self.scalar, text::yaml::span(it))?),
            None => None,
        };
        let unique = nodes.iter().any(|it| it.kind() == "unique");
        Some(IndexDef { name: None, keys, unique, filter, origin: self.origin(node) })
    }

    fn key(&mut self, node: Node<'_>) -> Option<KeyDef> {
        let descending =
            node.child_by_field_name("direction").is_some_and(|it| it.kind() == "desc");
        let value = match node.child_by_field_name("column") {
            Some(it) => column_formula(&self.name(it)),
            None => {
                let it = node.child_by_field_name("expression")?;
                formula(self.cx, self.scalar, text::yaml::span(it))?
            }
        };
        Some(KeyDef { value, descending })
    }
}

/// Reads `span` of the scalar as a default: `now()`, `uuid()`, or a constant.
pub(super) fn default(cx: &mut Cx<'_>, scalar: &Scalar<'_>, span: Span) -> Option<DefaultDef> {
    let text: String = scalar.text[span.range()].split_whitespace().collect();
    let origin = cx.origin(scalar.place(span));
    let done = Spanned { value: (), origin };
    match text.to_ascii_lowercase().as_str() {
        "uuid()" | "gen_random_uuid()" | "random_uuid()" => Some(DefaultDef::RandomUuid(done)),
        "identity" => Some(DefaultDef::Identity(done)),
        _ => formula(cx, scalar, span).map(DefaultDef::Expr),
    }
}

/// Reads `span` of the scalar as an expression.
pub(super) fn formula(cx: &mut Cx<'_>, scalar: &Scalar<'_>, span: Span) -> Option<Formula> {
    let shift = span.start as usize;
    match expr::parse_placed(&scalar.text[span.range()], None) {
        Ok(placed) => Some(Formula {
            expr: placed.expr,
            place: placed.place.map(&|it| scalar.place(it.shift(shift))),
            origin: cx.origin(scalar.place(span)),
        }),
        Err(errors) => {
            for it in errors {
                cx.report_expr(scalar.place(it.span.shift(shift)), &it);
            }
            None
        }
    }
}

/// Where a tree first goes wrong; iterative, because errors nest without limit.
fn first_error(root: Node<'_>) -> Span {
    let mut cursor = root.walk();
    loop {
        let node = cursor.node();
        if node.is_error() || node.is_missing() {
            return text::yaml::span(node);
        }
        if node.has_error() && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return text::yaml::span(root);
            }
        }
    }
}
