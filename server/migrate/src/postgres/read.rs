//! Reads a database's catalog in one read-only, time-boxed transaction.

use super::catalog::{
    Body, Catalog, Column, Constraint, ConstraintKind, Domain, Identity, Index, Key, Kind, Object,
    Opaque, Routine, Sequence, Table, View, unquoted,
};
use ::postgres::{Client, SimpleQueryMessage, SimpleQueryRow};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Reads everything that is the user's: no system object, no member of an extension, and none of the
/// runner's own tables ([`crate::run::OWN`]).
///
/// # Errors
/// What the server says, a time-out of 30 s for one query among it.
pub fn read(client: &mut Client) -> Result<Catalog, postgres::Error> {
    let queries = QUERIES.map(expanded).join(";\n");
    // One message there and one back: a catalog is read at every pause of the typing.
    let answered = client.simple_query(&format!("{SETTINGS};\n{queries};\nROLLBACK"));
    let messages = match answered {
        Ok(messages) => messages,
        Err(error) => {
            // The transaction only read; how it ends does not matter.
            let _ = client.batch_execute("ROLLBACK");
            return Err(error);
        }
    };
    let mut answers = vec![Vec::new()];
    for message in messages {
        match message {
            SimpleQueryMessage::Row(row) => answers.last_mut().expect("never empty").push(Row(row)),
            SimpleQueryMessage::CommandComplete(_) => answers.push(Vec::new()),
            _ => {}
        }
    }
    let answers = answers.into_iter().skip(SETTINGS.matches(';').count() + 1);
    let answers = answers.collect::<Vec<_>>().into_iter();
    Ok(Reader { answers, catalog: Catalog::default(), keys: HashMap::new(), heirs: HashSet::new() }
        .read())
}

const SETTINGS: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; \
    SET LOCAL search_path = ''; SET LOCAL statement_timeout = '30s'; SET LOCAL lock_timeout = '5s'; \
    SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'; SET LOCAL intervalstyle = 'postgres'; \
    SET LOCAL quote_all_identifiers = off; SET LOCAL row_security = off; SET LOCAL bytea_output = 'hex'; \
    SET LOCAL standard_conforming_strings = on; SET LOCAL extra_float_digits = 1";

/// In the order in which the reader takes their answers.
///
/// `{user x}`, `{own class oid}` and `{acl list owner kind}` are short for conditions that every
/// query needs.
const QUERIES: [&str; 18] = [
    "SELECT current_setting('server_version_num') AS version",
    include_str!("read/casts.sql"),
    include_str!("read/unplanned.sql"),
    include_str!("read/schemas.sql"),
    include_str!("read/extensions.sql"),
    include_str!("read/relations.sql"),
    include_str!("read/types.sql"),
    include_str!("read/domain_constraints.sql"),
    include_str!("read/columns.sql"),
    include_str!("read/sequences.sql"),
    include_str!("read/constraints.sql"),
    include_str!("read/indexes.sql"),
    include_str!("read/functions.sql"),
    include_str!("read/triggers.sql"),
    include_str!("read/rules.sql"),
    include_str!("read/policies.sql"),
    include_str!("read/others.sql"),
    include_str!("read/depends.sql"),
];

/// A name in `pg_depend`: catalog, object, column.
type Place = (String, u32, i32);

struct Reader {
    /// What is left of the answers to [`QUERIES`].
    answers: std::vec::IntoIter<Vec<Row>>,
    catalog: Catalog,
    /// Where the objects read so far are in `pg_depend`.
    keys: HashMap<Place, Key>,
    /// What partitions and heirs have from their parents: it comes by itself, and needs nothing.
    heirs: HashSet<Place>,
}

impl Reader {
    fn read(mut self) -> Catalog {
        self.casts();
        self.schemas();
        self.extensions();
        self.relations();
        self.types();
        self.columns();
        self.sequences();
        self.constraints();
        self.indexes();
        self.functions();
        self.triggers();
        self.rules();
        self.policies();
        self.others();
        self.dependencies();
        self.catalog.objects.retain(|key, object| !is_own(key, object));
        self.catalog
    }

    fn rows(&mut self) -> Vec<Row> {
        self.answers.next().unwrap_or_default()
    }

