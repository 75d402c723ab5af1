use super::{Sink, SpecCx, mend};
use crate::pattern::compile;
use model::{Evidence, Modality, NeedKind};
use regex::Regex;
use std::sync::LazyLock;

declare_rule! {
    /// Money is taken, but no payment provider is chosen.
    ///
    /// Also when the spec leaves the choice open, as in "Stripe or Paddle". Payments recorded by
    /// hand need no provider.
    ///
    /// ```md,bad
    /// ## Checkout
    /// - Customers make the payment for their order online by card.
    /// ```
    /// ```md,good
    /// ## Checkout
    /// - Customers make the payment for their order online by card with Stripe.
    /// ```
    pub(super) static RULE = {
        name: "payment-without-provider",
        group: Backend,
        severity: Info,
        since: "0.1.0",
        check: Spec(payment_without_provider),
    }
}

/// What is surely paid on line, in contrast to payments that are recorded or watched.
static ONLINE: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:online|card|credit card|in-app|premium|subscription|subscribe|upgrade|check-?out|recurring)\b|kreditkarte|online|abonnement|abo\b|en ligne|carte bancaire|en línea|tarjeta|suscripci|cartão|assinatura|онлайн|карт|подписк|langganan|在线|订阅|会员|オンライン|クレジット|サブスク|有料プラン|온라인|카드|구독|유료",
    )
});
static OTHERWISE: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:fraud|record|track|manual(?:ly)?|cash|offline|between|outside|simulat\w+|mock|dummy|history|report|transfer proof)\b|bargeld|efectivo|dinheiro|наличн|tunai|现金|模拟|現金|현금|모의",
    )
});

fn payment_without_provider(cx: &SpecCx<'_>, sink: &mut Sink<'_>) {
    let payments: Vec<_> = cx.analysis.detection.needs_of(NeedKind::Payments).collect();
    let asked = |it: &&Evidence| it.modality == Modality::InScope;
    let named = payments.iter().any(|it| it.name != "unspecified" && it.is_required());
    if named {
        return;
    }
    let Some(open) = payments.iter().find(|it| it.name == "unspecified") else { return };
    // A wallet stands beside a provider more often than in its place.
    let choice = open.attribute("instead_of").filter(|it| !it.contains("pay"));
    let online = |it: &&Evidence| {
        let sentence = mend::sentence(cx, it.document, it.span);
        choice.is_some() || (ONLINE.is_match(sentence) && !OTHERWISE.is_match(sentence))
    };
    // Where the alternatives stand, if there are any.
    let alternative = open.evidence.iter().filter(|_| choice.is_some()).find(|it| {
        let words = cx.documents[it.document.0 as usize].slice(it.span).to_lowercase();
        choice.is_some_and(|names| names.split(' ').any(|name| words.contains(name)))
    });
    let first = alternative.or_else(|| open.evidence.iter().filter(asked).find(online));
    let Some(first) = first else { return };
    let message = match choice {
        Some(names) => format!("the payment provider is left open: {}", names.replace(' ', " or ")),
        None => "money is taken here, but no payment provider is named".to_owned(),
    };
    let mut report = sink.report(first.document, first.span, message);
    if choice.is_none() {
        for provider in ["Stripe", "Paddle"] {
            let edits = mend::name_behind(first.document, first.span, provider);
            report = report.fix(format!("Choose {provider}"), edits, false);
        }
    }
}
