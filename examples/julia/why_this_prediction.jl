# Why does the model predict this? Train on Nations with a ledger, explain one prediction, and check the explanation by
# training again without the fact it names.
using Ascribe, Printf

folder = joinpath(isempty(ARGS) ? "data" : ARGS[1], "nations")
path(part) = joinpath(folder, part * ".tsv")
data = load(:triples, path("train"), path("valid"), path("test"))

model = Model(:distmult, data; dimension=10, initial=0.5, loss=:sampled_softmax, negatives=13, seed=7)
fit!(model, data; optimizer=:sgd, learning_rate=0.03, batch=1, epochs=20)

# The question: the first fact of the test part. Which facts is its probability due to?
question = part(data, :test)[1]
probability = only(evaluate(model, question; functional="probability"))
@printf("%s: probability %+.12f\n", describe(question, 1), probability)
facts = explain(model, question; method=:rollback, functional="probability", k=5, order=:negative)
for (example, score) in facts
    @printf("%+.12f %s\n", score, describe(data, example))
end

# The truth: the probability after training again without the first of them, less the probability now.
truth = retraining_changes(model, question, facts[1].example; functional="probability")
@printf("true change %+.12f\n", only(truth))
