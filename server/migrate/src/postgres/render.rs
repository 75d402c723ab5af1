//! Writes objects of a catalog as SQL.

use super::catalog::{Body, Catalog, Column, Domain, Identity, Key, Kind, Object, Table};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Statements to run in this order, each without its semicolon.
pub(super) type Statements = Vec<String>;

/// Lets a function be made before what its body names, until the transaction ends.
pub(super) const UNCHECKED_BODIES: &str = "SET LOCAL check_function_bodies = off";

/// Joins statements to one text; each ends in a semicolon.
pub(super) fn joined(statements: &[String]) -> String {
    let statements: Vec<String> = statements.iter().map(|it| format!("{it};")).collect();
    statements.join("\n")
}

/// Writes what the engine shows of `a IN ('x', 'y')` over `varchar` so that it reads the same again:
/// as shown, the cast of the list would move into its elements.
fn readable(sql: &str) -> String {
    let mut out = sql.to_owned();
    for word in ["= ANY", "<> ALL"] {
        let (open, close) = (format!(")::text {word} ((ARRAY["), "])::text[])");
        let mut at = 0;
        while let Some(start) = out[at..].find(&open).map(|it| it + at) {
            let Some(end) = out[start..].find(close).map(|it| it + start) else { break };
            let is_list = out[start..end].contains("::character varying");
            at = start + open.len();
            if is_list {
                out.replace_range(end..end + close.len(), "])");
                out.replace_range(start..start + open.len(), &format!(") {word} (ARRAY["));
            }
        }
    }
    out
}

/// Makes a table with its columns and the constraints in `inline`.
pub(super) fn create_table(catalog: &Catalog, key: &Key, inline: &BTreeSet<Key>) -> String {
    let table = catalog.table(key).expect("only called for tables");
    let unlogged = if table.is_unlogged { "UNLOGGED " } else { "" };
    let mut sql = format!("CREATE {unlogged}TABLE {}", key.qualified());
    let own = |it: &&(&Key, &Object, &Column)| !it.2.is_inherited;
    let columns = catalog.columns(key);
    let mut items: Vec<String> = columns
        .iter()
        .filter(own)
        .map(|(key, _, column)| column_definition(key, column, catalog.default_of(key)))
        .collect();
    for (key, object) in catalog.parts(key, Kind::Constraint).filter(|it| inline.contains(it.0)) {
        items.push(constraint_definition(key, object));
    }
    let items = items.iter().map(|it| format!("\n    {it}")).collect::<Vec<_>>().join(",");
    match &table.bound {
        Some(bound) => {
            let _ = write!(sql, " PARTITION OF {}", table.parents.join(", "));
            if !items.is_empty() {
                let _ = write!(sql, " ({items}\n)");
            }
            let _ = write!(sql, " {bound}");
        }
        None => {
            let close = if items.is_empty() { "" } else { "\n" };
            let _ = write!(sql, " ({items}{close})");
            if !table.parents.is_empty() {
                let _ = write!(sql, " INHERITS ({})", table.parents.join(", "));
            }
        }
    }
    if let Some(key) = &table.partition_key {
        let _ = write!(sql, " PARTITION BY {key}");
    }
    if let Some(method) = &table.access_method {
        let _ = write!(sql, " USING {method}");
    }
    sql + &with(&table.options)
}

/// What a table has that `CREATE TABLE` does not say.
pub(super) fn table_settings(key: &Key, table: &Table) -> Statements {
    let mut out = Vec::new();
    let alter = format!("ALTER TABLE {}", key.qualified());
    if table.row_security {
        out.push(format!("{alter} ENABLE ROW LEVEL SECURITY"));
    }
    if table.row_security_forced {
        out.push(format!("{alter} FORCE ROW LEVEL SECURITY"));
    }
    if matches!(table.replica_identity.as_str(), "FULL" | "NOTHING") {
        out.push(format!("{alter} REPLICA IDENTITY {}", table.replica_identity));
    }
    out
}

