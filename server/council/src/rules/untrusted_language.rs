use super::cx::{Cx, Sink};
use crate::ddl::Action;
use model::{Risk, Stake};

declare_rule! {
    /// A function is written in a language that the database does not confine.
    ///
    /// It runs as the server does: it reads its files, starts programs and talks to the network, for whoever may call it. Do this outside of the database.
    ///
    /// ```sql,bad
    /// -- migration
    /// create function run(command text) returns text language plpython3u as $$ import os; return os.popen(command).read() $$;
    /// ```
    /// ```sql,good
    /// -- migration
    /// create function double(n integer) returns integer language sql immutable set search_path = '' as $$ select n * 2 $$;
    /// ```
    pub(super) static RULE = {
        name: "untrusted-language",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: untrusted_language,
    }
}

fn untrusted_language(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let (object, language, what) = match &step.action {
            Action::CreateFunction(it, _) => (it.object(), &it.language, "is written in"),
            Action::Create { kind: "language", name } => {
                (name.clone(), name, "lets others write in")
            }
            _ => continue,
        };
        let language = language.to_lowercase();
        if is_untrusted(&language) {
            let claim = format!(
                "`{object}` {what} `{language}`, which reaches files and programs of the server"
            );
            sink.report(step, &object, Risk::High, claim)
                .stake(Stake::Access)
                .fix("Do it outside of the database", "");
        }
    }
}

/// Source: the manual's convention that the name of an untrusted language ends in `u`, and its lists
/// of languages that have no trusted kind.
fn is_untrusted(language: &str) -> bool {
    const OTHERS: [&str; 5] = ["c", "internal", "plsh", "plr", "plpython"];
    (language.starts_with("pl") && language.ends_with('u')) || OTHERS.contains(&language)
}
