use super::cx::{Cx, Sink};
use model::{Risk, Stake};

declare_rule! {
    /// A value of an enum is gone, and the rows that had it became something else.
    ///
    /// Keep the value, and stop using it.
    ///
    /// ```sql,bad
    /// create type mood as enum ('sad', 'ok', 'happy');
    /// create table people (id bigint primary key, m mood);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter type mood rename to mood_old;
    /// create type mood as enum ('ok', 'happy');
    /// alter table people alter column m type mood using (case m::text when 'sad' then 'ok' else m::text end)::mood;
    /// drop type mood_old;
    /// ```
    /// ```sql,good
    /// create type mood as enum ('sad', 'ok');
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter type mood add value if not exists 'great' after 'ok';
    /// ```
    pub(super) static RULE = {
        name: "removed-enum-value",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: removed_enum_value,
    }
}

fn removed_enum_value(cx: &Cx, sink: &mut Sink<'_>) {
    for old in &cx.change.before.enums {
        let Some(new) = cx.change.after.enums.iter().find(|it| it.name == old.name) else {
            continue;
        };
        let is_gone = |it: &&(crate::schema::Id, String)| {
            !new.values.iter().any(|of| of.0 == it.0 || of.1 == it.1)
        };
        let gone: Vec<String> =
            old.values.iter().filter(is_gone).map(|it| format!("`{}`", it.1)).collect();
        if !gone.is_empty() {
            let claim = format!(
                "`{}` loses {}: rows that had it become something else",
                old.name,
                gone.join(", ")
            );
            sink.whole(&old.name, Risk::High, claim)
                .stake(Stake::Data)
                .fix("Keep the value, and refuse it with a check", "");
        }
    }
}
