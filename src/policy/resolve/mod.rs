//! Resolving: from the documents of a pack, with names as written, to a policy, with names as ids.
//!
//! `merge` joins the documents, sorted by name, so the ids of names are known before any element is resolved (`names`, `patterns`). Then
//! each kind of element has a file: `kinds`, `relations`, `roles`, `role_names`, `tables` (with `table_grid`), `actions`, `rules`, `events`, `metadata`;
//! `lints` has no element, but the severities of lints.
//! `usage` notes what conditions use, and `diagnostics` collects the mistakes.
//!
//! Invariant: each mistake is reported, and none twice. An element with a mistake is kept as well as it can be, so that no other mistake
//! follows from it.

mod actions;
mod diagnostics;
mod events;
mod kinds;
mod lints;
mod merge;
mod metadata;
mod names;
mod patterns;
mod properties;
mod relations;
mod role_names;
mod roles;
mod rules;
mod table_grid;
mod tables;
mod usage;
mod values;

use super::condition::Literal;
use super::events::Parameter;
use super::ids::{Arena, ClaimId, DocumentId, KindId, RelationId, RoleId, TableId, TextId, ToggleId};
use super::kind_set::KindSet;
use super::metadata::Metadata;
use super::model::Policy;
use super::name_table::NameTable;
use super::typing::TypeChecker;
use super::usage::Usage;
use crate::diag::{self, Code, Diagnostic};
use crate::syntax::{MetadataDecl, NoticeDecl, PackDocument};
use crate::text::{Sources, Span};
use diagnostics::Problems;
use names::NameResolver;
use role_names::RoleNames;
use rules::TypeEnv;
use std::collections::BTreeMap;

/// The names of a pack, and the mistakes found so far.
struct Resolver<'d> {
    kinds: NameResolver<'d, KindId>,
    relations: NameResolver<'d, RelationId>,
    roles: NameResolver<'d, RoleId>,
    role_names: RoleNames,
    tables: NameResolver<'d, TableId>,
    toggles: NameResolver<'d, ToggleId>,
    documents: NameResolver<'d, DocumentId>,
    claims: NameResolver<'d, ClaimId>,
    role_kind: KindId,
    every_kind: KindSet,
    texts: Arena<TextId, String>,
    text_ids: BTreeMap<String, TextId>,
    usage: Usage,
    problems: Problems,
}

/// Resolves the documents of a pack. `sources` are the files of their spans. If the diagnostics have errors, the policy is incomplete: lints
/// may read it, but it must not be evaluated.
pub fn resolve(sources: Sources, documents: Vec<PackDocument>) -> (Policy, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let pack = merge::merge(documents, &mut diagnostics);
    let lint_levels = lints::levels(&pack.lints, &mut diagnostics);
    if merge::is_empty(&pack) && diagnostics.is_empty() {
        let why = if sources.files().next().is_none() { "the pack has no file" } else { "the pack has no element" };
        let empty = Diagnostic::nowhere(Code::EmptyPack, why);
        diagnostics.push(empty.help("a pack is a folder of `.toml` files, or one of them, with elements such as `[kind.user]`"));
    }
    let mut resolver = Resolver::new(&pack, diagnostics);
    resolver.role_names = role_names::role_names(&mut resolver, &pack.roles);
    let tables: Vec<_> = pack.tables.iter().map(|decl| tables::draft(&mut resolver, decl)).collect();
    let of_kinds = actions::of_kinds(&pack.kinds);
    let (names, actions) = actions::actions(&mut resolver, &pack.actions, &of_kinds, &tables);
    let (kinds, attributes) = kinds::kinds(&mut resolver, &pack.kinds);
    let mut relations = relations::relations(&mut resolver, &pack.relations);
    rules::announce_derived(&resolver, &mut relations, &pack.implications);
    let mut roles = resolver.each(&pack.roles, |resolver, decl| roles::role(resolver, decl, &names, &kinds, &actions));
    let systems = role_names::set_systems(&mut resolver, &mut roles, &pack.roles, &tables);
    let parameters: Vec<Vec<Parameter>> = pack.events.iter().map(|decl| events::parameters(&mut resolver, decl)).collect();
    let mut policy = Policy {
        sources,
        by_name: NameTable::of(
            kinds.iter().flat_map(|(id, kind)| names_of(id, &kind.meta, &kind.aka)),
            actions.iter().flat_map(|(id, action)| names_of(id, &action.meta, &action.aka)),
            resolver.role_names.iter().map(|(name, &role)| (role, name.as_str())),
        ),
        kinds,
        attributes,
        relations,
        roles,
        tables: tables.iter().map(|table| table.finish(&names)).collect(),
        actions,
        toggles: resolver.each(&pack.toggles, Resolver::toggle),
        documents: resolver.each(&pack.documents, Resolver::document),
        claims: resolver.each(&pack.claims, Resolver::claim),
        texts: resolver.texts.clone(),
        role_kind: resolver.role_kind,
        unknown_roles: resolver.relations.find(relations::UNKNOWN_ROLES).expect("it is among the names"),
        systems,
        lint_levels,
        ..Policy::default()
    };
    let ends = vec![policy.holders(), KindSet::one(policy.role_kind), policy.scopes()];
    policy.relations[policy.unknown_roles].ends = ends;
    relations::set_through(&mut resolver, &mut policy, &pack.relations);
    let mut policy = with_conditions(&mut resolver, policy, &pack, &names, parameters);
    policy.usage = resolver.usage;
    let mut diagnostics = resolver.problems.into_diagnostics();
    diag::sort(&mut diagnostics);
    (policy, diagnostics)
}

