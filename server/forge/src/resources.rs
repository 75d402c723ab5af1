//! What `forge.yaml` can declare, as types; the JSON schema, completion and hovers are drawn from
//! them, so their doc comments are read by authors.

mod amounts;
mod policy;
mod target;

pub use crate::resources::amounts::{Bytes, Period};
pub use crate::resources::policy::AccessWord;
pub use crate::resources::target::Target;

use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The backend of a workspace, besides its tables, as `forge/forge.yaml` declares it.
///
/// Tables are declared in `forge/migrations`. Each part is left out where it is not needed.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Resources {
    /// Version of this format: 1.
    #[schemars(range(min = 1, max = 1))]
    pub version: Option<u32>,
    /// How people sign in.
    pub auth: Option<Auth>,
    /// Buckets of files, by name.
    pub storage: BTreeMap<String, Bucket>,
    /// Server functions and webhooks, by name.
    pub functions: BTreeMap<String, Function>,
    /// What runs by the clock, by name.
    pub schedules: BTreeMap<String, Schedule>,
    /// Names of secrets, in the form of environment variables. Values never stand here: they are
    /// kept in the vault.
    pub secrets: BTreeMap<String, Secret>,
    /// Payment providers, by name: `stripe`, `paddle`, `lemon-squeezy` …
    pub payments: BTreeMap<String, Payments>,
    /// Channels that clients subscribe to, by name.
    pub realtime: BTreeMap<String, Channel>,
    /// Search over embeddings, by name.
    pub vector: BTreeMap<String, VectorSearch>,
    /// Calls to language and other models.
    pub gateway: Option<Gateway>,
    /// Where it is deployed to, by the name of the environment or host.
    pub deploy: BTreeMap<String, Deploy>,
    /// Checks of what is declared against the words of a regulation. They find what is missing
    /// here, and prove nothing about an organisation.
    pub compliance: Vec<Preset>,
}

/// How people sign in.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Auth {
    /// Whether people sign in at all; who is not signed in sees what policies let a guest see.
    pub required: bool,
    /// Ways to sign in, by name: `google`, `magic-link`, `email-password`, `passkey` …
    pub providers: BTreeMap<String, Provider>,
    /// Addresses that a sign-in may lead back to, written in full.
    pub redirects: Vec<String>,
    /// The table whose rows are the people.
    #[schemars(extend("x-reference" = "tables"))]
    pub users: Option<String>,
    /// Roles that a policy can name.
    pub roles: Vec<String>,
    /// Whether a second factor is asked for.
    pub second_factor: Option<SecondFactor>,
    /// How long a sign-in lasts.
    pub session: Option<Session>,
}

/// A way to sign in.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Provider {
    /// What the provider calls this application; it is no secret.
    pub client_id: Option<String>,
    /// The secret that proves this application to the provider.
    #[schemars(extend("x-reference" = "secrets"))]
    pub client_secret: Option<String>,
    /// The address of an OpenID provider.
    #[schemars(regex(pattern = r"^https://"))]
    pub issuer: Option<String>,
    /// What is asked of the provider besides who it is.
    pub scopes: Vec<String>,
    /// Who messages with links or codes come from.
    pub sender: Option<String>,
}

/// Whether a second factor is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SecondFactor {
    Off,
    Optional,
    Required,
}

/// How long a sign-in lasts.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Session {
    /// How long a token is good for.
    pub access: Option<Period>,
    /// How long it can be renewed.
    pub refresh: Option<Period>,
}

/// A bucket of files.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    /// Whether everyone who has the address may read a file.
    pub visibility: Visibility,
    /// The largest file.
    #[serde(default)]
    pub size: Option<Bytes>,
    /// Media types that are taken, such as `image/png` or `image/*`; all when left out.
    #[serde(default)]
    pub types: Vec<MediaType>,
    /// Who may read and write files: `own-row` is who put them there.
    #[serde(default)]
    pub policy: Option<AccessWord>,
    /// How long a signed address is good for.
    #[serde(default)]
    pub signed_for: Option<Period>,
}

