# The results of README.md beside this file, in Julia: every line is a name and the bits of a number. Names count from 0.
using Ascribe

result(name, value) = println(name, ' ', string(reinterpret(UInt64, value), base=16, pad=16))

"Numbers of a vector, or those of an array with its last axis first to change."
results(name, values::AbstractArray) = foreach(pairs(collect(rows_first(values)))) do (i, value)
    result("$name.$(i - 1)", value)
end
rows_first(values) = ndims(values) < 2 ? vec(values) : vec(permutedims(values, ndims(values):-1:1))

table(name, values) = for i in axes(values, 1), j in axes(values, 2)
    result("$name.$(i - 1).$(j - 1)", values[i, j])
end

all_parameters(name, model) = for place in 1:length(parameters(model))
    results("$name.parameter.$(place - 1)", parameter(model, place))
end

function attributed(name, found)
    for query in 1:length(found)
        result("$name.value.$(query - 1)", value(found, query))
        for (example, score) in scores(found, query)
            result("$name.$(query - 1).$(example - 1)", score)
        end
    end
end

function rolled_back(name, model, queries, functional)
    for (word, effort) in ("exact" => :exact, "linear" => :linear, "hybrid" => :hybrid => 3)
        attributed("$name.$word", attribution(model, queries; method=:rollback, effort=effort, functional=functional))
    end
    without = what_if(model, queries; method=:rollback, remove=[1, 6, 18], functional=functional)
    results("$name.without", only(levels(without)).changes)
end

function by_gradients(name, model, queries, functional)
    for method in (:graddot, :gradcos)
        attributed("$name.$method", attribution(model, queries; method=method, functional=functional))
        results("$name.$method.self", [score for (_, score) in self_scores(model; method=method)])
    end
end

function along(name, model, queries, functional)
    for method in (:replay, :tracin, :tracincp, :gas)
        found = attribution(model, queries; method=method, functional=functional)
        attributed("$name.$method", found)
        method === :replay && results("$name.growth", [growth(found, query) for query in 1:length(found)])
    end
end

removed(name, model, queries, functional) =
    table("$name.removal", retraining_changes(model, queries, [[4], [3, 10]]; functional=functional))

function of_triples(name, precision, folder)
    train, valid, test = joinpath.(folder, "nations", ["train.tsv", "valid.tsv", "test.tsv"])
    data = load(:triples, train, valid, test)
    queries = part(data, :test)[1:3]
    model = Model(:distmult, data; dimension=6, negatives=5, precision=precision, seed=11)
    fit!(model, data; optimizer=:sgd, learning_rate=0.05, batch=1, epochs=3, seed=3)
    all_parameters(name, model)
    results("$name.evaluate", evaluate(model, queries; functional="log-probability"))
    rolled_back(name, model, queries, "probability")
    removed(name, model, queries, "probability")
end

function influenced(name, model, queries, extra, functional)
    influence = Attributor(model, :influence; curvature=:hessian)
    known = diagnostics(influence)
    result("$name.objective", known.value)
    result("$name.gradient", known.gradient_norm)
    attributed("$name.influence", attribution(influence, queries; functional=functional))
    results("$name.self", [score for (_, score) in self_scores(influence)])
    found = [leave_one_out(influence, queries[query], [3, 4]; functional=functional) for query in 1:length(queries)]
    foreach(((query, one),) -> results("$name.leave_one_out.$(query - 1)", one.scores[:, 1]), enumerate(found))
    results("$name.leverage", found[1].leverages)
    p = dimension(model)
    directions = [((3row + 5column + 1) % 7 - 3) / 4 for column in 0:p-1, row in 0:1]
    table("$name.products", permutedims(products(influence, directions)))
    table("$name.inverse", permutedims(inverse_products(influence, directions)))
    remove = what_if(influence, queries; remove=4, until=:retrained, functional=functional)
    several = what_if(influence, queries; reweight=5 => 2.0, replace=6 => extra[1], add=extra[2], until=:retrained, functional=functional)
    for (word, answer) in ("remove" => remove, "several" => several), step in levels(answer)
        results("$name.$word.$(step.level)", step.changes)
    end
end

