use super::{Sink, SpecCx, cues, mend};
use model::{Confidence, NeedKind};

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
    if detection.needs_of(NeedKind::Auth).any(|it| it.confidence >= Confidence::percent(40)) {
        return;
    }
    let all = cues::sign_ins(cx);
    let Some(first) = all.first() else { return };
    sink.report(first.document, first.span, "people sign in, but no method is named")
        .fix("Choose Google", mend::name_behind(first.document, first.span, "Google"), false)
        .fix(
            "Choose email and password",
            mend::name_behind(first.document, first.span, "email and password"),
            false,
        )
        .fix(
            "Choose a magic link",
            mend::name_behind(first.document, first.span, "magic link"),
            false,
        );
}
