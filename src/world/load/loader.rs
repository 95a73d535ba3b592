//! What all parts of the loader share: the policy, the world as it grows, and what has been told so far.

use super::closed_world::Open;
use super::names;
use super::position::ArgumentPosition;
use super::unresolved::Unresolved;
use crate::diag::{Code, Diagnostic};
use crate::policy::{AttributeId, Id, KindId, KindSet, Policy};
use crate::text::Span;
use crate::world::store::facts::GatheredFact;
use crate::world::store::interner::Interner;
use crate::world::{EntityId, World};
use rustc_hash::FxHashSet;

/// Reads parsed facts, values and events against a policy and the entities that a world declares.
pub(super) struct Loader<'a> {
    pub(super) policy: &'a Policy,
    pub(super) world: &'a World,
    /// The texts of the world, and those that come with what is read.
    pub(super) texts: Interner,
    /// The facts that were read.
    pub(super) gathered: Vec<GatheredFact>,
    /// The sets that were given.
    pub(super) given: Vec<(EntityId, AttributeId)>,
    /// What was not imported.
    pub(super) open: Vec<Open>,
    pub(super) told: Vec<Diagnostic>,
    pub(super) unknown: Unresolved,
    /// Entities of whose data some was wrong: what follows from that is not told.
    pub(super) spoiled: FxHashSet<EntityId>,
    /// The kinds whose entities may hold roles.
    pub(super) holders: KindSet,
    /// The kinds of group in which entities of each kind may be, by the kind's index.
    pub(super) groups: Vec<KindSet>,
}

impl<'a> Loader<'a> {
    pub(super) fn new(policy: &'a Policy, world: &'a World) -> Loader<'a> {
        let groups: Vec<KindSet> = policy.kinds.ids().map(|kind| groups_of(policy, kind)).collect();
        let holders = holders(policy, &groups);
        Loader {
            policy,
            world,
            texts: world.texts.clone(),
            gathered: Vec::new(),
            given: Vec::new(),
            open: Vec::new(),
            told: Vec::new(),
            unknown: Unresolved::default(),
            spoiled: FxHashSet::default(),
            holders,
            groups,
        }
    }

    /// What was read.
    pub(super) fn done(self) -> ReadPart {
        let Loader { texts, gathered, given, open, told, unknown, spoiled, .. } = self;
        ReadPart { texts, gathered, given, open, told, unknown, spoiled }
    }

    pub(super) fn tell(&mut self, diagnostic: Diagnostic) {
        self.told.push(diagnostic);
    }

    /// The span of `text` itself, if it stands at `span` as it is, with or without quotes: then an edit is certain.
    pub(super) fn bare(&self, span: Span, text: &str) -> Option<Span> {
        let slice = self.world.sources.slice(span);
        if slice == text {
            return Some(span);
        }
        let inner = slice.get(1..slice.len().checked_sub(1)?)?;
        (inner == text).then_some(Span { start: span.start + 1, end: span.end - 1, ..span })
    }

    /// The span of `text` with its quotes.
    pub(super) fn with_quotes(&self, span: Span, text: &str) -> Option<Span> {
        let bare = self.bare(span, text).filter(|_| !text.contains('\n'))?;
        let whole = Span { start: bare.start.checked_sub(1)?, end: bare.end + 1, ..bare };
        let slice = self.world.sources.slice(whole);
        let quotes = ["\"", "'"];
        quotes.iter().any(|quote| slice.starts_with(quote) && slice.ends_with(quote) && slice.len() == text.len() + 2).then_some(whole)
    }
}

/// What was read of a part of a world, its texts under numbers of its own.
pub(super) struct ReadPart {
    pub(super) texts: Interner,
    pub(super) gathered: Vec<GatheredFact>,
    pub(super) given: Vec<(EntityId, AttributeId)>,
    pub(super) open: Vec<Open>,
    pub(super) told: Vec<Diagnostic>,
    pub(super) unknown: Unresolved,
    pub(super) spoiled: FxHashSet<EntityId>,
}

/// Kinds that may ask, and whatever their entities are members of, at any depth.
fn holders(policy: &Policy, groups: &[KindSet]) -> KindSet {
    let mut holders: KindSet = policy.kinds.iter().filter(|(_, kind)| kind.subject).map(|(id, _)| id).collect();
    let mut open: Vec<KindId> = holders.iter().collect();
    while let Some(kind) = open.pop() {
        for group in groups[kind.index()].iter() {
            if !holders.contains(group) {
                holders.insert(group);
                open.push(group);
            }
        }
    }
    holders
}

/// The kinds of group in which entities of the kind may be.
fn groups_of(policy: &Policy, kind: KindId) -> KindSet {
    let mut groups = KindSet::default();
    for &id in &policy.kinds[kind].attributes {
        if let (true, Some(kinds)) = (policy.attributes[id].member_of, policy.attributes[id].value.entity_kinds()) {
            kinds.iter().for_each(|kind| groups.insert(kind));
        }
    }
    groups
}

impl Loader<'_> {
    /// `kind:id` cut at its first `:`; tells where there is none, or no id.
    pub(super) fn cut<'t>(&mut self, text: &'t str, span: Span, kinds: &KindSet, position: ArgumentPosition) -> Option<(&'t str, &'t str)> {
        let why = match text.split_once(':') {
            Some((kind, id)) if !kind.is_empty() && !id.is_empty() => return Some((kind, id)),
            Some(("", _)) => "no kind before the colon",
            Some(_) => "no id after the colon",
            None => "no colon",
        };
        let mut told = Diagnostic::new(Code::BadEntity, format!("`{text}` is not of the form `kind:id`"), span, why);
        told = match (kinds.iter().next(), kinds.len(), self.bare(span, text)) {
            (Some(kind), 1, Some(bare)) if !text.contains(':') && (self.is_new(position) || self.world.find(kind, text).is_some()) => {
                let whole = format!("{}:{text}", names::kind_name(self.policy, kind));
                told.help(format!("did you mean `{whole}`?")).patch(bare, whole)
            }
            _ => told.help(format!("write the kind, a colon and the id; the kind is {} here", names::choice(self.policy, kinds))),
        };
        self.tell(told);
        None
    }

    /// Whether what stands there is the name of a new entity.
    fn is_new(&self, position: ArgumentPosition) -> bool {
        matches!(position, ArgumentPosition::Parameter(event, index) if self.policy.events[event].parameters[index].created)
    }
}
