//! An and-inverter graph: inputs, conjunctions of two literals, and negation as a bit of the literal.

use rustc_hash::FxHashMap;
use std::ops::Not;

/// A node of a circuit, perhaps negated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lit(u32);

impl Lit {
    /// Always false.
    pub const FALSE: Lit = Lit(0);
    /// Always true.
    pub const TRUE: Lit = Lit(1);

    /// The constant.
    pub fn of(value: bool) -> Lit {
        if value { Lit::TRUE } else { Lit::FALSE }
    }

    /// The index of its node.
    pub(super) fn node(self) -> usize {
        (self.0 >> 1) as usize
    }

    /// Whether it is the negation of its node.
    pub(super) fn is_negated(self) -> bool {
        self.0 & 1 == 1
    }
}

impl Not for Lit {
    type Output = Lit;
    fn not(self) -> Lit {
        Lit(self.0 ^ 1)
    }
}

/// A node: the first one is the constant false.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Node {
    False,
    Input,
    And(Lit, Lit),
}

/// An and-inverter graph. A node comes after the nodes that it uses, and no two conjunctions are of the same literals.
#[derive(Clone, Debug)]
pub struct Circuit {
    nodes: Vec<Node>,
    known: FxHashMap<(Lit, Lit), Lit>,
}

impl Default for Circuit {
    fn default() -> Circuit {
        Circuit { nodes: vec![Node::False], known: FxHashMap::default() }
    }
}

impl Circuit {
    /// The number of its nodes.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether it has nothing but the constant.
    pub fn is_empty(&self) -> bool {
        self.nodes.len() == 1
    }

    pub(super) fn node(&self, index: usize) -> Node {
        self.nodes[index]
    }

    fn push(&mut self, node: Node) -> Lit {
        let index = u32::try_from(self.nodes.len()).ok().filter(|index| *index < 1 << 31).expect("fuel ends long before");
        self.nodes.push(node);
        Lit(index << 1)
    }

    /// Lets go of what is needed only to make nodes. Nodes that are made later may be equal to others.
    pub fn finish(&mut self) {
        self.known = FxHashMap::default();
    }

    /// A new input.
    pub fn input(&mut self) -> Lit {
        self.push(Node::Input)
    }

    /// Whether both are true.
    pub fn and(&mut self, a: Lit, b: Lit) -> Lit {
        let (a, b) = (a.min(b), a.max(b));
        if a == Lit::FALSE || a == !b {
            return Lit::FALSE;
        }
        if a == Lit::TRUE || a == b {
            return b;
        }
        if let Some(&known) = self.known.get(&(a, b)) {
            return known;
        }
        let made = self.push(Node::And(a, b));
        self.known.insert((a, b), made);
        made
    }

    /// Whether one is true.
    pub fn or(&mut self, a: Lit, b: Lit) -> Lit {
        !self.and(!a, !b)
    }

    /// Whether all are true.
    pub fn all(&mut self, lits: impl IntoIterator<Item = Lit>) -> Lit {
        lits.into_iter().fold(Lit::TRUE, |all, lit| self.and(all, lit))
    }

    /// Whether some is true.
    pub fn any(&mut self, lits: impl IntoIterator<Item = Lit>) -> Lit {
        !self.all(lits.into_iter().map(Lit::not).collect::<Vec<_>>())
    }

    /// Whether both have the same value.
    pub fn same(&mut self, a: Lit, b: Lit) -> Lit {
        let both = self.and(a, b);
        let neither = self.and(!a, !b);
        self.or(both, neither)
    }

    /// The values of all nodes, where `input` has those of the inputs. [`Circuit::read`] reads them.
    pub fn simulate(&self, input: impl Fn(Lit) -> bool) -> Vec<bool> {
        let mut values = Vec::with_capacity(self.nodes.len());
        for (index, node) in self.nodes.iter().enumerate() {
            let value = match *node {
                Node::False => false,
                Node::Input => input(Lit(u32::try_from(index).expect("a node") << 1)),
                Node::And(a, b) => Circuit::read(&values, a) && Circuit::read(&values, b),
            };
            values.push(value);
        }
        values
    }

    /// The value of a literal among those of all nodes.
    pub fn read(values: &[bool], lit: Lit) -> bool {
        values[lit.node()] != lit.is_negated()
    }
}

#[cfg(test)]
mod tests {
    use super::{Circuit, Lit};

    #[test]
    fn equal_nodes_are_shared_and_constants_folded() {
        let mut circuit = Circuit::default();
        let (a, b) = (circuit.input(), circuit.input());
        let both = circuit.and(a, b);
        assert_eq!(circuit.and(b, a), both);
        assert_eq!(circuit.and(a, !a), Lit::FALSE);
        assert_eq!(circuit.or(a, Lit::TRUE), Lit::TRUE);
        assert_eq!(circuit.and(a, Lit::TRUE), a);
        assert_eq!(circuit.len(), 4);
    }

    #[test]
    fn simulation_computes_every_connective() {
        let mut circuit = Circuit::default();
        let (a, b) = (circuit.input(), circuit.input());
        let (or, same) = (circuit.or(a, b), circuit.same(a, b));
        for (x, y) in [(false, false), (false, true), (true, false), (true, true)] {
            let values = circuit.simulate(|lit| if lit == a { x } else { y });
            assert_eq!((Circuit::read(&values, or), Circuit::read(&values, same)), (x || y, x == y));
        }
    }
}
