//! `[property.NAME]`

use super::Resolver;
use super::names::NameResolver;
use super::patterns::Expanded;
use super::rules::TypeEnv;
use crate::diag::{Code, Diagnostic};
use crate::policy::condition::Condition;
use crate::policy::ids::{InvariantId, PropertyId, RuleId, ToggleId};
use crate::policy::kind_set::KindSet;
use crate::policy::property::{Given, Property, PropertyClaim};
use crate::policy::typing::TypeChecker;
use crate::syntax::ast::expr::Expr;
use crate::syntax::{PackDocument, PropertyDecl, Text, WithOutcome};
use crate::text::Spanned;

/// The names that properties use.
pub(super) struct PropertyNames<'d> {
    rules: NameResolver<'d, RuleId>,
    invariants: NameResolver<'d, InvariantId>,
    properties: NameResolver<'d, PropertyId>,
    /// The properties that are about worlds.
    of_worlds: Vec<&'d str>,
}

impl<'d> PropertyNames<'d> {
    pub(super) fn of(pack: &'d PackDocument) -> PropertyNames<'d> {
        let name = |text: &'d Text| text.value.as_str();
        let of_worlds = pack.properties.iter().filter(|decl| is_of_worlds(decl)).map(|decl| name(&decl.meta.name));
        PropertyNames {
            rules: NameResolver::new("rule", Code::UnknownElement, pack.rules.iter().map(|decl| name(&decl.meta.name))),
            invariants: NameResolver::new("invariant", Code::UnknownElement, pack.invariants.iter().map(|decl| name(&decl.meta.name))),
            properties: NameResolver::new("property", Code::UnknownElement, pack.properties.iter().map(|decl| name(&decl.meta.name))),
            of_worlds: of_worlds.collect(),
        }
    }
}

/// Whether the property is about worlds, not about requests.
fn is_of_worlds(decl: &PropertyDecl) -> bool {
    decl.actions.is_none() && decl.never.is_some()
}

/// `[property.NAME]`. Where it has a mistake, the rest of it is resolved as well as it can be.
pub(super) fn property(
    resolver: &mut Resolver<'_>,
    typing: &mut TypeChecker<'_>,
    env: &TypeEnv<'_>,
    names: &PropertyNames<'_>,
    decl: &PropertyDecl,
) -> Property {
    let meta = resolver.meta(&decl.meta);
    resolver.note_usage([decl.never.as_ref(), decl.always.as_ref(), decl.unless.as_ref()]);
    let actions = decl.actions.as_ref().map(|texts| env.names.expand(texts, &mut resolver.problems));
    let mut reader = Reader { resolver, typing, env, names, decl, actions: actions.as_ref() };
    let claim = reader.claim();
    reader.check_keys();
    let given = reader.given();
    let [turn_on, turn_off] = [&decl.turn_on, &decl.turn_off].map(|texts| reader.toggles(texts));
    Property {
        meta,
        claim,
        actions: actions.map(|actions| actions.ids()),
        given,
        turn_on,
        turn_off,
        any_toggles: decl.any_toggles,
        imported: decl.imported,
        told: decl.told,
    }
}

/// Resolves one property.
struct Reader<'r, 'd, 'p> {
    resolver: &'r mut Resolver<'d>,
    typing: &'r mut TypeChecker<'p>,
    env: &'r TypeEnv<'r>,
    names: &'r PropertyNames<'r>,
    decl: &'r PropertyDecl,
    actions: Option<&'r Expanded>,
}

