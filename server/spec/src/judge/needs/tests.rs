//! What sentences in many languages prove, from text to need.

use crate::{Analyzer, Document};
use expect_test::{Expect, expect};
use model::{Detection, Need};
use std::sync::Arc;

fn detect(text: &str) -> Detection {
    let document = Document::new(None, text.into());
    Analyzer::new(Arc::default()).analyze(&[document]).detection
}

/// One line for each need: `?` before hints, their modality behind them.
fn render(text: &str) -> String {
    let detection = detect(text);
    let line = |it: &Need| {
        let (mark, modality) = if it.is_required() {
            ("", String::new())
        } else {
            ("?", format!(" ({})", it.modality.word()))
        };
        let attributes: String =
            it.attributes.iter().map(|(key, value)| format!(" {key}={value}")).collect();
        format!("    {mark}{} {}{attributes}{modality}\n", it.kind.word(), it.name)
    };
    let mut out: String = detection.needs.iter().map(line).collect();
    if detection.sign_in.is_some() {
        out += "    people sign in\n";
    }
    out
}

fn check(texts: &[&str], expect: Expect) {
    let found = texts.iter().map(|it| format!("{}\n{}", it.replace('\n', "⏎"), render(it)));
    expect.assert_eq(&found.collect::<String>());
}

