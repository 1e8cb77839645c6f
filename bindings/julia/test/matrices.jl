# Matrices of every layout give the same bytes as a plain copy.

"The same numbers in many layouts."
function layouts(x)
    n, p = size(x)
    wide = fill!(similar(x, 2n + 1, p + 3), 7)
    wide[2:2:2n, 2:p+1] = x
    turned, reversed = Matrix(permutedims(x)), x[end:-1:1, end:-1:1]
    return [x, copy(turned)', transpose(copy(turned)), PermutedDimsArray(turned, (2, 1)), view(x, :, :), view(wide, 2:2:2n, 2:p+1),
            view(reversed, n:-1:1, p:-1:1), view(permutedims(wide)', 2:2:2n, 2:p+1), view(turned, :, :)', reshape(vec(copy(x)), n, p),
            view(x, collect(1:n), :), view(x, 1:n, [1:p;])]
end

"Whether lending copies an array, rather than using its own memory."
function copied(x)
    root(a) = parent(a) === a ? a : root(parent(a))
    return pointer(root(Ascribe.lent(x).owner)) != pointer(root(x))
end

trained(data; options...) = fit!(Model(:linear, data; options...), data)

@testset "$T" for T in (Float64, Float32)
    x, y = numbers()
    x = T.(x)
    model = trained(Dataset(x, y))
    for other in layouts(x)
        @test other == x && predict(model, other) == predict(model, x)
        again = trained(Dataset(other, y))
        @test all(place -> parameter(again, place) == parameter(model, place), eachindex(parameters(model)))
    end
    # One runs backwards, and the two that are picked by a list of indices have no strides.
    @test findall(copied.(layouts(x))) == [7, 11, 12]
end

@testset "other elements and sizes" begin
    x = [1 2; 3 4; 5 7]
    model = trained(Dataset(x, [1.0, 2.0, 3.5]); l2=0.1)
    @test predict(model, x) == predict(model, Float64.(x)) == predict(model, big.(x)) == predict(model, x .// 1)
    @test predict(model, x .== 1) == predict(model, Float64.(x .== 1))
    x, y = numbers()
    model = trained(Dataset(x[:, 1], y))
    @test features(Dataset(model)) == 1
    @test predict(model, x[:, 1]) == predict(model, x[:, 1:1]) == predict(model, view(x, :, 1))
    @test predict(model, view(x, 1:2:40, 1)) == predict(model, x[1:2:40, 1])
    @test size(predict(model, x[1:0, 1:1])) == (0, 1)
    @test_throws AscribeError predict(model, x[:, 1:2])
end

@testset "products" begin
    model, _, x, _ = own_linear()
    v = randn(MersenneTwister(4), dimension(model), 3)
    expected = products(model, v)
    @test all(other -> products(model, other) == expected, layouts(v))
    # A direction alone and one of several agree, though they may be summed in another order.
    @test products(model, v[:, 2]) ≈ expected[:, 2] rtol = 1e-12
    @test products(model, view(v, :, 2)) == products(model, v[:, 2])
    @test products(model, Float32.(v)) ≈ expected rtol = 1e-5
end

@testset "allocation" begin
    # Four megabytes, of which Julia may write nothing again; the library's own copies are not counted here.
    wide = randn(MersenneTwister(6), 1600, 700)
    rows, columns = 1:2:1600, 4:2:700
    allocated(f, x) = (f(x); @allocated f(x))       # by a call that was compiled before
    for x in (wide, view(wide, rows, columns), view(wide', columns, rows), transpose(view(wide, rows, columns)),
              view(PermutedDimsArray(wide, (2, 1)), columns, rows), Float32.(view(wide, rows, columns)))
        @test allocated(x -> close(Dataset(x)), x) < 10_000 && allocated(x -> close(Dataset("x" => x)), x) < 10_000
    end
    # The numbers to predict are written, the ones to predict from are not.
    x, backwards = view(wide, rows, columns), view(wide, 1600:-2:1, columns)
    model = Model(:linear, Dataset(x, randn(MersenneTwister(7), length(rows))))
    @test allocated(x -> predict(model, x), x) < 2 * 8 * length(rows) + 10_000
    @test allocated(x -> close(Dataset(x)), x[end:-1:1, :][1:10, :]) < 10_000
    # What has to be copied is copied once.
    @test sizeof(collect(backwards)) <= allocated(x -> close(Dataset(x)), backwards) < sizeof(collect(backwards)) + 10_000
end
