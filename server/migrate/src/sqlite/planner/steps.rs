use crate::plan::{Back, Change, DataCheck, Lock, LockMode, ObjectId, Part, Step, Transaction};
use crate::sqlite::alter::Alter;
use crate::sqlite::catalog::{Catalog, Column, Index, Table};
use crate::sqlite::checks;
use crate::sqlite::planner::{Changed, Cx, guard, lower, needs_foreign_keys_off, table_id};
use crate::sqlite::rebuild::{self, Affinity, Fill};
use crate::sqlite::text::identifier;

/// All steps, in the order of the module's description.
pub(super) fn assemble(cx: &Cx<'_>) -> Vec<Step> {
    let is_guarded = needs_foreign_keys_off(cx);
    let watched = guard::watched(cx);
    let before = || watched.iter().map(|(it, _)| it.as_str());
    let after = || watched.iter().map(|(_, it)| it.as_str());
    // What a lossy way back cannot give again may leave rows without their target.
    let is_lossy =
        !cx.dropped.is_empty() || cx.changed.iter().any(|it| !losses(it.from, it.to).is_empty());
    let n_proved = if is_lossy { 0 } else { watched.len() };
    let mut out = Vec::new();
    if is_guarded {
        out.push(setting("PRAGMA foreign_keys = OFF;", "PRAGMA foreign_keys = ON;"));
        out.push(check(guard::open(before()), guard::close(before().take(n_proved))));
    }
    drop_programs(cx, &mut out);
    out.extend(cx.moves.statements.iter().map(rename));
    drop_indexes(cx, &mut out);
    out.extend(children_first(&cx.dropped).into_iter().map(drop_table));
    out.extend(parents_first(&cx.created).into_iter().map(create_table));
    for it in cx.changed.iter().filter(|it| it.is_altered()) {
        change_table(cx, it, &mut out);
    }
    create_indexes(cx, &mut out);
    create_programs(cx, &mut out);
    if is_guarded {
        out.push(check(guard::close(after()), guard::open(after().take(n_proved))));
        out.push(setting("PRAGMA foreign_keys = ON;", "PRAGMA foreign_keys = OFF;"));
    }
    out
}

fn setting(sql: &str, back: &str) -> Step {
    Step {
        transaction: Transaction::Outside,
        locks: Vec::new(),
        ..check(sql.to_owned(), back.to_owned())
    }
}

fn check(sql: String, back: String) -> Step {
    Step { locks: Vec::new(), ..step("", sql, Back::Exact(back)) }
}

/// A step that changes nothing yet.
fn step(table: &str, sql: String, back: Back) -> Step {
    Step {
        changes: Vec::new(),
        sql,
        transaction: Transaction::Segment(1),
        locks: vec![Lock { table: table.to_owned(), mode: LockMode::Database }],
        rewrite: false,
        scan: false,
        loses: Vec::new(),
        back,
        checks: Vec::new(),
    }
}

fn drop_programs(cx: &Cx<'_>, out: &mut Vec<Step>) {
    for it in cx.old_triggers.iter().rev() {
        let object = ObjectId { table: it.table.clone(), part: Part::Trigger(it.name.clone()) };
        let sql = format!("DROP TRIGGER {};", identifier(&it.name));
        let changes =
            Vec::from_iter((!cx.to.triggers.contains(it)).then_some(Change::Drop(object)));
        out.push(Step { changes, ..step(&it.table, sql, Back::Exact(statement(&it.sql.0))) });
    }
    for it in cx.old_views.iter().rev() {
        let object = ObjectId { table: String::new(), part: Part::View(it.name.clone()) };
        let sql = format!("DROP VIEW {};", identifier(&it.name));
        let changes = Vec::from_iter((!cx.to.views.contains(it)).then_some(Change::Drop(object)));
        out.push(Step { changes, ..step(&it.name, sql, Back::Exact(statement(&it.sql.0))) });
    }
}

fn create_programs(cx: &Cx<'_>, out: &mut Vec<Step>) {
    for it in &cx.new_views {
        let object = ObjectId { table: String::new(), part: Part::View(it.name.clone()) };
        let back = format!("DROP VIEW {};", identifier(&it.name));
        let changes =
            Vec::from_iter((!cx.from.views.contains(it)).then_some(Change::Create(object)));
        out.push(Step { changes, ..step(&it.name, statement(&it.sql.0), Back::Exact(back)) });
    }
    for it in &cx.new_triggers {
        let object = ObjectId { table: it.table.clone(), part: Part::Trigger(it.name.clone()) };
        let back = format!("DROP TRIGGER {};", identifier(&it.name));
        let changes =
            Vec::from_iter((!cx.from.triggers.contains(it)).then_some(Change::Create(object)));
        out.push(Step { changes, ..step(&it.table, statement(&it.sql.0), Back::Exact(back)) });
    }
}

