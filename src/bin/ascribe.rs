//! The command line program; everything is in `ascribe::cli`.
fn main() {}
