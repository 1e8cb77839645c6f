//! The one matrix-product operation: which axes of two values are multiplied, kept and summed.

use super::types::Shape;

/// A sum of products over shared axes, written as in `"d,cd->c"`.
///
/// Every axis has a letter. A letter that both operands have and the result lacks is summed; a letter of the result is
/// kept. The batch axis is never written: the result is per-example when an operand is, unless `over_batch` sums it too.
/// A letter stands at most once in each part, and an operand's letter must stand in the other operand or the result, so
/// that the derivative by either operand is again a contraction.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Contraction {
    /// The letters of the left operand.
    pub left: Vec<u8>,
    /// The letters of the right operand.
    pub right: Vec<u8>,
    /// The letters of the result.
    pub out: Vec<u8>,
    /// Whether the examples are summed as well.
    pub over_batch: bool,
}

impl Contraction {
    /// Reads `"ab,bc->ac"`; the reason why not, otherwise.
    pub(crate) fn parse(spec: &str, over_batch: bool) -> Result<Self, String> {
        let form = || format!("{spec:?} is not of the form \"ab,bc->ac\"");
        let (operands, out) = spec.split_once("->").ok_or_else(form)?;
        let (left, right) = operands.split_once(',').ok_or_else(form)?;
        let part = |text: &str| -> Result<Vec<u8>, String> {
            let letters = text.trim().as_bytes().to_vec();
            for (place, letter) in letters.iter().enumerate() {
                if !letter.is_ascii_lowercase() {
                    return Err(form());
                }
                if letters[..place].contains(letter) {
                    return Err(format!("the letter {} stands twice in {text:?}", *letter as char));
                }
            }
            Ok(letters)
        };
        Self::new(part(left)?, part(right)?, part(out)?, over_batch)
    }

    /// A contraction from its letters; the reason why not, otherwise.
    pub(crate) fn new(left: Vec<u8>, right: Vec<u8>, out: Vec<u8>, over_batch: bool) -> Result<Self, String> {
        for (own, other, side) in [(&left, &right, "left"), (&right, &left, "right")] {
            if let Some(letter) = own.iter().find(|letter| !other.contains(letter) && !out.contains(letter)) {
                let letter = char::from(*letter);
                return Err(format!("the letter {letter} stands in the {side} operand only; sum that axis first"));
            }
        }
        if let Some(letter) = out.iter().find(|letter| !left.contains(letter) && !right.contains(letter)) {
            return Err(format!("the letter {} of the result stands in no operand", char::from(*letter)));
        }
        let mut contraction = Self { left, right, out, over_batch };
        contraction.rename();
        Ok(contraction)
    }

    /// The contraction with one more axis of the left or the right operand, before all others, which the result keeps.
    pub(crate) fn with_directions(&self, left: bool) -> Self {
        let fresh = u8::MAX;
        let mut wider = self.clone();
        let operand = if left { &mut wider.left } else { &mut wider.right };
        operand.insert(0, fresh);
        wider.out.insert(0, fresh);
        wider.rename();
        wider
    }

    /// Names the letters by first appearance, so that equal contractions compare equal.
    fn rename(&mut self) {
        let mut seen: Vec<u8> = Vec::new();
        for part in [&mut self.left, &mut self.right, &mut self.out] {
            for letter in part {
                let place = seen.iter().position(|s| s == letter).unwrap_or_else(|| {
                    seen.push(*letter);
                    seen.len() - 1
                });
                *letter = b'a' + place as u8;
            }
        }
    }

    /// The result's shape; the reason why the operands do not fit, otherwise.
    pub(crate) fn shape(&self, left: &Shape, right: &Shape) -> Result<Shape, String> {
        for (letters, shape, side) in [(&self.left, left, "left"), (&self.right, right, "right")] {
            if letters.len() != shape.rank() {
                let (named, rank) = (letters.len(), shape.rank());
                return Err(format!("{self} names {named} axes of the {side} operand, which has {rank}"));
            }
        }
        for (place, letter) in self.left.iter().enumerate() {
            let Some(other) = self.right.iter().position(|l| l == letter) else { continue };
            let (l, r) = (left.sizes()[place], right.sizes()[other]);
            if l != r {
                return Err(format!(
                    "axis {place} of the left operand has {l} elements but axis {other} of the right has {r} ({self})"
                ));
            }
        }
        Ok(Shape::new(&self.out.iter().map(|l| self.size(*l, left, right)).collect::<Vec<_>>()))
    }

    pub(crate) fn size(&self, letter: u8, left: &Shape, right: &Shape) -> usize {
        match self.left.iter().position(|l| *l == letter) {
            Some(place) => left.sizes()[place],
            None => self.right.iter().position(|l| *l == letter).map_or(1, |place| right.sizes()[place]),
        }
    }
}

impl std::fmt::Display for Contraction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [left, right, out] = [&self.left, &self.right, &self.out].map(|part| String::from_utf8_lossy(part));
        let over_batch = if self.over_batch { " summed over the batch" } else { "" };
        write!(f, "{left},{right}->{out}{over_batch}")
    }
}
