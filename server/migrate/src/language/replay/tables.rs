//! Adds tables and columns, and what belongs to them.

use super::super::names;
use super::super::operation::{
    AddTable, ColumnDef, ConstraintDef, ConstraintDefKind, DefaultDef, HeldDef, IndexDef, Name,
    Operation, PolicyDef, ReferenceDef, RlsDef, RlsKind,
};
use super::super::types;
use super::{State, behind, primary_key_name, unique_name};
use crate::expr::{self, Expr, Use};
use crate::rules;
use crate::schema::{
    Access, Column, Constraint, ConstraintKind, DefaultValue, Held, Index, IndexKey, Origin, Plain,
    Policy, Reference, Table, TableOptions, Type,
};

/// A new table whose references name tables that are not there yet.
pub(super) struct Waiting<'o> {
    table: String,
    def: &'o AddTable,
}

impl<'o> State<'o> {
    pub(super) fn add_table(&mut self, def: &'o AddTable, operation: &Operation) {
        let is_usable = self.check_name(&def.name, "a table");
        if let Some(there) = self.table_index(&def.name.value) {
            let message = format!("there is a table `{}` already", def.name.value);
            let origin = self.schema.tables[there].origin;
            self.report(&rules::duplicate_name::RULE, def.name.origin, message)
                .related(origin, "it was added here");
            return;
        }
        if !is_usable {
            return;
        }
        if def.columns.is_empty() {
            let message = format!("`{}` has no columns", def.name.value);
            self.report(&rules::no_columns::RULE, def.name.origin, message);
        }
        let table = self.bare_table(def, operation.origin);
        self.by_name.insert(table.name.to_lowercase(), self.schema.tables.len());
        self.new_tables.insert(table.name.clone());
        self.taken.insert(primary_key_name(&table));
        self.schema.tables.push(table);
        self.set_own_types(self.schema.tables.len() - 1, def);
        self.waiting.push(Waiting { table: def.name.value.clone(), def });
        let is_wanted = self.wanted.contains(&def.name.value.to_lowercase());
        if is_wanted {
            self.complete_waiting(false);
        } else if self.is_ready(def) {
            self.waiting.pop();
            self.complete_table(self.schema.tables.len() - 1, def);
        }
        if self.waiting.is_empty() {
            self.wanted.clear();
        } else if self.waiting.last().is_some_and(|it| it.table == def.name.value) {
            self.wanted.extend(named_tables(def).into_iter().map(str::to_lowercase));
        }
    }

    fn is_ready(&self, def: &AddTable) -> bool {
        let mut targets = def.columns.iter().filter_map(|it| it.references.as_ref());
        targets.all(|it| self.has_type(it)) && self.has_targets(def) && self.has_read_tables(def)
    }

    /// Whether a default is `now()` where PostgreSQL had it before for a moment without a zone, for
    /// which the language has none: its value depends on the session.
    fn is_held_moment(&self, table: usize, column: usize, def: &DefaultDef) -> bool {
        let own = &self.schema.tables[table];
        let column = &own.columns[column];
        let held = own.options.held.as_ref().and_then(|it| it.default_of(&column.name));
        let is_now = matches!(def, DefaultDef::Expr(it) if it.expr == Expr::Now);
        is_now && held.is_some() && column.kind == Type::Timestamp
    }

    /// Types that PostgreSQL had before are of a closed list, each for types of the language.
    fn check_held(&mut self, table: usize, column: usize) {
        let own = &self.schema.tables[table];
        let column = &own.columns[column];
        let Some(held) = &own.options.held else { return };
        let (kind, origin) = (column.kind.clone(), column.origin);
        let wrong_type = held
            .type_of(&column.name)
            .filter(|it| crate::render::held_type(&kind, it).is_none())
            .map(|it| format!("PostgreSQL cannot hold `{}` as `{it}`", types::write(&kind)));
        let wrong_default = held
            .default_of(&column.name)
            .filter(|it| !crate::render::HELD_NOW.contains(it))
            .map(|it| format!("`{it}` is no default that PostgreSQL may have for `now()`"));
        for message in wrong_type.into_iter().chain(wrong_default) {
            self.report(&rules::unknown_type::RULE, origin, message);
        }
    }