pub(super) fn with(options: &BTreeSet<String>) -> String {
    if options.is_empty() {
        return String::new();
    }
    let options: Vec<String> = options.iter().map(|it| option(it)).collect();
    format!(" WITH ({})", options.join(", "))
}

/// `name=value` with the value in quotes where it is more than a word.
pub(super) fn option(text: &str) -> String {
    let Some((name, value)) = text.split_once('=') else { return text.to_owned() };
    let is_word = value.bytes().all(|it| it.is_ascii_alphanumeric() || b"._-".contains(&it));
    if is_word { format!("{name}={value}") } else { format!("{name}={}", literal(value)) }
}

pub(super) fn literal(text: &str) -> String {
    let quoted = text.replace('\'', "''");
    if quoted.contains('\\') {
        format!("E'{}'", quoted.replace('\\', "\\\\"))
    } else {
        format!("'{quoted}'")
    }
}

pub(super) fn column_definition(key: &Key, column: &Column, default: Option<&str>) -> String {
    let mut sql = format!("{} {}", key.part, column.kind);
    if let Some(compression) = &column.compression {
        let _ = write!(sql, " COMPRESSION {compression}");
    }
    if let Some(collation) = &column.collation {
        let _ = write!(sql, " COLLATE {collation}");
    }
    if let Some((expr, kind)) = &column.generated {
        let _ = write!(sql, " GENERATED ALWAYS AS ({}) {kind}", readable(expr));
    }
    if let Some(default) = default {
        let _ = write!(sql, " DEFAULT {default}");
    }
    if let Some(identity) = &column.identity {
        let _ = write!(sql, " {}", identity_clause(identity, &column.kind));
    }
    if column.not_null {
        sql += " NOT NULL";
    }
    sql
}

/// `GENERATED … AS IDENTITY` with the options that are not what they would be anyway.
pub(super) fn identity_clause(identity: &Identity, kind: &str) -> String {
    let options = identity_options(identity, kind);
    let options = if options.is_empty() { options } else { format!(" ({options})") };
    format!("GENERATED {} AS IDENTITY{options}", identity.generation)
}

fn identity_options(identity: &Identity, kind: &str) -> String {
    if identity.options == usual_sequence(kind) { String::new() } else { identity.options.clone() }
}

/// The options of a sequence that says none.
pub(super) fn usual_sequence(kind: &str) -> String {
    let max = match kind {
        "smallint" => "32767",
        "integer" => "2147483647",
        _ => "9223372036854775807",
    };
    format!("START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE {max} CACHE 1 NO CYCLE")
}

/// What a column has that its definition does not say.
pub(super) fn column_settings(key: &Key, column: &Column) -> Statements {
    let alter = format!("ALTER TABLE {} ALTER COLUMN {}", key.qualified(), key.part);
    let storage = column.storage.iter().map(|it| format!("{alter} SET STORAGE {it}"));
    let statistics = column.statistics.iter().map(|it| format!("{alter} SET STATISTICS {it}"));
    storage.chain(statistics).collect()
}

pub(super) fn constraint_definition(key: &Key, object: &Object) -> String {
    let Body::Constraint(constraint) = &object.body else { unreachable!("only for constraints") };
    let not_valid = if constraint.is_validated { "" } else { " NOT VALID" };
    format!("CONSTRAINT {} {}{not_valid}", key.part, readable(&constraint.definition))
}

pub(super) fn create_type(name: &str, body: &Body) -> Option<String> {
    Some(match body {
        Body::Enum(labels) => format!("CREATE TYPE {name} AS ENUM ({})", labels.join(", ")),
        Body::Composite(attributes) => {
            let attributes: Vec<String> =
                attributes.iter().map(|(name, kind)| format!("{name} {kind}")).collect();
            format!("CREATE TYPE {name} AS ({})", attributes.join(", "))
        }
        Body::Domain(domain) => create_domain(name, domain),
        Body::Opaque(opaque) => opaque.create.clone(),
        _ => return None,
    })
}

