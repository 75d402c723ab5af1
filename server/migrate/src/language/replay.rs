//! Operations over a schema: looks names up, derives what was left out, refuses what cannot be.
//!
//! Pure. An operation that is refused leaves the schema as it was; the next ones go on.

mod alter;
mod checks;
mod drops;
mod rename;
mod seeds;
mod tables;

pub(crate) use rename::renamed;
pub(crate) use tables::constraint_name;

use super::cx::Sink;
use super::names;
use super::operation::{Formula, Name, Operation, OperationKind};
use crate::expr;
use crate::finding::Report;
use crate::plan::Renames;
use crate::rules::{self, Rule};
use crate::schema::{ConstraintKind, Origin, Schema, Table};
use model::{Diagnostic, Span};
use rustc_hash::{FxHashMap, FxHashSet};
use text::suggest;

/// A schema after operations, and what was wrong with them.
#[derive(Debug, Clone, Default)]
pub struct Replayed {
    pub schema: Schema,
    pub diagnostics: Vec<Diagnostic>,
    /// From the names in the base to the names now.
    pub renames: Renames,
}

/// Runs `operations` over `base`, in order.
#[must_use]
pub fn replay(base: &Schema, operations: &[Operation]) -> Replayed {
    let mut state = State::new(base);
    for (index, operation) in operations.iter().enumerate() {
        state.apply(operation);
        let next = operations.get(index + 1);
        if next.is_none_or(|it| it.migration != operation.migration) {
            state.end_migration();
        }
    }
    state.report_cycles();
    Replayed { schema: state.schema, diagnostics: state.sink.out, renames: state.renames }
}

struct State<'o> {
    schema: Schema,
    /// Lower-case name to index.
    by_name: FxHashMap<String, usize>,
    /// Names of constraints and indexes, derived ones too: PostgreSQL has one space for them.
    taken: FxHashSet<String>,
    renames: Renames,
    /// Tables, and columns by table, that the base has not; by their names now.
    new_tables: FxHashSet<String>,
    new_columns: FxHashSet<(String, String)>,
    /// Tables whose references wait for tables that come later in the same migration.
    waiting: Vec<tables::Waiting<'o>>,
    /// Lower-case names of tables that those wait for.
    wanted: FxHashSet<String>,
    /// Places of references made here, for cycles.
    new_references: Vec<(String, Origin)>,
    sink: Sink,
}

impl<'o> State<'o> {
    fn new(base: &Schema) -> Self {
        let by_name = base.tables.iter().enumerate();
        let mut state = Self {
            schema: base.clone(),
            by_name: by_name.map(|(index, it)| (it.name.to_lowercase(), index)).collect(),
            taken: FxHashSet::default(),
            renames: Renames::default(),
            new_tables: FxHashSet::default(),
            new_columns: FxHashSet::default(),
            waiting: Vec::new(),
            wanted: FxHashSet::default(),
            new_references: Vec::new(),
            sink: Sink::default(),
        };
        for table in &base.tables {
            state.take_names(table);
        }
        state
    }

    fn take_names(&mut self, table: &Table) {
        self.taken.insert(primary_key_name(table));
        self.taken.extend(table.indexes.iter().map(|it| it.name.clone()));
        self.taken.extend(table.constraints.iter().map(|it| it.name.clone()));
        let unique = table.columns.iter().filter(|it| it.unique);
        self.taken.extend(unique.map(|it| unique_name(table, it.stem())));
    }

    fn free_names(&mut self, table: &Table) {
        self.taken.remove(&primary_key_name(table));
        for name in table.indexes.iter().map(|it| &it.name) {
            self.taken.remove(name);
        }
        for name in table.constraints.iter().map(|it| &it.name) {
            self.taken.remove(name);
        }
        for column in table.columns.iter().filter(|it| it.unique) {
            self.taken.remove(&unique_name(table, column.stem()));
        }
    }

    /// `name`, or the first of `name1`, `name2` … that nothing has yet; it is taken then.
    fn fresh(&mut self, name: String) -> String {
        let mut out = name.clone();
        let mut number = 0;
        while !self.taken.insert(out.clone()) {
            number += 1;
            out = names::shorten(format!("{name}{number}"));
        }
        out
    }

    fn apply(&mut self, operation: &'o Operation) {
        let keyword = operation.keyword;
        match &operation.kind {
            OperationKind::AddTable(it) => self.add_table(it, operation),
            OperationKind::DropTable { table, purge } => self.drop_table(table, *purge, operation),
            OperationKind::RenameTable { was, name } => self.rename_table(was, name),
            OperationKind::AddColumn { table, columns } => self.add_columns(table, columns),
            OperationKind::DropColumn { table, column, purge } => {
                self.drop_column(table, column, *purge, operation);
            }
            OperationKind::RenameColumn { table, was, name } => {
                if let Some(table) = self.need_table(table) {
                    self.rename_column(table, was, name);
                }
            }
            OperationKind::AlterColumn(it) => self.alter_column(it, keyword),
            OperationKind::AddIndex { table, index } => {
                if let Some(table) = self.need_table(table) {
                    self.add_index(table, index);
                }
            }
            OperationKind::DropIndex { table, index } => self.drop_index(table, index),
            OperationKind::AddConstraint { table, constraint } => {
                if let Some(table) = self.need_table(table) {
                    self.add_constraint(table, constraint);
                }
            }
            OperationKind::DropConstraint { table, constraint } => {
                self.drop_constraint(table, constraint);
            }
            OperationKind::SetRls { table, rls } => self.set_rls(table, rls),
            OperationKind::AddPolicy { table, policy } => {
                if let Some(table) = self.need_table(table) {
                    self.add_policy(table, policy);
                }
            }
            OperationKind::DropPolicy { table, policy } => self.drop_policy(table, policy),
            OperationKind::Comment { table, column, text } => {
                self.comment(table, column.as_ref(), text.as_ref());
            }
            OperationKind::Seed(it) => self.check_seed(it),
            OperationKind::Sql(_) => {}
            OperationKind::Purge { table, column } => self.purge(table, column.as_ref()),
        }
    }

