//! Changes what is there: columns, row-level security, comments.

use super::super::operation::{AlterColumn, Formula, Name, RlsDef, Setting, Spanned};
use super::super::types;
use super::State;
use super::tables::fits;
use crate::expr::{Expr, Place, Use};
use crate::rules;
use crate::schema::{Access, Column, ConstraintKind, DefaultValue, Origin, Type};

impl State<'_> {
    pub(super) fn alter_column(&mut self, def: &AlterColumn, keyword: Origin) {
        let Some(table) = self.need_table(&def.table) else { return };
        if let Some(was) = &def.was {
            self.rename_column(table, was, &def.column);
        }
        let Some(at) = self.need_column(table, &def.column) else { return };
        let n_found = self.sink.out.len();
        let before = self.schema.tables[table].columns[at].clone();
        let n_constraints = self.schema.tables[table].constraints.len();
        if let Some(kind) = &def.kind {
            self.set_type(table, at, kind);
        }
        if let Some(nullable) = &def.nullable {
            self.set_nullable(table, at, nullable);
        }
        if let Some(unique) = &def.unique {
            self.change_unique(table, at, unique);
        }
        self.set_parts(table, at, def);
        let after = &self.schema.tables[table].columns[at];
        let is_same = *after == before
            && def.was.is_none()
            && self.schema.tables[table].constraints.len() == n_constraints;
        if is_same && self.sink.out.len() == n_found {
            let message = format!("`{}` is so already: nothing changes", after.name);
            self.report(&rules::without_effect::RULE, keyword, message);
        }
    }

    fn set_parts(&mut self, table: usize, at: usize, def: &AlterColumn) {
        let own = &self.schema.tables[table];
        let is_only_key = own.primary_key == [own.columns[at].name.clone()];
        let kind = own.columns[at].kind.clone();
        match &def.default {
            Some(Setting::Drop(_)) => self.schema.tables[table].columns[at].default = None,
            Some(Setting::To(it)) => {
                if let Some(it) = self.default(table, it, &kind, is_only_key) {
                    self.schema.tables[table].columns[at].default = Some(it);
                }
            }
            None => {}
        }
        match &def.check {
            Some(Setting::Drop(_)) => self.schema.tables[table].columns[at].check = None,
            Some(Setting::To(it)) if self.check_formula(table, it, Use::Check) => {
                self.schema.tables[table].columns[at].check = Some(it.expr.clone());
            }
            _ => {}
        }
        match &def.references {
            Some(Setting::Drop(_)) => self.schema.tables[table].columns[at].references = None,
            Some(Setting::To(it)) => {
                let Some(found) = self.reference(it) else { return };
                if fits(&kind, &found.1) {
                    self.set_reference(table, at, found, it.origin);
                } else {
                    let message = format!(
                        "`{}` is `{}`, but `{}.{}` is `{}`",
                        def.column.value,
                        types::write(&kind),
                        found.0.table,
                        found.0.column,
                        types::write(&found.1)
                    );
                    self.report(&rules::fk_type_mismatch::RULE, it.origin, message);
                }
            }
            None => {}
        }
    }

    fn set_type(&mut self, table: usize, at: usize, kind: &Spanned<Type>) {
        let own = &self.schema.tables[table];
        let column = &own.columns[at];
        if let Some((place, what)) = self.other_end(table, column, &kind.value) {
            let message = format!("`{}.{}` has the type of {what}", own.name, column.name);
            self.report(&rules::fk_type_mismatch::RULE, kind.origin, message)
                .related(place, "the other end is here");
            return;
        }
        let before =
            std::mem::replace(&mut self.schema.tables[table].columns[at].kind, kind.value.clone());
        if !self.still_types(table, kind.origin) {
            self.schema.tables[table].columns[at].kind = before;
            return;
        }
        // The type that is asked for is the language's own.
        let own = &mut self.schema.tables[table];
        let name = own.columns[at].name.clone();
        if let Some(held) = &mut own.options.held {
            held.types.retain(|it| it.0 != name);
        }
    }

    /// The other end of a reference that would not fit `kind`.
    fn other_end(&self, table: usize, column: &Column, kind: &Type) -> Option<(Origin, String)> {
        let own = &self.schema.tables[table];
        if let Some(reference) = &column.references {
            let target = self.table_index(&reference.table).map(|it| &self.schema.tables[it]);
            let target = target.and_then(|it| it.column(&reference.column));
            if let Some(target) = target.filter(|it| !fits(kind, &it.kind)) {
                let what = format!("`{}.{}`, which it references", reference.table, target.name);
                return Some((target.origin, what));
            }
        }
        self.schema.tables.iter().find_map(|other| {
            let found = other.columns.iter().find(|it| {
                !fits(&it.kind, kind)
                    && it
                        .references
                        .as_ref()
                        .is_some_and(|it| it.table == own.name && it.column == column.name)
            })?;
            Some((found.origin, format!("`{}.{}`, which references it", other.name, found.name)))
        })
    }

    /// Whether the expressions of a table still have types; what has none is told at `origin`.
    fn still_types(&mut self, table: usize, origin: Origin) -> bool {
        let own = self.schema.tables[table].clone();
        let mut is_good = true;
        let mut check = |state: &mut Self, expr: &Expr, purpose: Use<'_>| {
            let formula = Formula { expr: expr.clone(), place: Place::all(origin.span), origin };
            is_good &= state.check_formula(table, &formula, purpose);
        };
        for column in &own.columns {
            if let Some(it) = &column.check {
                check(self, it, Use::Check);
            }
            if let Some(DefaultValue::Expr(it)) = &column.default {
                check(self, it, Use::Default(&column.kind));
            }
        }
        for it in &own.constraints {
            if let ConstraintKind::Check(it) = &it.kind {
                check(self, it, Use::Check);
            }
        }
        for it in own.indexes.iter().filter_map(|it| it.filter.as_ref()) {
            check(self, it, Use::IndexFilter);
        }
        for it in own.policies.iter().flat_map(|it| it.using.iter().chain(&it.check)) {
            check(self, it, Use::Policy);
        }
        if let Access::Expr(it) = &own.access {
            check(self, it, Use::Policy);
        }
        is_good
    }

    fn set_nullable(&mut self, table: usize, at: usize, nullable: &Spanned<bool>) {
        let own = &mut self.schema.tables[table];
        let is_key = own.primary_key.contains(&own.columns[at].name);
        if is_key && nullable.value {
            let message =
                format!("`{}` is of the primary key, which is never null", own.columns[at].name);
            self.report(&rules::still_in_use::RULE, nullable.origin, message);
            return;
        }
        own.columns[at].nullable = nullable.value;
    }

    fn change_unique(&mut self, table: usize, at: usize, unique: &Spanned<bool>) {
        let own = &self.schema.tables[table];
        let name = own.columns[at].name.clone();
        let constraint = own
            .constraints
            .iter()
            .position(|it| matches!(&it.kind, ConstraintKind::Unique(it) if *it == [name.clone()]));
        let is_unique = own.columns[at].unique || constraint.is_some();
        if unique.value {
            if !is_unique {
                self.set_unique(table, at, unique.origin);
            }
            return;
        }
        let used = match constraint {
            Some(it) if !own.columns[at].unique => self.user_of_key(table, &[name], Some(it)),
            _ => self.user_of_key(table, &[name], None),
        };
        if let Some((place, what)) = used {
            let message = format!("the column being unique is still in use by {what}");
            self.report(&rules::still_in_use::RULE, unique.origin, message)
                .related(place, "it is used here");
            return;
        }
        let own = &mut self.schema.tables[table];
        let derived = super::unique_name(own, own.columns[at].stem());
        if std::mem::take(&mut own.columns[at].unique) {
            self.taken.remove(&derived);
        } else if let Some(it) = constraint {
            let gone = own.constraints.remove(it);
            self.taken.remove(&gone.name);
        }
    }

    pub(super) fn set_rls(&mut self, table: &Name, rls: &RlsDef) {
        let Some(table) = self.need_table(table) else { return };
        if let Some(access) = self.access(table, rls) {
            self.schema.tables[table].access = access;
        }
    }

    pub(super) fn comment(&mut self, table: &Name, column: Option<&Name>, text: Option<&String>) {
        let Some(table) = self.need_table(table) else { return };
        let text = text.filter(|it| !it.is_empty()).cloned();
        match column {
            None => self.schema.tables[table].comment = text,
            Some(column) => {
                if let Some(at) = self.need_column(table, column) {
                    self.schema.tables[table].columns[at].comment = text;
                }
            }
        }
    }
}
