//! What services ask of the one who uses them: names of secrets, webhooks, callbacks. Data only.
//!
//! Source: the vendors' own quick starts; names of variables are those of their samples.

use model::Need;

/// What has to be set up for a service.
#[derive(Debug)]
pub(super) struct Vendor {
    /// As in [`Need::name`], without prefixes such as `webhook:`.
    name: &'static str,
    pub(super) secrets: &'static [&'static str],
    /// Values that a client may see.
    pub(super) public: &'static [&'static str],
    /// How a webhook of theirs is verified.
    pub(super) webhook: Option<&'static str>,
    /// What sign-in with them redirects to.
    pub(super) callback: Option<&'static str>,
}

/// The service that a need names.
pub(super) fn of(need: &Need) -> Option<&'static Vendor> {
    let name = need.name.rsplit(':').next().unwrap_or(&need.name).to_lowercase().replace('_', "-");
    VENDORS.iter().find(|it| it.name == name)
}

const REDIRECT: Option<&str> =
    Some("one redirect address for each environment, registered with them");

const fn oauth(name: &'static str, secrets: &'static [&'static str]) -> Vendor {
    Vendor { name, secrets, public: &[], webhook: None, callback: REDIRECT }
}

const fn pay(
    name: &'static str,
    secrets: &'static [&'static str],
    public: &'static [&'static str],
    webhook: &'static str,
) -> Vendor {
    Vendor { name, secrets, public, webhook: Some(webhook), callback: None }
}