    /// The table with its columns' names, before anything is looked up.
    fn bare_table(&mut self, def: &AddTable, origin: Origin) -> Table {
        let plain = def.plain.as_ref().map(|it| Plain {
            strict: it.strict,
            types: it.types.iter().map(|(name, kind)| (name.value.clone(), kind.clone())).collect(),
        });
        let mut table = Table {
            name: def.name.value.clone(),
            options: TableOptions {
                soft_delete: def.soft_delete,
                audit_columns: def.audit_columns,
                plain,
                held: def.held.as_ref().map(held),
            },
            comment: def.comment.clone(),
            origin,
            ..Table::default()
        };
        let mut number = 1;
        while self.taken.contains(&primary_key_name(&table)) {
            number += 1;
            table.stem = Some(format!("{}_{number}", table.name));
        }
        for it in &def.columns {
            if self.is_new_column(&table, &it.name) {
                table.columns.push(Column {
                    name: it.name.value.clone(),
                    origin: it.origin,
                    nullable: it.primary_key.is_none(),
                    ..Column::default()
                });
            }
        }
        let keys = def.columns.iter().filter(|it| it.primary_key.is_some());
        table.primary_key = keys.map(|it| it.name.value.clone()).collect();
        table
    }

    fn is_new_column(&mut self, table: &Table, name: &Name) -> bool {
        if !self.check_name(name, "a column") {
            return false;
        }
        let there = table.columns.iter().find(|it| it.name.eq_ignore_ascii_case(&name.value));
        if let Some(there) = there {
            let message = format!("`{}` has a column `{}` already", table.name, there.name);
            let origin = there.origin;
            self.report(&rules::duplicate_name::RULE, name.origin, message)
                .related(origin, "it was added here");
        }
        there.is_none()
    }

    /// Completes the tables whose references can be looked up; all of them when `at_end`.
    fn complete_waiting(&mut self, at_end: bool) {
        let mut at = 0;
        while at < self.waiting.len() {
            let def = self.waiting[at].def;
            if !at_end && !self.is_ready(def) {
                at += 1;
                continue;
            }
            let it = self.waiting.remove(at);
            if let Some(table) = self.table_index(&it.table) {
                self.complete_table(table, it.def);
            }
            // What was completed may be what an earlier one waits for.
            at = 0;
        }
    }

    pub(super) fn end_migration(&mut self) {
        self.complete_waiting(true);
        self.wanted.clear();
    }

    /// Whether the table that a reference names is there and has its types.
    fn has_type(&self, reference: &ReferenceDef) -> bool {
        let Some(index) = self.table_index(&reference.table.value) else { return false };
        let name = &self.schema.tables[index].name;
        let mut waiting = self.waiting.iter().filter(|it| it.table == *name);
        // A table that waits itself still has the types that its columns say.
        waiting.all(|it| {
            let wanted = reference.column.as_ref().map(|it| it.value.as_str());
            let mut columns = it.def.columns.iter().filter(|it| match wanted {
                Some(wanted) => it.name.value == wanted,
                None => it.primary_key.is_some(),
            });
            columns.all(|it| it.references.is_none())
        })
    }

    fn has_targets(&self, def: &AddTable) -> bool {
        def.constraints.iter().all(|it| match &it.kind {
            ConstraintDefKind::ForeignKey { table, .. } => self.table_index(&table.value).is_some(),
            _ => true,
        })
    }

    /// Whether the tables that policies read are there, complete.
    fn has_read_tables(&self, def: &AddTable) -> bool {
        let read = read_tables(def);
        read.iter().filter(|it| **it != def.name.value).all(|it| {
            self.table_index(it).is_some() && self.waiting.iter().all(|other| other.table != **it)
        })
    }

    fn complete_table(&mut self, table: usize, def: &AddTable) {
        for it in &def.columns {
            self.complete_column(table, it, def.columns.len());
        }
        self.add_flag_columns(table);
        for it in &def.constraints {
            self.add_constraint(table, it);
        }
        for it in &def.indexes {
            self.add_index(table, it);
        }
        if let Some(rls) = &def.rls {
            let access = self.access(table, rls);
            self.schema.tables[table].access = access.unwrap_or_default();
        }
        for it in &def.policies {
            self.add_policy(table, it);
        }
    }

