//! What a statement does, read from its tokens.
//!
//! Only what reviewers ask about is read; anything else is [`Action::Other`]. Both dialects share the
//! reader, since they share the words.

mod alter;
mod create;
mod table;

pub(crate) use create::open_schema;

use crate::schema::{
    Constraint, Function, Generated, Index, Policy, TableKind, Trigger, Type, Volatility,
};
use crate::sql::{Cursor, RawStatement, Token, TokenKind, by_commas, spelt};

/// What a statement does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Action {
    CreateTable(Box<CreateTable>),
    AlterTable {
        table: String,
        parts: Vec<AlterPart>,
    },
    Drop(Drop),
    CreateIndex(CreateIndex),
    CreateView(CreateView),
    /// `comment on …` of a table or a view, or of a column; without a text it is taken away.
    Comment {
        table: String,
        column: Option<String>,
        text: Option<String>,
    },
    /// `alter view … set/reset (security_invoker …)`; what it becomes.
    SetInvoker {
        view: String,
        is_invoker: bool,
    },
    CreateFunction(Box<Function>, FunctionCreation),
    AlterFunction {
        name: String,
        arguments: Option<Vec<Type>>,
        options: FunctionOptions,
    },
    CreateEnum {
        name: String,
        values: Vec<String>,
    },
    AddEnumValue {
        name: String,
        value: String,
    },
    RenameEnumValue {
        name: String,
        from: String,
        to: String,
    },
    CreatePolicy {
        table: String,
        policy: Box<Policy>,
    },
    AlterPolicy {
        table: String,
        policy: String,
        part: PolicyPart,
    },
    CreateTrigger {
        table: String,
        trigger: Trigger,
    },
    CreateDomain {
        name: String,
        /// Whether it refuses values.
        is_checked: bool,
    },
    /// Anything else that has a name.
    Create {
        kind: &'static str,
        name: String,
    },
    Rename {
        kind: &'static str,
        name: String,
        to: String,
    },
    SetSchema {
        kind: &'static str,
        name: String,
        schema: String,
    },
    Grant(Grant),
    Revoke(Grant),
    /// `alter default privileges … grant`.
    DefaultGrant {
        privileges: Vec<String>,
        roles: Vec<String>,
    },
    /// `alter default privileges … revoke`.
    DefaultRevoke {
        privileges: Vec<String>,
        roles: Vec<String>,
    },
    Role {
        name: String,
        options: Vec<String>,
    },
    Update(Update),
    Delete(Delete),
    Merge {
        table: String,
    },
    /// `reassign owned … to`.
    Reassign {
        role: String,
    },
    Truncate {
        tables: Vec<String>,
        cascade: bool,
    },
    Insert {
        table: String,
        /// What is done with a row that a key refuses, where it is no error.
        on_conflict: Option<OnConflict>,
    },
    Set {
        name: String,
        value: String,
        /// Whether it holds until the end of the transaction: `set local`.
        is_local: bool,
    },
    Begin,
    Commit,
    Rollback,
    Reindex {
        concurrently: bool,
        name: String,
    },
    Refresh {
        view: String,
        concurrently: bool,
    },
    Cluster {
        table: String,
    },
    VacuumFull {
        table: Option<String>,
    },
    Lock {
        tables: Vec<String>,
        mode: String,
    },
    RestartSequence {
        name: String,
    },
    AddToPublication {
        publication: String,
        tables: Vec<String>,
        all: bool,
    },
    /// A program, a file or another server is used: what for.
    Outside(&'static str),
    DropOwned {
        role: String,
    },
    /// Text that runs code of its own; what can be read of it follows as statements.
    Do,
    /// A statement that code puts together, and of which no more than the verb can be told, if that.
    Unread {
        verb: Option<String>,
    },
    Pragma {
        name: String,
        value: Option<String>,
    },
    Other,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CreateTable {
    pub(crate) name: String,
    pub(crate) kind: TableKind,
    pub(crate) if_not_exists: bool,
    pub(crate) columns: Vec<ColumnDef>,
    pub(crate) constraints: Vec<Constraint>,
    pub(crate) partition_of: Option<String>,
    pub(crate) partition_key: Vec<String>,
    /// Tables that it takes its columns from: `like`, `inherits`.
    pub(crate) like: Vec<Like>,
    /// `as select …`
    pub(crate) query: Option<Vec<Token>>,
}

/// A table that another takes its columns from, and what else of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Like {
    pub(crate) table: String,
    pub(crate) has_defaults: bool,
    pub(crate) has_checks: bool,
    pub(crate) has_indexes: bool,
}

