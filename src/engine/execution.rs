//! A program with the memory it runs in.

use std::sync::Arc;

use crate::error::{Error, Result};
use crate::tensor::Real;

use super::instruction::{Instruction, Phase, Place, Source};
use super::kernels::{self, Operand, Reads};
use super::operands::Operands;
use super::program::{Filled, Kept, Program, grow};
use super::workers::Workers;

/// Lanes that share the work; more than any sensible number of cores would gain little from.
const LANES: usize = 16;
/// The bytes a chunk's values may take: about a core's share of the last cache.
const CHUNK_BYTES: usize = 1 << 22;
/// The most examples in a chunk.
const CHUNK_EXAMPLES: usize = 1024;
/// The fewest that a chunk is cut to for the cache's sake: matrix products of fewer rows are slower than the cache helps.
const CHUNK_LEAST: usize = 64;
/// The bytes that so small a chunk may take all the same.
const CHUNK_LEAST_BYTES: usize = 1 << 26;
/// The bytes that all lanes' chunks may take together.
const LANES_BYTES: usize = 1 << 30;
/// The least work, in multiplications, that is worth handing to another thread.
const LANE_WORK: usize = 1 << 17;
/// The most examples of a run: so many that none of the sums about them overflows.
const MAX_EXAMPLES: usize = isize::MAX as usize / (LANES * 16);
/// The bytes that the lanes' sums over the batch may take.
const ACCUMULATOR_BYTES: usize = 1 << 29;

/// A program with the memory it runs in. Running allocates only while results grow.
#[derive(Debug)]
pub struct Execution<T> {
    program: Arc<Program<T>>,
    /// The bytes that caching may take.
    budget: usize,
    lanes: Vec<Lane<T>>,
    max_lanes: usize,
    used: usize,
    shared: Vec<Vec<T>>,
    examples: usize,
    chunk: usize,
    cached: bool,
    prepared: bool,
}

/// A contiguous range of examples, the buffers they are computed in and their sums.
#[derive(Debug, Default)]
struct Lane<T> {
    first: usize,
    count: usize,
    buffers: Vec<Vec<T>>,
    accumulators: Vec<Vec<T>>,
    /// The example of the lane at which it was stopped.
    stopped_at: Option<usize>,
}

/// Which instructions run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Those that do not vary.
    Fixed,
    /// Those that vary.
    Varying,
    /// Those that vary, after what they read of the others was computed again.
    VaryingWithFixed,
}

/// How examples are cut into chunks and lanes.
struct Cut {
    chunk: usize,
    chunks: usize,
    lanes: usize,
    /// What the chunks of all lanes and their sums take.
    bytes: usize,
}

impl Cut {
    fn of<T: Real>(program: &Program<T>, examples: usize, max_lanes: usize) -> Self {
        let bytes = |sum: usize, len: &usize| sum.saturating_add(len.saturating_mul(size_of::<T>()));
        let widest = program.buffers.iter().fold(0, bytes).max(size_of::<T>());
        let least = CHUNK_LEAST.min(CHUNK_LEAST_BYTES / widest);
        let fits = (CHUNK_BYTES / widest).clamp(least, CHUNK_EXAMPLES);
        let worthwhile = (LANE_WORK / program.cost.max(1)).max(1);
        let chunk = examples.div_ceil(max_lanes).max(worthwhile).min(fits).max(1);
        let chunks = examples.div_ceil(chunk);
        let sums = program.accumulators.iter().map(|a| &a.len).fold(0, bytes);
        let room = LANES_BYTES / chunk.saturating_mul(widest);
        let affordable = ACCUMULATOR_BYTES.checked_div(sums).unwrap_or(LANES).min(room).max(1);
        let worth = examples.saturating_mul(program.cost).div_ceil(LANE_WORK).max(1);
        let lanes = chunks.min(max_lanes).min(affordable).min(worth);
        let each = chunk.min(examples).saturating_mul(widest).saturating_add(sums);
        Self { chunk, chunks, lanes, bytes: lanes.saturating_mul(each) }
    }
}

impl<T: Real> Execution<T> {
    /// The bytes that so many examples take while the program runs, beside its outputs and what is kept.
    pub fn workspace(&self, examples: usize) -> usize {
        Cut::of(&self.program, examples, self.max_lanes).bytes
    }

