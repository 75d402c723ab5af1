//! What holds for any two schemas and any rows: the plan gives the target, keeps the rows, and its
//! way back gives the start.

use crate::plan::{Back, Change, Plan, Renames};
use crate::sqlite::apply::complaints;
use crate::sqlite::planner::Capabilities;
use crate::sqlite::proof::{Trial, backwards, run_steps};
use crate::sqlite::shadow::{ddl, shadow_of};
use crate::sqlite::{Catalog, load, plan, prove, read, script};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestError, TestRunner};
use rusqlite::{Connection, ErrorCode};
use std::collections::{BTreeMap, BTreeSet};

const TABLES: [&str; 4] = ["users", "Posts", "order", "tag list"];
const COLUMNS: [&str; 5] = ["id", "name", "group", "total amount", "Flag"];
const TYPES: [&str; 8] =
    ["INTEGER", "text", "varchar(10)", "REAL", "", "numeric(10, 2)", "BLOB", "boolean"];
const STRICT_TYPES: [&str; 4] = ["INTEGER", "TEXT", "REAL", "ANY"];

#[derive(Debug, Clone)]
struct TableSpec {
    columns: Vec<ColumnSpec>,
    /// 0 none, 1 rowid alias, 2 with autoincrement, 3 of the first two columns.
    key: u8,
    without_rowid: bool,
    strict: bool,
    unique: Option<usize>,
    check: Option<usize>,
    parent: Option<(usize, usize, u8)>,
    indexes: Vec<(usize, u8)>,
    view: Option<usize>,
    trigger: Option<usize>,
}

#[derive(Debug, Clone)]
struct ColumnSpec {
    name: usize,
    ty: usize,
    not_null: bool,
    default: u8,
    collate: bool,
    /// 0 to 7; 0 virtual, 1 stored, else plain.
    generated: u8,
}

fn column() -> impl Strategy<Value = ColumnSpec> {
    (0..COLUMNS.len(), 0..TYPES.len(), any::<bool>(), 0..5_u8, 0..8_u8, 0..8_u8).prop_map(
        |(name, ty, not_null, default, collate, generated)| ColumnSpec {
            name,
            ty,
            not_null,
            default,
            collate: collate == 0,
            generated,
        },
    )
}

fn table() -> impl Strategy<Value = TableSpec> {
    let columns = proptest::collection::vec(column(), 1..5);
    let flags = (0..4_u8, 0..4_u8, 0..4_u8);
    let constraints = (
        proptest::option::of(0..5_usize),
        proptest::option::of(0..5_usize),
        proptest::option::of((0..TABLES.len(), 0..5_usize, 0..5_u8)),
    );
    let others = (
        proptest::collection::vec((0..5_usize, 0..6_u8), 0..3),
        proptest::option::of(0..5_usize),
        proptest::option::of(0..5_usize),
    );
    (columns, flags, constraints, others).prop_map(|(mut columns, flags, constraints, others)| {
        let mut seen = Vec::new();
        columns.retain(|it| {
            !seen.contains(&it.name) && {
                seen.push(it.name);
                true
            }
        });
        TableSpec {
            columns,
            key: flags.0,
            without_rowid: flags.1 == 0,
            strict: flags.2 == 0,
            unique: constraints.0,
            check: constraints.1,
            parent: constraints.2,
            indexes: others.0,
            view: others.1,
            trigger: others.2,
        }
    })
}

type SchemaSpec = Vec<Option<TableSpec>>;

fn schema() -> impl Strategy<Value = SchemaSpec> {
    proptest::collection::vec(proptest::option::weighted(0.7, table()), TABLES.len())
}

