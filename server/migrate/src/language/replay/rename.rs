//! Renames tables and columns everywhere that names them.

use super::super::operation::Name;
use super::State;
use crate::expr::Expr;
use crate::plan::Renames;
use crate::rules;
use crate::schema::{Access, ConstraintKind, DefaultValue, Schema, Table};

impl State<'_> {
    pub(super) fn rename_table(&mut self, was: &Name, name: &Name) {
        let Some(table) = self.need_table(was) else { return };
        if !self.check_name(name, "a table") {
            return;
        }
        if let Some(there) = self.table_index(&name.value).filter(|it| *it != table) {
            let message = format!("there is a table `{}` already", name.value);
            let origin = self.schema.tables[there].origin;
            self.report(&rules::duplicate_name::RULE, name.origin, message)
                .related(origin, "it was added here");
            return;
        }
        self.set_table_name(table, &name.value);
    }

    /// Gives a table another name; derived names stay with the old one, as PostgreSQL leaves them.
    pub(super) fn set_table_name(&mut self, table: usize, name: &str) {
        let own = &mut self.schema.tables[table];
        let was = std::mem::replace(&mut own.name, name.to_owned());
        if own.stem.is_none() {
            own.stem = Some(was.clone());
        }
        self.by_name.remove(&was.to_lowercase());
        self.by_name.insert(name.to_lowercase(), table);
        rename_table_in(&mut self.schema, &was, name);
        self.note_table_rename(&was, name);
    }

    fn note_table_rename(&mut self, was: &str, name: &str) {
        if self.new_tables.remove(was) {
            self.new_tables.insert(name.to_owned());
            return;
        }
        let columns = std::mem::take(&mut self.new_columns);
        self.new_columns = columns
            .into_iter()
            .map(|(table, column)| (if table == was { name.to_owned() } else { table }, column))
            .collect();
        for it in self.renames.columns.iter_mut().filter(|it| it.0 == was) {
            name.clone_into(&mut it.0);
        }
        match self.renames.tables.iter_mut().find(|it| it.1 == was) {
            Some(it) => name.clone_into(&mut it.1),
            None => self.renames.tables.push((was.to_owned(), name.to_owned())),
        }
        self.renames.tables.retain(|it| it.0 != it.1);
    }

    pub(super) fn rename_column(&mut self, table: usize, was: &Name, name: &Name) {
        let Some(column) = self.need_column(table, was) else { return };
        if !self.check_name(name, "a column") {
            return;
        }
        let own = &self.schema.tables[table];
        let mut others = own.columns.iter().enumerate().filter(|it| it.0 != column);
        if let Some((_, there)) = others.find(|it| it.1.name.eq_ignore_ascii_case(&name.value)) {
            let message = format!("`{}` has a column `{}` already", own.name, there.name);
            let origin = there.origin;
            self.report(&rules::duplicate_name::RULE, name.origin, message)
                .related(origin, "it was added here");
            return;
        }
        if let Some(message) = self.membership_of(table, column) {
            self.report(&rules::still_in_use::RULE, was.origin, message);
            return;
        }
        self.set_column_name(table, column, &name.value);
    }

    /// Why a column cannot have another name: `member-of` has one name for two columns.
    fn membership_of(&self, table: usize, column: usize) -> Option<String> {
        let own = &self.schema.tables[table];
        let column = &own.columns[column].name;
        let found = self.schema.tables.iter().find(|it| match &it.access {
            Access::MemberOf { table, via } => {
                via == column && (it.name == own.name || *table == own.name)
            }
            _ => false,
        })?;
        Some(format!(
            "the `rls` of `{}` goes by `{column}` of two tables: write it as an expression first",
            found.name
        ))
    }

    pub(super) fn set_column_name(&mut self, table: usize, column: usize, name: &str) {
        let own = &mut self.schema.tables[table];
        let it = &mut own.columns[column];
        let was = std::mem::replace(&mut it.name, name.to_owned());
        if it.stem.is_none() {
            it.stem = Some(was.clone());
        }
        if let Some(held) = &mut own.options.held {
            held.rename(&was, name);
        }
        let table = own.name.clone();
        rename_column_in(&mut self.schema, &table, &was, name);
        self.note_column_rename(&table, &was, name);
    }

    fn note_column_rename(&mut self, table: &str, was: &str, name: &str) {
        if self.new_tables.contains(table) {
            return;
        }
        if self.new_columns.remove(&(table.to_owned(), was.to_owned())) {
            self.new_columns.insert((table.to_owned(), name.to_owned()));
            return;
        }
        match self.renames.columns.iter_mut().find(|it| it.0 == table && it.2 == was) {
            Some(it) => name.clone_into(&mut it.2),
            None => {
                let it = (table.to_owned(), was.to_owned(), name.to_owned());
                self.renames.columns.push(it);
            }
        }
        self.renames.columns.retain(|it| it.1 != it.2);
    }
}

/// `schema` after `renames`, tables first; derived names stay as they are.
pub(crate) fn renamed(schema: &Schema, renames: &Renames) -> Schema {
    let mut out = schema.clone();
    for (was, name) in &renames.tables {
        let Some(table) = out.tables.iter_mut().find(|it| it.name == *was) else { continue };
        table.stem.get_or_insert_with(|| was.clone());
        table.name.clone_from(name);
        rename_table_in(&mut out, was, name);
    }
    for (owner, was, name) in &renames.columns {
        let table = out.tables.iter_mut().find(|it| it.name == *owner);
        let column = table.and_then(|it| it.columns.iter_mut().find(|it| it.name == *was));
        let Some(column) = column else { continue };
        column.stem.get_or_insert_with(|| was.clone());
        column.name.clone_from(name);
        rename_column_in(&mut out, owner, was, name);
    }
    out
}

