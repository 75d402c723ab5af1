//! Steps that make things: plainly where nothing can have rows yet, in stages where something may.

use super::catalog::{Body, Column, Constraint, ConstraintKind, Key, Kind, Object};
use super::draft::{Draft, Place, id};
use super::gone::{concurrently, drop_part, points_to, table_script};
use super::plan::{Builder, RANK_CREATE, RANK_LAST};
use super::render::{self, Statements};
use super::{checks, render::joined};
use crate::plan::{Back, Change, LockMode, Part};
use std::collections::BTreeMap;

impl Builder<'_> {
    pub(super) fn add_creates(&mut self) {
        let carriers = self.made_with();
        let mut carried: BTreeMap<Key, Vec<Key>> = BTreeMap::new();
        for (key, carrier) in &carriers {
            carried.entry(carrier.clone()).or_default().push(key.clone());
        }
        for key in &self.changes.create {
            if !carriers.contains_key(key) {
                let with = carried.remove(key).unwrap_or_default();
                self.add_create(key, &with);
            }
        }
        for key in &self.changes.create {
            self.add_owner(key);
        }
    }

    /// What is written into the statement that makes something else: a new table's columns and
    /// constraints, a new column's default.
    fn made_with(&self) -> BTreeMap<Key, Key> {
        let create = &self.changes.create;
        let mut out = BTreeMap::new();
        for key in create {
            let object = &self.to.objects[key];
            let Some(table) = object.table.as_ref() else { continue };
            if create.contains(table) {
                let fits = match (key.kind, &object.body) {
                    (Kind::Column, _) => true,
                    (Kind::Default, _) => !self.leads_back(object, table),
                    (_, Body::Constraint(it)) => self.fits_inline(table, object, it),
                    _ => false,
                };
                if fits {
                    out.insert(key.clone(), table.clone());
                }
            } else if key.kind == Kind::Default && create.contains(&key.with_kind(Kind::Column)) {
                out.insert(key.clone(), key.with_kind(Kind::Column));
            }
        }
        out
    }

    /// Whether something it needs needs the table in turn.
    fn leads_back(&self, object: &Object, table: &Key) -> bool {
        let others =
            object.needs.iter().filter(|it| it.table() != *table || it.kind == Kind::Function);
        let others: Vec<&Key> = others.filter(|it| it.kind != Kind::Schema).collect();
        others.into_iter().any(|it| self.to.reaches(it, table))
    }

    fn fits_inline(&self, table: &Key, object: &Object, it: &Constraint) -> bool {
        let is_partition = self.to.table(table).is_some_and(|it| it.bound.is_some());
        match &it.target {
            // PostgreSQL takes no unproven constraint in CREATE TABLE.
            _ if !it.is_validated || is_partition && it.kind == ConstraintKind::Foreign => false,
            Some((target, _)) if target == table => true,
            Some((target, _)) => {
                let key_is_there = object.needs.iter().all(|need| {
                    need.table() != *target
                        || need.kind != Kind::Constraint && need.kind != Kind::Index
                        || !self.changes.create.contains(need)
                        || self.changes.create.contains(target)
                });
                key_is_there
                    && !(self.changes.create.contains(target) && points_to(self.to, target, table))
            }
            None => !self.leads_back(object, table),
        }
    }

    fn add_create(&mut self, key: &Key, with: &[Key]) {
        let object = &self.to.objects[key];
        let rank = RANK_CREATE + key.kind as u8;
        let nodes = match &object.body {
            Body::Table(_) => vec![self.make_table(key, with)],
            Body::Column(column) => vec![self.make_column(key, object, column, with)],
            Body::Constraint(it) if self.has_rows(&key.table()) => {
                self.make_constraint(key, object, it)
            }
            Body::Index(_) => vec![self.make_index(key, object)],
            Body::Default(_) => vec![self.make_default(key)],
            _ => {
                let mut sql = render::create(self.to, key);
                sql.extend(render::extras(key, object));
                let mut draft = Draft::new(Change::Create(id(self.to, key)), &sql);
                draft = draft.back(&[render::drop(self.to, key)]);
                if let Some(table) = &object.table {
                    let mode = match key.kind {
                        Kind::Trigger => LockMode::ShareRowExclusive,
                        Kind::Statistics => LockMode::ShareUpdateExclusive,
                        _ => LockMode::AccessExclusive,
                    };
                    draft = draft.lock(table, mode);
                }
                if let Body::Constraint(it) = &object.body
                    && let Some((target, _)) = &it.target
                {
                    draft = draft.lock(target, LockMode::ShareRowExclusive);
                }
                vec![self.node(Place::Main, rank, vec![draft])]
            }
        };
        let last = nodes.clone();
        self.made.insert(key.clone(), nodes);
        for it in with {
            self.made.insert(it.clone(), last.clone());
        }
    }

    fn make_table(&mut self, key: &Key, with: &[Key]) -> usize {
        let sql = table_script(self.to, key, with);
        let mut draft = Draft::new(Change::Create(id(self.to, key)), &sql)
            .back(&drop_part(self.to, key))
            .lock(key, LockMode::AccessExclusive);
        for it in with {
            if let Body::Constraint(constraint) = &self.to.objects[it].body {
                draft = draft.also(Change::Create(id(self.to, it)));
                if let Some((target, _)) = constraint.target.as_ref().filter(|it| it.0 != *key) {
                    draft = draft.lock(target, LockMode::ShareRowExclusive);
                }
            }
        }
        for parent in &self.to.table(key).expect("it is a table").parents {
            let parent = self
                .to
                .objects
                .keys()
                .find(|it| it.kind == Kind::Table && it.qualified() == *parent);
            if let Some(parent) = parent {
                let is_partition = self.to.table(key).is_some_and(|it| it.bound.is_some());
                let mode = if is_partition {
                    LockMode::AccessExclusive
                } else {
                    LockMode::ShareUpdateExclusive
                };
                draft = draft.lock(parent, mode);
            }
        }
        self.node(Place::Main, RANK_CREATE + Kind::Table as u8, vec![draft])
    }

    fn make_column(&mut self, key: &Key, object: &Object, column: &Column, with: &[Key]) -> usize {
        let mut sql = render::create(self.to, key);
        sql.extend(render::extras(key, object));
        let default = with.iter().find_map(|_| self.to.default_of(key));
        let is_stored = column.generated.as_ref().is_some_and(|it| it.1 == "STORED");
        let rewrites = is_stored
            || column.identity.is_some()
            || default.is_some_and(|it| self.to.is_volatile(it));
        let mut draft = Draft::new(Change::Create(id(self.to, key)), &sql)
            .back(&[render::drop(self.to, key)])
            .lock(&key.table(), LockMode::AccessExclusive)
            .rewrite(rewrites);
        let has_value =
            default.is_some() || column.identity.is_some() || column.generated.is_some();
        if column.not_null && !has_value && self.from.get(&key.table()).is_some() {
            draft = draft.check([checks::no_rows(self.from, key)]);
        }
        self.node(Place::Main, RANK_CREATE + Kind::Column as u8, vec![draft])
    }

    fn make_default(&mut self, key: &Key) -> usize {
        let was = self.from.default_of(&key.with_kind(Kind::Column));
        let to = self.to.default_of(&key.with_kind(Kind::Column)).unwrap_or_default().to_owned();
        let sql = render::create(self.to, key);
        let is_dropped = self.changes.drop.contains(key);
        let back = match was.filter(|_| !is_dropped) {
            Some(_) => render::create(self.from, key),
            None => vec![render::drop(self.to, key)],
        };
        let change = Change::SetDefault { column: id(self.to, key), to };
        let draft =
            Draft::new(change, &sql).back(&back).lock(&key.table(), LockMode::AccessExclusive);
        self.node(Place::Main, RANK_CREATE + Kind::Default as u8, vec![draft])
    }

    fn make_index(&mut self, key: &Key, object: &Object) -> usize {
        let Body::Index(index) = &object.body else { unreachable!("only for indexes") };
        let table = object.table.as_ref().expect("an index is of a table");
        let mut create = render::create(self.to, key);
        let extras = render::extras(key, object);
        let change = Change::Create(id(self.to, key));
        let is_plain = index.is_partitioned || !self.has_rows(table);
        if is_plain {
            create.extend(extras);
            let mode =
                if index.is_partitioned { LockMode::Share } else { LockMode::AccessExclusive };
            let draft =
                Draft::new(change, &create).back(&[render::drop(self.to, key)]).lock(table, mode);
            let draft = if self.has_rows(table) { draft.scan() } else { draft };
            return self.node(Place::Main, RANK_CREATE + Kind::Index as u8, vec![draft]);
        }
        let asked = || checks::unique_index(self.outlook(), table, key, &index.tail);
        let check = index.is_unique.then(asked).flatten();
        let drafts = concurrent(key, &create[0], change, table);
        let mut drafts = drafts.to_vec();
        drafts[1] = drafts[1].clone().check(check);
        let build = self.node(Place::Build, RANK_CREATE, drafts);
        let rest: Statements = create.into_iter().skip(1).chain(extras).collect();
        if !rest.is_empty() {
            let change = Change::Alter { object: id(self.to, key), what: "comment".to_owned() };
            let draft = Draft::new(change, &rest).lock(table, LockMode::ShareUpdateExclusive);
            let rest = self.node(Place::Late, RANK_LAST, vec![draft]);
            self.edge(build, rest);
        }
        build
    }

    /// A constraint of a table that may have rows: added unproven and proven later, or put over an
    /// index that was built without a lock.
    fn make_constraint(&mut self, key: &Key, object: &Object, it: &Constraint) -> Vec<usize> {
        let table = key.table();
        let is_spread =
            |table: &Key| self.to.table(table).is_some_and(|it| it.partition_key.is_some());
        let is_partitioned = is_spread(&table);
        // PostgreSQL proves such a reference with its own name only, and not for each partition.
        let leads_to_parts = it.target.as_ref().is_some_and(|it| is_spread(&it.0));
        let by_index =
            matches!(it.kind, ConstraintKind::Primary | ConstraintKind::Unique) && !is_partitioned;
        let plain = it.kind == ConstraintKind::Exclusion
            || (is_partitioned && it.kind != ConstraintKind::Check)
            || leads_to_parts
            || !it.is_validated;
        let found = checks::constraint(self.outlook(), key, it);
        if by_index {
            self.make_key(key, object, it, found)
        } else if plain {
            let mut sql = render::create(self.to, key);
            sql.extend(render::extras(key, object));
            let mode = self.adding_lock(it);
            let mut draft = Draft::new(Change::Create(id(self.to, key)), &sql)
                .back(&[render::drop(self.to, key)])
                .lock(&table, mode)
                .check(found);
            if it.is_validated {
                draft = draft.scan();
            }
            if let Some((target, _)) = &it.target {
                draft = draft.lock(target, LockMode::ShareRowExclusive);
            }
            vec![self.node(Place::Main, RANK_CREATE + Kind::Constraint as u8, vec![draft])]
        } else {
            self.make_in_two(key, object, it, found)
        }
    }

    fn adding_lock(&self, it: &Constraint) -> LockMode {
        if it.target.is_some() { LockMode::ShareRowExclusive } else { LockMode::AccessExclusive }
    }

    fn make_in_two(
        &mut self,
        key: &Key,
        object: &Object,
        it: &Constraint,
        found: Option<crate::plan::DataCheck>,
    ) -> Vec<usize> {
        let table = key.table();
        let mut sql = vec![format!("{} NOT VALID", render::create(self.to, key)[0])];
        sql.extend(render::extras(key, object));
        let mut draft = Draft::new(Change::Create(id(self.to, key)), &sql)
            .back(&[render::drop(self.to, key)])
            .lock(&table, self.adding_lock(it))
            .check(found);
        if let Some((target, _)) = &it.target {
            draft = draft.lock(target, LockMode::ShareRowExclusive);
        }
        let add = self.node(Place::Main, RANK_CREATE + Kind::Constraint as u8, vec![draft]);
        let prove = self.validate(key, it);
        self.edge(add, prove);
        vec![add]
    }

    /// Proves a constraint that is there unproven.
    pub(super) fn validate(&mut self, key: &Key, it: &Constraint) -> usize {
        let sql = format!("ALTER TABLE {} VALIDATE CONSTRAINT {}", key.qualified(), key.part);
        let mut draft = Draft::one(Change::Validate(id(self.to, key)), sql)
            .lock(&key.table(), LockMode::ShareUpdateExclusive)
            .scan();
        if let Some((target, _)) = &it.target {
            draft = draft.lock(target, LockMode::RowShare);
        }
        self.node(Place::Late, RANK_CREATE, vec![draft])
    }

    fn make_key(
        &mut self,
        key: &Key,
        object: &Object,
        it: &Constraint,
        found: Option<crate::plan::DataCheck>,
    ) -> Vec<usize> {
        let table = key.table();
        let tail = it.index.as_deref().unwrap_or_default();
        let index = Key::new(Kind::Index, &key.schema, &key.part, "");
        let create = format!("CREATE UNIQUE INDEX {} ON {tail}", index.name);
        let object_id = crate::plan::ObjectId {
            part: Part::Index(super::catalog::unquoted(&index.name)),
            ..id(self.to, &table)
        };
        let mut drafts = concurrent(&index, &create, Change::Create(object_id), &table);
        drafts[1] = drafts[1].clone().check(found);
        let build = self.node(Place::Build, RANK_CREATE, drafts.to_vec());
        let word = if it.kind == ConstraintKind::Primary { "PRIMARY KEY" } else { "UNIQUE" };
        let when = it.definition.find(" DEFERRABLE").map_or("", |at| &it.definition[at..]);
        let mut sql = vec![format!(
            "ALTER TABLE {} ADD CONSTRAINT {} {word} USING INDEX {}{when}",
            table.qualified(),
            key.part,
            index.name
        )];
        sql.extend(render::extras(key, object));
        let draft = Draft::new(Change::Create(id(self.to, key)), &sql)
            .back(&[render::drop(self.to, key)])
            .lock(&table, LockMode::AccessExclusive);
        let attach = self.node(Place::Late, RANK_CREATE + 2, vec![draft]);
        self.edge(build, attach);
        vec![build, attach]
    }

    /// Ties a new sequence to its column, and sets it behind the values that are there.
    fn add_owner(&mut self, key: &Key) {
        let object = &self.to.objects[key];
        let Body::Sequence(sequence) = &object.body else { return };
        let Some(owner) = &sequence.owner else { return };
        let Some(table) = &object.table else { return };
        let name = key.qualified();
        let column = Key {
            part: owner.rsplit_once('.').map_or("", |it| it.1).to_owned(),
            ..table.with_kind(Kind::Column)
        };
        let column = self
            .to
            .columns(table)
            .into_iter()
            .find(|it| format!("{}.{}", it.0.qualified(), it.0.part) == *owner)
            .map_or(column, |it| it.0.clone());
        let mut sql = render::owned_by(self.from, key, Some(table), Some(owner));
        let mut change =
            vec![Change::Alter { object: id(self.to, key), what: format!("owned by {owner}") }];
        let is_old = self.from.get(&column).is_some() && !self.changes.create.contains(&column);
        let counts =
            is_old && self.to.default_of(&column).is_some_and(|it| it.contains("nextval("));
        if counts {
            sql.push(set_counter(&render::literal(&name), &column));
            change.push(Change::WriteRows(id(self.to, key)));
        }
        let mut draft = Draft::new(change.remove(0), &sql)
            .back(&[format!("ALTER SEQUENCE {name} OWNED BY NONE")])
            .lock(table, LockMode::AccessShare);
        for it in change {
            draft = draft.also(it);
        }
        let node = self.node(Place::Main, RANK_LAST, vec![draft]);
        let before: Vec<usize> = [key, table, &column]
            .iter()
            .flat_map(|it| {
                self.made.get(*it).into_iter().chain(self.altered.get(*it)).flatten().copied()
            })
            .collect();
        before.into_iter().for_each(|it| self.edge(it, node));
    }
}

/// Sets a sequence so that the next value is above all in the column.
pub(super) fn set_counter(sequence: &str, column: &Key) -> String {
    format!(
        "SELECT setval({sequence}, greatest(coalesce(max({}), 0) + 1, 1)::bigint, false) FROM {}",
        column.part,
        column.qualified()
    )
}

/// Removes what a failed try may have left, then builds without stopping writes.
fn concurrent(index: &Key, create: &str, change: Change, table: &Key) -> [Draft; 2] {
    let drop = format!("DROP INDEX CONCURRENTLY IF EXISTS {}", index.qualified());
    let mut tidy =
        Draft::one(change.clone(), drop.clone()).lock(table, LockMode::ShareUpdateExclusive);
    tidy.step.changes.clear();
    let mut build =
        Draft::one(change, concurrently(create)).lock(table, LockMode::ShareUpdateExclusive).scan();
    build.step.back = Back::Exact(joined(&[drop]));
    [tidy, build]
}
