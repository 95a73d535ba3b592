//! Runs suites of tests without the program.

use delegraph::diag::Diagnostic;
use delegraph::files::Source;
use delegraph::open;
use delegraph::plan::CompiledPolicy;
use delegraph::query::assume::PreparedQuestion;
use delegraph::suite::{self, Broken, Host, Options, Report, SuiteFile, SuiteWorld};
use delegraph::text::Sources;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Reads packs and worlds below the folder of the crate. Its explanations are the outcome alone.
pub struct TestHost(pub Arc<CompiledPolicy>);

impl Host for TestHost {
    fn policy(&self, _: &SuiteFile, path: Option<&str>) -> Result<Arc<CompiledPolicy>, Broken> {
        let Some(path) = path else { return Ok(Arc::clone(&self.0)) };
        let pack = open::pack_at(Some(Path::new(path))).map_err(|error| Broken::Message(error.to_string(), None))?;
        pack.compiled.map(Arc::new).ok_or(Broken::Mistakes(pack.sources, pack.diagnostics))
    }

    fn world(&self, suite: &SuiteFile, compiled: &Arc<CompiledPolicy>, paths: &[String], inline: bool) -> Result<SuiteWorld, Broken> {
        let inline = inline.then(|| Source::of_bytes("inline.suite.toml".to_owned(), suite.text().as_bytes().to_vec()));
        let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        let opened = open::world_of_suite(compiled, &paths, inline, &|name| name);
        let opened = opened.map_err(|error| Broken::Message(error.to_string(), None))?;
        let world = opened.world.ok_or(Broken::Mistakes(opened.sources, opened.diagnostics))?;
        Ok(SuiteWorld { world, events: opened.events })
    }

    fn explanation(&self, compiled: &CompiledPolicy, question: &PreparedQuestion, _: bool, width: usize) -> Option<String> {
        let decider = question.overlay.decider(compiled);
        let asked = decider.world.resolve(&compiled.policy, &question.request, decider.context.at).ok()?;
        Some(format!("{} in {width} columns\n", decider.decide(&asked).outcome.name()))
    }
}

/// A host of the shipped pack.
pub fn shipped() -> TestHost {
    TestHost(Arc::new(super::compiled("policies")))
}

/// A suite of this text.
pub fn file(name: &str, text: &str) -> SuiteFile {
    let mut sources = Sources::default();
    let file = sources.add(name, text.to_owned());
    SuiteFile { sources, file, unreadable: None, kept: None }
}

/// Runs one suite.
pub fn run_with(host: &TestHost, text: &str, options: &Options<'_>) -> Report {
    suite::run(&[file("a.suite.toml", text)], host, options)
}

/// The mistakes for which a suite cannot be run; none if it can.
pub fn mistakes(suite: &Source) -> (Sources, Vec<Diagnostic>) {
    let report = suite::run(&[file(&suite.name, &suite.text)], &shipped(), &Options::default());
    match report.suites.into_iter().next().and_then(|suite| suite.broken) {
        Some(Broken::Mistakes(sources, mistakes)) => (sources, mistakes),
        None => (Sources::default(), Vec::new()),
        other => panic!("the suite is broken by mistakes: {other:?}"),
    }
}