    /// Types that need no other table, so that tables can reference each other and themselves.
    fn set_own_types(&mut self, table: usize, def: &AddTable) {
        for it in &def.columns {
            let kind = own_type(it);
            let columns = &mut self.schema.tables[table].columns;
            let column = columns.iter_mut().find(|column| column.name == it.name.value);
            if let (Some(column), Some(kind)) = (column, kind) {
                column.kind = kind;
            }
        }
    }

    pub(super) fn add_columns(&mut self, table: &Name, columns: &[ColumnDef]) {
        let Some(table) = self.need_table(table) else { return };
        for def in columns {
            let own = self.schema.tables[table].clone();
            if !self.is_new_column(&own, &def.name) {
                continue;
            }
            if let Some(origin) = def.primary_key {
                let message = format!("`{}` has its primary key from when it was added", own.name);
                self.report(&rules::several_primary_keys::RULE, origin, message);
                continue;
            }
            let column = Column {
                name: def.name.value.clone(),
                origin: def.origin,
                nullable: true,
                ..Column::default()
            };
            self.schema.tables[table].columns.push(column);
            self.new_columns.insert((own.name.clone(), def.name.value.clone()));
            self.complete_column(table, def, 0);
        }
    }

    /// Looks up what a column names, and derives what it leaves out.
    fn complete_column(&mut self, table: usize, def: &ColumnDef, n_new: usize) {
        let own = &self.schema.tables[table];
        let Some(at) = own.columns.iter().position(|it| it.name == def.name.value) else { return };
        if own.columns[at].origin != def.origin && n_new > 0 {
            return;
        }
        let is_key = own.primary_key.contains(&def.name.value);
        let is_only_key = is_key && own.primary_key.len() == 1;
        let reference = def.references.as_ref().and_then(|it| self.reference(it));
        let kind = self.column_type(def, reference.as_ref());
        // SQLite lets keys of old tables be null.
        let said = def.nullable.as_ref().map(|it| it.value);
        let is_plain = self.schema.tables[table].options.plain.is_some();
        let nullable = if is_key { is_plain && said == Some(true) } else { said.unwrap_or(true) };
        let column = &mut self.schema.tables[table].columns[at];
        column.kind = kind.clone();
        column.nullable = nullable;
        self.check_held(table, at);
        if let Some(reference) = reference {
            self.set_reference(
                table,
                at,
                reference,
                def.references.as_ref().map_or(def.origin, |it| it.origin),
            );
        }
        let default = match &def.default {
            Some(it) if self.is_held_moment(table, at, it) => Some(DefaultValue::Now),
            Some(it) => self.default(table, it, &kind, is_only_key),
            None if is_only_key && kind == Type::Uuid && def.references.is_none() => {
                Some(DefaultValue::RandomUuid)
            }
            None => None,
        };
        self.schema.tables[table].columns[at].default = default;
        if let Some(origin) = def.unique.filter(|_| !is_only_key) {
            self.set_unique(table, at, origin);
        }
        if let Some(check) = &def.check
            && self.check_formula(table, check, Use::Check)
        {
            self.schema.tables[table].columns[at].check = Some(check.expr.clone());
        }
    }

    fn column_type(&mut self, def: &ColumnDef, reference: Option<&(Reference, Type)>) -> Type {
        let said = own_type(def);
        match (said, reference) {
            (Some(said), Some((target, kind))) if def.kind.is_some() => {
                if !fits(&said, kind) {
                    self.report_mismatch(def, &said, target, kind);
                }
                said
            }
            (_, Some((_, kind))) => kind.clone(),
            (Some(said), None) => said,
            (None, None) => {
                if def.references.is_none() {
                    let message = format!("`{}` has no type", def.name.value);
                    let at = behind(def.name.origin.span);
                    self.report(&rules::missing_type::RULE, def.name.origin, message).fix(
                        "Make it `text`",
                        vec![(at, " text".to_owned())],
                        false,
                    );
                }
                Type::Text
            }
        }
    }

    fn report_mismatch(&mut self, def: &ColumnDef, said: &Type, target: &Reference, kind: &Type) {
        let Some(place) = &def.kind else { return };
        let (said, kind) = (types::write(said), types::write(kind));
        let message = format!(
            "`{}` is `{said}`, but `{}.{}` is `{kind}`",
            def.name.value, target.table, target.column
        );
        self.report(&rules::fk_type_mismatch::RULE, place.origin, message).fix(
            format!("Write `{kind}`"),
            vec![(place.origin.span, kind)],
            false,
        );
    }

