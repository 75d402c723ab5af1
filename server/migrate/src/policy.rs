//! Row-level security: who sees and writes which rows, on both engines alike.
//!
//! [`compile`] turns the words of the language into one predicate per command; [`postgres`] writes
//! them as policies, [`sqlite`] as predicates for the data API and as views with triggers, and
//! [`guard`] denies everything else on a connection that speaks for a user. [`matrix()`] says in a
//! table who can do what. How a table asks for all this is the language's business.
//!
//! The rules are PostgreSQL's: policies of one command are joined by `or`; what is not known to be
//! true is refused; a row that a policy hides is silently not changed, a row that may not result
//! is an error; who changes or deletes a row must also be allowed to see it, before and after.
//! `exists(…)` looks at all rows of its table, whoever may see them.

pub mod guard;
mod matrix;
pub mod postgres;
pub mod sqlite;

pub use crate::policy::matrix::{Cell, Matrix, MatrixRow, Subject, matrix};

use crate::expr::{self, Comparison, Cx, Expr, Place, Use};
use crate::plan::{Dialect, ObjectId};
use crate::render::{self, Script, Statement};
use crate::schema::{
    Access, Command, Constraint, ConstraintKind, Origin, Policy, Schema, Table, USERS,
};

/// Every command, in the order in which they are written.
pub const COMMANDS: [Command; 4] =
    [Command::Select, Command::Insert, Command::Update, Command::Delete];

/// All of `schema` for `dialect`: tables, then what guards them.
///
/// # Errors
/// As [`compile`], for all tables together.
pub fn script(schema: &Schema, dialect: Dialect) -> Result<Script, Vec<PolicyError>> {
    let mut out = render::schema(schema, dialect);
    out.statements.extend(match dialect {
        Dialect::Sqlite => sqlite::statements(schema)?,
        Dialect::Postgres => postgres::statements(schema)?,
    });
    Ok(out)
}

/// A statement that makes one object, which one place asked for.
fn statement(sql: String, object: ObjectId, origin: Origin) -> Statement {
    Statement { sql, object, origin, fragments: Vec::new() }
}

/// What a command needs. [`Expr::Bool`] stands for always and never.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Must hold for a row to be seen, changed or deleted; `true` for inserts.
    pub using: Expr,
    /// Must hold for a row that results; `true` where none results.
    pub check: Expr,
}

/// A table's policies, one rule a command, as an engine enforces them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compiled {
    /// Whether rows are guarded at all; not so for `public`.
    pub is_guarded: bool,
    /// Of [`COMMANDS`], with what they share: a changed or deleted row must be visible, and a
    /// changed row stay so.
    pub select: Rule,
    pub insert: Rule,
    pub update: Rule,
    pub delete: Rule,
}

impl Compiled {
    #[must_use]
    pub fn rule(&self, command: Command) -> &Rule {
        match command {
            Command::Select => &self.select,
            Command::Insert => &self.insert,
            Command::Update => &self.update,
            Command::Delete => &self.delete,
        }
    }
}

/// A policy as PostgreSQL has it: one name, one command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Single {
    pub name: String,
    pub command: Command,
    pub using: Option<Expr>,
    pub check: Option<Expr>,
    pub origin: Origin,
}

/// A policy that cannot be enforced.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("compile the policies of `{table}`: {message}")]
pub struct PolicyError {
    pub table: String,
    pub origin: Origin,
    /// A fragment: "no column `owner_id` in `posts`".
    pub message: String,
    pub hint: Option<String>,
}

