//! Provenance of facts: spans while the texts of a world's files are in memory, lines after that. A base has the one or the other.

use super::column::Column;
use crate::text::{FileId, Place, Sources, Span};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
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

/// Where a fact is stated that is not in the base yet: as the base will have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum StatedAt {
    /// At a span in a text that is in memory.
    Span(Span),
    /// On this line, counted through all files of the base.
    Line(u32),
}

impl StatedAt {
    pub(crate) fn span(self) -> Option<Span> {
        match self {
            StatedAt::Span(span) => Some(span),
            StatedAt::Line(_) => None,
        }
    }

    fn line(self) -> u32 {
        match self {
            StatedAt::Span(_) => 0,
            StatedAt::Line(line) => line,
        }
    }
}

/// The lines of a base whose texts were dropped, to which those of further files are added.
pub(crate) struct LineNumbers {
    /// The name of each file, and the count of lines in the files before it.
    files: Vec<(Arc<str>, u32)>,
    /// The count of lines in all these files; those of the last file that have no fact and no entity may be missing.
    end: u32,
    /// Where the lines of a file begin that was added.
    added: FxHashMap<FileId, u32>,
}

impl LineNumbers {
    /// The line of a span, counted through all files.
    pub(crate) fn number(&mut self, sources: &Sources, span: Span) -> u32 {
        let LineNumbers { files, end, added } = self;
        let before = *added.entry(span.file).or_insert_with(|| {
            let before = *end;
            files.push((sources.name(span.file).clone(), before));
            *end += sources.lines(span.file);
            before
        });
        before + sources.place(span).line
    }
}

impl Default for Provenance {
    fn default() -> Provenance {
        Provenance::Spans { first: Vec::new(), more: Vec::new() }
    }
}

impl Provenance {
    /// The provenance of facts, given in order where each is stated: on `lines`, or at spans if there are none.
    pub(crate) fn of<S: Iterator<Item = StatedAt>>(facts: impl Iterator<Item = S>, lines: Option<LineNumbers>) -> Provenance {
        let (mut first, mut more) = (Vec::new(), Vec::new());
        for (number, all) in (0..).zip(facts) {
            let mut last = None;
            for stated in all {
                match last {
                    None => first.push(Some(stated)),
                    Some(last) if last != stated => more.push((number, stated)),
                    Some(_) => {}
                }
                last = Some(stated);
            }
            if last.is_none() {
                first.push(None);
            }
        }
        match lines {
            None => Provenance::Spans {
                first: first.into_iter().map(|stated| stated.and_then(StatedAt::span)).collect(),
                more: more.into_iter().filter_map(|(number, stated)| Some((number, stated.span()?))).collect(),
            },
            Some(LineNumbers { files, .. }) => Provenance::Lines {
                first: first.into_iter().map(|stated| stated.map_or(0, StatedAt::line)).collect::<Vec<u32>>().into(),
                more: more.into_iter().map(|(number, stated)| [number, stated.line()]).collect::<Vec<_>>().into(),
                files,
            },
        }
    }

    /// The lines of the files, if the texts were dropped; `others` are lines beside those of facts.
    pub(crate) fn line_numbers(&self, others: &Column<u32>) -> Option<LineNumbers> {
        let Provenance::Lines { first, more, files } = self else { return None };
        let lines = first.slice(0..first.len()).iter().chain(more.slice(0..more.len()).iter().map(|[_, line]| line));
        let last = lines.chain(others.slice(0..others.len())).copied().max().unwrap_or_default();
        let end = files.last().map_or(last, |&(_, before)| last.max(before));
        Some(LineNumbers { files: files.clone(), end, added: FxHashMap::default() })
    }

    /// Where a fact is stated.
    pub(crate) fn stated_at(&self, number: u32) -> impl Iterator<Item = StatedAt> + '_ {
        self.spans(number).map(StatedAt::Span).chain(self.lines(number).map(StatedAt::Line))
    }

    /// The lines of a fact, counted through all files; none before the texts are dropped.
    fn lines(&self, number: u32) -> impl Iterator<Item = u32> + '_ {
        let (first, more): (u32, &[[u32; 2]]) = match self {
            Provenance::Spans { .. } => (0, &[]),
            Provenance::Lines { first, more, .. } => {
                let all = more.slice(0..more.len());
                let start = all.partition_point(|&[of, _]| of < number);
                let count = all[start..].iter().take_while(|&&[of, _]| of == number).count();
                (first.get(number as usize), &all[start..start + count])
            }
        };
        std::iter::once(first).chain(more.iter().map(|&[_, line]| line)).filter(|&line| line != 0)
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

    /// Turns spans into lines, so that the texts can be dropped. Returns the lines of the spans in `others`, 0 for none.
    pub(crate) fn drop_sources(&mut self, sources: &Sources, others: &[Option<Span>]) -> Vec<u32> {
        let Provenance::Spans { first, more } = self else { return Vec::new() };
        let before = sources.lines_before();
        let files = sources.files().map(|file| (sources.name(file).clone(), before[file.0 as usize])).collect();
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
    Some(Place { file: name.clone(), line: line - before, from: None })
}
