//! The negation of the sentence of a relation.

/// A sentence, negated: `{1} grants {2} access` is `{1} does not grant {2} access`, and `a key of {1} exists` is `no key of {1} exists`. `None` if its verb is not known, or if the
/// negation of the verb is not that of the sentence; the caller then says "it is not true that".
pub(super) fn negated(template: &str) -> Option<String> {
    if let Some(noun) = template.strip_prefix("a ").or_else(|| template.strip_prefix("an ")) {
        return Some(format!("no {noun}"));
    }
    let after_names = template.match_indices("} ").map(|(at, brace)| at + brace.len());
    after_names.into_iter().find_map(|at| negated_at(&template[..at], &template[at..]))
}

/// A sentence, negated, whose verb follows `subject`.
fn negated_at(subject: &str, rest: &str) -> Option<String> {
    if [":", " and ", " neither ", " nor ", " not ", " no "].iter().any(|word| rest.contains(word)) {
        return None;
    }
    let (verb, object) = rest.split_once(' ').unwrap_or((rest, ""));
    let object = if object.is_empty() { String::new() } else { format!(" {object}") };
    let noun = object.strip_prefix(" a ").or_else(|| object.strip_prefix(" an "));
    match (verb, noun) {
        ("has", Some(noun)) => Some(format!("{subject}has no {noun}")),
        ("has" | "have", None) if follows_participle(&object) => Some(format!("{subject}{verb} not{object}")),
        ("has", None) => Some(format!("{subject}does not have{object}")),
        ("is" | "are" | "was" | "were" | "must" | "will", _) => Some(format!("{subject}{verb} not{object}")),
        ("can", _) => Some(format!("{subject}cannot{object}")),
        // A word that ends in `s` may be a noun, except after a name alone.
        _ if subject.starts_with('{') && subject.matches('{').count() == 1 => {
            infinitive(verb).map(|verb| format!("{subject}does not {verb}{object}"))
        }
        _ => None,
    }
}

/// Whether `has` before these words is an auxiliary: `has asked`.
fn follows_participle(object: &str) -> bool {
    object.split_whitespace().next().is_some_and(|word| word.ends_with("ed") || matches!(word, "been" | "given" | "taken" | "had"))
}

/// The infinitive of a verb in the third person. `None` for words that may be something else, such as adverbs.
fn infinitive(word: &str) -> Option<String> {
    let is_word = word.chars().all(|character| character.is_ascii_lowercase());
    if !is_word || matches!(word, "always" | "does" | "its" | "his" | "this" | "perhaps" | "sometimes" | "as" | "plus" | "minus" | "thus") {
        return None;
    }
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return Some(format!("{stem}y"));
    }
    let sibilant = ["ches", "shes", "sses", "xes", "zes", "oes"].iter().any(|end| word.ends_with(end));
    if sibilant {
        return word.strip_suffix("es").map(str::to_owned);
    }
    word.strip_suffix('s').filter(|stem| stem.len() > 1 && !stem.ends_with('s')).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::negated;

    #[test]
    fn verbs_are_negated_as_english_does() {
        let check = |template, wanted: &str| assert_eq!(negated(template).as_deref(), Some(wanted), "{template}");
        check("{1} grants {2} access", "{1} does not grant {2} access");
        check("{1} has a key of {2}", "{1} has no key of {2}");
        check("{1} has an open loan", "{1} has no open loan");
        check("{1} has asked {2}", "{1} has not asked {2}");
        check("{1} has {2} on {3}", "{1} does not have {2} on {3}");
        check("{2} carries {1}", "{2} does not carry {1}");
        check("{1} teaches {2}", "{1} does not teach {2}");
        check("{1} is of {2}", "{1} is not of {2}");
        check("the rooms of {1} are delegated to {2}", "the rooms of {1} are not delegated to {2}");
        check("the tenants of {1} and {2} are linked", "the tenants of {1} and {2} are not linked");
        check("{1} trusts {2}", "{1} does not trust {2}");
        check("an open loan names {1}", "no open loan names {1}");
    }

    #[test]
    fn other_forms_have_no_negation() {
        for template in ["{1} always trusts {2}", "{1} accepted {2}", "{1} is open: it has not ended", "{1}"] {
            assert_eq!(negated(template), None, "{template}");
        }
    }
}