/// The predicates of `table`, which need not be in `schema`.
///
/// # Errors
/// One for each access or policy that names what is not there, compares what does not compare, or
/// lacks the predicate that its command needs.
pub fn compile(table: &Table, schema: &Schema) -> Result<Compiled, Vec<PolicyError>> {
    let always = Rule { using: Expr::Bool(true), check: Expr::Bool(true) };
    if table.access == Access::Public {
        let [select, insert, update, delete] = [(); 4].map(|()| always.clone());
        return Ok(Compiled { is_guarded: false, select, insert, update, delete });
    }
    let singles = singles(table, schema)?;
    let parts = |command: Command, part: fn(&Single) -> &Option<Expr>| {
        let of = singles.iter().filter(|it| it.command == command);
        Expr::any(of.filter_map(|it| part(it).clone()))
    };
    let [select, update, delete] = [Command::Select, Command::Update, Command::Delete]
        .map(|command| parts(command, |it| &it.using));
    let insert = parts(Command::Insert, |it| &it.check);
    let after = parts(Command::Update, |it| &it.check);
    Ok(Compiled {
        is_guarded: true,
        insert: Rule { using: Expr::Bool(true), check: insert },
        update: Rule { using: both(update, &select), check: both(after, &select) },
        delete: Rule { using: both(delete, &select), check: Expr::Bool(true) },
        select: Rule { using: select, check: Expr::Bool(true) },
    })
}

/// `write` and `select`, without repeating what the one implies of the other.
fn both(write: Expr, select: &Expr) -> Expr {
    let implied = match select {
        Expr::Or(parts) => parts.contains(&write),
        other => *other == write,
    };
    if implied { write } else { Expr::all([write, select.clone()]) }
}

/// The policies of `table` one by one: those of its access first, named after table and command.
///
/// # Errors
/// As [`compile`].
pub fn singles(table: &Table, schema: &Schema) -> Result<Vec<Single>, Vec<PolicyError>> {
    let mut errors = Vec::new();
    let mut out = Vec::new();
    match access_rules(table, schema) {
        Ok(Some(access)) => {
            for command in COMMANDS {
                let name = format!("{}_{}", table.name, word(command));
                let own = if command == Command::Select { &access.read } else { &access.write };
                out.push(single(name, command, own.clone(), own.clone(), table.origin));
            }
        }
        Ok(None) => {}
        Err(error) => errors.push(error),
    }
    for policy in &table.policies {
        named(policy, table, &mut out, &mut errors);
    }
    for it in &out {
        for expr in it.using.iter().chain(&it.check) {
            errors.extend(typed(expr, it.origin, table, schema));
        }
    }
    errors.dedup();
    if errors.is_empty() { Ok(out) } else { Err(errors) }
}

fn single(name: String, command: Command, using: Expr, check: Expr, origin: Origin) -> Single {
    let reads = command != Command::Insert;
    let writes = matches!(command, Command::Insert | Command::Update);
    let (using, check) = (reads.then_some(using), writes.then_some(check));
    Single { name: limited(name), command, using, check, origin }
}

fn named(policy: &Policy, table: &Table, out: &mut Vec<Single>, errors: &mut Vec<PolicyError>) {
    for command in COMMANDS.into_iter().filter(|it| policy.commands.contains(it)) {
        let name = match policy.commands.len() {
            1 => policy.name.clone(),
            _ => format!("{}_{}", policy.name, word(command)),
        };
        let given = match command {
            Command::Insert => policy.check.as_ref().or(policy.using.as_ref()),
            _ => policy.using.as_ref(),
        };
        let Some(given) = given else {
            let needed = if command == Command::Insert { "check" } else { "using" };
            let message =
                format!("policy `{}` for {} has no `{needed}`", policy.name, word(command));
            errors
                .push(error(table, policy.origin, message).hint(format!(
                    "say for which rows it is: `{needed}: user_id = currentUser()`"
                )));
            continue;
        };
        let check = policy.check.as_ref().unwrap_or(given);
        out.push(single(name, command, given.clone(), check.clone(), policy.origin));
    }
}

