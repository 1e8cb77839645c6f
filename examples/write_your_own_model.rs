//! A model of one's own: a factorization machine for ratings, written as a graph, and asked both kinds of question. The same
//! story stands in C, C++, Julia and Python beside this one, with the same output.
//!
//! `cargo run --release --example write_your_own_model`

use std::sync::Arc;

use ascribe::tensor::RowMajor;
use ascribe::{Attributor, Context, CustomModel, Dataset, Definition, Model, Monitor, Options, Order, TrainingChange};

fn main() -> ascribe::Result<()> {
    let (context, monitor) = (Arc::new(Context::default()), Monitor::none());
    let user: Vec<u32> = (0..240).map(|k| 7 * k % 30).collect();
    let item: Vec<u32> = (0..240).map(|k| (11 * k + k / 30) % 20).collect();
    let rating = user.iter().zip(&item).map(|(u, i)| f64::from(1 + (3 * u + 5 * i + u * i) % 5));
    let rating: Vec<f64> = rating.collect();
    let mut data = Dataset::of_inputs(240)?;
    data.set_ids("user", &user, 1)?;
    data.set_ids("item", &item, 1)?;
    data.set_numbers("rating", &RowMajor::new(&rating, 240, 1)?)?;

    let mut definition = Definition::new();
    let g = definition.graph_mut();
    let (u, i) = (g.indices("user", &[])?, g.indices("item", &[])?);
    let mean = g.parameter("mean", &[])?;
    let (user_bias, item_bias) = (g.parameter("user_bias", &[30])?, g.parameter("item_bias", &[20])?);
    let (users, items) = (g.parameter("users", &[30, 4])?, g.parameter("items", &[20, 4])?);
    let mut prediction = mean;
    for (bias, ids) in [(user_bias, u), (item_bias, i)] {
        let bias = g.gather_rows(bias, ids)?;
        prediction = g.add(prediction, bias)?;
    }
    let (own_user, own_item) = (g.gather_rows(users, u)?, g.gather_rows(items, i)?);
    let product = g.mul(own_user, own_item)?;
    let product = g.sum_all(product)?;
    prediction = g.add(prediction, product)?;
    let rating = g.input("rating", &[])?;
    let error = g.sub(prediction, rating)?;
    let square = g.mul(error, error)?;
    let loss = g.scale(square, 0.5)?;
    let mut squares = g.mul(mean, mean)?;
    for parameter in [user_bias, item_bias, users, items] {
        let square = g.mul(parameter, parameter)?;
        let sum = g.sum_all(square)?;
        squares = g.add(squares, sum)?;
    }
    let penalty = g.scale(squares, 0.05)?;
    definition.functional("prediction", prediction)?;
    for (parameter, ids) in [(users, u), (items, i), (user_bias, u), (item_bias, i)] {
        definition.own(parameter, ids)?;
    }

    let graph = CustomModel::new(&definition, loss, Some(penalty), Some(prediction))?;
    let mut model = Model::custom(&context, graph, &Options::new().with("initial", 0.1).with("seed", 7))?;
    let training = Options::new().with("optimizer", "sgd").with("learning_rate", 0.02).with("epochs", 30);
    model.fit(&context, &data, &training, &monitor)?;

    let (query, asked) = (data.select(&[0])?, Some("prediction"));
    let attributor = |model: &Model, method: &str, options: &Options| {
        Attributor::new(&context, model, Some(method), None, options, &monitor)
    };
    let rollback = attributor(&model, "rollback", &Options::new())?.explain(&query, asked, &monitor)?;
    println!("prediction {:+.12}", rollback.value(0)?);
    for (example, score) in rollback.top(0, Order::Largest, 3)? {
        println!("rollback {score:+.12} example {example}");
    }

    model.fit(&context, &data, &Options::new().with("optimizer", "minimize"), &monitor)?;
    let influence = attributor(&model, "influence", &Options::new().with("curvature", "hessian"))?;
    let top = influence.explain(&query, asked, &monitor)?.top(0, Order::Largest, 3)?;
    for (example, score) in &top {
        println!("influence {score:+.12} example {example}");
    }
    let changes = [TrainingChange::Remove(top[0].0 as usize)];
    for step in influence.what_if(&query, asked, &changes, &Options::new().with("until", "retrained"), &monitor)?.steps
    {
        println!("{} {:+.12}", step.level, step.changes[0]);
    }
    Ok(())
}
