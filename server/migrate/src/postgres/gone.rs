//! Steps that drop things, and how each is given back.

use super::catalog::{Body, Catalog, Column, ConstraintKind, Key, Kind, Object, Table};
use super::draft::{Draft, Place, id};
use super::plan::{Builder, RANK_DROP};
use super::render::{self, Statements};
use crate::plan::{Change, LockMode};
use std::collections::{BTreeMap, BTreeSet};

impl Builder<'_> {
    pub(super) fn add_drops(&mut self) {
        let carriers = self.carriers();
        let mut carried: BTreeMap<Key, Vec<Key>> = BTreeMap::new();
        for (key, carrier) in &carriers {
            carried.entry(carrier.clone()).or_default().push(key.clone());
        }
        for key in &self.changes.drop {
            if carriers.contains_key(key) {
                continue;
            }
            let with = carried.remove(key).unwrap_or_default();
            let (place, draft) = self.drop_draft(key, &with);
            let rank = RANK_DROP + (Kind::Other as u8 - key.kind as u8);
            let node = self.node(place, rank, vec![draft]);
            if place.is_outside() {
                self.strip(key, node);
            }
            self.gone.insert(key.clone(), node);
            self.gone.extend(with.into_iter().map(|it| (it, node)));
        }
    }

    /// What goes with the drop of something else: the parts of a table, what is over a column.
    fn carriers(&self) -> BTreeMap<Key, Key> {
        let drop = &self.changes.drop;
        let mut out = BTreeMap::new();
        for key in drop {
            let object = &self.from.objects[key];
            let table = object.table.as_ref().filter(|it| drop.contains(*it));
            if let Some(table) = table.filter(|it| !self.is_circular(it, object)) {
                out.insert(key.clone(), table.clone());
            } else if table.is_none() && object.table.is_some() && key.kind != Kind::Column {
                let own = object.needs.iter().filter(|it| {
                    it.kind == Kind::Column && object.table.as_ref() == Some(&it.table())
                });
                let column = own.into_iter().find_map(|it| self.dropped_with(it));
                let goes = matches!(
                    key.kind,
                    Kind::Default | Kind::Index | Kind::Constraint | Kind::Statistics
                );
                let owner = match (&object.body, key.kind) {
                    (Body::Sequence(it), _) => {
                        let owner = it.owner.clone().unwrap_or_default();
                        drop.iter().find(|it| {
                            it.kind == Kind::Column
                                && format!("{}.{}", it.qualified(), it.part) == owner
                        })
                    }
                    _ => None,
                };
                if let Some(column) = column.filter(|_| goes).or(owner) {
                    out.insert(key.clone(), column.clone());
                }
            }
        }
        // A column goes with its table, and what goes with the column then does too.
        let tables: Vec<(Key, Key)> =
            out.iter().filter_map(|(key, of)| Some((key.clone(), out.get(of)?.clone()))).collect();
        out.extend(tables);
        out
    }

    /// The dropped column with which a column goes: itself, or the one of a parent.
    fn dropped_with<'k>(&'k self, column: &'k Key) -> Option<&'k Key> {
        let drop = &self.changes.drop;
        if drop.contains(column) {
            return Some(column);
        }
        let is_inherited = self.from.column(column).is_some_and(|it| it.is_inherited);
        let parents = &self.from.table(column).filter(|_| is_inherited)?.parents;
        let is_kept = self.to.objects.contains_key(column);
        drop.iter().find(|it| {
            it.kind == Kind::Column
                && it.part == column.part
                && parents.contains(&it.qualified())
                && !is_kept
        })
    }

    /// A foreign key between dropped tables that point at each other goes first, by itself.
    fn is_circular(&self, table: &Key, object: &Object) -> bool {
        let Body::Constraint(it) = &object.body else { return false };
        let Some((target, _)) = &it.target else { return false };
        target != table && self.changes.drop.contains(target) && points_to(self.from, target, table)
    }

    /// Takes the comment off an index, and the clustering by it, first: outside a transaction a step is
    /// one statement, and so is its way back.
    fn strip(&mut self, key: &Key, drop: usize) {
        let object = &self.from.objects[key];
        let mut back = render::create(self.from, key);
        let is_clustered = back.len() > 1;
        back.remove(0);
        back.extend(render::extras(key, object));
        if back.is_empty() {
            return;
        }
        let bare = Object { comment: None, ..object.clone() };
        let mut forth = render::extras_between(key, object, &bare);
        if let Some(table) = object.table.as_ref().filter(|_| is_clustered) {
            forth.push(format!("ALTER TABLE {} SET WITHOUT CLUSTER", table.qualified()));
        }
        let what = if is_clustered { "clustering" } else { "comment" };
        let change = Change::Alter { object: id(self.from, key), what: what.to_owned() };
        let node = self.node(Place::Main, RANK_DROP, vec![Draft::new(change, &forth).back(&back)]);
        self.edge(node, drop);
    }

    fn drop_draft(&self, key: &Key, with: &[Key]) -> (Place, Draft) {
        let object = &self.from.objects[key];
        let change = Change::Drop(id(self.from, key));
        let sql = render::drop(self.from, key);
        match &object.body {
            Body::Table(_) => (Place::Main, self.drop_table(key, with)),
            Body::Column(column) => (Place::Main, self.drop_column(key, column, with)),
            Body::Index(index) => {
                let table = object.table.as_ref().expect("an index is of a table");
                let (mut create, extras) =
                    (render::create(self.from, key), render::extras(key, object));
                if index.is_partitioned {
                    create.extend(extras);
                    let draft = Draft::one(change, sql).back(&create);
                    return (Place::Main, draft.lock(table, LockMode::AccessExclusive));
                }
                let create = concurrently(&create[0]);
                let draft = Draft::one(
                    change,
                    sql.replacen("DROP INDEX", "DROP INDEX CONCURRENTLY IF EXISTS", 1),
                );
                (Place::Tear, draft.back(&[create]).lock(table, LockMode::ShareUpdateExclusive))
            }
            Body::Constraint(constraint) => {
                let mut draft = Draft::one(change, sql).back(&self.restored(key, &[]));
                draft = draft.lock(&key.table(), LockMode::AccessExclusive);
                if let Some((target, _)) = &constraint.target {
                    draft = draft.lock(target, LockMode::AccessExclusive);
                }
                (Place::Main, draft)
            }
            Body::Sequence(it) => {
                let mut back = self.restored(key, &[]);
                if let Some(owner) = &it.owner {
                    let table = object.table.as_ref();
                    back.extend(render::owned_by(self.from, key, table, Some(owner)));
                }
                let why = format!("the sequence `{}` starts anew", key.qualified());
                (Place::Main, Draft::one(change, sql).lossy(&back, why))
            }
            Body::Extension { .. } => {
                let why = format!("data of its own tables in `{}`", key.name);
                (Place::Main, Draft::one(change, sql).lossy(&self.restored(key, &[]), why))
            }
            _ => {
                let mut draft = Draft::one(change, sql).back(&self.restored(key, with));
                for it in with {
                    draft = draft.also(Change::Drop(id(self.from, it)));
                }
                if let Some(table) = &object.table {
                    draft = draft.lock(table, LockMode::AccessExclusive);
                }
                (Place::Main, draft)
            }
        }
    }

    /// Makes an object again as it was, with what went with it.
    fn restored(&self, key: &Key, with: &[Key]) -> Statements {
        let mut out = Vec::new();
        for key in std::iter::once(key).chain(with) {
            if key.kind == Kind::Function {
                // What its body names may come back later.
                out.push(render::UNCHECKED_BODIES.to_owned());
            }
            out.extend(render::create(self.from, key));
            out.extend(render::extras(key, &self.from.objects[key]));
        }
        out
    }

    fn drop_table(&self, key: &Key, with: &[Key]) -> Draft {
        let mut draft = Draft::new(Change::Drop(id(self.from, key)), &drop_part(self.from, key))
            .loses(id(self.from, key))
            .lock(key, LockMode::AccessExclusive);
        for (_, object) in self.from.parts(key, Kind::Constraint) {
            if let Body::Constraint(it) = &object.body
                && let Some((target, _)) = &it.target
            {
                draft = draft.lock(target, LockMode::AccessExclusive);
            }
        }
        let table = self.from.table(key).expect("it is a table");
        for parent in &table.parents {
            if let Some(parent) = self
                .from
                .objects
                .keys()
                .find(|it| it.kind == Kind::Table && it.qualified() == *parent)
            {
                draft = draft.lock(parent, LockMode::AccessExclusive);
            }
        }
        let mut back = table_script(self.from, key, with);
        if let Some(owner) = self.from.get(key).and_then(|it| it.owner.as_ref()) {
            back.push(format!("ALTER TABLE {} OWNER TO {owner}", key.qualified()));
        }
        draft.lossy(&back, format!("the rows of `{}`", key.qualified()))
    }

    fn drop_column(&self, key: &Key, column: &Column, with: &[Key]) -> Draft {
        let mut sql = render::drop(self.from, key);
        let heirs =
            self.to.objects.keys().filter(|it| it.kind == Kind::Column && it.part == key.part);
        let is_heir = |it: &Key| {
            self.from
                .table(it)
                .is_some_and(|it| it.bound.is_none() && it.parents.contains(&key.qualified()))
        };
        if heirs.into_iter().any(|it| is_heir(it) && self.from.objects.contains_key(it)) {
            // An heir keeps the column, and its values, as its own.
            sql = sql.replacen("ALTER TABLE ", "ALTER TABLE ONLY ", 1);
        }
        let mut draft = Draft::one(Change::Drop(id(self.from, key)), sql)
            .lock(&key.table(), LockMode::AccessExclusive);
        for it in with.iter().filter(|it| it.kind != Kind::Default) {
            draft = draft.also(Change::Drop(id(self.from, it)));
            if let Some(Body::Constraint(it)) = self.from.get(it).map(|it| &it.body)
                && let Some((target, _)) = &it.target
            {
                draft = draft.lock(target, LockMode::AccessExclusive);
            }
        }
        let mut back = Vec::new();
        let sequences: Vec<&Key> = with.iter().filter(|it| it.kind == Kind::Sequence).collect();
        for it in &sequences {
            back.extend(render::create(self.from, it));
        }
        let has_key = with.iter().any(|it| match &self.from.objects[it].body {
            Body::Constraint(it) => {
                matches!(it.kind, ConstraintKind::Primary | ConstraintKind::Unique)
            }
            Body::Index(it) => it.is_unique,
            _ => false,
        });
        let Some(mut columns) = self.column_again(key, column, has_key) else {
            return draft.loses(id(self.from, key)).no_way_back(format!(
                "`{}.{}` is NOT NULL, and no value of type `{}` is known to fill it with",
                key.qualified(),
                key.part,
                column.kind
            ));
        };
        back.append(&mut columns);
        back.extend(render::column_settings(key, column));
        back.extend(render::extras(key, &self.from.objects[key]));
        let mut parts: Vec<&Key> =
            with.iter().filter(|it| !matches!(it.kind, Kind::Default | Kind::Sequence)).collect();
        // A reference to its own table needs the key that it leads to.
        parts.sort_by_key(|it| match &self.from.objects[it].body {
            Body::Constraint(it) => it.target.is_some(),
            _ => false,
        });
        for it in parts {
            back.extend(self.restored(it, &[]));
        }
        for it in &sequences {
            let owner = format!("{}.{}", key.qualified(), key.part);
            back.extend(render::owned_by(self.from, it, Some(&key.table()), Some(&owner)));
        }
        if column.generated.is_some() {
            return draft.back(&back);
        }
        let why = format!("the values of `{}.{}`", key.qualified(), key.part);
        draft.loses(id(self.from, key)).lossy(&back, why)
    }

    /// Adds a dropped column so that a table with rows takes it: filled with something, where it must
    /// not be NULL, and with something else in each row where it is a key.
    fn column_again(&self, key: &Key, column: &Column, is_key: bool) -> Option<Statements> {
        let default = self.from.default_of(key);
        let has_value =
            default.is_some() || column.identity.is_some() || column.generated.is_some();
        let alter = format!("ALTER TABLE {}", key.qualified());
        // A default is the same in every row, which a key does not take.
        let is_shared = is_key && default.is_some_and(|it| !self.from.is_volatile(it));
        let bare = Column { not_null: false, ..column.clone() };
        let bare = format!("{alter} ADD COLUMN {}", render::column_definition(key, &bare, None));
        let set_default =
            default.map(|it| format!("{alter} ALTER COLUMN {} SET DEFAULT {it}", key.part));
        let number = numbered(column).filter(|_| is_key && (is_shared || !has_value));
        match number {
            Some(value) if column.not_null => {
                let (table, name) = (key.qualified(), &key.part);
                let fill = format!(
                    "UPDATE {table} SET {name} = {value} FROM (SELECT tableoid AS part, ctid AS at, row_number() OVER () AS n \
                     FROM {table}) x WHERE {table}.tableoid = x.part AND {table}.ctid = x.at"
                );
                let set_not_null = format!("{alter} ALTER COLUMN {name} SET NOT NULL");
                return Some([bare, fill, set_not_null].into_iter().chain(set_default).collect());
            }
            _ if is_shared && !column.not_null => {
                return Some(std::iter::once(bare).chain(set_default).collect());
            }
            _ => {}
        }
        if !column.not_null || has_value {
            let definition = render::column_definition(key, column, default);
            return Some(vec![format!("{alter} ADD COLUMN {definition}")]);
        }
        let filler = render::filler(self.from, column)?;
        let definition = render::column_definition(key, column, Some(&filler));
        Some(vec![
            format!("{alter} ADD COLUMN {definition}"),
            format!("{alter} ALTER COLUMN {} DROP DEFAULT", key.part),
        ])
    }
}