fn statement(sql: &str) -> String {
    format!("{sql};")
}

fn rename(it: &crate::sqlite::planner::renames::Move) -> Step {
    let change = it.what.clone().map(|(object, to)| Change::Rename { object, to });
    let changes = Vec::from_iter(change);
    Step { changes, ..step(&it.table, it.sql.clone(), Back::Exact(it.back.clone())) }
}

fn index_id(table: &str, index: &Index) -> ObjectId {
    ObjectId { table: table.to_owned(), part: Part::Index(index.name.clone()) }
}

/// Indexes that go from tables that stay.
fn drop_indexes(cx: &Cx<'_>, out: &mut Vec<Step>) {
    for Changed { from, to, .. } in &cx.changed {
        for index in from.indexes.iter().filter(|it| !to.indexes.contains(it)) {
            let sql = format!("DROP INDEX {};", identifier(&index.name));
            let changes = vec![Change::Drop(index_id(&to.name, index))];
            let back = Back::Exact(statement(&index.sql.0));
            out.push(Step { changes, ..step(&to.name, sql, back) });
        }
    }
}

fn create_indexes(cx: &Cx<'_>, out: &mut Vec<Step>) {
    let changed = cx.changed.iter().map(|it| (Some(it.from), it.to));
    let created = parents_first(&cx.created).into_iter().map(|it| (None, it));
    for (from, to) in changed.chain(created) {
        let known = from.map(|it| it.indexes.as_slice()).unwrap_or_default();
        for index in to.indexes.iter().filter(|it| !known.contains(it)) {
            let back = format!("DROP INDEX {};", identifier(&index.name));
            out.push(Step {
                changes: vec![Change::Create(index_id(&to.name, index))],
                scan: from.is_some(),
                checks: Vec::from_iter(from.and_then(|it| checks::unique_index(cx, it, to, index))),
                ..step(&to.name, statement(&index.sql.0), Back::Exact(back))
            });
        }
    }
}

fn create_table(table: &Table) -> Step {
    let back = format!("DROP TABLE {};", identifier(&table.name));
    Step {
        changes: vec![Change::Create(table_id(&table.name))],
        ..step(&table.name, statement(&table.sql.0), Back::Exact(back))
    }
}

fn drop_table(table: &Table) -> Step {
    let sql = format!("DROP TABLE {};", identifier(&table.name));
    let indexes = table.indexes.iter().map(|it| format!("\n{};", it.sql.0));
    let back = Back::Lossy {
        sql: format!("{};{}", table.sql.0, indexes.collect::<String>()),
        why: format!("the rows of `{}` are gone", table.name),
    };
    Step {
        changes: vec![Change::Drop(table_id(&table.name))],
        loses: vec![table_id(&table.name)],
        ..step(&table.name, sql, back)
    }
}

fn change_table(cx: &Cx<'_>, changed: &Changed<'_>, out: &mut Vec<Step>) {
    let checks = checks::of_change(cx, changed.from, changed.to);
    if let (Some(up), Some(down)) = (&changed.up, &changed.down) {
        native_steps(changed, up, down, checks, out);
    } else {
        out.push(combined(cx, changed, checks));
    }
}

