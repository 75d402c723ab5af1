use super::{Sink, SpecCx};
use model::NeedKind;

declare_rule! {
    /// A payment provider is used, but nothing receives its webhook.
    ///
    /// The browser may be closed before it comes back from the checkout: only the webhook tells the
    /// backend surely that money came, failed, or was paid back.
    ///
    /// ```md,bad
    /// ## Payments
    /// Customers pay with Stripe Checkout.
    /// ```
    /// ```md,good
    /// ## Payments
    /// Customers pay with Stripe Checkout. A Stripe webhook marks the order as paid.
    /// ```
    pub(super) static RULE = {
        name: "payment-without-webhook",
        group: Backend,
        severity: Info,
        since: "0.1.0",
        check: Spec(payment_without_webhook),
    }
}

/// Providers that tell a backend by webhook; app stores and invoices by hand do not.
const PROVIDERS: &[&str] = &[
    "stripe",
    "paddle",
    "lemon-squeezy",
    "lemonsqueezy",
    "lemon_squeezy",
    "polar",
    "paypal",
    "mollie",
    "adyen",
    "braintree",
    "razorpay",
    "square",
    "mercadopago",
    "midtrans",
    "xendit",
    "yookassa",
    "chargebee",
    "toss",
    "tosspayments",
    "payjp",
    "asaas",
    "pagarme",
];

fn payment_without_webhook(cx: &SpecCx<'_>, sink: &mut Sink<'_>) {
    let detection = &cx.analysis.detection;
    let heard = detection.needs_of(NeedKind::Function).any(|it| it.name.starts_with("webhook"));
    if heard {
        return;
    }
    for need in detection.needs_of(NeedKind::Payments) {
        if !need.is_required() || !PROVIDERS.contains(&need.name.as_str()) {
            continue;
        }
        let asked = need.evidence.iter().find(|it| it.modality == model::Modality::InScope);
        if let Some(it) = asked {
            let message =
                format!("payments go through {}, but nothing receives its webhook", need.name);
            sink.report(it.document, it.span, message);
        }
    }
}
