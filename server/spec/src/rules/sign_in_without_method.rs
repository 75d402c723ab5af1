use super::{Sink, SpecCx};
use model::NeedKind;

declare_rule! {
    /// People sign in, but no sign-in method is named.
    ///
    /// Name one: email and password, a magic link, a passkey, or a provider such as Google.
    ///
    /// ```md,bad
    /// ## Accounts
    /// Users must log in before they can post.
    /// ```
    /// ```md,good
    /// ## Accounts
    /// Users must log in with Google before they can post.
    /// ```
    pub(super) static RULE = {
        name: "sign-in-without-method",
        group: Backend,
        severity: Info,
        since: "0.1.0",
        check: Spec(sign_in_without_method),
    }
}

fn sign_in_without_method(cx: &SpecCx<'_>, sink: &mut Sink<'_>) {
    let detection = &cx.analysis.detection;
    let Some(first) = detection.sign_in.as_ref().and_then(|it| it.first()) else { return };
    if detection.needs_of(NeedKind::Auth).next().is_none() {
        sink.report(first.document, first.span, "people sign in, but no method is named");
    }
}