/// One step for each statement; the last of them undoes the first.
fn native_steps(
    changed: &Changed<'_>,
    up: &[Alter<'_>],
    down: &[Alter<'_>],
    checks: Vec<DataCheck>,
    out: &mut Vec<Step>,
) {
    let table = &changed.to.name;
    let inverse = |it: &Alter<'_>| down.iter().find(|back| undoes(it, back));
    let is_paired = up.len() == down.len() && up.iter().all(|it| inverse(it).is_some());
    if !is_paired {
        let join =
            |list: &[Alter<'_>]| list.iter().map(|it| it.sql(table)).collect::<Vec<_>>().join("\n");
        let back = back_of(changed, join(down));
        let mut one = step(table, join(up), back);
        one.changes = up.iter().map(|it| it.change(table)).collect();
        one.rewrite = up.iter().any(Alter::rewrites);
        one.scan = up.iter().any(Alter::scans);
        one.loses = up.iter().filter_map(|it| lost(table, it)).collect();
        one.checks = checks;
        out.push(one);
        return;
    }
    let mut checks = Some(checks);
    for it in up {
        let back = inverse(it).expect("all were found").sql(table);
        let loses = Vec::from_iter(lost(table, it));
        let back = match it.loses() {
            Some(column) => Back::Lossy { sql: back, why: gone(&[column]) },
            None => Back::Exact(back),
        };
        out.push(Step {
            changes: vec![it.change(table)],
            rewrite: it.rewrites(),
            scan: it.scans(),
            loses,
            checks: checks.take().unwrap_or_default(),
            ..step(table, it.sql(table), back)
        });
    }
}

fn lost(table: &str, it: &Alter<'_>) -> Option<ObjectId> {
    it.loses().map(|it| ObjectId { table: table.to_owned(), part: Part::Column(it.to_owned()) })
}

fn undoes(it: &Alter<'_>, back: &Alter<'_>) -> bool {
    match (it, back) {
        (Alter::Add { column, .. }, Alter::Drop { column: other })
        | (Alter::Drop { column }, Alter::Add { column: other, .. })
        | (Alter::SetNotNull { column }, Alter::DropNotNull { column: other })
        | (Alter::DropNotNull { column }, Alter::SetNotNull { column: other }) => {
            column.name == other.name
        }
        (Alter::AddCheck { name, .. }, Alter::DropCheck { name: other })
        | (Alter::DropCheck { name }, Alter::AddCheck { name: other, .. }) => name == other,
        _ => false,
    }
}

/// A change that needs a rebuild in one direction at least.
fn combined(cx: &Cx<'_>, changed: &Changed<'_>, checks: Vec<DataCheck>) -> Step {
    let (from, to) = (changed.from, changed.to);
    let temporary = temporary_name(cx, &to.name);
    let direction = |alters: &Option<Vec<Alter<'_>>>, from, to, fill| match alters {
        Some(list) => list.iter().map(|it| it.sql(&changed.to.name)).collect::<Vec<_>>().join("\n"),
        None => rebuild::sql(from, to, &temporary, fill),
    };
    let up = direction(&changed.up, from, to, Fill::Default);
    let down = direction(&changed.down, to, from, Fill::Neutral);
    let rewrites = |it: &Vec<Alter<'_>>| it.iter().any(Alter::rewrites);
    let loses = losses(from, to).into_iter().map(|it| part(&to.name, Part::Column(it.to_owned())));
    Step {
        changes: changes(from, to),
        rewrite: changed.up.as_ref().is_none_or(rewrites),
        scan: true,
        loses: loses.collect(),
        checks,
        ..step(&to.name, up, back_of(changed, down))
    }
}

fn back_of(changed: &Changed<'_>, sql: String) -> Back {
    let lost = losses(changed.from, changed.to);
    if lost.is_empty() { Back::Exact(sql) } else { Back::Lossy { sql, why: gone(&lost) } }
}

fn gone(columns: &[&str]) -> String {
    let names: Vec<String> = columns.iter().map(|it| format!("`{it}`")).collect();
    format!(
        "the values of {} are gone; where one must be, a neutral value stands in",
        names.join(", ")
    )
}

/// Columns whose values do not come back.
fn losses<'a>(from: &'a Table, to: &Table) -> Vec<&'a str> {
    let is_lost = |column: &Column| match to.column(&column.name) {
        None => true,
        Some(new) if !new.is_plain() => true,
        Some(new) => Affinity::of(from, column).loses_into(Affinity::of(to, new)),
    };
    from.columns
        .iter()
        .filter(|it| it.is_plain() && is_lost(it))
        .map(|it| it.name.as_str())
        .collect()
}

fn part(table: &str, part: Part) -> ObjectId {
    ObjectId { table: table.to_owned(), part }
}

/// What a rebuild does, in words of the plan.
fn changes(from: &Table, to: &Table) -> Vec<Change> {
    let column = |it: &Column| part(&to.name, Part::Column(it.name.clone()));
    let mut out = Vec::new();
    for it in from.columns.iter().filter(|it| to.column(&it.name).is_none()) {
        out.push(Change::Drop(column(it)));
    }
    for new in &to.columns {
        let object = column(new);
        match from.column(&new.name) {
            None => out.push(Change::Create(object)),
            Some(old) => column_changes(old, new, &object, &mut out),
        }
    }
    let shape = |it: &Table| (it.primary_key.clone(), it.without_rowid, it.strict);
    if shape(from) != shape(to) {
        let what = "primary key or table options".to_owned();
        out.push(Change::Alter { object: table_id(&to.name), what });
    }
    constraint_changes(from, to, &mut out);
    if out.is_empty() {
        out.push(Change::Alter { object: table_id(&to.name), what: "order of columns".to_owned() });
    }
    out
}

