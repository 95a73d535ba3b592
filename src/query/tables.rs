//! How a published table differs from a table of the pack: columns and rows that are new, gone, renamed or elsewhere, and cells.

use crate::policy::{Policy, Table};
use crate::syntax::{Mark, Matrix, MatrixRow, label_name};
use std::collections::{BTreeMap, BTreeSet};

/// How rows, or columns, of the published table and of the pack's belong together. Numbers are places in either, from 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alignment {
    /// Those in both, by the place in the published table.
    pub pairs: Vec<Pair>,
    /// The published ones that the pack's table does not have.
    pub added: Vec<usize>,
    /// Those of the pack's table that are not published.
    pub dropped: Vec<usize>,
}

/// One that is in both tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The place in the published table.
    pub published: usize,
    /// The place in the pack's.
    pub own: usize,
    /// It has another name, and is taken for this one by its place alone: as many stand between the same neighbours, and the
    /// labels of rows change one for one.
    pub is_renamed: bool,
    /// It stands in another order among those of the same name.
    pub is_moved: bool,
}

/// How a published table differs from the pack's.
#[derive(Clone, Debug, Default)]
pub struct TableDiff {
    /// The columns of roles.
    pub columns: Alignment,
    /// The rows.
    pub rows: Alignment,
    /// The cells that say yes in one and no in the other.
    pub cells: Vec<CellDiff>,
    /// How many cells are in both.
    pub compared: usize,
    /// How many of the published cells in both are not marks, and so were not compared.
    pub unread: usize,
}

/// A cell that differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellDiff {
    /// Its row.
    pub row: Pair,
    /// Its column.
    pub column: Pair,
    /// What the published table says: yes, where the pack's says no.
    pub published: bool,
}

impl TableDiff {
    /// Whether both are the same: names, order and marks.
    pub fn is_same(&self) -> bool {
        let plain = |alignment: &Alignment| {
            let in_place = alignment.pairs.iter().all(|pair| !pair.is_renamed && !pair.is_moved);
            in_place && alignment.added.is_empty() && alignment.dropped.is_empty()
        };
        plain(&self.columns) && plain(&self.rows) && self.cells.is_empty() && self.unread == 0
    }
}

/// Compares a published table with one of the pack's.
///
/// Columns belong together by their headers, or if the header is the name or title of the column's role; rows by their labels, or if these
/// make the name of the row's action. Capitals, signs and blanks make no difference.
pub fn table_diff(policy: &Policy, table: &Table, published: &Matrix) -> TableDiff {
    let columns = align(&column_keys(published), &own_column_keys(policy, table), |_| true);
    let keys: Vec<Vec<String>> = published.rows.iter().map(row_keys).collect();
    let labels: Vec<Vec<String>> =
        published.rows.iter().map(|row| row.labels.iter().map(|label| label_name(&label.value)).collect()).collect();
    let own_labels: Vec<Vec<String>> = table.rows.iter().map(|row| row.label.split(" / ").map(label_name).collect()).collect();
    let rows = align(&keys, &own_row_keys(policy, table), |pairs| is_renaming(&labels, &own_labels, pairs));
    let marked: BTreeSet<(u32, u32)> = table.cells.iter().map(|cell| (cell.row, cell.column)).collect();
    let is_marked = |row: usize, column: usize| {
        let [row, column] = [row, column].map(|at| u32::try_from(at).unwrap_or(u32::MAX));
        marked.contains(&(row, column))
    };
    let mut diff = TableDiff { compared: rows.pairs.len() * columns.pairs.len(), ..TableDiff::default() };
    for &row in &rows.pairs {
        for &column in &columns.pairs {
            let own = is_marked(row.own, column.own);
            match published.rows[row.published].cells[column.published].mark {
                None => diff.unread += 1,
                Some(mark) if (mark == Mark::Yes) != own => diff.cells.push(CellDiff { row, column, published: !own }),
                Some(_) => {}
            }
        }
    }
    diff.compared -= diff.unread;
    TableDiff { columns, rows, ..diff }
}

fn column_keys(published: &Matrix) -> Vec<Vec<String>> {
    let keys = |(header, name): &(crate::syntax::Text, Option<String>)| {
        let mut keys = vec![label_name(&header.value)];
        keys.extend(name.clone());
        keys
    };
    published.roles.iter().map(keys).collect()
}

