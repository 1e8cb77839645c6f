# Which labels are wrong? Give every tenth digit a wrong label, train, and look among the examples whose own loss
# depends most on themselves.
using Ascribe, Printf

folder = isempty(ARGS) ? "data" : ARGS[1]
data = load(:table, joinpath(folder, "tables", "digits.csv"); task=:classes)

digits = labels(data)
flipped = 1:10:length(digits)
digits[flipped] = mod.(digits[flipped], 10) .+ 1
setlabels!(data, digits; classes=10)

model = Model(:softmax, data; l2=0.01)
fit!(model, data; optimizer=:minimize)

# The rows by influence on themselves, largest first; of equal ones the first.
suspects = self_scores(model; method=:influence, curvature=:hessian, k=length(data))
for percent in (10, 20, 30)
    looked_at = suspects[1:length(suspects)*percent÷100]
    @printf("%d %%: %d of %d\n", percent, count(suspect -> suspect.example in flipped, looked_at), length(flipped))
end
# Rows are printed as in the other languages, from 0.
for (example, score) in suspects[1:5]
    @printf("%+.12f row %d\n", score, example - 1)
end