    fn add(&mut self, class: &str, row: &Row, key: Key, body: Body, table: Option<Key>) {
        let mut needs: BTreeSet<Key> = table.iter().cloned().collect();
        if !key.schema.is_empty() {
            needs.insert(Key::new(Kind::Schema, "", &key.schema, ""));
        }
        let object = Object {
            body,
            table,
            needs,
            comment: row.text("comment"),
            grants: row.grants(),
            position: 0,
            owner: row.text("owner_role"),
        };
        self.keys.insert((class.to_owned(), row.oid("oid"), 0), key.clone());
        self.catalog.objects.insert(key, object);
    }

    fn relation(&self, oid: u32) -> Option<&Key> {
        self.keys.get(&("pg_class".to_owned(), oid, 0))
    }

    fn casts(&mut self) {
        let version = self.rows();
        let version = version.first().and_then(|it| it.text("version"));
        self.catalog.version = version.and_then(|it| it.parse().ok()).unwrap_or(0);
        let rows = self.rows();
        let (explicit, own): (Vec<Row>, Vec<Row>) =
            rows.into_iter().partition(|it| it.flag("is_explicit"));
        let pair = |it: &Row| (it.must("source"), it.must("target"));
        self.catalog.casts = own.iter().map(pair).collect();
        self.catalog.explicit_casts = explicit.iter().map(pair).collect();
        let rows = self.rows();
        self.catalog.unplanned = rows.iter().map(|it| it.must("what")).collect();
    }

    fn schemas(&mut self) {
        let rows = self.rows();
        for row in rows {
            let key = Key::new(Kind::Schema, "", &row.must("name"), "");
            self.add("pg_namespace", &row, key.clone(), Body::Schema, None);
            if key.name == "public" {
                let object = self.catalog.objects.get_mut(&key).expect("it was just added");
                // What everyone may do in `public` depends on the version that made the database.
                object.grants.remove("PUBLIC");
                object.comment.take_if(|it| it == "standard public schema");
            }
        }
    }

    fn extensions(&mut self) {
        let rows = self.rows();
        for row in rows {
            let key = Key::new(Kind::Extension, "", &row.must("name"), "");
            let schema = row.must("schema");
            let body = Body::Extension { schema: schema.clone(), version: row.must("version") };
            self.add("pg_extension", &row, key.clone(), body, None);
            let object = self.catalog.objects.get_mut(&key).expect("it was just added");
            object.needs.insert(Key::new(Kind::Schema, "", &schema, ""));
        }
    }

    fn relations(&mut self) {
        for row in self.rows() {
            let (schema, name) = (row.must("schema"), row.must("name"));
            match row.must("kind").as_str() {
                kind @ ("v" | "m") => {
                    let body = Body::View(View {
                        query: row.must("view").trim_end_matches(';').to_owned(),
                        is_materialized: kind == "m",
                        options: row.lines("options").into_iter().collect(),
                        columns: Vec::new(),
                        column_comments: BTreeMap::new(),
                    });
                    self.add(
                        "pg_class",
                        &row,
                        Key::new(Kind::View, &schema, &name, ""),
                        body,
                        None,
                    );
                }
                _ => {
                    if let Some(kind) = row.text("of_type") {
                        self.catalog
                            .unplanned
                            .insert(format!("table {schema}.{name} of type {kind}"));
                    }
                    let body = Body::Table(table(&row));
                    self.add(
                        "pg_class",
                        &row,
                        Key::new(Kind::Table, &schema, &name, ""),
                        body,
                        None,
                    );
                }
            }
        }
    }

