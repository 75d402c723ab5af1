//! Steps that change things where they stand.

use super::catalog::{Body, Column, Domain, Identity, Key, Kind, Object, Table, derived, unquoted};
use super::change::Changes;
use super::draft::{Draft, Place, id};
use super::make::set_counter;
use super::plan::{Builder, RANK_ALTER, RANK_LAST};
use super::render;
use super::{cast, checks};
use crate::plan::{Change, DataCheck, LockMode, ObjectId};

/// The name under which an old type waits until nothing has it.
const OLD: &str = "__old";

impl Builder<'_> {
    pub(super) fn add_alters(&mut self) {
        for key in &self.changes.swap {
            self.swap_type(key);
        }
        for key in &self.changes.alter {
            if !self.changes.swap.contains(key) {
                self.alter(key);
            }
        }
        let last: Vec<(Key, usize)> =
            self.changes.swap.iter().map(|key| (key.clone(), self.drop_old_type(key))).collect();
        // The old form of a type inside another one goes after that one's.
        for (inner, later) in &last {
            for (outer, first) in &last {
                if self.from.objects[outer].needs.contains(inner) {
                    self.edge(*first, *later);
                }
            }
        }
    }

    fn alter(&mut self, key: &Key) {
        let (old, new) = (&self.from.objects[key], &self.to.objects[key]);
        let mut nodes = match (&old.body, &new.body) {
            (Body::Enum(was), Body::Enum(is)) => self.add_labels(key, was, is),
            (Body::Domain(was), Body::Domain(is)) => self.alter_domain(key, was, is),
            (Body::Column(was), Body::Column(is)) => self.alter_column(key, was, is),
            (Body::Constraint(was), Body::Constraint(is))
                if !was.is_validated && is.is_validated =>
            {
                vec![self.validate(key, is)]
            }
            _ => Vec::new(),
        };
        let drafts = match (&old.body, &new.body) {
            (Body::Table(was), Body::Table(is)) => self.alter_table(key, was, is),
            (Body::Default(_), _) => self.alter_default(key),
            (Body::Extension { .. }, Body::Extension { .. }) => self.alter_extension(key, old, new),
            (Body::Composite(was), Body::Composite(is)) => self.alter_composite(key, was, is),
            (Body::Sequence(_), Body::Sequence(_)) => self.alter_sequence(key, old, new),
            (Body::View(_), Body::View(_)) => self.alter_view(key, old, new),
            (Body::Routine(was), Body::Routine(is)) if was != is => {
                let object = id(self.to, key);
                let change = Change::Alter { object, what: "body".to_owned() };
                let back = [render::UNCHECKED_BODIES.to_owned(), was.create.clone()];
                vec![Draft::one(change, is.create.clone()).back(&back)]
            }
            (Body::Index(was), Body::Index(is)) if was.is_clustered != is.is_clustered => {
                self.alter_cluster(key, new, is.is_clustered)
            }
            _ => Vec::new(),
        };
        let mut drafts = drafts;
        drafts.extend(self.alter_extras(key, old, new));
        if !drafts.is_empty() {
            nodes.push(self.node(Place::Main, RANK_ALTER + key.kind as u8, drafts));
        }
        self.altered.entry(key.clone()).or_default().extend(nodes);
    }

    fn alter_extras(&self, key: &Key, old: &Object, new: &Object) -> Option<Draft> {
        let sql = render::extras_between(key, old, new);
        let back = render::extras_between(key, new, old);
        let what = if old.grants == new.grants { "comment" } else { "privileges" };
        let change = Change::Alter { object: id(self.to, key), what: what.to_owned() };
        let draft = (!sql.is_empty()).then(|| Draft::new(change, &sql).back(&back))?;
        Some(match key.kind {
            Kind::Table | Kind::Column => draft.lock(key, LockMode::ShareUpdateExclusive),
            _ => draft,
        })
    }

    fn changed(&self, key: &Key, what: &str, sql: String, back: String) -> Draft {
        let change = Change::Alter { object: id(self.to, key), what: what.to_owned() };
        let draft = Draft::one(change, sql).back(&[back]);
        match key.kind {
            Kind::Table | Kind::Column => draft.lock(key, LockMode::AccessExclusive),
            _ => draft,
        }
    }

    // Tables.

    fn alter_table(&self, key: &Key, was: &Table, is: &Table) -> Vec<Draft> {
        let mut out = Vec::new();
        let alter = format!("ALTER TABLE {}", key.qualified());
        let mut say = |what: &str, forth: String, back: String| {
            out.push(self.changed(
                key,
                what,
                format!("{alter} {forth}"),
                format!("{alter} {back}"),
            ));
        };
        if was.is_unlogged != is.is_unlogged {
            let word = |it| if it { "SET UNLOGGED" } else { "SET LOGGED" };
            say("logging", word(is.is_unlogged).into(), word(was.is_unlogged).into());
        }
        if was.access_method != is.access_method {
            let word = |it: &Option<String>| {
                format!("SET ACCESS METHOD {}", it.as_deref().unwrap_or("heap"))
            };
            say("access method", word(&is.access_method), word(&was.access_method));
        }
        let gone: Vec<&String> = was.options.difference(&is.options).collect();
        let added: Vec<&String> = is.options.difference(&was.options).collect();
        if !added.is_empty() || !gone.is_empty() {
            let (forth, back) = (options(&gone, &added), options(&added, &gone));
            let forth = forth.iter().map(|it| format!("{alter} {it}")).collect::<Vec<_>>();
            let back = back.iter().map(|it| format!("{alter} {it}")).collect::<Vec<_>>();
            let change =
                Change::Alter { object: id(self.to, key), what: "storage parameters".to_owned() };
            let draft = Draft::new(change, &forth).back(&back);
            out.push(draft.lock(key, LockMode::ShareUpdateExclusive));
        }
        let mut say = |what: &str, forth: String, back: String| {
            out.push(self.changed(
                key,
                what,
                format!("{alter} {forth}"),
                format!("{alter} {back}"),
            ));
        };
        if was.row_security != is.row_security {
            let word = |it| format!("{} ROW LEVEL SECURITY", if it { "ENABLE" } else { "DISABLE" });
            say("row-level security", word(is.row_security), word(was.row_security));
        }
        if was.row_security_forced != is.row_security_forced {
            let word = |it| format!("{} ROW LEVEL SECURITY", if it { "FORCE" } else { "NO FORCE" });
            say(
                "row-level security for the owner",
                word(is.row_security_forced),
                word(was.row_security_forced),
            );
        }
        let by_index = [was, is].iter().any(|it| it.identity_index().is_some());
        if was.replica_identity != is.replica_identity && !by_index {
            let word = |it: &str| format!("REPLICA IDENTITY {it}");
            say("replica identity", word(&is.replica_identity), word(&was.replica_identity));
        }
        out.extend(self.alter_parents(key, was, is));
        if was.is_unlogged != is.is_unlogged || was.access_method != is.access_method {
            out[0] = out[0].clone().rewrite(true);
        }
        out
    }

    fn alter_parents(&self, key: &Key, was: &Table, is: &Table) -> Vec<Draft> {
        let name = key.qualified();
        let leave = |parent: &String, bound: &Option<String>| match bound {
            Some(_) => format!("ALTER TABLE {parent} DETACH PARTITION {name}"),
            None => format!("ALTER TABLE {name} NO INHERIT {parent}"),
        };
        let join = |parent: &String, bound: &Option<String>| match bound {
            Some(bound) => format!("ALTER TABLE {parent} ATTACH PARTITION {name} {bound}"),
            None => format!("ALTER TABLE {name} INHERIT {parent}"),
        };
        let mut out = Vec::new();
        let moved = was.bound != is.bound;
        for parent in was.parents.iter().filter(|it| moved || !is.parents.contains(it)) {
            out.push(self.changed(
                key,
                "parents",
                leave(parent, &was.bound),
                join(parent, &was.bound),
            ));
        }
        for parent in is.parents.iter().filter(|it| moved || !was.parents.contains(it)) {
            out.push(
                self.changed(key, "parents", join(parent, &is.bound), leave(parent, &is.bound))
                    .scan(),
            );
        }
        out
    }

    fn alter_cluster(&self, key: &Key, new: &Object, is: bool) -> Vec<Draft> {
        let table = new.table.as_ref().expect("an index is of a table");
        let on = format!("ALTER TABLE {} CLUSTER ON {}", table.qualified(), key.name);
        let off = format!("ALTER TABLE {} SET WITHOUT CLUSTER", table.qualified());
        let (forth, back) = if is { (on, off) } else { (off, on) };
        vec![
            self.changed(key, "clustering", forth, back)
                .lock(table, LockMode::ShareUpdateExclusive),
        ]
    }

    // Columns.

    fn alter_default(&self, key: &Key) -> Vec<Draft> {
        let column = key.with_kind(Kind::Column);
        let to = self.to.default_of(&column).unwrap_or_default().to_owned();
        let change = Change::SetDefault { column: id(self.to, key), to };
        let draft =
            Draft::new(change, &render::create(self.to, key)).back(&render::create(self.from, key));
        vec![draft.lock(&key.table(), LockMode::AccessExclusive)]
    }

    fn alter_column(&mut self, key: &Key, was: &Column, is: &Column) -> Vec<usize> {
        let mut drafts = Vec::new();
        if was.identity.is_some() && is.identity.is_none() {
            // First: the new type may be none that an identity can have.
            drafts.push(self.drop_identity(key, was));
        }
        if !is.is_inherited {
            if self.changes.retyped.contains(key) {
                drafts.push(self.retype(key, was, is));
            }
            if was.generated.is_some() && is.generated.is_none() {
                drafts.push(self.drop_expression(key, was));
            }
        }
        drafts.extend(self.alter_storage(key, was, is));
        let keeps_identity = was.identity.is_some() && is.identity.is_some();
        if keeps_identity && was.identity != is.identity {
            drafts.extend(self.alter_identity(key, was, is));
        }
        let follows_parent = is.is_inherited && self.parent_changes(key);
        let gains = !was.not_null && is.not_null && !follows_parent;
        if was.not_null && !is.not_null && !follows_parent {
            let alter = alter(key);
            let change = Change::DropNotNull(id(self.to, key));
            let draft = Draft::one(change, format!("{alter} DROP NOT NULL"));
            drafts.push(
                draft.back(&[format!("{alter} SET NOT NULL")]).lock(key, LockMode::AccessExclusive),
            );
        }
        let mut nodes = Vec::new();
        if !drafts.is_empty() {
            nodes.push(self.node(Place::Main, RANK_ALTER + Kind::Column as u8, drafts));
        }
        if gains {
            nodes.extend(self.set_not_null(key));
        }
        if was.identity.is_none()
            && let Some(identity) = &is.identity
        {
            let place = if gains { Place::Late } else { Place::Main };
            let drafts = vec![self.add_identity(key, identity, &is.kind)];
            nodes.push(self.node(place, RANK_LAST - 1, drafts));
            // The old default must be gone before.
            let default = key.with_kind(Kind::Default);
            let last = nodes[nodes.len() - 1];
            if let Some(gone) = self.gone.get(&default).copied() {
                self.edge(gone, last);
            }
        }
        for pair in nodes.clone().windows(2) {
            self.edge(pair[0], pair[1]);
        }
        nodes
    }

    /// Whether the same column of a parent table changes its NOT NULL, which reaches the children.
    fn parent_changes(&self, key: &Key) -> bool {
        let parents = self.to.table(key).map(|it| it.parents.clone()).unwrap_or_default();
        self.changes.alter.iter().any(|it| {
            it.kind == Kind::Column
                && it.part == key.part
                && parents.contains(&it.qualified())
                && self.from.column(it).map(|it| it.not_null)
                    != self.to.column(it).map(|it| it.not_null)
        })
    }

    fn retype(&self, key: &Key, was: &Column, is: &Column) -> Draft {
        let old_kind = self.waiting(key, &was.kind);
        let clause = |from: &Column, to: &Column, to_kind: &str| {
            let collation = to.collation.as_ref().map(|it| format!(" COLLATE {it}"));
            let collation = collation.unwrap_or_else(|| {
                // The type's own collation has to be asked for when another one was set.
                if from.collation.is_some() && base_is_same(from, to) {
                    " COLLATE \"default\"".into()
                } else {
                    String::new()
                }
            });
            let using = cast::using(self.from, self.to, from, to, to_kind, &key.part);
            let using = using.map(|it| format!(" USING {it}")).unwrap_or_default();
            format!("{} TYPE {to_kind}{collation}{using}", alter(key))
        };
        let is_swapped = old_kind != was.kind;
        let through_text = |to_kind: &str| {
            let text = if to_kind.ends_with("[]") { "text[]" } else { "text" };
            format!("{} TYPE {to_kind} USING {}::{text}::{to_kind}", alter(key), key.part)
        };
        let (forth, back) = if is_swapped {
            (through_text(&is.kind), through_text(&old_kind))
        } else {
            (clause(was, is, &is.kind), clause(is, was, &was.kind))
        };
        let change = Change::AlterType {
            column: id(self.to, key),
            from: was.kind.clone(),
            to: is.kind.clone(),
        };
        let mut draft = Draft::one(change, forth)
            .lock(key, LockMode::AccessExclusive)
            .rewrite(is_swapped || cast::rewrites(was, is))
            .check(checks::cast(self.from, self.to, key, was, is))
            .check(self.survivors(key, was, is));
        draft = match cast::loss(was, is) {
            Some(why) => draft.lossy(
                &vec![back],
                format!("{why} in `{}.{}`", key.qualified(), unquoted(&key.part)),
            ),
            None => draft.back(&[back]),
        };
        draft
    }

    /// Questions about what stays over a column while its values change.
    fn survivors(&self, key: &Key, was: &Column, is: &Column) -> Vec<DataCheck> {
        if cast::keeps_values(was, is) {
            return Vec::new();
        }
        let outlook = self.outlook();
        let survivors = outlook.survivors(key).into_iter();
        let asked = survivors.filter_map(|(key, object)| match (&object.body, &object.table) {
            (Body::Constraint(it), _) => checks::constraint(outlook, key, it),
            (Body::Index(it), Some(table)) if it.is_unique => {
                checks::unique_index(outlook, table, key, &it.tail)
            }
            _ => None,
        });
        asked.collect()
    }

    /// The old type as it is named while a new one of its name takes its place.
    fn waiting(&self, column: &Key, kind: &str) -> String {
        let needs = self.from.objects.get(column).into_iter().flat_map(|it| &it.needs);
        let mut swapped = needs.filter(|it| self.changes.swap.contains(*it));
        swapped.find(|it| kind.starts_with(&it.qualified())).map_or_else(
            || kind.to_owned(),
            |it| kind.replacen(&it.qualified(), &old_name(it).qualified(), 1),
        )
    }

    fn drop_expression(&self, key: &Key, was: &Column) -> Draft {
        let sql = format!("{} DROP EXPRESSION", alter(key));
        let table = format!("ALTER TABLE {}", key.qualified());
        let back = vec![
            format!("{table} DROP COLUMN {}", key.part),
            format!("{table} ADD COLUMN {}", render::column_definition(key, was, None)),
        ];
        let change =
            Change::Alter { object: id(self.to, key), what: "no longer generated".to_owned() };
        let why = format!("values written to `{}.{}` meanwhile", key.qualified(), key.part);
        Draft::one(change, sql).lock(key, LockMode::AccessExclusive).lossy(&back, why)
    }

    fn alter_storage(&self, key: &Key, was: &Column, is: &Column) -> Vec<Draft> {
        let mut out = Vec::new();
        let alter = alter(key);
        let mut say =
            |what: &str, word: &str, was: &Option<String>, is: &Option<String>, usual: &str| {
                if was != is {
                    let set = |it: &Option<String>| {
                        format!("{alter} SET {word} {}", it.as_deref().unwrap_or(usual))
                    };
                    out.push(self.changed(key, what, set(is), set(was)));
                }
            };
        let storage = if is.category == 'N' && !is.kind.starts_with("numeric") {
            "PLAIN"
        } else if is.kind.starts_with("numeric") {
            "MAIN"
        } else {
            "EXTENDED"
        };
        if base_is_same(was, is) {
            say("storage", "STORAGE", &was.storage, &is.storage, storage);
        }
        say("compression", "COMPRESSION", &was.compression, &is.compression, "default");
        say("statistics", "STATISTICS", &was.statistics, &is.statistics, "-1");
        out
    }

    fn drop_identity(&self, key: &Key, was: &Column) -> Draft {
        let identity = was.identity.as_ref().expect("it has one");
        let change =
            Change::Alter { object: id(self.to, key), what: "no longer an identity".to_owned() };
        let back = self.identity_again(key, identity, &was.kind);
        Draft::one(change, format!("{} DROP IDENTITY", alter(key)))
            .back(&back)
            .lock(key, LockMode::AccessExclusive)
    }

    fn identity_again(&self, key: &Key, identity: &Identity, kind: &str) -> Vec<String> {
        let add = format!("{} ADD {}", alter(key), render::identity_clause(identity, kind));
        let (table, column) =
            (render::literal(&key.qualified()), render::literal(&unquoted(&key.part)));
        vec![add, set_counter(&format!("pg_get_serial_sequence({table}, {column})"), key)]
    }

    fn add_identity(&self, key: &Key, identity: &Identity, kind: &str) -> Draft {
        let what = format!("generated {} as identity", identity.generation.to_lowercase());
        let change = Change::Alter { object: id(self.to, key), what };
        Draft::new(change, &self.identity_again(key, identity, kind))
            .also(Change::WriteRows(id(self.to, key)))
            .back(&[format!("{} DROP IDENTITY", alter(key))])
            .lock(key, LockMode::AccessExclusive)
            .scan()
    }

    fn alter_identity(&self, key: &Key, was: &Column, is: &Column) -> Vec<Draft> {
        let (Some(old), Some(new)) = (&was.identity, &is.identity) else { return Vec::new() };
        let mut out = Vec::new();
        let alter = alter(key);
        if old.generation != new.generation {
            let set = |it: &Identity| format!("{alter} SET GENERATED {}", it.generation);
            out.push(self.changed(key, "identity", set(new), set(old)));
        }
        let follows_type = old.options == render::usual_sequence(&was.kind)
            && new.options == render::usual_sequence(&is.kind);
        if old.options != new.options && !follows_type {
            let (forth, back) = option_changes((&old.options, &was.kind), (&new.options, &is.kind));
            let set = |it: &str, restart: &str| format!("{alter} {it}{restart}");
            let (forth, back) = (
                set(&forth, restart(&old.options, &new.options)),
                set(&back, restart(&new.options, &old.options)),
            );
            out.push(self.changed(key, "identity", forth, back));
        }
        let name = |it: &str| it.rsplit_once('.').map_or(it, |it| it.1).to_owned();
        if old.sequence != new.sequence {
            let rename =
                |from: &str, to: &str| format!("ALTER SEQUENCE {from} RENAME TO {}", name(to));
            let (forth, back) =
                (rename(&old.sequence, &new.sequence), rename(&new.sequence, &old.sequence));
            out.push(self.changed(key, "the sequence's name", forth, back));
        }
        out
    }

    /// A check that is proven under a weak lock lets SET NOT NULL skip its scan.
    fn set_not_null(&mut self, key: &Key) -> Vec<usize> {
        let table = format!("ALTER TABLE {}", key.qualified());
        let proof =
            derived(&format!("{}_{}", unquoted(&key.name), unquoted(&key.part)), "_not_null_proof");
        let object = key.object(None);
        let drop = format!("{table} DROP CONSTRAINT IF EXISTS {proof}");
        let named =
            || ObjectId { part: crate::plan::Part::Constraint(unquoted(&proof)), ..object.clone() };
        let add =
            format!("{table} ADD CONSTRAINT {proof} CHECK ({} IS NOT NULL) NOT VALID", key.part);
        let add = Draft::one(Change::Create(named()), add)
            .back(std::slice::from_ref(&drop))
            .lock(key, LockMode::AccessExclusive)
            .check([checks::nulls(self.from, key)]);
        let prove =
            Draft::one(Change::Validate(named()), format!("{table} VALIDATE CONSTRAINT {proof}"))
                .lock(key, LockMode::ShareUpdateExclusive)
                .scan();
        let set =
            Draft::one(Change::SetNotNull(object.clone()), format!("{} SET NOT NULL", alter(key)))
                .back(&[format!("{} DROP NOT NULL", alter(key))])
                .lock(key, LockMode::AccessExclusive);
        let clean = Draft::one(Change::Drop(named()), drop).lock(key, LockMode::AccessExclusive);
        let first = self.node(Place::Main, RANK_LAST, vec![add]);
        // All proofs first: SET NOT NULL takes a strong lock that the others would wait under.
        let second = self.node(Place::Late, RANK_ALTER, vec![prove]);
        let third = self.node(Place::Late, RANK_PROVEN, vec![set, clean]);
        vec![first, second, third]
    }

    // Types.

    fn add_labels(&mut self, key: &Key, was: &[String], is: &[String]) -> Vec<usize> {
        let name = key.qualified();
        let mut sql = Vec::new();
        let mut known: Vec<String> = was.to_vec();
        for (at, label) in is.iter().enumerate().filter(|it| !was.contains(it.1)) {
            let place = match at.checked_sub(1) {
                Some(before) => format!("AFTER {}", is[before]),
                None => format!("BEFORE {}", known[0]),
            };
            let place = if known.is_empty() { String::new() } else { format!(" {place}") };
            sql.push(format!("ALTER TYPE {name} ADD VALUE {label}{place}"));
            known.insert(at.min(known.len()), label.clone());
        }
        if sql.is_empty() {
            return Vec::new();
        }
        let back = self.labels_back(key);
        let what = format!(
            "values {}",
            is.iter().filter(|it| !was.contains(it)).cloned().collect::<Vec<_>>().join(", ")
        );
        let change = Change::Alter { object: id(self.to, key), what };
        let draft = Draft::new(change, &sql);
        let draft = match back {
            Some(back) => draft.lossy(
                &back,
                "rows that have a new value (it fails while there are any)".to_owned(),
            ),
            None => {
                draft.no_way_back("what has the type cannot be made again without the value".into())
            }
        };
        vec![self.node(Place::First, RANK_ALTER, vec![draft])]
    }

    /// Swaps the type for one without the new labels, in one transaction.
    fn labels_back(&self, key: &Key) -> Option<Vec<String>> {
        let changes = Changes::swapping(key, self.from);
        let plan = super::plan::of_changes(self.from, self.from, &changes).ok()?;
        let steps = plan.steps.iter().filter(|it| !it.changes.is_empty());
        let mut out = vec![render::UNCHECKED_BODIES.to_owned()];
        out.extend(steps.map(|it| plainly(it.sql.trim_end_matches(';'))));
        Some(out)
    }

    fn swap_type(&mut self, key: &Key) {
        let (name, old) = (key.qualified(), old_name(key));
        let (was, is) = (&self.from.objects[key], &self.to.objects[key]);
        let word = if matches!(was.body, Body::Domain(_)) { "DOMAIN" } else { "TYPE" };
        let drop_word = if matches!(is.body, Body::Domain(_)) { "DOMAIN" } else { "TYPE" };
        let mut sql = vec![format!("ALTER {word} {name} RENAME TO {}", old.name)];
        sql.extend(render::create_type(&name, &is.body));
        sql.extend(render::unproven_checks(&name, &is.body));
        sql.extend(render::extras(key, is));
        let back = vec![
            format!("DROP {drop_word} {name}"),
            format!("ALTER {word} {} RENAME TO {}", old.qualified(), key.name),
        ];
        let change = Change::Alter {
            object: id(self.to, key),
            what: "a new type takes its place".to_owned(),
        };
        let draft = Draft::new(change, &sql).back(&back);
        let node = self.node(Place::Main, RANK_ALTER - 1, vec![draft]);
        self.altered.insert(key.clone(), vec![node]);
    }

    fn drop_old_type(&mut self, key: &Key) -> usize {
        let was = &self.from.objects[key];
        let old = old_name(key);
        let word = if matches!(was.body, Body::Domain(_)) { "DOMAIN" } else { "TYPE" };
        let mut back: Vec<String> =
            render::create_type(&old.qualified(), &was.body).into_iter().collect();
        back.extend(render::unproven_checks(&old.qualified(), &was.body));
        back.extend(render::extras(&old, was));
        let change = Change::Drop(ObjectId {
            part: crate::plan::Part::Type(unquoted(&old.name)),
            ..id(self.from, key)
        });
        let draft = Draft::one(change, format!("DROP {word} {}", old.qualified())).back(&back);
        let node = self.node(Place::Main, RANK_LAST, vec![draft]);
        let users: Vec<Key> = self
            .from
            .objects
            .iter()
            .filter(|it| it.1.needs.contains(key))
            .map(|it| it.0.clone())
            .collect();
        for user in users {
            let before = self.altered.get(&user).cloned().unwrap_or_default();
            let before: Vec<usize> =
                before.into_iter().chain(self.gone.get(&user).copied()).collect();
            before.into_iter().for_each(|it| self.edge(it, node));
        }
        node
    }

    fn alter_domain(&mut self, key: &Key, was: &Domain, is: &Domain) -> Vec<usize> {
        let alter = format!("ALTER DOMAIN {}", key.qualified());
        let (forth, proofs) = domain_statements(&alter, was, is);
        let (back, back_proofs) = domain_statements(&alter, is, was);
        let mut nodes = Vec::new();
        if !forth.is_empty() {
            let back: Vec<String> = back.into_iter().chain(back_proofs).collect();
            let change = Change::Alter { object: id(self.to, key), what: "domain".to_owned() };
            let draft = Draft::new(change, &forth).back(&back);
            nodes.push(self.node(Place::Main, RANK_ALTER + Kind::Type as u8, vec![draft]));
        }
        if !proofs.is_empty() {
            let draft = Draft::new(Change::Validate(id(self.to, key)), &proofs).scan();
            nodes.push(self.node(Place::Late, RANK_ALTER, vec![draft]));
            self.edge(nodes[0], nodes[1]);
        }
        nodes
    }

    fn alter_composite(
        &self,
        key: &Key,
        was: &[(String, String)],
        is: &[(String, String)],
    ) -> Vec<Draft> {
        let statements = |was: &[(String, String)], is: &[(String, String)]| -> Vec<String> {
            let gone = was
                .iter()
                .filter(|it| !is.contains(it))
                .map(|it| format!("DROP ATTRIBUTE {}", it.0));
            let added = is
                .iter()
                .filter(|it| !was.contains(it))
                .map(|(name, kind)| format!("ADD ATTRIBUTE {name} {kind}"));
            let parts: Vec<String> = gone.chain(added).collect();
            parts.into_iter().map(|it| format!("ALTER TYPE {} {it}", key.qualified())).collect()
        };
        if was == is {
            return Vec::new();
        }
        let change = Change::Alter { object: id(self.to, key), what: "attributes".to_owned() };
        let draft = Draft::new(change, &statements(was, is));
        let loses = was.iter().any(|it| !is.contains(it));
        let back = statements(is, was);
        vec![if loses {
            draft.loses(id(self.to, key)).lossy(&back, "the values of dropped attributes".into())
        } else {
            draft.back(&back)
        }]
    }

    fn alter_sequence(&self, key: &Key, old: &Object, new: &Object) -> Vec<Draft> {
        let (Body::Sequence(was), Body::Sequence(is)) = (&old.body, &new.body) else {
            return Vec::new();
        };
        let alter = format!("ALTER SEQUENCE {}", key.qualified());
        let mut out = Vec::new();
        if was.kind != is.kind || was.options != is.options {
            let set = |from: &super::catalog::Sequence, to: &super::catalog::Sequence| {
                let restart = restart(&from.options, &to.options);
                format!("{alter} AS {} {}{restart}", to.kind, to.options)
            };
            out.push(self.changed(key, "options", set(was, is), set(is, was)));
        }
        if was.owner != is.owner {
            let set = |of: &Object, it: &Option<String>| {
                render::owned_by(self.from, key, of.table.as_ref(), it.as_deref())
            };
            let change = Change::Alter { object: id(self.to, key), what: "owner".to_owned() };
            let draft = Draft::new(change, &set(new, &is.owner)).back(&set(old, &was.owner));
            out.push(draft);
        }
        if was.is_unlogged != is.is_unlogged {
            let set = |it| format!("{alter} SET {}", if it { "UNLOGGED" } else { "LOGGED" });
            out.push(self.changed(key, "logging", set(is.is_unlogged), set(was.is_unlogged)));
        }
        out
    }

    fn alter_extension(&self, key: &Key, old: &Object, new: &Object) -> Vec<Draft> {
        let (
            Body::Extension { schema: was_in, version: was },
            Body::Extension { schema: is_in, version: is },
        ) = (&old.body, &new.body)
        else {
            return Vec::new();
        };
        let alter = format!("ALTER EXTENSION {}", key.name);
        let mut out = Vec::new();
        if was_in != is_in {
            out.push(self.changed(
                key,
                "schema",
                format!("{alter} SET SCHEMA {is_in}"),
                format!("{alter} SET SCHEMA {was_in}"),
            ));
        }
        if was != is {
            let to = |it: &str| format!("{alter} UPDATE TO {}", render::literal(it));
            out.push(self.changed(key, "version", to(is), to(was)));
        }
        out
    }

    fn alter_view(&self, key: &Key, old: &Object, new: &Object) -> Vec<Draft> {
        let (Body::View(was), Body::View(is)) = (&old.body, &new.body) else { return Vec::new() };
        if was.query == is.query && was.options == is.options {
            return Vec::new();
        }
        let change = Change::Alter { object: id(self.to, key), what: "definition".to_owned() };
        if is.is_materialized {
            let alter = format!("ALTER MATERIALIZED VIEW {}", key.qualified());
            let gone: Vec<&String> = was.options.difference(&is.options).collect();
            let added: Vec<&String> = is.options.difference(&was.options).collect();
            let all = |it: Vec<String>| {
                it.into_iter().map(|it| format!("{alter} {it}")).collect::<Vec<_>>()
            };
            return vec![
                Draft::new(change, &all(options(&gone, &added))).back(&all(options(&added, &gone))),
            ];
        }
        let replace = |sql: Vec<String>| {
            sql.iter().map(|it| it.replacen("CREATE ", "CREATE OR REPLACE ", 1)).collect::<Vec<_>>()
        };
        let (forth, back) =
            (replace(render::create(self.to, key)), replace(render::create(self.from, key)));
        vec![Draft::new(change, &forth).back(&back)]
    }
}