    /// Memory for a program, which may keep up to `budget` bytes of what does not vary between runs.
    pub fn new(program: Arc<Program<T>>, budget: usize) -> Self {
        let shared = vec![Vec::new(); program.shared.len()];
        Self {
            program,
            budget,
            lanes: Vec::new(),
            max_lanes: LANES,
            used: 0,
            shared,
            examples: 0,
            chunk: 1,
            cached: false,
            prepared: false,
        }
    }

    /// The same on one thread and with one sum over the batch, for many executions side by side.
    pub fn on_one_lane(self) -> Self {
        Self { max_lanes: 1, ..self }
    }

    /// The program.
    pub fn program(&self) -> &Program<T> {
        &self.program
    }

    /// Runs the whole program.
    ///
    /// # Errors
    /// [`Error::Argument`] when an operand has not the length, or an id lies outside the table, the program was compiled for;
    /// [`Error::Canceled`] when the context's flag to stop by is set. The next run is as good as any.
    pub fn run(&mut self, workers: &Workers, operands: &dyn Operands<T>, examples: usize) -> Result<()> {
        self.prepare(workers, operands, examples)?;
        self.repeat(workers, operands)
    }

    /// Runs what does not depend on the varying inputs and keeps what the rest needs, within the budget.
    ///
    /// # Errors
    /// As [`Execution::run`].
    pub fn prepare(&mut self, workers: &Workers, operands: &dyn Operands<T>, examples: usize) -> Result<()> {
        self.prepared = false;
        workers.check()?;
        if examples == 0 {
            return Err(Error::argument("the number of examples", 0, "at least one"));
        }
        if examples > MAX_EXAMPLES {
            return Err(Error::argument("the number of examples", examples, format!("at most {MAX_EXAMPLES}")));
        }
        let fixed = self.program.instructions.iter().any(|i| !i.varies);
        if fixed {
            // Varying inputs may be absent here; they are checked with everything else when the rest runs.
            self.program.check(operands, examples, false)?;
        }
        self.program.constants.iter().try_for_each(Filled::fill)?;
        self.divide(examples)?;
        if fixed {
            self.shared_phase(Phase::Before, false, workers, operands)?;
            self.body(Part::Fixed, workers, operands)?;
            self.add_lanes(false);
            self.shared_phase(Phase::After, false, workers, operands)?;
        }
        self.prepared = true;
        Ok(())
    }

    /// Runs what depends on the varying inputs, again.
    ///
    /// # Errors
    /// As [`Execution::run`]; [`Error::Argument`] before [`Execution::prepare`].
    pub fn repeat(&mut self, workers: &Workers, operands: &dyn Operands<T>) -> Result<()> {
        if !self.prepared {
            return Err(Error::argument("the execution", "not prepared", "a call of prepare first"));
        }
        workers.check()?;
        self.program.check(operands, self.examples, true)?;
        self.shared_phase(Phase::Before, true, workers, operands)?;
        let part = if self.cached { Part::Varying } else { Part::VaryingWithFixed };
        self.body(part, workers, operands)?;
        self.add_lanes(true);
        self.shared_phase(Phase::After, true, workers, operands)
    }

    /// The value of a shared output.
    ///
    /// # Panics
    /// When the output is per-example.
    pub fn shared(&self, output: usize) -> &[T] {
        let output = &self.program.outputs[output];
        match output.place {
            Place::Shared(number) if !output.per_example => &self.shared[number],
            _ => panic!("this output is per-example"),
        }
    }

    /// One example's value of a per-example output.
    ///
    /// # Panics
    /// When the output is shared or the example was not part of the run.
    pub fn example(&self, output: usize, example: usize) -> &[T] {
        let output = &self.program.outputs[output];
        let Place::Lane(buffer) = output.place else { panic!("this output is shared") };
        assert!(example < self.examples, "the run had {} examples", self.examples);
        // One lane is the usual case for the smallest batches, where this call must cost nothing.
        let lane = match self.used {
            1 => &self.lanes[0],
            used => {
                let place = self.lanes[..used].partition_point(|lane| lane.first + lane.count <= example);
                &self.lanes[place]
            }
        };
        let len = output.shape.len();
        let start = (example - lane.first) * len;
        &lane.buffers[buffer][start..start + len]
    }

    /// Copies all examples' values of a per-example output, one behind the other.
    ///
    /// # Panics
    /// When the output is shared or `out` has not the length of all examples' values.
    pub fn copy_examples(&self, output: usize, out: &mut [T]) {
        let len = self.program.outputs[output].shape.len();
        assert_eq!(out.len(), len * self.examples, "room for every example");
        for (example, out) in out.chunks_exact_mut(len).enumerate() {
            out.copy_from_slice(self.example(output, example));
        }
    }