    /// The reference with its target looked up, and the target's type.
    pub(super) fn reference(&mut self, def: &ReferenceDef) -> Option<(Reference, Type)> {
        let table = self.need_table(&def.table)?;
        let own = &self.schema.tables[table];
        let column = match &def.column {
            Some(name) => self.need_column(table, name)?,
            None => match own.primary_key.as_slice() {
                [key] => own.columns.iter().position(|it| it.name == *key)?,
                _ => {
                    let message =
                        format!("`{}` has no primary key of one column: name the column", own.name);
                    self.report(&rules::fk_to_non_unique::RULE, def.table.origin, message);
                    return None;
                }
            },
        };
        let own = &self.schema.tables[table];
        let target = &own.columns[column];
        let reference = Reference {
            table: own.name.clone(),
            column: target.name.clone(),
            on_delete: def.on_delete,
            on_update: def.on_update,
        };
        let kind = target.kind.clone();
        if !is_unique(own, std::slice::from_ref(&reference.column)) {
            let message = format!(
                "`{}.{}` is neither the primary key nor unique",
                reference.table, reference.column
            );
            let (origin, place) = (target.origin, def.column.as_ref().unwrap_or(&def.table).origin);
            self.report(&rules::fk_to_non_unique::RULE, place, message)
                .related(origin, "make it `unique`");
            return None;
        }
        Some((reference, kind))
    }

    pub(super) fn set_reference(
        &mut self,
        table: usize,
        column: usize,
        (reference, _): (Reference, Type),
        origin: Origin,
    ) {
        let own = &mut self.schema.tables[table];
        own.columns[column].references = Some(reference);
        self.new_references.push((own.name.clone(), origin));
    }

    /// Marks a column unique; as a constraint with another name where the derived one is taken.
    pub(super) fn set_unique(&mut self, table: usize, column: usize, origin: Origin) {
        let own = &self.schema.tables[table];
        let name = unique_name(own, own.columns[column].stem());
        if self.taken.insert(name.clone()) {
            self.schema.tables[table].columns[column].unique = true;
            return;
        }
        let name = self.fresh(name);
        let own = &mut self.schema.tables[table];
        let kind = ConstraintKind::Unique(vec![own.columns[column].name.clone()]);
        own.constraints.push(Constraint { name, kind, origin });
    }

    pub(super) fn default(
        &mut self,
        table: usize,
        def: &DefaultDef,
        kind: &Type,
        is_only_key: bool,
    ) -> Option<DefaultValue> {
        match def {
            DefaultDef::RandomUuid(it) => {
                if *kind == Type::Uuid {
                    return Some(DefaultValue::RandomUuid);
                }
                let message =
                    format!("a column of type `{}` cannot hold a uuid", types::write(kind));
                self.report(&rules::invalid_expression::RULE, it.origin, message);
                None
            }
            DefaultDef::Identity(it) => {
                let is_whole = matches!(kind, Type::SmallInt | Type::Integer | Type::BigInt);
                if is_only_key && is_whole {
                    return Some(DefaultValue::Identity);
                }
                let message = "`identity` is for the one integer column that is the primary key";
                self.report(&rules::misplaced_identity::RULE, it.origin, message);
                None
            }
            DefaultDef::Expr(it) => {
                if !self.check_formula(table, it, Use::Default(kind)) {
                    return None;
                }
                match &it.expr {
                    Expr::Now => Some(DefaultValue::Now),
                    Expr::Null => None,
                    other => Some(DefaultValue::Expr(other.clone())),
                }
            }
        }
    }

    /// Columns that `soft_delete` and `audit_columns` stand for, where the author has not his own.
    fn add_flag_columns(&mut self, table: usize) {
        let user = expr::user_id_type(&self.schema).cloned().unwrap_or(Type::Uuid);
        let own = &mut self.schema.tables[table];
        let moment = |name: &str, is_set: bool| Column {
            name: name.to_owned(),
            kind: Type::TimestampTz,
            nullable: !is_set,
            default: is_set.then_some(DefaultValue::Now),
            ..Column::default()
        };
        let person = |name: &str| Column {
            name: name.to_owned(),
            kind: user.clone(),
            nullable: true,
            ..Column::default()
        };
        let mut wanted = Vec::new();
        if own.options.audit_columns {
            wanted.extend([moment("created_at", true), moment("updated_at", true)]);
            wanted.extend([person("created_by"), person("updated_by")]);
        }
        if own.options.soft_delete {
            wanted.push(moment("deleted_at", false));
        }
        for mut column in wanted {
            if own.column(&column.name).is_none() {
                column.origin = own.origin;
                own.columns.push(column);
            }
        }
    }

