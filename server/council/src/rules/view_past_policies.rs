use super::cx::{Cx, Sink};
use crate::schema::{Function, View};
use crate::simulate::mentions;
use model::{Risk, Stake};

declare_rule! {
    /// A view reads through a function that runs as its owner.
    ///
    /// `security_invoker` is of no use there: the function sees rows that policies hide from whoever asks the view.
    ///
    /// ```sql,bad
    /// create table orders (id bigint primary key, account_id bigint);
    /// alter table orders enable row level security;
    /// create policy own on orders using (account_id = current_setting('app.account')::bigint);
    /// create function all_orders() returns setof orders language sql security definer set search_path = '' as $$ select * from public.orders $$;
    /// -- migration
    /// create view everything with (security_invoker = true) as select * from all_orders();
    /// ```
    /// ```sql,good
    /// create table orders (id bigint primary key, account_id bigint);
    /// alter table orders enable row level security;
    /// create policy own on orders using (account_id = current_setting('app.account')::bigint);
    /// create function all_orders() returns setof orders language sql set search_path = '' as $$ select * from public.orders $$;
    /// -- migration
    /// create view everything with (security_invoker = true) as select * from all_orders();
    /// ```
    pub(super) static RULE = {
        name: "view-past-policies",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: view_past_policies,
    }
}

fn view_past_policies(cx: &Cx, sink: &mut Sink<'_>) {
    let (before, after) = (&cx.change.before, &cx.change.after);
    for view in &after.views {
        let Some(function) = after.functions.iter().find(|it| it.is_definer && is_called(it, view))
        else {
            continue;
        };
        let was = before.views.iter().find(|it| it.id == view.id);
        if was.is_some_and(|it| is_called(function, it)) {
            continue;
        }
        let body = function.body.to_lowercase();
        if let Some(table) =
            after.tables.iter().find(|it| it.row_security && mentions(&body, &it.name))
        {
            let claim = format!(
                "`{}` shows rows of `{}` past its policies, through `{}`",
                view.name,
                table.name,
                function.object()
            );
            sink.whole(&view.name, Risk::High, claim)
                .stake(Stake::Access)
                .fix("Let the function run as its caller", "");
        }
    }
}

fn is_called(function: &Function, view: &View) -> bool {
    let bare = function.name.rsplit('.').next().unwrap_or(&function.name);
    view.query.contains(&format!("{bare}("))
}