/// A value of the column's type that differs by row number `n`.
fn numbered(column: &Column) -> Option<String> {
    match column.category {
        'N' => Some(format!("x.n::{}", column.kind)),
        'S' => Some(format!("x.n::text::{}", column.kind)),
        'D' => Some(format!("('1970-01-01'::timestamp + x.n * interval '1 day')::{}", column.kind)),
        _ if column.kind == "uuid" => Some("gen_random_uuid()".to_owned()),
        _ => None,
    }
}

/// Whether dropped tables lead from one to the other by foreign keys.
pub(super) fn points_to(catalog: &Catalog, from: &Key, to: &Key) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![from.clone()];
    while let Some(table) = open.pop() {
        if &table == to {
            return true;
        }
        if !seen.insert(table.clone()) {
            continue;
        }
        for (_, object) in catalog.parts(&table, Kind::Constraint) {
            if let Body::Constraint(it) = &object.body {
                open.extend(it.target.iter().map(|it| it.0.clone()));
            }
        }
    }
    false
}

/// What an inherited column has otherwise than the parents give it.
fn own_of_heir(catalog: &Catalog, table: &Table, key: &Key, column: &Column) -> Statements {
    let alter = format!("ALTER TABLE {} ALTER COLUMN {}", key.qualified(), key.part);
    let of_parents: Vec<&Key> = catalog
        .objects
        .keys()
        .filter(|it| it.kind == Kind::Column && it.part == key.part)
        .filter(|it| table.parents.contains(&it.qualified()))
        .collect();
    let mut out = Vec::new();
    let given: Vec<&str> = of_parents.iter().filter_map(|it| catalog.default_of(it)).collect();
    match catalog.default_of(key) {
        Some(default) if !given.contains(&default) => {
            out.push(format!("{alter} SET DEFAULT {default}"));
        }
        None if !given.is_empty() && column.generated.is_none() => {
            out.push(format!("{alter} DROP DEFAULT"));
        }
        _ => {}
    }
    let is_given = of_parents.iter().any(|it| catalog.column(it).is_some_and(|it| it.not_null));
    if column.not_null && !is_given {
        out.push(format!("{alter} SET NOT NULL"));
    }
    out
}

