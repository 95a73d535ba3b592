//! The loader of one part of a world: the policy, the declared entities, and the data that was read so far.

use super::names;
use super::position::ArgumentPosition;
use super::unresolved::Unresolved;
use crate::diag::{Code, Diagnostic};
use crate::policy::{AttributeId, KindId, KindSet, Policy};
use crate::syntax::{SourceDecl, UnknownDecl};
use crate::text::Span;
use crate::time::Interval;
use crate::world::open::Denied;
use crate::world::store::facts::GatheredFact;
use crate::world::store::interner::Interner;
use crate::world::store::origins::LineOrigin;
use crate::world::{EntityId, EventRecord, World};
use rustc_hash::FxHashSet;

/// Reads facts, values and events of one part against a policy and the declared entities of the whole world.
pub(super) struct Loader<'a> {
    pub(super) policy: &'a Policy,
    /// The entities; no facts yet.
    pub(super) world: &'a World,
    /// The entities that several headers or lines declare.
    pub(super) repeated: &'a FxHashSet<EntityId>,
    /// The data that was read so far.
    pub(super) part: LoadedPart,
    /// The kinds whose entities may hold roles.
    pub(super) holders: KindSet,
    /// By kind: the kinds of the groups in which an entity may be directly.
    pub(super) groups: Vec<KindSet>,
}

/// The data of one part of a world.
pub(super) struct LoadedPart {
    /// The texts of the world, then those of the part. Each part numbers its own texts, so their symbols are renumbered later.
    pub(super) texts: Interner,
    pub(super) facts: Vec<GatheredFact>,
    /// Events whose data are right, in the order of the file.
    pub(super) events: Vec<EventRecord>,
    /// Where its lines say that they come from.
    pub(super) origins: Vec<LineOrigin>,
    /// The files of exports that it names.
    pub(super) exports: Vec<SourceDecl>,
    /// The sets of `many` attributes that are given.
    pub(super) given: Vec<(EntityId, AttributeId)>,
    /// Where the lines of repeated entities give single values: if two of them differ, that is a mistake of its own.
    pub(super) repeated: FxHashSet<Span>,
    /// The patterns of what is left open.
    pub(super) unknown: Vec<UnknownDecl>,
    /// What does not hold, when, and where that is stated.
    pub(super) denials: Vec<(Denied, Interval, Span)>,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Whether a date that is cut to microseconds is among the diagnostics.
    pub(super) has_cut_date: bool,
    pub(super) unresolved: Unresolved,
    /// The kinds of which it states a membership, or a set of memberships.
    pub(super) members: KindSet,
    /// Entities with wrong data: mistakes that may follow from that are not reported.
    pub(super) spoiled: FxHashSet<EntityId>,
}

impl<'a> Loader<'a> {
    pub(super) fn new(policy: &'a Policy, world: &'a World, repeated: &'a FxHashSet<EntityId>) -> Loader<'a> {
        let part = LoadedPart {
            texts: world.texts.clone(),
            facts: Vec::new(),
            events: Vec::new(),
            origins: Vec::new(),
            exports: Vec::new(),
            given: Vec::new(),
            repeated: FxHashSet::default(),
            unknown: Vec::new(),
            denials: Vec::new(),
            diagnostics: Vec::new(),
            has_cut_date: false,
            unresolved: Unresolved::default(),
            members: KindSet::default(),
            spoiled: FxHashSet::default(),
        };
        let groups = policy.kinds.ids().map(|kind| direct_groups(policy, kind)).collect();
        Loader { policy, world, repeated, part, holders: policy.holders(), groups }
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.part.diagnostics.push(diagnostic);
    }

    /// The span of `text` without quotes. `None` if `span` is not exactly this text, with or without quotes: then it is not safe to edit.
    pub(super) fn bare(&self, span: Span, text: &str) -> Option<Span> {
        let slice = self.world.sources.slice(span);
        if slice == text {
            return Some(span);
        }
        let inner = slice.get(1..slice.len().checked_sub(1)?)?;
        (inner == text).then_some(Span { start: span.start + 1, end: span.end - 1, ..span })
    }

    /// The span of `text` with its quotes; `None` if it is not quoted there or not safe to edit.
    pub(super) fn with_quotes(&self, span: Span, text: &str) -> Option<Span> {
        let bare = self.bare(span, text).filter(|_| !text.contains('\n'))?;
        let whole = Span { start: bare.start.checked_sub(1)?, end: bare.end + 1, ..bare };
        let slice = self.world.sources.slice(whole);
        let quotes = ["\"", "'"];
        quotes.iter().any(|quote| slice.starts_with(quote) && slice.ends_with(quote) && slice.len() == text.len() + 2).then_some(whole)
    }

    /// `kind:id` split at its first `:`. Reports a text without `:`, without a kind or without an id.
    pub(super) fn split<'t>(
        &mut self,
        text: &'t str,
        span: Span,
        kinds: &KindSet,
        position: ArgumentPosition,
    ) -> Option<(&'t str, &'t str)> {
        let why = match text.split_once(':') {
            Some((kind, id)) if !kind.is_empty() && !id.is_empty() => return Some((kind, id)),
            Some(("", _)) => "no kind before the colon",
            Some(_) => "no id after the colon",
            None => "no colon",
        };
        let diagnostic = Diagnostic::new(Code::BadEntity, format!("`{text}` is not of the form `kind:id`"), span, why);
        self.report(match (kinds.iter().next(), kinds.len(), self.bare(span, text)) {
            (Some(kind), 1, Some(bare)) if !text.contains(':') && (self.is_new(position) || self.world.find(kind, text).is_some()) => {
                let whole = format!("{}:{text}", names::kind_name(self.policy, kind));
                diagnostic.help(format!("did you mean `{whole}`?")).patch(bare, whole)
            }
            _ => diagnostic.help(format!("write the kind, a colon and the id; the kind is {} here", names::any_kind(self.policy, kinds))),
        });
        None
    }

    /// Whether the position takes the name of a new entity.
    fn is_new(&self, position: ArgumentPosition) -> bool {
        matches!(position, ArgumentPosition::Parameter(event, index) if self.policy.events[event].parameters[index].created)
    }
}

/// The kinds of group that the `member-of` attributes of a kind name.
fn direct_groups(policy: &Policy, kind: KindId) -> KindSet {
    let attributes = policy.kinds[kind].attributes.iter().map(|&id| &policy.attributes[id]);
    let groups = attributes.filter(|attribute| attribute.member_of).filter_map(|attribute| attribute.value.entity_kinds());
    groups.fold(KindSet::default(), |all, groups| all.union(groups))
}
