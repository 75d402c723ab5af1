//! Drops: softly by a rename, or for good; never what others depend on.

use super::super::names;
use super::super::operation::{ConstraintDef, ConstraintDefKind, IndexDef, Name, Named, Operation};
use super::{State, own_columns};
use crate::expr::Expr;
use crate::rules;
use crate::schema::{Access, Column, ConstraintKind, DefaultValue, Index, Origin, Table};

impl State<'_> {
    pub(super) fn drop_table(&mut self, table: &Name, purge: bool, operation: &Operation) {
        let Some(index) = self.need_table(table) else { return };
        if self.refuses_drop(index, None, table.origin) {
            return;
        }
        if purge {
            self.remove_table(index);
            return;
        }
        let name = self.dropped_name(&operation.migration, &self.schema.tables[index].name.clone());
        self.set_table_name(index, &name);
        let own = &mut self.schema.tables[index];
        own.access = Access::Deny;
        own.policies.clear();
        // What it references may be changed and deleted from now on.
        own.columns.iter_mut().for_each(|it| it.references = None);
        let gone = |kind: &ConstraintKind| matches!(kind, ConstraintKind::ForeignKey { .. });
        let freed: Vec<String> =
            own.constraints.iter().filter(|it| gone(&it.kind)).map(|it| it.name.clone()).collect();
        own.constraints.retain(|it| !gone(&it.kind));
        for name in freed {
            self.taken.remove(&name);
        }
    }

    /// A free name for what `migration` drops softly.
    fn dropped_name(&self, migration: &str, name: &str) -> String {
        let base = names::dropped(migration, name);
        let mut out = base.clone();
        let mut number = 1;
        while self.table_index(&out).is_some() {
            number += 1;
            out = names::shorten(format!("{base}_{number}"));
        }
        out
    }

    fn remove_table(&mut self, index: usize) {
        let table = self.schema.tables.remove(index);
        self.free_names(&table);
        self.new_tables.remove(&table.name);
        self.new_columns.retain(|it| it.0 != table.name);
        // It goes by its first name: a table that is dropped is not renamed before.
        self.renames.tables.retain(|it| it.1 != table.name);
        self.renames.columns.retain(|it| it.0 != table.name);
        let tables = self.schema.tables.iter().enumerate();
        self.by_name = tables.map(|(index, it)| (it.name.to_lowercase(), index)).collect();
    }

    pub(super) fn drop_column(
        &mut self,
        table: &Name,
        column: &Name,
        purge: bool,
        operation: &Operation,
    ) {
        let Some(index) = self.need_table(table) else { return };
        let Some(at) = self.need_column(index, column) else { return };
        if self.refuses_drop(index, Some(at), column.origin) {
            return;
        }
        self.free_column(index, at);
        if purge {
            self.remove_column(index, at);
            return;
        }
        let own = &self.schema.tables[index];
        let base = names::dropped(&operation.migration, &own.columns[at].name);
        let mut name = base.clone();
        let mut number = 1;
        while own.column(&name).is_some() {
            number += 1;
            name = names::shorten(format!("{base}_{number}"));
        }
        self.set_column_name(index, at, &name);
    }

    /// Takes from a column what could refuse a write that does not know it any more.
    fn free_column(&mut self, table: usize, at: usize) {
        let own = &mut self.schema.tables[table];
        let unique = super::unique_name(own, own.columns[at].stem());
        let column = &mut own.columns[at];
        let name = column.name.clone();
        let was_unique = std::mem::take(&mut column.unique);
        column.references = None;
        column.check = None;
        column.nullable |= column.default.is_none();
        let mut freed: Vec<String> = was_unique.then_some(unique).into_iter().collect();
        let only = |names: &[String]| names == std::slice::from_ref(&name);
        freed.extend(
            own.constraints
                .iter()
                .filter(|it| only(own_columns(&it.kind)))
                .map(|it| it.name.clone()),
        );
        own.constraints.retain(|it| !only(own_columns(&it.kind)));
        let alone = |it: &Index| it.keys.len() == 1 && index_names(it, &name);
        freed.extend(own.indexes.iter().filter(|it| alone(it)).map(|it| it.name.clone()));
        own.indexes.retain(|it| !alone(it));
        for name in freed {
            self.taken.remove(&name);
        }
    }

    fn remove_column(&mut self, table: usize, at: usize) {
        let own = &mut self.schema.tables[table];
        let column = own.columns.remove(at);
        let key = (own.name.clone(), column.name);
        self.new_columns.remove(&key);
        self.renames.columns.retain(|it| it.0 != key.0 || it.2 != key.1);
    }

    /// Whether something depends on a table, or on one of its columns; it is reported then.
    fn refuses_drop(&mut self, table: usize, column: Option<usize>, origin: Origin) -> bool {
        let own = &self.schema.tables[table];
        let found = match column {
            None => self.user_of_table(&own.name),
            Some(at) => {
                let column = &own.columns[at];
                user_in_table(own, column).or_else(|| self.user_of_column(&own.name, &column.name))
            }
        };
        let Some((place, what)) = found else { return false };
        let what_goes = match column {
            None => format!("`{}`", own.name),
            Some(at) => format!("`{}.{}`", own.name, own.columns[at].name),
        };
        let message = format!("{what_goes} is still in use by {what}");
        self.report(&rules::still_in_use::RULE, origin, message).related(place, "it is used here");
        true
    }

    fn user_of_table(&self, name: &str) -> Option<(Origin, String)> {
        for other in self.schema.tables.iter().filter(|it| it.name != name) {
            if let Some(column) = other
                .columns
                .iter()
                .find(|it| it.references.as_ref().is_some_and(|it| it.table == name))
            {
                let what = format!("the reference `{}.{}`", other.name, column.name);
                return Some((column.origin, what));
            }
            let constraint = other.constraints.iter().find(
                |it| matches!(&it.kind, ConstraintKind::ForeignKey { table, .. } if table == name),
            );
            if let Some(constraint) = constraint {
                return Some((constraint.origin, format!("the constraint `{}`", constraint.name)));
            }
            if let Some(what) = policy_user(other, &|it| reads_table(it, name), name) {
                return Some((other.origin, what));
            }
        }
        None
    }

    /// What uses a column from another table, or through `exists`.
    fn user_of_column(&self, table: &str, column: &str) -> Option<(Origin, String)> {
        for other in &self.schema.tables {
            let points = |it: &&Column| {
                it.references.as_ref().is_some_and(|it| it.table == table && it.column == column)
            };
            if let Some(it) = other.columns.iter().find(points) {
                let what = format!("the reference `{}.{}`", other.name, it.name);
                return Some((it.origin, what));
            }
            let constraint = other.constraints.iter().find(|it| match &it.kind {
                ConstraintKind::ForeignKey { table: to, target, .. } => {
                    to == table && target.iter().any(|it| it == column)
                }
                _ => false,
            });
            if let Some(it) = constraint {
                return Some((it.origin, format!("the constraint `{}`", it.name)));
            }
            let reads = |it: &Expr| reads_column(it, &other.name, None, table, column);
            let member = matches!(
                &other.access,
                Access::MemberOf { table: members, via } if members == table && via == column
            );
            if member {
                return Some((other.origin, format!("the `rls` of `{}`", other.name)));
            }
            if let Some(what) = policy_user(other, &reads, "") {
                return Some((other.origin, what));
            }
        }
        None
    }

    pub(super) fn drop_index(&mut self, table: &Name, index: &Named<IndexDef>) {
        let Some(at) = self.need_table(table) else { return };
        let own = &self.schema.tables[at];
        let found = match index {
            Named::Name(name) => own.indexes.iter().position(|it| it.name == name.value),
            Named::Like(def) => own.indexes.iter().position(|it| is_like(it, def)),
        };
        let Some(found) = found else {
            let (origin, what) = match index {
                Named::Name(name) => (name.origin, format!("no index `{}`", name.value)),
                Named::Like(def) => (def.origin, "no such index".to_owned()),
            };
            let message = format!("`{}` has {what} at this point", own.name);
            self.report(&rules::unknown_object::RULE, origin, message);
            return;
        };
        let index = self.schema.tables[at].indexes.remove(found);
        self.taken.remove(&index.name);
    }

    pub(super) fn drop_constraint(&mut self, table: &Name, constraint: &Named<ConstraintDef>) {
        let Some(at) = self.need_table(table) else { return };
        let own = &self.schema.tables[at];
        let found = match constraint {
            Named::Name(name) => own.constraints.iter().position(|it| it.name == name.value),
            Named::Like(def) => own.constraints.iter().position(|it| means(&it.kind, &def.kind)),
        };
        let Some(found) = found else {
            let (origin, what) = match constraint {
                Named::Name(name) => (name.origin, format!("no constraint `{}`", name.value)),
                Named::Like(def) => (def.origin, "no such constraint".to_owned()),
            };
            let message = format!(
                "`{}` has {what} at this point; a column's own is changed by `alter_column`",
                own.name
            );
            self.report(&rules::unknown_object::RULE, origin, message);
            return;
        };
        let columns = match &own.constraints[found].kind {
            ConstraintKind::Unique(columns) => columns.clone(),
            _ => Vec::new(),
        };
        if let Some((place, what)) = self.user_of_key(at, &columns, Some(found)) {
            let name = table.origin;
            let message = format!("the constraint is still in use by {what}");
            self.report(&rules::still_in_use::RULE, name, message)
                .related(place, "it is used here");
            return;
        }
        let constraint = self.schema.tables[at].constraints.remove(found);
        self.taken.remove(&constraint.name);
    }

    /// What references `columns`, when nothing else makes them unique.
    pub(super) fn user_of_key(
        &self,
        table: usize,
        columns: &[String],
        without: Option<usize>,
    ) -> Option<(Origin, String)> {
        let mut own = self.schema.tables[table].clone();
        match without {
            Some(at) => drop(own.constraints.remove(at)),
            None => own.columns.iter_mut().for_each(|it| it.unique &= !columns.contains(&it.name)),
        }
        if columns.is_empty() || super::tables::is_unique(&own, columns) {
            return None;
        }
        let first = columns.first()?;
        self.schema.tables.iter().find_map(|other| {
            let column = other.columns.iter().find(|it| {
                columns.len() == 1
                    && it
                        .references
                        .as_ref()
                        .is_some_and(|it| it.table == own.name && it.column == *first)
            });
            let constraint = other.constraints.iter().find(|it| match &it.kind {
                ConstraintKind::ForeignKey { table, target, .. } => {
                    *table == own.name && target == columns
                }
                _ => false,
            });
            let by_column =
                column.map(|it| (it.origin, format!("the reference `{}.{}`", other.name, it.name)));
            by_column.or_else(|| {
                constraint.map(|it| (it.origin, format!("the constraint `{}`", it.name)))
            })
        })
    }

    pub(super) fn drop_policy(&mut self, table: &Name, policy: &Name) {
        let Some(at) = self.need_table(table) else { return };
        let own = &mut self.schema.tables[at];
        let n_before = own.policies.len();
        own.policies.retain(|it| it.name != policy.value);
        if own.policies.len() == n_before {
            let message = format!("`{}` has no policy `{}` at this point", own.name, policy.value);
            self.report(&rules::unknown_object::RULE, policy.origin, message);
        }
    }

    pub(super) fn purge(&mut self, table: &Name, column: Option<&Name>) {
        match column {
            None => self.purge_tables(table),
            Some(column) => {
                let Some(index) = self.need_table(table) else { return };
                let own = &self.schema.tables[index];
                let found: Vec<usize> = (0..own.columns.len())
                    .filter(|it| names::is_dropped(&own.columns[*it].name, &column.value))
                    .collect();
                if found.is_empty() {
                    let message = format!(
                        "`{}` has no dropped column `{}`: `purge` comes after `drop_column`",
                        own.name, column.value
                    );
                    self.report(&rules::unknown_column::RULE, column.origin, message);
                }
                for at in found.into_iter().rev() {
                    self.remove_column(index, at);
                }
            }
        }
    }

    fn purge_tables(&mut self, table: &Name) {
        let tables = self.schema.tables.iter().enumerate();
        let found: Vec<usize> = tables
            .filter(|(_, it)| names::is_dropped(&it.name, &table.value))
            .map(|it| it.0)
            .collect();
        if found.is_empty() {
            let message = format!(
                "there is no dropped table `{}`: `purge` comes after `drop_table`",
                table.value
            );
            self.report(&rules::unknown_table::RULE, table.origin, message);
        }
        for index in found.into_iter().rev() {
            self.remove_table(index);
        }
    }
}

