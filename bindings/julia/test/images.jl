# Windows, convolution and pooling, against loops.

"The windows of an image, `stride` apart, with `padding` zeros around."
function windows(f, image, window, stride, padding=(0, 0))
    height, width, channels = size(image)
    padded = zeros(height + 2padding[1], width + 2padding[2], channels)
    padded[padding[1]+1:padding[1]+height, padding[2]+1:padding[2]+width, :] = image
    rows, columns = 1:stride[1]:size(padded, 1)-window[1]+1, 1:stride[2]:size(padded, 2)-window[2]+1
    return [f(padded[r:r+window[1]-1, c:c+window[2]-1, :]) for r in rows, c in columns]
end

"Evaluates the expression that `build(image, weights)` makes, element by element."
function evaluated(build, image, weights)
    g = Graph()
    x, w = input(g, "image", size(image)...), parameter(g, "weights", size(weights)...)
    made = build(x, w)
    for k in CartesianIndices(size(made))
        functional!(string(Tuple(k)), made[Tuple(k)...])
    end
    model = Model(g, sum(made))
    setparameter!(model, "weights", weights)
    data = Dataset("image" => reshape(image, 1, size(image)...))
    return [only(evaluate(model, data; functional=string(Tuple(k)))) for k in CartesianIndices(size(made))]
end

random = MersenneTwister(9)
image, weights = randn(random, 5, 6, 2), randn(random, 3, 2, 3, 2)
stacked(maps) = cat(maps...; dims=3)

expected(stride, padding) = stacked([windows(patch -> sum(patch .* weights[f, :, :, :]), image, (2, 3), stride, padding) for f in 1:3])
@test evaluated((x, w) -> convolve(x, w), image, weights) ≈ expected((1, 1), (0, 0))
@test evaluated((x, w) -> convolve(x, w; stride=(2, 1), padding=(1, 2)), image, weights) ≈ expected((2, 1), (1, 2))
channels(f, window, stride) = stacked([windows(f, image[:, :, c:c], window, stride) for c in 1:2])
@test evaluated((x, w) -> maxpool(x, 2) .+ 0 .* sum(w), image, weights) ≈ channels(maximum, (2, 2), (2, 2))
@test evaluated((x, w) -> averagepool(x, (2, 3); stride=(1, 2)) .+ 0 .* sum(w), image, weights) ≈
      channels(patch -> sum(patch) / length(patch), (2, 3), (1, 2))
@test evaluated((x, w) -> dropdims(sum(unfold(x, (2, 3)); dims=(3, 4, 5)); dims=(3, 4, 5)) .+ 0 .* sum(w), image, weights) ≈
      windows(sum, image, (2, 3), (1, 1))
# Every place is counted as often as windows cover it.
cover = zeros(5, 6)
for r in 1:4, c in 1:4
    cover[r:r+1, c:c+2] .+= 1
end
@test evaluated((x, w) -> fold(unfold(x, (2, 3)), (5, 6)) .+ 0 .* sum(w), image, weights) ≈ image .* cover