fn create_domain(name: &str, domain: &Domain) -> String {
    let mut sql = format!("CREATE DOMAIN {name} AS {}", domain.base);
    if let Some(collation) = &domain.collation {
        let _ = write!(sql, " COLLATE {collation}");
    }
    if let Some(default) = &domain.default {
        let _ = write!(sql, " DEFAULT {default}");
    }
    if domain.not_null {
        sql += " NOT NULL";
    }
    let proven = domain.constraints.iter().filter(|it| !it.1.ends_with(NOT_VALID));
    for (name, definition) in proven {
        let _ = write!(sql, " CONSTRAINT {name} {}", readable(definition));
    }
    sql
}

const NOT_VALID: &str = " NOT VALID";

/// The checks of a domain that its definition cannot say, for they are not proven.
pub(super) fn unproven_checks(name: &str, body: &Body) -> Statements {
    let Body::Domain(domain) = body else { return Vec::new() };
    let unproven = domain.constraints.iter().filter(|it| it.1.ends_with(NOT_VALID));
    unproven
        .map(|(check, it)| format!("ALTER DOMAIN {name} ADD CONSTRAINT {check} {}", readable(it)))
        .collect()
}

/// Makes one object that is no table, with nothing of what hangs on it.
pub(super) fn create(catalog: &Catalog, key: &Key) -> Statements {
    let object = catalog.get(key).expect("what is made is in the catalog");
    let name = key.qualified();
    let on = object.table.as_ref().map(Key::qualified).unwrap_or_default();
    match &object.body {
        Body::Schema => vec![format!("CREATE SCHEMA {name}")],
        Body::Extension { schema, version } => {
            let version = literal(version);
            vec![format!("CREATE EXTENSION {name} WITH SCHEMA {schema} VERSION {version}")]
        }
        Body::Enum(_) | Body::Domain(_) | Body::Composite(_) => {
            let create = create_type(&name, &object.body).into_iter();
            create.chain(unproven_checks(&name, &object.body)).collect()
        }
        Body::Sequence(sequence) => {
            let unlogged = if sequence.is_unlogged { "UNLOGGED " } else { "" };
            let mut sql = format!("CREATE {unlogged}SEQUENCE {name} AS {}", sequence.kind);
            if sequence.options != usual_sequence(&sequence.kind) {
                let _ = write!(sql, " {}", sequence.options);
            }
            vec![sql]
        }
        Body::Table(table) => {
            let mut out = vec![create_table(catalog, key, &BTreeSet::new())];
            out.extend(table_settings(key, table));
            out
        }
        Body::Column(column) => {
            let definition = column_definition(key, column, catalog.default_of(key));
            let mut out = vec![format!("ALTER TABLE {name} ADD COLUMN {definition}")];
            out.extend(column_settings(key, column));
            out
        }
        Body::Default(expr) => {
            vec![format!("ALTER TABLE {name} ALTER COLUMN {} SET DEFAULT {expr}", key.part)]
        }
        Body::Constraint(_) => {
            vec![format!("ALTER TABLE {name} ADD {}", constraint_definition(key, object))]
        }
        Body::Index(index) => {
            let unique = if index.is_unique { "UNIQUE " } else { "" };
            let mut out =
                vec![format!("CREATE {unique}INDEX {} ON {}", key.name, readable(&index.tail))];
            if index.is_clustered {
                out.push(format!("ALTER TABLE {on} CLUSTER ON {}", key.name));
            }
            out
        }
        Body::View(view) => {
            let kind = if view.is_materialized { "MATERIALIZED VIEW" } else { "VIEW" };
            let query = readable(view.query.trim());
            vec![format!("CREATE {kind} {name}{} AS\n {query}", with(&view.options))]
        }
        Body::Routine(routine) => {
            let create = routine.create.replacen("CREATE OR REPLACE ", "CREATE ", 1);
            vec![create]
        }
        Body::Opaque(opaque) => vec![readable(&opaque.create)],
    }
}

/// Ties a sequence to a column, which must be of a table of the same role: its table's in `catalog`.
pub(super) fn owned_by(
    catalog: &Catalog,
    sequence: &Key,
    table: Option<&Key>,
    column: Option<&str>,
) -> Statements {
    let alter = format!("ALTER SEQUENCE {}", sequence.qualified());
    let role = table.and_then(|it| catalog.get(it)?.owner.as_ref());
    let role = role.filter(|_| column.is_some()).map(|it| format!("{alter} OWNER TO {it}"));
    let tie = format!("{alter} OWNED BY {}", column.unwrap_or("NONE"));
    role.into_iter().chain([tie]).collect()
}