/// Two schemas that share some tables as they are, and some with a change.
fn pair() -> impl Strategy<Value = (SchemaSpec, SchemaSpec)> {
    let how = proptest::collection::vec(0..4_u8, TABLES.len());
    (schema(), schema(), how).prop_map(|(from, other, how)| {
        let mut to = from.clone();
        for (at, how) in how.into_iter().enumerate() {
            match (how, &mut to[at], &other[at]) {
                (0, place, other) => place.clone_from(other),
                (1, Some(own), Some(other)) => {
                    own.unique = other.unique;
                    own.check = other.check;
                    own.indexes.clone_from(&other.indexes);
                    own.parent = other.parent;
                }
                (2, Some(own), Some(other)) => {
                    let has = |it: &ColumnSpec| own.columns.iter().any(|old| old.name == it.name);
                    let new: Vec<ColumnSpec> =
                        other.columns.iter().filter(|it| !has(it)).cloned().collect();
                    if new.is_empty() && own.columns.len() > 1 {
                        own.columns.pop();
                    }
                    own.columns.extend(new);
                }
                _ => {}
            }
        }
        (from, to)
    })
}

fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

fn sql(spec: &SchemaSpec) -> String {
    let mut out = String::new();
    for (at, table) in spec.iter().enumerate() {
        if let Some(table) = table {
            out += &table_sql(TABLES[at], table, spec);
        }
    }
    out
}

fn table_sql(name: &str, table: &TableSpec, all: &SchemaSpec) -> String {
    let pick = |at: usize| COLUMNS[table.columns[at % table.columns.len()].name];
    let key_columns = key_columns(table);
    let without_rowid = table.without_rowid && table.key == 3 && !key_columns.is_empty();
    let mut parts = Vec::new();
    for (at, it) in table.columns.iter().enumerate() {
        parts.push(column_sql(at, it, table, &key_columns));
    }
    if table.key == 3 && !key_columns.is_empty() {
        let list = key_columns.iter().map(|it| quoted(it)).collect::<Vec<_>>().join(", ");
        parts.push(format!("PRIMARY KEY ({list})"));
    }
    if let Some(at) = table.unique {
        parts.push(format!("CONSTRAINT u UNIQUE ({})", quoted(pick(at))));
    }
    if let Some(at) = table.check {
        parts.push(format!("CHECK (length({}) < 100)", quoted(pick(at))));
    }
    if let Some((parent, at, action)) = table.parent
        && let Some(target) = all[parent].as_ref()
        && matches!(target.key, 1 | 2)
        && is_plain(&table.columns[at % table.columns.len()])
    {
        let action = [
            "",
            " ON DELETE CASCADE",
            " ON DELETE SET NULL",
            " ON UPDATE RESTRICT",
            " DEFERRABLE INITIALLY DEFERRED",
        ][usize::from(action)];
        let (own, table) = (quoted(pick(at)), quoted(TABLES[parent]));
        let target = quoted(COLUMNS[target.columns[0].name]);
        parts.push(format!("FOREIGN KEY ({own}) REFERENCES {table} ({target}){action}"));
    }
    let mut options = Vec::new();
    if table.strict {
        options.push("STRICT");
    }
    if without_rowid {
        options.push("WITHOUT ROWID");
    }
    let mut out =
        format!("CREATE TABLE {} ({}) {};\n", quoted(name), parts.join(", "), options.join(", "));
    for (n, (at, kind)) in table.indexes.iter().enumerate() {
        let index = quoted(&format!("{name} {n}"));
        let column = quoted(pick(*at));
        let (unique, key, filter) = match kind {
            0 => ("UNIQUE ", column, String::new()),
            1 => ("", format!("{column} DESC"), String::new()),
            2 => ("", format!("lower({column})"), String::new()),
            3 => ("", column.clone(), format!(" WHERE {column} IS NOT NULL")),
            4 => ("", format!("{column} COLLATE NOCASE"), String::new()),
            _ => ("", column, String::new()),
        };
        out += &format!("CREATE {unique}INDEX {index} ON {} ({key}){filter};\n", quoted(name));
    }
    // Another table, where there is one.
    let other = |at: usize| {
        let at = at % TABLES.len();
        if all[at].is_some() { quoted(TABLES[at]) } else { quoted(name) }
    };
    if let Some(at) = table.view {
        let view = quoted(&format!("{name} view"));
        let (column, table, other) = (quoted(pick(at)), quoted(name), other(at));
        out += &format!(
            "CREATE VIEW {view} AS SELECT {column} FROM {table} \
             WHERE EXISTS (SELECT 1 FROM {other});\n"
        );
    }
    if let Some(at) = table.trigger {
        let trigger = quoted(&format!("{name} trigger"));
        let (table, column, other) = (quoted(name), quoted(pick(at)), other(at));
        out += &format!(
            "CREATE TRIGGER {trigger} AFTER DELETE ON {table} BEGIN \
             SELECT count({column}) FROM {table}; SELECT count(*) FROM {other}; END;\n"
        );
    }
    out
}