/// What uses a column from within its table, as a fragment.
fn user_in_table(table: &Table, column: &Column) -> Option<(Origin, String)> {
    let name = &column.name;
    if table.primary_key.contains(name) {
        return Some((table.origin, "the primary key".to_owned()));
    }
    let reads = |it: &Expr| reads_column(it, &table.name, None, &table.name, name);
    let constraint = table.constraints.iter().find(|it| match &it.kind {
        ConstraintKind::Check(it) => reads(it),
        kind => own_columns(kind).len() > 1 && own_columns(kind).contains(name),
    });
    if let Some(it) = constraint {
        return Some((it.origin, format!("the constraint `{}`", it.name)));
    }
    let index = table.indexes.iter().find(|it| {
        let alone =
            it.keys.len() == 1 && index_names(it, name) && !it.filter.as_ref().is_some_and(reads);
        !alone
            && (it.keys.iter().any(|it| reads(&it.expr)) || it.filter.as_ref().is_some_and(reads))
    });
    if let Some(it) = index {
        return Some((it.origin, format!("the index `{}`", it.name)));
    }
    let other = table.columns.iter().filter(|it| it.name != *name);
    let default = |it: &&Column| matches!(&it.default, Some(DefaultValue::Expr(it)) if reads(it));
    let mut other = other.filter(|it| it.check.as_ref().is_some_and(reads) || default(it));
    if let Some(it) = other.next() {
        return Some((it.origin, format!("the check of `{}`", it.name)));
    }
    let by_word = match &table.access {
        Access::OwnRow { column } => column == name,
        Access::OwnOrPublic { column, flag } => column == name || flag.as_ref() == Some(name),
        Access::MemberOf { via, .. } => via == name,
        _ => false,
    };
    if by_word {
        return Some((table.origin, format!("the `rls` of `{}`", table.name)));
    }
    policy_user(table, &reads, "").map(|it| (table.origin, it))
}

