//! Carries statements out on a [`Schema`].

use crate::ddl::{Action, AlterPart, ColumnDef, CreateTable, CreateView, Drop, Grant, Like};
use crate::schema::{
    Column, Constraint, ConstraintKind, Enum, Function, Id, Index, Schema, Table, TableKind, Type,
    View,
};
use crate::sql::{Cursor, Token, TokenKind, by_commas, spelt};
use std::sync::Arc;

/// Does what the statement does; what it cannot find it leaves.
pub(crate) fn apply(schema: &mut Schema, action: &Action) {
    match action {
        Action::CreateTable(it) => create_table(schema, it),
        Action::AlterTable { table, parts } => {
            for part in parts {
                alter(schema, table, part);
            }
        }
        Action::Drop(it) => drop(schema, it),
        Action::CreateIndex(it) => {
            let index = it.index.clone();
            if let Some(table) = schema.table_mut(&it.table) {
                table.indexes.push(index);
            } else if let Some(view) = schema.views.iter_mut_where(|of| of.name == it.table).next()
            {
                view.indexes.push(index);
            }
        }
        Action::CreateView(it) => create_view(schema, it),
        Action::Comment { table, column, text } => {
            note(schema, table, column.as_deref(), text.as_deref());
        }
        Action::SetInvoker { view, is_invoker } => {
            if let Some(view) = schema.views.iter_mut_where(|it| it.name == *view).next() {
                view.is_invoker = *is_invoker;
            }
        }
        Action::CreateFunction(it, _) => create_function(schema, it),
        Action::AlterFunction { name, arguments, options } => {
            let found = schema
                .functions
                .iter_mut_where(|it| is_function(it, name, arguments.as_deref()))
                .next();
            if let Some(function) = found {
                function.is_definer = options.is_definer.unwrap_or(function.is_definer);
                function.has_search_path =
                    options.has_search_path.unwrap_or(function.has_search_path);
                function.has_open_path = options.has_open_path.unwrap_or(function.has_open_path);
                function.volatility = options.volatility.unwrap_or(function.volatility);
            }
        }
        Action::CreateEnum { name, values } => {
            let id = schema.id();
            let values = values.iter().map(|it| (schema.id(), it.clone())).collect();
            schema.enums.push(Enum { id, name: name.clone(), values });
        }
        Action::AddEnumValue { name, value } => {
            let id = schema.id();
            if let Some(it) = schema.enums.iter_mut().find(|it| it.name == *name)
                && !it.values.iter().any(|it| it.1 == *value)
            {
                it.values.push((id, value.clone()));
            }
        }
        Action::RenameEnumValue { name, from, to } => {
            let of = schema.enums.iter_mut().find(|it| it.name == *name);
            let value = of.and_then(|it| it.values.iter_mut().find(|it| it.1 == *from));
            if let Some(value) = value {
                value.1.clone_from(to);
            }
        }
        Action::CreatePolicy { table, policy } => {
            let mut policy = (**policy).clone();
            policy.id = schema.id();
            if let Some(table) = schema.table_mut(table) {
                table.policies.push(policy);
            }
        }
        Action::AlterPolicy { table, policy, part } => {
            let of = schema.table_mut(table);
            if let Some(it) = of.and_then(|it| it.policies.iter_mut().find(|it| it.name == *policy))
            {
                it.name = part.rename.clone().unwrap_or_else(|| it.name.clone());
                it.roles = part.roles.clone().unwrap_or_else(|| it.roles.clone());
                it.using = part.using.clone().or(it.using.take());
                it.check = part.check.clone().or(it.check.take());
            }
        }
        Action::CreateTrigger { table, trigger } => {
            if let Some(table) = schema.table_mut(table) {
                table.triggers.retain(|it| it.name != trigger.name);
                table.triggers.push(trigger.clone());
            } else if let Some(view) = schema.views.iter_mut_where(|it| it.name == *table).next() {
                view.triggers.retain(|it| it.name != trigger.name);
                view.triggers.push(trigger.clone());
            }
        }
        Action::CreateDomain { name, is_checked } => {
            schema.others.insert(("domain".to_owned(), name.clone()));
            if *is_checked {
                schema.others.insert(("checked domain".to_owned(), name.clone()));
            }
        }
        Action::Create { kind, name } => {
            schema.others.insert(((*kind).to_owned(), name.clone()));
        }
        Action::Rename { kind, name, to } => rename(schema, kind, name, to),
        Action::SetSchema { name, schema: into, .. } => {
            let bare = name.rsplit('.').next().unwrap_or(name);
            let to = if into == "public" { bare.to_owned() } else { format!("{into}.{bare}") };
            rename_object(schema, name, &to);
        }
        Action::Grant(it) => grant(schema, it, true),
        Action::Revoke(it) => {
            grant(schema, it, false);
            close(schema, it);
        }
        Action::DefaultGrant { privileges, roles } => {
            for role in roles {
                let own = privileges.iter().map(|it| (role.clone(), it.clone()));
                schema.default_grants.extend(own);
            }
        }
        Action::DefaultRevoke { privileges, roles } => {
            let is_gone = |it: &(String, String)| {
                roles.contains(&it.0) && privileges.iter().any(|of| *of == it.1 || of == "all")
            };
            schema.default_grants.retain(|it| !is_gone(it));
        }
        Action::Role { name, options } => {
            if options.iter().any(|it| it == "bypassrls" || it == "superuser") {
                schema.bypassing.insert(name.clone());
            }
            if options.iter().any(|it| it == "nobypassrls" || it == "nosuperuser") {
                schema.bypassing.remove(name);
            }
        }
        _ => {}
    }
}

