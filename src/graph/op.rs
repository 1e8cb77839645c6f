//! The closed set of operations.

use crate::error::Result;

use super::contraction::Contraction;
use super::nodes::{Graph, NodeId};

/// A constant that can be compared and hashed: an `f64` by its bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Constant(u64);

impl Constant {
    /// Wraps a number.
    pub fn new(value: f64) -> Self {
        // One zero only, so that equal constants are one node.
        Self((value + 0.0).to_bits())
    }

    /// The number.
    pub fn value(self) -> f64 {
        f64::from_bits(self.0)
    }
}

/// Declares the elementwise functions without constants: the variant of [`Unary`], and its name, which is that of the
/// builder method.
macro_rules! functions {
    ($($variant:ident $name:ident $about:literal;)+) => {
        /// An elementwise function of one value.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Unary {
            /// c · x.
            Scale(Constant),
            /// x + c.
            Shift(Constant),
            /// x to the power of c.
            Power(Constant),
            $(#[doc = concat!($about, ".")] $variant,)+
        }

        impl Unary {
            /// The function's name, as its builder method is called.
            pub fn name(self) -> &'static str {
                match self {
                    Self::Scale(_) => "scale",
                    Self::Shift(_) => "shift",
                    Self::Power(_) => "power",
                    $(Self::$variant => stringify!($name),)+
                }
            }
        }

        impl Graph {
            $(#[doc = concat!("Adds ", $about, ".")]
            ///
            /// # Errors
            /// [`Error::Shape`](crate::Error::Shape) when `x` holds ids.
            pub fn $name(&mut self, x: NodeId) -> Result<NodeId> {
                self.unary(Unary::$variant, x)
            })+
        }
    };
}

functions! {
    Exp exp "eˣ";
    Log log "ln x";
    Tanh tanh "tanh x";
    Sigmoid sigmoid "1 / (1 + e⁻ˣ)";
    Softplus softplus "ln(1 + eˣ), without overflow";
    Relu relu "max(x, 0); its derivative at zero is zero";
    Step step "1 where x > 0 and 0 elsewhere; its derivative is zero";
    Erf erf "erf x = 2/√π ∫₀ˣ e^{−t²} dt";
    Sin sin "sin x";
    Cos cos "cos x";
    Abs abs "|x|; its derivative at zero is zero";
    Sign sign "−1, 0 or 1 by the sign of x; its derivative is zero";
}

/// What a node computes from its arguments.
///
/// The set is closed: the derivative rules of every operation are written in these operations again.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// A value given at each run: slot in the list of inputs.
    Input(u32),
    /// A parameter: slot in the list of parameters.
    Parameter(u32),
    /// A parameter as each example sees it: the shared one with the example's own rows patched in.
    Patched(u32),
    /// The same number everywhere.
    Fill(Constant),
    /// An elementwise function of one value.
    Unary(Unary),
    /// Elementwise sum.
    Add,
    /// Elementwise difference.
    Sub,
    /// Elementwise product.
    Mul,
    /// Sum of products over shared axes: matrix products of every kind.
    Einsum(Contraction),
    /// Sum along an axis.
    Sum {
        /// The axis that goes.
        axis: usize,
    },
    /// Repetition along a new axis; the transpose of `Sum`.
    Expand {
        /// Where the new axis stands.
        axis: usize,
        /// Its size.
        size: usize,
    },
    /// ln Σ eˣ along an axis, without overflow.
    LogSumExp {
        /// The axis that goes.
        axis: usize,
    },
    /// Sum over the batch; the transpose of `BroadcastBatch`.
    BatchSum,
    /// A shared value as one per example.
    BroadcastBatch,
    /// The same elements in another shape.
    Reshape,
    /// The same elements with the axes in another order; the transpose is the inverse order.
    Permute {
        /// For each axis of the result the axis of the argument that it is.
        axes: Vec<usize>,
    },
    /// The windows of an image `[height, width, channels]`: `[rows, columns, window height, window width, channels]`.
    Unfold {
        /// The height and width of a window.
        window: [usize; 2],
        /// How far the next window lies down and along.
        stride: [usize; 2],
    },
    /// An image as the sum of its overlapping windows; the transpose of `Unfold`.
    Fold {
        /// The image's height.
        height: usize,
        /// The image's width.
        width: usize,
        /// How far the next window lies down and along.
        stride: [usize; 2],
    },
    /// 1 at the first largest place along an axis, else 0; its derivative is zero.
    ArgmaxMask {
        /// The axis.
        axis: usize,
    },
    /// A range of an axis.
    Slice {
        /// The axis.
        axis: usize,
        /// The first place kept.
        start: usize,
        /// How many places are kept.
        count: usize,
    },
    /// Zeros around a range of an axis; the transpose of `Slice`.
    Pad {
        /// The axis.
        axis: usize,
        /// Where the argument begins.
        start: usize,
        /// The size of the axis afterwards.
        size: usize,
    },
    /// Rows of a table by id.
    GatherRows,
    /// Rows added into a table of zeros by id; the transpose of `GatherRows`.
    ScatterRows {
        /// The number of rows of the table.
        rows: usize,
        /// Whether all examples add into one shared table.
        over_batch: bool,
    },
    /// One element of the last axis by label.
    Gather,
    /// One element of a last axis of zeros by label; the transpose of `Gather`.
    Scatter {
        /// The size of the last axis.
        size: usize,
    },
}

impl Op {
    /// The operation's name, as its builder method is called.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Input(_) => "input",
            Self::Parameter(_) => "parameter",
            Self::Patched(_) => "patched parameter",
            Self::Fill(_) => "constant",
            Self::Unary(unary) => unary.name(),
            Self::Add => "add",
            Self::Sub => "sub",
            Self::Mul => "mul",
            Self::Einsum(_) => "einsum",
            Self::Sum { .. } => "sum",
            Self::Expand { .. } => "expand",
            Self::LogSumExp { .. } => "log_sum_exp",
            Self::BatchSum => "batch_sum",
            Self::BroadcastBatch => "broadcast_batch",
            Self::Reshape => "reshape",
            Self::Permute { .. } => "permute",
            Self::Unfold { .. } => "unfold",
            Self::Fold { .. } => "fold",
            Self::ArgmaxMask { .. } => "argmax_mask",
            Self::Slice { .. } => "slice",
            Self::Pad { .. } => "pad",
            Self::GatherRows => "gather_rows",
            Self::ScatterRows { .. } => "scatter_rows",
            Self::Gather => "gather",
            Self::Scatter { .. } => "scatter",
        }
    }

    /// Whether the value exists only once every example has been seen.
    pub(crate) fn sums_over_batch(&self) -> bool {
        match self {
            Self::BatchSum => true,
            Self::Einsum(contraction) => contraction.over_batch,
            Self::ScatterRows { over_batch, .. } => *over_batch,
            _ => false,
        }
    }
}