fn typed(expr: &Expr, origin: Origin, table: &Table, schema: &Schema) -> Vec<PolicyError> {
    let cx = Cx { schema, table, purpose: Use::Policy };
    let errors = expr::check(expr, &Place::all(origin.span), &cx);
    let placed = errors.into_iter().map(|it| PolicyError {
        table: table.name.clone(),
        origin,
        message: it.message,
        hint: it.hint,
    });
    placed.collect()
}

/// What an access lets read and write; `None` when nothing.
struct AccessRules {
    read: Expr,
    write: Expr,
}

fn access_rules(table: &Table, schema: &Schema) -> Result<Option<AccessRules>, PolicyError> {
    let same = |it: Expr| Some(AccessRules { read: it.clone(), write: it });
    Ok(match &table.access {
        Access::Public | Access::Deny => None,
        Access::OwnRow { column } => same(is_user(column)),
        Access::OwnOrPublic { column, flag } => {
            let own = is_user(column);
            let open = match flag {
                Some(flag) => Expr::column(flag),
                None => Expr::Bool(true),
            };
            Some(AccessRules { read: Expr::any([own.clone(), open]), write: own })
        }
        Access::MemberOf { table: members, via } => same(is_member(table, schema, members, via)?),
        Access::Role(name) => {
            same(Expr::compare(Expr::CurrentRole, Comparison::Equal, Expr::Text(name.clone())))
        }
        Access::Expr(expr) => same(expr.clone()),
    })
}

fn is_user(column: &str) -> Expr {
    Expr::compare(Expr::column(column), Comparison::Equal, Expr::CurrentUser)
}

fn is_member(
    table: &Table,
    schema: &Schema,
    members: &str,
    via: &str,
) -> Result<Expr, PolicyError> {
    let own = (table.name == members).then_some(table);
    let Some(members) = schema.table(members).or(own) else {
        let message = format!("no table `{members}` to be a member of");
        return Err(error(table, table.origin, message).hint("add the table of members first"));
    };
    if !has_column(members, via) {
        let message = format!("no column `{via}` in `{}`", members.name);
        let hint = format!("name the column of `{}` that says of what", members.name);
        return Err(error(table, table.origin, message).hint(hint));
    }
    let user = user_column(members, schema).ok_or_else(|| {
        let message = format!("which column of `{}` is the user is not clear", members.name);
        let hint = "it needs exactly one foreign key to the table of users";
        error(table, table.origin, message).hint(hint)
    })?;
    let own = own_column(table, members, via).ok_or_else(|| {
        let message = format!("nothing in `{}` matches `{}.{via}`", table.name, members.name);
        error(table, table.origin, message).hint(format!("add a column `{via}`"))
    })?;
    let filter = Expr::all([
        Expr::compare(
            Expr::column(via),
            Comparison::Equal,
            Expr::Column { name: own, outer: true },
        ),
        is_user(&user),
    ]);
    Ok(Expr::Exists { table: members.name.clone(), filter: Box::new(filter) })
}

/// The column of `table` that `via` of `members` is compared with: the one of that name, else the
/// one that it refers to.
fn own_column(table: &Table, members: &Table, via: &str) -> Option<String> {
    if has_column(table, via) {
        return Some(via.to_owned());
    }
    let to_table = foreign_keys(members).into_iter().find(|it| it.0 == via && it.1 == table.name);
    to_table.map(|it| it.2)
}

/// The one column of `table` that refers to the table of users.
#[must_use]
pub fn user_column(table: &Table, schema: &Schema) -> Option<String> {
    let users = expr::users_table(schema).map_or(USERS, |it| it.name.as_str());
    let mut found = foreign_keys(table).into_iter().filter(|it| it.1 == users);
    let first = found.next()?;
    found.next().is_none().then_some(first.0)
}