/// Which of a table's policies reads what `reads` tells, or is about the members in `members`.
fn policy_user(table: &Table, reads: &dyn Fn(&Expr) -> bool, members: &str) -> Option<String> {
    let by_access = match &table.access {
        Access::Expr(it) => reads(it),
        Access::MemberOf { table, .. } => table == members,
        _ => false,
    };
    if by_access {
        return Some(format!("the `rls` of `{}`", table.name));
    }
    let policy = table.policies.iter().find(|it| it.using.iter().chain(&it.check).any(reads))?;
    Some(format!("the policy `{}` of `{}`", policy.name, table.name))
}

fn reads_table(it: &Expr, name: &str) -> bool {
    it.contains(|it| matches!(it, Expr::Exists { table, .. } if table == name))
}

/// Whether an expression over a row of `row` names `column` of `table`.
fn reads_column(it: &Expr, row: &str, inner: Option<&str>, table: &str, column: &str) -> bool {
    match it {
        Expr::Column { name, outer } => {
            let of = if *outer { row } else { inner.unwrap_or(row) };
            of == table && name == column
        }
        Expr::Exists { table: of, filter } => reads_column(filter, row, Some(of), table, column),
        other => other.children().into_iter().any(|it| reads_column(it, row, inner, table, column)),
    }
}

