//! Which operation of a file asked for a step of its plan, and what operations are about.

use super::Migration;
use migrate::language::{Name, Named, Operation, OperationKind};
use migrate::plan::{Change, ObjectId, Part, Step};
use migrate::schema::Origin;

/// The operations, by index, that a step is there for: those that ask for its changes most
/// precisely. None for a step that changes nothing, such as a time-out.
pub(super) fn causes(file: &Migration, step: &Step) -> Vec<usize> {
    let mut out = Vec::new();
    for change in &step.changes {
        if let Change::Raw(sql) = change {
            out.extend(authors(file, sql));
        }
        let Some(object) = change.object() else { continue };
        let made = origin(file, object);
        let author = made.and_then(|made| file.operations.iter().position(|it| holds(it, made)));
        if let Some(author) = author {
            out.push(author);
            continue;
        }
        let scores: Vec<u8> = file.operations.iter().map(|it| score(it, object, change)).collect();
        let best = scores.iter().copied().max().unwrap_or(0);
        let found = scores.iter().enumerate().filter(|it| best > 0 && *it.1 == best);
        out.extend(found.map(|it| it.0));
    }
    out.sort_unstable();
    out.dedup();
    out
}

/// The operations that hold this SQL.
fn authors<'a>(file: &'a Migration, sql: &'a str) -> impl Iterator<Item = usize> + 'a {
    let is_own = move |it: &Operation| match &it.kind {
        OperationKind::Sql(it) => it.sqlite.iter().chain(&it.postgres).any(|it| it.value == sql),
        _ => false,
    };
    let all = file.operations.iter().enumerate();
    all.filter(move |it| is_own(it.1)).map(|it| it.0)
}

/// The place that asked for an object of the schema after the file.
fn origin(file: &Migration, object: &ObjectId) -> Option<Origin> {
    let table = file.after.table(&object.table)?;
    match &object.part {
        Part::Column(name) => table.column(name).map(|it| it.origin),
        Part::Index(name) => table.indexes.iter().find(|it| it.name == *name).map(|it| it.origin),
        Part::Constraint(name) => {
            table.constraints.iter().find(|it| it.name == *name).map(|it| it.origin)
        }
        Part::Policy(name) => table.policies.iter().find(|it| it.name == *name).map(|it| it.origin),
        _ => None,
    }
}

/// Whether a place is in an operation.
fn holds(operation: &Operation, place: Origin) -> bool {
    let own = operation.origin;
    own.file == place.file && own.span.contains(place.span)
}

/// How surely an operation that does not hold the object itself asked for its change; 0 is not at all.
fn score(operation: &Operation, object: &ObjectId, change: &Change) -> u8 {
    let new_name = match change {
        Change::Rename { to, .. } => Some(to.as_str()),
        _ => None,
    };
    let is_own = |it: &str| it == object.table || Some(it) == new_name;
    if !tables(&operation.kind).iter().any(|it| is_own(it)) {
        return 0;
    }
    let is_named = |name: &str| parts(&operation.kind).contains(&name);
    let named = match &object.part {
        Part::Column(it) | Part::Index(it) | Part::Constraint(it) | Part::Policy(it) => {
            // Derived names hold the names of their columns.
            is_named(it) || parts(&operation.kind).iter().any(|part| holds_word(it, part))
        }
        Part::Table => matches!(
            operation.kind,
            OperationKind::AddTable(_)
                | OperationKind::DropTable { .. }
                | OperationKind::RenameTable { .. }
                | OperationKind::Purge { column: None, .. }
        ),
        Part::RowSecurity | Part::View(_) | Part::Trigger(_) | Part::Function(_) => {
            matches!(operation.kind, OperationKind::SetRls { .. } | OperationKind::AddTable(_))
        }
        _ => false,
    };
    let is_policy = matches!(object.part, Part::Policy(_) | Part::Trigger(_))
        && matches!(operation.kind, OperationKind::SetRls { .. });
    let is_table =
        matches!(operation.kind, OperationKind::AddTable(_) | OperationKind::DropTable { .. });
    match (named, is_policy || is_table) {
        (true, _) => 4,
        (false, true) => 3,
        (false, false) => 1,
    }
}

/// Whether `name`, such as `posts_user_id_idx`, has `part` as a word.
fn holds_word(name: &str, part: &str) -> bool {
    let is_edge = |it: Option<char>| it.is_none_or(|it| it == '_');
    name.match_indices(part).any(|(at, _)| {
        is_edge(name[..at].chars().next_back()) && is_edge(name[at + part.len()..].chars().next())
    })
}

