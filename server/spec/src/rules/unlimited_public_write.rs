use super::cx::BlockCx;
use super::notes::{Notes, PlacedNote};
use super::{Sink, SpecCx, gate};
use crate::pattern::compile;
use aho_corasick::AhoCorasick;
use model::Modality;
use regex::Regex;
use std::sync::LazyLock;

declare_rule! {
    /// Anyone may write without an account, and nothing limits how often.
    ///
    /// Silent when the spec names a limit anywhere: a rate limit, a captcha, moderation of spam.
    ///
    /// ```md,bad
    /// ## Feedback
    /// Anonymous visitors can post comments.
    /// ```
    /// ```md,good
    /// ## Feedback
    /// Anonymous visitors can post comments, at most five an hour for each address (rate limit).
    /// ```
    pub(super) static RULE = {
        name: "unlimited-public-write",
        group: Backend,
        severity: Info,
        since: "0.1.0",
        check: Joined(note, join),
    }
}

/// Who writes without an account, before or behind the verb; texts are in lower case.
static WHO: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"\b(?:(?:anyone|anybody|(?:site |any )?visitors?|guests?(?: users?)?|the public) (?:can|may|could|should be able to|must be able to|is able to|are able to)|anonymous (?:users?|visitors?|guests?)|anonymously|(?:unauthenticated|unregistered|logged-out) (?:users?|visitors?)|public form|without (?:an? )?(?:login|logging in|account|registration|registering|signing (?:in|up)|authentication)|no (?:login|account|sign-?up|registration) (?:is )?(?:required|needed|necessary))\b|\b(?:jeder|gäste|anonyme (?:nutzer|besucher)|besucher|ohne (?:anmeldung|registrierung|konto))\b|\b(?:n'importe qui|invités?|visiteurs?|sans (?:compte|inscription|connexion))\b|\b(?:cualquiera|invitados?|visitantes?|sin (?:cuenta|registro|iniciar sesión))\b|\b(?:qualquer pessoa|convidados?|sem (?:conta|cadastro|login))\b|(?:любой пользователь|гост[ьи]|анонимн\w+ пользовател\w+|без (?:регистрации|авторизации))|\b(?:siapa saja|tamu|pengunjung|tanpa (?:login|akun|registrasi))\b|游客|访客|匿名用户|无需(?:登录|注册)|ゲスト|匿名ユーザー|ログイン不要|会員登録なし|비회원|게스트|익명 사용자|로그인 없이",
    )
});
static WRITES: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"\b(?:submit|post|comment|upload|vote|review|report|create|leave|write|book|send|sign|reply|rate)s?\b|\b(?:absenden|einreichen|kommentieren|hochladen|erstellen|abstimmen|schreiben|buchen|melden)\b|\b(?:soumettre|publier|commenter|déposer|créer|voter|envoyer|réserver|signaler)\b|\b(?:enviar|publicar|comentar|subir|crear|votar|reservar|reportar)\b|\b(?:criar|avaliar|denunciar)\b|отправ\w+|создава\w+|создать|комментир\w+|оставля\w+|оставить|загруж\w+|голосова\w+|\b(?:mengirim|membuat|mengunggah|memberi|menulis|memesan)\b|提交|发布|评论|上传|创建|留言|投票|投稿|送信|作成|コメントする|予約する|작성|등록|제출|업로드|예약|투표",
    )
});
/// Whoever makes an account in the same breath is no longer anyone.
static SIGNS_IN: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"sign(?:ing|s)? (?:in|up)|log(?:ging|s)? in|regist(?:er|rier)|create an account|anmeld|inscri|s'identif|registr|cadastr|войти|зарегистр|daftar|登录|注册|ログイン|登録|로그인|가입",
    )
});
static LIMITED: LazyLock<AhoCorasick> = LazyLock::new(|| {
    gate::any_case(&[
        "rate limit",
        "rate-limit",
        "ratelimit",
        "throttl",
        "captcha",
        "turnstile",
        "spam",
        "honeypot",
        "brute force",
        "brute-force",
        "abuse prevention",
        "per minute",
        "per hour",
        "per day",
        "per ip",
        "requests/min",
        "anfragelimit",
        "ratenbegrenzung",
        "limitation de débit",
        "limitation du débit",
        "límite de peticiones",
        "límite de solicitudes",
        "limite de requisições",
        "ограничение частоты",
        "ограничение запросов",
        "лимит запрос",
        "pembatasan",
        "限流",
        "频率限制",
        "验证码",
        "レート制限",
        "送信制限",
        "요청 제한",
        "요청제한",
        "호출 제한",
        "캡차",
        "도배",
    ])
});
static MAYBE_WHO: LazyLock<AhoCorasick> = LazyLock::new(|| {
    gate::any_case(&[
        "anyone",
        "anybody",
        "visitor",
        "guest",
        "the public",
        "anonym",
        "unauthenticated",
        "unregistered",
        "logged-out",
        "public form",
        "without",
        "no login",
        "no account",
        "no sign",
        "no registration",
        "jeder",
        "gäste",
        "besucher",
        "ohne ",
        "n'importe qui",
        "invité",
        "visiteur",
        "sans ",
        "cualquiera",
        "invitado",
        "visitante",
        "sin ",
        "qualquer pessoa",
        "convidado",
        "sem ",
        "любой",
        "Любой",
        "гост",
        "Гост",
        "анонимн",
        "Анонимн",
        "без ",
        "siapa saja",
        "tamu",
        "pengunjung",
        "tanpa ",
        "游客",
        "访客",
        "匿名",
        "无需",
        "ゲスト",
        "不要",
        "会員登録なし",
        "비회원",
        "게스트",
        "익명",
        "없이",
    ])
});

fn note(cx: &BlockCx<'_>, notes: &mut Notes<'_>) {
    if let Some(found) = LIMITED.find(&*cx.chunk.chunk.text) {
        let span = model::Span::new(found.start(), found.end());
        notes.take("limit", span, Modality::InScope, "", "");
    }
    for line in cx.statements() {
        if !MAYBE_WHO.is_match(line.text()) || !WHO.is_match(&line.text().to_lowercase()) {
            continue;
        }
        let prose = line.prose();
        let found = WHO.find_iter(&prose.text).find(|who| {
            let clause = prose.clause(who.start());
            let place = prose.modality(who.start());
            if SIGNS_IN
                .is_match(&prose.text[clause.clone()][who.end().saturating_sub(clause.start)..])
            {
                return false;
            }
            WRITES.find(&prose.text[clause.clone()]).is_some_and(|verb| {
                place == Modality::InScope
                    && prose.modality(clause.start + verb.start()) == Modality::InScope
            })
        });
        if let Some(who) = found {
            let span = prose.span(&prose.clause(who.start()));
            notes.take("write", span, Modality::InScope, "", "");
        }
    }
}

fn join(_: &SpecCx<'_>, notes: &[PlacedNote<'_>], sink: &mut Sink<'_>) {
    if notes.iter().any(|it| it.note.kind == "limit") {
        return;
    }
    // One place is enough to decide on a limit for all of them.
    if let Some(it) = notes.iter().find(|it| it.note.kind == "write") {
        let message = "anyone may write here without an account, and no limit is named";
        sink.report(it.document, it.span, message);
    }
}