/// Drops a table; a partition of a table that foreign keys lead to has to leave it first.
pub(super) fn drop_part(catalog: &Catalog, key: &Key) -> Statements {
    let mut out = vec![render::drop(catalog, key)];
    let Some(table) = catalog.table(key).filter(|it| it.bound.is_some()) else { return out };
    for parent in &table.parents {
        let is_target = catalog.objects.values().any(|it| match &it.body {
            Body::Constraint(it) => {
                it.target.as_ref().is_some_and(|it| it.0.qualified() == *parent)
            }
            _ => false,
        });
        if is_target {
            out.insert(0, format!("ALTER TABLE {parent} DETACH PARTITION {}", key.qualified()));
        }
    }
    out
}

/// All that makes a table with those of its parts that are in `with`.
pub(super) fn table_script(catalog: &Catalog, key: &Key, with: &[Key]) -> Statements {
    let table = catalog.table(key).expect("only called for tables");
    let inline: BTreeSet<Key> =
        with.iter().filter(|it| it.kind == Kind::Constraint).cloned().collect();
    let mut out = Vec::new();
    let sequences = || with.iter().filter(|it| it.kind == Kind::Sequence);
    for it in sequences() {
        out.extend(render::create(catalog, it));
    }
    out.push(render::create_table(catalog, key, &inline));
    out.extend(render::table_settings(key, table));
    out.extend(render::extras(key, &catalog.objects[key]));
    for (key, object, column) in catalog.columns(key) {
        out.extend(render::column_settings(key, column));
        out.extend(render::extras(key, object));
        if column.is_inherited {
            out.extend(own_of_heir(catalog, table, key, column));
        }
    }
    for it in with {
        let object = &catalog.objects[it];
        match it.kind {
            Kind::Column | Kind::Default => {}
            Kind::Sequence => {
                if let Body::Sequence(sequence) = &object.body
                    && let Some(owner) = &sequence.owner
                {
                    out.push(format!("ALTER SEQUENCE {} OWNED BY {owner}", it.qualified()));
                }
                out.extend(render::extras(it, object));
            }
            Kind::Constraint => out.extend(render::extras(it, object)),
            _ => {
                out.extend(render::create(catalog, it));
                out.extend(render::extras(it, object));
            }
        }
    }
    if let Some(index) = table.identity_index()
        && with.iter().any(|it| match it.kind {
            Kind::Index => it.name == index,
            Kind::Constraint => it.part == index,
            _ => false,
        })
    {
        let table = key.qualified();
        out.push(format!("ALTER TABLE {table} REPLICA IDENTITY USING INDEX {index}"));
    }
    out
}

/// The same statement without a lock that stops writes.
pub(super) fn concurrently(create: &str) -> String {
    create.replacen("INDEX ", "INDEX CONCURRENTLY IF NOT EXISTS ", 1)
}
