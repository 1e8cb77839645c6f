# What the documents show runs as it stands.

"The Julia programs in a document."
shown(path) = [String(found[1]) for found in eachmatch(r"^```julia\n(.*?)^```$"ms, read(path, String))]

"Runs programs one after the other in a module of their own, from a folder, and tests that each gets to its end."
function runs(programs, folder; given...)
    place = Module()
    foreach(((name, value),) -> Core.eval(place, :($name = $value)), collect(given))
    cd(folder) do
        for program in programs
            ended = thrown(() -> mktemp((_, file) -> redirect_stdout(() -> include_string(place, program), file)))
            @test (program, ended === nothing ? "ran" : said(ended)) == (program, "ran")
        end
    end
end

guide = joinpath(ROOT, "docs", "julia.md")
if isfile(guide)
    programs = shown(guide)
    @test length(programs) > 10
    runs(programs, ROOT)
end

x, y = numbers()
programs = shown(joinpath(@__DIR__, "..", "README.md"))
@test length(programs) == 1
runs(programs, joinpath(DATA, "nations"); X=x, y=y, x=x[1, :], label=y[1])