/// Drops one object.
pub(super) fn drop(catalog: &Catalog, key: &Key) -> String {
    let object = catalog.get(key).expect("what is dropped is in the catalog");
    let (name, part) = (key.qualified(), &key.part);
    match &object.body {
        Body::Schema => format!("DROP SCHEMA {name}"),
        Body::Extension { .. } => format!("DROP EXTENSION {name}"),
        Body::Domain(_) => format!("DROP DOMAIN {name}"),
        Body::Enum(_) | Body::Composite(_) => format!("DROP TYPE {name}"),
        Body::Sequence(_) => format!("DROP SEQUENCE {name}"),
        Body::Table(_) => format!("DROP TABLE {name}"),
        Body::Column(_) => format!("ALTER TABLE {name} DROP COLUMN {part}"),
        Body::Default(_) => format!("ALTER TABLE {name} ALTER COLUMN {part} DROP DEFAULT"),
        Body::Constraint(_) => format!("ALTER TABLE {name} DROP CONSTRAINT {part}"),
        Body::Index(_) => format!("DROP INDEX {name}"),
        Body::View(view) if view.is_materialized => format!("DROP MATERIALIZED VIEW {name}"),
        Body::View(_) => format!("DROP VIEW {name}"),
        Body::Routine(routine) => {
            format!("DROP {} {}", routine.word, signature(key, &routine.word))
        }
        Body::Opaque(opaque) => opaque.drop.clone(),
    }
}

/// An aggregate over nothing is named `f(*)`.
fn signature(key: &Key, word: &str) -> String {
    let name = key.qualified();
    if word == "AGGREGATE" { name.replace("()", "(*)") } else { name }
}

/// How `COMMENT ON` and `GRANT … ON` name an object.
fn named(key: &Key, body: &Body) -> String {
    let (name, part) = (key.qualified(), &key.part);
    match body {
        Body::Schema => format!("SCHEMA {name}"),
        Body::Extension { .. } => format!("EXTENSION {name}"),
        Body::Enum(_) | Body::Composite(_) => format!("TYPE {name}"),
        Body::Domain(_) => format!("DOMAIN {name}"),
        Body::Sequence(_) => format!("SEQUENCE {name}"),
        Body::Table(_) => format!("TABLE {name}"),
        Body::Column(_) | Body::Default(_) => format!("COLUMN {name}.{part}"),
        Body::Constraint(_) => format!("CONSTRAINT {part} ON {name}"),
        Body::Index(_) => format!("INDEX {name}"),
        Body::View(view) if view.is_materialized => format!("MATERIALIZED VIEW {name}"),
        Body::View(_) => format!("VIEW {name}"),
        Body::Routine(it) => format!("{} {}", it.word, signature(key, &it.word)),
        Body::Opaque(it) => it.named.clone(),
    }
}

/// Comments and privileges of an object that was just made.
pub(super) fn extras(key: &Key, object: &Object) -> Statements {
    let mut fresh = object.clone();
    fresh.comment = None;
    fresh.grants = usual_grants(&object.body);
    if let Body::View(view) = &mut fresh.body {
        view.column_comments.clear();
    }
    extras_between(key, &fresh, object)
}

/// Statements that give `old` the comments and privileges of `new`.
pub(super) fn extras_between(key: &Key, old: &Object, new: &Object) -> Statements {
    let mut out = Vec::new();
    if old.comment != new.comment {
        out.push(comment(&named(key, &new.body), new.comment.as_deref()));
    }
    if let (Body::View(before), Body::View(after)) = (&old.body, &new.body) {
        let columns: BTreeSet<&String> =
            before.column_comments.keys().chain(after.column_comments.keys()).collect();
        for column in columns {
            let (was, is) = (before.column_comments.get(column), after.column_comments.get(column));
            if was != is && after.columns.iter().any(|it| &it.0 == column) {
                let on = format!("COLUMN {}.{column}", key.qualified());
                out.push(comment(&on, is.map(String::as_str)));
            }
        }
    }
    out.extend(grants(key, &new.body, &old.grants, &new.grants));
    out
}