/// Notes what is said of a table or a view, or of a column of a table; `None` takes it away.
pub(crate) fn note(schema: &mut Schema, name: &str, column: Option<&str>, text: Option<&str>) {
    let id = match (schema.table(name), column) {
        (Some(table), Some(column)) => table.column(column).map(|it| it.id),
        (Some(table), None) => Some(table.id),
        (None, _) => schema.view(name).filter(|_| column.is_none()).map(|it| it.id),
    };
    let comments = Arc::make_mut(&mut schema.comments);
    match (id, text) {
        (Some(id), Some(text)) => {
            comments.insert(id, text.to_owned());
        }
        (Some(id), None) => {
            comments.remove(&id);
        }
        (None, _) => {}
    }
}

fn create_table(schema: &mut Schema, def: &CreateTable) {
    if schema.table(&def.name).is_some() {
        return;
    }
    let id = schema.id();
    let mut table = Table::new(id, &def.name, def.kind);
    table.partition_of.clone_from(&def.partition_of);
    table.partition_key.clone_from(&def.partition_key);
    for like in &def.like {
        take_after(schema, &mut table, like);
    }
    if let Some(parent) = &def.partition_of {
        let columns = schema.table(parent).map(|it| it.columns.clone()).unwrap_or_default();
        for mut column in columns {
            column.id = schema.id();
            table.columns.push(column);
        }
    }
    if let Some(query) = &def.query {
        for name in output_columns(schema, query).unwrap_or_default() {
            let id = schema.id();
            table.columns.push(plain_column(id, &name));
        }
    }
    for column in &def.columns {
        add_column(schema, &mut table, column);
    }
    for constraint in &def.constraints {
        add_constraint(schema, &mut table, constraint);
    }
    schema.tables.push(table);
    grant_defaults(schema, &def.name);
}

/// Gives what `alter default privileges` promises for each new table and view.
fn grant_defaults(schema: &mut Schema, name: &str) {
    let own = schema.default_grants.iter();
    let own: Vec<_> =
        own.map(|(role, what)| (name.to_owned(), role.clone(), what.clone())).collect();
    schema.grants.extend(own);
}

/// Gives a table what it takes from another one.
fn take_after(schema: &mut Schema, table: &mut Table, like: &Like) {
    let Some(parent) = schema.table(&like.table).cloned() else { return };
    for mut column in parent.columns {
        column.id = schema.id();
        if !like.has_defaults {
            (column.default, column.generated) = (None, None);
        }
        table.columns.push(column);
    }
    for mut constraint in parent.constraints {
        let is_taken = match constraint.kind {
            ConstraintKind::Check => like.has_checks,
            ConstraintKind::Foreign => false,
            _ => like.has_indexes,
        };
        if is_taken {
            constraint.id = schema.id();
            table.constraints.push(constraint);
        }
    }
    if like.has_indexes {
        table.indexes.extend(parent.indexes);
    }
}

