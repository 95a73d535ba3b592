//! delegraph answers one question about delegated administration, with the reasons: may this person do this, to that, on behalf of this
//! customer?
//!
//! Rules are in a *pack*, facts in a *world*. Both are files that people write and read, and the code knows nothing of their domain.
//! An answer passes through these stages, each in a room (module) of its own:
//!
//! 1. **Read.** [`files`] finds and reads the files of a pack and of a world; [`text::Sources`] keeps them, and a place in one is a
//!    [`text::Span`].
//! 2. **Parse.** [`syntax`] turns each file into a [`PackDocument`](syntax::PackDocument) or a [`WorldDocument`](syntax::WorldDocument):
//!    the elements as written, with no name looked up. Conditions, tables of marks and questions have grammars of their own.
//! 3. **Resolve.** [`policy::resolve`] turns the documents of a pack into one [`Policy`](policy::Policy): names become small ids, and
//!    every condition is typed.
//! 4. **Compile.** [`Graph`](graph::Graph) joins actions, roles, tables, rules and implications, and finds cycles and the permits of each
//!    action. [`CompiledPolicy`](plan::CompiledPolicy) holds the policy, its graph, and each condition as a plan with access paths.
//! 5. **Load.** [`world::load`] makes a [`World`](world::World) of entities and indexed facts; [`events::apply`] applies its events, each
//!    checked at its time, and [`events::invariants`] looks for broken invariants.
//! 6. **Ask.** A [`Request`](world::Request) names subject, action and resource; [`World::resolve`](world::World::resolve) turns it into a
//!    [`ResolvedRequest`](world::ResolvedRequest). Dates and toggles are a [`Context`](plan::Context).
//! 7. **Decide.** [`Decider::decide`](eval::Decider::decide) evaluates permits and denies in three truth values and returns a
//!    [`Decision`](eval::Decision); [`Decider::record`](eval::Decider::record) is the same evaluation with a trace.
//! 8. **Explain.** [`explain::explain`] turns a trace into an [`Explanation`](explain::Explanation); [`query`] asks further: what would
//!    turn the answer ([`HowTo`](query::how_to::HowTo)), what holds under assumptions ([`Overlay`](query::Overlay)), and what there is at all
//!    ([`lists`](query::lists)). All are data of ids.
//! 9. **Report.** [`wording`] makes sentences of them, and [`report`] writes those for people and for programs. [`protocol`] answers
//!    requests and batches of other programs, and [`cli`] is the command line.
//!
//! [`suite`] asks many questions at once and compares their answers with those that a file expects.
//!
//! [`open::pack_at`] and [`open::world_at`] run stages 1 to 5 in one call each. A mistake in a user's file is never an `Err`: it is a
//! [`Diagnostic`](diag::Diagnostic) beside the result, and all mistakes are reported at once. Each room imports only from the rooms above
//! it; see `docs/architecture.md`.
//!
//! # From a program
//!
//! Open a pack and a world once, then decide as often as needed. A [`Decider`](eval::Decider) may be shared between threads.
//!
//! ```
//! use delegraph::eval::{Budget, Decider, Outcome};
//! use delegraph::plan::Context;
//! use delegraph::time::Instant;
//! use delegraph::{explain, open, wording::Words, world::Request};
//!
//! let pack = open::pack_at(Some("policies".as_ref()))?;
//! let compiled = pack.compiled.expect("no error in the pack; otherwise `pack.diagnostics` lists them");
//! let opened = open::world_at(&compiled, &["fixtures/worlds/breached-partner.toml".into()])?;
//! let world = opened.world.expect("no error in the world");
//!
//! let at = Instant::parse("2021-10-22")?;
//! let request = Request {
//!     subject: ("user".to_owned(), "marco@proseware".to_owned()),
//!     action: "subscription.manage".to_owned(),
//!     resource: ("subscription".to_owned(), "coho-shop".to_owned()),
//! };
//! let asked = world.resolve(&compiled.policy, &request, at)?;
//!
//! let decider = Decider::new(&compiled, &world, Context::at(&compiled.policy, at));
//! assert_eq!(decider.decide(&asked).outcome, Outcome::Allowed);
//!
//! // All that works on one question draws on one budget.
//! let budget = Budget::default();
//! let query = decider.within(&budget);
//! let explanation = Words::of(&decider).explanation(&explain::explain(&query, &asked, &query.record(&asked)));
//! assert_eq!(explanation.reasons[0].name.as_deref(), Some("owner"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Decision::exhausted`](eval::Decision::exhausted) names the limit of a question that takes too long; then there is no answer.

#![allow(rustdoc::private_intra_doc_links, reason = "the pages of rooms are for people who work in them, and are built with private items")]

pub mod cli;
pub mod counterfactual;
pub mod diag;
pub mod eval;
pub mod events;
pub mod explain;
pub mod files;
pub mod graph;
pub mod import;
pub mod open;
pub mod plan;
pub mod policy;
pub mod protocol;
pub mod query;
pub mod report;
pub mod suite;
pub mod syntax;
pub mod text;
pub mod time;
pub mod verify;
pub mod wording;
pub mod world;