/// The tables that an operation names as what it changes.
pub(crate) fn tables(kind: &OperationKind) -> Vec<&str> {
    names_of_tables(kind).into_iter().map(|it| it.value.as_str()).collect()
}

/// The same with their places; the new name of a rename comes last.
pub(crate) fn names_of_tables(kind: &OperationKind) -> Vec<&Name> {
    match kind {
        OperationKind::AddTable(it) => vec![&it.name],
        OperationKind::RenameTable { was, name } => vec![was, name],
        OperationKind::AlterColumn(it) => vec![&it.table],
        OperationKind::Seed(it) => vec![&it.table],
        OperationKind::DropTable { table, .. }
        | OperationKind::AddColumn { table, .. }
        | OperationKind::DropColumn { table, .. }
        | OperationKind::RenameColumn { table, .. }
        | OperationKind::AddIndex { table, .. }
        | OperationKind::DropIndex { table, .. }
        | OperationKind::AddConstraint { table, .. }
        | OperationKind::DropConstraint { table, .. }
        | OperationKind::SetRls { table, .. }
        | OperationKind::AddPolicy { table, .. }
        | OperationKind::DropPolicy { table, .. }
        | OperationKind::Comment { table, .. }
        | OperationKind::Purge { table, .. } => vec![table],
        OperationKind::Sql(_) => Vec::new(),
    }
}

/// The columns, indexes, constraints and policies that an operation is about.
fn parts(kind: &OperationKind) -> Vec<&str> {
    match kind {
        OperationKind::AddColumn { columns, .. } => {
            columns.iter().map(|it| it.name.value.as_str()).collect()
        }
        OperationKind::DropColumn { column, .. } => vec![&column.value],
        OperationKind::RenameColumn { was, name, .. } => vec![&was.value, &name.value],
        OperationKind::AlterColumn(it) => {
            let was = it.was.iter().map(|it| it.value.as_str());
            was.chain([it.column.value.as_str()]).collect()
        }
        OperationKind::DropIndex { index: Named::Name(it), .. }
        | OperationKind::DropConstraint { constraint: Named::Name(it), .. }
        | OperationKind::DropPolicy { policy: it, .. } => vec![&it.value],
        OperationKind::AddPolicy { policy, .. } => vec![&policy.name.value],
        OperationKind::Comment { column: Some(it), .. }
        | OperationKind::Purge { column: Some(it), .. } => vec![&it.value],
        _ => Vec::new(),
    }
}

/// The word of the language.
pub(crate) fn keyword(kind: &OperationKind) -> &'static str {
    match kind {
        OperationKind::AddTable(_) => "add_table",
        OperationKind::DropTable { .. } => "drop_table",
        OperationKind::RenameTable { .. } => "rename_table",
        OperationKind::AddColumn { .. } => "add_column",
        OperationKind::DropColumn { .. } => "drop_column",
        OperationKind::RenameColumn { .. } => "rename_column",
        OperationKind::AlterColumn(_) => "alter_column",
        OperationKind::AddIndex { .. } => "add_index",
        OperationKind::DropIndex { .. } => "drop_index",
        OperationKind::AddConstraint { .. } => "add_constraint",
        OperationKind::DropConstraint { .. } => "drop_constraint",
        OperationKind::SetRls { .. } => "set_rls",
        OperationKind::AddPolicy { .. } => "add_policy",
        OperationKind::DropPolicy { .. } => "drop_policy",
        OperationKind::Comment { .. } => "comment",
        OperationKind::Seed(_) => "seed",
        OperationKind::Sql(_) => "sql",
        OperationKind::Purge { .. } => "purge",
    }
}

/// `posts`, `posts.title`, `posts to articles`.
pub(crate) fn about(kind: &OperationKind) -> Option<String> {
    let tables = tables(kind);
    let first = (*tables.first()?).to_owned();
    if let Some(second) = tables.get(1) {
        return Some(format!("{first} to {second}"));
    }
    match parts(kind).as_slice() {
        [] => Some(first),
        [one] => Some(format!("{first}.{one}")),
        [was, name] if matches!(kind, OperationKind::RenameColumn { .. }) => {
            Some(format!("{first}.{was} to {name}"))
        }
        [.., last] if matches!(kind, OperationKind::AlterColumn(_)) => {
            Some(format!("{first}.{last}"))
        }
        more => Some(format!("{first}.{}", more.join(", "))),
    }
}
