//! Values by small dense numbers.

use std::sync::Arc;

use super::{Held, glance};

const CHUNK: usize = 64;

/// Values by number, from 0, without gaps; a number that nothing was put at yet holds the default.
#[derive(Debug, Clone)]
pub(crate) struct Chunks<T> {
    chunks: Vec<Arc<Chunk<T>>>,
}

#[derive(Debug)]
struct Chunk<T>([T; CHUNK]);

impl<T: Held> Clone for Chunk<T> {
    fn clone(&self) -> Self {
        glance(self.0.iter());
        Self(self.0.clone())
    }
}

impl<T> Default for Chunks<T> {
    fn default() -> Self {
        Self { chunks: Vec::new() }
    }
}

impl<T> Chunks<T> {
    /// The value of the number. Cost: two steps.
    #[inline]
    pub(crate) fn get(&self, number: u32) -> Option<&T> {
        let number = number as usize;
        self.chunks.get(number / CHUNK)?.0.get(number % CHUNK)
    }
}

impl<T: Held + Default> Chunks<T> {
    /// The value of the number, to be changed, if the number is below what was reached by [`Self::reach`].
    pub(crate) fn get_mut(&mut self, number: u32) -> Option<&mut T> {
        let number = number as usize;
        Arc::make_mut(self.chunks.get_mut(number / CHUNK)?).0.get_mut(number % CHUNK)
    }

    /// Makes room for the number.
    pub(crate) fn reach(&mut self, number: u32) {
        while self.chunks.len() <= number as usize / CHUNK {
            self.chunks.push(Arc::new(Chunk(std::array::from_fn(|_| T::default()))));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_keeps_what_it_had() {
        let mut chunks = Chunks::<u32>::default();
        assert!(chunks.get(0).is_none() && chunks.get_mut(0).is_none());
        chunks.reach(100);
        *chunks.get_mut(100).unwrap() = 7;
        let copy = chunks.clone();
        *chunks.get_mut(100).unwrap() = 8;
        assert_eq!((copy.get(100), chunks.get(100), chunks.get(127), chunks.get(128)), (Some(&7), Some(&8), Some(&0), None));
    }
}