#[test]
fn a_login_provider_needs_a_word_of_signing_in() {
    check(
        &[
            "Users sign in with Google or GitHub.",
            "The app reads events from Google Calendar and the GitHub API.",
            "Вход через VK или Яндекс ID.",
            "카카오 로그인과 네이버 로그인을 지원한다.",
            "LINEログインに対応する。",
        ],
        expect![[r#"
            Users sign in with Google or GitHub.
                auth github
                auth google
                people sign in
            The app reads events from Google Calendar and the GitHub API.
                ?secrets GITHUB (in scope)
            Вход через VK или Яндекс ID.
                auth vk
                auth yandex
                people sign in
            카카오 로그인과 네이버 로그인을 지원한다.
                auth kakao
                auth naver
                people sign in
            LINEログインに対応する。
                auth line
                people sign in
        "#]],
    );
}

#[test]
fn methods_are_known_in_many_languages() {
    check(
        &[
            "Sign-in by magic link; passkeys (WebAuthn) as second way.",
            "Enterprise customers log in over SAML.",
            "Anmeldung mit E-Mail und Passwort.",
            "Connexion par e-mail et mot de passe.",
            "O usuário faz login com email e senha.",
            "Пользователь входит по логину и паролю, авторизация обязательна.",
            "Pengguna login dengan email dan kata sandi.",
            "用户使用手机验证码登录。",
            "パスキーでログインできる。",
        ],
        expect![[r#"
            Sign-in by magic link; passkeys (WebAuthn) as second way.
                auth magic-link
                auth passkey
                functions email
                people sign in
            Enterprise customers log in over SAML.
                auth saml
                people sign in
            Anmeldung mit E-Mail und Passwort.
                auth email-password
                people sign in
            Connexion par e-mail et mot de passe.
                auth email-password
                people sign in
            O usuário faz login com email e senha.
                auth email-password
                people sign in
            Пользователь входит по логину и паролю, авторизация обязательна.
                auth username-password
                people sign in
            Pengguna login dengan email dan kata sandi.
                auth email-password
                people sign in
            用户使用手机验证码登录。
                auth phone-otp
                people sign in
            パスキーでログインできる。
                auth passkey
                people sign in
        "#]],
    );
}

#[test]
fn a_denied_login_is_none() {
    check(
        &[
            "No user accounts and no login. Everyone plays at once.",
            "Der Zugriff erfolgt ohne Anmeldung.",
            "ログイン機能は不要です。",
        ],
        expect![[r#"
            No user accounts and no login. Everyone plays at once.
            Der Zugriff erfolgt ohne Anmeldung.
            ログイン機能は不要です。
        "#]],
    );
}

#[test]
fn payment_providers_of_many_countries() {
    check(
        &[
            "Subscriptions are billed through Paddle.",
            "Lemon Squeezy handles checkout and sends webhooks after each payment.",
            "Zahlungen laufen über Mollie.",
            "Оплата через ЮKassa.",
            "Los pagos se procesan con Mercado Pago.",
            "토스페이먼츠로 결제한다.",
            "Pembayaran memakai Midtrans.",
            "支持支付宝和微信支付。",
            "決済はPayPayを使う。",
        ],
        expect![[r#"
            Subscriptions are billed through Paddle.
                secrets PADDLE
                payments paddle
            Lemon Squeezy handles checkout and sends webhooks after each payment.
                functions webhook:lemon-squeezy
                secrets LEMONSQUEEZY
                payments lemon-squeezy
            Zahlungen laufen über Mollie.
                secrets MOLLIE
                payments mollie
            Оплата через ЮKassa.
                secrets YOOKASSA
                payments yookassa
            Los pagos se procesan con Mercado Pago.
                secrets MERCADOPAGO
                payments mercado-pago
            토스페이먼츠로 결제한다.
                secrets TOSS
                payments toss-payments
            Pembayaran memakai Midtrans.
                secrets MIDTRANS
                payments midtrans
            支持支付宝和微信支付。
                secrets ALIPAY
                secrets WECHATPAY
                payments alipay
                payments wechat-pay
            決済はPayPayを使う。
                secrets PAYPAY
                payments paypay
        "#]],
    );
}

#[test]
fn a_choice_leaves_the_provider_open() {
    check(
        &[
            "Payments via Stripe or Paddle.",
            "Paiement par Stripe ou Mollie.",
            "Users paddle through a square lake, inspired by Stripe's visual language.",
        ],
        expect![[r#"
            Payments via Stripe or Paddle.
                ?secrets PADDLE instead_of=STRIPE (optional)
                ?secrets STRIPE instead_of=PADDLE (optional)
                ?payments paddle instead_of=stripe (optional)
                ?payments stripe instead_of=paddle (optional)
                payments unspecified instead_of=stripe paddle
            Paiement par Stripe ou Mollie.
                ?secrets MOLLIE instead_of=STRIPE (optional)
                ?secrets STRIPE instead_of=MOLLIE (optional)
                ?payments mollie instead_of=stripe (optional)
                ?payments stripe instead_of=mollie (optional)
                payments unspecified instead_of=stripe mollie
            Users paddle through a square lake, inspired by Stripe's visual language.
                ?secrets STRIPE (example)
                ?payments stripe (example)
        "#]],
    );
}

#[test]
fn files_that_are_kept_are_buckets() {
    check(
        &[
            "Users can upload a profile picture (PNG or JPG, max 2 MB).",
            "Die Nutzer laden Fotos hoch; sie werden in einem privaten Bucket gespeichert.",
            "Пользователь загружает документы в формате PDF.",
            "用户可以上传图片。",
            "Users upload a CSV to import contacts.",
            "The uploaded CV is only processed in memory and not stored.",
            "- Storage: AWS S3 for videos",
        ],
        expect![[r#"
            Users can upload a profile picture (PNG or JPG, max 2 MB).
                storage avatars size=2mb types=png jpg
            Die Nutzer laden Fotos hoch; sie werden in einem privaten Bucket gespeichert.
                storage images visibility=private
            Пользователь загружает документы в формате PDF.
                storage documents types=pdf
            用户可以上传图片。
                storage images
            Users upload a CSV to import contacts.
                functions csv-import
            The uploaded CV is only processed in memory and not stored.
                ?storage documents (excluded)
            - Storage: AWS S3 for videos
                storage videos
                ?secrets AWS (in scope)
        "#]],
    );
}

#[test]
fn schedules_say_how_often() {
    check(
        &[
            "A cron job runs every 15 minutes and syncs the calendar.",
            "The server sends a daily digest email at 08:00 Europe/Berlin.",
            "Jeden Tag wird automatisch ein Backup erstellt.",
            "Каждую ночь выполняется резервное копирование.",
            "每天自动备份数据库。",
            "毎朝9時にバッチでレポートを送信する。",
            "Run the job at `0 3 * * 1` (UTC).",
            "The user checks the weekly report. Changes are saved every 30 seconds locally.",
        ],
        expect![[r#"
            A cron job runs every 15 minutes and syncs the calendar.
                schedules every-15-minutes every=interval
            The server sends a daily digest email at 08:00 Europe/Berlin.
                functions email
                schedules daily-digest every=daily zone=Europe/Berlin
            Jeden Tag wird automatisch ein Backup erstellt.
                schedules daily-backup every=daily
            Каждую ночь выполняется резервное копирование.
                schedules daily-backup every=daily
            每天自动备份数据库。
                schedules daily-backup every=daily
            毎朝9時にバッチでレポートを送信する。
                schedules daily-report every=daily
            Run the job at `0 3 * * 1` (UTC).
                schedules weekly-job every=weekly cron=0 3 * * 1 zone=UTC
            The user checks the weekly report. Changes are saved every 30 seconds locally.
                ?schedules weekly-report every=weekly (in scope)
        "#]],
    );
}

#[test]
fn channels_need_more_than_praise() {
    check(
        &[
            "A lightning-fast, real-time experience.",
            "Order status updates appear on the dashboard in real time over WebSockets.",
            "Show who is online and typing indicators in each chat room.",
            "Чат с поддержкой в реальном времени.",
            "Plusieurs utilisateurs : édition collaborative du document.",
            "The form shows real-time validation feedback.",
        ],
        expect![[r#"
            A lightning-fast, real-time experience.
                ?realtime live-updates (in scope)
            Order status updates appear on the dashboard in real time over WebSockets.
                realtime live-updates
            Show who is online and typing indicators in each chat room.
                realtime chat
                realtime presence
            Чат с поддержкой в реальном времени.
                realtime chat
            Plusieurs utilisateurs : édition collaborative du document.
                realtime collab
            The form shows real-time validation feedback.
                ?realtime live-updates (in scope)
        "#]],
    );
}

#[test]
fn models_and_embeddings() {
    check(
        &[
            "Summaries are generated with the OpenAI API.",
            "Semantic search over notes with pgvector embeddings.",
            "Built with Claude Code and Cursor.",
            "Use OpenAI or Anthropic for answers.",
            "使用大模型生成回答。",
        ],
        expect![[r#"
            Summaries are generated with the OpenAI API.
                secrets OPENAI
                gateway openai
            Semantic search over notes with pgvector embeddings.
                vector embeddings
                vector pgvector
            Built with Claude Code and Cursor.
            Use OpenAI or Anthropic for answers.
                ?secrets ANTHROPIC instead_of=OPENAI (optional)
                ?secrets OPENAI instead_of=ANTHROPIC (optional)
                ?gateway anthropic instead_of=openai (optional)
                ?gateway openai instead_of=anthropic (optional)
                gateway unspecified instead_of=openai anthropic
            使用大模型生成回答。
                gateway unspecified
        "#]],
    );
}

#[test]
fn deploy_targets() {
    check(
        &[
            "Deployed on Fly.io with Postgres on Railway.",
            "Das Backend wird auf Hetzner mit Docker bereitgestellt.",
            "The render pass runs on the railway map.",
        ],
        expect![[r#"
            Deployed on Fly.io with Postgres on Railway.
                deploy fly
                deploy railway
            Das Backend wird auf Hetzner mit Docker bereitgestellt.
                deploy docker
                deploy hetzner
            The render pass runs on the railway map.
        "#]],
    );
}

#[test]
fn secrets_by_variable_and_by_service() {
    check(
        &[
            "```env\nNEXT_PUBLIC_STRIPE_SECRET_KEY=\nRESEND_API_KEY=\nPORT=3000\n```",
            "Emails are sent with Resend. SMS codes go through Twilio.",
        ],
        expect![[r#"
            ```env⏎NEXT_PUBLIC_STRIPE_SECRET_KEY=⏎RESEND_API_KEY=⏎PORT=3000⏎```
                secrets RESEND env=RESEND_API_KEY
                secrets STRIPE env=NEXT_PUBLIC_STRIPE_SECRET_KEY
            Emails are sent with Resend. SMS codes go through Twilio.
                functions email
                functions sms
                secrets RESEND
                secrets TWILIO
        "#]],
    );
}

#[test]
fn later_and_excluded_needs_stay_as_hints() {
    check(
        &[
            "- Google login (phase 2)\n- Push notifications are out of scope.",
            "Not supported:\n\n- online payments with Stripe\n- file uploads",
        ],
        expect![[r#"
            - Google login (phase 2)⏎- Push notifications are out of scope.
                ?auth google (later phase)
                ?functions push (out of scope)
            Not supported:⏎⏎- online payments with Stripe⏎- file uploads
                ?storage uploads (out of scope)
                ?secrets STRIPE (out of scope)
                ?payments stripe (out of scope)
                ?payments unspecified (out of scope)
        "#]],
    );
}

/// Unclosed marks and endless sentences cost no more than plain words: a quadratic reader would
/// take minutes.
#[test]
fn hostile_text_is_read_in_time() {
    let piece = "no or, stripe/paddle/ (e.g. https://x?y google 不 ";
    let pieces = [
        "stripe or ",
        "paypal/",
        "daily ",
        "api authentication ",
        "otp ",
        "Xa API ",
        "localstorage ",
    ];
    let texts = pieces.iter().map(|it| it.repeat(8_000));
    for text in texts.chain([piece.repeat(2_000), "[".repeat(40_000)]) {
        detect(&text);
    }
}

#[test]
fn what_is_done_by_itself_at_a_cadence_is_a_schedule() {
    check(
        &[
            "Every day at 08:00 the system emails borrowers whose loans are overdue.",
            "Prices are refreshed hourly from the supplier.",
            "Invoices are generated on the 1st of each month.",
            "Leaderboards reset weekly on Sunday at midnight.",
            "Nachts werden abgelaufene Reservierungen automatisch gelöscht.",
            "Chaque matin, le système envoie un récapitulatif aux responsables.",
            "Cada noche se actualizan los precios.",
            "Todo mês as faturas são geradas automaticamente.",
            "Раз в сутки обновляются курсы валют.",
            "Setiap hari Senin laporan dibuat secara otomatis.",
            "每天凌晨2点自动备份数据库。",
            "毎日0時に期限切れデータを削除する。",
            "매주 월요일 주간 리포트를 자동 생성한다.",
        ],
        expect![[r#"
            Every day at 08:00 the system emails borrowers whose loans are overdue.
                functions email
                schedules daily-email every=daily
            Prices are refreshed hourly from the supplier.
                schedules hourly-update every=hourly
            Invoices are generated on the 1st of each month.
                schedules monthly-billing every=monthly
            Leaderboards reset weekly on Sunday at midnight.
                schedules weekly-reset every=weekly
            Nachts werden abgelaufene Reservierungen automatisch gelöscht.
                schedules daily-cleanup every=daily
            Chaque matin, le système envoie un récapitulatif aux responsables.
                schedules daily-digest every=daily
            Cada noche se actualizan los precios.
                schedules daily-update every=daily
            Todo mês as faturas são geradas automaticamente.
                schedules monthly-billing every=monthly
            Раз в сутки обновляются курсы валют.
                schedules daily-update every=daily
            Setiap hari Senin laporan dibuat secara otomatis.
                schedules weekly-report every=weekly
            每天凌晨2点自动备份数据库。
                schedules daily-backup every=daily
            毎日0時に期限切れデータを削除する。
                schedules daily-cleanup every=daily
            매주 월요일 주간 리포트를 자동 생성한다.
                schedules weekly-report every=weekly
        "#]],
    );
}

#[test]
fn what_people_do_every_day_is_no_schedule() {
    check(
        &[
            "Users log their mood every day.",
            "The dashboard shows daily, weekly and monthly revenue.",
            "Checks the dashboard for daily/weekly/monthly totals.",
            "The client polls for updates every 5 seconds.",
            "El usuario registra sus gastos diarios.",
            "ユーザーは毎日の体重を記録する。",
        ],
        expect![[r#"
            Users log their mood every day.
            The dashboard shows daily, weekly and monthly revenue.
            Checks the dashboard for daily/weekly/monthly totals.
                ?schedules daily-check every=daily (in scope)
                ?schedules weekly-check every=weekly (in scope)
            The client polls for updates every 5 seconds.
                ?schedules every-5-seconds every=interval (in scope)
            El usuario registra sus gastos diarios.
            ユーザーは毎日の体重を記録する。
        "#]],
    );
}

#[test]
fn services_are_known_by_how_they_are_spoken_of() {
    check(
        &[
            "The server uses API keys for Acmeflow and Zendix.",
            "Parcels are tracked with the Trackora API. Labels come from the Trackora API, too.",
            "The REST API is documented in OpenAPI; the Canvas API draws the map.",
            "Calls arrive as Zendix webhooks.",
            "Rates come from the public Floria API, which needs no API key.",
        ],
        expect![[r#"
            The server uses API keys for Acmeflow and Zendix.
                secrets ACMEFLOW
                secrets ZENDIX
            Parcels are tracked with the Trackora API. Labels come from the Trackora API, too.
                secrets TRACKORA
            The REST API is documented in OpenAPI; the Canvas API draws the map.
            Calls arrive as Zendix webhooks.
                ?functions webhook (in scope)
                functions webhook:zendix
            Rates come from the public Floria API, which needs no API key.
        "#]],
    );
}

#[test]
fn builders_choose_between_providers_and_customers_between_methods() {
    check(
        &[
            "Pay with Stripe or Paddle.",
            "Accept Stripe or PayPal payments.",
            "Webhook updates the order in Firestore (source of truth: Stripe).",
        ],
        expect![[r#"
            Pay with Stripe or Paddle.
                ?secrets PADDLE instead_of=STRIPE (optional)
                ?secrets STRIPE instead_of=PADDLE (optional)
                ?payments paddle instead_of=stripe (optional)
                ?payments stripe instead_of=paddle (optional)
                payments unspecified instead_of=stripe paddle
            Accept Stripe or PayPal payments.
                secrets PAYPAL
                secrets STRIPE
                payments paypal
                payments stripe
            Webhook updates the order in Firestore (source of truth: Stripe).
                functions webhook:stripe
                ?secrets FIREBASE (in scope)
                secrets STRIPE
                payments stripe
                ?deploy firebase (in scope)
        "#]],
    );
}

#[test]
fn machines_that_authenticate_are_no_sign_in() {
    check(
        &[
            "Requests fail with authentication errors when the API token is missing.",
            "Users sign in using their work Microsoft account.",
            "OAuth providers (GitHub, Google, Discord) are supported.",
            "Users log in; passwords are stored as bcrypt hashes.",
            "Log in with a code sent by SMS.",
            "Legacy auth tables should be retired.",
        ],
        expect![[r#"
            Requests fail with authentication errors when the API token is missing.
            Users sign in using their work Microsoft account.
                auth microsoft
                people sign in
            OAuth providers (GitHub, Google, Discord) are supported.
                auth discord
                auth github
                auth google
                people sign in
            Users log in; passwords are stored as bcrypt hashes.
                auth email-password
                people sign in
            Log in with a code sent by SMS.
                auth phone-otp
                functions sms
                people sign in
            Legacy auth tables should be retired.
        "#]],
    );
}

#[test]
fn channels_need_other_people() {
    check(
        &[
            "Several people edit the same document.",
            "A multiplayer game for two players online.",
            "A multiplayer game on the same device.",
            "The total is recalculated in real time when the slider moves.",
            "Status changes are pushed over WebSocket.",
            "# App\n\n## Problem\n\nMembers coordinate in a group chat today.",
        ],
        expect![[r#"
            Several people edit the same document.
                realtime collab
            A multiplayer game for two players online.
                realtime game
            A multiplayer game on the same device.
            The total is recalculated in real time when the slider moves.
                ?realtime live-updates (in scope)
            Status changes are pushed over WebSocket.
                realtime live-updates
            # App⏎⏎## Problem⏎⏎Members coordinate in a group chat today.
                ?realtime chat (in scope)
        "#]],
    );
}

#[test]
fn files_are_kept_whatever_the_verb() {
    check(
        &[
            "Nutzer laden ein Profilbild hoch.",
            "L'utilisateur ajoute des photos à son annonce.",
            "Пользователь загружает фото товара.",
            "商家上传商品图片。",
            "The resume can be downloaded as PDF.",
        ],
        expect![[r#"
            Nutzer laden ein Profilbild hoch.
                storage avatars
            L'utilisateur ajoute des photos à son annonce.
                storage images
            Пользователь загружает фото товара.
                storage images
            商家上传商品图片。
                storage images
            The resume can be downloaded as PDF.
        "#]],
    );
}

#[test]
fn what_is_ticked_off_in_a_later_phase_is_there() {
    check(
        &[
            "# Shop\n\n## Phase 3\n\n- [x] Send receipts to customers by email\n- [ ] Send a push notification to customers",
            "# Bot\n\n## Version 2.1\n\n### 1. Ziel\n\nKunden erhalten eine E-Mail-Benachrichtigung.\n\n### 2. Daten\n\nBelege werden als PDF erzeugt.",
        ],
        expect![[r#"
            # Shop⏎⏎## Phase 3⏎⏎- [x] Send receipts to customers by email⏎- [ ] Send a push notification to customers
                functions email
                ?functions push (later phase)
            # Bot⏎⏎## Version 2.1⏎⏎### 1. Ziel⏎⏎Kunden erhalten eine E-Mail-Benachrichtigung.⏎⏎### 2. Daten⏎⏎Belege werden als PDF erzeugt.
                functions email
                functions pdf
        "#]],
    );
}

#[test]
fn spans_of_amounts_are_no_schedules() {
    check(
        &[
            "The system shall update the average monthly income of each user.",
            "El sistema actualiza el promedio semanal del usuario.",
            "The server sends a summary email every week.",
            "El servidor envía un resumen semanal por correo.",
        ],
        expect![[r#"
            The system shall update the average monthly income of each user.
            El sistema actualiza el promedio semanal del usuario.
            The server sends a summary email every week.
                schedules weekly-email every=weekly
            El servidor envía un resumen semanal por correo.
                functions email
                schedules weekly-digest every=weekly
        "#]],
    );
}

#[test]
fn a_model_that_types_is_not_present() {
    check(
        &[
            "While the AI assistant answers, a typing indicator is shown.",
            "Members see a typing indicator while others write.",
        ],
        expect![[r#"
            While the AI assistant answers, a typing indicator is shown.
                gateway unspecified
            Members see a typing indicator while others write.
                realtime presence
        "#]],
    );
}

#[test]
fn who_calls_the_product_and_who_wrote_it_is_no_model_of_its() {
    check(
        &[
            "An MCP-compatible client such as Claude calls the tools of the server.",
            "AI usage and governance: all AI-generated code must be reviewed.",
            "The API answers with error code INVALID_TOKEN.",
            "Users sign in with a one-time password (OTP) that is sent to their phone number by SMS.",
        ],
        expect![[r#"
            An MCP-compatible client such as Claude calls the tools of the server.
                ?secrets ANTHROPIC (example)
                ?gateway anthropic (example)
            AI usage and governance: all AI-generated code must be reviewed.
            The API answers with error code INVALID_TOKEN.
            Users sign in with a one-time password (OTP) that is sent to their phone number by SMS.
                auth phone-otp
                functions sms
                people sign in
        "#]],
    );
}

#[test]
fn numbers_of_requirements_are_no_vendor() {
    check(
        &[
            "- R2.1 Hosts upload and store their templates.\n- R2 Files that are stored get lost.\n",
            "Photos are uploaded and stored in R2.",
            "Se pueden subir fotografías de cada casa.",
        ],
        expect![[r#"
            - R2.1 Hosts upload and store their templates.⏎- R2 Files that are stored get lost.⏎
            Photos are uploaded and stored in R2.
                storage images
                ?secrets R2 (in scope)
            Se pueden subir fotografías de cada casa.
                storage images
        "#]],
    );
}

#[test]
fn a_word_that_looks_like_a_model_is_none() {
    check(
        &["Ai uitat parola? Ai nevoie de ajutor?", "AI writes a summary of each call."],
        expect![[r#"
        Ai uitat parola? Ai nevoie de ajutor?
        AI writes a summary of each call.
            ?gateway unspecified (in scope)
    "#]],
    );
}