    /// Cuts the examples into chunks and the chunks into lanes, as a function of the program and their number alone.
    fn divide(&mut self, examples: usize) -> Result<()> {
        if examples == self.examples {
            return Ok(());
        }
        // Nothing is known of the buffers until all of them are as long as they must be.
        self.examples = 0;
        let Cut { chunk, chunks, lanes, .. } = Cut::of(&self.program, examples, self.max_lanes);
        let program = &self.program;
        self.cached = program.cached_bytes_per_example().saturating_mul(examples) <= self.budget;
        self.chunk = chunk;
        self.used = lanes;
        for (values, len) in self.shared.iter_mut().zip(&program.shared) {
            grow(values, Some(*len), T::ZERO)?;
        }
        while self.lanes.len() < lanes {
            self.lanes.push(Lane::default());
        }
        for (place, lane) in self.lanes[..lanes].iter_mut().enumerate() {
            let first = (place * chunks / lanes * chunk).min(examples);
            let end = ((place + 1) * chunks / lanes * chunk).min(examples);
            lane.first = first;
            lane.count = end - first;
            lane.buffers.resize(program.buffers.len(), Vec::new());
            lane.accumulators.resize(program.accumulators.len(), Vec::new());
            for ((buffer, len), kept) in lane.buffers.iter_mut().zip(&program.buffers).zip(&program.kept) {
                let long = *kept == Kept::Output || (*kept == Kept::Cached && self.cached);
                let rows = if long { lane.count } else { chunk.min(lane.count) };
                grow(buffer, rows.checked_mul(*len), T::ZERO)?;
            }
            for (sum, accumulator) in lane.accumulators.iter_mut().zip(&program.accumulators) {
                grow(sum, Some(accumulator.len), T::ZERO)?;
            }
        }
        self.examples = examples;
        Ok(())
    }

    fn body(&mut self, part: Part, workers: &Workers, operands: &dyn Operands<T>) -> Result<()> {
        let Self { program, lanes, used, shared, chunk, cached, examples, .. } = self;
        let frame = Frame { program, shared, operands, chunk: *chunk, cached: *cached, workers };
        workers.for_each(&mut lanes[..*used], |lane| lane.stopped_at = lane.run(part, &frame));
        // The flag may be cleared again by now; what the lanes saw of it counts.
        match lanes[..*used].iter().find_map(|lane| Some(lane.first + lane.stopped_at?)) {
            Some(example) => Err(Error::Canceled { place: format!("example {example} of {examples}, counted from 0") }),
            None => Ok(()),
        }
    }

    /// Adds the lanes' sums in the order of the lanes.
    fn add_lanes(&mut self, varies: bool) {
        for (number, accumulator) in self.program.accumulators.iter().enumerate() {
            if accumulator.varies != varies {
                continue;
            }
            let total = &mut self.shared[number];
            total.copy_from_slice(&self.lanes[0].accumulators[number]);
            for lane in &self.lanes[1..self.used] {
                for (total, x) in total.iter_mut().zip(&lane.accumulators[number]) {
                    *total += *x;
                }
            }
        }
    }

    fn shared_phase(
        &mut self,
        phase: Phase,
        varies: bool,
        workers: &Workers,
        operands: &dyn Operands<T>,
    ) -> Result<()> {
        let program = &self.program;
        for instruction in program.instructions.iter().filter(|i| i.phase == phase && i.varies == varies) {
            workers.check_at(|| "a value that all examples share".into())?;
            let Place::Shared(number) = instruction.out else { continue };
            let mut out = std::mem::take(&mut self.shared[number]);
            let find = |source: Source| -> &[T] { shared_values(source, program, &self.shared, operands) };
            let reads = Reads {
                a: Operand { values: find(instruction.a), stride: 0 },
                a_len: instruction.a.len,
                b: instruction.b.map_or(Operand::EMPTY, |b| Operand { values: find(b), stride: 0 }),
                ids: instruction
                    .ids
                    .map_or(Operand::EMPTY, |ids| Operand { values: operands.index(ids.slot), stride: 0 }),
                ids_len: instruction.ids.map_or(0, |ids| ids.len),
                patches: None,
            };
            kernels::run(&instruction.kernel, &mut out, instruction.len, 1, &reads);
            self.shared[number] = out;
        }
        Ok(())
    }
}

