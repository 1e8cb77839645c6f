//! Examples as a program reads them.

/// A batch of examples as a program reads it: for each input its ids or its numbers, row-major, one row an example.
/// An input of numbers leaves its list of ids empty and the other way round.
#[derive(Clone, Debug, Default)]
pub struct Staged<T> {
    /// The ids of each input.
    pub ids: Vec<Vec<u32>>,
    /// The numbers of each input.
    pub numbers: Vec<Vec<T>>,
}

impl<T> Staged<T> {
    /// An empty batch for a number of inputs.
    pub fn new(inputs: usize) -> Self {
        let numbers = (0..inputs).map(|_| Vec::new()).collect();
        Self { ids: vec![Vec::new(); inputs], numbers }
    }

    /// Empties the batch and keeps its memory.
    #[inline]
    pub fn clear(&mut self) {
        self.ids.iter_mut().for_each(Vec::clear);
        self.numbers.iter_mut().for_each(Vec::clear);
    }
}

/// Training examples, as ids and numbers for the inputs of an objective.
pub trait Examples<T>: Sync {
    /// The number of examples.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Appends the ids and numbers of one example in an epoch to the list of each input. Must depend on its arguments
    /// alone.
    fn stage(&self, epoch: usize, example: usize, staged: &mut Staged<T>);
}

/// Examples whose ids may be others in every epoch, for an objective all of whose inputs are ids.
pub trait EpochIds: Send + Sync {
    /// The number of examples.
    fn count(&self) -> usize;

    /// Appends the ids of one example in an epoch to the list of each input. Must depend on its arguments alone.
    fn stage_ids(&self, epoch: usize, example: usize, ids: &mut [Vec<u32>]);
}

impl<T> Examples<T> for Box<dyn EpochIds + '_> {
    fn len(&self) -> usize {
        self.count()
    }

    fn stage(&self, epoch: usize, example: usize, staged: &mut Staged<T>) {
        self.stage_ids(epoch, example, &mut staged.ids);
    }
}
