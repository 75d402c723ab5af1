use super::{Cx, Sink};
use crate::resources::Method;

declare_rule! {
    /// Two functions answer one route, and only one of them would ever be called.
    ///
    /// ```yaml,bad
    /// functions:
    ///   a: {runtime: bun, trigger: http, route: /pay}
    ///   b: {runtime: bun, trigger: http, route: /pay}
    /// ```
    /// ```yaml,good
    /// functions:
    ///   a: {runtime: bun, trigger: http, route: /pay}
    ///   b: {runtime: bun, trigger: http, route: /pay, method: GET}
    /// ```
    pub(crate) static RULE = {
        name: "taken-route",
        severity: Error,
        since: "0.1.0",
        check: taken_route,
    }
}

fn taken_route(cx: &Cx<'_>, sink: &mut Sink) {
    let mut taken: Vec<(&str, Method, &str)> = Vec::new();
    for (name, it) in &cx.resources().functions {
        let Some(route) = it.route.as_deref() else { continue };
        let method = it.method.unwrap_or(Method::Post);
        match taken.iter().find(|it| it.0 == route && it.1 == method) {
            Some((_, _, other)) => {
                let message = format!("`{route}` is answered by `{other}` already");
                sink.report(&RULE, cx.value(&["functions", name, "route"]), message);
            }
            None => taken.push((route, method, name)),
        }
    }
}