/// A column of which only the name is known.
pub(crate) fn plain_column(id: Id, name: &str) -> Column {
    Column {
        id,
        name: name.to_owned(),
        kind: Type::default(),
        not_null: false,
        default: None,
        generated: None,
        is_identity: false,
        is_always: false,
        expression: None,
        collation: None,
        is_autoincrement: false,
        is_integer: false,
    }
}

fn add_column(schema: &mut Schema, table: &mut Table, def: &ColumnDef) {
    if table.column(&def.name).is_some() {
        return;
    }
    let column = Column {
        id: schema.id(),
        name: def.name.clone(),
        kind: def.kind.clone(),
        not_null: def.not_null,
        default: def.default.as_deref().map(spelt),
        generated: def.generated,
        is_identity: def.is_identity,
        is_always: def.is_always,
        expression: def.expression.clone(),
        collation: def.collation.clone(),
        is_autoincrement: def.is_autoincrement,
        is_integer: def.is_integer,
    };
    table.columns.push(column);
    for constraint in &def.constraints {
        add_constraint(schema, table, constraint);
    }
}

fn add_constraint(schema: &mut Schema, table: &mut Table, def: &Constraint) {
    let mut constraint = def.clone();
    constraint.id = schema.id();
    if constraint.uses_index
        && let Some(at) = table.indexes.iter().position(|it| it.name == constraint.name)
    {
        constraint.columns = table.indexes.remove(at).keys;
    }
    if constraint.name.is_empty() {
        constraint.name = derived_name(&table.name, &constraint);
    }
    if constraint.kind == ConstraintKind::Primary {
        let in_key = |it: &&mut Column| constraint.columns.contains(&it.name);
        table.columns.iter_mut().filter(in_key).for_each(|it| it.not_null = true);
    }
    table.constraints.push(constraint);
}

/// The name that PostgreSQL gives.
fn derived_name(table: &str, constraint: &Constraint) -> String {
    let table = table.rsplit('.').next().unwrap_or(table);
    let columns = constraint.columns.join("_");
    match constraint.kind {
        ConstraintKind::Primary => format!("{table}_pkey"),
        ConstraintKind::Unique => format!("{table}_{columns}_key"),
        ConstraintKind::Foreign => format!("{table}_{columns}_fkey"),
        ConstraintKind::Exclusion => format!("{table}_{columns}_excl"),
        ConstraintKind::Check if columns.is_empty() => format!("{table}_check"),
        ConstraintKind::Check => format!("{table}_{columns}_check"),
    }
}

fn alter(schema: &mut Schema, name: &str, part: &AlterPart) {
    // Taken out, so that it and the schema can be changed together.
    let Some(at) = schema.tables.iter().position(|it| it.name == *name) else { return };
    let mut table = schema.tables.remove(at);
    match part {
        AlterPart::AddColumn { column, .. } => add_column(schema, &mut table, column),
        AlterPart::DropColumn { column, cascade } => {
            table.columns.retain(|it| it.name != *column);
            table.constraints.retain(|it| !it.columns.contains(column));
            table.indexes.retain(|it| !it.keys.contains(column));
            if *cascade {
                let gone =
                    |it: &View| it.reads.contains(&table.name) && mentions(&it.query, column);
                schema.views.retain(|it| !gone(it));
            }
        }
        AlterPart::AddConstraint(it) => add_constraint(schema, &mut table, it),
        AlterPart::DropConstraint { name, .. } => table.constraints.retain(|it| it.name != *name),
        AlterPart::Validate { name } => {
            let named = table.constraints.iter_mut().filter(|it| it.name == *name);
            named.for_each(|it| it.is_validated = true);
        }
        AlterPart::RowSecurity(is_on) => table.row_security = *is_on,
        AlterPart::ForceRowSecurity(is_on) => table.forced = *is_on,
        AlterPart::AttachPartition { partition } => {
            if let Some(it) = schema.table_mut(partition) {
                it.partition_of = Some(table.name.clone());
            }
        }
        AlterPart::DetachPartition { partition, .. } => {
            if let Some(it) = schema.table_mut(partition) {
                it.partition_of = None;
            }
        }
        AlterPart::SetDeferrable { name, is_deferrable } => {
            let named = table.constraints.iter_mut().filter(|it| it.name == *name);
            named.for_each(|it| it.is_deferrable = *is_deferrable);
        }
        other => alter_column(&mut table, other),
    }
    schema.tables.insert(at, table);
}