fn own_column_keys(policy: &Policy, table: &Table) -> Vec<Vec<String>> {
    let keys = |column: &crate::policy::TableColumn| {
        let role = &policy.roles[column.role].meta;
        let title = role.title.as_deref().map(label_name);
        [Some(label_name(&column.label.value)), title, Some(role.name.clone())].into_iter().flatten().collect()
    };
    table.columns.iter().map(keys).collect()
}

fn row_keys(row: &MatrixRow) -> Vec<String> {
    let mut keys = vec![path(row.labels.iter().map(|label| label.value.as_str()))];
    keys.extend(row.name());
    keys
}

fn own_row_keys(policy: &Policy, table: &Table) -> Vec<Vec<String>> {
    let keys = |row: &crate::policy::TableRow| {
        let action = &policy.actions[row.action].meta.name;
        let own = action.strip_prefix(&table.system).and_then(|rest| rest.strip_prefix('.')).unwrap_or(action);
        vec![path(row.label.split(" / ")), own.to_owned()]
    };
    table.rows.iter().map(keys).collect()
}

fn path<'a>(labels: impl Iterator<Item = &'a str>) -> String {
    labels.map(label_name).collect::<Vec<_>>().join(".")
}

/// Whether pairs of rows can be the same under other labels: each label has one other, at its place, and one that both tables have is itself.
fn is_renaming(labels: &[Vec<String>], own: &[Vec<String>], pairs: &[(usize, usize)]) -> bool {
    let depth = labels.first().map_or(0, Vec::len);
    let is_one_to_one = |at: usize| {
        let column = |rows: &[Vec<String>]| rows.iter().filter_map(|row| row.get(at).cloned()).collect::<BTreeSet<_>>();
        let both: BTreeSet<String> = column(labels).intersection(&column(own)).cloned().collect();
        let (mut to, mut from) = (BTreeMap::new(), BTreeMap::new());
        pairs.iter().all(|&(row, own_row)| {
            let (Some(label), Some(own)) = (labels[row].get(at), own[own_row].get(at)) else { return false };
            let is_itself = label == own || !both.contains(label) && !both.contains(own);
            is_itself && *to.entry(label).or_insert(own) == own && *from.entry(own).or_insert(label) == label
        })
    };
    pairs.iter().all(|&(_, at)| own[at].len() == depth) && (0..depth).all(is_one_to_one)
}

/// Pairs those that have a key in common, the first key of a published one first; then, between the same neighbours, as many that are left, if
/// `is_renaming` finds that they can be the same.
fn align(published: &[Vec<String>], own: &[Vec<String>], is_renaming: impl Fn(&[(usize, usize)]) -> bool) -> Alignment {
    let by_rank = |rank: usize| {
        let mut known: BTreeMap<&str, usize> = BTreeMap::new();
        for (at, key) in own.iter().enumerate().filter_map(|(at, keys)| Some((at, keys.get(rank)?))) {
            known.entry(key).or_insert(at);
        }
        known
    };
    let ranks = own.iter().map(Vec::len).max().unwrap_or(0);
    let mut of: Vec<Option<usize>> = vec![None; published.len()];
    let mut taken = BTreeSet::new();
    for known in (0..ranks).map(by_rank) {
        for (keys, of) in published.iter().zip(&mut of).filter(|(_, of)| of.is_none()) {
            *of = keys.iter().find_map(|key| known.get(key.as_str()).copied().filter(|at| taken.insert(*at)));
        }
    }
    let in_order = longest_rise(&of);
    let mut alignment = Alignment::default();
    for (at, own) in of.iter().enumerate().filter_map(|(at, own)| Some((at, (*own)?))) {
        alignment.pairs.push(Pair { published: at, own, is_renamed: false, is_moved: !in_order.contains(&at) });
    }
    let fixed = |pair: &&Pair| !pair.is_moved;
    let mut ends: Vec<(usize, usize)> = alignment.pairs.iter().filter(fixed).map(|pair| (pair.published, pair.own)).collect();
    ends.push((published.len(), own.len()));
    let mut from = (0, 0);
    for to in ends {
        let left: Vec<usize> = (from.0..to.0).filter(|&at| of[at].is_none()).collect();
        let own_left: Vec<usize> = (from.1..to.1).filter(|at| !taken.contains(at)).collect();
        let by_place: Vec<(usize, usize)> = left.iter().copied().zip(own_left.iter().copied()).collect();
        if left.len() == own_left.len() && is_renaming(&by_place) {
            alignment.pairs.extend(by_place.into_iter().map(|(published, own)| Pair { published, own, is_renamed: true, is_moved: false }));
        } else {
            alignment.added.extend(left);
            alignment.dropped.extend(own_left);
        }
        from = (to.0 + 1, to.1 + 1);
    }
    alignment.pairs.sort_by_key(|pair| pair.published);
    alignment
}

