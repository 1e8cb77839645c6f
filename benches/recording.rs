//! What recording a ledger costs a host's own training loop.
//!
//! `cargo bench --bench recording [epochs]`. A loop of plain code trains DistMult of dimension 100 on Nations by SGD, an example at a time,
//! with a softmax over the true tail and 13 drawn ones: as it is, recording what moved in the rows that examples own (step), and recording
//! every row with its curvature (refill). The three loops take turns, an epoch each, on one thread; what is told are medians of seconds per
//! epoch and their ratios. All three end with the same values.
#![allow(unsafe_code)]

use std::path::Path;
use std::ptr::{null, null_mut};
use std::time::Instant;

use ascribe::capi::*;
use ascribe::data::TripleSet;

const DIMENSION: usize = 100;
const CANDIDATES: usize = 14;
const RATE: f64 = 0.03;

/// Fails when a call of the C interface does.
fn must(status: ascribe_status) {
    assert_eq!(status, ASCRIBE_OK, "a call of the C interface failed");
}

/// A generator as a host may have it.
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
}

struct Host {
    entities: Vec<f64>,
    relations: Vec<f64>,
    random: Random,
    /// What is recorded; null for nothing.
    ledger: *mut ascribe_ledger_builder,
    curved: bool,
}

fn row(table: &[f64], row: u32) -> &[f64] {
    &table[row as usize * DIMENSION..][..DIMENSION]
}

impl Host {
    fn new(data: &TripleSet, ledger: *mut ascribe_ledger_builder, curved: bool) -> Self {
        let mut random = Random(7);
        let mut table = |rows: usize| (0..rows * DIMENSION).map(|_| random.next() - 0.5).collect();
        let (entities, relations) = (table(data.entities.len()), table(data.relations.len()));
        Self { entities, relations, random, ledger, curved }
    }

    fn record(&mut self, example: usize, parameter: usize, row: u32, change: &[f64], curvature: &[f64]) {
        let curvature = if self.curved { curvature.as_ptr() } else { null() };
        // SAFETY: the ledger lives as long as this, and the arrays are as long as rows are.
        must(unsafe {
            ascribe_ledger_builder_record(
                self.ledger,
                example as u64,
                parameter,
                row.into(),
                change.as_ptr(),
                curvature,
                DIMENSION,
                null_mut(),
            )
        });
    }

    fn epoch(&mut self, data: &TripleSet) {
        let count = data.entities.len();
        for (example, fact) in data.train.iter().enumerate() {
            let mut tails = [fact.tail; CANDIDATES];
            tails[1..].iter_mut().for_each(|tail| *tail = (self.random.next() * count as f64) as u32);
            let (mut product, mut scores) = ([0.0; DIMENSION], [0.0; CANDIDATES]);
            let (head, relation) = (row(&self.entities, fact.head), row(&self.relations, fact.relation));
            for ((product, head), relation) in product.iter_mut().zip(head).zip(relation) {
                *product = head * relation;
            }
            for (score, tail) in scores.iter_mut().zip(tails) {
                *score = product.iter().zip(row(&self.entities, tail)).map(|(product, tail)| product * tail).sum();
            }
            let largest = scores.iter().copied().fold(f64::MIN, f64::max);
            scores.iter_mut().for_each(|score| *score = (*score - largest).exp());
            let total: f64 = scores.iter().sum();
            scores.iter_mut().for_each(|score| *score /= total);
            // The expected candidate, and its square for the curvature of the softmax.
            let (mut mean, mut square) = ([0.0; DIMENSION], [0.0; DIMENSION]);
            for (chance, tail) in scores.iter().zip(tails) {
                for ((mean, square), tail) in mean.iter_mut().zip(&mut square).zip(row(&self.entities, tail)) {
                    *mean += chance * tail;
                    if self.curved {
                        *square += chance * tail * tail;
                    }
                }
            }
            let truth = row(&self.entities, fact.tail);
            let (mut of_head, mut of_relation) = ([0.0; DIMENSION], [0.0; DIMENSION]);
            let (mut curved_head, mut curved_relation) = ([0.0; DIMENSION], [0.0; DIMENSION]);
            for place in 0..DIMENSION {
                let pull = RATE * (truth[place] - mean[place]);
                (of_head[place], of_relation[place]) = (pull * relation[place], pull * head[place]);
                if self.curved {
                    let spread = (square[place] - mean[place] * mean[place]).max(0.0);
                    curved_head[place] = spread * relation[place] * relation[place];
                    curved_relation[place] = spread * head[place] * head[place];
                }
            }
            let mut of_tails = [[0.0; DIMENSION]; CANDIDATES];
            for (place, (chance, of_tail)) in scores.iter().zip(&mut of_tails).enumerate() {
                let push = RATE * (f64::from(u8::from(place == 0)) - chance);
                of_tail.iter_mut().zip(&product).for_each(|(of_tail, product)| *of_tail = push * product);
            }
            let add = |table: &mut [f64], row: u32, change: &[f64]| {
                let row = &mut table[row as usize * DIMENSION..][..DIMENSION];
                row.iter_mut().zip(change).for_each(|(value, change)| *value += change);
            };
            add(&mut self.relations, fact.relation, &of_relation);
            add(&mut self.entities, fact.head, &of_head);
            for (tail, change) in tails.into_iter().zip(&of_tails) {
                add(&mut self.entities, tail, change);
            }
            if self.ledger.is_null() {
                continue;
            }
            self.record(example, 0, fact.head, &of_head, &curved_head);
            self.record(example, 1, fact.relation, &of_relation, &curved_relation);
            // Without curvatures only the row that the example owns counts.
            let recorded = if self.curved { CANDIDATES } else { 1 };
            for (place, (tail, change)) in tails.into_iter().zip(&of_tails).enumerate().take(recorded) {
                let mut curved = [0.0; DIMENSION];
                if self.curved {
                    let weight = scores[place] * (1.0 - scores[place]);
                    curved.iter_mut().zip(&product).for_each(|(curved, product)| *curved = weight * product * product);
                }
                self.record(example, 0, tail, change, &curved);
            }
            // SAFETY: as above.
            must(unsafe { ascribe_ledger_builder_end_step(self.ledger, RATE, null_mut()) });
        }
    }
}