feature(i, j) = ((7i + 11j + i * j) % 13 - 6) / 8
table_rows(which) = [feature(i, j) for i in which, j in 0:2]
table_targets(which) = [((5i + 3) % 11 - 5) / 4 for i in which]
table_labels(which) = [(i * i + i ÷ 4) % 3 + 1 for i in which]
table_data(which, classes) = classes ? Dataset(table_rows(which), table_labels(which); classes=3) :
                             Dataset(table_rows(which), table_targets(which))

function of_rows(name, kind, precision)
    data, extra = (table_data(which, kind === :softmax) for which in (0:23, 100:101))
    queries = data[[2, 8]]
    model = Model(kind, data; l2=0.05, precision=precision)
    fit!(model, data; optimizer=:minimize, gradient_tolerance=precision === Float32 ? 1e-5 : 1e-10)
    all_parameters(name, model)
    table("$name.predict", predict(model, table_rows(100:101)))
    influenced(name, model, queries, extra, "loss")
    removed(name, model, queries, "loss")
    by_gradients(name, model, queries, "loss")
end

function of_layers(name, precision)
    data, extra = table_data(0:23, true), table_data(100:101, true)
    model = Model(:mlp, data; loss=:softmax, l2=0.01, layers=[:dense => 4, :tanh], precision=precision, seed=11)
    fit!(model, data; optimizer=:adam, learning_rate=0.01, epochs=4, batch=5, seed=3)
    all_parameters(name, model)
    table("$name.predict", predict(model, table_rows(100:101)))
    removed(name, model, extra, "loss")
    by_gradients(name, model, extra, "loss")
    along(name, model, extra, "loss")
end

function of_graph(name, precision)
    users, items = [7k % 30 for k in 0:239], [(11k + k ÷ 30) % 20 for k in 0:239]
    ratings = [1.0 + (3u + 5i + u * i) % 5 for (u, i) in zip(users, items)]
    data = Dataset("user" => users .+ 1, "item" => items .+ 1, "rating" => ratings)
    queries = data[[1, 6]]
    g = Graph()
    user, item = indices(g, "user"), indices(g, "item")
    mean, user_bias, item_bias = parameter(g, "mean"), parameter(g, "user_bias", 30), parameter(g, "item_bias", 20)
    user_table, item_table = parameter(g, "users", 30, 4), parameter(g, "items", 20, 4)
    rating = input(g, "rating")
    of_user, of_item, user_row, item_row = user_bias[user], item_bias[item], user_table[user, :], item_table[item, :]
    biased = mean + of_user + of_item
    prediction = biased + sum(user_row .* item_row)
    d = prediction - rating
    loss = 0.5 * (d * d)
    squares = mean * mean
    for table in (user_bias, item_bias, user_table, item_table)
        squares = squares + sum(table .* table)
    end
    penalty = 0.05 * squares
    functional!("prediction", prediction)
    own!(user_table, user), own!(item_table, item), own!(user_bias, user), own!(item_bias, item)
    model = Model(g, loss; penalty=penalty, outputs=prediction, precision=precision, seed=7)
    fit!(model, data; optimizer=:sgd, learning_rate=0.02, batch=1, epochs=5)
    all_parameters(name, model)
    kept = Ledger(model)
    for slot in 1:length(slots(kept, 7))
        results("$name.change.$(slot - 1)", change(kept, 7, slot))
    end
    result("$name.remainder", only(remainder(kept, 1)))
    rolled_back(name, model, queries, "prediction")
    removed(name, model, queries, "prediction")
    along(name, model, queries, "prediction")
    if precision === Float64
        fit!(model, data; optimizer=:minimize)
        influenced("graph.minimized", model, queries, data, "prediction")
        removed("graph.minimized", model, queries, "prediction")
        by_gradients("graph.minimized", model, queries, "prediction")
    end
end

folder = get(ARGS, 1, "data")
of_triples("triples.f64", Float64, folder)
of_triples("triples.f32", Float32, folder)
of_rows("rows.squared.f64", :linear, Float64)
of_rows("rows.softmax.f64", :softmax, Float64)
of_rows("rows.softmax.f32", :softmax, Float32)
of_layers("rows.layers.f64", Float64)
of_layers("rows.layers.f32", Float32)
of_graph("graph.f64", Float64)
of_graph("graph.f32", Float32)
for table in options(), option in options(table)
    println("options ", table, ' ', option.name, ' ', option.default)
end