fn column_changes(old: &Column, new: &Column, object: &ObjectId, out: &mut Vec<Change>) {
    if old.declared_type != new.declared_type {
        out.push(Change::AlterType {
            column: object.clone(),
            from: old.declared_type.clone(),
            to: new.declared_type.clone(),
        });
    }
    match (old.not_null, new.not_null) {
        (None, Some(_)) => out.push(Change::SetNotNull(object.clone())),
        (Some(_), None) => out.push(Change::DropNotNull(object.clone())),
        _ => {}
    }
    match (&old.default, &new.default) {
        (old, Some(new)) if old.as_ref() != Some(new) => {
            out.push(Change::SetDefault { column: object.clone(), to: new.sql.clone() });
        }
        (Some(_), None) => out.push(Change::DropDefault(object.clone())),
        _ => {}
    }
    if old.collation != new.collation || old.generated != new.generated {
        let what = "collation or generation".to_owned();
        out.push(Change::Alter { object: object.clone(), what });
    }
}

fn constraint_changes(from: &Table, to: &Table, out: &mut Vec<Change>) {
    let name = |name: &Option<String>, kind: &str| {
        part(&to.name, Part::Constraint(name.clone().unwrap_or_else(|| kind.to_owned())))
    };
    let mut both = |gone: Vec<ObjectId>, new: Vec<ObjectId>| {
        out.extend(gone.into_iter().map(Change::Drop));
        out.extend(new.into_iter().map(Change::Create));
    };
    fn minus<'a, T: PartialEq>(a: &'a [T], b: &'a [T]) -> impl Iterator<Item = &'a T> {
        a.iter().filter(|it| !b.contains(it))
    }
    let uniques = |a: &Table, b: &Table| {
        minus(&a.uniques, &b.uniques).map(|it| name(&it.name, "unique")).collect()
    };
    both(uniques(from, to), uniques(to, from));
    let checks = |a: &Table, b: &Table| {
        minus(&a.checks, &b.checks).map(|it| name(&it.name, "check")).collect()
    };
    both(checks(from, to), checks(to, from));
    let keys = |a: &Table, b: &Table| {
        minus(&a.foreign_keys, &b.foreign_keys).map(|it| name(&it.name, "foreign key")).collect()
    };
    both(keys(from, to), keys(to, from));
}

/// A name that neither side has.
fn temporary_name(cx: &Cx<'_>, table: &str) -> String {
    let has = |catalog: &Catalog, name: &str| {
        let views = catalog.views.iter().map(|it| &it.name);
        let indexes = catalog.tables.iter().flat_map(|it| it.indexes.iter().map(|it| &it.name));
        let tables = catalog.tables.iter().map(|it| &it.name);
        let opaque = catalog.opaque.iter().map(|it| &it.name);
        tables.chain(views).chain(indexes).chain(opaque).any(|it| it.eq_ignore_ascii_case(name))
    };
    let mut name = format!("__new_{table}");
    while has(cx.from, &name) || has(cx.to, &name) || has(cx.renamed, &name) {
        name.insert(0, '_');
    }
    name
}

/// Tables after those that they refer to, else in their order; a cycle is cut.
pub(super) fn parents_first<'a>(tables: &[&'a Table]) -> Vec<&'a Table> {
    fn visit<'a>(at: usize, tables: &[&'a Table], seen: &mut [bool], out: &mut Vec<&'a Table>) {
        if std::mem::replace(&mut seen[at], true) {
            return;
        }
        for key in &tables[at].foreign_keys {
            if let Some(parent) = tables.iter().position(|it| lower(&it.name) == key.table) {
                visit(parent, tables, seen, out);
            }
        }
        out.push(tables[at]);
    }
    let (mut out, mut seen) = (Vec::new(), vec![false; tables.len()]);
    for at in 0..tables.len() {
        visit(at, tables, &mut seen, &mut out);
    }
    out
}

fn children_first<'a>(tables: &[&'a Table]) -> Vec<&'a Table> {
    let mut out = parents_first(tables);
    out.reverse();
    out
}
