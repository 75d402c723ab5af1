//! A small world for the tests of policies: tables, rows and users, on each engine and in plain Rust.

use crate::expr::{self, Cx, Database, Expr, Row, Use, Value, parse, quote_ident, quote_text};
use crate::plan::Dialect;
use crate::policy::guard::Identity;
use crate::schema::{
    Access, Action, Column, Command, Origin, Policy, Reference, Schema, Table, Type,
};
use std::collections::BTreeMap;

pub(crate) fn column(name: &str, kind: Type) -> Column {
    Column { name: name.to_owned(), kind, nullable: true, ..Column::default() }
}

pub(crate) fn reference(name: &str, kind: Type, table: &str, on_delete: Action) -> Column {
    let to = Reference {
        table: table.to_owned(),
        column: "id".to_owned(),
        on_delete,
        on_update: Action::NoAction,
    };
    Column { references: Some(to), ..column(name, kind) }
}

/// A table with the columns that the tests' policies speak of.
pub(crate) fn table(name: &str, id: &Type, access: Access) -> Table {
    let mut out = Table { name: name.to_owned(), ..Table::default() };
    out.columns = vec![
        Column { nullable: false, ..column("id", id.clone()) },
        reference("owner_id", id.clone(), "users", Action::NoAction),
        reference("team_id", id.clone(), "teams", Action::SetNull),
        column("flag", Type::Boolean),
        column("title", Type::Text),
        column("score", Type::Integer),
        column("made", Type::TimestampTz),
    ];
    out.primary_key = vec!["id".to_owned()];
    out.access = access;
    out
}

/// `users`, `teams`, `members` and `posts`; whoever needs other accesses changes them.
pub(crate) fn schema(id: &Type) -> Schema {
    let mut users = Table { name: "users".to_owned(), ..Table::default() };
    users.columns = vec![Column { nullable: false, ..column("id", id.clone()) }];
    users.primary_key = vec!["id".to_owned()];
    users.access = Access::Public;
    let mut teams = users.clone();
    teams.name = "teams".to_owned();
    let members = table("members", id, Access::OwnRow { column: "owner_id".to_owned() });
    let posts = table("posts", id, Access::OwnRow { column: "owner_id".to_owned() });
    Schema { tables: vec![users, teams, members, posts] }
}

pub(crate) fn policy(name: &str, commands: &[Command], using: &str, check: &str) -> Policy {
    let read = |text: &str| (!text.is_empty()).then(|| parse(text).expect("a test's expression"));
    Policy {
        name: name.to_owned(),
        commands: commands.to_vec(),
        using: read(using),
        check: read(check),
        origin: Origin::default(),
    }
}

/// The tables, without anything of policies.
pub(crate) fn ddl(schema: &Schema, dialect: Dialect) -> String {
    crate::render::schema(schema, dialect).sql()
}

pub(crate) fn literal(value: &Value, dialect: Dialect) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(it) if dialect == Dialect::Sqlite => u8::from(*it).to_string(),
        Value::Bool(it) => it.to_string(),
        Value::Int(it) => it.to_string(),
        Value::Double(it) => it.to_string(),
        Value::Text(it) => quote_text(it),
    }
}

pub(crate) fn insert_sql(table: &str, row: &Row, dialect: Dialect) -> String {
    let names: Vec<String> = row.keys().map(|it| quote_ident(it)).collect();
    let values: Vec<String> = row.values().map(|it| literal(it, dialect)).collect();
    format!(
        "insert into {} ({}) values ({});",
        quote_ident(table),
        names.join(", "),
        values.join(", ")
    )
}

/// A write of one user.
#[derive(Debug, Clone)]
pub(crate) enum Write {
    Insert { table: String, row: Row },
    Update { table: String, id: Value, set: Row },
    Delete { table: String, id: Value },
}

/// What came of it: how many rows, or why none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    Rows(usize),
    Refused,
    /// A foreign key stood in the way.
    Constraint,
}

impl Write {
    pub(crate) fn table(&self) -> &str {
        match self {
            Self::Insert { table, .. }
            | Self::Update { table, .. }
            | Self::Delete { table, .. } => table,
        }
    }
}

/// The world as plain Rust sees it, with the rules written a second time and in another way.
pub(crate) struct Oracle<'a> {
    pub(crate) schema: &'a Schema,
    pub(crate) database: Database,
}