    fn types(&mut self) {
        let rows = self.rows();
        for row in &rows {
            let key = Key::new(Kind::Type, &row.must("schema"), &row.must("name"), "");
            let body = match (row.must("kind").as_str(), row.text("rel_kind").as_deref()) {
                ("e", _) => Body::Enum(row.lines("labels")),
                ("d", _) => Body::Domain(Domain {
                    base: row.must("base"),
                    collation: row.text("collation"),
                    not_null: row.flag("not_null"),
                    default: row.text("expr"),
                    constraints: BTreeMap::new(),
                }),
                ("c", Some("c")) => {
                    self.keys.insert(("pg_class".into(), row.oid("rel"), 0), key.clone());
                    Body::Composite(Vec::new())
                }
                ("r", _) => Body::Opaque(Opaque {
                    create: format!(
                        "CREATE TYPE {} AS RANGE ({})",
                        key.qualified(),
                        row.must("range")
                    ),
                    drop: format!("DROP TYPE {}", key.qualified()),
                    named: format!("TYPE {}", key.qualified()),
                }),
                _ => continue,
            };
            self.add("pg_type", row, key, body, None);
        }
        self.row_types(&rows);
        for row in self.rows() {
            let place = ("pg_type".to_owned(), row.oid("type"), 0);
            let Some(key) = self.keys.get(&place).cloned() else { continue };
            self.keys.insert(("pg_constraint".into(), row.oid("oid"), 0), key.clone());
            if let Some(Body::Domain(it)) =
                self.catalog.objects.get_mut(&key).map(|it| &mut it.body)
            {
                it.constraints.insert(row.must("name"), row.must("definition"));
            }
        }
    }

    /// Row types stand for their tables, arrays for their elements.
    fn row_types(&mut self, rows: &[Row]) {
        for row in rows {
            if let Some(key) = self.relation(row.oid("rel")).cloned() {
                self.keys.insert(("pg_type".into(), row.oid("oid"), 0), key);
            }
        }
        for row in rows.iter().filter(|it| it.must("category") == "A") {
            let element = ("pg_type".to_owned(), row.oid("element"), 0);
            if let Some(key) = self.keys.get(&element).cloned() {
                self.keys.insert(("pg_type".into(), row.oid("oid"), 0), key);
            }
        }
    }

    fn columns(&mut self) {
        for row in self.rows() {
            let Some(relation) = self.relation(row.oid("rel")).cloned() else { continue };
            let (name, kind) = (row.must("name"), row.must("type"));
            let object = self.catalog.objects.get_mut(&relation).expect("it has a key");
            let place = ("pg_class".to_owned(), row.oid("rel"), row.number("position"));
            match &mut object.body {
                Body::View(view) => {
                    if let Some(comment) = row.text("comment") {
                        view.column_comments.insert(name.clone(), comment);
                    }
                    view.columns.push((name, kind));
                    self.keys.insert(place, relation);
                }
                Body::Composite(attributes) => {
                    let collation = row.text("collation").map(|it| format!(" COLLATE {it}"));
                    attributes.push((name, kind + &collation.unwrap_or_default()));
                    self.keys.insert(place, relation);
                }
                _ => self.column(&row, &relation, &name),
            }
        }
    }

    fn column(&mut self, row: &Row, table: &Key, name: &str) {
        let key = Key::new(Kind::Column, &table.schema, &table.name, name);
        let (rel, position) = (row.oid("rel"), row.number("position"));
        let default = ("pg_attrdef".to_owned(), row.oid("default_oid"), 0);
        let generated = row.text("generated").map(|it| (row.must("expr"), it));
        if generated.is_some() {
            self.keys.insert(default, key.clone());
        } else if let Some(expr) = row.text("expr") {
            self.keys.insert(default, key.with_kind(Kind::Default));
            let body = Body::Default(expr);
            let needs = BTreeSet::from([key.clone(), table.clone()]);
            let (comment, grants) = (None, BTreeMap::new());
            let object = Object {
                body,
                table: Some(table.clone()),
                needs,
                comment,
                grants,
                position,
                owner: None,
            };
            self.catalog.objects.insert(key.with_kind(Kind::Default), object);
        }
        if let Some(sequence) = row.text("sequence_oid").and_then(|it| it.parse().ok()) {
            self.keys.insert(("pg_class".into(), sequence, 0), key.clone());
        }
        let body = Body::Column(Column {
            kind: row.must("type"),
            collation: row.text("collation"),
            not_null: row.flag("not_null"),
            identity: row.text("identity").map(|generation| Identity {
                generation,
                options: row.must("sequence_options"),
                sequence: row.must("sequence"),
            }),
            generated,
            storage: row.text("storage"),
            compression: row.text("compression"),
            statistics: row.text("statistics"),
            is_inherited: row.flag("inherited"),
            category: row.must("category").chars().next().unwrap_or('U'),
        });
        self.add("none", row, key.clone(), body, Some(table.clone()));
        self.catalog.objects.get_mut(&key).expect("it was just added").position = position;
        self.keys.insert(("pg_class".into(), rel, position), key);
    }

