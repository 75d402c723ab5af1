use super::cx::{Cx, Sink};
use crate::resources::text_of;
use model::{Risk, Stake};

declare_rule! {
    /// What is sold, what it costs, whether money moves, or who hears of it changes.
    ///
    /// Prices of people who pay already stay where they are with most providers, and a payment that no function hears of is paid and never served. Say what is meant for those who pay today.
    ///
    /// ```yaml,bad
    /// payments:
    ///   stripe: { mode: live, products: { pro: { amount: 900, currency: eur, interval: month } } }
    /// # becomes
    /// payments:
    ///   stripe: { mode: live, products: { pro: { amount: 1900, currency: eur, interval: month } } }
    /// ```
    /// ```yaml,bad
    /// payments:
    ///   stripe: { mode: test, webhook: paid }
    /// # becomes
    /// payments:
    ///   stripe: { mode: live }
    /// ```
    /// ```yaml,good
    /// payments:
    ///   stripe: { mode: test, products: { pro: { amount: 900, currency: eur } } }
    /// # becomes
    /// payments:
    ///   stripe: { mode: test, products: { pro: { amount: 900, currency: eur }, team: { amount: 4900, currency: eur } } }
    /// ```
    pub(super) static RULE = {
        name: "changed-payment",
        group: Resources,
        class: Compatibility,
        since: "0.1.0",
        check: changed_payment,
    }
}

fn changed_payment(cx: &Cx, sink: &mut Sink<'_>) {
    let Some(resources) = &cx.resources else { return };
    for (name, was, now) in resources.kept(&["payments"]) {
        let mode = |it| text_of(it, "mode").unwrap_or("test");
        if mode(was) != mode(now) {
            let (risk, claim) = match mode(now) {
                "live" => (Risk::Medium, format!("`{name}` takes real money from now on")),
                _ => (Risk::High, format!("nobody can pay with `{name}` any more: it only tests")),
            };
            sink.entry(&["payments", name, "mode"], risk, claim).stake(Stake::Service);
        }
        if let Some(before) = text_of(was, "webhook")
            && text_of(now, "webhook") != Some(before)
        {
            let (risk, heard) = match text_of(now, "webhook") {
                Some(it) => (
                    Risk::Medium,
                    format!("`{it}` hears of payments with `{name}`, and no longer `{before}`"),
                ),
                None => (Risk::High, format!("nothing hears of payments with `{name}` any more")),
            };
            sink.entry(&["payments", name, "webhook"], risk, heard).stake(Stake::Data);
        }
        for product in resources.entries(&["payments", name, "products"]) {
            let path = ["payments", name, "products", product.name];
            match (product.was, product.now) {
                (Some(_), None) => {
                    let claim = format!(
                        "`{}` is no longer sold: who pays for it today is left without",
                        product.name
                    );
                    sink.entry(&path, Risk::High, claim).stake(Stake::Service);
                }
                (Some(was), Some(now)) => {
                    let changed = ["amount", "currency", "interval"]
                        .into_iter()
                        .find(|it| was.get(it) != now.get(it));
                    if let Some(key) = changed {
                        let claim =
                            format!("`{}` costs something else: its {key} changes", product.name);
                        sink.entry(&path, Risk::Medium, claim).stake(Stake::Service);
                    }
                }
                _ => {}
            }
        }
    }
}
