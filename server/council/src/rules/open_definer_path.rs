use super::cx::{Cx, Sink};
use crate::ddl::{Action, open_schema};
use crate::sql::Cursor;
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
    // Where the functions that are there look in `public`, that is closed, or a matter of its own.
    let is_custom = cx.change.before.functions.iter().any(|it| it.is_definer && it.has_open_path);
    for step in &cx.change.steps {
        let (name, is_definer) = match &step.action {
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
