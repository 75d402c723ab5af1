use super::cx::{Cx, Sink};
use crate::sql::Cursor;
use model::{Risk, Stake};

declare_rule! {
    /// What connects, converts or watches is changed: a publication or subscription no longer carries what it carried, and who listens misses changes without an error.
    ///
    /// `set table` names all tables anew: what it leaves out is gone. `publish` says which writes are sent.
    ///
    /// ```sql,bad
    /// create table orders (id bigint primary key);
    /// create publication feed for table orders;
    /// -- migration
    /// alter publication feed drop table orders;
    /// ```
    /// ```sql,bad
    /// create table orders (id bigint primary key);
    /// create publication feed for table orders;
    /// -- migration
    /// alter publication feed set (publish = 'insert');
    /// ```
    /// ```sql,good
    /// create table orders (id bigint primary key);
    /// create publication feed for table orders;
    /// -- migration
    /// alter publication feed rename to changes;
    /// ```
    pub(super) static RULE = {
        name: "changed-publication",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: changed_publication,
    }
}

fn changed_publication(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let mut cursor = Cursor::new(&step.raw.tokens);
        let kind = cursor.eat_any(&[
            "alter publication",
            "alter subscription",
            "drop subscription",
            "alter event trigger",
            "drop server",
            "drop cast",
            "drop operator",
            "drop user mapping",
            "create cast",
        ]);
        let Some(kind) = kind else { continue };
        cursor.eat("if exists");
        let is_implicit =
            cursor.clone().find("as implicit") || cursor.clone().find("as assignment");
        let name = cursor.ident().unwrap_or_else(|| "cast".to_owned());
        let what = match kind {
            "create cast" if is_implicit => "lets values be taken for another type without a word",
            "create cast" => continue,
            "drop server" | "drop cast" | "drop operator" | "drop user mapping" => {
                "is gone, and what uses it fails"
            }
            "drop subscription" => "is gone: what comes from the other server ends",
            "alter event trigger" if cursor.sees("disable") => "no longer watches what is changed",
            "alter event trigger" => continue,
            "alter subscription" if cursor.sees("disable") || cursor.sees("drop") => {
                "no longer takes what the other server sends"
            }
            "alter publication" if cursor.sees("drop") => "no longer sends what it is taken",
            "alter publication" if cursor.sees("set (") && cursor.clone().find("set") => {
                let mut options = cursor.clone();
                options.eat("set");
                let group = options.group().unwrap_or_default();
                if !group.iter().any(|it| it.text == "publish") {
                    continue;
                }
                "sends other kinds of writes than before"
            }
            "alter publication" if cursor.sees("set") => "sends these tables alone",
            _ => continue,
        };
        sink.report(step, &name, Risk::Medium, format!("`{name}` {what}")).stake(Stake::Service);
    }
}
