//! Roles: what they grant and include.

use super::schema::{Action, KindIndex};
use super::{Pack, Tape, toml};

pub fn generate(pack: &mut Pack, tape: &mut Tape) {
    for at in 0..pack.schema.roles.len() {
        let role = pack.schema.roles[at].clone();
        let reach = pack.schema.with_below(&role.on);
        let reachable = |action: &&Action| action.on.iter().any(|kind| reach.contains(kind));
        let mut patterns: Vec<String> = pack.schema.actions.iter().filter(reachable).map(|action| action.name.clone()).collect();
        patterns.extend(["w.*", "v.a.*", "v.*"].map(str::to_owned));
        let grants = tape.some(&patterns, 18);
        let except = if tape.chance(40) { exceptions(pack, tape, &grants, &reach) } else { Vec::new() };
        let includes: Vec<&str> = role.includes.iter().map(|&role| pack.schema.roles[role].name.as_str()).collect();
        let (on, includes) = (toml::one_or_list(&pack.schema.names(&role.on)), toml::list(&includes));
        let mut metadata = pack.metadata(tape, true);
        metadata += &role.system.map(|system| format!("system = \"{system}\"\n")).unwrap_or_default();
        metadata += &format!("ids = {}\n", toml::list(&role.ids));
        pack.elements.push(format!(
            "[role.{}]\non = {on}\ngrants = {}\nexcept = {}\nincludes = {includes}\n{metadata}",
            role.name,
            toml::list(&grants),
            toml::list(&except),
        ));
    }
}

/// Names and patterns that take something out of the grants of a role. What they leave of a pattern lies within the role's reach, so
/// that it could be granted by its names too.
fn exceptions(pack: &Pack, tape: &mut Tape, grants: &[String], reach: &[KindIndex]) -> Vec<String> {
    let granted: Vec<String> = grants.iter().flat_map(|grant| pack.matching(grant)).collect();
    let takes_out = |pattern: &String| pack.matching(pattern).iter().any(|action| granted.contains(action));
    let patterns = granted.iter().cloned().chain(["w.*", "v.a.*", "v.*"].map(str::to_owned));
    let except = tape.some(&patterns.filter(takes_out).collect::<Vec<_>>(), 30);
    let excepted: Vec<String> = except.iter().flat_map(|pattern| pack.matching(pattern)).collect();
    let is_reached =
        |name: &String| pack.schema.actions.iter().any(|action| action.name == *name && action.on.iter().any(|kind| reach.contains(kind)));
    let hit = grants.iter().map(|grant| pack.matching(grant)).filter(|actions| actions.iter().any(|action| excepted.contains(action)));
    let is_whole = hit.flatten().all(|action| excepted.contains(&action) || is_reached(&action));
    if is_whole { except } else { Vec::new() }
}