fn is_plain(it: &ColumnSpec) -> bool {
    it.generated > 1
}

fn key_columns(table: &TableSpec) -> Vec<&'static str> {
    let plain = table.columns.iter().enumerate().filter(|(at, it)| *at == 0 || is_plain(it));
    plain.map(|(_, it)| COLUMNS[it.name]).take(2).collect()
}

fn column_sql(at: usize, it: &ColumnSpec, table: &TableSpec, key: &[&str]) -> String {
    let is_rowid = at == 0 && matches!(table.key, 1 | 2);
    let ty = if is_rowid {
        "INTEGER"
    } else if table.strict {
        STRICT_TYPES[it.ty % STRICT_TYPES.len()]
    } else {
        TYPES[it.ty]
    };
    let mut out = format!("{} {ty}", quoted(COLUMNS[it.name]));
    if is_rowid {
        return out + [" PRIMARY KEY", " PRIMARY KEY AUTOINCREMENT"][usize::from(table.key - 1)];
    }
    if at > 0 && !is_plain(it) {
        let kind = if it.generated == 0 { "VIRTUAL" } else { "STORED" };
        let first = quoted(COLUMNS[table.columns[0].name]);
        return out + &format!(" GENERATED ALWAYS AS (coalesce({first}, 1) + 1) {kind}");
    }
    if it.not_null || (table.without_rowid && key.contains(&COLUMNS[it.name])) {
        out += " NOT NULL";
    }
    out += match (it.default, ty) {
        (0, "INTEGER" | "REAL" | "numeric(10, 2)" | "boolean") => " DEFAULT 7",
        (0, "text" | "TEXT" | "varchar(10)") => " DEFAULT 'it''s'",
        (1, "text" | "varchar(10)" | "") => " DEFAULT CURRENT_TIMESTAMP",
        (2, "INTEGER" | "") => " DEFAULT (abs(-3))",
        _ => "",
    };
    if it.collate {
        out += " COLLATE nocase";
    }
    out
}

/// Fills every table with what the engine accepts of some values.
fn fill(db: &Connection, catalog: &Catalog, seed: u64) {
    db.pragma_update(None, "foreign_keys", true).unwrap();
    let values = ["NULL", "1", "2", "'text'", "'007'", "2.5", "x'00ff'", "12345678901234567", "''"];
    let mut state = seed | 1;
    let mut next = move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap()
    };
    for _ in 0..2 {
        for table in &catalog.tables {
            let plain: Vec<String> = table
                .columns
                .iter()
                .filter(|it| it.is_plain())
                .map(|it| quoted(&it.name))
                .collect();
            for _ in 0..4 {
                let row: Vec<&str> = plain.iter().map(|_| values[next() % values.len()]).collect();
                let (names, row) = (plain.join(", "), row.join(", "));
                // Most rows break some constraint; those that are left are enough.
                let _ = db.execute_batch(&format!(
                    "INSERT INTO {} ({names}) VALUES ({row})",
                    quoted(&table.name)
                ));
            }
        }
    }
}

type Rows = BTreeMap<String, Vec<Vec<String>>>;

