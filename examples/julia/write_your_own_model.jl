# A model of one's own: a factorization machine for ratings, written as a graph, and asked both kinds of question.
using Ascribe, Printf

ids_and_rating(k) = (u = 7k % 30; i = (11k + k ÷ 30) % 20; (u + 1, i + 1, 1.0 + (3u + 5i + u * i) % 5))
examples = ids_and_rating.(0:239)
data = Dataset("user" => getindex.(examples, 1), "item" => getindex.(examples, 2), "rating" => getindex.(examples, 3))

g = Graph()
user, item = indices(g, "user"), indices(g, "item")
mean, user_bias, item_bias = parameter(g, "mean"), parameter(g, "user_bias", 30), parameter(g, "item_bias", 20)
users, items = parameter(g, "users", 30, 4), parameter(g, "items", 20, 4)
rating = input(g, "rating")

prediction = mean + user_bias[user] + item_bias[item] + sum(users[user, :] .* items[item, :])
loss = 0.5 * (prediction - rating)^2
penalty = 0.05 * (mean^2 + sum(abs2, user_bias) + sum(abs2, item_bias) + sum(abs2, users) + sum(abs2, items))
functional!("prediction", prediction)
own!(users, user)
own!(items, item)
own!(user_bias, user)
own!(item_bias, item)

model = Model(loss; penalty=penalty, outputs=prediction, initial=0.1, seed=7)
fit!(model, data; method=:sgd, learning_rate=0.02, batch=1, epochs=30, track=true)

# Examples and levels are printed as in the other languages, from 0.
question = data[1]
@printf("prediction %+.12f\n", only(evaluate(model, question; functional="prediction")))
for (example, score) in explain(model, question; method=:rollback, functional="prediction", k=3)
    @printf("rollback %+.12f example %d\n", score, example - 1)
end

fit!(model, data; method=:minimize, gradient=1e-8)
influence = Influence(model; curvature=:hessian)
owed = explain(influence, question; functional="prediction", k=3)
for (example, score) in owed
    @printf("influence %+.12f example %d\n", score, example - 1)
end

answer = whatif(influence, question; functional="prediction", remove=owed[1].example, until=:retrained)
number = (first_order=0, second_order=1, leverage=2, newton=3, retrained=4)
for step in levels(answer)
    @printf("level %d %+.12f\n", number[step.level], only(step.changes))
end
