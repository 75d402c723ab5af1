//! The catalog of a schema of the language, and plans between two, without asking a server.
//!
//! Expressions are written by [`render`](crate::render) and not by PostgreSQL, so such a catalog is
//! compared with its kind only, and its plans are for looking at: what is run is planned by an
//! engine and proven there.

use super::catalog::{
    Body, Catalog, Column, Constraint, ConstraintKind, Identity, Index, Key, Kind, Object, Opaque,
    Sequence, Table, quoted, quoted_always,
};
use super::{plan, prove, rename};
use crate::language::{names, replay};
use crate::plan::{Dialect, Part, Plan, Refusal, Renames};
use crate::policy::{self, PolicyError};
use crate::render::{self, Statement};
use crate::schema::{self, Access, DefaultValue, Schema, Type};
use std::collections::{BTreeMap, BTreeSet};

const PUBLIC: &str = "public";

/// A schema with what a server would hold for it.
#[derive(Debug, Clone, Default)]
pub struct Described {
    schema: Schema,
    catalog: Catalog,
}

/// What a server would hold for `schema`, its policies among it.
///
/// # Errors
/// When a policy cannot be compiled.
pub fn describe(schema: &Schema) -> Result<Described, Vec<PolicyError>> {
    let catalog = catalog(schema)?;
    Ok(Described { schema: schema.clone(), catalog })
}

/// The steps from one to the other.
///
/// # Errors
/// What cannot be planned, or a policy that cannot be compiled after the renames.
pub fn plan_described(
    from: &Described,
    to: &Described,
    renames: &Renames,
) -> Result<Plan, Refusal> {
    let drafts = rename::declared(&from.catalog, &to.catalog, renames)?;
    if drafts.is_empty() {
        return plan::plan(&from.catalog, &to.catalog);
    }
    let mut steps = plan::segment(drafts);
    let renamed = replay::renamed(&from.schema, renames);
    let renamed = catalog(&renamed).map_err(|errors| Refusal {
        reasons: errors
            .iter()
            .map(|it| crate::plan::Reason { object: None, why: it.to_string() })
            .collect(),
    })?;
    prove::append(&mut steps, plan::plan(&renamed, &to.catalog)?.steps);
    Ok(Plan { dialect: Dialect::Postgres, steps })
}

fn catalog(schema: &Schema) -> Result<Catalog, Vec<PolicyError>> {
    let mut out = Catalog { version: 150_000, ..Catalog::default() };
    // What the server converts by itself, of the types of the language.
    let numbers = ["smallint", "integer", "bigint", "numeric", "real", "double precision"];
    for source in numbers {
        for target in numbers.iter().filter(|it| **it != source) {
            out.casts.insert((source.to_owned(), (*target).to_owned()));
        }
    }
    let moments = ["date", "timestamp without time zone", "timestamp with time zone"];
    for source in moments {
        for target in moments.iter().filter(|it| **it != source) {
            out.casts.insert((source.to_owned(), (*target).to_owned()));
        }
    }
    out.explicit_casts.insert(("integer".to_owned(), "boolean".to_owned()));
    out.explicit_casts.insert(("boolean".to_owned(), "integer".to_owned()));
    add(&mut out, Key::new(Kind::Schema, "", PUBLIC, ""), Body::Schema, None);
    for (name, words) in render::held_enums(schema) {
        let words = words.iter().map(|it| crate::expr::quote_text(it)).collect();
        add(&mut out, type_key(name), Body::Enum(words), None);
    }
    for table in &schema.tables {
        add_table(&mut out, table);
    }
    for it in &render::schema(schema, Dialect::Postgres).statements {
        add_statement(&mut out, schema, it);
    }
    for it in policy::postgres::statements(schema)? {
        add_policy(&mut out, &it);
    }
    Ok(out)
}

/// A name as SQL spells it.
fn spelt(name: &str) -> String {
    if names::is_keyword(name) { quoted_always(name) } else { quoted(name) }
}