fn index_names(index: &Index, column: &str) -> bool {
    index.keys.iter().any(|it| matches!(&it.expr, Expr::Column { name, .. } if name == column))
}

fn is_like(index: &Index, def: &IndexDef) -> bool {
    index.unique == def.unique
        && index.filter.as_ref() == def.filter.as_ref().map(|it| &it.expr)
        && index.keys.len() == def.keys.len()
        && index
            .keys
            .iter()
            .zip(&def.keys)
            .all(|(a, b)| a.descending == b.descending && a.expr == b.value.expr)
}

fn means(kind: &ConstraintKind, def: &ConstraintDefKind) -> bool {
    let same = |names: &[String], defs: &[Name]| {
        names.len() == defs.len() && names.iter().zip(defs).all(|(a, b)| *a == b.value)
    };
    match (kind, def) {
        (ConstraintKind::Unique(names), ConstraintDefKind::Unique(defs)) => same(names, defs),
        (ConstraintKind::Check(expr), ConstraintDefKind::Check(def)) => *expr == def.expr,
        (
            ConstraintKind::ForeignKey { columns, table, target, .. },
            ConstraintDefKind::ForeignKey { columns: defs, table: to, target: target_defs, .. },
        ) => {
            same(columns, defs)
                && *table == to.value
                && (target_defs.is_empty() || same(target, target_defs))
        }
        _ => false,
    }
}
