use super::{Sink, SpecCx, mend};
use crate::pattern::compile;
use crate::scope::Role;
use model::{Modality, Need, NeedKind};
use regex::Regex;
use std::sync::LazyLock;

declare_rule! {
    /// Files are uploaded, and the spec says neither how big, of which types, nor who sees them.
    ///
    /// One finding a spec: at the first upload, while at least two of size, types and visibility
    /// are missing everywhere.
    ///
    /// ```md,bad
    /// ## Profile
    /// Users can upload an avatar image to their profile.
    /// ```
    /// ```md,good
    /// ## Profile
    /// Users can upload an avatar image (PNG or JPEG, up to 5 MB, public) to their profile.
    /// ```
    pub(super) static RULE = {
        name: "unbounded-upload",
        group: Backend,
        severity: Info,
        since: "0.1.0",
        check: Spec(unbounded_upload),
    }
}

/// Sections that do not say what people do.
const ELSEWHERE: &[Role] = &[
    Role::TechStack,
    Role::Deploy,
    Role::DataModel,
    Role::Overview,
    Role::Roadmap,
    Role::Testing,
    Role::Metrics,
    Role::Risk,
];

/// Somebody hands a file in, in contrast to a bucket that is only named.
static UPLOADS: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)\bupload(?:s|ed|ing)?\b|\battach(?:es|ed|ing)?\b|hochlad|hochgeladen|téléverse|télécharge|\bsub(?:ir|en|e)\b|\benvi(?:ar|a|am)\b|загру[жз]|прикреп|unggah|上传|アップロード|업로드",
    )
});
static EXCUSED: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)\boptional|not required|local(?:ly)?\b|browser|[│└├]|\.tsx?\b|不需要|不强制|扩展|本地|任意|선택",
    )
});

fn unbounded_upload(cx: &SpecCx<'_>, sink: &mut Sink<'_>) {
    let needs: Vec<&Need> =
        (cx.analysis.detection.needs_of(NeedKind::Storage)).filter(|it| it.is_required()).collect();
    let missing: Vec<&str> =
        [("size", "size"), ("types", "file types"), ("visibility", "visibility")]
            .iter()
            .filter(|(key, _)| !needs.iter().any(|it| it.attribute(key).is_some()))
            .map(|(_, words)| *words)
            .collect();
    if missing.len() < 2 {
        return;
    }
    let places = needs.iter().flat_map(|it| &it.evidence);
    let first = places
        .filter(|it| it.modality == Modality::InScope)
        .filter(|it| {
            let sentence = mend::sentence(cx, it.document, it.span);
            let role = mend::role(cx, it.document, it.span);
            !ELSEWHERE.contains(&role) && UPLOADS.is_match(sentence) && !EXCUSED.is_match(sentence)
        })
        .min_by_key(|it| (it.document, it.span));
    if let Some(it) = first {
        let message = format!("nothing limits what is uploaded: no {}", missing.join(", no "));
        sink.report(it.document, it.span, message);
    }
}
