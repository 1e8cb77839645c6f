//! Reading training data.