    pub(super) fn add_index(&mut self, table: usize, def: &IndexDef) {
        let mut keys = Vec::with_capacity(def.keys.len());
        for key in &def.keys {
            if let Expr::Column { name, outer: false } = &key.value.expr {
                let name = Name { value: name.clone(), origin: key.value.origin };
                let Some(column) = self.need_column(table, &name) else { return };
                let name = self.schema.tables[table].columns[column].name.clone();
                keys.push(IndexKey { expr: Expr::column(name), descending: key.descending });
            } else if self.check_formula(table, &key.value, Use::IndexKey) {
                keys.push(IndexKey { expr: key.value.expr.clone(), descending: key.descending });
            } else {
                return;
            }
        }
        if let Some(filter) = &def.filter
            && !self.check_formula(table, filter, Use::IndexFilter)
        {
            return;
        }
        let name = match &def.name {
            Some(name) => match self.own_name(name, "an index") {
                Some(it) => it,
                None => return,
            },
            None => {
                let base = index_name(&self.schema.tables[table], &keys);
                self.fresh(base)
            }
        };
        let filter = def.filter.as_ref().map(|it| it.expr.clone());
        let index = Index { name, keys, unique: def.unique, filter, origin: def.origin };
        self.schema.tables[table].indexes.push(index);
    }

    /// A name that the author gave to an index or constraint, when nothing has it.
    fn own_name(&mut self, name: &Name, what: &str) -> Option<String> {
        if !self.check_name(name, what) {
            return None;
        }
        if !self.taken.insert(name.value.clone()) {
            let message = format!("there is an index or constraint `{}` already", name.value);
            self.report(&rules::duplicate_name::RULE, name.origin, message);
            return None;
        }
        Some(name.value.clone())
    }

    pub(super) fn add_constraint(&mut self, table: usize, def: &ConstraintDef) {
        let Some(kind) = self.constraint_kind(table, def) else { return };
        let name = match &def.name {
            Some(name) => match self.own_name(name, "a constraint") {
                Some(it) => it,
                None => return,
            },
            None => {
                let base = constraint_name(&self.schema.tables[table], &kind);
                self.fresh(base)
            }
        };
        let constraint = Constraint { name, kind, origin: def.origin };
        self.schema.tables[table].constraints.push(constraint);
    }

    /// `None` when it was refused, or became the primary key.
    fn constraint_kind(&mut self, table: usize, def: &ConstraintDef) -> Option<ConstraintKind> {
        match &def.kind {
            ConstraintDefKind::PrimaryKey(columns) => {
                self.set_primary_key(table, columns, def.origin);
                None
            }
            ConstraintDefKind::Unique(columns) => {
                self.own_column_names(table, columns).map(ConstraintKind::Unique)
            }
            ConstraintDefKind::Check(it) => self
                .check_formula(table, it, Use::Check)
                .then(|| ConstraintKind::Check(it.expr.clone())),
            ConstraintDefKind::ForeignKey { columns, table: to, target, on_delete, on_update } => {
                let columns = self.own_column_names(table, columns)?;
                let (to, target) = self.targets(table, &columns, to, target, def.origin)?;
                self.new_references.push((self.schema.tables[table].name.clone(), def.origin));
                let (on_delete, on_update) = (*on_delete, *on_update);
                Some(ConstraintKind::ForeignKey {
                    columns,
                    table: to,
                    target,
                    on_delete,
                    on_update,
                })
            }
        }
    }

    fn own_column_names(&mut self, table: usize, names: &[Name]) -> Option<Vec<String>> {
        let mut out: Vec<String> = Vec::with_capacity(names.len());
        for name in names {
            let column = self.need_column(table, name)?;
            let found = self.schema.tables[table].columns[column].name.clone();
            if out.contains(&found) {
                let message = format!("`{found}` is listed twice");
                self.report(&rules::duplicate_name::RULE, name.origin, message);
                return None;
            }
            out.push(found);
        }
        Some(out)
    }

