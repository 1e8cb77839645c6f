//! Features as a folder holds them: in the shortest numbers that give them back exactly.

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::store::Values;
use crate::tensor::Array;

/// Up to so many bytes features are copied into the folder; larger ones are read again from the files they came from.
pub(super) const COPIED_UP_TO: usize = 1 << 30;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Copy {
    /// A byte is the number.
    Bytes,
    /// A byte is 255 times the number, as pixels are.
    Pixels,
    F32,
    F64,
    None,
}

impl Copy {
    /// The shortest type that gives every number back bit for bit.
    pub fn of(features: &[f64]) -> Self {
        let exact = |back: fn(f64) -> f64| features.iter().all(|x| back(*x).to_bits() == x.to_bits());
        if exact(|x| f64::from(x as u8)) {
            Self::Bytes
        } else if exact(|x| f64::from((x * 255.0).round() as u8) / 255.0) {
            Self::Pixels
        } else if exact(|x| f64::from(x as f32)) {
            Self::F32
        } else {
            Self::F64
        }
    }

    pub fn bytes(self) -> usize {
        match self {
            Self::Bytes | Self::Pixels => 1,
            Self::F32 => 4,
            Self::F64 => 8,
            Self::None => 0,
        }
    }

    /// The copy; empty where there is to be none.
    pub fn write(self, features: &[f64]) -> Values {
        match self {
            Self::Bytes => features.iter().map(|x| *x as u8).collect::<Vec<_>>().into(),
            Self::Pixels => features.iter().map(|x| (x * 255.0).round() as u8).collect::<Vec<_>>().into(),
            Self::F32 => features.iter().map(|x| *x as f32).collect::<Vec<_>>().into(),
            Self::F64 => features.to_vec().into(),
            Self::None => Vec::<u8>::new().into(),
        }
    }

    /// The numbers of a copy; none if it is of another type.
    ///
    /// # Errors
    /// [`Error::Argument`](crate::Error::Argument) when memory cannot hold them.
    pub fn read(self, values: Values) -> Result<Option<Vec<f64>>> {
        Ok(Some(match (self, values) {
            (Self::Bytes, Values::U8(bytes)) => widened(&bytes, |byte| f64::from(*byte))?,
            (Self::Pixels, Values::U8(bytes)) => widened(&bytes, |byte| f64::from(*byte) / 255.0)?,
            (Self::F32, Values::F32(numbers)) => widened(&numbers, |number| f64::from(*number))?,
            (Self::F64, Values::F64(numbers)) => numbers,
            _ => return Ok(None),
        }))
    }
}

fn widened<V>(values: &[V], number: impl Fn(&V) -> f64) -> Result<Vec<f64>> {
    let mut numbers = Array::try_zeros(&[values.len()])?.into_values();
    numbers.iter_mut().zip(values).for_each(|(x, value)| *x = number(value));
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_exact_type_is_taken_and_gives_every_bit_back() {
        let pixels: Vec<f64> = (0..=255u8).map(|byte| f64::from(byte) / 255.0).collect();
        for (features, expected) in [
            (vec![0.0, 1.0, 255.0], Copy::Bytes),
            (pixels, Copy::Pixels),
            (vec![0.5, -3.0, 256.0, 1e30f32 as f64], Copy::F32),
            (vec![-0.0, 1.0], Copy::F32),
            (vec![0.1], Copy::F64),
            (vec![], Copy::Bytes),
        ] {
            let copy = Copy::of(&features);
            assert_eq!(copy, expected, "{features:?}");
            let back = copy.read(copy.write(&features)).unwrap().unwrap();
            assert!(
                back.iter().zip(&features).all(|(a, b)| a.to_bits() == b.to_bits()) && back.len() == features.len()
            );
        }
        assert_eq!(Copy::F32.read(Values::F64(vec![1.0])).unwrap(), None);
    }
}
