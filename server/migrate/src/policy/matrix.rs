//! Who can do what: policies, simplified for each kind of asker.
//!
//! An asker is described by what is known of him and the row: whether it is his, whether he is a
//! member, which role he has. What is left of a predicate when that is put in is the answer: yes,
//! no, or a condition on the row.

use super::{COMMANDS, PolicyError, compile, word};
use crate::expr::{Comparison, Expr};
use crate::schema::{Command, Schema, Table};
use std::fmt::{self, Display, Formatter};

/// Someone who asks for a row.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// Not signed in.
    Guest,
    /// Signed in, without a role; the row is another's and of no group of his.
    Stranger,
    /// Signed in; the row is his own.
    Owner,
    /// Signed in; the row is another's, of a group that he is in.
    Member,
    /// Signed in with this role; the row is another's.
    Role(String),
    /// The server itself: no policy is asked.
    Service,
}

impl Display for Subject {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Guest => f.write_str("guest"),
            Self::Stranger => f.write_str("stranger"),
            Self::Owner => f.write_str("owner"),
            Self::Member => f.write_str("member"),
            Self::Role(name) => write!(f, "role {name}"),
            Self::Service => f.write_str("service"),
        }
    }
}

/// The answer for a table, a subject and a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    Yes,
    No,
    /// For rows where this holds.
    If(Expr),
}

impl Display for Cell {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Yes => f.write_str("yes"),
            Self::No => f.write_str("no"),
            Self::If(expr) => write!(f, "if {expr}"),
        }
    }
}

/// Every table, subject and command; [`Display`] draws it as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    pub rows: Vec<MatrixRow>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatrixRow {
    pub table: String,
    pub subject: Subject,
    /// In the order of [`COMMANDS`].
    pub cells: [Cell; 4],
}

impl Matrix {
    #[must_use]
    pub fn cell(&self, table: &str, subject: &Subject, command: Command) -> Option<&Cell> {
        let row = self.rows.iter().find(|it| it.table == table && it.subject == *subject)?;
        let idx = COMMANDS.iter().position(|it| *it == command)?;
        row.cells.get(idx)
    }
}

/// Who can do what with each table of `schema`. Subjects that a table's policies tell nothing
/// apart are left out: no owner where none is asked for, no member, no role.
///
/// # Errors
/// As [`compile`], for all tables together.
pub fn matrix(schema: &Schema) -> Result<Matrix, Vec<PolicyError>> {
    let (mut rows, mut errors) = (Vec::new(), Vec::new());
    for table in &schema.tables {
        match of_table(table, schema) {
            Ok(own) => rows.extend(own),
            Err(found) => errors.extend(found),
        }
    }
    if errors.is_empty() { Ok(Matrix { rows }) } else { Err(errors) }
}

fn of_table(table: &Table, schema: &Schema) -> Result<Vec<MatrixRow>, Vec<PolicyError>> {
    let compiled = compile(table, schema)?;
    let predicates = COMMANDS.map(|command| {
        let rule = compiled.rule(command);
        Expr::all([rule.using.clone(), rule.check.clone()])
    });
    let row = |subject: Subject| {
        let cells = predicates.clone().map(|it| cell(&it, &subject));
        MatrixRow { table: table.name.clone(), subject, cells }
    };
    Ok(subjects(&predicates).into_iter().map(row).collect())
}

fn subjects(predicates: &[Expr]) -> Vec<Subject> {
    let asks = |test: fn(&Expr) -> bool| predicates.iter().any(|it| it.contains(test));
    let mut out = vec![Subject::Guest, Subject::Stranger];
    if predicates.iter().any(asks_owner) {
        out.push(Subject::Owner);
    }
    if asks(is_membership) {
        out.push(Subject::Member);
    }
    let mut roles = Vec::new();
    for it in predicates {
        it.walk(&mut |it| roles.extend(roles_of(it)));
    }
    roles.sort();
    roles.dedup();
    out.extend(roles.into_iter().map(Subject::Role));
    out.push(Subject::Service);
    out
}

