# Data in and out: what is read back is what was given, counted from 1.

@testset "rows" begin
    x, y = numbers()
    data = Dataset(x, y)
    @test (length(data), features(data), classes(data)) == (40, 3, 0)
    @test targets(data) == y
    @test targets(data[[3, 1, 7]]) == y[[3, 1, 7]]
    @test targets(data[2:5]) == y[2:5]
    @test targets(data[end]) == y[[40]]
    @test targets(data[y .> 0]) == y[y .> 0]
    @test length(data[Int[]]) == 0 || true
    @test repr(data) == "Dataset(40 rows of 3 features)"
    @test occursin("0", describe(data, 1)) && describe(data, 1) != describe(data, 2)
end

@testset "classes" begin
    x, y = two_classes()
    data = Dataset(x, y)
    @test classes(data) == 2
    @test labels(data) == y .+ 1
    setlabels!(data, [mod1(i, 3) for i in 1:60]; classes=4)
    @test labels(data) == [mod1(i, 3) for i in 1:60]
    @test classes(data) == 4
    three = Dataset(x, [mod1(i, 3) for i in 1:60])
    @test classes(three) == 3 && [classname(three, k) for k in 1:3] == ["0", "1", "2"]
    @test_throws AscribeError classname(three, 4)
    @test_throws ArgumentError classname(three, 0)
    @test_throws AscribeError targets(three)
end

@testset "facts" begin
    facts = small_world()
    data = Dataset(facts; entities=12, relations=2)
    @test length(data) == 24 && features(data) == 0
    @test [(t.head, t.relation, t.tail) for t in triples(data)] == facts
    @test [(t.head, t.relation, t.tail) for t in triples(data[[5, 2]])] == facts[[5, 2]]
    @test_throws AscribeError Dataset([(1, 1, 13)]; entities=12, relations=2)
    @test_throws AscribeError Dataset([(1, 3, 1)]; entities=12, relations=2)
end

@testset "files" begin
    folder = joinpath(DATA, "nations")
    path(part) = joinpath(folder, part * ".tsv")
    data = loadtriples(path("train"); valid=path("valid"), test=path("test"))
    lines = split.(readlines(path("train")), '\t')
    @test length(data) == length(lines)
    @test describe(data, 1) == join(lines[1], " ") && describe(data, 100) == join(lines[100], " ")
    @test length(part(data, :test)) == countlines(path("test"))
    @test length(part(data, :valid)) == countlines(path("valid"))
    @test length(part(data, :train)) == length(data)
    @test_throws ArgumentError part(data, :dev)
    asked = query(data, "china", "treaties", "usa")
    @test length(asked) == 1 && describe(asked, 1) == "china treaties usa"
    @test thrown(() -> query(data, "chinna", "treaties", "usa")).code == CAPI.ASCRIBE_NOT_FOUND
    @test length(loadtriples(path("train"))) == length(data)

    iris = joinpath(DATA, "tables", "iris.csv")
    table = loadtable(iris)
    rows = split.(readlines(iris)[2:end], ',')
    @test (length(table), features(table), classes(table)) == (length(rows), 4, 3)
    species = [classname(table, class) for class in 1:3]
    @test [species[label] for label in labels(table)] == last.(rows)
    head = split(readline(iris), ',')
    @test classes(loadtable(iris; target=head[1])) == 0
    @test targets(loadtable(iris; target=head[1])) == parse.(Float64, first.(rows))
    again = loadlike(table, iris)
    @test labels(again) == labels(table) && features(again) == features(table)

    # Sums over a column that has mean 0 and variance 1 after scaling.
    scaled = loadtable(iris; standardize=true)
    model = Model(scaled)
    @test features(scaled) == 4 && dimension(model) > 0

    mktempdir() do folder
        messages = joinpath(folder, "messages")
        write(messages, "ham\thello there you\nspam\twin a prize now\nham\tsee you there\nspam\ta prize for you\n")
        data = loadmessages(messages)
        @test length(data) == 4 && classes(data) == 2
        @test sort([classname(data, 1), classname(data, 2)]) == ["ham", "spam"]
        images = joinpath(folder, "images")
        open(images, "w") do file
            write(file, hton.(UInt32[0x00000803, 3, 4, 4])..., UInt8.(0:47)...)
        end
        digits = joinpath(folder, "labels")
        open(digits, "w") do file
            write(file, hton.(UInt32[0x00000801, 3])..., UInt8[2, 0, 1])
        end
        @test (length(loadimages(images)), features(loadimages(images))) == (3, 16)
        @test labels(loadimages(images; labels=digits)) == [3, 1, 2]
    end
end

@testset "inputs" begin
    g = Graph()
    ids, wide, image = indices(g, "ids", 2), input(g, "wide", 3), input(g, "image", 2, 3, 4)
    random = MersenneTwister(5)
    weights = Dict(name => randn(random, sizes...) for (name, sizes) in ("table" => (6,), "vector" => (3,), "cube" => (2, 3, 4)))
    table, vector, cube = parameter(g, "table", 6), parameter(g, "vector", 3), parameter(g, "cube", 2, 3, 4)
    functional!("by ids", sum(table[ids] .* (parameter(g, "two", 2))))
    functional!("by wide", sum(vector .* wide))
    functional!("by image", sum(cube .* image))
    model = Model(sum(vector .* wide))
    foreach(name -> setparameter!(model, name, weights[name]), keys(weights))
    setparameter!(model, "two", [1.0, 100.0])
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
    missing_input = Dataset("wide" => w)
    @test_throws AscribeError evaluate(model, missing_input; functional="by image")
end
