//! The diagram: functions of one string with finitely many exceptions, stacked, reduced, and shared.
//!
//! A [`Node<T>`] is a function from strings to `T` that has one value, `rest`, outside finitely many listed strings. `Node<Node<bool>>` is
//! then a set of pairs of strings. A listed value is never equal to `rest` and the list is sorted, so equal functions are equal nodes,
//! whatever they were made from.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use hashbrown::{HashMap, HashSet};

use super::TooLarge;

/// What an operation on sets says of an element, given whether it is in the left and in the right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Op {
    Union,
    Intersection,
    Difference,
}

/// The steps that are left to an operation.
#[derive(Debug)]
pub(super) struct Budget {
    left: usize,
    limit: usize,
}

impl Budget {
    pub(super) const fn new(limit: usize) -> Self {
        Self { left: limit, limit }
    }

    pub(super) fn spend(&mut self, steps: usize) -> Result<(), TooLarge> {
        self.left = self.left.checked_sub(steps).ok_or(TooLarge { limit: self.limit })?;
        Ok(())
    }
}

/// Pairs of nodes, by address, that were compared before. Every node in it is alive as long as it is used.
pub(super) type Seen = HashSet<(usize, usize)>;

/// What one operation carries: its steps, and the pairs of nodes it has found to be equal.
#[derive(Debug)]
pub(super) struct Walk {
    pub(super) budget: Budget,
    pub(super) equal: Seen,
}

impl Walk {
    pub(super) fn new(limit: usize) -> Self {
        Self { budget: Budget::new(limit), equal: Seen::new() }
    }
}

/// A set, of tuples of strings or of paths, that can be combined with others of its kind.
pub(super) trait Layer: Clone + std::fmt::Debug {
    /// What is remembered within one operation.
    type Memo: Default;

    /// The set of everything, or of nothing.
    fn constant(full: bool) -> Self;

    /// Whether it is everything (`Some(true)`), nothing (`Some(false)`) or neither.
    fn as_constant(&self) -> Option<bool>;

    /// A number that is the same for equal sets.
    fn digest(&self) -> u64;

    /// Whether the two are equal. `equal` holds pairs known to be.
    fn same(&self, other: &Self, equal: &mut Seen) -> bool;

    /// The result of the operation.
    fn combine(&self, other: &Self, op: Op, memo: &mut Self::Memo, walk: &mut Walk) -> Result<Self, TooLarge>;

    /// Everything that is not in it.
    fn complement(&self, memo: &mut Self::Memo) -> Self;

    /// Whether the result of the operation, which is not a union, has an element. `void` holds pairs known to give none.
    fn meets(&self, other: &Self, op: Op, void: &mut Seen, budget: &mut Budget) -> Result<bool, TooLarge>;

    /// The result of the operation where it needs no walk.
    fn shortcut(&self, other: &Self, op: Op, memo: &mut Self::Memo) -> Option<Self> {
        match (op, self.as_constant(), other.as_constant()) {
            (Op::Union, Some(true), _) | (Op::Intersection, _, Some(true)) => Some(self.clone()),
            (Op::Union, _, Some(false)) | (Op::Difference, _, Some(false)) => Some(self.clone()),
            (Op::Union, Some(false), _) | (Op::Union, _, Some(true)) | (Op::Intersection, Some(true), _) => Some(other.clone()),
            (Op::Intersection, Some(false), _) | (Op::Difference, Some(false), _) => Some(Self::constant(false)),
            (Op::Intersection, _, Some(false)) | (Op::Difference, _, Some(true)) => Some(Self::constant(false)),
            (Op::Difference, Some(true), _) => Some(other.complement(memo)),
            _ => None,
        }
    }

    /// Whether the result of the operation has an element, where constants tell.
    fn meets_at_once(&self, other: &Self, op: Op) -> Option<bool> {
        let wanted = op == Op::Intersection;
        match (self.as_constant(), other.as_constant()) {
            (Some(false), _) => Some(false),
            (_, Some(value)) if value != wanted => Some(false),
            (_, Some(_)) | (Some(true), None) => Some(true),
            _ => None,
        }
    }
}

impl Layer for bool {
    type Memo = ();

    fn constant(full: bool) -> Self {
        full
    }

    fn as_constant(&self) -> Option<bool> {
        Some(*self)
    }

    fn digest(&self) -> u64 {
        u64::from(*self)
    }

    fn same(&self, other: &Self, _: &mut Seen) -> bool {
        self == other
    }

    fn combine(&self, other: &Self, op: Op, (): &mut (), _: &mut Walk) -> Result<Self, TooLarge> {
        Ok(match op {
            Op::Union => *self || *other,
            Op::Intersection => *self && *other,
            Op::Difference => *self && !*other,
        })
    }

    fn complement(&self, (): &mut ()) -> Self {
        !self
    }