/// The rows of the columns that both catalogs have and store alike.
fn rows(db: &Connection, of: &Catalog, other: &Catalog, all_columns: bool) -> Rows {
    let mut out = Rows::new();
    for table in &of.tables {
        let Some(twin) = other.tables.iter().find(|it| it.name == table.name) else { continue };
        let columns = table.columns.iter().filter(|it| it.is_plain()).filter(|it| {
            let same = |twin: &crate::sqlite::Column| {
                twin.is_plain() && (all_columns || twin.declared_type == it.declared_type)
            };
            twin.column(&it.name).is_some_and(same)
        });
        let columns = columns.map(|it| format!("quote({})", quoted(&it.name)));
        let columns: Vec<String> = columns.collect::<BTreeSet<_>>().into_iter().collect();
        let list = if columns.is_empty() { "0".to_owned() } else { columns.join(" || '|' || ") };
        let mut statement =
            db.prepare(&format!("SELECT {list} FROM {} ORDER BY 1", quoted(&table.name))).unwrap();
        let found: Vec<Vec<String>> = statement
            .query_map((), |row| Ok(vec![row.get::<_, rusqlite::types::Value>(0)?]))
            .unwrap()
            .map(|it| it.unwrap().into_iter().map(|it| format!("{it:?}")).collect())
            .collect();
        out.insert(table.name.clone(), found);
    }
    out
}

fn holds(from: &str, to: &str, seed: u64, engine: Capabilities) -> Result<bool, TestCaseError> {
    let (Ok(a), Ok(b)) = (load(from), load(to)) else { return Ok(false) };
    let (from_catalog, to_catalog) = (read(&a).unwrap(), read(&b).unwrap());
    let plan = match plan(&from_catalog, &to_catalog, &Renames::default(), engine) {
        Ok(plan) => plan,
        Err(refusal) => return Err(TestCaseError::fail(format!("refused: {refusal}"))),
    };
    if let Err(error) = prove(&from_catalog, &to_catalog, &plan, engine) {
        return Err(TestCaseError::fail(format!("{error}: {error:?}")));
    }
    read_in_parts(from, &from_catalog)?;
    read_in_parts(to, &to_catalog)?;
    proven_in_parts(&from_catalog, &to_catalog, &plan, engine, seed)?;
    fill(&a, &from_catalog, seed);
    with_rows(&a, &from_catalog, &to_catalog, &plan)?;
    Ok(true)
}

/// A script that is cut reads the same, down to what does not work.
fn read_in_parts(sql: &str, whole: &Catalog) -> Result<(), TestCaseError> {
    if sql.is_empty() || !whole.opaque.is_empty() {
        return Ok(());
    }
    let parts = script::in_so_many_parts(sql, 4);
    // The texts and what is broken as well.
    let shown = |it: &Catalog| format!("{it:?}");
    prop_assert_eq!(parts.as_ref().map(shown), Some(shown(whole)));
    Ok(())
}

/// What the proofs in parts say is what one over everything says, also of plans that are wrong.
fn proven_in_parts(
    from: &Catalog,
    to: &Catalog,
    plan: &Plan,
    engine: Capabilities,
    seed: u64,
) -> Result<(), TestCaseError> {
    let shadow = |it: &Catalog| shadow_of(it);
    let proven = |steps: &[crate::plan::Step]| {
        let (start, wanted) = (from, Some(to));
        let probed = Some(from);
        let trial = Trial { start, probed, wanted, steps, engine, own: None, shadow: &shadow };
        (trial.in_so_many_parts(4), trial.whole())
    };
    let (parts, whole) = proven(&plan.steps);
    let whole = whole.expect("it was proven before");
    if plan.steps.is_empty() || !from.opaque.is_empty() || !to.opaque.is_empty() {
        return Ok(());
    }
    prop_assert!(parts.is_some(), "what holds for all holds for the parts");
    let parts = parts.expect("it was looked at");
    prop_assert_eq!(&parts, &whole);
    let only_makes = |it: &Change| matches!(it, Change::Create(_));
    if plan.steps.iter().all(|it| it.changes.len() == 1 && it.changes.iter().all(only_makes)) {
        prop_assert_eq!(ddl(&parts), ddl(&whole), "the order is the engine's");
    }
    let at = usize::try_from(seed).unwrap_or(usize::MAX) % plan.steps.len();
    let mut without = plan.steps.clone();
    without.remove(at);
    let mut twice = plan.steps.clone();
    twice.insert(at, twice[at].clone());
    let mut other = plan.steps.clone();
    other[at].sql = other[(at + 1) % plan.steps.len()].sql.clone();
    for steps in [without, twice, other] {
        let (parts, whole) = proven(&steps);
        if let Some(parts) = parts {
            prop_assert_eq!(whole.ok(), Some(parts), "the parts say more than the whole");
        }
    }
    Ok(())
}