/// The places of a longest run of rising numbers, not necessarily side by side.
fn longest_rise(numbers: &[Option<usize>]) -> BTreeSet<usize> {
    // For each length, the place at which the run of that length with the least end ends.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; numbers.len()];
    for (at, number) in numbers.iter().enumerate().filter(|(_, number)| number.is_some()) {
        let length = ends.partition_point(|&end| numbers[end] < *number);
        before[at] = length.checked_sub(1).map(|shorter| ends[shorter]);
        ends.truncate(ends.len().max(length));
        if length == ends.len() { ends.push(at) } else { ends[length] = at }
    }
    std::iter::successors(ends.last().copied(), |&at| before[at]).collect()
}

#[cfg(test)]
mod tests {
    use super::{align, is_renaming};

    /// Both sides as words; the result has `=` same, `~` renamed, `>` moved, `+` added, `-` dropped.
    fn check(published: &str, own: &str) -> String {
        let keys = |words: &str| words.split_whitespace().map(|word| vec![word.to_owned()]).collect::<Vec<_>>();
        let (published, own) = (keys(published), keys(own));
        let found = align(&published, &own, |_| true);
        let pairs = found.pairs.iter().map(|pair| {
            let (one, other) = (&published[pair.published][0], &own[pair.own][0]);
            match (pair.is_renamed, pair.is_moved) {
                (true, _) => format!("~{one}/{other}"),
                (_, true) => format!(">{one}"),
                _ => format!("={one}"),
            }
        });
        let added = found.added.iter().map(|&at| format!("+{}", published[at][0]));
        let dropped = found.dropped.iter().map(|&at| format!("-{}", own[at][0]));
        pairs.chain(added).chain(dropped).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn rows_are_found_by_name_then_by_place() {
        assert_eq!(check("a b c", "a b c"), "=a =b =c");
        assert_eq!(check("a x c", "a b c"), "=a ~x/b =c");
        assert_eq!(check("x y", "a b"), "~x/a ~y/b");
        assert_eq!(check("a b x c", "a b c"), "=a =b =c +x");
        assert_eq!(check("a c", "a b c"), "=a =c -b");
        assert_eq!(check("c a b", "a b c"), ">c =a =b");
        assert_eq!(check("a x y c", "a b c"), "=a =c +x +y -b");
        assert_eq!(check("", "a"), "-a");
        assert_eq!(check("a a", "a"), "=a +a");
        assert_eq!(check("d x a b", "a b y d"), ">d =a =b +x -y");
    }

    #[test]
    fn rows_are_renamed_only_label_for_label() {
        let rows = |rows: &[[&str; 2]]| rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect::<Vec<_>>();
        let check = |published: &[[&str; 2]], own: &[[&str; 2]]| {
            let pairs: Vec<(usize, usize)> = (0..own.len()).map(|at| (at, at)).collect();
            is_renaming(&rows(published), &rows(own), &pairs)
        };
        assert!(check(&[["chambres", "voir"], ["chambres", "modifier"]], &[["rooms", "view"], ["rooms", "modify"]]));
        assert!(check(&[["mmr", "view"]], &[["pro", "view"]]));
        assert!(!check(&[["a", "view"], ["b", "view"]], &[["rooms", "view"], ["rooms", "modify"]]), "one label for two");
        assert!(!check(&[["a", "view"], ["a", "new"]], &[["rooms", "modify"], ["rooms", "view"]]), "a label that both have is itself");
    }
}
