//! Learning rates.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Result};
use crate::options::text_option;

/// How the learning rate develops. Time is measured in epochs, fractions included, so that it does not depend on the batch
/// size and is the same for the remaining examples when some are left out.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Schedule {
    /// The same rate throughout.
    #[default]
    Constant,
    /// rate · (1 − t / epochs): down to zero at the end and no further.
    Linear,
    /// rate · factorᵗ.
    Exponential {
        /// What the rate is multiplied by in an epoch.
        factor: f64,
    },
    /// rate / (1 + decay · t).
    InverseTime {
        /// How fast the rate falls.
        decay: f64,
    },
}

impl Schedule {
    /// The forms that [`Schedule::from_str`] reads.
    const FORMS: &str = "constant, linear, exponential:FACTOR or inverse:DECAY";

    /// The rate at a time, in epochs, of a training that is to last `epochs`.
    pub fn rate(self, initial: f64, time: f64, epochs: usize) -> f64 {
        match self {
            Self::Constant => initial,
            Self::Linear => initial * (1.0 - time / epochs as f64).max(0.0),
            Self::Exponential { factor } => initial * factor.powf(time),
            Self::InverseTime { decay } => initial / (1.0 + decay * time),
        }
    }

    /// Checks the schedule's own numbers.
    ///
    /// # Errors
    /// [`Error::Argument`] for a factor outside (0, 1] or a decay that is negative or not finite.
    pub fn check(self) -> Result<()> {
        match self {
            Self::Exponential { factor } if !(factor > 0.0 && factor <= 1.0) => {
                Err(Error::argument("the decay factor", factor, "a number above 0 and at most 1"))
            }
            Self::InverseTime { decay } if !(decay >= 0.0 && decay.is_finite()) => {
                Err(Error::argument("the decay", decay, "a finite number of at least 0"))
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant => f.write_str("constant"),
            Self::Linear => f.write_str("linear"),
            Self::Exponential { factor } => write!(f, "exponential:{factor}"),
            Self::InverseTime { decay } => write!(f, "inverse:{decay}"),
        }
    }
}

impl FromStr for Schedule {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let refuse = || Error::argument("the schedule", format!("{text:?}"), Self::FORMS);
        let number = |text: &str| text.parse::<f64>().map_err(|_| refuse());
        let found = match text.split_once(':') {
            None if text == "constant" => Self::Constant,
            None if text == "linear" => Self::Linear,
            Some(("exponential", factor)) => Self::Exponential { factor: number(factor)? },
            Some(("inverse", decay)) => Self::InverseTime { decay: number(decay)? },
            _ => return Err(refuse()),
        };
        found.check().map(|()| found)
    }
}

text_option!(Schedule);