fn comment(on: &str, text: Option<&str>) -> String {
    let text = text.map_or_else(|| "NULL".to_owned(), literal);
    format!("COMMENT ON {on} IS {text}")
}

type Grants = BTreeMap<String, BTreeSet<String>>;

/// What everyone may do with a new object.
fn usual_grants(body: &Body) -> Grants {
    let privilege = match body {
        Body::Routine(_) => "EXECUTE",
        Body::Enum(_) | Body::Domain(_) | Body::Composite(_) => "USAGE",
        Body::Opaque(it) if it.named.starts_with("TYPE ") => "USAGE",
        _ => return Grants::new(),
    };
    Grants::from([("PUBLIC".to_owned(), BTreeSet::from([privilege.to_owned()]))])
}

fn grants(key: &Key, body: &Body, old: &Grants, new: &Grants) -> Statements {
    let (columns, on) = match body {
        Body::Column(_) => (format!(" ({})", key.part), format!("TABLE {}", key.qualified())),
        Body::View(_) => (String::new(), format!("TABLE {}", key.qualified())),
        Body::Routine(it) if it.word == "AGGREGATE" => {
            (String::new(), format!("FUNCTION {}", key.qualified()))
        }
        _ => (String::new(), named(key, body)),
    };
    let none = BTreeSet::new();
    let mut out = Vec::new();
    let roles: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for role in roles {
        let (was, is) = (old.get(role).unwrap_or(&none), new.get(role).unwrap_or(&none));
        let plain = |it: &String| it.trim_end_matches(GRANT_OPTION).to_owned();
        let gone: BTreeSet<String> = was.difference(is).map(plain).collect();
        if !gone.is_empty() {
            out.push(format!("REVOKE {} ON {on} FROM {role}", listed(&gone, &columns)));
        }
        for suffix in ["", GRANT_OPTION] {
            let added: BTreeSet<String> = is
                .iter()
                .filter(|it| {
                    (!was.contains(*it) || gone.contains(&plain(it)))
                        && it.ends_with(GRANT_OPTION) != suffix.is_empty()
                })
                .map(plain)
                .collect();
            if !added.is_empty() {
                out.push(format!("GRANT {} ON {on} TO {role}{suffix}", listed(&added, &columns)));
            }
        }
    }
    out
}

const GRANT_OPTION: &str = " WITH GRANT OPTION";

fn listed(privileges: &BTreeSet<String>, columns: &str) -> String {
    let privileges: Vec<String> = privileges.iter().map(|it| format!("{it}{columns}")).collect();
    privileges.join(", ")
}

/// A value that a column of the type can hold in every row, to give a dropped column back.
pub(super) fn filler(catalog: &Catalog, column: &Column) -> Option<String> {
    let kind = &column.kind;
    let value = match column.category {
        'A' => "'{}'",
        'B' => "false",
        'D' => "'1970-01-01 00:00:00'",
        'N' => "0",
        'S' => "''",
        'T' => "'0'",
        'E' => return enum_label(catalog, kind),
        _ => match kind.as_str() {
            "uuid" => "'00000000-0000-0000-0000-000000000000'",
            "json" | "jsonb" => "'{}'",
            "bytea" => "''",
            _ => return None,
        },
    };
    let value =
        if kind.starts_with("time ") || kind.starts_with("time(") { "'00:00'" } else { value };
    Some(format!("{value}::{kind}"))
}

fn enum_label(catalog: &Catalog, kind: &str) -> Option<String> {
    let is_it = |key: &Key| key.kind == Kind::Type && key.qualified() == kind;
    let object = catalog.objects.iter().find(|it| is_it(it.0))?.1;
    let Body::Enum(labels) = &object.body else { return None };
    Some(format!("{}::{kind}", labels.first()?))
}
