# A panic of the library is a status, and the process goes on.

g = Graph()
before_it = input(g, "x", 2)
exception = thrown(() -> input(g, "ascribe: panic", 2))
if exception === nothing
    println("a release build of the library: no panic to be forced")
else
    @test exception isa AscribeError && exception.code == CAPI.ASCRIBE_INTERNAL
    @test !isempty(exception.message)
    # What was being changed answers the same from now on; everything else works.
    @test thrown(() -> input(g, "y", 2)).code == CAPI.ASCRIBE_INTERNAL
    close(g)
    for _ in 1:20
        h = Graph()
        @test thrown(() -> input(h, "ascribe: panic", 2)).code == CAPI.ASCRIBE_INTERNAL
    end
    GC.gc()
    @test size(input(Graph(), "x", 2)) == (2,)
    @test length(explain(world_model(; epochs=1)[1], (1, 1, 2); k=3)) == 3
end