/// Who may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Visibility {
    /// By policy, or with a signed address.
    Private,
    /// Everyone.
    Public,
}

/// A media type, such as `image/png`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct MediaType(
    #[schemars(regex(pattern = r"^[a-z]+/(\*|[a-z0-9][a-z0-9.+-]*)$"))] pub String,
);

/// A server function.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Function {
    /// What runs it.
    pub runtime: Runtime,
    /// What starts it.
    pub trigger: Trigger,
    /// The file it starts in; `forge/functions/NAME` with the runtime's ending when left out.
    #[serde(default)]
    pub entry: Option<String>,
    /// The path that it answers, for `http` and `webhook`.
    #[serde(default)]
    #[schemars(regex(pattern = r"^/[^\s?#]*$"))]
    pub route: Option<String>,
    /// The HTTP method that it answers; POST when left out.
    #[serde(default)]
    pub method: Option<Method>,
    /// The service that calls a webhook, whose signatures are known.
    #[serde(default)]
    pub provider: Option<String>,
    /// The secret that a webhook's signature is checked with.
    #[serde(default)]
    #[schemars(extend("x-reference" = "secrets"))]
    pub verify: Option<String>,
    /// Whether only people who are signed in may call it.
    #[serde(default)]
    pub sign_in: Option<bool>,
    /// Secrets that it may read.
    #[serde(default)]
    pub secrets: Vec<SecretName>,
    /// The table whose changes start it, for `event`.
    #[serde(default)]
    #[schemars(extend("x-reference" = "tables"))]
    pub table: Option<String>,
    /// How long it may take.
    #[serde(default)]
    pub timeout: Option<Period>,
    /// How much memory it may take.
    #[serde(default)]
    pub memory: Option<Bytes>,
}

/// The name of a declared secret.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct SecretName(#[schemars(extend("x-reference" = "secrets"))] pub String);

/// What runs a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Runtime {
    /// TypeScript or JavaScript.
    Bun,
    /// TypeScript or JavaScript with permissions.
    Deno,
    /// Python 3.
    Python,
}

/// What starts a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Trigger {
    /// A request of a client.
    Http,
    /// A request of another service, which is signed.
    Webhook,
    /// The clock: a schedule whose target it is.
    Schedule,
    /// A change of a table's rows.
    Event,
}

/// An HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

/// What runs by the clock.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// When it runs, in five fields (minute, hour, day of the month, month, day of the week), or
    /// six with seconds first.
    #[schemars(extend("x-cron" = true))]
    pub cron: String,
    /// The time zone of the cron, such as `Europe/Berlin`; UTC when left out.
    #[serde(default)]
    #[schemars(extend("x-zone" = true))]
    pub zone: Option<String>,
    /// What runs: `functions/NAME`, `events/NAME`, or an `https://` address.
    pub target: Target,
    /// How often a failed run is tried again.
    #[serde(default)]
    #[schemars(range(min = 0, max = 10))]
    pub retries: Option<u32>,
    /// How long a run may take.
    #[serde(default)]
    pub timeout: Option<Period>,
}

/// A secret: its name is the key, its value is in the vault.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Secret {
    /// After how long a new value is due, such as `90d`.
    pub rotation: Option<Period>,
    /// What it is for.
    pub about: Option<String>,
    /// The deploy targets that need a value of their own.
    pub needed_in: Vec<DeployName>,
}

/// The name of a declared deploy target.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct DeployName(#[schemars(extend("x-reference" = "deploy"))] pub String);

/// What is paid, and how it is told.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Payments {
    /// Whether money moves; `test` when left out.
    pub mode: Option<PaymentMode>,
    /// The key of the provider's interface.
    #[schemars(extend("x-reference" = "secrets"))]
    pub secret_key: Option<String>,
    /// The function that hears of payments.
    #[schemars(extend("x-reference" = "functions"))]
    pub webhook: Option<String>,
    /// What is sold, by name.
    pub products: BTreeMap<String, Product>,
}