    fn meets(&self, other: &Self, op: Op, _: &mut Seen, _: &mut Budget) -> Result<bool, TooLarge> {
        Ok(*self && *other == (op == Op::Intersection))
    }
}

/// A function from strings to `T`, constant outside a finite list.
#[derive(Debug)]
pub(super) struct Node<T>(Arc<Inner<T>>);

#[derive(Debug)]
struct Inner<T> {
    listed: Box<[(Arc<str>, T)]>,
    rest: T,
    digest: u64,
    constant: Option<bool>,
}

impl<T> Clone for Node<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// The order of strings by bytes. Two empty ones are told apart from the others by their length alone, as in `rule`.
pub(super) fn order(a: &str, b: &str) -> std::cmp::Ordering {
    if a.is_empty() || b.is_empty() {
        return a.len().cmp(&b.len());
    }
    a.cmp(b)
}

impl<T: Layer> Node<T> {
    /// The function of these values. `listed` has to be sorted, without duplicates and without the value of `rest`.
    pub(super) fn reduced(listed: Vec<(Arc<str>, T)>, rest: T) -> Self {
        let mut hasher = DefaultHasher::new();
        for (key, value) in &listed {
            key.hash(&mut hasher);
            hasher.write_u64(value.digest());
        }
        hasher.write_u64(rest.digest());
        let constant = if listed.is_empty() { rest.as_constant() } else { None };
        Self(Arc::new(Inner { listed: listed.into(), rest, digest: hasher.finish(), constant }))
    }

    /// The strings that have a value of their own, in order, with it.
    pub(super) fn listed(&self) -> &[(Arc<str>, T)] {
        &self.0.listed
    }

    /// The value of all other strings.
    pub(super) fn rest(&self) -> &T {
        &self.0.rest
    }

    /// The value of the string.
    pub(super) fn at(&self, key: &str) -> &T {
        let found = self.place(key).and_then(|place| self.0.listed.get(place));
        found.map_or(&self.0.rest, |(_, value)| value)
    }

    /// Whether the string has a value of its own.
    pub(super) fn lists(&self, key: &str) -> bool {
        self.place(key).is_some()
    }

    fn place(&self, key: &str) -> Option<usize> {
        self.0.listed.binary_search_by(|(listed, _)| order(listed, key)).ok()
    }

    fn same_entries(&self, other: &Self, equal: &mut Seen) -> bool {
        let mut entries = self.listed().iter().zip(other.listed());
        self.listed().len() == other.listed().len()
            && self.rest().same(other.rest(), equal)
            && entries.all(|(a, b)| order(&a.0, &b.0).is_eq() && a.1.same(&b.1, equal))
    }

    /// Where it lies; the same number as that of another node only if they are one, or one of them is gone.
    pub(super) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    /// For every string that either lists, in order: it, and the two values.
    fn pairs<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = (&'a Arc<str>, &'a T, &'a T)> {
        let (mut left, mut right) = (self.listed().iter().peekable(), other.listed().iter().peekable());
        std::iter::from_fn(move || {
            let side = match (left.peek(), right.peek()) {
                (None, None) => return None,
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (Some((a, _)), Some((b, _))) => order(a, b),
            };
            let a = if side.is_le() { left.next() } else { None };
            let b = if side.is_ge() { right.next() } else { None };
            let (key, _) = a.or(b)?;
            Some((key, a.map_or(self.rest(), |(_, value)| value), b.map_or(other.rest(), |(_, value)| value)))
        })
    }
}

/// What is remembered within one operation on nodes: results by operands, and the nodes made, by digest.
///
/// It keeps alive what it has made, so that no address in it is used twice.
#[derive(Debug)]
pub(super) struct Memo<T: Layer> {
    results: HashMap<(usize, usize), Node<T>>,
    complements: HashMap<usize, Node<T>>,
    made: HashMap<u64, Vec<Node<T>>>,
    below: T::Memo,
}

impl<T: Layer> Default for Memo<T> {
    fn default() -> Self {
        Self { results: HashMap::new(), complements: HashMap::new(), made: HashMap::new(), below: T::Memo::default() }
    }
}

impl<T: Layer> Memo<T> {
    /// What is remembered of the layer below.
    pub(super) fn below(&mut self) -> &mut T::Memo {
        &mut self.below
    }

    /// The function with these values, one node for equal ones. `listed` has to be sorted and without duplicates.
    pub(super) fn node(&mut self, mut listed: Vec<(Arc<str>, T)>, rest: T, equal: &mut Seen) -> Node<T> {
        listed.retain(|(_, value)| !value.same(&rest, equal));
        let node = Node::reduced(listed, rest);
        let alike = self.made.entry(node.digest()).or_default();
        if let Some(known) = alike.iter().find(|known| known.same_entries(&node, equal)) {
            return known.clone();
        }
        alike.push(node.clone());
        node
    }

