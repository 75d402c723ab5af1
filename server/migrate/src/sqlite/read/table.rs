//! One table: the engine's answers and the parsed definition, held against each other.

use crate::schema::Action;
use crate::sqlite::catalog::{
    Aside, Check, Column, Conflict, ForeignKey, Fragment, Generated, KeyColumn, PrimaryKey, Table,
    Unique,
};
use crate::sqlite::memo::Memo;
use crate::sqlite::shadow::message;
use crate::sqlite::text;
use rusqlite::{Connection, Statement, params};
use sqlite3_parser::ast::{
    Cmd, ColumnConstraint, ColumnDefinition, CreateTableBody, DeferSubclause, Expr,
    ForeignKeyClause, IndexedColumn, InitDeferredPred, Name, NamedTableConstraint, RefAct, RefArg,
    ResolveType, SortOrder, SortedColumn, Stmt, TabFlags, TableConstraint,
};
use sqlite3_parser::lexer::sql::Parser;
use sqlite3_parser::{Bump, FallibleIterator as _};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What `PRAGMA table_xinfo` says of a column.
struct Info {
    name: String,
    declared_type: String,
    not_null: bool,
    /// As the author wrote it, without parentheses.
    default: Option<String>,
    hidden: i64,
}

/// What a parsed `CREATE INDEX` says.
pub(super) struct IndexParts {
    pub(super) unique: bool,
    pub(super) keys: Vec<Fragment>,
    pub(super) filter: Option<Fragment>,
}

/// Asks for the columns of a table.
pub(super) fn columns(db: &Connection) -> rusqlite::Result<Statement<'_>> {
    db.prepare(
        "SELECT name, type, \"notnull\", dflt_value, hidden FROM pragma_table_xinfo(?1) ORDER BY cid",
    )
}

/// Reads a table; a fragment says why it cannot be.
///
/// The engine makes its columns of the text alone, so one text is asked about once.
pub(super) fn read(columns: &mut Statement<'_>, name: &str, sql: &str) -> Result<Table, String> {
    static KNOWN: Memo<(String, String), Table> = Memo::of_definitions();
    let made = |(name, sql): &(String, String)| {
        let infos = infos(columns, name).map_err(|it| message(&it))?;
        made(name, sql, &infos)
    };
    KNOWN
        .get((name.to_owned(), sql.to_owned()), made)
        .map_err(|it| format!("the table `{name}` cannot be read: {it}"))
}

/// What the text of a table says.
fn made(name: &str, sql: &str, infos: &[Info]) -> Result<Table, String> {
    let mut table = parsed(sql, |statement| match statement {
        Stmt::CreateTable {
            body: CreateTableBody::ColumnsAndConstraints { columns, constraints, flags },
            ..
        } => of_body(name, infos, columns, constraints.unwrap_or_default(), *flags),
        _ => Err("it is no list of columns".to_owned()),
    })?;
    table.sql = Aside(sql.to_owned());
    Ok(table)
}

/// Reads a `CREATE INDEX` on `table`.
pub(super) fn index_parts(sql: &str, table: &str) -> Result<IndexParts, String> {
    parsed(sql, |statement| match statement {
        Stmt::CreateIndex { unique, columns, where_clause, .. } => Ok(IndexParts {
            unique: *unique,
            keys: columns.iter().map(|it| fragment(bare(&it.expr), table)).collect(),
            filter: where_clause.as_ref().map(|it| fragment(it, table)),
        }),
        _ => Err("it is no index".to_owned()),
    })
}

