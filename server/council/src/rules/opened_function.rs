use super::cx::{Cx, Sink};
use crate::resources::{is_true, text_of};
use model::{Risk, Stake};

declare_rule! {
    /// A function can be called by people who are not signed in, or from outside at all, and could not before.
    ///
    /// It sees every caller as a guest. Ask for a sign-in, or check within the function who calls.
    ///
    /// ```yaml,bad
    /// functions:
    ///   export: { runtime: bun, trigger: http, route: /export, sign_in: true }
    /// # becomes
    /// functions:
    ///   export: { runtime: bun, trigger: http, route: /export, sign_in: false }
    /// ```
    /// ```yaml,bad
    /// functions:
    ///   sweep: { runtime: bun, trigger: schedule }
    /// # becomes
    /// functions:
    ///   sweep: { runtime: bun, trigger: http, route: /sweep }
    /// ```
    /// ```yaml,good
    /// functions:
    ///   export: { runtime: bun, trigger: http, route: /export }
    /// # becomes
    /// functions:
    ///   export: { runtime: bun, trigger: http, route: /export, sign_in: true }
    /// ```
    pub(super) static RULE = {
        name: "opened-function",
        group: Resources,
        class: Security,
        since: "0.1.0",
        check: opened_function,
    }
}

fn opened_function(cx: &Cx, sink: &mut Sink<'_>) {
    let Some(resources) = &cx.resources else { return };
    for (name, was, now) in resources.kept(&["functions"]) {
        let is_http = |it| text_of(it, "trigger") == Some("http");
        let is_asked = |it| is_true(it, "sign_in");
        let claim = match () {
            () if is_http(now) && !is_http(was) && !is_asked(now) => {
                format!("`{name}` answers whoever calls, and was not reached from outside")
            }
            () if is_http(now) && is_asked(was) && !is_asked(now) => {
                format!("`{name}` answers who is not signed in")
            }
            () => continue,
        };
        sink.entry(&["functions", name], Risk::High, claim)
            .stake(Stake::Access)
            .fix("Ask for a sign-in: `sign_in: true`", "");
    }
}
