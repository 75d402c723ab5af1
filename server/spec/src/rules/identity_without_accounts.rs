use super::cx::BlockCx;
use super::notes::{Notes, PlacedNote};
use super::{Sink, SpecCx, cues, gate};
use crate::pattern::compile;
use aho_corasick::AhoCorasick;
use model::{Confidence, Modality};
use regex::Regex;
use std::sync::LazyLock;

declare_rule! {
    /// The spec says that nobody has an account, and elsewhere that people sign in.
    ///
    /// A sentence that only opens a part without an account ("no login to browse") is no
    /// contradiction.
    ///
    /// ```md,bad
    /// ## Overview
    /// There are no user accounts.
    ///
    /// ## Posts
    /// Users sign in with Google to publish a post. Signed-in users can edit it.
    /// ```
    /// ```md,good
    /// ## Overview
    /// No login is required to browse.
    ///
    /// ## Posts
    /// Users sign in with Google to publish a post. Signed-in users can edit it.
    /// ```
    pub(super) static RULE = {
        name: "identity-without-accounts",
        group: Backend,
        severity: Warning,
        since: "0.1.0",
        check: Joined(note, join),
    }
}

static NONE: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)\bno (?:user )?(?:accounts?|authentication|auth|login|log-?in|sign-?(?:in|up)|registration)(?: or \w+| and \w+|/\w+)?(?: system)?(?: (?:is|are) (?:required|needed|necessary)| required| needed)?\s*(?:[.;,]|$)|\b(?:without (?:any )?(?:user )?accounts)\s*(?:[.;,]|$)|\b(?:login|accounts?|authentication|registration) (?:is|are) not (?:required|needed|supported)\s*(?:[.;,]|$)|\bkeine (?:benutzerkonten|anmeldung|registrierung|konten)(?: erforderlich| nötig)?\s*(?:[.;,]|$)|\b(?:pas|aucun) (?:de )?comptes?(?: utilisateurs?)?\s*(?:[.;,]|$)|\b(?:sin|no hay) (?:cuentas|registro|autenticación)(?: de usuario)?\s*(?:[.;,]|$)|\bsem (?:contas|cadastro|login|autenticação)\s*(?:[.;,]|$)|без (?:регистрации|авторизации|аккаунтов)\s*(?:[.;,]|$)|\btanpa (?:login|akun|registrasi)\s*(?:[.;,]|$)|(?:无需|不需要)(?:登录|注册|账号)(?:[。，；]|$)|ログイン(?:は)?(?:不要|なし)|アカウント(?:は)?(?:不要|なし)|(?:로그인|회원 ?가입|계정) ?(?:없음|불필요|없이 사용)",
    )
});

static MAYBE: LazyLock<AhoCorasick> = LazyLock::new(|| {
    gate::any_case(&[
        "no login",
        "no log-in",
        "no account",
        "no user account",
        "no auth",
        "no user auth",
        "no sign",
        "no registration",
        "accounts",
        "not required",
        "not needed",
        "not supported",
        "keine ",
        "compte",
        "sin cuentas",
        "sin registro",
        "sin autenticación",
        "no hay",
        "sem contas",
        "sem cadastro",
        "sem login",
        "sem autenticação",
        "без ",
        "Без ",
        "tanpa ",
        "无需",
        "不需要",
        "ログイン",
        "アカウント",
        "로그인",
        "가입",
        "계정",
    ])
});

fn note(cx: &BlockCx<'_>, notes: &mut Notes<'_>) {
    let prose = cx.statements().filter(|it| !it.in_table);
    for line in prose.filter(|it| MAYBE.is_match(it.text())) {
        for sentence in line.sentences() {
            if let Some(found) = NONE.find(&line.text()[sentence.clone()]) {
                let text = found.as_str();
                let end =
                    found.start() + text.trim_end_matches(|it: char| !it.is_alphanumeric()).len();
                let span = line.place(sentence.start + found.start()..sentence.start + end);
                notes.take("none", span, Modality::InScope, "", "");
            }
        }
    }
}

fn join(cx: &SpecCx<'_>, notes: &[PlacedNote<'_>], sink: &mut Sink<'_>) {
    let Some(none) = notes.first() else { return };
    let all = cues::sign_ins(cx);
    let surely = all.into_iter().filter(|it| it.confidence >= Confidence::percent(70));
    let elsewhere: Vec<_> =
        surely.filter(|it| it.document != none.document || !none.span.overlaps(it.span)).collect();
    // A single word may be about something else.
    if let [first, _, ..] = elsewhere.as_slice() {
        sink.report(
            none.document,
            none.span,
            "nobody has an account here, but people sign in elsewhere",
        )
        .related(first.document, first.span, "people sign in here");
    }
}
