//! The same policy shows the same rows and refuses the same writes everywhere: by the data API and
//! by guarded views on SQLite, on PostgreSQL, and in plain Rust.

use super::guard::{Guarded, Identity, guard, sign_in};
use super::sqlite::{Api, view_name};
use super::testing::*;
use super::{Cell, Subject, postgres, sqlite};
use crate::expr::{self, Cx, Database, Row, Use, Value, eval, parse, quote_ident};
use crate::plan::Dialect;
use crate::schema::{Access, Action, Command, Policy, Schema, Type};
use ::postgres::{Client, SimpleQueryMessage};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use rusqlite::Connection;

/// Conditions on a row of any guarded table; `$1` is the id of a user.
const CONDITIONS: &[&str] = &[
    "owner_id = currentUser()",
    "currentUser() = owner_id",
    "owner_id <> currentUser()",
    "not owner_id = currentUser()",
    "owner_id in (currentUser(), '$1')",
    "owner_id not in ('$1')",
    "coalesce(owner_id, currentUser()) = currentUser()",
    "nullif(owner_id, '$1') is null",
    "currentUser() is null",
    "currentUser() is not null",
    "owner_id is null",
    "flag",
    "not flag",
    "flag is not true",
    "flag is false",
    "flag = true",
    "flag <> (score > 2)",
    "coalesce(flag, score > 1)",
    "currentRole() = 'admin'",
    "currentRole() in ('admin', 'editor')",
    "currentRole() <> 'admin'",
    "currentRole() is null",
    "title = 'a'",
    "title < 'b'",
    "title >= 'Z' and title < 'é'",
    "title like 'a%'",
    "title not like '%_c%'",
    "title like '%*%' or title like '[%' or title like '%\\%'",
    "lower(title) = 'ä' or upper(title) = 'ß'",
    "lower(title) <= 'a' || 'z'",
    "length(title) > 2",
    "title || '!' = 'a!'",
    "trim(title) <> title",
    "ltrim(title) = rtrim(title)",
    "replace(title, 'a', 'bb') = 'bb'",
    "substr(title, 2, 1) = 'b'",
    "title between 'A' and 'a'",
    "title in ('a', 'ß', 'it''s')",
    "nullif(title, '') is null",
    "score + 1 > 3",
    "score - -2 = 2",
    "score * score >= 4",
    "7 / score = -2",
    "-7 % score = -1",
    "score % 3 = -1",
    "abs(score) in (1, 2)",
    "score not between -1 and 2",
    "score = 2.5 or score < 1.5",
    "coalesce(score, 0) = 0",
    "made < '2026-01-01T01:00:00+02:00'",
    "made <= now()",
    "made between '2025-01-01T00:00:00Z' and '2026-06-01T00:00:00.5Z'",
    "made in ('2025-12-31T23:00:00.000Z')",
    "exists(members where team_id = row.team_id and owner_id = currentUser())",
    "not exists(members where team_id = row.team_id and owner_id = currentUser())",
    "exists(members where owner_id = currentUser() and flag)",
    "exists(members where members.team_id = row.team_id and flag and owner_id <> row.owner_id)",
    "exists(posts where owner_id = row.owner_id and score > row.score)",
    "exists(posts where id = row.id and flag)",
    "exists(teams where id = row.team_id)",
    "exists(teams where id = row.team_id and exists(members where team_id = row.team_id and owner_id = currentUser()))",
    "exists(members where title = row.title and made >= row.made)",
    "exists(posts where not exists(members where owner_id = row.owner_id) and flag)",
    "true",
    "false",
    "null",
];

fn condition(id: Value) -> impl Strategy<Value = String> {
    let id = shown(&id);
    let leaf = prop::sample::select(CONDITIONS).prop_map(move |it| {
        let is_number = id.parse::<i64>().is_ok();
        let it = if is_number { it.replace("'$1'", &id) } else { it.replace("$1", &id) };
        format!("({it})")
    });
    leaf.prop_recursive(2, 4, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} and {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} or {b})")),
            inner.prop_map(|it| format!("(not {it})")),
        ]
    })
}

