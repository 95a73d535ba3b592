//! The sides of a difference, as they were given: for the answer to repeat.

use crate::diag::phrases::all_of;
use crate::eval::Decider;
use crate::plan::Context;
use crate::policy::Policy;
use serde::Serialize;
use std::path::PathBuf;

/// Both sides as they were given, and as they were taken.
#[derive(Serialize)]
pub(super) struct DiffGiven {
    /// What was.
    pub(super) old: GivenSide,
    /// What is instead.
    pub(super) new: GivenSide,
}

/// A side as it was given: its pack and worlds; its dates and toggles as they were taken.
#[derive(Serialize)]
pub(super) struct GivenSide {
    #[serde(skip_serializing_if = "Option::is_none")]
    policies: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    world: Vec<String>,
    at: String,
    #[serde(rename = "policy-at")]
    policy_at: String,
    toggles: Vec<String>,
}

/// Dates and toggles in words: `2021-10-22, by the rules of 2022-02-01, with late`.
pub(super) fn asked_of(policy: &Policy, context: &Context) -> String {
    let mut text = context.at.to_string();
    if context.policy_at != context.at {
        text = format!("{text}, under the rules of {}", context.policy_at);
    }
    let on = toggles(policy, context);
    if on.is_empty() { text } else { format!("{text}, with {}", on.join(", ")) }
}

fn toggles(policy: &Policy, context: &Context) -> Vec<String> {
    let on = policy.toggles.iter().filter(|(id, _)| context.is_on(*id));
    on.map(|(_, toggle)| toggle.meta.name.clone()).collect()
}

/// Worlds in words: `world a.toml and b.toml`.
pub(super) fn worlds_named(paths: &[PathBuf]) -> String {
    if paths.is_empty() { "no world".to_owned() } else { format!("world {}", all_of(paths.iter().map(|path| path.to_string_lossy()))) }
}

impl GivenSide {
    pub(super) fn of(policies: Option<&PathBuf>, worlds: &[PathBuf], decider: &Decider<'_>) -> GivenSide {
        let path = |path: &PathBuf| path.to_string_lossy().into_owned();
        GivenSide {
            policies: policies.map(path),
            world: worlds.iter().map(path).collect(),
            at: decider.context.at.to_string(),
            policy_at: decider.context.policy_at.to_string(),
            toggles: toggles(&decider.compiled.policy, &decider.context),
        }
    }
}