impl Oracle<'_> {
    pub(crate) fn sign_in(&mut self, identity: &Identity) {
        self.database.user.clone_from(&identity.user);
        self.database.role.clone_from(&identity.role);
    }

    fn table(&self, name: &str) -> &Table {
        self.schema.table(name).expect("a test's table")
    }

    fn holds(&self, expr: &Expr, table: &Table, row: &Row) -> bool {
        let cx = Cx { schema: self.schema, table, purpose: Use::Policy };
        expr::eval(expr, &cx, &self.database, row) == Value::Bool(true)
    }

    fn is_user(&self, value: Option<&Value>) -> bool {
        matches!((value, &self.database.user), (Some(a), Some(b)) if a == b)
    }

    /// Whether the table's access alone lets it be, for reading or for writing.
    fn by_access(&self, table: &Table, row: &Row, reads: bool) -> bool {
        match &table.access {
            Access::Public => true,
            Access::Deny => false,
            Access::OwnRow { column } => self.is_user(row.get(column)),
            Access::OwnOrPublic { column, flag } => {
                let open = match flag {
                    Some(flag) => row.get(flag) == Some(&Value::Bool(true)),
                    None => true,
                };
                self.is_user(row.get(column)) || (reads && open)
            }
            Access::MemberOf { table: members, via } => {
                let own = row.get(via).or_else(|| row.get("id")).cloned().unwrap_or(Value::Null);
                let rows = self.database.rows.get(members).map_or(&[][..], Vec::as_slice);
                own != Value::Null
                    && rows
                        .iter()
                        .any(|it| it.get(via) == Some(&own) && self.is_user(it.get("owner_id")))
            }
            Access::Role(name) => self.database.role.as_ref() == Some(name),
            Access::Expr(expr) => self.holds(expr, table, row),
        }
    }

    fn by_policy(&self, table: &Table, row: &Row, command: Command, checks: bool) -> bool {
        let of = table.policies.iter().filter(|it| it.commands.contains(&command));
        let mut predicates = of.filter_map(|it| {
            let check = it.check.as_ref().filter(|_| checks);
            check.or(it.using.as_ref())
        });
        predicates.any(|it| self.holds(it, table, row))
    }

    fn may(&self, table: &Table, row: &Row, command: Command, checks: bool) -> bool {
        let reads = command == Command::Select;
        self.by_access(table, row, reads) || self.by_policy(table, row, command, checks)
    }

    fn sees(&self, table: &Table, row: &Row) -> bool {
        self.may(table, row, Command::Select, false)
    }

    pub(crate) fn visible(&self, table: &str) -> Vec<String> {
        let definition = self.table(table);
        let rows = self.database.rows[table].iter().filter(|it| self.sees(definition, it));
        sorted(rows.map(|it| shown(&it["id"])).collect())
    }

    /// Every row of every table, a line each.
    pub(crate) fn dump(&self) -> Vec<String> {
        let mut out = Vec::new();
        for table in &self.schema.tables {
            for row in &self.database.rows[&table.name] {
                let cells = table
                    .columns
                    .iter()
                    .map(|it| row.get(&it.name).map_or_else(|| "∅".to_owned(), shown));
                out.push(format!("{}: {}", table.name, cells.collect::<Vec<_>>().join("|")));
            }
        }
        sorted(out)
    }

    pub(crate) fn write(&mut self, write: &Write) -> Outcome {
        let table = self.table(write.table()).clone();
        let rows = self.database.rows[&table.name].clone();
        match write {
            Write::Insert { row, .. } => {
                if !self.may(&table, row, Command::Insert, true) {
                    return Outcome::Refused;
                }
                self.rows(&table).push(row.clone());
            }
            Write::Update { id, set, .. } => {
                let Some(at) = rows.iter().position(|it| it.get("id") == Some(id)) else {
                    return Outcome::Rows(0);
                };
                if !self.may(&table, &rows[at], Command::Update, false)
                    || !self.sees(&table, &rows[at])
                {
                    return Outcome::Rows(0);
                }
                let mut new = rows[at].clone();
                new.extend(set.clone());
                if !self.may(&table, &new, Command::Update, true) || !self.sees(&table, &new) {
                    return Outcome::Refused;
                }
                self.rows(&table)[at] = new;
            }
            Write::Delete { id, .. } => {
                let Some(at) = rows.iter().position(|it| it.get("id") == Some(id)) else {
                    return Outcome::Rows(0);
                };
                if !self.may(&table, &rows[at], Command::Delete, false)
                    || !self.sees(&table, &rows[at])
                {
                    return Outcome::Rows(0);
                }
                self.rows(&table).remove(at);
                self.follow(&table.name, id);
            }
        }
        if self.is_whole() { Outcome::Rows(1) } else { Outcome::Constraint }
    }

    fn rows(&mut self, table: &Table) -> &mut Vec<Row> {
        self.database.rows.get_mut(&table.name).expect("a test's table")
    }

    /// Does what foreign keys do when the row `id` of `table` is gone.
    fn follow(&mut self, table: &str, id: &Value) {
        for child in &self.schema.tables {
            for column in &child.columns {
                let Some(to) = column.references.as_ref().filter(|it| it.table == table) else {
                    continue;
                };
                let rows = self.database.rows.get_mut(&child.name).expect("a test's table");
                match to.on_delete {
                    Action::SetNull => {
                        for row in rows.iter_mut().filter(|it| it.get(&column.name) == Some(id)) {
                            row.insert(column.name.clone(), Value::Null);
                        }
                    }
                    Action::Cascade => {
                        let (gone, kept) = std::mem::take(rows)
                            .into_iter()
                            .partition(|it| it.get(&column.name) == Some(id));
                        *rows = kept;
                        let gone: Vec<Row> = gone;
                        for row in gone {
                            self.follow(&child.name, &row["id"]);
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    fn is_whole(&self) -> bool {
        self.schema.tables.iter().all(|table| {
            table.columns.iter().all(|column| {
                let Some(to) = &column.references else { return true };
                let targets = &self.database.rows[&to.table];
                self.database.rows[&table.name].iter().all(|row| {
                    let value = row.get(&column.name).unwrap_or(&Value::Null);
                    *value == Value::Null || targets.iter().any(|it| it.get("id") == Some(value))
                })
            })
        })
    }
}

pub(crate) fn shown(value: &Value) -> String {
    match value {
        Value::Null => "∅".to_owned(),
        Value::Bool(it) => u8::from(*it).to_string(),
        Value::Int(it) => it.to_string(),
        Value::Double(it) => it.to_string(),
        Value::Text(it) => it.clone(),
    }
}

pub(crate) fn sorted(mut list: Vec<String>) -> Vec<String> {
    list.sort();
    list
}

/// All tables, empty.
pub(crate) fn no_rows(schema: &Schema) -> BTreeMap<String, Vec<Row>> {
    schema.tables.iter().map(|it| (it.name.clone(), Vec::new())).collect()
}