fn table_key(name: &str) -> Key {
    Key::new(Kind::Table, PUBLIC, &spelt(name), "")
}

fn part_key(kind: Kind, table: &str, part: &str) -> Key {
    Key::new(kind, PUBLIC, &spelt(table), &spelt(part))
}

/// A native enum type that was there before.
fn type_key(name: &str) -> Key {
    Key::new(Kind::Type, PUBLIC, &crate::expr::quote_ident(name), "")
}

fn add(out: &mut Catalog, key: Key, body: Body, table: Option<Key>) {
    let mut needs: BTreeSet<Key> = table.iter().cloned().collect();
    if !key.schema.is_empty() {
        needs.insert(Key::new(Kind::Schema, "", PUBLIC, ""));
    }
    let (comment, grants) = (None, BTreeMap::new());
    out.objects
        .insert(key, Object { body, table, needs, comment, grants, position: 0, owner: None });
}

fn add_table(out: &mut Catalog, table: &schema::Table) {
    let key = table_key(&table.name);
    let is_guarded = table.access != Access::Public;
    let body = Body::Table(Table {
        is_unlogged: false,
        options: BTreeSet::new(),
        row_security: is_guarded,
        row_security_forced: is_guarded,
        replica_identity: "DEFAULT".to_owned(),
        access_method: None,
        partition_key: None,
        bound: None,
        parents: Vec::new(),
    });
    add(out, key.clone(), body, None);
    set_comment(out, &key, table.comment.as_ref());
    for (position, column) in (1..).zip(&table.columns) {
        let column_key = part_key(Kind::Column, &table.name, &column.name);
        let held = table.options.held.as_ref();
        let is_serial = held.is_some_and(|it| it.serial.contains(&column.name));
        let is_identity = column.default == Some(DefaultValue::Identity) && !is_serial;
        let identity = is_identity.then(|| Identity {
            generation: generation(table, column).to_owned(),
            options: String::new(),
            sequence: String::new(),
        });
        let body = Body::Column(Column {
            kind: render::held_kind(table, column).unwrap_or_else(|| kind(&column.kind)),
            collation: None,
            not_null: !column.nullable || table.primary_key.contains(&column.name),
            identity,
            generated: None,
            storage: None,
            compression: None,
            statistics: None,
            is_inherited: false,
            category: category(&column.kind),
        });
        add(out, column_key.clone(), body, Some(key.clone()));
        set_comment(out, &column_key, column.comment.as_ref());
        if column.default == Some(DefaultValue::Identity) && is_serial {
            add_serial(out, &key, &column_key);
        }
        let own_type = held.and_then(|it| it.type_of(&column.name)).map(type_key);
        if let Some(own_type) = own_type.filter(|it| out.get(it).is_some()) {
            need(out, &column_key, own_type);
        }
        out.objects.get_mut(&column_key).expect("it was just added").position = position;
    }
}

fn set_comment(out: &mut Catalog, key: &Key, comment: Option<&String>) {
    out.objects.get_mut(key).expect("it was just added").comment = comment.cloned();
}

/// The sequence that numbers a column, and the default that asks it.
fn add_serial(out: &mut Catalog, table: &Key, column: &Key) {
    let name = format!("{}_{}_seq", table.name.trim_matches('"'), column.part.trim_matches('"'));
    let sequence = Key::new(Kind::Sequence, PUBLIC, &spelt(&name), "");
    let body = Body::Sequence(Sequence {
        kind: "bigint".to_owned(),
        options: String::new(),
        owner: Some(format!("{}.{}", table.qualified(), column.part)),
        is_unlogged: false,
    });
    add(out, sequence.clone(), body, Some(table.clone()));
    let default = column.with_kind(Kind::Default);
    let text = format!("nextval('{}'::regclass)", sequence.qualified());
    add(out, default.clone(), Body::Default(text), Some(table.clone()));
    need(out, &default, column.clone());
    need(out, &default, sequence);
}