/// The values of a source that is not a lane's.
fn shared_values<'a, T: Real>(
    source: Source,
    program: &'a Program<T>,
    shared: &'a [Vec<T>],
    operands: &'a dyn Operands<T>,
) -> &'a [T] {
    match source.place {
        Place::Shared(number) => &shared[number],
        Place::Constant(number) => program.constants[number].values(),
        Place::Parameter(slot) | Place::Patched(slot) => operands.parameter(slot),
        Place::Input(slot) => operands.real(slot),
        Place::Lane(_) | Place::Accumulator(_) => unreachable!("lanes are read within lanes"),
    }
}

/// What all lanes read.
struct Frame<'a, T> {
    program: &'a Program<T>,
    shared: &'a [Vec<T>],
    operands: &'a dyn Operands<T>,
    chunk: usize,
    cached: bool,
    workers: &'a Workers,
}

impl<T: Real> Lane<T> {
    /// Runs the lane's examples; the one whose chunk was not finished when the flag to stop by was seen.
    fn run(&mut self, part: Part, frame: &Frame<'_, T>) -> Option<usize> {
        let varies = part != Part::Fixed;
        for (sum, accumulator) in self.accumulators.iter_mut().zip(&frame.program.accumulators) {
            if accumulator.varies == varies {
                sum.fill(T::ZERO);
            }
        }
        let mut start = 0;
        while start < self.count {
            let examples = frame.chunk.min(self.count - start);
            for instruction in &frame.program.instructions {
                let again = part == Part::VaryingWithFixed && matches!(instruction.out, Place::Lane(_));
                if instruction.phase == Phase::Body && (instruction.varies == varies || again) {
                    // A chunk may take long itself, and asking costs nothing beside any instruction.
                    if frame.workers.stopped() {
                        return Some(start);
                    }
                    self.step(instruction, start, examples, frame);
                }
            }
            start += examples;
        }
        None
    }

    /// Runs one instruction for the chunk of `examples` examples that begins `start` into the lane.
    #[inline]
    fn step(&mut self, instruction: &Instruction, start: usize, examples: usize, frame: &Frame<'_, T>) {
        // Taken out of its place while it is written, so that the operands can be read beside it.
        let mut out = match instruction.out {
            Place::Lane(number) => std::mem::take(&mut self.buffers[number]),
            Place::Accumulator(number) => std::mem::take(&mut self.accumulators[number]),
            _ => unreachable!("the body writes to lanes"),
        };
        let from = match instruction.out {
            Place::Lane(number) if frame.long(number) => start * instruction.len,
            _ => 0,
        };
        {
            let find = |source: Source| self.operand(source, start, frame);
            let reads = Reads {
                a: find(instruction.a),
                a_len: instruction.a.len,
                b: instruction.b.map_or(Operand::EMPTY, find),
                ids: instruction.ids.map_or(Operand::EMPTY, |ids| {
                    let values = frame.operands.index(ids.slot);
                    match ids.per_example {
                        true => Operand { values: &values[(self.first + start) * ids.len..], stride: ids.len },
                        false => Operand { values, stride: 0 },
                    }
                }),
                ids_len: instruction.ids.map_or(0, |ids| ids.len),
                patches: [Some(instruction.a), instruction.b].into_iter().flatten().find_map(|source| {
                    let Place::Patched(slot) = source.place else { return None };
                    Some((frame.operands.patches(slot)?, self.first + start))
                }),
            };
            kernels::run(&instruction.kernel, &mut out[from..], instruction.len, examples, &reads);
        }
        match instruction.out {
            Place::Lane(number) => self.buffers[number] = out,
            Place::Accumulator(number) => self.accumulators[number] = out,
            _ => unreachable!("the body writes to lanes"),
        }
    }

    #[inline]
    fn operand<'a>(&'a self, source: Source, start: usize, frame: &'a Frame<'_, T>) -> Operand<'a, T> {
        match source.place {
            Place::Lane(number) => {
                let from = if frame.long(number) { start * source.len } else { 0 };
                Operand { values: &self.buffers[number][from..], stride: source.len }
            }
            Place::Input(slot) if source.per_example => {
                Operand { values: &frame.operands.real(slot)[(self.first + start) * source.len..], stride: source.len }
            }
            _ => Operand { values: shared_values(source, frame.program, frame.shared, frame.operands), stride: 0 },
        }
    }
}

impl<T> Frame<'_, T> {
    /// Whether a buffer holds every example of its lane, not only the chunk at hand.
    #[inline]
    fn long(&self, buffer: usize) -> bool {
        match self.program.kept[buffer] {
            Kept::Not => false,
            Kept::Output => true,
            Kept::Cached => self.cached,
        }
    }
}