/// Whether the row at hand is compared with the user, outside of any `exists`.
fn asks_owner(expr: &Expr) -> bool {
    match expr {
        Expr::Exists { .. } => false,
        _ => user_beside(expr).is_some() || expr.children().into_iter().any(asks_owner),
    }
}

/// What is compared with `currentUser()` for being the same.
fn user_beside(expr: &Expr) -> Option<&Expr> {
    match expr {
        Expr::Compare { op: Comparison::Equal, left, right } => match (&**left, &**right) {
            (Expr::CurrentUser, other) | (other, Expr::CurrentUser) => Some(other),
            _ => None,
        },
        _ => None,
    }
}

fn is_membership(expr: &Expr) -> bool {
    match expr {
        Expr::Exists { filter, .. } => filter.contains(|it| *it == Expr::CurrentUser),
        _ => false,
    }
}

fn roles_of(expr: &Expr) -> Vec<String> {
    let text = |it: &Expr| match it {
        Expr::Text(it) => Some(it.clone()),
        _ => None,
    };
    match expr {
        Expr::Compare { left, right, .. } => match (&**left, &**right) {
            (Expr::CurrentRole, other) | (other, Expr::CurrentRole) => {
                text(other).into_iter().collect()
            }
            _ => Vec::new(),
        },
        Expr::In { value, list, .. } if **value == Expr::CurrentRole => {
            list.iter().filter_map(text).collect()
        }
        _ => Vec::new(),
    }
}

fn cell(predicate: &Expr, subject: &Subject) -> Cell {
    if *subject == Subject::Service {
        return Cell::Yes;
    }
    match (Known { subject }).simplify(predicate) {
        Truth::True => Cell::Yes,
        Truth::False | Truth::Null => Cell::No,
        Truth::Open(expr) => match positive(expr) {
            Expr::Bool(true) => Cell::Yes,
            Expr::Bool(false) => Cell::No,
            open => Cell::If(open),
        },
    }
}

/// What is known before the row is.
enum Truth {
    True,
    False,
    /// Neither, whatever the row is.
    Null,
    Open(Expr),
}

impl Truth {
    fn of(it: Option<bool>) -> Self {
        match it {
            Some(true) => Self::True,
            Some(false) => Self::False,
            None => Self::Null,
        }
    }
}

struct Known<'a> {
    subject: &'a Subject,
}