/// A column with the constraints that are written at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ColumnDef {
    pub(crate) name: String,
    pub(crate) kind: Type,
    pub(crate) not_null: bool,
    pub(crate) default: Option<Vec<Token>>,
    pub(crate) generated: Option<Generated>,
    /// What it is computed from.
    pub(crate) expression: Option<String>,
    pub(crate) is_identity: bool,
    pub(crate) is_always: bool,
    pub(crate) collation: Option<String>,
    pub(crate) is_autoincrement: bool,
    pub(crate) is_integer: bool,
    pub(crate) constraints: Vec<Constraint>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AlterPart {
    AddColumn {
        column: ColumnDef,
        if_not_exists: bool,
    },
    DropColumn {
        column: String,
        cascade: bool,
    },
    SetType {
        column: String,
        kind: Type,
        using: Option<Vec<Token>>,
        collation: Option<String>,
    },
    SetDefault {
        column: String,
        value: Vec<Token>,
    },
    DropDefault {
        column: String,
    },
    SetNotNull {
        column: String,
    },
    DropNotNull {
        column: String,
    },
    DropIdentity {
        column: String,
    },
    AddIdentity {
        column: String,
    },
    /// `set generated always`, or `by default`.
    SetIdentity {
        column: String,
        is_always: bool,
    },
    /// `alter constraint … deferrable`
    SetDeferrable {
        name: String,
        is_deferrable: bool,
    },
    DropExpression {
        column: String,
    },
    AddConstraint(Constraint),
    DropConstraint {
        name: String,
        cascade: bool,
    },
    Validate {
        name: String,
    },
    RowSecurity(bool),
    ForceRowSecurity(bool),
    /// Name of the trigger, `all` or `user`.
    DisableTrigger {
        name: String,
    },
    EnableTrigger,
    AttachPartition {
        partition: String,
    },
    DetachPartition {
        partition: String,
        concurrently: bool,
    },
    /// `inherit`, `no inherit`
    Inherits(bool),
    /// The table is written again: why.
    Rewrite(&'static str),
    SetUnlogged,
    /// `replica identity nothing`
    NoReplicaIdentity,
    /// `set (autovacuum_enabled = false)`
    NoAutovacuum,
    Owner {
        role: String,
    },
    Other,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Drop {
    /// `table`, `view`, `materialized view`, `index`, `schema`, `function`, `type`, …
    pub(crate) kind: &'static str,
    pub(crate) names: Vec<String>,
    /// Of functions; `None` where none are written.
    pub(crate) arguments: Vec<Option<Vec<Type>>>,
    /// Of policies and triggers.
    pub(crate) table: Option<String>,
    pub(crate) cascade: bool,
    pub(crate) concurrently: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CreateIndex {
    pub(crate) table: String,
    pub(crate) concurrently: bool,
    pub(crate) if_not_exists: bool,
    /// Not of the partitions.
    pub(crate) is_only: bool,
    pub(crate) index: Index,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CreateView {
    pub(crate) name: String,
    pub(crate) is_materialized: bool,
    pub(crate) or_replace: bool,
    pub(crate) is_invoker: bool,
    pub(crate) is_barrier: bool,
    pub(crate) is_checked: bool,
    pub(crate) is_temporary: bool,
    pub(crate) columns: Option<Vec<String>>,
    pub(crate) query: Vec<Token>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FunctionCreation {
    pub(crate) or_replace: bool,
    pub(crate) is_procedure: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FunctionOptions {
    pub(crate) is_definer: Option<bool>,
    pub(crate) has_search_path: Option<bool>,
    pub(crate) has_open_path: Option<bool>,
    pub(crate) volatility: Option<Volatility>,
}

/// What `alter policy` gives; what it leaves out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PolicyPart {
    pub(crate) rename: Option<String>,
    pub(crate) roles: Option<Vec<String>>,
    pub(crate) using: Option<String>,
    pub(crate) check: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grant {
    /// `table`, `schema`, `function`, `sequence`, `all tables`, `role`, …
    pub(crate) kind: &'static str,
    /// In lower case; `all` for all of them.
    pub(crate) privileges: Vec<String>,
    /// Privilege and column, where it is given for columns alone.
    pub(crate) columns: Vec<(String, String)>,
    pub(crate) objects: Vec<String>,
    pub(crate) roles: Vec<String>,
    pub(crate) with_grant_option: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnConflict {
    /// The row that is there is deleted first.
    Replace,
    /// The new row is left out.
    Ignore,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Delete {
    pub(crate) table: String,
    /// What the statement calls the table, where it is another name.
    pub(crate) alias: Option<String>,
    /// Behind `using`.
    pub(crate) using: Vec<Token>,
    pub(crate) filter: Option<Vec<Token>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Update {
    pub(crate) table: String,
    /// Column and the tokens of its new value.
    pub(crate) sets: Vec<(String, Vec<Token>)>,
    pub(crate) filter: Option<Vec<Token>>,
    pub(crate) on_conflict: Option<OnConflict>,
}

/// Reads one statement.
pub(crate) fn read(statement: &RawStatement) -> Action {
    let mut cursor = Cursor::new(&statement.tokens);
    action(&mut cursor).unwrap_or(Action::Other)
}

fn action(cursor: &mut Cursor<'_>) -> Option<Action> {
    if cursor.sees("with")
        && let Some(action) = common_tables(cursor)
    {
        return Some(action);
    }
    let word = cursor.peek().filter(|it| it.kind == TokenKind::Word)?.text.clone();
    cursor.next();
    match word.as_str() {
        "create" => create::create(cursor),
        "alter" => alter::alter(cursor),
        "drop" => drop(cursor),
        "grant" => grant(cursor).map(Action::Grant),
        "revoke" => grant(cursor).map(Action::Revoke),
        "update" => update(cursor),
        "delete" => delete(cursor),
        "truncate" => truncate(cursor),
        "insert" => insert(cursor, false),
        "replace" => insert(cursor, true),
        "merge" => merge(cursor),
        "copy" => Some(copy(cursor)),
        "select" => Some(select(cursor)),
        "set" => set(cursor),
        "reset" => {
            let (name, value) = (cursor.name()?, "default".to_owned());
            Some(Action::Set { name, value, is_local: false })
        }
        "discard" => {
            let (name, value) = ("all".to_owned(), "default".to_owned());
            Some(Action::Set { name, value, is_local: false })
        }
        "begin" => Some(Action::Begin),
        "start" => cursor.eat("transaction").then_some(Action::Begin),
        "commit" | "end" => Some(Action::Commit),
        "rollback" | "abort" => (!cursor.sees("to")).then_some(Action::Rollback),
        "reindex" => reindex(cursor),
        "refresh" => refresh(cursor),
        "cluster" => Some(Action::Cluster { table: cursor.name().unwrap_or_default() }),
        "vacuum" => Some(vacuum(cursor)),
        "lock" => lock(cursor),
        "comment" => comment(cursor),
        "load" => Some(Action::Outside("loads a library into the server")),
        "import" => Some(Action::Outside("makes tables of another server readable here")),
        "attach" => Some(Action::Outside("opens another database file")),
        "do" => Some(Action::Do),
        "prepare" => {
            cursor.until(&["as"]);
            cursor.eat("as").then(|| action(cursor)).flatten()
        }
        // Without `analyze` it is not run.
        "explain" => explain(cursor),
        "pragma" => pragma(cursor),
        "reassign" => reassign(cursor),
        _ => None,
    }
}

/// `on table people is '…'`, `on column people.email is null`
fn comment(cursor: &mut Cursor<'_>) -> Option<Action> {
    cursor.eat("on").then_some(())?;
    let is_column = cursor.eat("column");
    if !is_column && cursor.eat_any(&["table", "view", "materialized view"]).is_none() {
        return None;
    }
    let name = cursor.name()?;
    cursor.eat("is").then_some(())?;
    let text = cursor.next().filter(|it| it.kind == TokenKind::Text).map(|it| it.text.clone());
    let (table, column) = match name.rsplit_once('.').filter(|_| is_column) {
        Some((table, column)) => (table.to_owned(), Some(column.to_owned())),
        None => (name, None),
    };
    Some(Action::Comment { table, column, text })
}

/// Goes behind `with a as (…), b as (…)`; what one of them deletes or changes is what the statement
/// does.
fn common_tables(cursor: &mut Cursor<'_>) -> Option<Action> {
    const VERBS: [&str; 5] = ["select", "insert", "update", "delete", "merge"];
    while !cursor.is_done() && !VERBS.iter().any(|it| cursor.sees(it)) {
        let Some(body) = cursor.group() else {
            cursor.next();
            continue;
        };
        let mut body = Cursor::new(body);
        if body.sees("delete") || body.sees("update") {
            return action(&mut body);
        }
    }
    None
}

const DROPPED: [&str; 23] = [
    "table",
    "materialized view",
    "view",
    "index",
    "schema",
    "function",
    "procedure",
    "routine",
    "aggregate",
    "type",
    "domain",
    "sequence",
    "policy",
    "trigger",
    "extension",
    "role",
    "user",
    "database",
    "publication",
    "foreign table",
    "rule",
    "owned",
    "event trigger",
];

fn drop(cursor: &mut Cursor<'_>) -> Option<Action> {
    let kind = cursor.eat_any(&DROPPED)?;
    if kind == "owned" {
        cursor.eat("by");
        return Some(Action::DropOwned { role: cursor.ident()? });
    }
    let concurrently = cursor.eat("concurrently");
    cursor.eat("if exists");
    let (mut names, mut arguments) = (Vec::new(), Vec::new());
    loop {
        names.push(cursor.name()?);
        arguments.push(cursor.group().map(argument_types));
        if !cursor.eat(",") {
            break;
        }
    }
    let table = if cursor.eat("on") { cursor.name() } else { None };
    let cascade = cursor.find("cascade");
    let kind = match kind {
        "foreign table" => "table",
        "procedure" | "routine" | "aggregate" => "function",
        "user" => "role",
        other => other,
    };
    Some(Action::Drop(Drop { kind, names, arguments, table, cascade, concurrently }))
}

/// The types of what a caller gives, from the list of a function's arguments.
pub(crate) fn argument_types(tokens: &[Token]) -> Vec<Type> {
    by_commas(tokens).into_iter().filter_map(|it| argument(it).map(|it| it.0)).collect()
}

/// Type of one argument, and whether it has a default; `None` for what is given back.
pub(crate) fn argument(tokens: &[Token]) -> Option<(Type, bool)> {
    let mut cursor = Cursor::new(tokens);
    let declared = cursor.until(&["default", "=", ":="]);
    let has_default = !cursor.is_done();
    let mut cursor = Cursor::new(declared);
    if cursor.eat_any(&["inout", "in", "out", "variadic"]) == Some("out") {
        return None;
    }
    let rest = cursor.rest();
    let whole = table::read_type(&mut Cursor::new(rest)).filter(|it| it.1 == rest.len());
    let kind = match whole {
        Some((kind, _)) if rest.len() == 1 || is_known(&kind) => kind,
        _ => {
            cursor.next();
            table::read_type(&mut cursor)?.0
        }
    };
    Some((kind, has_default))
}

/// The name of one argument; empty without one, `None` for what is given back.
pub(crate) fn parameter(tokens: &[Token]) -> Option<String> {
    argument(tokens)?;
    let mut cursor = Cursor::new(tokens);
    cursor.eat_any(&["inout", "in", "variadic"]);
    let declared = Cursor::new(cursor.rest()).until(&["default", "=", ":="]);
    let whole = table::read_type(&mut Cursor::new(declared)).filter(|it| it.1 == declared.len());
    let is_type = whole.is_some_and(|(kind, _)| declared.len() == 1 || is_known(&kind));
    Some(if is_type { String::new() } else { cursor.ident().unwrap_or_default() })
}

/// Whether a type of several words is one, and no name before a type.
fn is_known(kind: &Type) -> bool {
    const SEVERAL: [&str; 6] =
        ["double precision", "timestamp", "timestamptz", "time", "timetz", "varchar"];
    SEVERAL.contains(&kind.base.as_str())
        || !kind.arguments.is_empty()
        || kind.is_array
        || kind.base.contains('.')
}

fn grant(cursor: &mut Cursor<'_>) -> Option<Grant> {
    cursor.eat("grant option for");
    let mut privileges = Vec::new();
    let mut columns = Vec::new();
    for part in by_commas(cursor.until(&["on", "to", "from"])) {
        let mut part = Cursor::new(part);
        let word = part.ident()?;
        privileges.push(word.clone());
        let named = part.group().map(table::names).unwrap_or_default();
        columns.extend(named.into_iter().map(|it| (word.clone(), it)));
    }
    let (mut kind, mut objects) = ("role", Vec::new());
    if cursor.eat("on") {
        kind = cursor
            .eat_any(&[
                "all tables in schema",
                "all sequences in schema",
                "all functions in schema",
                "all routines in schema",
                "table",
                "schema",
                "sequence",
                "function",
                "procedure",
                "database",
                "type",
                "foreign server",
            ])
            .unwrap_or("table");
        loop {
            objects.push(cursor.name()?);
            cursor.group();
            if !cursor.eat(",") {
                break;
            }
        }
    }
    cursor.eat_any(&["to", "from"])?;
    let mut roles = Vec::new();
    loop {
        cursor.eat("group");
        roles.push(cursor.ident()?);
        if !cursor.eat(",") {
            break;
        }
    }
    let with_grant_option = cursor.eat("with grant option") || cursor.eat("with admin option");
    Some(Grant { kind, privileges, columns, objects, roles, with_grant_option })
}

fn update(cursor: &mut Cursor<'_>) -> Option<Action> {
    cursor.eat("or");
    let on_conflict = match cursor.eat_any(&["replace", "ignore", "abort", "fail", "rollback"]) {
        Some("replace") => Some(OnConflict::Replace),
        Some("ignore") => Some(OnConflict::Ignore),
        _ => None,
    };
    cursor.eat("only");
    let table = cursor.name()?;
    cursor.until(&["set"]);
    cursor.eat("set");
    let mut sets = Vec::new();
    let list = cursor.until(&["where", "from", "returning"]);
    for part in by_commas(list) {
        let mut part = Cursor::new(part);
        if let Some(columns) = part.group() {
            part.eat("=");
            let value = part.rest().to_vec();
            let names = columns.iter().filter(|it| it.kind != TokenKind::Sign);
            sets.extend(names.map(|it| (it.text.clone(), value.clone())));
        } else if let Some(column) = part.ident() {
            part.until(&["="]);
            part.eat("=");
            sets.push((column, part.rest().to_vec()));
        }
    }
    cursor.until(&["where"]);
    Some(Action::Update(Update { table, sets, filter: filter(cursor), on_conflict }))
}

fn filter(cursor: &mut Cursor<'_>) -> Option<Vec<Token>> {
    cursor.eat("where").then(|| cursor.until(&["returning"]).to_vec())
}

fn delete(cursor: &mut Cursor<'_>) -> Option<Action> {
    cursor.eat("from");
    cursor.eat("only");
    let table = cursor.name()?;
    cursor.eat("*");
    cursor.eat("as");
    let is_alias = !["using", "where", "returning"].iter().any(|it| cursor.sees(it));
    let alias = if is_alias { cursor.ident() } else { None };
    let using = match cursor.eat("using") {
        true => cursor.until(&["where", "returning"]).to_vec(),
        false => Vec::new(),
    };
    cursor.until(&["where"]);
    Some(Action::Delete(Delete { table, alias, using, filter: filter(cursor) }))
}

fn merge(cursor: &mut Cursor<'_>) -> Option<Action> {
    cursor.eat("into");
    cursor.eat("only");
    Some(Action::Merge { table: cursor.name()? })
}

fn reassign(cursor: &mut Cursor<'_>) -> Option<Action> {
    cursor.find("to").then(|| cursor.ident()).flatten().map(|role| Action::Reassign { role })
}

fn truncate(cursor: &mut Cursor<'_>) -> Option<Action> {
    cursor.eat("table");
    let mut tables = Vec::new();
    loop {
        cursor.eat("only");
        tables.push(cursor.name()?);
        cursor.eat("*");
        if !cursor.eat(",") {
            break;
        }
    }
    Some(Action::Truncate { tables, cascade: cursor.find("cascade") })
}

fn insert(cursor: &mut Cursor<'_>, replaces: bool) -> Option<Action> {
    let before = spelt(cursor.until(&["into"]));
    cursor.eat("into");
    let table = cursor.name()?;
    let mut tail = cursor.clone();
    let is_left_out = tail.find("on conflict") && tail.find("do nothing");
    let on_conflict = match before.as_str() {
        _ if replaces => Some(OnConflict::Replace),
        "or replace" => Some(OnConflict::Replace),
        "or ignore" => Some(OnConflict::Ignore),
        _ => is_left_out.then_some(OnConflict::Ignore),
    };
    Some(Action::Insert { table, on_conflict })
}

fn copy(cursor: &mut Cursor<'_>) -> Action {
    let words: Vec<&str> = cursor.rest().iter().map(|it| it.text.as_str()).collect();
    let is_text =
        |at: usize| cursor.rest().get(at + 1).is_some_and(|it| it.kind == TokenKind::Text);
    if words.contains(&"program") {
        return Action::Outside("runs a program on the server");
    }
    let file = words.iter().enumerate().any(|(at, it)| matches!(*it, "from" | "to") && is_text(at));
    if file { Action::Outside("uses a file of the server") } else { Action::Other }
}

fn explain(cursor: &mut Cursor<'_>) -> Option<Action> {
    let options = cursor.group().map(spelt).unwrap_or_default();
    let is_run = options.contains("analyze") || cursor.eat("analyze");
    cursor.eat("verbose");
    is_run.then(|| action(cursor)).flatten()
}

fn select(cursor: &mut Cursor<'_>) -> Action {
    let rest = cursor.rest();
    let names = |at: usize, name: &str| {
        rest[at].text == name && rest.get(at + 1).is_some_and(|it| it.text == "(")
    };
    for at in 0..rest.len() {
        if rest[at].text == "into" && rest[at].kind == TokenKind::Word && is_outside(&rest[..at]) {
            return select_into(rest, at).unwrap_or(Action::Other);
        }
        if names(at, "set_config") {
            let text = |offset: usize| rest.get(at + offset).map(|it| it.text.clone());
            let (name, value) = (text(2).unwrap_or_default(), text(4).unwrap_or_default());
            let is_local = text(6).is_some_and(|it| it == "true");
            return Action::Set { name, value, is_local };
        }
        if names(at, "setval") {
            let name = rest.get(at + 2).map(|it| it.text.clone()).unwrap_or_default();
            return Action::RestartSequence { name };
        }
        if ["pg_read_file", "pg_ls_dir", "lo_import", "lo_export", "pg_read_binary_file"]
            .iter()
            .any(|it| names(at, it))
        {
            return Action::Outside("uses a file of the server");
        }
        if ["dblink", "dblink_exec", "dblink_connect"].iter().any(|it| names(at, it)) {
            return Action::Outside("talks to another server");
        }
    }
    Action::Other
}

/// Whether no group is open behind these tokens.
fn is_outside(tokens: &[Token]) -> bool {
    let n = |sign: &str| tokens.iter().filter(|it| it.text == sign).count();
    n("(") == n(")")
}

/// `select … into t from …` makes a table.
fn select_into(rest: &[Token], at: usize) -> Option<Action> {
    let mut cursor = Cursor::new(&rest[at + 1..]);
    let is_temporary = cursor.eat_any(&["temporary", "temp", "unlogged"]) == Some("temporary")
        || rest.get(at + 1).is_some_and(|it| it.text == "temp");
    cursor.eat("table");
    let name = cursor.name()?;
    let query = rest[..at].iter().chain(cursor.rest()).cloned().collect();
    Some(Action::CreateTable(Box::new(CreateTable {
        name,
        kind: if is_temporary { TableKind::Temporary } else { TableKind::Plain },
        if_not_exists: false,
        columns: Vec::new(),
        constraints: Vec::new(),
        partition_of: None,
        partition_key: Vec::new(),
        like: Vec::new(),
        query: Some(query),
    })))
}

fn set(cursor: &mut Cursor<'_>) -> Option<Action> {
    let is_local = cursor.eat_any(&["local", "session"]) == Some("local");
    let name = cursor.name()?;
    cursor.eat_any(&["=", "to"]);
    let value = spelt(cursor.rest());
    Some(Action::Set { name, value, is_local })
}

fn reindex(cursor: &mut Cursor<'_>) -> Option<Action> {
    let options = cursor.group().map(spelt).unwrap_or_default();
    cursor.eat_any(&["index", "table", "schema", "database", "system"]);
    let concurrently = cursor.eat("concurrently") || options.contains("concurrently");
    Some(Action::Reindex { concurrently, name: cursor.name().unwrap_or_default() })
}

fn refresh(cursor: &mut Cursor<'_>) -> Option<Action> {
    cursor.eat("materialized view").then_some(())?;
    let concurrently = cursor.eat("concurrently");
    let view = cursor.name()?;
    // Emptying it reads nothing.
    Some(Action::Refresh { view, concurrently })
}

fn vacuum(cursor: &mut Cursor<'_>) -> Action {
    if cursor.clone().find("into") {
        return Action::Outside("writes a copy of the database to a file");
    }
    let options = cursor.group().map(spelt).unwrap_or_default();
    let words: Vec<&str> = options.split([' ', ',']).collect();
    let is_full =
        cursor.eat("full") || (words.contains(&"full") && !options.contains("full false"));
    cursor.eat_any(&["freeze", "verbose", "analyze"]);
    if !is_full {
        return Action::Other;
    }
    Action::VacuumFull { table: cursor.name() }
}

fn lock(cursor: &mut Cursor<'_>) -> Option<Action> {
    cursor.eat("table");
    let mut tables = Vec::new();
    loop {
        cursor.eat("only");
        tables.push(cursor.name()?);
        if !cursor.eat(",") {
            break;
        }
    }
    let mode = if cursor.eat("in") { spelt(cursor.until(&["mode"])) } else { String::new() };
    let mode = if mode.is_empty() { "access exclusive".to_owned() } else { mode };
    Some(Action::Lock { tables, mode })
}

fn pragma(cursor: &mut Cursor<'_>) -> Option<Action> {
    let name = cursor.name()?;
    let value = match cursor.group() {
        Some(value) => Some(spelt(value)),
        None if cursor.eat("=") => Some(spelt(cursor.rest())),
        None => None,
    };
    Some(Action::Pragma { name, value: value.map(|it| it.trim_matches('\'').to_owned()) })
}