    fn set_primary_key(&mut self, table: usize, columns: &[Name], origin: Origin) {
        let Some(columns) = self.own_column_names(table, columns) else { return };
        let own = &mut self.schema.tables[table];
        let is_new = self.new_tables.contains(&own.name);
        if !own.primary_key.is_empty() || !is_new {
            let message =
                format!("`{}` has its primary key already, or from when it was added", own.name);
            self.report(&rules::several_primary_keys::RULE, origin, message);
            return;
        }
        for column in own.columns.iter_mut().filter(|it| columns.contains(&it.name)) {
            column.nullable = false;
        }
        own.primary_key = columns;
    }

    /// The table and columns that a constraint references, when they fit.
    fn targets(
        &mut self,
        own: usize,
        columns: &[String],
        table: &Name,
        target: &[Name],
        origin: Origin,
    ) -> Option<(String, Vec<String>)> {
        let to = self.need_table(table)?;
        let target = match target {
            [] => self.schema.tables[to].primary_key.clone(),
            names => self.own_column_names(to, names)?,
        };
        let (from, other) = (&self.schema.tables[own], &self.schema.tables[to]);
        let name = other.name.clone();
        if target.len() != columns.len() {
            let message = format!("{} columns reference {}", columns.len(), target.len());
            self.report(&rules::fk_type_mismatch::RULE, origin, message);
            return None;
        }
        if !is_unique(other, &target) {
            let message =
                format!("`{name} ({})` is neither the primary key nor unique", target.join(", "));
            self.report(&rules::fk_to_non_unique::RULE, origin, message);
            return None;
        }
        let pairs = columns.iter().zip(&target);
        let wrong = pairs.filter_map(|(a, b)| Some((from.column(a)?, other.column(b)?)));
        let wrong = wrong.filter(|(a, b)| !fits(&a.kind, &b.kind)).map(|(a, b)| {
            let (left, right) = (types::write(&a.kind), types::write(&b.kind));
            format!("`{}` is `{left}`, but `{name}.{}` is `{right}`", a.name, b.name)
        });
        let wrong: Vec<String> = wrong.collect();
        for message in &wrong {
            self.report(&rules::fk_type_mismatch::RULE, origin, message.clone());
        }
        wrong.is_empty().then_some((name, target))
    }

    /// The access that `rls` means for a table.
    pub(super) fn access(&mut self, table: usize, rls: &RlsDef) -> Option<Access> {
        match &rls.kind {
            RlsKind::Public => Some(Access::Public),
            RlsKind::Deny => Some(Access::Deny),
            RlsKind::OwnRow { column } => {
                Some(Access::OwnRow { column: self.owner(table, column.as_ref(), rls)? })
            }
            RlsKind::OwnOrPublic { column, flag } => {
                let column = self.owner(table, column.as_ref(), rls)?;
                let flag = match flag {
                    Some(flag) => Some(self.flag(table, flag)?),
                    None => None,
                };
                Some(Access::OwnOrPublic { column, flag })
            }
            RlsKind::MemberOf { table: members, via } => {
                let members = self.need_table(members)?;
                let column = self.need_column(members, via)?;
                let column = &self.schema.tables[members].columns[column];
                let own = &self.schema.tables[table];
                // A member of the row itself: `memberships.team_id` references `teams`.
                let is_itself = column.references.as_ref().is_some_and(|it| it.table == own.name);
                let name = column.name.clone();
                if !is_itself {
                    self.need_column(table, via)?;
                }
                let table = self.schema.tables[members].name.clone();
                Some(Access::MemberOf { table, via: name })
            }
            RlsKind::Role(role) => Some(Access::Role(role.clone())),
            RlsKind::Expr(it) => {
                if let Expr::Column { name, .. } = &it.expr
                    && self.schema.tables[table].column(name).is_none()
                {
                    let message = format!(
                        "`{name}` is neither a policy nor a column: a role is written `role({name})`"
                    );
                    let fix = (it.origin.span, format!("role({name})"));
                    self.report(&rules::unknown_policy::RULE, it.origin, message).fix(
                        format!("Write `role({name})`"),
                        vec![fix],
                        false,
                    );
                    return None;
                }
                self.check_formula(table, it, Use::Policy).then(|| Access::Expr(it.expr.clone()))
            }
        }
    }

