use super::cx::{Cx, Sink};
use crate::ddl::{Action, open_schema};
use crate::sql::{Cursor, RawStatement, Token, TokenKind, pieces};
use model::{Risk, Stake};

declare_rule! {
    /// A function that runs as its owner looks for names in a schema where others may create things.
    ///
    /// Who puts a function or an operator of a fitting name there has it run with the owner's rights. Set the path to `''` and write each name with its schema. Servers before PostgreSQL 15 let everybody create things in `public`, and databases that were made there still do. Where the path begins with `pg_catalog` and each table is named with its schema, nothing is looked for.
    ///
    /// ```sql,bad
    /// -- migration
    /// create function now_text() returns text language sql security definer set search_path = public, pg_temp as $$ select now()::text $$;
    /// revoke execute on function now_text() from public;
    /// ```
    /// ```sql,bad
    /// create function now_text() returns text language sql security definer set search_path = '' as $$ select now()::text $$;
    /// -- migration
    /// alter function now_text() set search_path = "$user", public;
    /// ```
    /// ```sql,good
    /// create table cards (id bigint primary key, last4 text);
    /// -- migration
    /// create function last4(card bigint) returns text language sql security definer set search_path = pg_catalog, public as $$ select c.last4 from public.cards c where c.id = card and session_user = 'desk' $$;
    /// revoke execute on function last4(bigint) from public;
    /// ```
    /// ```sql,good
    /// -- migration
    /// create function now_text() returns text language sql security definer set search_path = '' as $$ select pg_catalog.now()::text $$;
    /// revoke execute on function now_text() from public;
    /// ```
    pub(super) static RULE = {
        name: "open-definer-path",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: open_definer_path,
    }
}

fn open_definer_path(cx: &Cx, sink: &mut Sink<'_>) {
    // Where the functions that are there look in `public`, that is closed, or a matter of its own.
    let is_custom = cx.change.before.functions.iter().any(|it| it.is_definer && it.has_open_path);
    for step in &cx.change.steps {
        let (name, is_definer) = match &step.action {
            // What the server has itself it finds first, and the rest is named with its schema.
            Action::CreateFunction(it, _) if looks_first(&step.raw) && names_schemas(&it.body) => {
                continue;
            }
            Action::CreateFunction(it, _) => (&it.name, it.is_definer),
            Action::AlterFunction { name, options, .. } => {
                let was = step.schema.functions.iter().any(|it| it.name == *name && it.is_definer);
                (name, options.is_definer.unwrap_or(was))
            }
            _ => continue,
        };
        let mut cursor = Cursor::new(&step.raw.tokens);
        let schema = cursor.find("set search_path").then(|| open_schema(cursor)).flatten();
        let Some(schema) = schema.filter(|_| is_definer) else { continue };
        let claim = format!(
            "`{name}` runs as its owner and looks for names in `{schema}`, where others may create them"
        );
        let risk = if is_custom && schema == "public" { Risk::Low } else { Risk::Medium };
        sink.report(step, name, risk, claim)
            .stake(Stake::Access)
            .fix("Set its path to nothing", format!("alter function {name} set search_path = '';"));
    }
}

/// Whether a path begins with the server's own schema.
fn looks_first(raw: &RawStatement) -> bool {
    let mut cursor = Cursor::new(&raw.tokens);
    cursor.find("set search_path")
        && cursor.eat_any(&["=", "to"]).is_some()
        && cursor.sees("pg_catalog")
}

/// Whether a body names each table with its schema.
fn names_schemas(body: &str) -> bool {
    let pieces = pieces(body);
    let has_schema = |tokens: &[Token], at: usize| {
        let word = |at: usize| tokens.get(at).map_or("", |it| it.text.as_str());
        let is_place = ["from", "join", "into", "update"].contains(&word(at));
        let is_name = tokens
            .get(at + 1)
            .is_some_and(|it| matches!(it.kind, TokenKind::Word | TokenKind::Name));
        let is_other = matches!(word(at + 1), "select" | "lateral" | "set");
        !is_place || !is_name || is_other || matches!(word(at + 2), "." | "(")
    };
    let has_all = |it: &[Token]| (0..it.len()).all(|at| has_schema(it, at));
    !pieces.is_empty() && pieces.iter().all(|it| has_all(&it.tokens))
}
