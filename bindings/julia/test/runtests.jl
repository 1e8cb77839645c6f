# The tests of the package, against the library that `ASCRIBE_LIB` (or another of the ways) leads to. Wants no network.
using Ascribe, LinearAlgebra, Random, Test
using Ascribe: CAPI

include("fixtures.jl")

println("library: ", CAPI.LIBRARY[], ", version ", unsafe_string(CAPI.ascribe_version()))

const TOPICS = isempty(ARGS) ?
    ["header", "coverage", "loading", "errors", "handles", "matrices", "datasets", "graphs", "images", "networks", "triples", "custom",
     "callbacks", "options", "attributors", "threads", "panics", "documents"] : ARGS

@testset "Ascribe" begin
    for topic in TOPICS
        @testset "$topic" begin
            include(topic * ".jl")
        end
    end
end
