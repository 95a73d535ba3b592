//! Provenance of facts: spans while the texts of a world's files are in memory, lines after that.

use super::column::Column;
use crate::text::{Place, Sources, Span};
use rayon::prelude::*;
use std::sync::Arc;

/// Where each fact of the base is stated, by its number.
#[derive(Clone, Debug)]
pub(crate) enum Provenance {
    /// Spans in texts that are in memory.
    Spans {
        /// The first of each fact.
        first: Vec<Option<Span>>,
        /// Further ones, each with the number of its fact, in order.
        more: Vec<(u32, Span)>,
    },
    /// Lines of files whose texts were dropped. Lines are counted through all files, from 1; 0 is none.
    Lines {
        /// The first of each fact.
        first: Column<u32>,
        /// Further ones: the number of the fact, and the line, in order.
        more: Column<[u32; 2]>,
        /// The name of each file, and the count of lines in the files before it.
        files: Vec<(Arc<str>, u32)>,
    },
}

impl Default for Provenance {
    fn default() -> Provenance {
        Provenance::Spans { first: Vec::new(), more: Vec::new() }
    }
}

impl Provenance {
    /// The provenance of facts, given the spans of each in order.
    pub(crate) fn of<S: Iterator<Item = Span>>(facts: impl Iterator<Item = S>) -> Provenance {
        let (mut first, mut more) = (Vec::new(), Vec::new());
        for (number, spans) in (0..).zip(facts) {
            let mut last = None;
            for span in spans {
                match last {
                    None => first.push(Some(span)),
                    Some(last) if last != span => more.push((number, span)),
                    Some(_) => {}
                }
                last = Some(span);
            }
            if last.is_none() {
                first.push(None);
            }
        }
        Provenance::Spans { first, more }
    }

    /// The spans of a fact; none once the texts were dropped.
    pub(crate) fn spans(&self, number: u32) -> impl Iterator<Item = Span> + '_ {
        let (first, more): (Option<Span>, &[(u32, Span)]) = match self {
            Provenance::Spans { first, more } => {
                let start = more.partition_point(|&(of, _)| of < number);
                let count = more[start..].iter().take_while(|&&(of, _)| of == number).count();
                (first.get(number as usize).copied().flatten(), &more[start..start + count])
            }
            Provenance::Lines { .. } => (None, &[]),
        };
        first.into_iter().chain(more.iter().map(|&(_, span)| span))
    }

    /// The files and lines in which a fact is stated.
    pub(crate) fn shown(&self, number: u32, sources: &Sources) -> Vec<Place> {
        match self {
            Provenance::Spans { .. } => self.spans(number).map(|span| sources.place(span)).collect(),
            Provenance::Lines { first, more, files } => {
                let all = more.slice(0..more.len());
                let start = all.partition_point(|&[of, _]| of < number);
                let further = all[start..].iter().take_while(|&&[of, _]| of == number).map(|&[_, line]| line);
                let lines = std::iter::once(first.get(number as usize)).chain(further);
                lines.filter_map(|line| line_of(files, line)).collect()
            }
        }
    }

    /// Turns spans into lines, so that the texts can be dropped. Returns the lines of the spans in `others`, 0 for none.
    pub(crate) fn drop_sources(&mut self, sources: &Sources, others: &[Option<Span>]) -> Vec<u32> {
        let Provenance::Spans { first, more } = self else { return Vec::new() };
        let mut files = Vec::new();
        let mut before = Vec::new();
        let mut count = 0;
        for file in sources.files() {
            before.push(count);
            files.push((sources.name(file).clone(), count));
            count += sources.lines(file);
        }
        let line = |span: &Span| before[span.file.0 as usize] + sources.place(*span).line;
        let lines = |spans: &[Option<Span>]| -> Vec<u32> { spans.par_iter().map(|span| span.as_ref().map_or(0, line)).collect() };
        let others = lines(others);
        *self = Provenance::Lines {
            first: lines(first).into(),
            more: more.iter().map(|(number, span)| [*number, line(span)]).collect::<Vec<_>>().into(),
            files,
        };
        others
    }

    /// The file and line of a line that is counted through all files.
    pub(crate) fn line(&self, line: u32) -> Option<Place> {
        match self {
            Provenance::Spans { .. } => None,
            Provenance::Lines { files, .. } => line_of(files, line),
        }
    }
}

/// The file and line of a line that is counted through all files.
fn line_of(files: &[(Arc<str>, u32)], line: u32) -> Option<Place> {
    let file = files.partition_point(|&(_, before)| before < line).checked_sub(1)?;
    let (name, before) = &files[file];
    Some(Place { file: name.clone(), line: line - before })
}
