//! Which answers to a question are true.

use super::triples::TripleSet;

/// All true answers to a question, so that a ranking can pass over the other true ones.
///
/// It holds the triples of all three splits. The answers to a question are sorted and distinct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    tails: Answers,
    heads: Answers,
}

impl Known {
    /// The answers that the triples of `set` give.
    pub fn new(set: &TripleSet) -> Self {
        let all = || [&set.train, &set.valid, &set.test].into_iter().flatten();
        Self {
            tails: Answers::new(all().map(|t| ((t.relation, t.head), t.tail)).collect()),
            heads: Answers::new(all().map(|t| ((t.relation, t.tail), t.head)).collect()),
        }
    }

    /// Every tail known for a head and a relation, lowest id first.
    pub fn tails(&self, head: u32, relation: u32) -> &[u32] {
        self.tails.of((relation, head))
    }

    /// Every head known for a relation and a tail, lowest id first.
    pub fn heads(&self, relation: u32, tail: u32) -> &[u32] {
        self.heads.of((relation, tail))
    }
}

/// A map from a relation and an entity to a sorted list of entities, as three flat lists.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Answers {
    /// Sorted.
    questions: Vec<(u32, u32)>,
    /// Where the answers to the question in the same place end; they begin where the last ended.
    ends: Vec<usize>,
    answers: Vec<u32>,
}

impl Answers {
    fn new(mut pairs: Vec<((u32, u32), u32)>) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        let mut index = Self { questions: Vec::new(), ends: Vec::new(), answers: Vec::with_capacity(pairs.len()) };
        for group in pairs.chunk_by(|left, right| left.0 == right.0) {
            index.questions.push(group[0].0);
            index.answers.extend(group.iter().map(|pair| pair.1));
            index.ends.push(index.answers.len());
        }
        index
    }

    fn of(&self, question: (u32, u32)) -> &[u32] {
        match self.questions.binary_search(&question) {
            Ok(place) => {
                let start = if place == 0 { 0 } else { self.ends[place - 1] };
                &self.answers[start..self.ends[place]]
            }
            Err(_) => &[],
        }
    }
}