fn generation(table: &schema::Table, column: &schema::Column) -> &'static str {
    let is_always = table.options.held.as_ref().is_some_and(|it| it.always.contains(&column.name));
    if is_always { "ALWAYS" } else { "BY DEFAULT" }
}

/// The name that `format_type` gives.
fn kind(it: &Type) -> String {
    match it {
        Type::Varchar(n) => format!("character varying({n})"),
        Type::Time => "time without time zone".to_owned(),
        Type::Timestamp => "timestamp without time zone".to_owned(),
        Type::TimestampTz => "timestamp with time zone".to_owned(),
        Type::Array(inner) => format!("{}[]", kind(inner)),
        other => render::postgres_kind(other),
    }
}

/// The category letter of `pg_type`.
fn category(it: &Type) -> char {
    match it {
        Type::Text | Type::Varchar(_) | Type::Enum(_) => 'S',
        Type::SmallInt
        | Type::Integer
        | Type::BigInt
        | Type::Numeric(_)
        | Type::Real
        | Type::Double => 'N',
        Type::Boolean => 'B',
        Type::Date | Type::Time | Type::Timestamp | Type::TimestampTz => 'D',
        Type::Array(_) => 'A',
        Type::Uuid | Type::Json | Type::Bytes | Type::Vector(_) => 'U',
    }
}

/// What the statement makes beside tables and columns: defaults, constraints, indexes.
fn add_statement(out: &mut Catalog, schema: &Schema, it: &Statement) {
    let name = &it.object.table;
    match &it.object.part {
        Part::Table => {
            let Some(table) = schema.table(name) else { return };
            let mut lines = it.fragments.iter().map(|part| &it.sql[part.range.clone()]);
            for column in &table.columns {
                let line = lines.next().unwrap_or_default();
                if let Some((_, expr)) = line.split_once(" DEFAULT ").filter(|it| {
                    !it.0.ends_with(" BY") && column.default != Some(DefaultValue::Identity)
                }) {
                    let key = part_key(Kind::Default, name, &column.name);
                    add(out, key.clone(), Body::Default(expr.to_owned()), Some(table_key(name)));
                    need(out, &key, part_key(Kind::Column, name, &column.name));
                }
            }
            lines.for_each(|line| add_constraint(out, table, line));
        }
        Part::Constraint(_) => {
            let Some(table) = schema.table(name) else { return };
            if let Some((_, line)) = it.sql.trim_end_matches(';').split_once(" ADD ") {
                add_constraint(out, table, line);
            }
        }
        Part::Index(index) => {
            let Some((head, tail)) = it.sql.trim_end_matches(';').split_once(" ON ") else {
                return;
            };
            let keys = tail.split_once(" (").map_or(tail, |it| it.1);
            let body = Body::Index(Index {
                is_unique: head.contains("UNIQUE"),
                tail: format!("{} USING btree ({keys}", table_key(name).qualified()),
                is_valid: true,
                is_clustered: false,
                is_partitioned: false,
            });
            let key = Key::new(Kind::Index, PUBLIC, &spelt(index), "");
            add(out, key, body, Some(table_key(name)));
        }
        _ => {}
    }
}

fn need(out: &mut Catalog, key: &Key, what: Key) {
    out.objects.get_mut(key).expect("it was just added").needs.insert(what);
}