    fn sequences(&mut self) {
        for row in self.rows() {
            let key = Key::new(Kind::Sequence, &row.must("schema"), &row.must("name"), "");
            let table = row.text("owner").and_then(|it| self.relation(it.parse().ok()?).cloned());
            let owner = table.as_ref().and_then(|table| {
                Some(format!("{}.{}", table.qualified(), row.text("owner_column")?))
            });
            let body = Body::Sequence(Sequence {
                kind: row.must("type"),
                options: row.must("options"),
                owner,
                is_unlogged: row.must("persistence") == "u",
            });
            self.add("pg_class", &row, key.clone(), body, None);
            self.catalog.objects.get_mut(&key).expect("it was just added").table = table;
        }
    }

    fn constraints(&mut self) {
        for row in self.rows() {
            let Some(table) = self.relation(row.oid("rel")).cloned() else { continue };
            let key = Key::new(Kind::Constraint, &table.schema, &table.name, &row.must("name"));
            if row.flag("inherited") {
                // It goes with its parent; what needs it, needs the table.
                let place: Place = ("pg_constraint".into(), row.oid("oid"), 0);
                self.heirs.insert(place.clone());
                self.keys.insert(place, table);
                continue;
            }
            let target = self.relation(row.oid("target")).cloned();
            if let Some(index) = row.text("index_oid").and_then(|it| it.parse().ok()) {
                self.keys.insert(("pg_class".into(), index, 0), key.clone());
            }
            let body = Body::Constraint(constraint(&row, target));
            self.add("pg_constraint", &row, key, body, Some(table));
        }
    }

    fn indexes(&mut self) {
        for row in self.rows() {
            let Some(table) = self.relation(row.oid("rel")).cloned() else { continue };
            if row.flag("inherited") {
                let place: Place = ("pg_class".into(), row.oid("oid"), 0);
                self.heirs.insert(place.clone());
                self.keys.insert(place, table);
                continue;
            }
            let key = Key::new(Kind::Index, &row.must("schema"), &row.must("name"), "");
            let body = Body::Index(Index {
                is_unique: row.flag("is_unique"),
                tail: without_only(after_on(&row.must("definition"))),
                is_valid: row.flag("valid"),
                is_clustered: row.flag("clustered"),
                is_partitioned: row.must("kind") == "I",
            });
            self.add("pg_class", &row, key, body, Some(table));
        }
    }

    fn functions(&mut self) {
        for row in self.rows() {
            let key = Key::new(Kind::Function, &row.must("schema"), &row.must("name"), "");
            let word = row.must("word");
            let create = row.text("definition").map(|it| it.trim_end().to_owned());
            let create = create.unwrap_or_else(|| aggregate(&key, &row));
            let body = Body::Routine(Routine { word, create, signature: row.must("signature") });
            self.add("pg_proc", &row, key, body, None);
        }
    }

    fn triggers(&mut self) {
        for row in self.rows() {
            let Some(table) = self.relation(row.oid("rel")).cloned() else { continue };
            let (key, named) = part(&table, Kind::Trigger, &row);
            let mut create = row.must("definition");
            if let Some(enabled) = row.text("enabled") {
                let table = table.qualified();
                create += &format!(";\nALTER TABLE {table} {enabled} TRIGGER {}", key.part);
            }
            let body = Body::Opaque(Opaque {
                create,
                drop: format!("DROP TRIGGER {named}"),
                named: format!("TRIGGER {named}"),
            });
            self.add("pg_trigger", &row, key, body, Some(table));
        }
    }

    fn rules(&mut self) {
        for row in self.rows() {
            let Some(table) = self.relation(row.oid("rel")).cloned() else { continue };
            let Some(create) = row.text("definition") else {
                self.keys.insert(("pg_rewrite".into(), row.oid("oid"), 0), table);
                continue;
            };
            let create = create.trim_end_matches(';').to_owned();
            let (key, named) = part(&table, Kind::Rule, &row);
            let body = Body::Opaque(Opaque {
                create,
                drop: format!("DROP RULE {named}"),
                named: format!("RULE {named}"),
            });
            self.add("pg_rewrite", &row, key, body, Some(table));
        }
    }