    fn flag(&mut self, table: usize, flag: &Name) -> Option<String> {
        let column = self.need_column(table, flag)?;
        let column = &self.schema.tables[table].columns[column];
        if column.kind == Type::Boolean {
            return Some(column.name.clone());
        }
        let message = format!(
            "`{}` is `{}`, but a flag is `boolean`",
            column.name,
            types::write(&column.kind)
        );
        self.report(&rules::unknown_policy::RULE, flag.origin, message);
        None
    }

    /// The column that says whose a row is: the one named, or the one reference to the users.
    fn owner(&mut self, table: usize, column: Option<&Name>, rls: &RlsDef) -> Option<String> {
        if let Some(name) = column {
            let column = self.need_column(table, name)?;
            return Some(self.schema.tables[table].columns[column].name.clone());
        }
        let users = expr::users_table(&self.schema).map(|it| it.name.clone());
        let own = &self.schema.tables[table];
        let to_users = own.columns.iter().filter(|it| {
            it.references.as_ref().is_some_and(|it| Some(&it.table) == users.as_ref())
        });
        let found: Vec<String> = to_users.map(|it| it.name.clone()).collect();
        if let [owner] = found.as_slice() {
            return Some(owner.clone());
        }
        let word =
            if matches!(rls.kind, RlsKind::OwnRow { .. }) { "own-row" } else { "own-or-public" };
        let message = match (&users, found.as_slice()) {
            (None, _) => format!(
                "there is no table of users to own rows of `{}`: name the column in `{word}(column)`",
                own.name
            ),
            (Some(users), []) => format!(
                "`{}` has no reference to `{users}`: name the column in `{word}(column)`",
                own.name
            ),
            (Some(users), many) => format!(
                "`{}` references `{users}` {} times: say which column owns a row",
                own.name,
                many.len()
            ),
        };
        // The users' own table belongs to its key.
        let own_key = match own.primary_key.as_slice() {
            [key] if users.as_ref() == Some(&own.name) => Some(key.clone()),
            _ => None,
        };
        let mut report = self.report(&rules::ambiguous_owner::RULE, rls.origin, message);
        for column in found.into_iter().chain(own_key) {
            let text = format!("{word}({column})");
            report = report.fix(format!("Write `{text}`"), vec![(rls.origin.span, text)], false);
        }
        None
    }

    pub(super) fn add_policy(&mut self, table: usize, def: &PolicyDef) {
        if !self.check_name(&def.name, "a policy") {
            return;
        }
        let own = &self.schema.tables[table];
        if let Some(there) = own.policies.iter().find(|it| it.name == def.name.value) {
            let (origin, message) =
                (there.origin, format!("`{}` has a policy `{}` already", own.name, there.name));
            self.report(&rules::duplicate_name::RULE, def.name.origin, message)
                .related(origin, "it was added here");
            return;
        }
        let formulas = def.using.iter().chain(&def.check);
        let mut is_good = true;
        for it in formulas {
            is_good &= self.check_formula(table, it, Use::Policy);
        }
        if is_good {
            let policy = Policy {
                name: def.name.value.clone(),
                commands: if def.commands.is_empty() { ALL.to_vec() } else { def.commands.clone() },
                using: def.using.as_ref().map(|it| it.expr.clone()),
                check: def.check.as_ref().map(|it| it.expr.clone()),
                origin: def.name.origin,
            };
            self.schema.tables[table].policies.push(policy);
        }
    }
}

const ALL: [crate::schema::Command; 4] = [
    crate::schema::Command::Select,
    crate::schema::Command::Insert,
    crate::schema::Command::Update,
    crate::schema::Command::Delete,
];

/// The tables that a table's policies read.
fn read_tables(def: &AddTable) -> Vec<&str> {
    let mut read: Vec<&str> = Vec::new();
    let mut formulas: Vec<&Expr> = Vec::new();
    match def.rls.as_ref().map(|it| &it.kind) {
        Some(RlsKind::MemberOf { table, .. }) => read.push(&table.value),
        Some(RlsKind::Expr(it)) => formulas.push(&it.expr),
        _ => {}
    }
    let policies = def.policies.iter().flat_map(|it| it.using.iter().chain(&it.check));
    formulas.extend(policies.map(|it| &it.expr));
    for formula in formulas {
        formula.walk(&mut |it| {
            if let Expr::Exists { table, .. } = it {
                read.push(table);
            }
        });
    }
    read
}

