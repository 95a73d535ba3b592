//! Packs and worlds about which questions are hard. They are small; what grows is the work.

use std::fmt::Write as _;

/// Six mutual neighbours are looked for in a graph of five layers that has none, because nodes of one layer are no neighbours.
pub const CLIQUE: &str = r#"
[kind.user]
subject = true
[kind.node]
actions = ["read"]
[relation.edge]
ends = ["node", "node"]
[relation.friend]
ends = ["user"]
[rule.friends]
allow = ["node.read"]
if = 'friend(subject)'
[rule.clique]
deny = ["node.read"]
if = 'edge(a, b) and edge(a, c) and edge(b, c) and edge(a, d) and edge(b, d) and edge(c, d) and edge(a, e) and edge(b, e) and edge(c, e) and edge(d, e) and edge(a, f) and edge(b, f) and edge(c, f) and edge(d, f) and edge(e, f) and not edge(resource, f)'
"#;

/// So many nodes in five layers, with edges both ways between all nodes of different layers; and `user:u`.
pub fn layered(nodes: usize) -> String {
    let mut text = "[user.u]\n[[fact]]\nis = 'friend(user:u)'\n".to_owned();
    for node in 0..nodes {
        writeln!(text, "[node.n{node}]").expect("a string");
        for to in (0..nodes).filter(|to| to % 5 != node % 5) {
            writeln!(text, "[[fact]]\nis = 'edge(node:n{node}, node:n{to})'").expect("a string");
        }
    }
    text
}

/// Nested groups and teams, each group in the team of its number.
pub const NESTING: &str = r#"
[kind.user]
subject = true
[kind.group]
attributes.nested = { member-of = "group" }
[kind.team]
attributes.nested = { member-of = "team" }
actions = ["x"]
[relation.group-base]
ends = ["user", "group"]
[relation.group-member]
ends = ["user", "group"]
[implication.group-member]
if = 'group-base(s, o) or (group-base(s, a) and a in o)'
then = 'group-member(s, o)'
[relation.team-of-group]
ends = ["group", "team"]
[relation.team-base]
ends = ["user", "team"]
[implication.team-base]
if = 'team-of-group(v, o) and group-member(s, v)'
then = 'team-base(s, o)'
[relation.team-member]
ends = ["user", "team"]
[implication.team-member]
if = 'team-base(s, o) or (team-base(s, a) and a in o)'
then = 'team-member(s, o)'
[rule.t]
allow = ["team.x"]
if = 'team-member(subject, resource)'
"#;

/// So many groups and teams, each in the next; `user:in` in the first group, and `user:out` in none.
pub fn nested(depth: usize) -> String {
    let mut text = "[user.in]\n[user.out]\n[[fact]]\nis = 'group-base(user:in, group:0)'\n".to_owned();
    for here in 0..depth {
        for kind in ["group", "team"] {
            let nested = if here + 1 < depth { format!("nested = [\"{kind}:{}\"]\n", here + 1) } else { String::new() };
            writeln!(text, "[{kind}.{here}]\n{nested}").expect("a string");
        }
        writeln!(text, "[[fact]]\nis = 'team-of-group(group:{here}, team:{here})'").expect("a string");
    }
    text
}