    fn policies(&mut self) {
        for row in self.rows() {
            let Some(table) = self.relation(row.oid("rel")).cloned() else { continue };
            let (key, named) = part(&table, Kind::Policy, &row);
            let mut create = format!("CREATE POLICY {named}");
            if !row.flag("permissive") {
                create += " AS RESTRICTIVE";
            }
            create += &format!(" FOR {} TO {}", row.must("command"), row.must("roles"));
            if let Some(using) = row.text("using") {
                create += &format!(" USING ({using})");
            }
            if let Some(check) = row.text("check") {
                create += &format!(" WITH CHECK ({check})");
            }
            let body = Body::Opaque(Opaque {
                create,
                drop: format!("DROP POLICY {named}"),
                named: format!("POLICY {named}"),
            });
            self.add("pg_policy", &row, key, body, Some(table));
        }
    }

    fn others(&mut self) {
        for row in self.rows() {
            let kind = row.must("kind");
            let (schema, name) = (row.must("schema"), row.must("name"));
            let table = self.relation(row.oid("rel")).cloned();
            let of = if kind == "statistics" { Kind::Statistics } else { Kind::Other };
            let key = Key::new(of, &schema, &name, if of == Kind::Other { &kind } else { "" });
            let named = format!("{} {}", kind.to_uppercase(), key.qualified());
            let create = row.must("create");
            let body = Body::Opaque(Opaque { create, drop: format!("DROP {named}"), named });
            self.add(&row.must("class"), &row, key, body, table);
        }
    }

    fn dependencies(&mut self) {
        let rows = self.rows();
        let place = |row: &Row, class, oid, sub| (row.must(class), row.oid(oid), row.number(sub));
        // Members of an extension stand for the extension; arrays and row types for their type.
        for row in rows.iter().filter(|it| it.must("deptype") == "e") {
            let extension = place(row, "ref_class", "ref_oid", "ref_sub");
            if let Some(key) = self.keys.get(&extension).cloned() {
                self.keys.insert(place(row, "class", "oid", "sub"), key);
            }
        }
        for row in rows.iter().filter(|it| it.must("deptype") != "e") {
            let of = place(row, "class", "oid", "sub");
            let on = place(row, "ref_class", "ref_oid", "ref_sub");
            if self.heirs.contains(&of) {
                continue;
            }
            let (Some(of), Some(on)) = (self.key(&of), self.key(&on)) else { continue };
            // A sequence that is owned by a column is made before it.
            let is_owned = of.kind == Kind::Sequence && row.must("deptype") == "a";
            let is_own = of == on || (of.kind == Kind::Table && on.table() == of);
            if !is_owned
                && !is_own
                && let Some(object) = self.catalog.objects.get_mut(&of)
            {
                object.needs.insert(on);
            }
        }
    }

    /// The object at a place; a column that has no key of its own stands for its relation.
    fn key(&self, place: &Place) -> Option<Key> {
        let whole = || self.keys.get(&(place.0.clone(), place.1, 0));
        self.keys.get(place).or_else(whole).cloned()
    }
}

fn expanded(sql: &str) -> String {
    let mut out = String::new();
    let mut rest = sql;
    while let Some((before, after)) = rest.split_once('{') {
        let (short, after) = after.split_once('}').expect("the queries here are well formed");
        let words: Vec<&str> = short.split(' ').collect();
        out += before;
        out += &match words[..] {
            ["user", name] => format!("{name} !~ '^pg_' AND {name} <> 'information_schema'"),
            ["own", class, oid] => format!(
                "NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '{class}'::regclass AND e.objid = {oid} AND e.deptype = 'e')"
            ),
            ["acl", list, owner, kind] => format!(
                "(SELECT string_agg(coalesce(quote_ident(r.rolname), 'PUBLIC') || E'\\t' || g.privilege_type \
                 || CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END, E'\\n') \
                 FROM aclexplode(coalesce({list}, acldefault('{kind}', {owner}))) g \
                 LEFT JOIN pg_roles r ON r.oid = g.grantee WHERE g.grantee <> {owner})"
            ),
            _ => unreachable!("`{short}` is none of the abbreviations"),
        };
        rest = after;
    }
    out + rest
}