/// The names of an element: its own, and those that requests may use.
fn names_of<'e, I: Copy>(id: I, meta: &'e Metadata, aka: &'e [String]) -> impl Iterator<Item = (I, &'e str)> {
    aka.iter().map(String::as_str).chain([meta.name.as_str()]).map(move |name| (id, name))
}

/// Adds the elements that have conditions.
fn with_conditions(
    resolver: &mut Resolver<'_>,
    policy: Policy,
    pack: &PackDocument,
    names: &patterns::ActionNames<'_>,
    parameters: Vec<Vec<Parameter>>,
) -> Policy {
    resolver.usage.doubts_kinds = resolver.problems.has_error();
    let mut subject = policy.subjects();
    if subject.is_empty() {
        if !policy.actions.is_empty() {
            let nobody = Diagnostic::nowhere(Code::NoSubjectKind, "the pack has actions, but no kind with `subject = true`");
            resolver.problems.push(nobody.help("write `subject = true` in the kind that makes requests"));
        }
        subject = resolver.every_kind.clone();
    }
    let env = TypeEnv { policy: &policy, names, subject };
    let mut typing = TypeChecker::new(&policy);
    let rules = pack.rules.iter().filter_map(|decl| rules::rule(resolver, &mut typing, &env, decl)).collect();
    let implications = pack.implications.iter().filter_map(|decl| rules::implication(resolver, &mut typing, decl)).collect();
    let obligations = pack.obligations.iter().map(|decl| rules::notice(resolver, &mut typing, &env, decl)).collect();
    let advice = pack.advice.iter().map(|decl| rules::notice(resolver, &mut typing, &env, decl)).collect();
    let invariants = pack.invariants.iter().map(|decl| rules::invariant(resolver, &mut typing, decl)).collect();
    let events = pack.events.iter().zip(parameters);
    let events = events.map(|(decl, parameters)| events::event(resolver, &mut typing, &env, decl, parameters)).collect();
    let of_properties = properties::PropertyNames::of(pack);
    let each = pack.properties.iter();
    let properties = each.map(|decl| properties::property(resolver, &mut typing, &env, &of_properties, decl)).collect();
    role_names::check_systems(resolver, &policy, typing.reads_system());
    let (texts, literals, problems) = typing.finish();
    resolver.usage.obligations = notices(&pack.obligations);
    resolver.usage.advice = notices(&pack.advice);
    resolver.note_mistakes(&policy.sources, problems);
    let mut policy = Policy {
        rules,
        implications,
        obligations,
        advice,
        invariants,
        properties,
        events,
        texts: texts.into_iter().collect(),
        literals: literals.into_iter().collect::<Arena<_, Literal>>(),
        ..policy
    };
    rules::set_derived(&mut policy.relations, &policy.implications);
    policy
}

fn notices(decls: &[NoticeDecl]) -> Vec<Vec<Span>> {
    decls.iter().map(|decl| rules::written([decl.condition.as_ref(), decl.unless.as_ref()])).collect()
}

impl<'d> Resolver<'d> {
    fn new(pack: &'d PackDocument, diagnostics: Vec<Diagnostic>) -> Resolver<'d> {
        fn named<'d, T>(decls: &'d [T], meta: impl Fn(&'d T) -> &'d MetadataDecl) -> impl Iterator<Item = &'d str> {
            decls.iter().map(move |decl| meta(decl).name.value.as_str())
        }
        let mut problems = Problems::new(diagnostics, &pack.lost);
        let mut kinds: NameResolver<'_, KindId> =
            NameResolver::new("kind", Code::UnknownKind, named(&pack.kinds, |decl| &decl.meta).chain(["role"]));
        let declared = pack.kinds.iter().map(|decl| (decl.meta.name.value.as_str(), decl.meta.name.span));
        let aka = pack.kinds.iter().flat_map(|decl| decl.aka.iter().map(|aka| (decl.meta.name.value.as_str(), aka)));
        kinds.add_aka(declared, aka, &mut problems);
        let role_kind = kinds.find("role").expect("`role` is among the names");
        Resolver {
            every_kind: kinds.beginning("").collect(),
            role_kind,
            kinds,
            relations: NameResolver::new(
                "relation",
                Code::UnknownRelation,
                named(&pack.relations, |decl| &decl.meta).chain([relations::UNKNOWN_ROLES]),
            ),
            roles: NameResolver::new("role", Code::UnknownRole, named(&pack.roles, |decl| &decl.meta)),
            role_names: RoleNames::new(),
            tables: NameResolver::new("table", Code::UnknownElement, named(&pack.tables, |decl| &decl.meta)),
            toggles: NameResolver::new("toggle", Code::UnknownToggle, named(&pack.toggles, |decl| &decl.meta)),
            documents: NameResolver::new("document", Code::UnknownDocument, named(&pack.documents, |decl| &decl.meta)),
            claims: NameResolver::new("claim", Code::UnknownClaim, named(&pack.claims, |decl| &decl.meta)),
            texts: Arena::default(),
            text_ids: BTreeMap::new(),
            usage: Usage::default(),
            problems,
        }
    }

    fn note_mistakes(&mut self, sources: &Sources, problems: Vec<Diagnostic>) {
        self.usage.mistakes = problems.iter().filter_map(|mistake| mistake.labels.first().map(|label| label.span)).collect();
        self.usage.mistakes.sort_unstable();
        self.usage.whole = self.problems.is_whole();
        self.problems.extend_known(sources, problems);
    }
}