/// Whether money moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PaymentMode {
    Test,
    Live,
}

/// Something that is sold.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Product {
    /// In the smallest unit of the currency: cents.
    #[schemars(range(min = 0))]
    pub amount: Option<u64>,
    /// Three letters, such as `eur`.
    #[schemars(regex(pattern = r"^[a-z]{3}$"))]
    pub currency: Option<String>,
    /// How often it is paid; once when left out.
    pub interval: Option<Interval>,
}

/// How often a product is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Interval {
    Day,
    Week,
    Month,
    Year,
}

/// A channel that clients subscribe to.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Channel {
    /// The table whose changes are told; who may see a row hears of it.
    #[schemars(extend("x-reference" = "tables"))]
    pub table: Option<String>,
    /// Who may listen and send where no table decides it.
    pub policy: Option<AccessWord>,
    /// Whether it tells who is there.
    pub presence: Option<bool>,
    /// How many messages a newcomer is sent.
    #[schemars(range(min = 0, max = 10_000))]
    pub history: Option<u32>,
}

/// Search over embeddings.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct VectorSearch {
    /// The table that is searched.
    #[schemars(extend("x-reference" = "tables"))]
    pub table: Option<String>,
    /// Its column of vectors.
    pub column: Option<String>,
    /// How long a vector is.
    #[schemars(range(min = 1, max = 16_000))]
    pub dimensions: Option<u32>,
    /// How far apart two vectors are; `cosine` when left out.
    pub metric: Option<Metric>,
    /// The model that makes the vectors.
    pub model: Option<String>,
}

/// How far apart two vectors are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Metric {
    Cosine,
    Euclidean,
    InnerProduct,
}

/// Calls to language and other models.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Gateway {
    /// Who answers, by name: `anthropic`, `openai`, `ollama` …
    pub providers: BTreeMap<String, ModelProvider>,
    /// What may be spent; calls beyond it are refused.
    pub budget: Option<Budget>,
}

/// Somebody who answers calls to models.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ModelProvider {
    /// The secret that calls are paid with.
    #[schemars(extend("x-reference" = "secrets"))]
    pub key: Option<String>,
    /// Where it is, when it is none of the known ones.
    #[schemars(regex(pattern = r"^https?://"))]
    pub url: Option<String>,
    /// Models that may be called; all when left out.
    pub models: Vec<String>,
}

/// What may be spent on models.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Budget {
    /// US dollars a day, over all users.
    #[schemars(range(min = 0))]
    pub usd_per_day: Option<f64>,
    /// US dollars a month, over all users.
    #[schemars(range(min = 0))]
    pub usd_per_month: Option<f64>,
    /// Tokens a day of one user.
    #[schemars(range(min = 0))]
    pub tokens_per_user_and_day: Option<u64>,
}

/// Where it is deployed to.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Deploy {
    /// Who runs it; the entry's own name when left out.
    pub target: Option<DeployTarget>,
    /// Where, in the host's words: `fra`, `eu-central-1` …
    pub region: Option<String>,
    /// What the host calls the application.
    pub app: Option<String>,
    /// The address that people open.
    #[schemars(regex(pattern = r"^https?://"))]
    pub url: Option<String>,
}

/// Who runs a deployed application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DeployTarget {
    /// Containers on a machine of your own.
    Local,
    Docker,
    Fly,
    Railway,
    Render,
    Vercel,
    Netlify,
    Cloudflare,
    Heroku,
    Aws,
    Gcp,
    Azure,
    Hetzner,
    Digitalocean,
    Kubernetes,
    Other,
}

/// A regulation whose words are held against what is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// Personal data of people in the European Union.
    Gdpr,
    /// Health data in the United States.
    Hipaa,
    /// Cards: numbers never reach this backend.
    Pci,
    /// Trust services: rotation, second factor, budgets.
    Soc2,
}

impl Preset {
    /// The word in the file.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Gdpr => "gdpr",
            Self::Hipaa => "hipaa",
            Self::Pci => "pci",
            Self::Soc2 => "soc2",
        }
    }
}
