use super::cx::{Cx, Sink};
use super::support::written_by;
use crate::ddl::Action;
use crate::schema::Function;
use crate::sql::{Token, pieces};
use model::{Risk, Stake};

declare_rule! {
    /// A trigger writes to its own table in the way that it waits for, and so calls itself without an end; or it sets columns of a row that is written already.
    ///
    /// PostgreSQL stops the first at its stack, and each write fails. Of the second nothing comes: only a trigger before each row changes what is written.
    ///
    /// ```sql,bad
    /// create table notes (id bigint primary key, body text, edited timestamptz);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create function touch() returns trigger language plpgsql as $$ begin update notes set edited = now() where id = new.id; return null; end $$;
    /// create trigger notes_touch after update on notes for each row execute function touch();
    /// ```
    /// ```sql,bad
    /// create table notes (id bigint primary key, body text, edited timestamptz);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create function touch() returns trigger language plpgsql as $$ begin new.edited := now(); return new; end $$;
    /// create trigger notes_touch after update on notes for each row execute function touch();
    /// ```
    /// ```sql,good
    /// -- migration
    /// create table notes (id bigint primary key, body text, edited timestamptz);
    /// alter table notes enable row level security;
    /// create policy own on notes using (id = current_setting('app.note')::bigint) with check (false);
    /// create function touch() returns trigger language plpgsql set search_path = '' as $$ begin new.edited := now(); return new; end $$;
    /// create trigger notes_touch before update on notes for each row execute function touch();
    /// ```
    pub(super) static RULE = {
        name: "endless-trigger",
        group: NetChange,
        class: Availability,
        since: "0.1.0",
        check: endless_trigger,
    }
}

fn endless_trigger(cx: &Cx, sink: &mut Sink<'_>) {
    // SQLite does not run a trigger within itself unless it is told to.
    for step in cx.change.steps.iter().filter(|_| cx.is_postgres()) {
        let Action::CreateTrigger { table, trigger } = &step.action else { continue };
        let own = |it: &&Function| trigger.function.as_ref() == Some(&it.name);
        let Some(function) = cx.change.after.functions.iter().find(own) else { continue };
        let words: Vec<&str> = step.raw.tokens.iter().map(|it| it.text.as_str()).collect();
        let body = function.body.to_lowercase();
        let is_conditional = words.contains(&"when")
            || body.contains("pg_trigger_depth")
            || pieces(&body).iter().any(|it| it.tokens.iter().any(|it| it.text == "if"));
        let bare = |it: &str| it.rsplit('.').next().unwrap_or(it).to_owned();
        let writes_own = written_by(&function.body).iter().any(|it| bare(it) == bare(table));
        let verb = trigger.events.iter().find(|it| calls_again(&body, it));
        if let Some(verb) = verb.filter(|_| writes_own && !is_conditional) {
            let claim =
                format!("`{}` runs again for each {verb} that it makes in `{table}`", trigger.name);
            sink.report(step, &trigger.name, Risk::High, claim)
                .stake(Stake::Service)
                .fix("Set the columns of `new` in a trigger before each row", "");
        }
        let is_late = !words.contains(&"before") && !words.contains(&"instead");
        if is_late && pieces(&function.body).iter().any(|it| sets_new(&it.tokens)) {
            let claim = format!("`{}` sets columns of a row that is written already", trigger.name);
            sink.report(step, &trigger.name, Risk::Medium, claim)
                .stake(Stake::Data)
                .fix("Run it before each row", "");
        }
    }
}

/// Whether a body does what its trigger waits for.
fn calls_again(body: &str, event: &str) -> bool {
    let verb = match event {
        "insert" => "insert into ",
        "update" => "update ",
        "delete" => "delete from ",
        _ => return false,
    };
    body.contains(verb)
}

/// `new.a := …`
fn sets_new(tokens: &[Token]) -> bool {
    tokens.windows(4).any(|it| {
        it[0].text == "new"
            && it[1].text == "."
            && matches!(it[3].text.as_str(), ":=" | "=")
            && is_start(tokens, it)
    })
}

/// Whether these tokens start a statement: an `=` elsewhere compares.
fn is_start(tokens: &[Token], part: &[Token]) -> bool {
    const BEFORE: [&str; 5] = ["begin", "then", "else", "loop", ";"];
    let at = tokens.iter().position(|it| std::ptr::eq(it, &part[0]));
    at.is_some_and(|at| at == 0 || BEFORE.contains(&tokens[at - 1].text.as_str()))
}