/// Parses one statement. The parser is known to panic on some texts; that is an error here.
fn parsed<T>(sql: &str, read: impl FnOnce(&Stmt<'_>) -> Result<T, String>) -> Result<T, String> {
    let result = catch_unwind(AssertUnwindSafe(|| {
        let bump = Bump::new();
        let mut parser = Parser::new(&bump, sql.as_bytes());
        match parser.next() {
            Ok(Some(Cmd::Stmt(statement))) => read(&statement),
            Ok(_) => Err("it is no statement".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }));
    result.unwrap_or_else(|_| Err("its definition cannot be parsed".to_owned()))
}

fn infos(columns: &mut Statement<'_>, name: &str) -> rusqlite::Result<Vec<Info>> {
    let rows = columns.query_map(params![name], |row| {
        Ok(Info {
            name: row.get(0)?,
            declared_type: row.get(1)?,
            not_null: row.get(2)?,
            default: row.get(3)?,
            hidden: row.get(4)?,
        })
    })?;
    rows.collect()
}

fn of_body(
    name: &str,
    infos: &[Info],
    columns: &[ColumnDefinition<'_>],
    constraints: &[NamedTableConstraint<'_>],
    flags: TabFlags,
) -> Result<Table, String> {
    let mut table = Table {
        name: name.to_owned(),
        columns: Vec::new(),
        primary_key: None,
        uniques: Vec::new(),
        checks: Vec::new(),
        foreign_keys: Vec::new(),
        indexes: Vec::new(),
        without_rowid: flags.contains(TabFlags::WithoutRowid),
        strict: flags.contains(TabFlags::Strict),
        sql: Aside::default(),
    };
    if infos.len() != columns.len() {
        return Err("the engine counts other columns".to_owned());
    }
    for (definition, info) in columns.iter().zip(infos) {
        if text::unquote(definition.col_name.0) != info.name {
            return Err(format!("the engine has `{}` in another place", info.name));
        }
        add_column(&mut table, definition, info);
    }
    for it in constraints {
        add_constraint(&mut table, it);
    }
    settle(&mut table);
    Ok(table)
}

fn add_column(table: &mut Table, definition: &ColumnDefinition<'_>, info: &Info) {
    let mut column = Column {
        name: info.name.clone(),
        declared_type: text::type_key(&info.declared_type),
        type_sql: Aside(info.declared_type.clone()),
        not_null: info.not_null.then_some(Conflict::Abort),
        default: None,
        collation: None,
        generated: None,
    };
    for it in definition.constraints {
        let name = it.name.as_ref().map(|it| text::unquote(it.0));
        add_column_constraint(table, &mut column, name, &it.constraint, info);
    }
    table.columns.push(column);
}

fn add_column_constraint(
    table: &mut Table,
    column: &mut Column,
    name: Option<String>,
    constraint: &ColumnConstraint<'_>,
    info: &Info,
) {
    let own = |descending| KeyColumn { name: info.name.clone(), descending, collation: None };
    match constraint {
        ColumnConstraint::PrimaryKey { order, conflict_clause, auto_increment } => {
            table.primary_key = Some(PrimaryKey {
                name,
                columns: vec![own(is_descending(*order))],
                autoincrement: *auto_increment,
                conflict: conflict(*conflict_clause),
                // Only this exact type, and a `DESC` at the column keeps the rowid apart.
                is_rowid: is_rowid_type(&info.declared_type) && !is_descending(*order),
            });
        }
        ColumnConstraint::NotNull { nullable: false, conflict_clause } => {
            column.not_null = Some(conflict(*conflict_clause));
        }
        ColumnConstraint::Unique(clause) => table.uniques.push(Unique {
            columns: vec![own(false)],
            name,
            conflict: conflict(*clause),
        }),
        ColumnConstraint::Check(expr) => {
            let expr = fragment(expr, &table.name);
            table.checks.push(Check { expr, name, column: Aside(Some(info.name.clone())) });
        }
        ColumnConstraint::Default(expr) => column.default = Some(default_of(expr, info)),
        ColumnConstraint::Collate { collation_name } => {
            let collation = text::unquote(collation_name.0).to_ascii_uppercase();
            column.collation = Some(collation).filter(|it| it != "BINARY");
        }
        ColumnConstraint::ForeignKey { clause, defer_clause } => {
            let columns = vec![info.name.clone()];
            table.foreign_keys.push(foreign_key(
                name,
                columns,
                clause,
                defer_clause.as_ref(),
                true,
            ));
        }
        ColumnConstraint::Defer(clause) => {
            if let Some(key) = table.foreign_keys.last_mut() {
                key.deferred = is_deferred(Some(clause));
            }
        }
        ColumnConstraint::Generated { expr, .. } => {
            // 2 is virtual, 3 is stored.
            let generated =
                Generated { expr: fragment(expr, &table.name), stored: info.hidden == 3 };
            column.generated = Some(generated);
        }
        ColumnConstraint::NotNull { nullable: true, .. } => {}
    }
}

fn add_constraint(table: &mut Table, it: &NamedTableConstraint<'_>) {
    let name = it.name.as_ref().map(|it| text::unquote(it.0));
    match &it.constraint {
        TableConstraint::PrimaryKey { columns, auto_increment, conflict_clause } => {
            let columns = key_columns(columns);
            let is_rowid = match columns.as_slice() {
                [only] => {
                    table.column(&only.name).is_some_and(|it| is_rowid_type(&it.declared_type))
                }
                _ => false,
            };
            table.primary_key = Some(PrimaryKey {
                name,
                columns,
                autoincrement: *auto_increment,
                conflict: conflict(*conflict_clause),
                is_rowid,
            });
        }
        TableConstraint::Unique { columns, conflict_clause } => table.uniques.push(Unique {
            columns: key_columns(columns),
            name,
            conflict: conflict(*conflict_clause),
        }),
        TableConstraint::Check(expr, _) => {
            let expr = fragment(expr, &table.name);
            table.checks.push(Check { expr, name, column: Aside(None) });
        }
        TableConstraint::ForeignKey { columns, clause, defer_clause } => {
            let columns = names(columns);
            table.foreign_keys.push(foreign_key(
                name,
                columns,
                clause,
                defer_clause.as_ref(),
                false,
            ));
        }
    }
}

/// Brings the lists into the order and the names into the spelling that comparison needs.
fn settle(table: &mut Table) {
    let spelled: Vec<String> = table.columns.iter().map(|it| it.name.clone()).collect();
    let spell = |name: &mut String| {
        if let Some(own) = spelled.iter().find(|it| it.eq_ignore_ascii_case(name)) {
            name.clone_from(own);
        }
    };
    if table.without_rowid
        && let Some(key) = &mut table.primary_key
    {
        key.is_rowid = false;
    }
    let keys = table.primary_key.iter_mut().flat_map(|it| &mut it.columns);
    let uniques = table.uniques.iter_mut().flat_map(|it| &mut it.columns);
    for key in keys.chain(uniques) {
        spell(&mut key.name);
        let column = table.columns.iter().find(|it| it.name == key.name);
        let own = column.and_then(|it| it.collation.clone());
        let named = key.collation.take();
        key.collation = match named.as_deref() {
            Some("BINARY") if own.is_some() => named,
            Some("BINARY") | None => None,
            _ if named == own => None,
            _ => named,
        };
    }
    for key in &mut table.foreign_keys {
        key.columns.iter_mut().for_each(spell);
    }
    table.uniques.sort();
    table.uniques.dedup();
    table.checks.sort();
    table.checks.dedup();
    table.foreign_keys.sort();
    table.foreign_keys.dedup();
}

fn foreign_key(
    name: Option<String>,
    columns: Vec<String>,
    clause: &ForeignKeyClause<'_>,
    defer: Option<&DeferSubclause>,
    inline: bool,
) -> ForeignKey {
    let table = text::unquote(clause.tbl_name.0);
    let mut key = ForeignKey {
        columns,
        table: table.to_ascii_lowercase(),
        target: clause
            .columns
            .map(|it| names(it).iter().map(|it| it.to_ascii_lowercase()).collect()),
        on_delete: Action::NoAction,
        on_update: Action::NoAction,
        deferred: is_deferred(defer),
        name,
        table_sql: Aside(table),
        inline: Aside(inline),
    };
    for arg in clause.args {
        match arg {
            RefArg::OnDelete(act) => key.on_delete = action(*act),
            RefArg::OnUpdate(act) => key.on_update = action(*act),
            RefArg::OnInsert(_) | RefArg::Match(_) => {}
        }
    }
    key
}

fn action(act: RefAct) -> Action {
    match act {
        RefAct::SetNull => Action::SetNull,
        RefAct::SetDefault => Action::SetDefault,
        RefAct::Cascade => Action::Cascade,
        RefAct::Restrict => Action::Restrict,
        RefAct::NoAction => Action::NoAction,
    }
}

fn is_deferred(clause: Option<&DeferSubclause>) -> bool {
    clause.is_some_and(|it| {
        it.deferrable && it.init_deferred == Some(InitDeferredPred::InitiallyDeferred)
    })
}

fn is_descending(order: Option<SortOrder>) -> bool {
    order == Some(SortOrder::Desc)
}

fn is_rowid_type(declared: &str) -> bool {
    declared.eq_ignore_ascii_case("INTEGER")
}

fn conflict(clause: Option<ResolveType>) -> Conflict {
    match clause {
        None | Some(ResolveType::Abort) => Conflict::Abort,
        Some(ResolveType::Rollback) => Conflict::Rollback,
        Some(ResolveType::Fail) => Conflict::Fail,
        Some(ResolveType::Ignore) => Conflict::Ignore,
        Some(ResolveType::Replace) => Conflict::Replace,
    }
}

fn names(columns: &[IndexedColumn<'_>]) -> Vec<String> {
    columns.iter().map(|it| text::unquote(it.col_name.0)).collect()
}

fn key_columns(columns: &[SortedColumn<'_>]) -> Vec<KeyColumn> {
    let of = |it: &SortedColumn<'_>| {
        let (expr, collation) = match &it.expr {
            Expr::Collate(inner, collation) => (*inner, Some(text::unquote(collation))),
            other => (other, None),
        };
        let name = match expr {
            Expr::Id(id) => text::unquote(id.0),
            Expr::Name(Name(name)) => text::unquote(name),
            other => text::unquote(&other.to_string()),
        };
        let collation = collation.map(|it| it.to_ascii_uppercase());
        KeyColumn { name, descending: is_descending(it.order), collation }
    };
    columns.iter().map(of).collect()
}

/// Without the `COLLATE` of an index key, which the engine tells.
fn bare<'a, 'bump>(expr: &'a Expr<'bump>) -> &'a Expr<'bump> {
    match expr {
        Expr::Collate(inner, _) => inner,
        other => other,
    }
}

fn fragment(expr: &Expr<'_>, table: &str) -> Fragment {
    let inner = without_parentheses(expr);
    text::fragment(inner.to_string(), table)
}

/// A default keeps its parentheses in the SQL, which needs them, and else the author's own spelling,
/// by which the engine shows it.
fn default_of(expr: &Expr<'_>, info: &Info) -> Fragment {
    let key = text::key(&without_parentheses(expr).to_string(), None, true);
    let sql = match (&info.default, expr) {
        // A comment would hide what follows.
        (Some(text), _) if text.contains("--") => expr.to_string(),
        (Some(text), Expr::Parenthesized(_)) => format!("({text})"),
        (Some(text), _) => text.clone(),
        (None, _) => expr.to_string(),
    };
    Fragment { sql, key }
}

fn without_parentheses<'a, 'bump>(expr: &'a Expr<'bump>) -> &'a Expr<'bump> {
    match expr {
        Expr::Parenthesized(inner) if inner.len() == 1 => without_parentheses(&inner[0]),
        other => other,
    }
}
