//! From a graph to a program.
//!
//! Nodes that no output needs are left out (equal nodes are one already, see the graph). Each remaining node gets a phase:
//! before the examples, for each chunk, or after the lanes' sums are added. Values that only a chunk needs share buffers
//! by their lifetimes.

use std::sync::Arc;

use crate::error::Result;
use crate::graph::{Element, Graph, NodeId, Op, Shape};
use crate::tensor::Real;

use super::fusion::{read_by, softmax_axis};
use super::instruction::{Ids, Instruction, Phase, Place, Source};
use super::kernels::{ContractionPlan, Kernel, PermutePlan, Windows};
use super::liveness::{Fact, liveness};
use super::program::{Accumulator, Bound, Expected, Filled, Kept, Output, Program};

impl<T: Real> Program<T> {
    /// Compiles a graph for some outputs. With `varying` inputs, everything that does not depend on them is computed by
    /// [`Execution::prepare`](super::Execution::prepare) and only the rest by [`Execution::repeat`](super::Execution::repeat).
    ///
    /// # Errors
    /// [`Error::Unsupported`](crate::Error::Unsupported) when a per-example value depends on a sum over the batch, which would need a second pass.
    pub fn compile(graph: &Graph, outputs: &[NodeId], varying: &[NodeId]) -> Result<Arc<Self>> {
        compile(graph, outputs, varying).map(Arc::new)
    }
}

fn compile<T: Real>(graph: &Graph, outputs: &[NodeId], varying: &[NodeId]) -> Result<Program<T>> {
    let liveness = liveness(graph, outputs, varying)?;
    let mut compiler = Compiler::<T> {
        graph,
        once: vec![None; graph.len()],
        again: vec![None; graph.len()],
        program: Program::empty(),
    };
    // Totals of accumulators come first among the shared values, so that an accumulator and its total have one number.
    let sums = graph.ids().filter(|id| liveness[id.index()].needed && graph.op(*id).sums_over_batch()).count();
    compiler.program.shared = vec![0; sums];
    for varies in [false, true] {
        for id in graph.ids() {
            let fact = liveness[id.index()];
            // What is computed again is an instruction of each part.
            let here = if varies { fact.again } else { fact.once };
            if here {
                compiler.node(id, Fact { varies, ..fact })?;
            }
        }
    }
    for output in outputs {
        compiler.output(*output, liveness[output.index()])?;
    }
    compiler.share_buffers();
    Ok(compiler.program)
}

struct Compiler<'g, T> {
    graph: &'g Graph,
    /// Where values lie once the part that does not vary has run.
    once: Vec<Option<Source>>,
    /// Where the part that varies finds what it has computed itself.
    again: Vec<Option<Source>>,
    program: Program<T>,
}