fn access(id: &Value) -> impl Strategy<Value = Access> + use<> {
    let own = || "owner_id".to_owned();
    prop_oneof![
        1 => Just(Access::Public),
        2 => Just(Access::Deny),
        2 => Just(Access::OwnRow { column: own() }),
        1 => Just(Access::OwnOrPublic { column: own(), flag: None }),
        2 => Just(Access::OwnOrPublic { column: own(), flag: Some("flag".to_owned()) }),
        2 => Just(Access::MemberOf { table: "members".to_owned(), via: "team_id".to_owned() }),
        1 => Just(Access::Role("admin".to_owned())),
        3 => condition(id.clone()).prop_map(|it| {
            Access::Expr(parse(&it).expect("a test's expression"))
        }),
    ]
}

fn policies(id: &Value) -> impl Strategy<Value = Vec<Policy>> + use<> {
    let commands = prop::sample::subsequence(super::COMMANDS.to_vec(), 1..=4);
    let one = (commands, condition(id.clone()), prop::option::of(condition(id.clone()))).prop_map(
        |(commands, using, check)| policy("named", &commands, &using, &check.unwrap_or_default()),
    );
    let two = prop::collection::vec(one, 0..3);
    two.prop_map(|mut list| {
        for (idx, it) in list.iter_mut().enumerate() {
            it.name = format!("named {idx}");
        }
        list
    })
}

/// The `n`th id.
fn id(n: u8, kind: &Type) -> Value {
    match kind {
        Type::Uuid => Value::Text(format!("0000000a-0000-4000-8000-0000000000{n:02x}")),
        _ => Value::Int(i64::from(n)),
    }
}

fn maybe(of: impl Strategy<Value = Value> + 'static) -> impl Strategy<Value = Value> {
    prop_oneof![1 => Just(Value::Null), 4 => of]
}

/// Values of the columns of [`table`] but for its key.
fn cells(kind: &Type) -> impl Strategy<Value = Row> + use<> {
    const TITLES: [&str; 14] =
        ["", "a", "A", "ab", "b_c", "bXc", "ß", "ä", "Ä", "é", "*", "\\", "a ", "it's"];
    const MOMENTS: [&str; 4] = [
        "2025-12-31T22:59:59.999Z",
        "2025-12-31T23:00:00.000Z",
        "2026-01-01T00:00:00.000Z",
        "2999-01-01T00:00:00.000Z",
    ];
    let text = |list: &'static [&'static str]| {
        prop::sample::select(list).prop_map(|it| Value::Text(it.to_owned()))
    };
    let ids = |kind: &Type, n: u8| {
        let kind = kind.clone();
        (1..=n).prop_map(move |it: u8| id(it, &kind))
    };
    (
        maybe(ids(kind, 3)),
        maybe(ids(kind, 2)),
        maybe(any::<bool>().prop_map(Value::Bool)),
        maybe(text(&TITLES)),
        maybe((-3_i64..5).prop_map(Value::Int)),
        maybe(text(&MOMENTS)),
    )
        .prop_map(|(owner, team, flag, title, score, made)| {
            let cells = [
                ("owner_id", owner),
                ("team_id", team),
                ("flag", flag),
                ("title", title),
                ("score", score),
                ("made", made),
            ];
            cells.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
        })
}

/// A schema, its rows, and writes that somebody tries.
#[derive(Debug, Clone)]
struct World {
    schema: Schema,
    rows: Vec<(String, Row)>,
    writes: Vec<Write>,
    identities: Vec<Identity>,
}

