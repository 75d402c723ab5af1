use super::cx::{Cx, Sink};
use crate::ddl::Action;
use crate::sql::{Cursor, Token, TokenKind};
use model::{Risk, Stake};

declare_rule! {
    /// A function that runs as its owner looks for names in a schema where others may create things.
    ///
    /// Who puts a function or an operator of a fitting name there has it run with the owner's rights. Set the path to `''` and write each name with its schema. Servers before PostgreSQL 15 let everybody create things in `public`, and databases that were made there still do.
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
    for step in &cx.change.steps {
        let (name, is_definer) = match &step.action {
            Action::CreateFunction(it, _) => (&it.name, it.is_definer),
            Action::AlterFunction { name, options, .. } => {
                let was = step.schema.functions.iter().any(|it| it.name == *name && it.is_definer);
                (name, options.is_definer.unwrap_or(was))
            }
            _ => continue,
        };
        let Some(schema) =
            path(&step.raw.tokens).into_iter().find(|it| matches!(*it, "public" | "$user"))
        else {
            continue;
        };
        if is_definer {
            let claim = format!(
                "`{name}` runs as its owner and looks for names in `{schema}`, where others may create them"
            );
            sink.report(step, name, Risk::Medium, claim).stake(Stake::Access).fix(
                "Set its path to nothing",
                format!("alter function {name} set search_path = '';"),
            );
        }
    }
}

/// The schemas of `set search_path`.
fn path(tokens: &[Token]) -> Vec<&str> {
    let mut cursor = Cursor::new(tokens);
    if !cursor.find("set search_path") {
        return Vec::new();
    }
    cursor.eat_any(&["=", "to"]);
    let mut out = Vec::new();
    while let Some(token) = cursor.next().filter(|it| it.kind != TokenKind::Sign) {
        out.extend(token.text.split(',').map(|it| it.trim().trim_matches('"')));
        if !cursor.eat(",") {
            break;
        }
    }
    out
}