/// Foreign keys of one column: column, table, column.
pub(crate) fn foreign_keys(table: &Table) -> Vec<(String, String, String)> {
    let own = table.columns.iter().filter_map(|it| {
        let to = it.references.as_ref()?;
        Some((it.name.clone(), to.table.clone(), to.column.clone()))
    });
    let apart = table.constraints.iter().filter_map(|Constraint { kind, .. }| match kind {
        ConstraintKind::ForeignKey { columns, table, target, .. } => {
            match (columns.as_slice(), target.as_slice()) {
                ([column], [to]) => Some((column.clone(), table.clone(), to.clone())),
                _ => None,
            }
        }
        _ => None,
    });
    own.chain(apart).collect()
}

fn has_column(table: &Table, name: &str) -> bool {
    table.columns.iter().any(|it| it.name == name)
}

fn error(table: &Table, origin: Origin, message: String) -> PolicyError {
    PolicyError { table: table.name.clone(), origin, message, hint: None }
}

impl PolicyError {
    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// What the filter of an `exists` asks, when it is for rows of the user's own that match the row at
/// hand in one column: the column there, the column here, and the rest. Such an `exists` can be
/// written as a list that is made once a statement.
fn own_list(filter: &Expr) -> Option<(&Expr, &Expr, Expr)> {
    let Expr::And(parts) = filter else { return None };
    let is_inner = |it: &Expr| matches!(it, Expr::Column { outer: false, .. });
    let asks_user = parts.iter().any(|it| match it {
        Expr::Compare { op: Comparison::Equal, .. } => {
            let sides = it.children();
            sides.contains(&&Expr::CurrentUser) && sides.into_iter().any(is_inner)
        }
        _ => false,
    });
    let (matching, rest): (Vec<&Expr>, Vec<&Expr>) =
        parts.iter().partition(|it| it.contains(is_outer));
    let [matching] = matching.as_slice() else { return None };
    let Expr::Compare { op: Comparison::Equal, left, right } = matching else { return None };
    let (inner, outer) = if is_outer(right) { (left, right) } else { (right, left) };
    let is_list = asks_user && is_outer(outer) && is_inner(inner);
    is_list.then(|| (&**inner, &**outer, Expr::all(rest.into_iter().cloned())))
}

fn is_outer(expr: &Expr) -> bool {
    matches!(expr, Expr::Column { outer: true, .. })
}

/// The command as SQL writes it, in lower case.
#[must_use]
pub fn word(command: Command) -> &'static str {
    match command {
        Command::Select => "select",
        Command::Insert => "insert",
        Command::Update => "update",
        Command::Delete => "delete",
    }
}

/// Whether `table` has an index that starts with `column`.
pub(crate) fn leads_an_index(table: &Table, column: &str) -> bool {
    let is_key = table.primary_key.first().is_some_and(|it| it == column);
    let is_unique = table.columns.iter().any(|it| it.name == column && it.unique);
    let constraint = table.constraints.iter().any(|it| match &it.kind {
        ConstraintKind::Unique(columns) => columns.first().is_some_and(|it| it == column),
        _ => false,
    });
    let starts = |it: &crate::schema::Index| {
        let first = it.keys.first().map(|it| &it.expr);
        it.filter.is_none() && matches!(first, Some(Expr::Column { name, .. }) if name == column)
    };
    is_key || is_unique || constraint || table.indexes.iter().any(starts)
}

/// A derived name of at most the 63 bytes that PostgreSQL keeps; what is cut off leaves its hash,
/// so that two long names stay two.
pub(crate) fn limited(name: String) -> String {
    const LIMIT: usize = 63;
    if name.len() <= LIMIT {
        return name;
    }
    let hash = blake3::hash(name.as_bytes()).to_hex();
    let mut keep = LIMIT - 9;
    while !name.is_char_boundary(keep) {
        keep -= 1;
    }
    format!("{}_{}", &name[..keep], &hash[..8])
}

#[cfg(test)]
mod agreement;
#[cfg(test)]
mod planned;
#[cfg(test)]
pub(crate) mod server;
#[cfg(test)]
pub(crate) mod testing;