/// `CONSTRAINT "name" …`
fn add_constraint(out: &mut Catalog, table: &schema::Table, line: &str) {
    let Some(rest) = line.strip_prefix("CONSTRAINT \"") else { return };
    let Some((name, definition)) = split_name(rest) else { return };
    let kind = match definition.split(' ').next().unwrap_or_default() {
        "PRIMARY" => ConstraintKind::Primary,
        "UNIQUE" => ConstraintKind::Unique,
        "FOREIGN" => ConstraintKind::Foreign,
        _ => ConstraintKind::Check,
    };
    let is_key = matches!(kind, ConstraintKind::Primary | ConstraintKind::Unique);
    let columns = match kind {
        ConstraintKind::Check => Vec::new(),
        _ => listed(definition),
    };
    let own = table_key(&table.name);
    let target = (kind == ConstraintKind::Foreign)
        .then(|| {
            let rest = definition.split_once(" REFERENCES \"")?.1;
            let (to, rest) = split_name(rest)?;
            Some((table_key(&to), listed(rest)))
        })
        .flatten();
    let index = is_key.then(|| format!("{} USING btree ({})", own.qualified(), columns.join(", ")));
    let (needed, key) = (target.clone(), part_key(Kind::Constraint, &table.name, &name));
    let body = Body::Constraint(Constraint {
        kind,
        definition: definition.to_owned(),
        is_validated: true,
        columns,
        target,
        index,
        no_inherit: false,
    });
    add(out, key.clone(), body, Some(own));
    if let Some((to, columns)) = needed {
        need(out, &key, to.clone());
        let is_target = |it: &(&Key, &Object)| {
            it.1.table.as_ref() == Some(&to)
                && matches!(&it.1.body, Body::Constraint(it)
                    if it.kind != ConstraintKind::Foreign && it.columns == columns)
        };
        if let Some(target) = out.objects.iter().find(is_target).map(|it| it.0.clone()) {
            need(out, &key, target);
        }
    }
}

/// The name up to its closing quote, and what follows it and a blank.
fn split_name(rest: &str) -> Option<(String, &str)> {
    let mut at = 0;
    loop {
        at += rest[at..].find('"')?;
        if !rest[at + 1..].starts_with('"') {
            break;
        }
        at += 2;
    }
    Some((rest[..at].replace("\"\"", "\""), rest[at + 1..].trim_start()))
}

/// The names between the first brackets, as SQL spells them.
fn listed(text: &str) -> Vec<String> {
    let Some((_, mut rest)) = text.split_once("(\"") else { return Vec::new() };
    let mut out = Vec::new();
    while let Some((name, after)) = split_name(rest) {
        out.push(spelt(&name));
        match after.strip_prefix(", \"").or_else(|| after.strip_prefix(",\"")) {
            Some(more) => rest = more,
            None => break,
        }
    }
    out
}