const fn keyed(name: &'static str, secrets: &'static [&'static str]) -> Vendor {
    Vendor { name, secrets, public: &[], webhook: None, callback: None }
}

#[rustfmt::skip]
static VENDORS: &[Vendor] = &[
    pay("stripe", &["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"], &["STRIPE_PUBLISHABLE_KEY"], "verify `Stripe-Signature`"),
    pay("paddle", &["PADDLE_API_KEY", "PADDLE_WEBHOOK_SECRET"], &["PADDLE_CLIENT_TOKEN"], "verify `Paddle-Signature`"),
    pay("lemon-squeezy", &["LEMONSQUEEZY_API_KEY", "LEMONSQUEEZY_WEBHOOK_SECRET"], &["LEMONSQUEEZY_STORE_ID"], "verify `X-Signature`"),
    pay("paypal", &["PAYPAL_CLIENT_SECRET", "PAYPAL_WEBHOOK_ID"], &["PAYPAL_CLIENT_ID"], "verify `Paypal-Transmission-Sig`"),
    pay("razorpay", &["RAZORPAY_KEY_SECRET", "RAZORPAY_WEBHOOK_SECRET"], &["RAZORPAY_KEY_ID"], "verify `X-Razorpay-Signature`"),
    pay("square", &["SQUARE_ACCESS_TOKEN", "SQUARE_WEBHOOK_SIGNATURE_KEY"], &["SQUARE_APPLICATION_ID"], "verify `x-square-hmacsha256-signature`"),
    pay("adyen", &["ADYEN_API_KEY", "ADYEN_HMAC_KEY"], &["ADYEN_CLIENT_KEY"], "verify `hmacSignature`"),
    pay("mollie", &["MOLLIE_API_KEY"], &[], "unsigned: ask their API for the payment that it names"),
    pay("polar", &["POLAR_ACCESS_TOKEN", "POLAR_WEBHOOK_SECRET"], &[], "verify `webhook-signature`"),
    oauth("google", &["GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"]),
    oauth("github", &["GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET"]),
    oauth("gitlab", &["GITLAB_CLIENT_ID", "GITLAB_CLIENT_SECRET"]),
    oauth("microsoft", &["MICROSOFT_CLIENT_ID", "MICROSOFT_CLIENT_SECRET", "MICROSOFT_TENANT_ID"]),
    oauth("facebook", &["FACEBOOK_CLIENT_ID", "FACEBOOK_CLIENT_SECRET"]),
    oauth("twitter", &["TWITTER_CLIENT_ID", "TWITTER_CLIENT_SECRET"]),
    oauth("linkedin", &["LINKEDIN_CLIENT_ID", "LINKEDIN_CLIENT_SECRET"]),
    oauth("discord", &["DISCORD_CLIENT_ID", "DISCORD_CLIENT_SECRET"]),
    oauth("slack", &["SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"]),
    oauth("spotify", &["SPOTIFY_CLIENT_ID", "SPOTIFY_CLIENT_SECRET"]),
    oauth("twitch", &["TWITCH_CLIENT_ID", "TWITCH_CLIENT_SECRET"]),
    oauth("kakao", &["KAKAO_CLIENT_ID", "KAKAO_CLIENT_SECRET"]),
    oauth("naver", &["NAVER_CLIENT_ID", "NAVER_CLIENT_SECRET"]),
    oauth("line", &["LINE_CLIENT_ID", "LINE_CLIENT_SECRET"]),
    oauth("auth0", &["AUTH0_DOMAIN", "AUTH0_CLIENT_ID", "AUTH0_CLIENT_SECRET"]),
    Vendor { name: "apple", secrets: &["APPLE_CLIENT_ID", "APPLE_TEAM_ID", "APPLE_KEY_ID", "APPLE_PRIVATE_KEY"], public: &[], webhook: None, callback: Some("an https address that takes a form post; localhost is refused") },
    Vendor { name: "clerk", secrets: &["CLERK_SECRET_KEY"], public: &["CLERK_PUBLISHABLE_KEY"], webhook: None, callback: None },
    Vendor { name: "saml", secrets: &["SAML_CERTIFICATE"], public: &["SAML_ENTITY_ID", "SAML_SSO_URL"], webhook: None, callback: Some("an assertion consumer address, given to the identity provider") },
    Vendor { name: "passkey", secrets: &[], public: &["PASSKEY_RP_ID"], webhook: None, callback: Some("none: the relying party id is the site's domain, and changing it voids every passkey") },
    Vendor { name: "magic-link", secrets: &[], public: &[], webhook: None, callback: Some("the address in the mail; it needs a mail service, an expiry and a single use") },
    keyed("openai", &["OPENAI_API_KEY"]),
    keyed("anthropic", &["ANTHROPIC_API_KEY"]),
    keyed("gemini", &["GEMINI_API_KEY"]),
    keyed("mistral", &["MISTRAL_API_KEY"]),
    keyed("groq", &["GROQ_API_KEY"]),
    keyed("cohere", &["COHERE_API_KEY"]),
    keyed("openrouter", &["OPENROUTER_API_KEY"]),
    keyed("replicate", &["REPLICATE_API_TOKEN"]),
    keyed("hugging-face", &["HF_TOKEN"]),
    keyed("resend", &["RESEND_API_KEY"]),
    keyed("sendgrid", &["SENDGRID_API_KEY"]),
    keyed("postmark", &["POSTMARK_SERVER_TOKEN"]),
    keyed("mailgun", &["MAILGUN_API_KEY", "MAILGUN_DOMAIN"]),
    keyed("twilio", &["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"]),
    keyed("pinecone", &["PINECONE_API_KEY"]),
    keyed("ably", &["ABLY_API_KEY"]),
    Vendor { name: "pusher", secrets: &["PUSHER_APP_ID", "PUSHER_SECRET"], public: &["PUSHER_KEY", "PUSHER_CLUSTER"], webhook: None, callback: None },
    keyed("vercel", &["VERCEL_TOKEN"]),
    keyed("netlify", &["NETLIFY_AUTH_TOKEN"]),
    keyed("fly", &["FLY_API_TOKEN"]),
    keyed("railway", &["RAILWAY_TOKEN"]),
    keyed("render", &["RENDER_API_KEY"]),
    keyed("cloudflare", &["CLOUDFLARE_API_TOKEN", "CLOUDFLARE_ACCOUNT_ID"]),
];