/// The definition of an index from its table's name on.
fn after_on(definition: &str) -> String {
    // The name of the index comes first and may itself hold " ON " within quotes.
    let mut in_quotes = false;
    for (at, letter) in definition.char_indices() {
        in_quotes ^= letter == '"';
        if let Some(tail) = definition[at..].strip_prefix(" ON ").filter(|_| !in_quotes) {
            return tail.to_owned();
        }
    }
    definition.to_owned()
}

/// An index over partitions is written with the word, and would then be made without theirs.
fn without_only(tail: String) -> String {
    tail.strip_prefix("ONLY ").map(str::to_owned).unwrap_or(tail)
}

fn part(table: &Key, kind: Kind, row: &Row) -> (Key, String) {
    let key = Key::new(kind, &table.schema, &table.name, &row.must("name"));
    let named = format!("{} ON {}", key.part, table.qualified());
    (key, named)
}

fn table(row: &Row) -> Table {
    Table {
        is_unlogged: row.must("persistence") == "u",
        options: row.lines("options").into_iter().collect(),
        row_security: row.flag("rls"),
        row_security_forced: row.flag("forced"),
        replica_identity: row.text("replica").unwrap_or_else(|| "DEFAULT".into()),
        access_method: row.text("access_method"),
        partition_key: row.text("partition_key"),
        bound: row.text("bound"),
        parents: row.lines("parents"),
    }
}

fn constraint(row: &Row, target: Option<Key>) -> Constraint {
    let definition = row.must("definition");
    Constraint {
        kind: match row.must("kind").as_str() {
            "p" => ConstraintKind::Primary,
            "u" => ConstraintKind::Unique,
            "x" => ConstraintKind::Exclusion,
            "f" => ConstraintKind::Foreign,
            _ => ConstraintKind::Check,
        },
        definition: definition.strip_suffix(" NOT VALID").unwrap_or(&definition).to_owned(),
        is_validated: row.flag("validated"),
        columns: row.lines("columns"),
        target: target.map(|it| (it, row.lines("target_columns"))),
        index: row.text("index").map(|it| without_only(after_on(&it))),
        no_inherit: row.flag("no_inherit") && row.must("kind") == "c",
    }
}

fn aggregate(key: &Key, row: &Row) -> String {
    let name = key.qualified();
    let name = name.split_once('(').map_or(name.as_str(), |it| it.0);
    let arguments = row.text("arguments").filter(|it| !it.is_empty()).unwrap_or_else(|| "*".into());
    format!("CREATE AGGREGATE {name}({arguments}) ({})", row.must("aggregate"))
}

/// Whether it is one of the runner's own tables, or belongs to one.
fn is_own(key: &Key, object: &Object) -> bool {
    let is_own = |it: &str| unquoted(it).starts_with(crate::run::OWN);
    let is_relation = !matches!(key.kind, Kind::Schema | Kind::Extension | Kind::Function);
    is_relation && is_own(&key.name) || object.table.as_ref().is_some_and(|it| is_own(&it.name))
}

/// A row of text values.
struct Row(SimpleQueryRow);

impl Row {
    fn text(&self, column: &str) -> Option<String> {
        self.0.try_get(column).ok().flatten().map(str::to_owned)
    }

    /// A value that the query never leaves NULL.
    fn must(&self, column: &str) -> String {
        self.text(column).unwrap_or_default()
    }

    fn flag(&self, column: &str) -> bool {
        matches!(self.0.try_get(column).ok().flatten(), Some("t" | "true"))
    }

    fn oid(&self, column: &str) -> u32 {
        self.must(column).parse().unwrap_or(0)
    }

    fn number(&self, column: &str) -> i32 {
        self.must(column).parse().unwrap_or(0)
    }

    fn lines(&self, column: &str) -> Vec<String> {
        self.text(column).iter().flat_map(|it| it.lines()).map(str::to_owned).collect()
    }

    fn grants(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut out: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for line in self.lines("grants") {
            if let Some((role, privilege)) = line.split_once('\t') {
                out.entry(role.to_owned()).or_default().insert(privilege.to_owned());
            }
        }
        out
    }
}
