//! Of which kind a principal is, where its row does not say: of that in which another row declares its id.

use super::{first_of, warning};
use crate::diag::phrases::counted;
use crate::diag::{Code, Diagnostic};
use crate::import::gathered::{Gathered, Line};
use crate::import::mapping::Kinds;
use crate::import::shown;
use crate::import::terms::TermId;
use crate::policy::Policy;
use rustc_hash::{FxHashMap, FxHashSet};

/// The entities that a term of several kinds may be, and whether it is the first of them for sure.
type Resolved = FxHashMap<TermId, (Vec<TermId>, bool)>;

/// Replaces each term of several kinds by the entity that it is. What is said of a principal that may be several is unknown of each.
pub(super) fn resolve(policy: &Policy, gathered: &mut Gathered, diagnostics: &mut Vec<Diagnostic>) {
    let declared: FxHashSet<TermId> = gathered.declared.iter().map(|declared| declared.entity).collect();
    let mut resolved = Resolved::default();
    let (mut guessed, mut several) = (Vec::new(), Vec::new());
    for term in gathered.terms.all() {
        let Some(kinds) = gathered.terms.kinds(term).filter(|kinds| !matches!(kinds, Kinds::One(_))).cloned() else { continue };
        let id = gathered.terms.text(term).to_owned();
        let known: Vec<TermId> =
            kinds.all().iter().filter_map(|&kind| gathered.terms.find(kind, &id)).filter(|entity| declared.contains(entity)).collect();
        let named = |gathered: &Gathered, entity: TermId| {
            let (kind, id) = gathered.entity(entity).expect("it is an entity of one kind");
            shown::named(policy, kind, id)
        };
        let outcome = match (&kinds, known.as_slice()) {
            (Kinds::Declared(_), [one]) => (vec![*one], true),
            (Kinds::Declared(all), []) => {
                let first = gathered.terms.entity(all[0], &id);
                guessed.push(named(gathered, first));
                (vec![first], true)
            }
            (Kinds::Declared(_), _) => {
                several.push(named(gathered, known[0]));
                (known, false)
            }
            (_, []) => (kinds.all().iter().map(|&kind| gathered.terms.entity(kind, &id)).collect(), false),
            (_, _) => (known, false),
        };
        resolved.insert(term, outcome);
    }
    if resolved.is_empty() {
        return;
    }
    report(&mut guessed, &mut several, diagnostics);
    let why = gathered.reason("the export does not say what the principal is");
    let (facts, unknown, doubts) =
        (std::mem::take(&mut gathered.facts), std::mem::take(&mut gathered.unknown), std::mem::take(&mut gathered.doubts));
    for line in facts {
        let (lines, sure) = expanded(&resolved, line);
        if sure {
            gathered.facts.extend(lines);
        } else {
            gathered.unknown.extend(lines.into_iter().map(|line| Line { why, ..line }));
        }
    }
    gathered.unknown.extend(unknown.into_iter().flat_map(|line| expanded(&resolved, line).0));
    gathered.doubts.extend(doubts.into_iter().flat_map(|line| expanded(&resolved, line).0));
    gathered.declared.retain_mut(|declared| match resolved.get(&declared.entity) {
        Some((entities, true)) => {
            declared.entity = entities[0];
            true
        }
        Some(_) => false,
        None => true,
    });
    for value in &mut gathered.values {
        if let Some((entities, sure)) = resolved.get(&value.of) {
            value.of = if *sure { entities[0] } else { TermId::ANY };
        }
        // A declaration whose kind is not known declares nothing.
        if let Some((entities, sure)) = resolved.get(&value.entity) {
            value.entity = if *sure { entities[0] } else { TermId::NONE };
        }
    }
    let (terms, attributes) = (&gathered.terms, &policy.attributes);
    gathered.values.retain(|value| value.entity != TermId::NONE && terms.kind(value.entity) == Some(attributes[value.attribute].kind));
}

/// The line for each entity that its terms may be, and whether it is sure.
fn expanded(resolved: &Resolved, line: Line) -> (Vec<Line>, bool) {
    let (mut lines, mut sure) = (vec![line], true);
    for index in 0..line.statement.terms.len() {
        let Some((entities, of_term)) = resolved.get(&line.statement.terms[index]) else { continue };
        sure &= of_term;
        lines = lines
            .into_iter()
            .flat_map(|line| {
                entities.iter().map(move |&entity| {
                    let mut line = line;
                    line.statement.terms[index] = entity;
                    line
                })
            })
            .collect();
    }
    (lines, sure)
}

fn report(guessed: &mut [String], several: &mut [String], diagnostics: &mut Vec<Diagnostic>) {
    guessed.sort();
    several.sort();
    if !guessed.is_empty() {
        let (it, is) = if guessed.len() == 1 { ("it", "is") } else { ("they", "are") };
        let what =
            format!("of {} no row says what {it} {is}; {it} {is} taken for {}", counted(guessed.len(), "principal"), first_of(guessed));
        diagnostics.push(Diagnostic::nowhere(Code::UnsurePrincipal, what));
    }
    if !several.is_empty() {
        let (one, many) = ("principal is declared in more than one kind", "principals are declared in more than one kind");
        diagnostics.push(warning(Code::UnsurePrincipal, one, many, several, several.len()).note("what they hold is unknown"));
    }
}
