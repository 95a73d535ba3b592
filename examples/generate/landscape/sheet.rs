//! What is written, line by line, and how much of it.

use super::days::During;
use super::names::Name;
use std::fmt;
use std::io;

/// How much was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Facts as a world counts them: relations, roles held, memberships, values of attributes; those that events bring are counted too.
    pub facts: u64,
    /// Entities, without those that events create.
    pub entities: u64,
    /// Events.
    pub events: u64,
}

/// A world being written.
#[derive(Debug)]
pub struct Sheet<W> {
    out: W,
    /// How much was written.
    pub counts: Counts,
}

/// What an attribute or a parameter is given.
#[derive(Clone, Copy, Debug)]
pub enum GivenValue<'a> {
    /// An entity.
    One(Name),
    /// Entities; an empty list is left out.
    Many(&'a [Name]),
    /// A text.
    Text(&'static str),
    /// A number.
    Number(u32),
}

impl<W: io::Write> Sheet<W> {
    /// An empty sheet.
    pub fn new(out: W) -> Sheet<W> {
        Sheet { out, counts: Counts::default() }
    }

    /// An entity and its attributes.
    pub fn entity(&mut self, name: Name, attributes: &[(&str, GivenValue<'_>)]) -> io::Result<()> {
        write!(self.out, "{{\"entity\":\"{name}\"")?;
        for &(key, value) in attributes {
            self.counts.facts += self.given(key, value)?;
        }
        self.counts.entities += 1;
        self.out.write_all(b"}\n")
    }

    /// A relation.
    pub fn relation(&mut self, relation: &str, ends: &[Name], during: During) -> io::Result<()> {
        self.fact(format_args!("{relation}({})", Listed(ends, ", ")), during)
    }

    /// A role held.
    pub fn holds(&mut self, holder: Name, role: &str, scope: Name, during: During) -> io::Result<()> {
        self.fact(format_args!("{holder} holds {role} on {scope}"), during)
    }

    fn fact(&mut self, fact: fmt::Arguments<'_>, during: During) -> io::Result<()> {
        write!(self.out, "{{\"fact\":\"{fact}\"")?;
        if let Some(since) = during.since {
            write!(self.out, ",\"since\":\"{since}\"")?;
        }
        if let Some(until) = during.until {
            write!(self.out, ",\"until\":\"{until}\"")?;
        }
        self.counts.facts += 1;
        self.out.write_all(b"}\n")
    }

    /// An event, which brings so many facts.
    pub fn event(
        &mut self,
        event: &str,
        at: fmt::Arguments<'_>,
        by: Name,
        parameters: &[(&str, GivenValue<'_>)],
        brings: u64,
    ) -> io::Result<()> {
        write!(self.out, "{{\"event\":\"{event}\",\"at\":\"{at}\",\"by\":\"{by}\"")?;
        for &(key, value) in parameters {
            self.given(key, value)?;
        }
        self.counts.events += 1;
        self.counts.facts += brings;
        self.out.write_all(b"}\n")
    }

    /// A question.
    pub fn question(&mut self, subject: Name, action: &str, resource: Name) -> io::Result<()> {
        writeln!(
            self.out,
            "{{\"subject\":{{\"type\":\"{}\",\"id\":\"{}\"}},\"action\":{{\"name\":\"{action}\"}},\"resource\":{{\"type\":\"{}\",\"id\":\"{}\"}}}}",
            subject.kind(),
            subject.id(),
            resource.kind(),
            resource.id()
        )
    }

    /// Writes a key with its value, and says how many values it has.
    fn given(&mut self, key: &str, value: GivenValue<'_>) -> io::Result<u64> {
        match value {
            GivenValue::Many([]) => return Ok(0),
            GivenValue::Many(names) => {
                write!(self.out, ",\"{key}\":[\"{}\"]", Listed(names, "\",\""))?;
                return Ok(names.len() as u64);
            }
            GivenValue::One(name) => write!(self.out, ",\"{key}\":\"{name}\"")?,
            GivenValue::Text(text) => write!(self.out, ",\"{key}\":\"{text}\"")?,
            GivenValue::Number(number) => write!(self.out, ",\"{key}\":{number}")?,
        }
        Ok(1)
    }
}

/// Names with something between them.
struct Listed<'a>(&'a [Name], &'static str);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, name) in self.0.iter().enumerate() {
            let between = if place == 0 { "" } else { self.1 };
            write!(f, "{between}{name}")?;
        }
        Ok(())
    }
}
