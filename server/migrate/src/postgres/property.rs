//! What holds for any two schemas and any rows, on a server: the plan gives the target, planning again
//! finds nothing, rows stay, and the way back gives the start.

use super::catalog::Catalog;
use super::live::obstacles;
use super::prove::plan_and_prove;
use super::shadow::Shadow;
use super::testing::{catalog, with_shadow};
use crate::plan::{Back, Plan, Renames, Transaction};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

const TABLES: [&str; 3] = ["users", "Posts", "order"];
const COLUMNS: [&str; 5] = ["id", "name", "group", "total amount", "Flag"];
const TYPES: [&str; 8] = [
    "integer",
    "bigint",
    "text",
    "varchar(10)",
    "numeric(10, 2)",
    "boolean",
    "timestamptz",
    "mood",
];
const MOODS: [&str; 3] = ["'low', 'high'", "'low', 'middle', 'high'", "'high', 'low'"];

/// No pair is begun after this time, so that a slow machine tests less rather than long.
const TIME_MAX: Duration = Duration::from_secs(12);
const N_PAIRS: u32 = 20;

#[derive(Debug, Clone)]
struct TableSpec {
    columns: Vec<ColumnSpec>,
    /// 0 none, 1 and 2 the first column, 3 the first two.
    key: u8,
    unique: Option<usize>,
    check: Option<usize>,
    /// Table, own column, action.
    parent: Option<(usize, usize, u8)>,
    /// Column, kind.
    indexes: Vec<(usize, u8)>,
    policy: Option<usize>,
    view: Option<usize>,
    comment: bool,
}

#[derive(Debug, Clone)]
struct ColumnSpec {
    name: usize,
    ty: usize,
    not_null: bool,
    default: u8,
    /// 0 generated, 1 identity, 2 serial, else plain.
    source: u8,
}

type SchemaSpec = (usize, Vec<Option<TableSpec>>);

fn column() -> impl Strategy<Value = ColumnSpec> {
    (0..COLUMNS.len(), 0..TYPES.len(), any::<bool>(), 0..3_u8, 0..12_u8).prop_map(
        |(name, ty, not_null, default, source)| ColumnSpec { name, ty, not_null, default, source },
    )
}

fn table() -> impl Strategy<Value = TableSpec> {
    use proptest::collection::vec;
    use proptest::option::of;
    let constraints =
        (0..4_u8, of(0..5_usize), of(0..5_usize), of((0..TABLES.len(), 0..5_usize, 0..4_u8)));
    let others = (vec((0..5_usize, 0..6_u8), 0..3), of(0..5_usize), of(0..5_usize), any::<bool>());
    (vec(column(), 1..5), constraints, others).prop_map(|(mut columns, constraints, others)| {
        let mut seen = Vec::new();
        columns.retain(|it| {
            let is_new = !seen.contains(&it.name);
            seen.push(it.name);
            is_new
        });
        let (key, unique, check, parent) = constraints;
        let (indexes, policy, view, comment) = others;
        TableSpec { columns, key, unique, check, parent, indexes, policy, view, comment }
    })
}

fn schema() -> impl Strategy<Value = SchemaSpec> {
    let tables = proptest::collection::vec(proptest::option::weighted(0.7, table()), TABLES.len());
    (0..MOODS.len(), tables)
}

/// Two schemas that share some tables as they are, and some with a change.
fn pair() -> impl Strategy<Value = (SchemaSpec, SchemaSpec)> {
    let how = proptest::collection::vec(0..5_u8, TABLES.len());
    (schema(), schema(), how, any::<bool>()).prop_map(|(from, other, how, same_moods)| {
        let mut to = from.clone();
        if !same_moods {
            to.0 = other.0;
        }
        for ((own, other), how) in to.1.iter_mut().zip(&other.1).zip(how) {
            match (how, own, other) {
                (0, place, other) => place.clone_from(other),
                (1, Some(own), Some(other)) => {
                    *own = TableSpec { columns: own.columns.clone(), ..other.clone() };
                }
                (2, Some(own), Some(other)) => change_columns(own, other),
                (3, Some(own), Some(other)) => {
                    for (own, other) in own.columns.iter_mut().zip(&other.columns) {
                        *own = ColumnSpec { name: own.name, ..other.clone() };
                    }
                }
                _ => {}
            }
        }
        (from, to)
    })
}

