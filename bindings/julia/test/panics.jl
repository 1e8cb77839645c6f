# A panic of the library is a status, and the process goes on.

g = Graph()
before_it = input(g, "x", 2)
exception = thrown(() -> input(g, "ascribe: panic", 2))
if exception === nothing
    println("a release build of the library: no panic to be forced")
else
    @test exception isa AscribeError && exception.code == CAPI.ASCRIBE_INTERNAL && !isempty(exception.message)
    # What was being changed answers the same from now on; everything else works.
    refused(() -> input(g, "y", 2), CAPI.ASCRIBE_INTERNAL)
    close(g)
    foreach(_ -> refused(() -> input(Graph(), "ascribe: panic", 2), CAPI.ASCRIBE_INTERNAL), 1:20)
    GC.gc()
    @test size(input(Graph(), "x", 2)) == (2,)
    @test length(explain(world_model(; epochs=1)[1], (1, 1, 2); k=3)) == 3
end
