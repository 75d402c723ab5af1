//! The tables, columns and policies that a migration spec names, and where.

use crate::migrations::{Migration, touch};
use migrate::language::{
    ColumnDef, ConstraintDef, ConstraintDefKind, IndexDef, Name, Named, OperationKind,
    ReferenceDef, RlsDef, RlsKind, Setting,
};
use migrate::schema::{Origin, Schema};
use model::Span;

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Thing {
    Table(String),
    Column { table: String, column: String },
    Policy { table: String, policy: String },
}

impl Thing {
    /// The same but for the case of letters.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
        match (self, other) {
            (Self::Table(a), Self::Table(b)) => same(a, b),
            (Self::Column { table: a, column: x }, Self::Column { table: b, column: y })
            | (Self::Policy { table: a, policy: x }, Self::Policy { table: b, policy: y }) => {
                same(a, b) && same(x, y)
            }
            _ => false,
        }
    }
}

/// One place that names a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mention {
    pub(crate) thing: Thing,
    pub(crate) span: Span,
    /// Whether it is made here, or gets its name here.
    pub(crate) defines: bool,
}

/// The name under a place of a file.
pub(crate) fn at(file: &Migration, offset: usize) -> Option<Mention> {
    let found = mentions(file).into_iter().filter(|it| it.span.touches(offset));
    found.min_by_key(|it| it.span.len())
}

/// All names of a file, by operation.
pub(crate) fn mentions(file: &Migration) -> Vec<Mention> {
    let mut out = Collector { out: Vec::new() };
    for operation in &file.operations {
        out.operation(&operation.kind);
    }
    out.out
}

/// Where `schema` has a thing from.
pub(crate) fn origin(schema: &Schema, thing: &Thing) -> Option<Origin> {
    let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
    let table = |name: &str| schema.tables.iter().find(|it| same(&it.name, name));
    match thing {
        Thing::Table(name) => table(name).map(|it| it.origin),
        Thing::Column { table: of, column } => {
            table(of)?.columns.iter().find(|it| same(&it.name, column)).map(|it| it.origin)
        }
        Thing::Policy { table: of, policy } => {
            table(of)?.policies.iter().find(|it| same(&it.name, policy)).map(|it| it.origin)
        }
    }
}

/// The columns that an operation makes.
pub(crate) fn columns_of(kind: &OperationKind) -> Vec<&ColumnDef> {
    match kind {
        OperationKind::AddTable(it) => it.columns.iter().collect(),
        OperationKind::AddColumn { columns, .. } => columns.iter().collect(),
        _ => Vec::new(),
    }
}

struct Collector {
    out: Vec<Mention>,
}

impl Collector {
    fn table(&mut self, name: &Name, defines: bool) {
        let thing = Thing::Table(name.value.clone());
        self.out.push(Mention { thing, span: name.origin.span, defines });
    }

    fn column(&mut self, table: &str, name: &Name, defines: bool) {
        let (table, column) = (table.to_owned(), name.value.clone());
        let thing = Thing::Column { table, column };
        self.out.push(Mention { thing, span: name.origin.span, defines });
    }

    fn policy(&mut self, table: &Name, name: &Name, defines: bool) {
        let (table, policy) = (table.value.clone(), name.value.clone());
        let thing = Thing::Policy { table, policy };
        self.out.push(Mention { thing, span: name.origin.span, defines });
    }

    fn operation(&mut self, kind: &OperationKind) {
        let tables = touch::names_of_tables(kind);
        for (number, table) in tables.iter().enumerate() {
            let defines = matches!(kind, OperationKind::AddTable(_)) || number == 1;
            self.table(table, defines);
        }
        let Some(table) = tables.last().map(|it| it.value.as_str()) else { return };
        for column in columns_of(kind) {
            self.column(table, &column.name, true);
            column.references.iter().for_each(|it| self.reference(it));
        }
        match kind {
            OperationKind::AddTable(it) => {
                it.rls.iter().for_each(|it| self.rls(table, it));
                it.constraints.iter().for_each(|it| self.constraint(table, it));
                it.policies.iter().for_each(|policy| self.policy(&it.name, &policy.name, true));
            }
            OperationKind::DropColumn { column, .. }
            | OperationKind::Comment { column: Some(column), .. }
            | OperationKind::Purge { column: Some(column), .. } => {
                self.column(table, column, false);
            }
            OperationKind::RenameColumn { was, name, .. } => {
                self.column(table, was, false);
                self.column(table, name, true);
            }
            OperationKind::AlterColumn(it) => {
                it.was.iter().for_each(|it| self.column(table, it, false));
                self.column(table, &it.column, it.was.is_some());
                if let Some(Setting::To(it)) = &it.references {
                    self.reference(it);
                }
            }
            OperationKind::DropIndex { index: Named::Like(IndexDef { .. }), .. } => {}
            OperationKind::AddConstraint { constraint, .. }
            | OperationKind::DropConstraint { constraint: Named::Like(constraint), .. } => {
                self.constraint(table, constraint);
            }
            OperationKind::SetRls { rls, .. } => self.rls(table, rls),
            OperationKind::AddPolicy { table, policy } => self.policy(table, &policy.name, true),
            OperationKind::DropPolicy { table, policy } => self.policy(table, policy, false),
            OperationKind::Seed(it) => {
                let cells = it.rows.iter().flatten().map(|it| &it.0);
                it.key.iter().chain(cells).for_each(|it| self.column(table, it, false));
            }
            _ => {}
        }
    }

    fn reference(&mut self, it: &ReferenceDef) {
        self.table(&it.table, false);
        it.column.iter().for_each(|column| self.column(&it.table.value, column, false));
    }

    fn constraint(&mut self, table: &str, it: &ConstraintDef) {
        match &it.kind {
            ConstraintDefKind::PrimaryKey(columns) | ConstraintDefKind::Unique(columns) => {
                columns.iter().for_each(|it| self.column(table, it, false));
            }
            ConstraintDefKind::ForeignKey { columns, table: to, target, .. } => {
                columns.iter().for_each(|it| self.column(table, it, false));
                self.table(to, false);
                target.iter().for_each(|it| self.column(&to.value, it, false));
            }
            ConstraintDefKind::Check(_) => {}
        }
    }

    fn rls(&mut self, table: &str, it: &RlsDef) {
        match &it.kind {
            RlsKind::OwnRow { column } => {
                column.iter().for_each(|it| self.column(table, it, false));
            }
            RlsKind::OwnOrPublic { column, flag } => {
                column.iter().chain(flag).for_each(|it| self.column(table, it, false));
            }
            RlsKind::MemberOf { table: members, via } => {
                self.table(members, false);
                self.column(&members.value, via, false);
            }
            _ => {}
        }
    }
}
