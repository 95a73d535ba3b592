//! Miniscoping: each `Exists` is put around the smallest part of a condition that has its variable.

use crate::policy::condition::Expr;
use crate::policy::variable::VarSet;

/// The conjunction of the parts: flat, and without parts that are always true.
pub(super) fn all(parts: Vec<Expr>) -> Expr {
    let mut flat = Vec::new();
    for part in parts {
        match part {
            Expr::True => {}
            Expr::And(more) => flat.extend(more),
            part => flat.push(part),
        }
    }
    match flat.len() {
        0 => Expr::True,
        1 => flat.remove(0),
        _ => Expr::And(flat),
    }
}

/// The disjunction of the parts: flat, and without parts that are never true.
pub(super) fn any(parts: Vec<Expr>) -> Expr {
    let mut flat = Vec::new();
    for part in parts {
        match part {
            Expr::False => {}
            Expr::Or(more) => flat.extend(more),
            part => flat.push(part),
        }
    }
    match flat.len() {
        0 => Expr::False,
        1 => flat.remove(0),
        _ => Expr::Or(flat),
    }
}

/// The negation of the part. A double `not` is kept, since claims of implications inside a `not` are not cited.
pub(super) fn negate(part: Expr) -> Expr {
    match part {
        Expr::True => Expr::False,
        Expr::False => Expr::True,
        part => Expr::Not(Box::new(part)),
    }
}

/// Binds every variable of `expr` except those that are `given` from outside and those that an `Exists` in it binds already.
pub(super) fn bind(expr: Expr, given: VarSet) -> Expr {
    let free = expr.free_variables() - given;
    bind_here(expr, free)
}

/// Binds `variables`, all free in `expr`, as deep as possible. An `Exists` is a disjunction over all values, so it distributes over `or`,
/// and over the parts of an `and` that do not have the variable; this holds in Kleene's logic too.
fn bind_here(expr: Expr, variables: VarSet) -> Expr {
    if variables.is_empty() {
        return expr;
    }
    match expr {
        Expr::Or(parts) => {
            let bound = parts.into_iter().map(|part| {
                let own = part.free_variables() & variables;
                bind_here(part, own)
            });
            any(bound.collect())
        }
        Expr::And(parts) => bind_all(parts, variables),
        Expr::Exists(mut inner, body) => {
            inner.extend(variables.iter());
            inner.sort();
            Expr::Exists(inner, body)
        }
        expr => Expr::Exists(variables.iter().collect(), Box::new(expr)),
    }
}

/// Splits an `and` into groups of parts that share variables, and binds each group by itself, in the position of its first part. A variable
/// of a single part that is an `or` is bound in the branches that have it: the other branches need no value of it.
fn bind_all(parts: Vec<Expr>, variables: VarSet) -> Expr {
    let shared = shared(&parts) & variables;
    let mut groups: Vec<(VarSet, Vec<(usize, Expr)>)> = Vec::new();
    for (at, part) in parts.into_iter().enumerate() {
        let part = match part {
            Expr::Or(_) => {
                let own = (part.free_variables() & variables) - shared;
                bind_here(part, own)
            }
            part => part,
        };
        let mut used = part.free_variables() & variables;
        let mut members = vec![(at, part)];
        let joined: Vec<_> = groups.extract_if(.., |(theirs, _)| theirs.meets(used)).collect();
        for (theirs, more) in joined {
            used |= theirs;
            members.extend(more);
        }
        members.sort_by_key(|(at, _)| *at);
        groups.push((used, members));
    }
    groups.sort_by_key(|(_, members)| members[0].0);
    let bound = groups.into_iter().map(|(used, members)| {
        let mut parts: Vec<Expr> = members.into_iter().map(|(_, part)| part).collect();
        match parts.len() {
            1 => bind_here(parts.remove(0), used),
            _ if used.is_empty() => Expr::And(parts),
            _ => Expr::Exists(used.iter().collect(), Box::new(Expr::And(parts))),
        }
    });
    all(bound.collect())
}

/// The variables that are free in more than one of the parts.
fn shared(parts: &[Expr]) -> VarSet {
    let (mut once, mut twice) = (VarSet::EMPTY, VarSet::EMPTY);
    for part in parts {
        let free = part.free_variables();
        twice |= once & free;
        once |= free;
    }
    twice
}