/// Where strong locks go in the late part: behind all proofs.
const RANK_PROVEN: u8 = super::plan::RANK_CREATE + 1;

fn alter(column: &Key) -> String {
    format!("ALTER TABLE {} ALTER COLUMN {}", column.qualified(), column.part)
}

/// A statement about an index as it runs within a transaction.
fn plainly(sql: &str) -> String {
    ["INDEX CONCURRENTLY IF NOT EXISTS ", "INDEX CONCURRENTLY IF EXISTS "]
        .iter()
        .fold(sql.to_owned(), |sql, it| sql.replacen(it, "INDEX ", 1))
}

fn old_name(key: &Key) -> Key {
    Key { name: derived(&key.name, OLD), ..key.clone() }
}

fn base_is_same(a: &Column, b: &Column) -> bool {
    checks::base(&a.kind) == checks::base(&b.kind)
}

/// `RESET` for what is gone and `SET` for what is new.
fn options(gone: &[&String], added: &[&String]) -> Vec<String> {
    let name = |it: &str| it.split_once('=').map_or(it, |it| it.0).to_owned();
    let reset: Vec<String> = gone
        .iter()
        .map(|it| name(it))
        .filter(|it| !added.iter().any(|new| name(new) == *it))
        .collect();
    let set: Vec<String> = added.iter().map(|it| render::option(it)).collect();
    let mut out = Vec::new();
    if !reset.is_empty() {
        out.push(format!("RESET ({})", reset.join(", ")));
    }
    if !set.is_empty() {
        out.push(format!("SET ({})", set.join(", ")));
    }
    out
}

