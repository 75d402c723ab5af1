//! What rules look at, and where they say what they found.

use super::Rule;
use crate::expr::{Comparison, Expr};
use crate::finding::{self, Report};
use crate::language::{Operation, OperationKind};
use crate::policy::{self, Cell, Compiled, Matrix, Subject};
use crate::schema::{Access, Column, Command, Origin, Schema, Table};
use model::Diagnostic;
use std::cell::OnceCell;

/// A migration: the schema before and after, and the operations that lead from one to the other.
pub struct LintCx<'a> {
    pub before: &'a Schema,
    pub after: &'a Schema,
    pub operations: &'a [Operation],
    matrices: OnceCell<(Matrix, Matrix)>,
}

impl<'a> LintCx<'a> {
    #[must_use]
    pub fn new(before: &'a Schema, after: &'a Schema, operations: &'a [Operation]) -> Self {
        Self { before, after, operations, matrices: OnceCell::new() }
    }

    /// Tables that the migration makes or changes. Others are not reported again.
    pub(super) fn changed(&self) -> impl Iterator<Item = &'a Table> + '_ {
        self.live().filter(|it| self.before.table(&it.name) != Some(it))
    }

    /// All tables but those that were dropped softly.
    pub(super) fn live(&self) -> impl Iterator<Item = &'a Table> + '_ {
        let tables: &'a [Table] = &self.after.tables;
        tables.iter().filter(|it| !it.name.starts_with(crate::language::names::DROPPED))
    }

    /// Whether rows of the table may be there when the migration runs.
    pub(super) fn existed(&self, table: &str) -> bool {
        self.before.table(table).is_some()
    }

    pub(super) fn is_changed(&self, table: &Table) -> bool {
        self.before.table(&table.name) != Some(table)
    }

    /// Columns that the migration makes or changes.
    pub(super) fn changed_columns(&self, table: &'a Table) -> Vec<&'a Column> {
        let before = self.before.table(&table.name);
        let is_new = |it: &&Column| before.and_then(|old| old.column(&it.name)) != Some(it);
        table.columns.iter().filter(is_new).collect()
    }

    /// Where the migration says who may use `table`; else where the table is.
    pub(super) fn access_origin(&self, table: &Table) -> Origin {
        let said = self.operations.iter().rev().find_map(|it| match &it.kind {
            OperationKind::SetRls { table: of, rls } if of.value == table.name => Some(rls.origin),
            OperationKind::AddTable(it) if it.name.value == table.name => {
                it.rls.as_ref().map(|it| it.origin)
            }
            _ => None,
        });
        said.unwrap_or(table.origin)
    }

    /// The predicates of a guarded table; `None` for `public` and for what does not compile.
    pub(super) fn guarded(&self, table: &Table) -> Option<Compiled> {
        policy::compile(table, self.after).ok().filter(|it| it.is_guarded)
    }

    fn matrices(&self) -> &(Matrix, Matrix) {
        self.matrices.get_or_init(|| {
            let of = |schema| policy::matrix(schema).unwrap_or(Matrix { rows: Vec::new() });
            (of(self.before), of(self.after))
        })
    }

    /// Who could do what before.
    pub(super) fn matrix_before(&self) -> &Matrix {
        &self.matrices().0
    }

    /// Who can do what now.
    pub(super) fn matrix(&self) -> &Matrix {
        &self.matrices().1
    }

    /// Whether somebody who is signed in can do it with a row that is his.
    pub(super) fn owner_may(&self, table: &Table, command: Command) -> bool {
        if table.access == Access::Public {
            return true;
        }
        [Subject::Owner, Subject::Stranger]
            .iter()
            .filter_map(|it| self.matrix().cell(&table.name, it, command))
            .any(|it| *it != Cell::No)
    }

    /// The expressions that the author wrote for the table, with their places.
    pub(super) fn written_exprs(&self, table: &Table) -> Vec<(Expr, Origin)> {
        let access = match &table.access {
            Access::Expr(expr) => Some((expr.clone(), self.access_origin(table))),
            _ => None,
        };
        let named = table
            .policies
            .iter()
            .flat_map(|it| it.using.iter().chain(&it.check).map(|expr| (expr.clone(), it.origin)));
        access.into_iter().chain(named).collect()
    }

    /// The expressions of the table's access and policies, with their places.
    pub(super) fn policy_exprs(&self, table: &'a Table) -> Vec<(Expr, Origin)> {
        let mut out = Vec::new();
        let singles = policy::singles(table, self.after).unwrap_or_default();
        for single in singles {
            let is_named = single.origin != table.origin;
            let origin = if is_named { single.origin } else { self.access_origin(table) };
            for expr in single.using.into_iter().chain(single.check) {
                if !out.contains(&(expr.clone(), origin)) {
                    out.push((expr, origin));
                }
            }
        }
        out
    }
}

/// The column that is compared with `currentUser()` for being the same.
pub(super) fn owner_compared(expr: &Expr) -> Option<&str> {
    let Expr::Compare { op: Comparison::Equal, left, right } = expr else { return None };
    match (&**left, &**right) {
        (Expr::CurrentUser, Expr::Column { name, outer: false })
        | (Expr::Column { name, outer: false }, Expr::CurrentUser) => Some(name),
        _ => None,
    }
}

/// Columns of the row at hand that are compared with `currentUser()`.
pub(super) fn owner_columns(expr: &Expr) -> Vec<&str> {
    match expr {
        Expr::Exists { .. } => Vec::new(),
        other => {
            let own = owner_compared(other).into_iter();
            own.chain(other.children().into_iter().flat_map(owner_columns)).collect()
        }
    }
}

/// The `exists` in an expression that ask for rows of the user's: table and filter.
pub(super) fn claims(expr: &Expr) -> Vec<(&str, &Expr)> {
    let mut out = Vec::new();
    expr.walk(&mut |it| {
        if let Expr::Exists { table, filter } = it
            && filter.contains(|it| *it == Expr::CurrentUser)
        {
            out.push((table.as_str(), &**filter));
        }
    });
    out
}

/// Where a rule says what it found.
pub(crate) struct Sink<'a> {
    rule: &'static Rule,
    out: &'a mut Vec<Diagnostic>,
}

impl<'a> Sink<'a> {
    pub(super) fn new(rule: &'static Rule, out: &'a mut Vec<Diagnostic>) -> Self {
        Self { rule, out }
    }

    pub(super) fn report(&mut self, origin: Origin, message: impl Into<String>) -> Report<'_> {
        finding::push(self.out, &self.rule.docs, origin, message)
    }
}
