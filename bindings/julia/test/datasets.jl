# Data in and out: what is read back is what was given, counted from 1.

@testset "rows" begin
    x, y = numbers()
    data = Dataset(x, y)
    @test (length(data), features(data), classes(data)) == (40, 3, 0)
    @test targets(data) == y && targets(data[end]) == y[[40]]
    @test all(some -> targets(data[some]) == y[some], ([3, 1, 7], 2:5, y .> 0))
    @test repr(data) == "Dataset(40 rows of 3 features)"
    @test occursin("0", describe(data, 1)) && describe(data, 1) != describe(data, 2)
end

@testset "classes" begin
    x, y = two_classes()
    data, cycle = Dataset(x, y), [mod1(i, 3) for i in 1:60]
    @test classes(data) == 2 && labels(data) == y .+ 1
    setlabels!(data, cycle; classes=4)
    @test labels(data) == cycle && classes(data) == 4
    three = Dataset(x, cycle)
    @test classes(three) == 3 && [classname(three, k) for k in 1:3] == ["0", "1", "2"]
    @test thrown(() -> classname(three, 4)) isa AscribeError && thrown(() -> classname(three, 0)) isa ArgumentError
    @test_throws AscribeError targets(three)
end

@testset "facts" begin
    facts = small_world()
    data = small_data()
    @test length(data) == 24 && features(data) == 0
    @test [(t.head, t.relation, t.tail) for t in triples(data)] == facts
    @test [(t.head, t.relation, t.tail) for t in triples(data[[5, 2]])] == facts[[5, 2]]
    @test all(wrong -> thrown(() -> Dataset([wrong]; entities=12, relations=2)) isa AscribeError, [(1, 1, 13), (1, 3, 1)])
end

@testset "files" begin
    data = load(:triples, NATIONS...)
    lines = split.(readlines(NATIONS[1]), '\t')
    @test length(data) == length(lines) == length(load("triples", NATIONS[1])) == length(load(:triples, joinpath(DATA, "nations")))
    @test describe(data, 1) == join(lines[1], " ") && describe(data, 100) == join(lines[100], " ")
    @test [length(part(data, which)) for which in (:train, "valid", :test)] == countlines.(NATIONS)
    asked = query(data, "china", "treaties", "usa")
    @test length(asked) == 1 && describe(asked, 1) == "china treaties usa"
    @test refused(() -> query(data, "chinna", "treaties", "usa"), CAPI.ASCRIBE_NOT_FOUND) != ""

    iris = joinpath(DATA, "tables", "iris.csv")
    table = load(:table, iris)
    rows = split.(readlines(iris)[2:end], ',')
    @test (length(table), features(table), classes(table)) == (length(rows), 4, 3)
    species = [classname(table, class) for class in 1:3]
    @test [species[label] for label in labels(table)] == last.(rows)
    head = split(readline(iris), ',')
    @test classes(load(:table, iris; label=head[1])) == 0
    @test targets(load(:table, iris; label=head[1])) == parse.(Float64, first.(rows))
    again = load(table, iris)
    @test labels(again) == labels(table) && features(again) == features(table)
    @test length(load(:table, iris; limit=7)) == 7 && length(load(:table, iris; rows="0-9,20")) == 11
    # Every column has mean 0 and variance 1 after scaling, so they have the same curvature.
    scaled = load(:table, iris; standardize=true, label=head[1])
    curvature = diag(products(fit!(Model(:linear, scaled; l2=0.1), scaled), Matrix(1.0I, features(scaled) + 1, features(scaled) + 1)))
    @test all(curvature[1:3] .≈ 1.1)

    mktempdir() do folder
        messages = joinpath(folder, "messages")
        write(messages, "ham\thello there you\nspam\twin a prize now\nham\tsee you there\nspam\ta prize for you\n")
        data = load(:messages, messages)
        @test length(data) == 4 && classes(data) == 2
        @test sort([classname(data, 1), classname(data, 2)]) == ["ham", "spam"]
        images, digits = joinpath(folder, "images"), joinpath(folder, "labels")
        open(file -> write(file, hton.(UInt32[0x00000803, 3, 4, 4])..., UInt8.(0:47)...), images, "w")
        open(file -> write(file, hton.(UInt32[0x00000801, 3])..., UInt8[2, 0, 1]), digits, "w")
        @test (length(load(:images, images)), features(load(:images, images))) == (3, 16)
        @test labels(load(:images, images, digits)) == [3, 1, 2]
    end
end

@testset "inputs" begin
    g, random = Graph(), MersenneTwister(5)
    ids, wide, image = indices(g, "ids", 2), input(g, "wide", 3), input(g, "image", 2, 3, 4)
    weights = Dict(name => randn(random, sizes...) for (name, sizes) in ("table" => (6,), "vector" => (3,), "cube" => (2, 3, 4)))
    table, vector, cube = parameter(g, "table", 6), parameter(g, "vector", 3), parameter(g, "cube", 2, 3, 4)
    functional!("by ids", sum(table[ids] .* (parameter(g, "two", 2))))
    functional!("by wide", sum(vector .* wide))
    functional!("by image", sum(cube .* image))
    model = setparameter!(Model(g, sum(vector .* wide)), "two", [1.0, 100.0])
    foreach(name -> setparameter!(model, name, weights[name]), keys(weights))
    chosen, w, im = rand(random, 1:6, 5, 2), randn(random, 5, 3), randn(random, 5, 2, 3, 4)
    data = Dataset("ids" => chosen, "wide" => w, "image" => im)
    @test length(data) == 5
    @test evaluate(model, data; functional="by ids") ≈ weights["table"][chosen] * [1.0, 100.0]
    @test evaluate(model, data; functional="by wide") ≈ w * weights["vector"]
    @test evaluate(model, data; functional="by image") ≈ [sum(im[i, :, :, :] .* weights["cube"]) for i in 1:5]
    # What is set again is what counts.
    setinput!(data, "wide", Float32.(2w))
    @test evaluate(model, data; functional="by wide") ≈ 2w * weights["vector"] rtol = 1e-6
    # Ids beyond the table, and inputs that are not there.
    setinput!(data, "ids", fill(7, 5, 2))
    @test_throws AscribeError evaluate(model, data; functional="by ids")
    @test_throws ArgumentError setinput!(data, "ids", fill(0, 5, 2))
    @test_throws AscribeError evaluate(model, Dataset("wide" => w); functional="by image")
end