fn change_columns(own: &mut TableSpec, other: &TableSpec) {
    let has = |it: &ColumnSpec| own.columns.iter().any(|old| old.name == it.name);
    let new: Vec<ColumnSpec> = other.columns.iter().filter(|it| !has(it)).cloned().collect();
    if new.is_empty() && own.columns.len() > 1 {
        own.columns.pop();
    }
    own.columns.extend(new);
}

fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

fn sql((mood, tables): &SchemaSpec) -> String {
    let mut out = format!("CREATE TYPE mood AS ENUM ({});\n", MOODS[*mood]);
    let named = || TABLES.iter().zip(tables).filter_map(|(name, it)| Some((*name, it.as_ref()?)));
    named().for_each(|(name, it)| out += &table_sql(name, it));
    named().for_each(|(name, it)| out += &reference_sql(name, it, tables));
    out
}

fn table_sql(name: &str, table: &TableSpec) -> String {
    let pick = |at: usize| &table.columns[at % table.columns.len()];
    let named = |at: usize| quoted(COLUMNS[pick(at).name]);
    let mut parts: Vec<String> =
        table.columns.iter().enumerate().map(|(at, it)| column_sql(at, it, table)).collect();
    let n_key = [0, 1, 1, 2][usize::from(table.key)].min(table.columns.len());
    if n_key > 0 {
        let list: Vec<String> = (0..n_key).map(named).collect();
        parts.push(format!("PRIMARY KEY ({})", list.join(", ")));
    }
    if let Some(at) = table.unique {
        parts.push(format!("CONSTRAINT {} UNIQUE ({})", quoted(&format!("{name} u")), named(at)));
    }
    if let Some(at) = table.check {
        parts.push(format!("CHECK (length({}::text) < 100)", named(at)));
    }
    let table_name = quoted(name);
    let mut out = format!("CREATE TABLE {table_name} ({});\n", parts.join(", "));
    for (n, (at, kind)) in table.indexes.iter().enumerate() {
        let (index, column) = (quoted(&format!("{name} {n}")), named(*at));
        let (unique, key, filter) = match kind {
            0 => ("UNIQUE ", column, String::new()),
            1 => ("", format!("{column} DESC"), String::new()),
            2 => ("", format!("(({column} IS NULL))"), String::new()),
            3 => ("", column.clone(), format!(" WHERE {column} IS NOT NULL")),
            _ => ("", column, String::new()),
        };
        out += &format!("CREATE {unique}INDEX {index} ON {table_name} ({key}){filter};\n");
    }
    if let Some(at) = table.policy {
        out += &format!(
            "ALTER TABLE {table_name} ENABLE ROW LEVEL SECURITY;\n\
             CREATE POLICY own ON {table_name} USING ({} IS NOT NULL);\n",
            named(at)
        );
    }
    if let Some(at) = table.view {
        let view = quoted(&format!("{name} view"));
        out += &format!("CREATE VIEW {view} AS SELECT {} AS x FROM {table_name};\n", named(at));
    }
    if table.comment {
        out += &format!("COMMENT ON COLUMN {table_name}.{} IS 'it''s';\n", named(0));
    }
    out
}

fn column_sql(at: usize, it: &ColumnSpec, table: &TableSpec) -> String {
    let name = quoted(COLUMNS[it.name]);
    let ty = TYPES[it.ty];
    let first = &table.columns[0];
    match it.source {
        0 if at > 0 && first.source != 0 && TYPES[first.ty] == "integer" => {
            let first = quoted(COLUMNS[first.name]);
            return format!("{name} integer GENERATED ALWAYS AS ({first} + 1) STORED");
        }
        1 => return format!("{name} bigint GENERATED BY DEFAULT AS IDENTITY"),
        2 => return format!("{name} serial"),
        _ => {}
    }
    let mut out = format!("{name} {ty}");
    out += match (it.default, ty) {
        (0, "integer" | "bigint" | "numeric(10, 2)") => " DEFAULT 7",
        (0, "text" | "varchar(10)") => " DEFAULT 'it''s'",
        (0, "timestamptz") => " DEFAULT now()",
        (0, "mood") => " DEFAULT 'low'",
        _ => "",
    };
    if it.not_null {
        out += " NOT NULL";
    }
    out
}