impl Known<'_> {
    fn simplify(&self, expr: &Expr) -> Truth {
        match expr {
            Expr::Bool(it) => Truth::of(Some(*it)),
            Expr::Null => Truth::Null,
            Expr::Not(inner) => match &**inner {
                Expr::And(parts) => self.joined(&negated(parts), true),
                Expr::Or(parts) => self.joined(&negated(parts), false),
                inner => self.negation(inner),
            },
            Expr::And(parts) => self.joined(parts, false),
            Expr::Or(parts) => self.joined(parts, true),
            Expr::Exists { .. } if is_membership(expr) => self.membership(expr),
            Expr::IsNull { value, negated } => self.is_null(expr, value, *negated),
            Expr::In { value, list, negated } if **value == Expr::CurrentRole => {
                self.role_in(expr, list, *negated)
            }
            Expr::Compare { op, left, right } => self.comparison(expr, *op, left, right),
            other => self.leave(other),
        }
    }

    fn negation(&self, inner: &Expr) -> Truth {
        match self.simplify(inner) {
            Truth::True => Truth::False,
            Truth::False => Truth::True,
            Truth::Null => Truth::Null,
            Truth::Open(it) => Truth::Open(Expr::Not(Box::new(it))),
        }
    }

    /// What asks for the user or role in a way that is not understood stays open.
    fn leave(&self, expr: &Expr) -> Truth {
        Truth::Open(expr.clone())
    }

    fn joined(&self, parts: &[Expr], is_or: bool) -> Truth {
        let mut open = Vec::new();
        let mut some_null = false;
        for part in parts {
            match self.simplify(part) {
                Truth::True if is_or => return Truth::True,
                Truth::False if !is_or => return Truth::False,
                Truth::True | Truth::False => {}
                Truth::Null => some_null = true,
                Truth::Open(it) => open.push(it),
            }
        }
        if open.is_empty() {
            return if some_null { Truth::Null } else { Truth::of(Some(!is_or)) };
        }
        // Under a `not` it matters that a part is unknown; where it does not, `positive` drops it.
        if some_null {
            open.push(Expr::Null);
        }
        Truth::Open(if is_or { Expr::any(open) } else { Expr::all(open) })
    }

    fn membership(&self, expr: &Expr) -> Truth {
        let Expr::Exists { filter, .. } = expr else { return self.leave(expr) };
        let plain = match &**filter {
            Expr::And(parts) => parts.iter().any(|it| user_beside(it).is_some()),
            other => user_beside(other).is_some(),
        };
        match self.subject {
            Subject::Member if plain => Truth::True,
            // A group of one's own is possible for everybody who is signed in, but not asked here.
            Subject::Guest | Subject::Stranger | Subject::Role(_) if plain => Truth::False,
            _ => self.leave(expr),
        }
    }

    fn is_null(&self, expr: &Expr, value: &Expr, negated: bool) -> Truth {
        let is_null = match (value, self.subject) {
            (Expr::CurrentUser, Subject::Guest) => true,
            (Expr::CurrentUser, _) => false,
            (Expr::CurrentRole, Subject::Role(_)) => false,
            (Expr::CurrentRole, _) => true,
            _ => return self.leave(expr),
        };
        Truth::of(Some(is_null != negated))
    }

    fn role(&self) -> Option<&str> {
        match self.subject {
            Subject::Role(name) => Some(name),
            _ => None,
        }
    }

    fn role_in(&self, expr: &Expr, list: &[Expr], negated: bool) -> Truth {
        let Some(role) = self.role() else { return Truth::Null };
        let texts: Option<Vec<&str>> = list
            .iter()
            .map(|it| match it {
                Expr::Text(it) => Some(it.as_str()),
                _ => None,
            })
            .collect();
        let Some(texts) = texts else { return self.leave(expr) };
        Truth::of(Some(texts.contains(&role) != negated))
    }

    fn comparison(&self, expr: &Expr, op: Comparison, left: &Expr, right: &Expr) -> Truth {
        let (asked, other) = match (left, right) {
            (Expr::CurrentUser | Expr::CurrentRole, other) => (left, other),
            (other, Expr::CurrentUser | Expr::CurrentRole) => (right, other),
            _ => return self.leave(expr),
        };
        if op.is_order() {
            return self.leave(expr);
        }
        let equal = match (asked, other) {
            (Expr::CurrentUser, _) if *self.subject == Subject::Guest => return Truth::Null,
            (Expr::CurrentUser, Expr::Column { .. }) => *self.subject == Subject::Owner,
            (Expr::CurrentRole, _) if self.role().is_none() => return Truth::Null,
            (Expr::CurrentRole, Expr::Text(text)) => self.role() == Some(text),
            _ => return self.leave(expr),
        };
        Truth::of(Some(equal == (op == Comparison::Equal)))
    }
}

fn negated(parts: &[Expr]) -> Vec<Expr> {
    parts.iter().map(|it| Expr::Not(Box::new(it.clone()))).collect()
}

/// What is left of a condition when only its being true matters.
fn positive(expr: Expr) -> Expr {
    match expr {
        Expr::Null => Expr::Bool(false),
        Expr::And(parts) => Expr::all(parts.into_iter().map(positive)),
        Expr::Or(parts) => Expr::any(parts.into_iter().map(positive)),
        other => other,
    }
}