fn main() {
    let epochs = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(15);
    let data = TripleSet::read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/data/nations"))).expect("data/nations");
    let flat: Vec<u32> = data.train.iter().flat_map(|fact| [fact.head, fact.relation, fact.tail]).collect();
    let (mut dataset, mut model, mut options) = (null_mut(), null_mut(), null_mut());
    let (entities, relations) = (data.entities.len() as u32, data.relations.len() as u32);
    // SAFETY: pointers lead to what they are said to, and live until the end.
    let builder = unsafe {
        must(ascribe_dataset_from_triples(
            flat.as_ptr(),
            data.train.len(),
            entities,
            relations,
            &raw mut dataset,
            null_mut(),
        ));
        must(ascribe_options_new(&raw mut options, null_mut()));
        must(ascribe_options_set_integer(options, c"dimension".as_ptr(), DIMENSION as i64, null_mut()));
        must(ascribe_model_new(null(), c"distmult".as_ptr(), dataset, options, &raw mut model, null_mut()));
        |rule: &std::ffi::CStr| {
            let mut builder = null_mut();
            must(ascribe_ledger_builder_new(model, dataset, rule.as_ptr(), &raw mut builder, null_mut()));
            builder
        }
    };
    let mut hosts = [
        ("nothing", Host::new(&data, null_mut(), false)),
        ("step", Host::new(&data, builder(c"step"), false)),
        ("refill", Host::new(&data, builder(c"refill"), true)),
    ];
    let mut seconds = [const { Vec::new() }; 3];
    for _ in 0..epochs {
        for ((_, host), seconds) in hosts.iter_mut().zip(&mut seconds) {
            let start = Instant::now();
            host.epoch(&data);
            seconds.push(start.elapsed().as_secs_f64());
        }
    }
    let bits = |host: &Host| host.entities.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
    assert!(hosts.iter().all(|(_, host)| bits(host) == bits(&hosts[0].1)), "recording changed the training");
    let median = |seconds: &mut Vec<f64>| {
        seconds.sort_by(f64::total_cmp);
        seconds[seconds.len() / 2]
    };
    let bare = median(&mut seconds[0]);
    println!(
        "DistMult, dimension {DIMENSION}, Nations, {epochs} epochs in the host's own loop, {CANDIDATES} candidates"
    );
    for ((name, _), seconds) in hosts.iter().zip(&mut seconds) {
        let taken = median(seconds);
        println!("recording {name:8} {taken:.4} s an epoch, {:.2} of the bare loop", taken / bare);
    }
}