fn add_policy(out: &mut Catalog, it: &Statement) {
    let table = table_key(&it.object.table);
    let create = it.sql.trim_end_matches(';').to_owned();
    match &it.object.part {
        Part::Policy(name) => {
            let key = part_key(Kind::Policy, &it.object.table, name);
            let named = format!("POLICY {} ON {}", key.part, table.qualified());
            let drop = format!("DROP {named}");
            let body = Body::Opaque(Opaque { create, drop, named });
            add(out, key, body, Some(table));
        }
        Part::Function(name) => {
            let key = Key::new(Kind::Function, PUBLIC, &spelt(name), "");
            let named = format!("FUNCTION {}", key.qualified());
            let drop = format!("DROP {named}");
            add(out, key, Body::Opaque(Opaque { create, drop, named }), None);
        }
        Part::Index(name) => {
            let tail =
                create.split_once(" on ").and_then(|it| it.1.split_once(" (")).map(|it| it.1);
            let body = Body::Index(Index {
                is_unique: false,
                tail: format!("{} USING btree ({}", table.qualified(), tail.unwrap_or_default()),
                is_valid: true,
                is_clustered: false,
                is_partitioned: false,
            });
            add(out, Key::new(Kind::Index, PUBLIC, &spelt(name), ""), body, Some(table));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::{self, File, replay};
    use expect_test::{Expect, expect};

    /// The steps from what `before` makes to what `after` makes of it, without settings.
    fn check(before: &str, after: &str, expect: Expect) {
        let files =
            [File { name: "0001_before", text: before }, File { name: "0002_after", text: after }];
        let (mut schema, mut renames) = (Schema::default(), Renames::default());
        let mut described = Vec::new();
        for (index, file) in (0..).zip(files) {
            let (operations, findings) = language::read_file(index, file);
            let replayed = replay(&schema, &operations);
            assert_eq!((findings, replayed.diagnostics), (vec![], vec![]));
            (schema, renames) = (replayed.schema, replayed.renames);
            described.push(describe(&schema).expect("its policies compile"));
        }
        let plan = plan_described(&described[0], &described[1], &renames);
        let plan = plan.expect("it can be planned");
        let mut out = String::new();
        for step in plan.steps.iter().filter(|it| !it.changes.is_empty()) {
            let changes: Vec<String> = step.changes.iter().map(ToString::to_string).collect();
            let locks: Vec<String> =
                step.locks.iter().map(|it| format!("{} {}", it.mode.word(), it.table)).collect();
            out +=
                &format!("{:?} {}; {}\n", step.transaction, changes.join(", "), locks.join(", "));
        }
        expect.assert_eq(&out);
    }

    const USERS: &str =
        "add_table: {name: users, columns: [id pk, email text unique], rls: own-row(id)}\n";

    #[test]
    fn a_new_table_is_made_plainly() {
        check(
            USERS,
            "add_table:\n  name: posts\n  columns: [id pk, user_id fk->users.id, n integer default 3]\n  rls: own-row\n  indices: [n desc]\n",
            expect![[r#"
                Segment(1) create posts, create constraint posts_pkey on posts, create constraint posts_user_id_fkey on posts; ACCESS EXCLUSIVE posts, SHARE ROW EXCLUSIVE users
                Segment(1) create index posts_n_idx on posts; ACCESS EXCLUSIVE posts
                Segment(1) create index rls_posts_user_id_idx on posts; ACCESS EXCLUSIVE posts
                Segment(1) create policy posts_delete on posts; ACCESS EXCLUSIVE posts
                Segment(1) create policy posts_insert on posts; ACCESS EXCLUSIVE posts
                Segment(1) create policy posts_select on posts; ACCESS EXCLUSIVE posts
                Segment(1) create policy posts_update on posts; ACCESS EXCLUSIVE posts
            "#]],
        );
    }

    #[test]
    fn what_may_have_rows_is_changed_in_stages() {
        check(
            USERS,
            "operations:\n- alter_column: {table: users, column: email, nullable: false}\n- add_index: {table: users, columns: [email desc]}\n- add_column: {table: users, columns: [boss_id fk->users.id]}\n",
            expect![[r#"
                Segment(1) create users.boss_id; ACCESS EXCLUSIVE users
                Segment(1) create constraint users_boss_id_fkey on users; SHARE ROW EXCLUSIVE users
                Segment(1) create constraint users_email_not_null_proof on users; ACCESS EXCLUSIVE users
                Outside create index users_email_idx on users; SHARE UPDATE EXCLUSIVE users
                Segment(2) validate constraint users_email_not_null_proof on users; SHARE UPDATE EXCLUSIVE users
                Segment(2) validate constraint users_boss_id_fkey on users; SHARE UPDATE EXCLUSIVE users
                Segment(2) refuse NULL in users.email; ACCESS EXCLUSIVE users
                Segment(2) drop constraint users_email_not_null_proof on users; ACCESS EXCLUSIVE users
            "#]],
        );
    }

    #[test]
    fn renames_and_soft_drops_keep_the_data() {
        check(
            USERS,
            "operations:\n- rename_table: {was: users, name: members}\n- rename_column: {table: members, was: email, name: mail}\n",
            expect![[r#"
                Segment(1) rename users to members; ACCESS EXCLUSIVE users
                Segment(1) rename users.email to mail; ACCESS EXCLUSIVE members
            "#]],
        );
        check(
            USERS,
            "drop_column: {table: users, column: email}\n",
            expect![[r#"
            Segment(1) rename users.email to __dropped_0002_email; ACCESS EXCLUSIVE users
            Segment(1) drop constraint users_email_key on users; ACCESS EXCLUSIVE users
        "#]],
        );
    }

    #[test]
    fn an_equal_schema_has_no_plan() {
        check(USERS, "", expect![[r#""#]]);
    }
}
