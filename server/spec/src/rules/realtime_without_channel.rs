use super::{Sink, SpecCx, mend};
use crate::pattern::compile;
use crate::scope::Role;
use model::{Modality, NeedKind};
use regex::Regex;
use std::sync::LazyLock;

declare_rule! {
    /// "Real-time" is asked for, but not what is pushed to whom.
    ///
    /// Looks at features only: in an overview the word is praise. Silent when the spec names a
    /// channel anywhere: a chat, presence, live board, WebSocket.
    ///
    /// ```md,bad
    /// ## Features
    /// - Users log in with Google and save offers on the server.
    /// - Real-time sales figures for sellers.
    /// ```
    /// ```md,good
    /// ## Features
    /// - Users log in with Google and save offers on the server.
    /// - Sales figures are pushed to every open dashboard over a WebSocket in real time.
    /// ```
    pub(super) static RULE = {
        name: "realtime-without-channel",
        group: Backend,
        severity: Info,
        since: "0.1.0",
        check: Spec(realtime_without_channel),
    }
}

static LIVE: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)real[- ]?time|echtzeit|temps réel|tiempo real|tempo real|реальн|实时|即時|リアルタイム|실시간",
    )
});
/// On one device "real time" needs no channel, and a number says what is meant.
static LOCAL: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)preview|drag|reorder|feedback|monitor|count|progress|availab|download|upload|logs?\b|interactions|不是|validat|typing|type|search|filter|calculat|local|offline|camera|transcri|speech|audio|render|\d ?(?:ms|s|sec|seconds|minutes)\b|vorschau|suche|aperçu|vista previa|pré-visualiza|предпросмотр|поиск|预览|搜索|プレビュー|検索|미리보기|검색",
    )
});

fn realtime_without_channel(cx: &SpecCx<'_>, sink: &mut Sink<'_>) {
    let detection = &cx.analysis.detection;
    let needs: Vec<_> = detection.needs_of(NeedKind::Realtime).collect();
    if detection.none.is_some() || needs.iter().any(|it| it.is_required()) {
        return;
    }
    let places = needs.iter().flat_map(|it| &it.evidence);
    let first = places.filter(|it| it.modality == Modality::InScope).find(|it| {
        let role = mend::role(cx, it.document, it.span);
        let asks = matches!(role, Role::Functional | Role::UserStories | Role::Acceptance);
        let words = cx.documents[it.document.0 as usize].slice(it.span);
        asks && LIVE.is_match(words) && !LOCAL.is_match(mend::sentence(cx, it.document, it.span))
    });
    if let Some(it) = first {
        let message = "in real time, but what is pushed to whom is not said";
        sink.report(it.document, it.span, message);
    }
}