/// Calls `change` for every expression, with the name of the table whose row is at hand.
fn each_expr(table: &mut Table, change: &mut dyn FnMut(&mut Expr)) {
    for column in &mut table.columns {
        column.check.iter_mut().for_each(&mut *change);
        if let Some(DefaultValue::Expr(it)) = &mut column.default {
            change(it);
        }
    }
    for constraint in &mut table.constraints {
        if let ConstraintKind::Check(it) = &mut constraint.kind {
            change(it);
        }
    }
    for index in &mut table.indexes {
        index.keys.iter_mut().for_each(|it| change(&mut it.expr));
        index.filter.iter_mut().for_each(&mut *change);
    }
    for policy in &mut table.policies {
        policy.using.iter_mut().for_each(&mut *change);
        policy.check.iter_mut().for_each(&mut *change);
    }
    if let Access::Expr(it) = &mut table.access {
        change(it);
    }
}

fn rename_table_in(schema: &mut Schema, was: &str, name: &str) {
    for table in &mut schema.tables {
        for reference in table.columns.iter_mut().filter_map(|it| it.references.as_mut()) {
            replace(&mut reference.table, was, name);
        }
        for constraint in &mut table.constraints {
            if let ConstraintKind::ForeignKey { table, .. } = &mut constraint.kind {
                replace(table, was, name);
            }
        }
        if let Access::MemberOf { table, .. } = &mut table.access {
            replace(table, was, name);
        }
        each_expr(table, &mut |it| {
            visit(it, &mut |it| {
                if let Expr::Exists { table, .. } = it {
                    replace(table, was, name);
                }
            });
        });
    }
}

fn rename_column_in(schema: &mut Schema, owner: &str, was: &str, name: &str) {
    for table in &mut schema.tables {
        let is_owner = table.name == owner;
        for reference in table.columns.iter_mut().filter_map(|it| it.references.as_mut()) {
            if reference.table == owner {
                replace(&mut reference.column, was, name);
            }
        }
        for constraint in &mut table.constraints {
            rename_in_constraint(&mut constraint.kind, owner, is_owner, (was, name));
        }
        if is_owner {
            table.primary_key.iter_mut().for_each(|it| replace(it, was, name));
        }
        if is_owner {
            rename_in_access(&mut table.access, (was, name));
        }
        let row = table.name.clone();
        each_expr(table, &mut |it| rename_in_expr(it, &row, None, owner, (was, name)));
    }
}

fn rename_in_constraint(
    kind: &mut ConstraintKind,
    owner: &str,
    is_owner: bool,
    names: (&str, &str),
) {
    match kind {
        ConstraintKind::Unique(columns) => {
            if is_owner {
                columns.iter_mut().for_each(|it| replace(it, names.0, names.1));
            }
        }
        ConstraintKind::ForeignKey { columns, table, target, .. } => {
            if is_owner {
                columns.iter_mut().for_each(|it| replace(it, names.0, names.1));
            }
            if table == owner {
                target.iter_mut().for_each(|it| replace(it, names.0, names.1));
            }
        }
        // Expressions are renamed with the others.
        ConstraintKind::Check(_) => {}
    }
}

fn rename_in_access(access: &mut Access, names: (&str, &str)) {
    match access {
        Access::OwnRow { column } => replace(column, names.0, names.1),
        Access::OwnOrPublic { column, flag } => {
            replace(column, names.0, names.1);
            flag.iter_mut().for_each(|it| replace(it, names.0, names.1));
        }
        _ => {}
    }
}

fn replace(name: &mut String, was: &str, to: &str) {
    if name == was {
        to.clone_into(name);
    }
}

/// Renames a column of `owner` in an expression over a row of `row`; `inner` is the table of the
/// `exists` around it.
fn rename_in_expr(it: &mut Expr, row: &str, inner: Option<&str>, owner: &str, names: (&str, &str)) {
    match it {
        Expr::Column { name, outer } => {
            let table = if *outer { row } else { inner.unwrap_or(row) };
            if table == owner {
                replace(name, names.0, names.1);
            }
        }
        Expr::Exists { table, filter } => {
            let table = table.clone();
            rename_in_expr(filter, row, Some(&table), owner, names);
        }
        other => {
            for child in children(other) {
                rename_in_expr(child, row, inner, owner, names);
            }
        }
    }
}

/// Calls `change` for an expression and all in it.
fn visit(it: &mut Expr, change: &mut dyn FnMut(&mut Expr)) {
    change(it);
    for child in children(it) {
        visit(child, change);
    }
}

fn children(it: &mut Expr) -> Vec<&mut Expr> {
    match it {
        Expr::Column { .. }
        | Expr::Null
        | Expr::Bool(_)
        | Expr::Number(_)
        | Expr::Text(_)
        | Expr::CurrentUser
        | Expr::CurrentRole
        | Expr::Now => Vec::new(),
        Expr::Not(it) | Expr::IsNull { value: it, .. } | Expr::Exists { filter: it, .. } => {
            vec![it]
        }
        Expr::And(list) | Expr::Or(list) | Expr::Call { args: list, .. } => {
            list.iter_mut().collect()
        }
        Expr::Compare { left, right, .. } | Expr::Arithmetic { left, right, .. } => {
            vec![left, right]
        }
        Expr::In { value, list, .. } => {
            std::iter::once(&mut **value).chain(list.iter_mut()).collect()
        }
        Expr::Like { value, pattern, .. } => vec![value, pattern],
        Expr::Between { value, low, high, .. } => vec![value, low, high],
    }
}
