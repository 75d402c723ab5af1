use super::cx::{Cx, Sink};
use crate::ddl::Action;
use crate::schema::{Function, Trigger};
use model::{Risk, Stake};

declare_rule! {
    /// A rule answers writes with nothing: programs write, and no row changes.
    ///
    /// ```sql,bad
    /// create table notes (id bigint primary key, body text);
    /// -- migration
    /// create rule no_delete as on delete to notes do instead nothing;
    /// ```
    /// ```sqlite,bad
    /// create table loans (id integer primary key, reader text);
    /// -- migration
    /// create trigger quiet before insert on loans begin select raise(ignore); end;
    /// ```
    /// ```sql,good
    /// create table notes (id bigint primary key, body text);
    /// -- migration
    /// comment on table notes is 'do instead nothing';
    /// ```
    pub(super) static RULE = {
        name: "swallowed-write",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: swallowed_write,
    }
}

fn swallowed_write(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let words: Vec<&str> = step.raw.tokens.iter().map(|it| it.text.as_str()).collect();
        let (name, swallows) = match &step.action {
            Action::Create { kind: "rule", name } => {
                (name, words.ends_with(&["instead", "nothing"]))
            }
            Action::CreateFunction(it, _) => match replaced_function(cx, it) {
                Some(trigger) => (&trigger.name, true),
                None => continue,
            },
            Action::CreateTrigger { table, trigger } => {
                let is_old = cx.change.old_table(step, table).is_some();
                (&trigger.name, is_old && trigger_swallows(cx, trigger, &words))
            }
            _ => continue,
        };
        if swallows {
            let claim = format!("`{name}` drops writes without an error");
            sink.report(step, name, Risk::High, claim).stake(Stake::Data);
        }
    }
}

/// A trigger of before that lets writes by, and whose function does not any more.
fn replaced_function<'a>(cx: &'a Cx, function: &Function) -> Option<&'a Trigger> {
    let was = cx.change.before.functions.iter().find(|it| it.name == function.name)?;
    let triggers = cx.change.after.tables.iter().flat_map(|it| &it.triggers);
    let mut runs = triggers.filter(|it| it.function.as_ref() == Some(&function.name));
    runs.find(|it| {
        let deletes = it.events == ["delete"];
        it.timing == "before"
            && it.is_each_row
            && gives_nothing(&function.body, deletes)
            && !gives_nothing(&was.body, deletes)
    })
}

/// Whether a trigger lets no write by: one in SQLite without a condition that raises `ignore`, one
/// before each row whose function does nothing but give back null.
fn trigger_swallows(cx: &Cx, trigger: &Trigger, words: &[&str]) -> bool {
    let has = |all: &[&str]| words.windows(all.len()).any(|it| it == all);
    let ignores = has(&["begin", "select", "raise", "(", "ignore", ")"]) && !has(&["when"]);
    let function = trigger.function.as_ref();
    let own = cx.change.after.functions.iter().find(|it| Some(&it.name) == function);
    let deletes = trigger.events == ["delete"];
    let gives_nothing = own.is_some_and(|it| gives_nothing(&it.body, deletes));
    ignores || has(&["before"]) && has(&["each", "row"]) && gives_nothing
}

/// Whether all that a function gives back is null. What a delete has for `new` is null too.
fn gives_nothing(body: &str, deletes: bool) -> bool {
    let words = body.split(|it: char| !it.is_alphanumeric() && it != '_' && it != '(' && it != '.');
    let words: Vec<String> = words.filter(|it| !it.is_empty()).map(str::to_lowercase).collect();
    let given: Vec<&str> =
        words.windows(2).filter(|it| it[0] == "return").map(|it| it[1].as_str()).collect();
    let is_nothing = |it: &str| it == "null" || deletes && it == "new";
    !given.is_empty() && given.iter().all(|it| is_nothing(it))
}
