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

model = Model(g, loss; penalty=penalty, outputs=prediction, initial=0.1, seed=7)
fit!(model, data; optimizer=:sgd, learning_rate=0.02, batch=1, epochs=30)

# Examples are printed as in the other languages, from 0.
question = data[1]
@printf("prediction %+.12f\n", only(evaluate(model, question; functional="prediction")))
for (example, score) in explain(model, question; method=:rollback, functional="prediction", k=3)
    @printf("rollback %+.12f example %d\n", score, example - 1)
end

fit!(model, data; optimizer=:minimize, gradient_tolerance=1e-8)
influence = Attributor(model, :influence; curvature=:hessian)
due_to = explain(influence, question; functional="prediction", k=3)
for (example, score) in due_to
    @printf("influence %+.12f example %d\n", score, example - 1)
end

answer = what_if(influence, question; functional="prediction", remove=due_to[1].example, until=:retrained)
for step in levels(answer)
    @printf("%s %+.12f\n", step.level, only(step.changes))
end