/// Foreign keys, behind all tables: those that do not fit are left out.
fn reference_sql(name: &str, table: &TableSpec, all: &[Option<TableSpec>]) -> String {
    let Some((parent, at, action)) = table.parent else { return String::new() };
    let Some(target) = all[parent].as_ref().filter(|it| matches!(it.key, 1 | 2)) else {
        return String::new();
    };
    let own = &table.columns[at % table.columns.len()];
    let ty = |it: &ColumnSpec| match it.source {
        0..=2 => "integer",
        _ if TYPES[it.ty] == "bigint" => "integer",
        _ => TYPES[it.ty],
    };
    if ty(own) != ty(&target.columns[0]) {
        return String::new();
    }
    let actions =
        ["", " ON DELETE CASCADE", " ON UPDATE RESTRICT", " DEFERRABLE INITIALLY DEFERRED"];
    format!(
        "ALTER TABLE {} ADD FOREIGN KEY ({}) REFERENCES {} ({}){};\n",
        quoted(name),
        quoted(COLUMNS[own.name]),
        quoted(TABLES[parent]),
        quoted(COLUMNS[target.columns[0].name]),
        actions[usize::from(action)]
    )
}

/// Fills every table with what the engine accepts of some values.
fn fill(live: &mut Shadow, catalog: &Catalog) {
    for n in 1..=4 {
        for (key, _) in catalog.objects.iter().filter(|it| it.0.kind == super::catalog::Kind::Table)
        {
            let columns = catalog.columns(key);
            let plain = || columns.iter().filter(|it| it.2.generated.is_none());
            let names: Vec<&str> = plain().map(|it| it.0.part.as_str()).collect();
            let values: Vec<String> = plain().map(|it| value(&it.2.kind, n)).collect();
            let insert = format!(
                "INSERT INTO {} ({}) VALUES ({})",
                key.qualified(),
                names.join(", "),
                values.join(", ")
            );
            // Some rows break some constraint; those that are left are enough.
            let _ = live.client().batch_execute(&insert);
        }
    }
}

fn value(kind: &str, n: u32) -> String {
    match kind {
        "text" | "character varying(10)" => format!("'{n}'"),
        "boolean" => n.is_multiple_of(2).to_string(),
        "timestamp with time zone" => format!("'2024-01-0{n}'"),
        "public.mood" => "'low'".to_owned(),
        _ => n.to_string(),
    }
}

type Rows = BTreeMap<String, Vec<String>>;

/// The values of each column that the other catalog has and stores alike, sorted.
fn rows(live: &mut Shadow, of: &Catalog, other: &Catalog) -> Rows {
    let mut out = Rows::new();
    for (key, object) in &of.objects {
        let super::catalog::Body::Column(column) = &object.body else { continue };
        let Some(twin) = other.column(key) else { continue };
        if twin.kind != column.kind || twin.generated.is_some() || column.generated.is_some() {
            continue;
        }
        let sql = format!("SELECT {}::text FROM {} ORDER BY 1", key.part, key.qualified());
        let found = live.client().query(&sql, &[]).expect("the column is there");
        let values = found.iter().map(|it| it.get::<_, Option<String>>(0).unwrap_or_default());
        out.insert(format!("{}.{}", key.qualified(), key.part), values.collect());
    }
    out
}

fn holds(from: &str, to: &str) -> Result<bool, TestCaseError> {
    // What the engine does not take is no pair.
    let load = |sql: &str| with_shadow(|it| it.load(sql).and_then(|()| it.read()).ok()).flatten();
    let (Some(start), Some(wanted)) = (load(from), load(to)) else { return Ok(false) };
    let planned = with_shadow(|shadow| {
        shadow.load(from).expect("it was loaded before");
        plan_and_prove(shadow, &wanted, &Renames::default())
    });
    let plan = planned
        .expect("there is a server")
        .map_err(|it| TestCaseError::fail(format!("refused: {it}")))?;
    let judged = with_shadow(|live| {
        live.load(from).expect("it was loaded before");
        fill(live, &start);
        with_rows(live, &start, &wanted, &plan)
    });
    judged.expect("there is a server").map(|()| true)
}

