//! Puts each `there is one` at the smallest part of a condition that holds its variable.

use crate::policy::condition::Expr;
use crate::policy::variable::VarId;

/// All of them; flat, without what is always true.
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

/// One of them; flat, without what is never true.
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

/// Not it. A double `not` stays: what stands in it stands inside `not`, and is not used by whoever cites.
pub(super) fn negate(part: Expr) -> Expr {
    match part {
        Expr::True => Expr::False,
        Expr::False => Expr::True,
        part => Expr::Not(Box::new(part)),
    }
}

/// Binds every slot of `expr` but those `given` from outside (bits) and those that an `Exists` in it binds already.
pub(super) fn bind(expr: Expr, given: u32) -> Expr {
    let free = free_variables(&expr) & !given;
    bind_here(expr, free)
}

/// Binds `variables` (bits), all free in `expr`, as deep as they go. The `or` over all bindings passes through an `or`, and past those
/// parts of an `and` in which the variable does not stand; Kleene's `and` and `or` distribute.
fn bind_here(expr: Expr, variables: u32) -> Expr {
    if variables == 0 {
        return expr;
    }
    match expr {
        Expr::Or(parts) => {
            let bound = parts.into_iter().map(|part| {
                let own = free_variables(&part) & variables;
                bind_here(part, own)
            });
            any(bound.collect())
        }
        Expr::And(parts) => bind_all(parts, variables),
        Expr::Exists(mut inner, body) => {
            inner.extend(list(variables));
            inner.sort();
            Expr::Exists(inner, body)
        }
        expr => Expr::Exists(list(variables), Box::new(expr)),
    }
}

/// Splits an `and` into groups that share variables; each group is bound by itself, at the place of its first part. What stands in one
/// part alone, and that is an `or`, is bound in its branches: the others need nobody of whom only one speaks.
fn bind_all(parts: Vec<Expr>, variables: u32) -> Expr {
    let shared = shared(&parts) & variables;
    let mut groups: Vec<(u32, Vec<(usize, Expr)>)> = Vec::new();
    for (at, part) in parts.into_iter().enumerate() {
        let part = match part {
            Expr::Or(_) => {
                let own = free_variables(&part) & variables & !shared;
                bind_here(part, own)
            }
            part => part,
        };
        let mut used = free_variables(&part) & variables;
        let mut members = vec![(at, part)];
        let joined: Vec<_> = groups.extract_if(.., |(theirs, _)| *theirs & used != 0).collect();
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
            _ if used == 0 => Expr::And(parts),
            _ => Expr::Exists(list(used), Box::new(Expr::And(parts))),
        }
    });
    all(bound.collect())
}

/// The slots that are free in more than one of the parts, as bits.
fn shared(parts: &[Expr]) -> u32 {
    let (mut once, mut twice) = (0, 0);
    for part in parts {
        let free = free_variables(part);
        twice |= once & free;
        once |= free;
    }
    twice
}

fn list(variables: u32) -> Vec<VarId> {
    VarId::of_bits(variables).collect()
}

/// The slots of `expr` that no `Exists` in it binds, as bits.
pub(super) fn free_variables(expr: &Expr) -> u32 {
    match expr {
        Expr::True | Expr::False | Expr::Toggle(..) => 0,
        Expr::And(parts) | Expr::Or(parts) => parts.iter().fold(0, |variables, part| variables | free_variables(part)),
        Expr::Not(part) => free_variables(part),
        Expr::Exists(bound, body) => bound.iter().fold(free_variables(body), |variables, &variable| variables & !variable.bit()),
        Expr::Atom(atom) => atom.kind.variables().bits(),
    }
}