fn alter_column(table: &mut Table, part: &AlterPart) {
    let mut with = |name: &str, change: &dyn Fn(&mut Column)| {
        if let Some(it) = table.column_mut(name) {
            change(it);
        }
    };
    match part {
        AlterPart::SetType { column, kind, collation, .. } => with(column, &|it| {
            it.kind = kind.clone();
            it.collation.clone_from(collation);
        }),
        AlterPart::SetDefault { column, value } => {
            with(column, &|it| it.default = Some(spelt(value)));
        }
        AlterPart::DropDefault { column } => with(column, &|it| it.default = None),
        AlterPart::SetNotNull { column } => with(column, &|it| it.not_null = true),
        AlterPart::DropNotNull { column } => with(column, &|it| it.not_null = false),
        AlterPart::DropIdentity { column } => with(column, &|it| it.is_identity = false),
        AlterPart::AddIdentity { column } => with(column, &|it| it.is_identity = true),
        AlterPart::SetIdentity { column, is_always } => {
            with(column, &|it| it.is_always = *is_always);
        }
        AlterPart::DropExpression { column } => with(column, &|it| {
            (it.generated, it.expression) = (None, None);
        }),
        _ => {}
    }
}

fn drop(schema: &mut Schema, it: &Drop) {
    for (at, name) in it.names.iter().enumerate() {
        match it.kind {
            "table" => {
                if it.cascade {
                    drop_readers(schema, name);
                    let refers =
                        |it: &Constraint| it.target.as_ref().is_some_and(|it| it.table == *name);
                    let others = |it: &Table| it.constraints.iter().any(refers);
                    for table in schema.tables.iter_mut_where(others) {
                        table.constraints.retain(|it| !refers(it));
                    }
                }
                schema
                    .tables
                    .retain(|it| it.name != *name && it.partition_of.as_deref() != Some(name));
                schema.grants.retain(|it| it.0 != *name);
                schema.column_grants.retain(|it| it.0 != *name);
            }
            "view" | "materialized view" => {
                if it.cascade {
                    drop_readers(schema, name);
                }
                schema.views.retain(|it| it.name != *name);
                schema.grants.retain(|it| it.0 != *name);
            }
            "index" => {
                // An index has no schema where it is made: it is in that of its table.
                let is_it = |it: &Index| it.name == *name || it.name == bare(name);
                for table in schema.tables.iter_mut_where(|it| it.indexes.iter().any(is_it)) {
                    table.indexes.retain(|it| !is_it(it));
                }
                for view in schema.views.iter_mut_where(|it| it.indexes.iter().any(is_it)) {
                    view.indexes.retain(|it| !is_it(it));
                }
            }
            "function" => {
                let arguments = it.arguments.get(at).and_then(Option::as_deref);
                schema.grants.retain(|it| it.0 != *name);
                schema.closed.remove(name);
                schema.functions.retain(|it| !is_function(it, name, arguments));
            }
            "type" => {
                schema.enums.retain(|it| it.name != *name);
                schema.others.remove(&("type".to_owned(), name.clone()));
            }
            "policy" => {
                let table = it.table.as_ref().and_then(|it| schema.table_mut(it));
                table.into_iter().for_each(|it| it.policies.retain(|it| it.name != *name));
            }
            "trigger" => {
                let of = it.table.clone();
                let has = |it: &Table| it.triggers.iter().any(|it| it.name == *name);
                let is_meant = |it: &Table| of.as_ref().is_none_or(|of| it.name == *of) && has(it);
                let own = schema.tables.iter_mut_where(is_meant);
                own.for_each(|it| it.triggers.retain(|it| it.name != *name));
                let has = |it: &View| it.triggers.iter().any(|it| it.name == *name);
                let views = schema.views.iter_mut_where(has);
                views.for_each(|it| it.triggers.retain(|it| it.name != *name));
            }
            "schema" => {
                let inside = format!("{name}.");
                schema.tables.retain(|it| !it.name.starts_with(&inside));
                schema.views.retain(|it| !it.name.starts_with(&inside));
                schema.functions.retain(|it| !it.name.starts_with(&inside));
                schema.others.remove(&("schema".to_owned(), name.clone()));
            }
            kind => {
                schema.others.remove(&(kind.to_owned(), name.clone()));
            }
        }
    }
}