    /// The function that has the value for these strings and is empty elsewhere.
    pub(super) fn only(&mut self, keys: impl IntoIterator<Item = Arc<str>>, value: &T, equal: &mut Seen) -> Node<T> {
        let mut keys: Vec<Arc<str>> = keys.into_iter().collect();
        keys.sort_unstable();
        keys.dedup();
        self.node(keys.into_iter().map(|key| (key, value.clone())).collect(), T::constant(false), equal)
    }
}

impl<T: Layer> Layer for Node<T> {
    type Memo = Memo<T>;

    fn constant(full: bool) -> Self {
        Self::reduced(Vec::new(), T::constant(full))
    }

    fn as_constant(&self) -> Option<bool> {
        self.0.constant
    }

    fn digest(&self) -> u64 {
        self.0.digest
    }

    fn same(&self, other: &Self, equal: &mut Seen) -> bool {
        if Arc::ptr_eq(&self.0, &other.0) {
            return true;
        }
        // Constants are made and dropped all the time: their addresses may not be remembered.
        if self.0.constant.is_some() || self.0.digest != other.0.digest {
            return self.0.constant.is_some() && self.0.constant == other.0.constant;
        }
        let pair = (self.address(), other.address());
        if equal.contains(&pair) {
            return true;
        }
        let same = self.same_entries(other, equal);
        if same {
            equal.insert(pair);
        }
        same
    }

    fn combine(&self, other: &Self, op: Op, memo: &mut Memo<T>, walk: &mut Walk) -> Result<Self, TooLarge> {
        if Arc::ptr_eq(&self.0, &other.0) {
            return Ok(if op == Op::Difference { Self::constant(false) } else { self.clone() });
        }
        if let Some(result) = self.shortcut(other, op, memo) {
            return Ok(result);
        }
        let pair = (self.address(), other.address());
        if let Some(known) = memo.results.get(&pair) {
            return Ok(known.clone());
        }
        let rest = self.rest().combine(other.rest(), op, &mut memo.below, walk)?;
        let mut listed = Vec::with_capacity(self.listed().len().max(other.listed().len()));
        for (key, a, b) in self.pairs(other) {
            walk.budget.spend(1)?;
            listed.push((Arc::clone(key), a.combine(b, op, &mut memo.below, walk)?));
        }
        let result = memo.node(listed, rest, &mut walk.equal);
        memo.results.insert(pair, result.clone());
        Ok(result)
    }

    fn complement(&self, memo: &mut Memo<T>) -> Self {
        if let Some(known) = memo.complements.get(&self.address()) {
            return known.clone();
        }
        let rest = self.rest().complement(&mut memo.below);
        let values = self.listed().iter().map(|(key, value)| (Arc::clone(key), value.complement(&mut memo.below)));
        let result = Self::reduced(values.collect(), rest);
        memo.complements.insert(self.address(), result.clone());
        result
    }

    fn meets(&self, other: &Self, op: Op, void: &mut Seen, budget: &mut Budget) -> Result<bool, TooLarge> {
        if let Some(answer) = self.meets_at_once(other, op) {
            return Ok(answer);
        }
        if Arc::ptr_eq(&self.0, &other.0) {
            return Ok(op == Op::Intersection);
        }
        let pair = (self.address(), other.address());
        if void.contains(&pair) {
            return Ok(false);
        }
        budget.spend(1)?;
        let met = self.rest().meets(other.rest(), op, void, budget)? || self.meets_where_listed(other, op, void, budget)?;
        if !met {
            void.insert(pair);
        }
        Ok(met)
    }
}

impl<T: Layer> Node<T> {
    /// [`Layer::meets`] for the listed strings. Where nothing can be met outside one list, only that list is gone through.
    fn meets_where_listed(&self, other: &Self, op: Op, void: &mut Seen, budget: &mut Budget) -> Result<bool, TooLarge> {
        let outside_other = self.rest().as_constant() == Some(false);
        let outside_self = other.rest().as_constant() == Some(op == Op::Difference);
        if outside_other && (!outside_self || self.listed().len() <= other.listed().len()) {
            return any(self.listed(), budget, |key, value, budget| value.meets(other.at(key), op, void, budget));
        }
        if outside_self {
            return any(other.listed(), budget, |key, value, budget| self.at(key).meets(value, op, void, budget));
        }
        for (_, a, b) in self.pairs(other) {
            budget.spend(1)?;
            if a.meets(b, op, void, budget)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn any<T>(
    listed: &[(Arc<str>, T)],
    budget: &mut Budget,
    mut test: impl FnMut(&str, &T, &mut Budget) -> Result<bool, TooLarge>,
) -> Result<bool, TooLarge> {
    for (key, value) in listed {
        budget.spend(1)?;
        if test(key, value, budget)? {
            return Ok(true);
        }
    }
    Ok(false)
}