impl Reader<'_, '_, '_> {
    fn report(&mut self, diagnostic: Diagnostic) {
        self.resolver.problems.push(diagnostic);
    }

    /// What it says. Exactly one of the keys that say something is there.
    fn claim(&mut self) -> PropertyClaim {
        let decl = self.decl;
        let claims = [
            ("never", decl.never.is_some()),
            ("always", decl.always.is_some()),
            ("implies", decl.implies.is_some()),
            ("change", decl.change.is_some()),
            ("must-matter", decl.must_matter.is_some()),
        ];
        let given: Vec<&str> = claims.iter().filter(|(_, given)| *given).map(|(key, _)| *key).collect();
        if given.len() != 1 {
            let name = &decl.meta.name;
            let label = match given.as_slice() {
                [] => "it says nothing".to_owned(),
                [first, second, ..] => format!("both `{first}` and `{second}`"),
                [_] => String::new(),
            };
            let headline = format!("the property `{}` does not say one thing", name.value);
            let help = "write one of `never`, `always`, `implies`, `change` and `must-matter`";
            self.report(Diagnostic::new(Code::PropertyClaim, headline, name.span, label).help(help));
        }
        if let Some(never) = &decl.never {
            let with = decl.with.as_ref().map_or(WithOutcome::Allow, |with| with.value);
            let condition = if self.actions.is_some() { self.of_requests(never) } else { self.typing.world_property(never) };
            return PropertyClaim::Never(condition, with);
        }
        if let Some(always) = &decl.always {
            self.need_actions("always");
            return PropertyClaim::Always(self.of_requests(always));
        }
        if let Some(implies) = &decl.implies {
            self.need_actions("implies");
            return PropertyClaim::Implies(self.implied(implies));
        }
        if let Some(Spanned { value, .. }) = decl.change {
            let unless = decl.unless.as_ref().map(|unless| self.of_requests(unless));
            return PropertyClaim::Change(value, unless);
        }
        let rule = decl.must_matter.as_ref().and_then(|rule| self.names.rules.resolve(rule, &mut self.resolver.problems));
        PropertyClaim::MustMatter(rule.unwrap_or_default())
    }

    /// A condition of the subject and the resource of a request.
    fn of_requests(&mut self, condition: &Expr) -> Condition {
        let every = || self.env.policy.actions.values().fold(KindSet::default(), |all, action| all.union(&action.on));
        let resource = match self.actions {
            Some(actions) => actions.kinds(&self.env.policy.actions, &self.resolver.every_kind),
            None => every(),
        };
        self.typing.rule(&self.env.subject, &resource, Some(condition), None)
    }

    fn need_actions(&mut self, key: &str) {
        if self.actions.is_none() {
            let name = &self.decl.meta.name;
            let headline = format!("the property `{}` names no action", name.value);
            let help = format!("write `for = [\"ACTION\"]` beside `{key}`");
            self.report(Diagnostic::new(Code::PropertyClaim, headline, name.span, format!("`{key}` is about requests")).help(help));
        }
    }

    /// The actions of `implies`, which share a kind of resource with those of `for`.
    fn implied(&mut self, texts: &[Text]) -> Vec<crate::policy::ids::ActionId> {
        let implied = self.env.names.expand(texts, &mut self.resolver.problems);
        if let Some(actions) = self.actions.filter(|actions| actions.whole && implied.whole) {
            let all = &self.env.policy.actions;
            let apart: Vec<&Text> = texts
                .iter()
                .filter(|text| {
                    let own = self.env.names.expand(&[(*text).clone()], &mut self.resolver.problems);
                    !own.kinds(all, &KindSet::default()).meets(&actions.kinds(all, &KindSet::default()))
                })
                .collect();
            for text in apart {
                let headline = format!("`{}` is never asked of a resource of the actions of `for`", text.value);
                let help = "name actions that have a kind of resource in common";
                self.report(Diagnostic::new(Code::PropertyClaim, headline, text.span, "other kinds of resource").help(help));
            }
        }
        implied.ids()
    }

    /// Reports keys that mean nothing beside what it says.
    fn check_keys(&mut self) {
        let decl = self.decl;
        let of_requests = !is_of_worlds(decl);
        let mut stray: Vec<(&str, bool, &str)> = vec![
            ("unless", decl.unless.is_some() && decl.change.is_none(), "it stands beside `change`"),
            ("with", decl.with.is_some() && !(decl.never.is_some() && of_requests), "it stands beside `never` of a property with `for`"),
            ("for", decl.actions.is_some() && decl.must_matter.is_some(), "a rule is about its own actions"),
        ];
        let needless = decl.change.is_some() && decl.turn_on.is_empty() && decl.turn_off.is_empty();
        stray.push(("change", needless, "name the toggles that make it, in `turn-on` or `turn-off`"));
        for (key, _, why) in stray.into_iter().filter(|(_, is_stray, _)| *is_stray) {
            let name = &decl.meta.name;
            let headline = format!("the property `{}` has `{key}`, which means nothing here", name.value);
            self.report(Diagnostic::new(Code::PropertyClaim, headline, name.span, format!("`{key}`")).help(why));
        }
    }

    fn given(&mut self) -> Vec<Given> {
        let mut found = Vec::new();
        for text in &self.decl.given {
            if let Some(invariant) = self.names.invariants.find(&text.value) {
                found.push(Given::Invariant(invariant));
                continue;
            }
            let Some(property) = self.names.properties.find(&text.value) else {
                let headline = format!("no property and no invariant is named `{}`", text.value);
                let unknown = Diagnostic::new(Code::UnknownElement, headline, text.span, "not declared");
                let known = self.names.properties.iter().chain(self.names.invariants.iter());
                self.report(unknown.nearest(&text.value, text.span, known));
                continue;
            };
            if !self.names.of_worlds.contains(&text.value.as_str()) {
                let headline = format!("`{}` is not a property of worlds", text.value);
                let help = "what is taken for granted is an invariant, or a property with `never` and without `for`";
                self.report(Diagnostic::new(Code::PropertyClaim, headline, text.span, "it is about requests").help(help));
                continue;
            }
            found.push(Given::Property(property));
        }
        found
    }

    fn toggles(&mut self, texts: &[Text]) -> Vec<ToggleId> {
        self.resolver.usage.toggles.extend(texts.iter().filter_map(|text| self.resolver.toggles.meant(&text.value)));
        self.resolver.toggles.resolve_all(texts, &mut self.resolver.problems)
    }
}