/// A name without its schema.
fn bare(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

fn drop_readers(schema: &mut Schema, name: &str) {
    let gone: Vec<Id> = schema.readers_of(name).into_iter().map(|it| it.id).collect();
    schema.views.retain(|it| !gone.contains(&it.id));
}

fn create_view(schema: &mut Schema, def: &CreateView) {
    if def.is_temporary {
        return;
    }
    let columns = def.columns.clone().or_else(|| output_columns(schema, &def.query));
    let old = schema.views.iter().position(|it| it.name == def.name);
    let (id, indexes, triggers) = match old {
        Some(at) if def.or_replace => {
            let old = schema.views.remove(at);
            (old.id, old.indexes, old.triggers)
        }
        Some(_) => return,
        None => {
            grant_defaults(schema, &def.name);
            (schema.id(), Vec::new(), Vec::new())
        }
    };
    let view = View {
        id,
        name: def.name.clone(),
        is_materialized: def.is_materialized,
        query: spelt(&def.query),
        reads: sources(&def.query),
        columns,
        is_invoker: def.is_invoker,
        is_barrier: def.is_barrier,
        is_checked: def.is_checked,
        indexes,
        triggers,
        assumed: false,
    };
    schema.views.push(view);
}

/// Names behind `from` and `join`, and behind commas between them.
pub(crate) fn sources(query: &[Token]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut cursor = Cursor::new(query);
    let mut is_list = false;
    // `table t` is `select * from t`.
    if cursor.eat("table") {
        out.extend(cursor.name());
    }
    while let Some(token) = cursor.peek() {
        let starts =
            token.kind == TokenKind::Word && matches!(token.text.as_str(), "from" | "join");
        let goes_on = is_list && token.kind == TokenKind::Sign && token.text == ",";
        cursor.next();
        if starts || goes_on {
            cursor.eat("lateral");
            cursor.eat("only");
            is_list = true;
            let mut ahead = cursor.clone();
            if let Some(name) = ahead.name()
                && !ahead.sees("(")
                && !out.contains(&name)
            {
                out.push(name);
            }
        } else if token.kind == TokenKind::Word
            && matches!(
                token.text.as_str(),
                "where" | "select" | "group" | "order" | "union" | "on"
            )
        {
            is_list = false;
        }
    }
    out
}

/// Tables that statements among the tokens write to.
pub(crate) fn written(tokens: &[Token]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut cursor = Cursor::new(tokens);
    while !cursor.is_done() {
        if cursor.eat_any(&["insert into", "replace into", "delete from", "update"]).is_some() {
            out.extend(cursor.name().filter(|it| it != "of" && it != "set"));
        } else {
            cursor.next();
        }
    }
    out
}

/// Columns of the row of a trigger that its body asks for: `new.a`, `old.b`.
pub(crate) fn fields(tokens: &[Token]) -> Vec<String> {
    let asks = |it: &[Token]| {
        it[0].kind == TokenKind::Word
            && matches!(it[0].text.as_str(), "new" | "old")
            && it[1].text == "."
            && matches!(it[2].kind, TokenKind::Word | TokenKind::Name)
    };
    tokens.windows(3).filter(|it| asks(it)).map(|it| it[2].text.clone()).collect()
}

/// The names of a query's columns; `None` where one cannot be told.
fn output_columns(schema: &Schema, query: &[Token]) -> Option<Vec<String>> {
    let mut cursor = Cursor::new(query);
    if !cursor.eat("select") {
        return None;
    }
    cursor.eat("distinct");
    let list = cursor.until(&["from", "where", "union", "limit", "order by", "group by"]);
    let mut out = Vec::new();
    for item in by_commas(list) {
        let last = item.last()?;
        if last.text == "*" && last.kind == TokenKind::Sign {
            for source in sources(query) {
                let of_table = schema
                    .table(&source)
                    .filter(|it| !it.assumed)
                    .map(|it| it.columns.iter().map(|it| it.name.clone()).collect::<Vec<_>>());
                let of_view = || schema.view(&source).and_then(|it| it.columns.clone());
                out.extend(of_table.or_else(of_view)?);
            }
        } else if matches!(last.kind, TokenKind::Word | TokenKind::Name) {
            out.push(last.text.clone());
        } else {
            // A call is named by its function.
            let [name, rest @ ..] = item else { return None };
            let mut rest = Cursor::new(rest);
            rest.group().filter(|_| rest.is_done() && name.kind == TokenKind::Word)?;
            out.push(name.text.clone());
        }
    }
    Some(out)
}

fn create_function(schema: &mut Schema, def: &Function) {
    let mut function = def.clone();
    let same = |it: &Function| it.name == def.name && it.arguments == def.arguments;
    let old = schema.functions.iter().position(same);
    function.id = match old {
        Some(at) => schema.functions.remove(at).id,
        None => schema.id(),
    };
    schema.functions.push(function);
}

/// Whether a function is named so; without arguments any of that name is.
pub(crate) fn is_function(it: &Function, name: &str, arguments: Option<&[Type]>) -> bool {
    it.name == name && arguments.is_none_or(|arguments| it.arguments == arguments)
}

fn rename(schema: &mut Schema, kind: &str, name: &str, to: &str) {
    if kind == "column" || kind == "attribute" {
        let Some((table, column)) = name.rsplit_once('.') else { return };
        if let Some(it) = schema.table_mut(table) {
            if let Some(it) = it.column_mut(column) {
                to.clone_into(&mut it.name);
            }
            let swap = |it: &mut String| {
                if it == column {
                    to.clone_into(it);
                }
            };
            it.constraints.iter_mut().for_each(|it| it.columns.iter_mut().for_each(swap));
            it.indexes.iter_mut().for_each(|it| it.keys.iter_mut().for_each(swap));
        }
        return;
    }
    if kind == "constraint" {
        let Some((table, constraint)) = name.rsplit_once('.') else { return };
        let of = schema.table_mut(table).map(|it| &mut it.constraints);
        let named = of.into_iter().flatten().filter(|it| it.name == constraint);
        named.for_each(|it| to.clone_into(&mut it.name));
        return;
    }
    // The index of a constraint has its name.
    if kind == "index" {
        let name = bare(name);
        let is_it = |it: &Table| {
            it.indexes.iter().any(|it| it.name == name)
                || it.constraints.iter().any(|it| it.name == name)
        };
        for table in schema.tables.iter_mut_where(is_it) {
            let indexes = table.indexes.iter_mut().map(|it| &mut it.name);
            let names = indexes.chain(table.constraints.iter_mut().map(|it| &mut it.name));
            names.filter(|it| **it == name).for_each(|it| to.clone_into(it));
        }
        return;
    }
    if kind == "schema" {
        let inside = format!("{name}.");
        let moved = |it: &mut String| {
            if let Some(rest) = it.strip_prefix(&inside) {
                *it = format!("{to}.{rest}");
            }
        };
        let is_in = |it: &str| it.starts_with(&inside);
        schema.tables.iter_mut_where(|it| is_in(&it.name)).for_each(|it| moved(&mut it.name));
        schema.views.iter_mut_where(|it| is_in(&it.name)).for_each(|it| moved(&mut it.name));
        schema.functions.iter_mut_where(|it| is_in(&it.name)).for_each(|it| moved(&mut it.name));
        return;
    }
    let to = match name.rsplit_once('.') {
        Some((schema, _)) => format!("{schema}.{to}"),
        None => to.to_owned(),
    };
    rename_object(schema, name, &to);
}

fn rename_object(schema: &mut Schema, name: &str, to: &str) {
    let swap = |it: &mut String| {
        if it == name {
            to.clone_into(it);
        }
    };
    let refers = |it: &Constraint| it.target.as_ref().is_some_and(|it| it.table == name);
    let knows = |it: &Table| {
        it.name == name
            || it.columns.iter().any(|it| it.kind.base == name)
            || it.constraints.iter().any(refers)
    };
    schema.tables.iter_mut_where(knows).for_each(|it| {
        swap(&mut it.name);
        it.columns.iter_mut().for_each(|it| swap(&mut it.kind.base));
        it.constraints
            .iter_mut()
            .filter_map(|it| it.target.as_mut())
            .for_each(|it| swap(&mut it.table));
    });
    let knows = |it: &View| it.name == name || it.reads.iter().any(|it| it == name);
    schema.views.iter_mut_where(knows).for_each(|it| {
        swap(&mut it.name);
        it.reads.iter_mut().for_each(swap);
    });
    schema.enums.iter_mut().for_each(|it| swap(&mut it.name));
    schema.functions.iter_mut_where(|it| it.name == name).for_each(|it| swap(&mut it.name));
}

fn grant(schema: &mut Schema, it: &Grant, gives: bool) {
    let objects: Vec<String> = match it.kind {
        "all tables in schema" => {
            let is_in = |name: &str| it.objects.iter().any(|of| schema.is_in(name, of));
            let names = schema.tables.iter().map(|it| it.name.clone());
            let names = names.chain(schema.views.iter().map(|it| it.name.clone()));
            names.filter(|it| is_in(it)).collect()
        }
        "role" => {
            for role in &it.roles {
                let own = it.privileges.iter().map(|of| (role.clone(), of.clone()));
                match gives {
                    true => schema.members.extend(own),
                    false => own.for_each(|it| drop_member(schema, &it)),
                }
            }
            it.privileges.clone()
        }
        _ => it.objects.clone(),
    };
    for object in objects {
        for role in &it.roles {
            for privilege in &it.privileges {
                let entry = (object.clone(), role.clone(), privilege.clone());
                // What is said of columns alone is no word on the whole.
                if it.columns.iter().any(|it| it.0 == *privilege) {
                    let own = it.columns.iter().filter(|it| it.0 == *privilege);
                    grant_columns(schema, &entry, own.map(|it| it.1.clone()).collect(), gives);
                    continue;
                }
                if gives {
                    schema.grants.insert(entry);
                } else {
                    split_all(schema, &entry);
                    // What a table takes back it takes back of its columns too.
                    let is_it = |of: &str, by: &str, what: &str| {
                        of == object && by == role && (privilege == "all" || what == privilege)
                    };
                    schema.grants.retain(|it| !is_it(&it.0, &it.1, &it.2));
                    schema.column_grants.retain(|it| !is_it(&it.0, &it.1, &it.2));
                }
            }
        }
    }
}

/// Names one by one what a role has as `all` of a table, before one of them is taken.
fn split_all(schema: &mut Schema, (object, role, privilege): &(String, String, String)) {
    const OF_TABLES: [&str; 7] =
        ["select", "insert", "update", "delete", "truncate", "references", "trigger"];
    let whole = (object.clone(), role.clone(), "all".to_owned());
    if OF_TABLES.contains(&privilege.as_str()) && schema.grants.remove(&whole) {
        let each = OF_TABLES.map(|it| (object.clone(), role.clone(), it.to_owned()));
        schema.grants.extend(each);
    }
}

fn grant_columns(
    schema: &mut Schema,
    (object, role, privilege): &(String, String, String),
    columns: Vec<String>,
    gives: bool,
) {
    for column in columns {
        let entry = (object.clone(), role.clone(), privilege.clone(), column);
        match gives {
            true => schema.column_grants.insert(entry),
            false => schema.column_grants.remove(&entry),
        };
    }
}

/// Takes note of functions that are revoked from everybody.
fn close(schema: &mut Schema, it: &Grant) {
    if !it.roles.iter().any(|it| it == "public") {
        return;
    }
    match it.kind {
        "function" | "procedure" => schema.closed.extend(it.objects.iter().cloned()),
        "all functions in schema" | "all routines in schema" => {
            let is_in = |name: &str| it.objects.iter().any(|of| schema.is_in(name, of));
            let names = schema.functions.iter().map(|it| it.name.clone());
            let own: Vec<String> = names.filter(|it| is_in(it)).collect();
            schema.closed.extend(own);
        }
        _ => {}
    }
}

fn drop_member(schema: &mut Schema, member: &(String, String)) {
    schema.members.remove(member);
}

/// Whether an expression in one spelling names a column.
pub(crate) fn mentions(text: &str, name: &str) -> bool {
    let is_part = |it: char| it.is_alphanumeric() || it == '_';
    text.match_indices(name).any(|(at, _)| {
        !text[..at].ends_with(is_part) && !text[at + name.len()..].starts_with(is_part)
    })
}

/// A view of which nothing is known.
pub(crate) fn assumed_view(id: Id, name: &str, is_materialized: bool) -> View {
    View {
        id,
        name: name.to_owned(),
        is_materialized,
        query: String::new(),
        reads: Vec::new(),
        columns: None,
        is_invoker: false,
        is_barrier: false,
        is_checked: false,
        indexes: Vec::new(),
        triggers: Vec::new(),
        assumed: true,
    }
}

/// A table of which nothing is known.
pub(crate) fn assumed(id: Id, name: &str) -> Table {
    let mut table = Table::new(id, name, TableKind::Plain);
    table.assumed = true;
    table
}