fn world() -> impl Strategy<Value = World> {
    prop_oneof![Just(Type::BigInt), Just(Type::Uuid)].prop_flat_map(|kind| {
        let known = id(1, &kind);
        let table_parts = || (access(&known), policies(&known));
        let rows = |n| prop::collection::vec(cells(&kind), n);
        let write = (
            0..3_u8,
            0..2_u8,
            1..6_u8,
            cells(&kind),
            prop::sample::subsequence(COLUMNS.to_vec(), 1..3),
        );
        let actions =
            prop::sample::select(vec![Action::NoAction, Action::Cascade, Action::SetNull]);
        (
            Just(kind.clone()),
            [table_parts(), table_parts()],
            prop::bool::ANY,
            actions,
            rows(0..5),
            rows(0..6),
            prop::collection::vec(write, 4..8),
        )
            .prop_map(|(kind, tables, guards_users, action, members, posts, writes)| {
                build(&kind, tables, guards_users, action, members, posts, writes)
            })
    })
}

const COLUMNS: [&str; 6] = ["owner_id", "team_id", "flag", "title", "score", "made"];

type TryWrite = (u8, u8, u8, Row, Vec<&'static str>);

fn build(
    kind: &Type,
    tables: [(Access, Vec<Policy>); 2],
    guards_users: bool,
    action: Action,
    members: Vec<Row>,
    posts: Vec<Row>,
    writes: Vec<TryWrite>,
) -> World {
    let mut schema = schema(kind);
    if guards_users {
        schema.tables[0].access = Access::OwnRow { column: "id".to_owned() };
        schema.tables[1].access =
            Access::MemberOf { table: "members".to_owned(), via: "team_id".to_owned() };
    }
    for (table, (access, policies)) in schema.tables[2..].iter_mut().zip(tables) {
        table.access = access;
        table.policies = policies;
    }
    // A post may be of a member, so that what goes there goes, stays or stands in the way here.
    schema.tables[3].columns.push(reference("member_id", kind.clone(), "members", action));
    let mut rows = Vec::new();
    for (table, n) in [("users", 3), ("teams", 2)] {
        rows.extend(
            (1..=n).map(|n| (table.to_owned(), Row::from([("id".to_owned(), id(n, kind))]))),
        );
    }
    for (n, mut row) in (1..).zip(members) {
        row.insert("id".to_owned(), id(n, kind));
        rows.push(("members".to_owned(), row));
    }
    let n_members = rows.iter().filter(|it| it.0 == "members").count();
    for (n, mut row) in (1..).zip(posts) {
        row.insert("id".to_owned(), id(n, kind));
        let member = if n_members > usize::from(n) { id(n, kind) } else { Value::Null };
        row.insert("member_id".to_owned(), member);
        rows.push(("posts".to_owned(), row));
    }
    let writes = writes.into_iter().map(|it| try_write(it, kind)).collect();
    let identities = [(None, None), (Some(1), None), (Some(2), Some("admin")), (Some(9), Some(""))];
    let identities = identities.map(|(user, role)| Identity {
        user: user.map(|it| id(it, kind)),
        role: role.map(str::to_owned),
    });
    World { schema, rows, writes, identities: identities.to_vec() }
}

fn try_write((what, of, n, mut row, columns): TryWrite, kind: &Type) -> Write {
    let table = if of == 0 { "members" } else { "posts" }.to_owned();
    match what {
        0 => {
            row.insert("id".to_owned(), id(n + 20, kind));
            if of == 1 {
                row.insert("member_id".to_owned(), Value::Null);
            }
            Write::Insert { table, row }
        }
        1 => {
            row.retain(|name, _| columns.contains(&name.as_str()));
            Write::Update { table, id: id(n, kind), set: row }
        }
        _ => Write::Delete { table, id: id(n, kind) },
    }
}

fn load_sqlite(world: &World) -> Connection {
    let db = Connection::open_in_memory().expect("a database in memory");
    let mut sql = String::from("pragma foreign_keys = on;\n");
    sql += &ddl(&world.schema, Dialect::Sqlite);
    for (table, row) in &world.rows {
        sql += &insert_sql(table, row, Dialect::Sqlite);
    }
    for it in sqlite::statements(&world.schema).expect("the policies compile") {
        sql += &it.sql;
    }
    db.execute_batch(&sql).unwrap_or_else(|it| panic!("{it}\n{sql}"));
    db
}

fn load_postgres(world: &World, client: &mut Client) {
    let mut sql = String::from(
        "drop schema if exists world cascade; create schema world; set search_path = world;\n\
         grant usage on schema world to app;\n",
    );
    sql += &ddl(&world.schema, Dialect::Postgres);
    for (table, row) in &world.rows {
        sql += &insert_sql(table, row, Dialect::Postgres);
    }
    for it in postgres::statements(&world.schema).expect("the policies compile") {
        sql += &it.sql;
        sql += "\n";
    }
    sql += "grant select, insert, update, delete on all tables in schema world to app;";
    client.batch_execute(&sql).unwrap_or_else(|it| panic!("{it:?}\n{sql}"));
}

fn ids(statement: rusqlite::Result<rusqlite::Statement<'_>>) -> Vec<String> {
    let mut statement = statement.expect("a good statement");
    let rows = statement.query_map([], |row| row.get::<_, rusqlite::types::Value>(0));
    let rows = rows.expect("no parameters").map(|it| text(it.expect("a row")));
    sorted(rows.collect())
}

fn text(value: rusqlite::types::Value) -> String {
    match value {
        rusqlite::types::Value::Null => "∅".to_owned(),
        rusqlite::types::Value::Integer(it) => it.to_string(),
        rusqlite::types::Value::Text(it) => it,
        other => format!("{other:?}"),
    }
}

fn dump_sqlite(db: &Connection, schema: &Schema) -> Vec<String> {
    let mut out = Vec::new();
    for table in &schema.tables {
        let query = format!("select * from {}", quote_ident(&table.name));
        let mut statement = db.prepare(&query).expect("a test's table");
        let n = table.columns.len();
        let rows = statement.query_map([], |row| {
            let cells: Result<Vec<_>, _> = (0..n).map(|it| row.get(it).map(text)).collect();
            Ok(format!("{}: {}", table.name, cells?.join("|")))
        });
        out.extend(rows.expect("no parameters").map(|it| it.expect("a row")));
    }
    sorted(out)
}

fn bind(row: &Row, names: &[&str]) -> Vec<rusqlite::types::Value> {
    use rusqlite::types::Value as Bound;
    let bound = |it: &Value| match it {
        Value::Null => Bound::Null,
        Value::Bool(it) => Bound::Integer(i64::from(*it)),
        Value::Int(it) => Bound::Integer(*it),
        Value::Double(it) => Bound::Real(*it),
        Value::Text(it) => Bound::Text(it.clone()),
    };
    names.iter().map(|it| bound(&row[*it])).collect()
}

fn of_error(error: &rusqlite::Error) -> Outcome {
    let text = error.to_string();
    if text.contains("FOREIGN KEY") {
        Outcome::Constraint
    } else if text.contains("refuse this") {
        Outcome::Refused
    } else {
        panic!("neither a foreign key nor a policy: {text}")
    }
}

/// As the data API does it, on the base tables.
fn write_api(db: &Connection, schema: &Schema, write: &Write) -> Outcome {
    let table = schema.table(write.table()).expect("a test's table");
    let api = Api::new(table, schema).expect("the policies compile");
    let filter = |id: &Value| format!("id = {}", literal(id, Dialect::Sqlite));
    let done = match write {
        Write::Insert { row, .. } => {
            let names: Vec<&str> = row.keys().map(String::as_str).collect();
            let values = rusqlite::params_from_iter(bind(row, &names));
            match db.execute(&api.insert(&names), values) {
                Ok(0) => return Outcome::Refused,
                other => other,
            }
        }
        Write::Update { id, set, .. } => {
            let names: Vec<&str> = set.keys().map(String::as_str).collect();
            let bad = api.refused_updates(&names, &filter(id));
            let values = || rusqlite::params_from_iter(bind(set, &names));
            let n_bad: i64 = db.query_row(&bad, values(), |row| row.get(0)).expect("it counts");
            if n_bad > 0 {
                return Outcome::Refused;
            }
            db.execute(&api.update(&names, &filter(id)), values())
        }
        Write::Delete { id, .. } => db.execute(&api.delete(&filter(id)), []),
    };
    done.map_or_else(|it| of_error(&it), Outcome::Rows)
}

/// As a guarded console does it, on the views; how many rows a trigger wrote is not known there.
fn write_view(db: &Guarded<'_>, schema: &Schema, write: &Write) -> Outcome {
    let table = schema.table(write.table()).expect("a test's table");
    let has_view = sqlite::has_view(table, schema);
    let target = if has_view { view_name(&table.name) } else { table.name.clone() };
    let sql = write_sql(&target, write, Dialect::Sqlite);
    db.execute(&sql, []).map_or_else(|it| of_error(&it), Outcome::Rows)
}

fn write_sql(target: &str, write: &Write, dialect: Dialect) -> String {
    let name = quote_ident(target);
    match write {
        Write::Insert { row, .. } => insert_sql(target, row, dialect),
        Write::Update { id, set, .. } => {
            let set = set.iter().map(|(name, value)| {
                format!("{} = {}", quote_ident(name), literal(value, dialect))
            });
            let set = set.collect::<Vec<_>>().join(", ");
            format!("update {name} set {set} where id = {};", literal(id, dialect))
        }
        Write::Delete { id, .. } => {
            format!("delete from {name} where id = {};", literal(id, dialect))
        }
    }
}

fn become_user(client: &mut Client, identity: &Identity) {
    let user = identity.user.as_ref().map(shown).unwrap_or_default();
    let role = identity.role.clone().unwrap_or_default();
    let sql = format!(
        "begin; set local role app; select set_config('app.user_id', '{user}', true), \
         set_config('app.role', '{role}', true);"
    );
    client.batch_execute(&sql).expect("the settings are set");
}

fn query_postgres(client: &mut Client, sql: &str) -> Vec<Vec<Option<String>>> {
    let rows = client.simple_query(sql).unwrap_or_else(|it| panic!("{it:?}\n{sql}"));
    let row = |it: SimpleQueryMessage| match it {
        SimpleQueryMessage::Row(row) => {
            Some((0..row.len()).map(|idx| row.get(idx).map(str::to_owned)).collect())
        }
        _ => None,
    };
    rows.into_iter().filter_map(row).collect()
}

fn dump_postgres(client: &mut Client, schema: &Schema) -> Vec<String> {
    let mut out = Vec::new();
    for table in &schema.tables {
        let columns = table.columns.iter().map(|it| {
            let name = quote_ident(&it.name);
            match it.kind {
                Type::TimestampTz => format!(
                    "to_char({name} at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"
                ),
                Type::Boolean => format!("{name}::int"),
                _ => name,
            }
        });
        let columns = columns.collect::<Vec<_>>().join(", ");
        let sql = format!("select {columns} from {}", quote_ident(&table.name));
        for row in query_postgres(client, &sql) {
            let cells = row.into_iter().map(|it| it.unwrap_or_else(|| "∅".to_owned()));
            out.push(format!("{}: {}", table.name, cells.collect::<Vec<_>>().join("|")));
        }
    }
    sorted(out)
}

fn write_postgres(client: &mut Client, write: &Write) -> Outcome {
    match client.execute(&write_sql(write.table(), write, Dialect::Postgres), &[]) {
        Ok(n) => Outcome::Rows(usize::try_from(n).expect("a few")),
        Err(error) => match error.code().map(|it| it.code()) {
            Some("42501") => Outcome::Refused,
            Some("23503") => Outcome::Constraint,
            _ => panic!("neither a foreign key nor a policy: {error:?}"),
        },
    }
}

/// What was compared, to tell a test that compares nothing.
#[derive(Debug, Default)]
struct Tally {
    n_hidden: usize,
    n_seen: usize,
    n_refused: usize,
    n_written: usize,
    n_ignored: usize,
    n_constraint: usize,
    n_said: usize,
}

fn compare(world: &World, mut client: Option<&mut Client>, tally: &mut Tally) {
    let schema = &world.schema;
    let mut db = load_sqlite(world);
    if let Some(client) = client.as_deref_mut() {
        load_postgres(world, client);
    }
    let mut database = Database {
        rows: no_rows(schema),
        now: "2026-07-01T00:00:00.000Z".to_owned(),
        ..Database::default()
    };
    for (table, row) in &world.rows {
        database.rows.get_mut(table).expect("a test's table").push(row.clone());
    }
    let mut oracle = Oracle { schema, database };
    for identity in &world.identities {
        let identity_seen = Identity {
            role: identity.role.clone().filter(|it| !it.is_empty()),
            ..identity.clone()
        };
        oracle.sign_in(&identity_seen);
        compare_reads(world, identity, &oracle, &mut db, client.as_deref_mut(), tally);
        for write in &world.writes {
            compare_write(
                world,
                identity,
                write,
                &mut oracle,
                &mut db,
                client.as_deref_mut(),
                tally,
            );
        }
    }
}

fn compare_reads(
    world: &World,
    identity: &Identity,
    oracle: &Oracle<'_>,
    db: &mut Connection,
    mut client: Option<&mut Client>,
    tally: &mut Tally,
) {
    let schema = &world.schema;
    for table in &schema.tables {
        let wanted = oracle.visible(&table.name);
        compare_matrix(schema, &table.name, oracle, &wanted, tally);
        tally.n_seen += wanted.len();
        tally.n_hidden += oracle.database.rows[&table.name].len() - wanted.len();
        let name = quote_ident(&table.name);
        sign_in(db, identity).expect("nothing runs");
        let api = Api::new(table, schema).expect("the policies compile");
        let found =
            ids(db.prepare(&format!("select id from {name} where {}", api.using(Command::Select))));
        assert_eq!(found, wanted, "the data API, {} for {identity:?}", table.name);
        if table.access != Access::Public {
            let guarded = guard(db, schema, identity).expect("it is guarded");
            let view = quote_ident(&view_name(&table.name));
            let found = ids(guarded.prepare(&format!("select id from {view}")));
            assert_eq!(found, wanted, "the view, {} for {identity:?}", table.name);
            let direct = guarded.prepare(&format!("select id from {name}"));
            assert!(direct.is_err(), "the table is open");
        }
        if let Some(client) = client.as_deref_mut() {
            become_user(client, identity);
            let rows = query_postgres(client, &format!("select id from {name}"));
            let found = rows.into_iter().map(|mut it| it.remove(0).expect("a key"));
            assert_eq!(sorted(found.collect()), wanted, "PostgreSQL, {}, {identity:?}", table.name);
            client.batch_execute("rollback").expect("it ends");
        }
    }
}

/// Holds what the matrix says of guests, strangers and owners against what is seen.
fn compare_matrix(
    schema: &Schema,
    table: &str,
    oracle: &Oracle<'_>,
    visible: &[String],
    tally: &mut Tally,
) {
    let database = &oracle.database;
    let user = database.user.as_ref();
    let is_users = |row: &Row, column: &str| user.is_some() && row.get(column) == user;
    // Members and roles are told apart by more than the row.
    let is_member = database.rows["members"].iter().any(|it| is_users(it, "owner_id"));
    if database.role.is_some() || is_member {
        return;
    }
    let matrix = super::matrix(schema).expect("the policies compile");
    let definition = schema.table(table).expect("a test's table");
    let cx = Cx { schema, table: definition, purpose: Use::Policy };
    for row in &database.rows[table] {
        let subject = match user {
            None => Subject::Guest,
            Some(_) if is_users(row, "owner_id") || (table == "users" && is_users(row, "id")) => {
                Subject::Owner
            }
            Some(_) => Subject::Stranger,
        };
        let cell = matrix.cell(table, &subject, Command::Select);
        // An owner who is not told apart is a stranger.
        let cell = cell.or(matrix.cell(table, &Subject::Stranger, Command::Select));
        let said = match cell.expect("everybody is listed") {
            Cell::Yes => true,
            Cell::No => false,
            Cell::If(it) => eval(it, &cx, database, row) == Value::Bool(true),
        };
        let seen = visible.contains(&shown(&row["id"]));
        assert_eq!(said, seen, "the matrix, {table}, {subject}, {row:?}:\n{matrix}");
        tally.n_said += 1;
    }
}

fn compare_write(
    world: &World,
    identity: &Identity,
    write: &Write,
    oracle: &mut Oracle<'_>,
    db: &mut Connection,
    client: Option<&mut Client>,
    tally: &mut Tally,
) {
    let schema = &world.schema;
    let before = oracle.database.rows.clone();
    let wanted = oracle.write(write);
    if !matches!(wanted, Outcome::Rows(_)) {
        oracle.database.rows.clone_from(&before);
    }
    let wanted_dump = oracle.dump();
    oracle.database.rows = before;
    match wanted {
        Outcome::Rows(0) => tally.n_ignored += 1,
        Outcome::Rows(_) => tally.n_written += 1,
        Outcome::Refused => tally.n_refused += 1,
        Outcome::Constraint => tally.n_constraint += 1,
    }
    let what = || format!("{write:?} of {identity:?}");

    sign_in(db, identity).expect("nothing runs");
    db.execute_batch("savepoint a").expect("it starts");
    assert_eq!(write_api(db, schema, write), wanted, "the data API, {}", what());
    assert_eq!(dump_sqlite(db, schema), wanted_dump, "the data API, {}", what());
    db.execute_batch("rollback to a; release a").expect("it ends");

    db.execute_batch("savepoint a").expect("it starts");
    let found = write_view(&guard(db, schema, identity).expect("it is guarded"), schema, write);
    let found_dump = dump_sqlite(db, schema);
    db.execute_batch("rollback to a; release a").expect("it ends");
    if matches!(wanted, Outcome::Rows(_)) {
        assert!(matches!(found, Outcome::Rows(_)), "the view, {}: {found:?}", what());
    } else {
        assert_eq!(found, wanted, "the view, {}", what());
    }
    assert_eq!(found_dump, wanted_dump, "the view, {}", what());

    let Some(client) = client else { return };
    become_user(client, identity);
    let found = write_postgres(client, write);
    assert_eq!(found, wanted, "PostgreSQL, {}", what());
    if matches!(found, Outcome::Rows(_)) {
        client.batch_execute("reset role").expect("it is reset");
        assert_eq!(dump_postgres(client, schema), wanted_dump, "PostgreSQL, {}", what());
    }
    client.batch_execute("rollback").expect("it ends");
}

/// What proptest does when nothing is said.
const DEFAULT_CASES: u32 = 256;

/// How many worlds are compared, the same ones each time; `PROPTEST_CASES` asks for another number
/// of random ones.
const N_WORLDS: u32 = 48;

#[test]
fn every_engine_shows_the_same_rows_and_refuses_the_same_writes() {
    let mut server = crate::policy::server::start();
    let mut tally = Tally::default();
    let mut config = Config { failure_persistence: None, ..Config::default() };
    let mut rng = TestRng::deterministic_rng(RngAlgorithm::default());
    if config.cases == DEFAULT_CASES {
        config.cases = N_WORLDS;
    } else {
        rng = TestRunner::new(config.clone()).new_rng();
    }
    let n_cases = config.cases;
    let mut runner = TestRunner::new_with_rng(config, rng);
    let cell = std::cell::RefCell::new((&mut tally, server.as_mut()));
    let result = runner.run(&world(), |world| {
        let mut cell = cell.borrow_mut();
        let (tally, server) = &mut *cell;
        compare(&world, server.as_mut().map(|it| &mut it.client), tally);
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    let engines = if server.is_some() { "SQLite and PostgreSQL" } else { "SQLite only" };
    println!("{n_cases} worlds on {engines}: {tally:?}");
    let least = [
        tally.n_hidden,
        tally.n_seen,
        tally.n_refused,
        tally.n_written,
        tally.n_ignored,
        tally.n_said,
    ];
    for n in least {
        assert!(n > 20, "hardly anything was compared: {tally:?}");
    }
}

/// Every condition of the list, by itself, on many rows.
#[test]
fn every_condition_means_the_same_everywhere() {
    let mut server = crate::policy::server::start();
    let rng = TestRng::deterministic_rng(RngAlgorithm::default());
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    for kind in [Type::BigInt, Type::Uuid] {
        let rows = |n: usize, runner: &mut TestRunner| {
            let many = prop::collection::vec(cells(&kind), n);
            many.new_tree(runner).expect("rows can be made").current()
        };
        let (members, posts) = (rows(4, &mut runner), rows(150, &mut runner));
        let access = || (Access::Deny, Vec::new());
        let world =
            build(&kind, [access(), access()], false, Action::SetNull, members, posts, Vec::new());
        let client = server.as_mut().map(|it| &mut it.client);
        let n_true = compare_conditions(&world, client, &kind);
        assert!(n_true > 1_000, "hardly any condition held: {n_true}");
    }
}

/// How often a condition held.
fn compare_conditions(world: &World, mut client: Option<&mut Client>, kind: &Type) -> usize {
    let schema = &world.schema;
    let db = load_sqlite(world);
    if let Some(client) = client.as_deref_mut() {
        load_postgres(world, client);
    }
    let mut database = Database {
        rows: no_rows(schema),
        now: "2026-07-01T00:00:00.000Z".to_owned(),
        ..Database::default()
    };
    for (table, row) in &world.rows {
        database.rows.get_mut(table).expect("a test's table").push(row.clone());
    }
    let table = schema.table("posts").expect("a test's table");
    let cx = Cx { schema, table, purpose: Use::Policy };
    let user = shown(&id(1, kind));
    let mut n_true = 0;
    for text in CONDITIONS {
        let is_number = *kind == Type::BigInt;
        let text = text.replace(if is_number { "'$1'" } else { "$1" }, &user);
        let expr = parse(&text).expect("a test's expression");
        assert_eq!(expr::check(&expr, &expr::Place::default(), &cx), [], "{text}");
        let [on_sqlite, on_postgres] = [Dialect::Sqlite, Dialect::Postgres]
            .map(|it| format!("select id from posts where {}", expr::render(&expr, &cx, it)));
        for identity in &world.identities[..3] {
            database.user.clone_from(&identity.user);
            database.role.clone_from(&identity.role);
            let holds = |row: &&Row| eval(&expr, &cx, &database, row) == Value::Bool(true);
            let wanted = database.rows["posts"].iter().filter(holds).map(|it| shown(&it["id"]));
            let wanted = sorted(wanted.collect());
            n_true += wanted.len();
            sign_in(&db, identity).expect("nothing runs");
            assert_eq!(ids(db.prepare(&on_sqlite)), wanted, "SQLite: {on_sqlite}");
            let Some(client) = client.as_deref_mut() else { continue };
            become_user(client, identity);
            client.batch_execute("reset role").expect("it is reset");
            let rows = query_postgres(client, &on_postgres).into_iter();
            let found = rows.map(|mut it| it.remove(0).expect("a key"));
            assert_eq!(sorted(found.collect()), wanted, "PostgreSQL: {on_postgres}");
            client.batch_execute("rollback").expect("it ends");
        }
    }
    n_true
}
