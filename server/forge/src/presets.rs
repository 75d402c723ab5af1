//! What compliance presets ask of the resources that are declared.
//!
//! Only what this file can show is asked for; see the guide for what each preset leaves to people.

use crate::resources::{Preset, Resources, SecondFactor, Visibility};

/// Something that a preset asks for and the file does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmet {
    /// Where it would stand.
    pub path: Vec<String>,
    /// `files are private`, as it goes on behind "asks that".
    pub wanted: String,
    /// Nothing stands there yet.
    pub is_absent: bool,
}

/// Regions of the European Union and the wider economic area, as hosts name them.
const EUROPEAN: &[&str] = &[
    "eu-",
    "europe-",
    "westeurope",
    "northeurope",
    "germany",
    "france",
    "sweden",
    "norway",
    "ams",
    "arn",
    "cdg",
    "fra",
    "mad",
    "otp",
    "waw",
    "dub",
    "fsn",
    "nbg",
    "hel",
    "bru",
    "eu",
];

/// Longest time between two values of a secret: 90 days.
/// Source: SOC 2 and PCI practice; PCI DSS v4 8.3.9 names 90 days for passwords.
const ROTATION_SECONDS_MAX: u64 = 90 * 86_400;

/// What `preset` asks for in vain.
#[must_use]
pub fn unmet(preset: Preset, resources: &Resources) -> Vec<Unmet> {
    match preset {
        Preset::Gdpr => regions(resources),
        Preset::Hipaa => {
            let mut out = private_files(resources);
            out.extend(second_factor(resources, SecondFactor::Required));
            out
        }
        Preset::Pci => rotation(resources),
        Preset::Soc2 => {
            let mut out = rotation(resources);
            out.extend(second_factor(resources, SecondFactor::Optional));
            out
        }
    }
}

fn path(parts: &[&str]) -> Vec<String> {
    parts.iter().map(|it| (*it).to_owned()).collect()
}

fn regions(resources: &Resources) -> Vec<Unmet> {
    let mut out = Vec::new();
    for (name, it) in &resources.deploy {
        let is_fine = it.region.as_deref().is_some_and(|region| {
            let region = region.to_ascii_lowercase();
            EUROPEAN.iter().any(|it| region.starts_with(it))
        });
        let is_own = it.target == Some(crate::resources::DeployTarget::Local) || name == "local";
        if !is_fine && !is_own {
            let wanted = format!("`{name}` names a region of the European Union");
            let is_absent = it.region.is_none();
            out.push(Unmet { path: path(&["deploy", name, "region"]), wanted, is_absent });
        }
    }
    out
}

fn private_files(resources: &Resources) -> Vec<Unmet> {
    let public = resources.storage.iter().filter(|it| it.1.visibility == Visibility::Public);
    let unmet = public.map(|(name, _)| Unmet {
        path: path(&["storage", name, "visibility"]),
        wanted: format!("the files of `{name}` are private"),
        is_absent: false,
    });
    unmet.collect()
}

fn second_factor(resources: &Resources, least: SecondFactor) -> Vec<Unmet> {
    let Some(auth) = &resources.auth else { return Vec::new() };
    let has = match auth.second_factor {
        Some(SecondFactor::Required) => true,
        Some(SecondFactor::Optional) => least == SecondFactor::Optional,
        Some(SecondFactor::Off) | None => false,
    };
    if has {
        return Vec::new();
    }
    let wanted = match least {
        SecondFactor::Required => "a second factor is required to sign in",
        _ => "a second factor is offered to people who sign in",
    };
    vec![Unmet {
        path: path(&["auth", "second_factor"]),
        wanted: wanted.to_owned(),
        is_absent: auth.second_factor.is_none(),
    }]
}

fn rotation(resources: &Resources) -> Vec<Unmet> {
    let late = resources
        .secrets
        .iter()
        .filter(|it| it.1.rotation.is_none_or(|it| it.seconds > ROTATION_SECONDS_MAX));
    let unmet = late.map(|(name, it)| Unmet {
        path: path(&["secrets", name, "rotation"]),
        wanted: format!("`{name}` gets a new value every 90 days"),
        is_absent: it.rotation.is_none(),
    });
    unmet.collect()
}