    fn report(
        &mut self,
        rule: &'static Rule,
        origin: Origin,
        message: impl Into<String>,
    ) -> Report<'_> {
        self.sink.report(rule, origin, message)
    }

    fn table_index(&self, name: &str) -> Option<usize> {
        match self.by_name.get(name) {
            Some(it) => Some(*it),
            None => self.by_name.get(&name.to_lowercase()).copied(),
        }
    }

    /// The index of a table, reported when there is none.
    fn need_table(&mut self, name: &Name) -> Option<usize> {
        let found = self.table_index(&name.value);
        if found.is_none() {
            self.report_unknown_table(name);
        }
        found
    }

    fn report_unknown_table(&mut self, name: &Name) {
        let live = self.schema.tables.iter().map(|it| it.name.as_str());
        let live = live.filter(|it| !it.starts_with(names::DROPPED));
        let near = suggest::nearest(&name.value, live).map(str::to_owned);
        let mut message = format!("there is no table `{}` at this point", name.value);
        if let Some(near) = &near {
            message += &format!(": did you mean `{near}`?");
        }
        self.report(&rules::unknown_table::RULE, name.origin, message).fix_word(name, near);
    }

    /// The index of a column of a table, reported when there is none.
    fn need_column(&mut self, table: usize, name: &Name) -> Option<usize> {
        let own = &self.schema.tables[table];
        let found = own.columns.iter().position(|it| it.name == name.value);
        let found = found.or_else(|| {
            own.columns.iter().position(|it| it.name.eq_ignore_ascii_case(&name.value))
        });
        if found.is_none() {
            let near = suggest::nearest(&name.value, own.columns.iter().map(|it| it.name.as_str()));
            let near = near.map(str::to_owned);
            let mut message =
                format!("`{}` has no column `{}` at this point", own.name, name.value);
            if let Some(near) = &near {
                message += &format!(": did you mean `{near}`?");
            }
            self.report(&rules::unknown_column::RULE, name.origin, message).fix_word(name, near);
        }
        found
    }

    /// Reports what is wrong with a new name; `false` when it cannot be used.
    fn check_name(&mut self, name: &Name, what: &str) -> bool {
        if let Some(fault) = names::fault(&name.value) {
            let message = format!("the name of {what}, `{}`, {fault}", name.value);
            self.report(&rules::unusable_name::RULE, name.origin, message);
            return false;
        }
        if names::is_keyword(&name.value) {
            let message = format!(
                "`{}` is a word of SQL: every query needs quotes around {what} of that name",
                name.value
            );
            self.report(&rules::keyword_name::RULE, name.origin, message);
        }
        true
    }

    /// Types `formula` for `table`, and tells what is wrong; `false` when something is.
    fn check_formula(&mut self, table: usize, formula: &Formula, purpose: expr::Use<'_>) -> bool {
        let own = &self.schema.tables[table];
        let cx = expr::Cx { schema: &self.schema, table: own, purpose };
        let errors = expr::check(&formula.expr, &formula.place, &cx);
        for error in &errors {
            let mut message = error.message.clone();
            if let Some(hint) = &error.hint {
                message += &format!(": {hint}");
            }
            let origin = Origin { file: formula.origin.file, span: error.span };
            self.sink.report(&rules::invalid_expression::RULE, origin, message);
        }
        errors.is_empty()
    }
}

impl Report<'_> {
    /// Offers to write `word` for a name, where there is one.
    fn fix_word(self, name: &Name, word: Option<String>) {
        if let Some(word) = word {
            self.fix(format!("Write `{word}`"), vec![(name.origin.span, word)], false);
        }
    }
}

/// The derived name of a table's primary key.
pub(crate) fn primary_key_name(table: &Table) -> String {
    names::derive(&[table.stem(), "pkey"])
}

/// The derived name of a unique column's constraint.
pub(crate) fn unique_name(table: &Table, column: &str) -> String {
    names::derive(&[table.stem(), column, "key"])
}

/// The columns of a constraint that are the table's own.
fn own_columns(kind: &ConstraintKind) -> &[String] {
    match kind {
        ConstraintKind::Unique(columns) | ConstraintKind::ForeignKey { columns, .. } => columns,
        ConstraintKind::Check(_) => &[],
    }
}

/// An empty span right behind `span`.
fn behind(span: Span) -> Span {
    Span { start: span.end, end: span.end }
}