fn with_rows(
    live: &mut Shadow,
    start: &Catalog,
    wanted: &Catalog,
    plan: &Plan,
) -> Result<(), TestCaseError> {
    let before = rows(live, start, wanted);
    let all = rows(live, start, start);
    let in_the_way = obstacles(live.client(), plan);
    for it in &in_the_way {
        prop_assert!(!it.starts_with("ask whether"), "{}", it);
    }
    if let Err(message) = run(live, plan.steps.iter().map(|it| (it.transaction, it.sql.as_str()))) {
        // Not every type can be asked what it reads without failing.
        let is_foreseen = !in_the_way.is_empty() || message.contains("invalid input syntax");
        prop_assert!(is_foreseen, "no check foresaw: {}", message);
        return Ok(());
    }
    prop_assert_eq!(live.read().expect("it can be read").differences(wanted), Vec::<String>::new());
    let again = super::plan::plan(&live.read().expect("it can be read"), wanted);
    prop_assert!(again.is_ok_and(|it| it.steps.is_empty()), "planning again is not empty");
    prop_assert_eq!(&rows(live, wanted, start), &before, "rows of common columns are kept");
    let backs = plan.steps.iter().rev().filter_map(|it| match &it.back {
        Back::Exact(sql) | Back::Lossy { sql, .. } => Some((it.transaction, sql.as_str())),
        Back::None { .. } | Back::NotNeeded => None,
    });
    let is_exact = plan.steps.iter().all(|it| matches!(it.back, Back::Exact(_) | Back::NotNeeded));
    if let Err(message) = run(live, backs) {
        prop_assert!(!is_exact, "an exact way back fails: {}", message);
        return Ok(());
    }
    if plan.steps.iter().all(|it| !matches!(it.back, Back::None { .. })) {
        let found = live.read().expect("it can be read").differences(start);
        prop_assert_eq!(found, Vec::<String>::new(), "the way back");
    }
    if is_exact {
        prop_assert_eq!(rows(live, start, start), all, "an exact way back gives every value again");
    }
    Ok(())
}

fn run<'a>(
    live: &mut Shadow,
    parts: impl Iterator<Item = (Transaction, &'a str)>,
) -> Result<(), String> {
    live.run_parts(parts).map_err(|it| {
        let _ = live.client().batch_execute("ROLLBACK");
        it.to_string()
    })
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the limit is one of the machine's time")]
fn plans_reach_the_target_and_come_back_with_the_rows() {
    if catalog("").is_none() {
        return;
    }
    // The same schemas each time, so that a change and not chance breaks a build; so many others are
    // looked through with `SPECWRIGHT_RANDOM=300`, however long that takes.
    let n_random = std::env::var("SPECWRIGHT_RANDOM").ok();
    let n_random: Option<u32> = n_random.map(|it| it.parse().unwrap_or(N_PAIRS));
    let time_max = if n_random.is_some() { Duration::MAX } else { TIME_MAX };
    let config = Config {
        cases: n_random.unwrap_or(N_PAIRS),
        max_shrink_iters: 60,
        failure_persistence: None,
        ..Config::default()
    };
    let mut runner = match n_random {
        Some(_) => TestRunner::new(config),
        None => TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha)),
    };
    let (n_run, begun) = (std::cell::Cell::new(0_u32), Instant::now());
    let result = runner.run(&pair(), |(from, to)| {
        if begun.elapsed() > time_max {
            return Ok(());
        }
        let (from, to) = (sql(&from), sql(&to));
        let ran = holds(&from, &to)
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
    println!("{} generated pairs in {:?}", n_run.get(), begun.elapsed());
    let is_enough = n_run.get() > N_PAIRS / 4 || (begun.elapsed() > time_max && n_run.get() > 0);
    assert!(is_enough, "only {} generated pairs were loaded", n_run.get());
}
