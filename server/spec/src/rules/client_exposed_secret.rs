use super::Sink;
use super::cx::BlockCx;
use super::sink::edit_here;
use crate::pattern::compile;
use model::Span;
use regex::Regex;
use std::sync::LazyLock;
use text::markdown::BlockKind;

declare_rule! {
    /// A secret has a name that bundlers copy into the client, where everyone can read it.
    ///
    /// `VITE_`, `NEXT_PUBLIC_`, `EXPO_PUBLIC_`, `REACT_APP_` and their like end up in the shipped
    /// code. Keys that are made to be public (anon, publishable, site, DSN, map and analytics keys)
    /// may have such a name.
    ///
    /// ````md,bad
    /// ```env
    /// VITE_OPENAI_API_KEY=sk-...
    /// ```
    /// ````
    /// ```md,bad
    /// The admin page reads `NEXT_PUBLIC_SUPABASE_SERVICE_ROLE_KEY`.
    /// ```
    /// ````md,good
    /// ```env
    /// OPENAI_API_KEY=sk-...
    /// NEXT_PUBLIC_SUPABASE_ANON_KEY=...
    /// NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY=pk_...
    /// ```
    /// ````
    pub(super) static RULE = {
        name: "client-exposed-secret",
        group: Backend,
        severity: Warning,
        since: "0.1.0",
        check: Block(client_exposed_secret),
    }
}

static NAME: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?-u:\b)(?P<prefix>VITE_|NEXT_PUBLIC_|EXPO_PUBLIC_|REACT_APP_|NUXT_PUBLIC_|GATSBY_|VUE_APP_|SNOWPACK_PUBLIC_|PUBLIC_)(?P<name>[A-Z0-9][A-Z0-9_]*)",
    )
});
/// What is secret by its own name.
static SECRET: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"SECRET|SERVICE_ROLE|SERVICE_KEY|PRIVATE|PASSWORD|PASSWD|ADMIN_KEY|AUTH_TOKEN|ACCESS_TOKEN|DATABASE_URL|DB_URL|CREDENTIAL",
    )
});
/// Whose plain API key or token is a secret.
static VENDOR: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?:OPENAI|ANTHROPIC|CLAUDE|GEMINI|GROQ|MISTRAL|COHERE|DEEPSEEK|OPENROUTER|HUGGING_?FACE|HF|REPLICATE|ELEVENLABS|PINECONE|RESEND|SENDGRID|MAILGUN|POSTMARK|BREVO|TWILIO|LEMON_?SQUEEZY|PADDLE|GITHUB|DISCORD_BOT|TELEGRAM_BOT|BOT|AWS|NOTION|AIRTABLE|TAVILY|SERPAPI)_(?:\w+_)?(?:KEY|TOKEN)",
    )
});
/// What is made to be seen.
static OPEN: LazyLock<Regex> = LazyLock::new(|| {
    compile(r"ANON|PUBLISHABLE|PUBLIC_KEY|SITE_?KEY|CLIENT_ID|VAPID|DSN|HAS_|ENABLE|IS_")
});
static NEVER: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:never|not|don['’]t|no|avoid|without|nicht|nie|niemals|kein\w*|jamais|pas|nunca|no|não|не|никогда|jangan|tidak)\b|不要|不得|禁止|ない|しない|않|금지",
    )
});

fn client_exposed_secret(cx: &BlockCx<'_>, sink: &mut Sink<'_>) {
    let text = &*cx.chunk.chunk.text;
    if !["PUBLIC_", "VITE_", "REACT_APP_", "GATSBY_", "VUE_APP_"].iter().any(|it| text.contains(it))
    {
        return;
    }
    for block in &cx.chunk.chunk.blocks {
        let inside = match block.kind {
            BlockKind::Heading { .. } | BlockKind::Comment | BlockKind::Break => continue,
            BlockKind::Table { .. } => block.span,
            _ => block.text,
        };
        let source = cx.slice(inside);
        for found in NAME.captures_iter(source) {
            let whole = found.get(0).expect("group 0 is the match");
            let name = &found["name"];
            let secret = SECRET.is_match(name) || VENDOR.is_match(name);
            if !secret || OPEN.is_match(name) || is_glued(source, whole.start()) {
                continue;
            }
            if NEVER.is_match(line_around(source, whole.start())) {
                continue;
            }
            let start = inside.range().start + whole.start();
            let prefix = &found["prefix"];
            let span = Span::new(start, start + whole.len());
            let cut = Span::new(start, start + prefix.len());
            sink.report_here(
                span,
                format!("`{prefix}` puts `{name}` into the client, where everyone can read it"),
            )
            .fix(
                format!("Rename to `{name}` and read it on the server"),
                vec![edit_here(cut, "")],
                false,
            );
        }
    }
}

fn is_glued(source: &str, at: usize) -> bool {
    source[..at].chars().next_back().is_some_and(|it| it == '_' || it.is_alphanumeric())
}

/// The line of code or prose around a place.
fn line_around(source: &str, at: usize) -> &str {
    let start = source[..at].rfind('\n').map_or(0, |it| it + 1);
    let end = source[at..].find('\n').map_or(source.len(), |it| at + it);
    &source[start..end]
}

#[cfg(test)]
mod tests {
    use crate::rules::testing;
    use expect_test::{Expect, expect};

    fn check(text: &str, expect: Expect) {
        expect.assert_eq(&testing::render(text, &["client-exposed-secret"]));
    }

    #[test]
    fn a_warning_against_it_is_no_use_of_it() {
        check(
            "Never name it `VITE_STRIPE_SECRET_KEY`.\n\n- `VITE_STRIPE_SECRET_KEY`\n",
            expect![[r#"
            3: warning[client-exposed-secret] "VITE_STRIPE_SECRET_KEY" `VITE_` puts `STRIPE_SECRET_KEY` into the client, where everyone can read it
              fix: Rename to `STRIPE_SECRET_KEY` and read it on the server
                3 "VITE_" -> ""
        "#]],
        );
    }

    #[test]
    fn public_keys_may_be_public() {
        check(
            "`NEXT_PUBLIC_FIREBASE_API_KEY`, `VITE_GOOGLE_MAPS_API_KEY`, `EXPO_PUBLIC_SENTRY_DSN`\n",
            expect![""],
        );
    }
}
