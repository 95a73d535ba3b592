//! delegraph answers one question about delegated administration, and says why: may this person do this, to that, on behalf of this
//! customer?
//!
//! Rules live in a *pack*, facts in a *world*; both are files that people write and read, and the code knows nothing of their domain.
//! An answer passes through these stages, each in a room (module) of its own:
//!
//! 1. **Read.** [`files`] finds and reads a pack's files and a world's; [`text::Sources`] keeps them, and a place in one is a
//!    [`text::Span`].
//! 2. **Parse.** [`syntax`] makes of each file a [`PackDocument`](syntax::PackDocument) or a [`WorldDocument`](syntax::WorldDocument):
//!    the elements as written, nothing looked up. Conditions, tables of marks and questions have grammars of their own.
//! 3. **Resolve.** [`policy::resolve`] turns the documents of a pack into one [`Policy`](policy::Policy): names become small ids, and
//!    every condition is typed.
//! 4. **Join.** A [`Graph`](graph::Graph) joins actions, roles, tables, rules and implications; circles are found here, and the ways to
//!    each action. [`CompiledPolicy`](eval::Engine) holds policy, graph and the conditions made ready.
//! 5. **Load.** [`world::load`] makes a [`World`](world::World) of entities and indexed facts; [`eval::fold`] lets its events happen,
//!    each checked at its time, and [`eval::invariants`] looks for what must never be.
//! 6. **Ask.** A [`Request`](world::Request) names subject, action and resource; [`World::resolve`](world::World::resolve) makes it an
//!    [`ResolvedRequest`](world::Asked). Dates and toggles are a [`Context`](eval::Scene).
//! 7. **Decide.** [`Decider::decide`](eval::Decider::decide) walks the ways and the denies in three truth values and gives a
//!    [`Decision`](eval::Decision); [`Decider::record`](eval::Decider::record) is the same walk, which keeps its trace.
//! 8. **Explain.** [`explain::explain`] makes of a trace an [`Explanation`](explain::Explanation); [`query`] asks further: what would
//!    turn the answer ([`HowTo`](query::how_to::HowTo)), and what holds under assumptions ([`Overlay`](query::Overlay)).
//! 9. **Report.** [`report`] writes all this for people and for programs; [`cli`] is the command line.
//!
//! Stages 1 to 5 in one call each: [`open::pack_at`] and [`open::world_at`]. A mistake in a user's file is never an `Err`: it is a
//! [`Diagnostic`](diag::Diagnostic) beside the result, and all are told at once. Each room imports only from rooms above it; see
//! `docs/architecture.md`.
//!
//! # From a program
//!
//! Open a pack and a world once, then decide as often as needed. A [`Decider`](eval::Decider) may be shared between threads.
//!
//! ```
//! use delegraph::eval::{Decider, Outcome};
//! use delegraph::plan::Scene;
//! use delegraph::time::Instant;
//! use delegraph::{explain, open, world::Request};
//!
//! let pack = open::pack_at(Some("policies".as_ref()))?;
//! let engine = pack.engine.expect("the pack has no error; if it had, `pack.diagnostics` would tell");
//! let opened = open::world_at(&engine, &["fixtures/worlds/breached-partner.toml".into()])?;
//! let world = opened.world.expect("nor has the world");
//!
//! let at = Instant::parse("2021-10-22")?;
//! let request = Request {
//!     subject: ("user".to_owned(), "marco@proseware".to_owned()),
//!     action: "subscription.manage".to_owned(),
//!     resource: ("subscription".to_owned(), "coho-shop".to_owned()),
//! };
//! let asked = world.resolve(&engine.policy, &request, at)?;
//!
//! let decider = Decider::new(&engine, &world, Scene::at(&engine.policy, at));
//! assert_eq!(decider.decide(&asked).outcome, Outcome::Allowed);
//!
//! let explanation = explain::explain(&decider, &asked, &decider.record(&asked));
//! assert_eq!(explanation.reasons[0].name.as_deref(), Some("owner"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Decision::exhausted`](eval::Decision::gave_up) is true of a question that would take too long; then there is no answer.

pub mod cli;
pub mod counterfactual;
pub mod diag;
pub mod eval;
pub mod events;
pub mod explain;
pub mod files;
pub mod graph;
pub mod open;
pub mod plan;
pub mod policy;
pub mod query;
pub mod report;
pub mod syntax;
pub mod text;
pub mod time;
pub mod world;
