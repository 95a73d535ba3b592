//! What tests of whole worlds share: packs and worlds by their path, questions by their names.
#![allow(dead_code, reason = "each test uses a part of it")]

use delegraph::diag::Diagnostic;
use delegraph::eval::{Decider, Engine, Scene};
use delegraph::explain::{Explanation, explain};
use delegraph::files::Source;
use delegraph::open;
use delegraph::policy::Id;
use delegraph::report;
use delegraph::text::Sources;
use delegraph::time::Instant;
use delegraph::world::{Request, World};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// The shipped pack, made ready once.
pub static SHIPPED: LazyLock<Engine> = LazyLock::new(|| engine("policies"));

/// The pack at a path below the checkout.
pub fn engine(path: &str) -> Engine {
    let pack = open::pack_at(Some(Path::new(path))).expect("the pack can be read");
    pack.engine.unwrap_or_else(|| panic!("{}", told(&pack.sources, &pack.diagnostics)))
}

/// The world in a file below the checkout; it has no mistake.
pub fn world(engine: &Engine, path: &str) -> World {
    sound(open::world_at(engine, &[PathBuf::from(path)]).expect("the world can be read"))
}

/// The world of this text; it has no mistake.
pub fn world_of(engine: &Engine, text: &str) -> World {
    sound(opened(engine, text))
}

/// What becomes of a world of this text.
pub fn opened(engine: &Engine, text: &str) -> open::Opened {
    let file = Source::of_bytes("world.toml".to_owned(), text.as_bytes().to_vec());
    open::world(engine, vec![file]).expect("the name ends in .toml")
}

fn sound(opened: open::Opened) -> World {
    opened.world.unwrap_or_else(|| panic!("{}", told(&opened.sources, &opened.diagnostics)))
}

/// Diagnostics as people see them.
pub fn told(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    report::diagnostics::render(sources, diagnostics, false, 100)
}

/// A question by names.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    pub at: &'a str,
    pub policy_at: Option<&'a str>,
    pub with: &'a [&'a str],
    pub subject: &'a str,
    pub action: &'a str,
    pub resource: &'a str,
}

impl Ask<'_> {
    /// The question at that date, under the pack's default toggles.
    pub fn of<'a>(at: &'a str, subject: &'a str, action: &'a str, resource: &'a str) -> Ask<'a> {
        Ask { at, policy_at: None, with: &[], subject, action, resource }
    }

    /// The dates and toggles of the question.
    pub fn scene(&self, engine: &Engine) -> Scene {
        let date = |text| Instant::parse(text).expect("a date");
        let mut scene = Scene::at(&engine.policy, date(self.at));
        scene.policy_at = self.policy_at.map_or(scene.at, date);
        for name in self.with {
            let toggle = engine.policy.toggles.iter().find(|(_, toggle)| toggle.meta.name == *name);
            scene.toggles[toggle.unwrap_or_else(|| panic!("no toggle {name}")).0.index()] = true;
        }
        scene
    }

    /// The answer with its proof; or why the question cannot be asked.
    pub fn answer(&self, engine: &Engine, world: &World) -> Result<Explanation, String> {
        let entity = |text: &str| text.split_once(':').map(|(kind, id)| (kind.to_owned(), id.to_owned())).expect("kind:id");
        let request = Request { subject: entity(self.subject), action: self.action.to_owned(), resource: entity(self.resource) };
        let decider = Decider::new(engine, world, self.scene(engine));
        let asked = world.resolve(&engine.policy, &request, decider.scene.at).map_err(|unasked| unasked.message)?;
        let record = decider.record(&asked);
        assert_eq!(decider.decide(&asked), record.decision, "the fast path and the explained one agree on {self:?}");
        Ok(explain(&decider, &asked, &record))
    }

    /// The answer with its proof.
    pub fn explained(&self, engine: &Engine, world: &World) -> Explanation {
        self.answer(engine, world).unwrap_or_else(|why| panic!("{self:?}: {why}"))
    }

    /// What it comes to.
    pub fn outcome(&self, engine: &Engine, world: &World) -> &'static str {
        self.explained(engine, world).outcome
    }
}

/// The claims on which an answer rests.
pub fn deciding(explanation: &Explanation) -> Vec<&str> {
    explanation.claims.iter().filter(|claim| claim.decides).map(|claim| claim.id.as_str()).collect()
}