/// `SET` for each option of a sequence that differs, and the same back; a limit that is merely that of
/// the type follows the type.
fn option_changes(old: (&str, &str), new: (&str, &str)) -> (String, String) {
    let (usual_old, usual_new) = (render::usual_sequence(old.1), render::usual_sequence(new.1));
    let [was, is, was_usual, is_usual] = [old.0, new.0, &usual_old, &usual_new].map(clauses);
    let (mut forth, mut back) = (Vec::new(), Vec::new());
    for (((was, is), was_usual), is_usual) in was.iter().zip(&is).zip(&was_usual).zip(&is_usual) {
        if was != is && !(was == was_usual && is == is_usual) {
            forth.push(format!("SET {is}"));
            back.push(format!("SET {was}"));
        }
    }
    (forth.join(" "), back.join(" "))
}

/// What a sequence needs besides its new options: where it began outside of their limits, it cannot go
/// on from where it stands.
fn restart(old: &str, new: &str) -> &'static str {
    let number = |options: &str, word: &str| -> Option<i128> {
        let clauses = clauses(options);
        clauses.iter().find_map(|it| it.strip_prefix(word)?.trim().parse().ok())
    };
    let start = number(old, "START WITH");
    let limits = (number(new, "MINVALUE"), number(new, "MAXVALUE"));
    match (start, limits) {
        (Some(start), (Some(low), Some(high))) if !(low..=high).contains(&start) => " RESTART",
        _ => "",
    }
}