impl Display for Matrix {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut lines = vec![vec!["table".to_owned(), "who".to_owned()]];
        lines[0].extend(COMMANDS.iter().map(|it| word(*it).to_owned()));
        for row in &self.rows {
            let mut line = vec![row.table.clone(), row.subject.to_string()];
            line.extend(row.cells.iter().map(Cell::to_string));
            lines.push(line);
        }
        let n_columns = lines[0].len();
        let widths: Vec<usize> = (0..n_columns)
            .map(|idx| lines.iter().map(|it| it[idx].chars().count()).max().unwrap_or(0))
            .collect();
        for line in &lines {
            let cells = line.iter().zip(&widths).map(|(it, width)| format!("{it:width$}"));
            writeln!(f, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{policy, schema};
    use super::*;
    use crate::expr::parse;
    use crate::schema::{Access, Policy, Type};
    use expect_test::{Expect, expect};

    fn check(access: Access, policies: Vec<Policy>, expect: Expect) {
        let mut schema = schema(&Type::BigInt);
        let mut posts = schema.tables.remove(3);
        posts.access = access;
        posts.policies = policies;
        schema.tables.push(posts);
        let mut found = matrix(&schema).expect("the policies compile");
        found.rows.retain(|it| it.table == "posts");
        expect.assert_eq(&found.to_string());
    }

    fn own() -> String {
        "owner_id".to_owned()
    }

    #[test]
    fn accesses_say_who() {
        check(
            Access::Public,
            Vec::new(),
            expect![[r#"
            table  who       select  insert  update  delete
            posts  guest     yes     yes     yes     yes
            posts  stranger  yes     yes     yes     yes
            posts  service   yes     yes     yes     yes
        "#]],
        );
        check(
            Access::Deny,
            Vec::new(),
            expect![[r#"
            table  who       select  insert  update  delete
            posts  guest     no      no      no      no
            posts  stranger  no      no      no      no
            posts  service   yes     yes     yes     yes
        "#]],
        );
        check(
            Access::OwnRow { column: own() },
            Vec::new(),
            expect![[r#"
            table  who       select  insert  update  delete
            posts  guest     no      no      no      no
            posts  stranger  no      no      no      no
            posts  owner     yes     yes     yes     yes
            posts  service   yes     yes     yes     yes
        "#]],
        );
        let flag = Some("flag".to_owned());
        check(
            Access::OwnOrPublic { column: own(), flag },
            Vec::new(),
            expect![[r#"
            table  who       select   insert  update  delete
            posts  guest     if flag  no      no      no
            posts  stranger  if flag  no      no      no
            posts  owner     yes      yes     yes     yes
            posts  service   yes      yes     yes     yes
        "#]],
        );
        let members = "members".to_owned();
        check(
            Access::MemberOf { table: members, via: "team_id".to_owned() },
            Vec::new(),
            expect![[r#"
                table  who       select  insert  update  delete
                posts  guest     no      no      no      no
                posts  stranger  no      no      no      no
                posts  member    yes     yes     yes     yes
                posts  service   yes     yes     yes     yes
            "#]],
        );
    }

    #[test]
    fn policies_add_to_it() {
        let moderator = policy("m", &[Command::Delete], "currentRole() in ('mod', 'admin')", "");
        let signed_in = policy("s", &[Command::Select], "currentUser() is not null", "");
        check(
            Access::OwnRow { column: own() },
            vec![moderator, signed_in],
            expect![[r#"
            table  who         select  insert  update  delete
            posts  guest       no      no      no      no
            posts  stranger    yes     no      no      no
            posts  owner       yes     yes     yes     yes
            posts  role admin  yes     no      no      yes
            posts  role mod    yes     no      no      yes
            posts  service     yes     yes     yes     yes
        "#]],
        );
    }

    #[test]
    fn unknown_is_not_yes() {
        let text = "not (currentRole() = 'banned') and (flag or owner_id = currentUser())";
        check(
            Access::Expr(parse(text).expect("it parses")),
            Vec::new(),
            expect![[r#"
            table  who          select  insert  update  delete
            posts  guest        no      no      no      no
            posts  stranger     no      no      no      no
            posts  owner        no      no      no      no
            posts  role banned  no      no      no      no
            posts  service      yes     yes     yes     yes
        "#]],
        );
        let text = "not (currentUser() = owner_id and flag)";
        check(
            Access::Expr(parse(text).expect("it parses")),
            Vec::new(),
            expect![[r#"
                table  who       select       insert       update       delete
                posts  guest     if not flag  if not flag  if not flag  if not flag
                posts  stranger  yes          yes          yes          yes
                posts  owner     if not flag  if not flag  if not flag  if not flag
                posts  service   yes          yes          yes          yes
            "#]],
        );
    }
}
