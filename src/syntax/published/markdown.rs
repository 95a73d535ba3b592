//! Where a page in Markdown has tables, headings and code.

use super::HeadingAt;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use std::ops::Range;

/// The places in a page.
#[derive(Default)]
pub(super) struct Found {
    pub(super) tables: Vec<Range<usize>>,
    pub(super) headings: Vec<HeadingAt>,
    /// Blocks and spans of code, which show tables and have none.
    pub(super) code: Vec<Range<usize>>,
}

/// The tables, headings and code of a page.
pub(super) fn find(text: &str) -> Found {
    let options = Options::ENABLE_TABLES | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let mut found = Found::default();
    let mut heading: Option<(usize, Option<Range<usize>>)> = None;
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        match event {
            Event::Start(Tag::Table(_)) => found.tables.push(range),
            Event::Start(Tag::CodeBlock(_)) => found.code.push(range),
            Event::Start(Tag::Heading { .. }) => heading = Some((range.start, None)),
            Event::End(TagEnd::Heading(_)) => {
                if let Some((start, Some(text))) = heading.take() {
                    found.headings.push(HeadingAt { start, text });
                }
            }
            event => {
                if let Some((_, text)) = &mut heading {
                    *text = Some(text.as_ref().map_or(range.clone(), |text| text.start.min(range.start)..text.end.max(range.end)));
                }
                if matches!(event, Event::Code(_)) {
                    found.code.push(range);
                }
            }
        }
    }
    found
}