/// The options of a sequence, always in this order.
fn clauses(options: &str) -> Vec<String> {
    let words =
        ["START WITH", "INCREMENT BY", "MINVALUE", "MAXVALUE", "CACHE", "NO CYCLE", "CYCLE"];
    let mut places: Vec<usize> =
        words.iter().filter_map(|it| options.find(&format!(" {it}")).map(|at| at + 1)).collect();
    places.push(0);
    places.sort_unstable();
    places.dedup();
    // ` CYCLE` is found within ` NO CYCLE` too.
    places.retain(|at| !options[..*at].ends_with("NO "));
    let ends = places.iter().skip(1).copied().chain([options.len()]);
    places.iter().zip(ends).map(|(start, end)| options[*start..end].trim().to_owned()).collect()
}

/// Statements for a domain, and those that prove its new checks.
fn domain_statements(alter: &str, was: &Domain, is: &Domain) -> (Vec<String>, Vec<String>) {
    let (mut out, mut proofs) = (Vec::new(), Vec::new());
    if was.default != is.default {
        out.push(match &is.default {
            Some(default) => format!("{alter} SET DEFAULT {default}"),
            None => format!("{alter} DROP DEFAULT"),
        });
    }
    if was.not_null != is.not_null {
        out.push(format!("{alter} {} NOT NULL", if is.not_null { "SET" } else { "DROP" }));
    }
    for (name, definition) in &was.constraints {
        if is.constraints.get(name) != Some(definition) {
            out.push(format!("{alter} DROP CONSTRAINT {name}"));
        }
    }
    for (name, definition) in &is.constraints {
        if was.constraints.get(name) != Some(definition) {
            let bare = definition.trim_end_matches(" NOT VALID");
            out.push(format!("{alter} ADD CONSTRAINT {name} {bare} NOT VALID"));
            if bare == definition {
                proofs.push(format!("{alter} VALIDATE CONSTRAINT {name}"));
            }
        }
    }
    (out, proofs)
}