impl<T: Real> Compiler<'_, T> {
    fn node(&mut self, id: NodeId, fact: Fact) -> Result<()> {
        let graph = self.graph;
        let value_type = graph.value_type(id);
        let len = value_type.shape.len();
        if value_type.element == Element::Index {
            return Ok(());
        }
        let here = |place: Place| Source { place, len, per_example: value_type.per_example };
        let source = match graph.op(id) {
            Op::Input(slot) => {
                let expected = self.expected(id, *slot, fact);
                self.program.reals.push(expected);
                here(Place::Input(*slot as usize))
            }
            Op::Parameter(slot) => {
                let expected = self.expected(id, *slot, fact);
                self.program.parameters.push(expected);
                here(Place::Parameter(*slot as usize))
            }
            Op::Patched(slot) => {
                let expected = self.expected(id, *slot, fact);
                self.program.patched.push(expected);
                here(Place::Patched(*slot as usize))
            }
            Op::Fill(constant) => {
                self.program.constants.push(Filled::new(T::from_f64(constant.value()), len));
                here(Place::Constant(self.program.constants.len() - 1))
            }
            // The same memory under another name.
            Op::BroadcastBatch => Source { len, ..self.source(graph.arguments(id)[0], fact) },
            Op::Reshape => {
                let argument = self.unpatched(graph.arguments(id)[0], fact);
                Source { len, ..argument }
            }
            op => self.computed(id, op, fact)?,
        };
        let sources = if fact.varies { &mut self.again } else { &mut self.once };
        sources[id.index()] = Some(source);
        Ok(())
    }

    fn expected(&self, id: NodeId, slot: u32, fact: Fact) -> Expected {
        Expected {
            slot: slot as usize,
            name: self.graph.name(id).unwrap_or_default().to_owned(),
            len: self.graph.shape(id).len(),
            per_example: self.graph.is_per_example(id),
            varies: fact.varies,
        }
    }

    fn source(&self, id: NodeId, fact: Fact) -> Source {
        let again = if fact.varies { self.again[id.index()] } else { None };
        again.or(self.once[id.index()]).expect("arguments precede their users, and what varies follows what does not")
    }

    /// The source of a node that an instruction without patches of its own reads.
    fn unpatched(&mut self, id: NodeId, fact: Fact) -> Source {
        let source = self.source(id, fact);
        let Place::Patched(_) = source.place else { return source };
        let width = source.len / self.graph.shape(id).sizes()[0];
        self.emit(Kernel::PatchTable { width }, source, None, None, (source.len, true, false), fact)
    }

    /// A source that every example has its own copy of.
    fn own(&mut self, source: Source, fact: Fact) -> Source {
        if source.per_example {
            return source;
        }
        self.emit(Kernel::Copy, source, None, None, (source.len, true, false), fact)
    }

    fn computed(&mut self, id: NodeId, op: &Op, fact: Fact) -> Result<Source> {
        let graph = self.graph;
        let arguments = read_by(graph, id);
        let first = arguments[0];
        let shape = graph.shape(first).clone();
        let result = (graph.shape(id).len(), graph.is_per_example(id), op.sums_over_batch());
        let split = |axis: usize| shape.split(axis);
        let kernel = match op {
            Op::Unary(unary) => match softmax_axis(graph, id) {
                Some(axis) => {
                    let (outer, size, inner) = split(axis);
                    Kernel::Softmax { outer, size, inner }
                }
                None => Kernel::Unary(*unary),
            },
            Op::Add => Kernel::Add,
            Op::Sub => Kernel::Sub,
            Op::Mul => Kernel::Mul,
            Op::Einsum(_) => return self.contraction(id, fact, result),
            Op::Sum { axis } => {
                let (outer, size, inner) = split(*axis);
                Kernel::Sum { outer, size, inner }
            }
            Op::LogSumExp { axis } => {
                let (outer, size, inner) = split(*axis);
                Kernel::LogSumExp { outer, size, inner }
            }
            Op::Expand { axis, size } => {
                let outer = shape.sizes()[..*axis].iter().product();
                let inner = shape.sizes()[*axis..].iter().product();
                Kernel::Expand { outer, size: *size, inner }
            }
            Op::BatchSum => Kernel::BatchSum,
            Op::Permute { axes } => Kernel::Permute(Box::new(PermutePlan::new(shape.sizes(), axes))),
            Op::Unfold { .. } => Kernel::Unfold(Box::new(windows(op, &shape, graph.shape(id)))),
            Op::Fold { .. } => Kernel::Fold(Box::new(windows(op, graph.shape(id), &shape))),
            Op::ArgmaxMask { axis } => {
                let (outer, size, inner) = split(*axis);
                Kernel::ArgmaxMask { outer, size, inner }
            }
            Op::Slice { axis, start, count } => {
                let (outer, size, inner) = split(*axis);
                Kernel::Slice { outer, size, inner, start: *start, count: *count }
            }
            Op::Pad { axis, start, size } => {
                let (outer, count, inner) = split(*axis);
                Kernel::Pad { outer, size: *size, inner, start: *start, count }
            }
            Op::GatherRows => {
                let width = shape.sizes()[1..].iter().product();
                let ids = self.ids(arguments[1], shape.sizes()[0]);
                let table = self.source(first, fact);
                return Ok(self.emit(Kernel::GatherRows { width }, table, None, Some(ids), result, fact));
            }
            Op::ScatterRows { rows, over_batch } => {
                let ids = self.ids(arguments[1], *rows);
                let width = shape.len() / ids.len;
                let values = self.unpatched(first, fact);
                let kernel = Kernel::ScatterRows { width, over_batch: *over_batch };
                return Ok(self.emit(kernel, values, None, Some(ids), result, fact));
            }
            Op::Gather => {
                let size = shape.sizes()[shape.rank() - 1];
                let ids = self.ids(arguments[1], size);
                let values = self.unpatched(first, fact);
                return Ok(self.emit(Kernel::Gather { size }, values, None, Some(ids), result, fact));
            }
            Op::Scatter { size } => {
                let ids = self.ids(arguments[1], *size);
                let values = self.unpatched(first, fact);
                return Ok(self.emit(Kernel::Position { size: *size }, values, None, Some(ids), result, fact));
            }
            Op::Input(_) | Op::Parameter(_) | Op::Patched(_) | Op::Fill(_) | Op::BroadcastBatch | Op::Reshape => {
                unreachable!("leaves and other names of a value are no instructions")
            }
        };
        let a = self.unpatched(first, fact);
        let b = arguments.get(1).map(|b| self.unpatched(*b, fact));
        Ok(self.emit(kernel, a, b, None, result, fact))
    }

    fn contraction(&mut self, id: NodeId, fact: Fact, result: (usize, bool, bool)) -> Result<Source> {
        let graph = self.graph;
        let Op::Einsum(contraction) = graph.op(id) else { unreachable!("asked for contractions only") };
        let &[a, b] = graph.arguments(id) else { unreachable!("a contraction has two operands") };
        let (left_shape, right_shape) = (graph.shape(a), graph.shape(b));
        let (left, right) = (self.source(a, fact), self.source(b, fact));
        let is_patched = |source: Source| matches!(source.place, Place::Patched(_));
        // A patched table as one operand: the shared product, and then each example's own rows.
        if is_patched(left) != is_patched(right) {
            let (a_own, b_own) = (left.per_example && !is_patched(left), right.per_example && !is_patched(right));
            let shapes = ((left_shape, a_own), (right_shape, b_own));
            if (a_own || b_own)
                && let Some(plan) = ContractionPlan::with_patches(contraction, shapes.0, shapes.1, is_patched(left))
            {
                self.program.cost = self.program.cost.saturating_add(plan.cost());
                return Ok(self.emit(Kernel::Einsum(Box::new(plan)), left, Some(right), None, result, fact));
            }
        }
        let mut left = self.unpatched(a, fact);
        let right = self.unpatched(b, fact);
        if graph.is_per_example(id) && !left.per_example && !right.per_example {
            left = self.own(left, fact);
        }
        let plan = ContractionPlan::new(contraction, (left_shape, left.per_example), (right_shape, right.per_example));
        self.program.cost = self.program.cost.saturating_add(plan.cost());
        Ok(self.emit(Kernel::Einsum(Box::new(plan)), left, Some(right), None, result, fact))
    }

    fn ids(&mut self, id: NodeId, below: usize) -> Ids {
        let Op::Input(slot) = self.graph.op(id) else { unreachable!("ids are inputs") };
        let len = self.graph.shape(id).len();
        let per_example = self.graph.is_per_example(id);
        let name = self.graph.name(id).unwrap_or_default().to_owned();
        let slot = *slot as usize;
        match self.program.bounds.iter_mut().find(|bound| bound.slot == slot) {
            Some(bound) => bound.below = bound.below.min(below),
            None => self.program.bounds.push(Bound { slot, name, len, per_example, below }),
        }
        Ids { slot, len, per_example }
    }

    /// Adds an instruction whose result has `len` elements, for each example or shared, or summed over the batch.
    fn emit(
        &mut self,
        kernel: Kernel,
        a: Source,
        b: Option<Source>,
        ids: Option<Ids>,
        (len, per_example, over_batch): (usize, bool, bool),
        fact: Fact,
    ) -> Source {
        let (out, phase) = if over_batch {
            self.program.accumulators.push(Accumulator { len, varies: fact.varies });
            let number = self.program.accumulators.len() - 1;
            self.program.shared[number] = len;
            (Place::Accumulator(number), Phase::Body)
        } else if per_example {
            self.program.buffers.push(len);
            self.program.kept.push(Kept::Not);
            (Place::Lane(self.program.buffers.len() - 1), Phase::Body)
        } else {
            self.program.shared.push(len);
            let phase = if fact.summed { Phase::After } else { Phase::Before };
            (Place::Shared(self.program.shared.len() - 1), phase)
        };
        self.program.cost = self.program.cost.saturating_add(len);
        for read in [Some(a), b].into_iter().flatten() {
            if let Place::Lane(buffer) = read.place
                && fact.varies
                && self.writer(buffer).is_some_and(|w| !w.varies)
                && self.program.kept[buffer] == Kept::Not
            {
                self.program.kept[buffer] = Kept::Cached;
            }
        }
        self.program.instructions.push(Instruction { kernel, out, len, a, b, ids, phase, varies: fact.varies });
        // What reads a sum over the batch reads the total.
        let place = match out {
            Place::Accumulator(number) => Place::Shared(number),
            place => place,
        };
        Source { place, len, per_example }
    }

    fn writer(&self, buffer: usize) -> Option<&Instruction> {
        self.program.instructions.iter().find(|i| i.out == Place::Lane(buffer))
    }

    fn output(&mut self, id: NodeId, fact: Fact) -> Result<()> {
        let value_type = self.graph.value_type(id);
        let mut source = self.unpatched(id, fact);
        let computed = match source.place {
            Place::Lane(_) => source.per_example == value_type.per_example,
            Place::Shared(_) => !value_type.per_example,
            _ => false,
        };
        if !computed {
            source = self.emit(Kernel::Copy, source, None, None, (source.len, value_type.per_example, false), fact);
        }
        if let Place::Lane(buffer) = source.place {
            self.program.kept[buffer] = match self.program.kept[buffer] {
                Kept::Cached => Kept::Cached,
                _ => Kept::Output,
            };
            // A result that does not vary is made once and read again, so it must outlive the chunk in any case.
            if self.program.kept[buffer] == Kept::Cached {
                let copy = (source.len, true, false);
                let varying = Fact { varies: true, ..fact };
                source = self.emit(Kernel::Copy, source, None, None, copy, varying);
                if let Place::Lane(copied) = source.place {
                    self.program.kept[copied] = Kept::Output;
                }
            }
        }
        self.program.outputs.push(Output {
            place: source.place,
            shape: Shape::new(value_type.shape.sizes()),
            per_example: value_type.per_example,
        });
        Ok(())
    }

    /// Lets values that only a chunk needs share buffers, by their lifetimes.
    fn share_buffers(&mut self) {
        let count = self.program.buffers.len();
        let mut last_use = vec![0; count];
        for (time, instruction) in self.program.instructions.iter().enumerate() {
            for source in [Some(instruction.a), instruction.b].into_iter().flatten() {
                if let Place::Lane(buffer) = source.place {
                    last_use[buffer] = time;
                }
            }
        }
        let mut image: Vec<usize> = (0..count).collect();
        let mut sizes: Vec<usize> = Vec::new();
        let mut kept = Vec::new();
        let mut free: Vec<usize> = Vec::new();
        let mut ends: Vec<Vec<usize>> = vec![Vec::new(); self.program.instructions.len()];
        for time in 0..self.program.instructions.len() {
            if let Place::Lane(buffer) = self.program.instructions[time].out {
                let len = self.program.buffers[buffer];
                let reusable = self.program.kept[buffer] == Kept::Not;
                // The free buffer that fits best: the smallest that is large enough, else the largest.
                let fit = |slot: &usize| (sizes[*slot] < len, (sizes[*slot] as isize - len as isize).abs(), *slot);
                let found = if reusable { free.iter().copied().min_by_key(fit) } else { None };
                let slot = match found {
                    Some(slot) => {
                        free.retain(|s| *s != slot);
                        sizes[slot] = sizes[slot].max(len);
                        slot
                    }
                    None => {
                        sizes.push(len);
                        kept.push(self.program.kept[buffer]);
                        sizes.len() - 1
                    }
                };
                image[buffer] = slot;
                if reusable {
                    ends[last_use[buffer].max(time)].push(slot);
                }
            }
            free.append(&mut ends[time]);
        }
        let renumber = |place: &mut Place| {
            if let Place::Lane(buffer) = place {
                *buffer = image[*buffer];
            }
        };
        for instruction in &mut self.program.instructions {
            renumber(&mut instruction.out);
            renumber(&mut instruction.a.place);
            if let Some(b) = &mut instruction.b {
                renumber(&mut b.place);
            }
        }
        for output in &mut self.program.outputs {
            renumber(&mut output.place);
        }
        self.program.buffers = sizes;
        self.program.kept = kept;
    }
}

/// How the windows of an `image` lie.
fn windows(op: &Op, image: &Shape, windows: &Shape) -> Windows {
    let (Op::Unfold { stride, .. } | Op::Fold { stride, .. }) = op else { unreachable!("asked for windows only") };
    let &[height, width, channels] = image.sizes() else { unreachable!("images have three axes") };
    let &[rows, columns, tall, wide, _] = windows.sizes() else { unreachable!("windows have five axes") };
    Windows { height, width, channels, rows, columns, window: [tall, wide], stride: *stride }
}