fn with_rows(
    db: &Connection,
    from: &Catalog,
    to: &Catalog,
    plan: &Plan,
) -> Result<(), TestCaseError> {
    let before_all = rows(db, from, from, true);
    let before = rows(db, from, to, false);
    let counts = |rows: &Rows| -> BTreeMap<String, usize> {
        rows.iter().map(|(name, it)| (name.clone(), it.len())).collect()
    };
    let in_the_way = complaints(db, plan.steps.iter().flat_map(|it| &it.checks));
    for it in &in_the_way {
        prop_assert!(!it.starts_with("ask whether"), "{}", it);
    }
    if let Err((index, error)) = run_steps(db, &plan.steps) {
        let sql = &plan.steps[index].sql;
        // What a value becomes when its type changes, only the engine knows.
        let is_foreseen = !in_the_way.is_empty() || converts(from, to);
        prop_assert!(is_foreseen, "step {} failed: {}\n{}", index, error, sql);
        let code = error.sqlite_error_code();
        let is_data =
            matches!(code, Some(ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch));
        prop_assert!(is_data, "step {} failed: {}\n{}", index, error, sql);
        prop_assert_eq!(&read(db).unwrap(), from, "a failed plan leaves the schema as it was");
        prop_assert_eq!(rows(db, from, from, true), before_all, "a failed plan leaves the rows");
        return Ok(());
    }
    prop_assert_eq!(&read(db).unwrap(), to);
    prop_assert_eq!(&rows(db, to, from, false), &before, "rows of common columns are kept");
    if run_steps(db, &backwards(&plan.steps)).is_ok() {
        prop_assert_eq!(&read(db).unwrap(), from);
        let after = rows(db, from, from, true);
        let kept = |it: &Rows| {
            let mut it = it.clone();
            it.retain(|name, _| to.tables.iter().any(|table| table.name == *name));
            it
        };
        prop_assert_eq!(counts(&kept(&after)), counts(&kept(&before_all)), "rows come back");
        if plan.steps.iter().all(|it| matches!(it.back, Back::Exact(_))) {
            prop_assert_eq!(after, before_all, "an exact way back gives every value again");
        }
    } else {
        let is_lossy = plan.steps.iter().any(|it| matches!(it.back, Back::Lossy { .. }));
        prop_assert!(is_lossy, "an exact way back fails");
    }
    Ok(())
}

fn converts(from: &Catalog, to: &Catalog) -> bool {
    let changes = |new: &crate::sqlite::Column, old: &crate::sqlite::Table| {
        !new.is_plain()
            || old.column(&new.name).is_some_and(|it| it.declared_type != new.declared_type)
    };
    to.tables.iter().any(|new| {
        let old = from.tables.iter().find(|it| it.name == new.name);
        old.is_some_and(|old| new.columns.iter().any(|it| changes(it, old)))
    })
}

fn run(engine: Capabilities) {
    let config = Config { cases: 300, max_shrink_iters: 2_000, ..Config::default() };
    let mut runner = TestRunner::new(config);
    let n_run = std::cell::Cell::new(0_u32);
    let result = runner.run(&(pair(), any::<u64>()), |((from, to), seed)| {
        let (from, to) = (sql(&from), sql(&to));
        let ran = holds(&from, &to, seed, engine)
            .map_err(|it| TestCaseError::fail(format!("{it}\n-- from\n{from}-- to\n{to}")))?;
        n_run.set(n_run.get() + u32::from(ran));
        Ok(())
    });
    match result {
        // The schemas are in the reason; the values they were made from say less.
        Err(TestError::Fail(reason, _)) => panic!("{reason}"),
        Err(error) => panic!("{error}"),
        Ok(()) => {}
    }
    assert!(n_run.get() > 150, "only {} generated pairs were loaded", n_run.get());
}

#[test]
fn portable_plans_reach_the_target_and_come_back_with_the_rows() {
    run(Capabilities::PORTABLE);
}

#[test]
fn plans_for_the_bundled_engine_reach_the_target_and_come_back_with_the_rows() {
    run(Capabilities::bundled());
}
