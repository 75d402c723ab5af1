use model::{Need, NeedKind};

/// A thing that a spec can ask for, by kind and name: `tables/users`, `auth/google`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Primitive {
    /// `tables`, or the word of a kind of need.
    pub kind: &'static str,
    pub name: String,
}

impl Primitive {
    #[must_use]
    pub fn table(name: &str) -> Self {
        Self { kind: "tables", name: name.to_owned() }
    }

    #[must_use]
    pub fn need(need: &Need) -> Self {
        Self { kind: need.kind.word(), name: need.name.clone() }
    }
}

impl std::fmt::Display for Primitive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.kind, self.name)
    }
}

/// The keys in `forge.yaml` that a need is declared under, from the root; a service with several
/// secrets has several.
#[must_use]
pub fn key_of(need: &Need) -> Vec<Vec<String>> {
    let path = |parts: &[&str]| vec![parts.iter().map(|it| (*it).to_owned()).collect()];
    match need.kind {
        NeedKind::Auth => path(&["auth", "providers", &need.name]),
        NeedKind::Gateway => path(&["gateway", "providers", &need.name]),
        NeedKind::Function => path(&["functions", &function_name(&need.name)]),
        NeedKind::Secret => {
            secret_names(need).into_iter().map(|it| vec!["secrets".to_owned(), it]).collect()
        }
        kind => path(&[kind.word(), &need.name]),
    }
}

/// `stripe-webhook` for `webhook:stripe`.
pub(super) fn function_name(name: &str) -> String {
    match name.strip_prefix("webhook:") {
        Some(provider) => format!("{provider}-webhook"),
        None => name.to_owned(),
    }
}

/// Prefixes of variables that bundlers copy into the client: what has one is no secret.
const EXPOSED: [&str; 9] = [
    "VITE_",
    "NEXT_PUBLIC_",
    "EXPO_PUBLIC_",
    "REACT_APP_",
    "NUXT_PUBLIC_",
    "GATSBY_",
    "VUE_APP_",
    "SNOWPACK_PUBLIC_",
    "PUBLIC_",
];

/// The variables of a secret: as the spec names them, else `NAME_API_KEY`.
pub(super) fn secret_names(need: &Need) -> Vec<String> {
    let is_kept = |it: &&str| !EXPOSED.iter().any(|prefix| it.starts_with(prefix));
    let named: Vec<String> = need
        .attribute("env")
        .into_iter()
        .flat_map(|it| it.split(' '))
        .filter(is_kept)
        .filter(|it| !it.is_empty())
        .map(str::to_owned)
        .collect();
    if !named.is_empty() {
        return named;
    }
    let name: String = need
        .name
        .chars()
        .map(|it| if it.is_ascii_alphanumeric() { it.to_ascii_uppercase() } else { '_' })
        .collect();
    vec![format!("{name}_API_KEY")]
}