/// Every table that a new one names.
fn named_tables(def: &AddTable) -> Vec<&str> {
    let mut out = read_tables(def);
    let references = def.columns.iter().filter_map(|it| it.references.as_ref());
    out.extend(references.map(|it| it.table.value.as_str()));
    out.extend(def.constraints.iter().filter_map(|it| match &it.kind {
        ConstraintDefKind::ForeignKey { table, .. } => Some(table.value.as_str()),
        _ => None,
    }));
    out
}

/// The type that a column says or implies without its reference.
fn own_type(def: &ColumnDef) -> Option<Type> {
    if let Some(kind) = &def.kind {
        return Some(kind.value.clone());
    }
    match &def.default {
        Some(DefaultDef::Identity(_)) => Some(Type::BigInt),
        Some(DefaultDef::RandomUuid(_)) => Some(Type::Uuid),
        Some(DefaultDef::Expr(it)) if it.expr == Expr::Now => Some(Type::TimestampTz),
        _ if def.primary_key.is_some() && def.references.is_none() => Some(Type::Uuid),
        _ => None,
    }
}

/// Whether a value of one type can be looked up among values of the other.
pub(super) fn fits(left: &Type, right: &Type) -> bool {
    let is_text = |it: &Type| matches!(it, Type::Text | Type::Varchar(_));
    left == right || (is_text(left) && is_text(right))
}

/// Whether no two rows of `table` agree in `columns`.
pub(super) fn is_unique(table: &Table, columns: &[String]) -> bool {
    let same = |other: &[String]| {
        other.len() == columns.len() && other.iter().all(|it| columns.contains(it))
    };
    let by_column = || match columns {
        [one] => table.column(one).is_some_and(|it| it.unique),
        _ => false,
    };
    let by_constraint = || {
        table
            .constraints
            .iter()
            .any(|it| matches!(&it.kind, ConstraintKind::Unique(it) if same(it)))
    };
    let by_index = || {
        table.indexes.iter().any(|it| {
            let names: Option<Vec<String>> = it
                .keys
                .iter()
                .map(|it| match &it.expr {
                    Expr::Column { name, .. } => Some(name.clone()),
                    _ => None,
                })
                .collect();
            it.unique && it.filter.is_none() && names.is_some_and(|it| same(&it))
        })
    };
    same(&table.primary_key) || by_column() || by_constraint() || by_index()
}

/// The derived name of an index, before it is made different from others.
pub(crate) fn index_name(table: &Table, keys: &[IndexKey]) -> String {
    let mut parts = vec![table.stem()];
    for key in keys {
        parts.push(match &key.expr {
            Expr::Column { name, .. } => table.column(name).map_or(name.as_str(), Column::stem),
            _ => "expr",
        });
    }
    parts.push("idx");
    names::derive(&parts)
}

/// The derived name of a constraint, before it is made different from others.
pub(crate) fn constraint_name(table: &Table, kind: &ConstraintKind) -> String {
    let mut parts = vec![table.stem()];
    let stem =
        |name: &'_ String| table.column(name).map_or(name.clone(), |it| it.stem().to_owned());
    let columns: Vec<String> = super::own_columns(kind).iter().map(stem).collect();
    parts.extend(columns.iter().map(String::as_str));
    parts.push(match kind {
        ConstraintKind::Unique(_) => "key",
        ConstraintKind::Check(_) => "check",
        ConstraintKind::ForeignKey { .. } => "fkey",
    });
    names::derive(&parts)
}

fn held(def: &HeldDef) -> Held {
    let pairs = |all: &[(Name, Name)]| {
        all.iter().map(|(name, word)| (name.value.clone(), word.value.clone())).collect()
    };
    let names = |all: &[Name]| all.iter().map(|it| it.value.clone()).collect();
    Held {
        types: pairs(&def.types),
        defaults: pairs(&def.defaults),
        serial: names(&def.serial),
        always: names(&def.always),
    }
}
