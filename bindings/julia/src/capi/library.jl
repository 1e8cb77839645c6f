# Finding the library, opening it, and refusing one that does not fit.

"The library that was opened: a path, or the name the system found it by. Empty before the package is loaded."
const LIBRARY = Ref("")

"The file the package brings with it, should it bring one."
bundled_library() = normpath(joinpath(@__DIR__, "..", "..", "deps", "libascribe." * dlext))

"The name the system's loader is asked for: the number behind it is the interface's."
function system_library()
    number = Int(ASCRIBE_ABI_VERSION)
    Sys.iswindows() && return "ascribe.dll"
    return Sys.isapple() ? "libascribe.$number.dylib" : "libascribe.so.$number"
end

"""
Opens a library or answers `nothing`, with the reason. `RTLD_LOCAL` without `RTLD_DEEPBIND`, which Julia would add: with it the library
resolves what unwinds its stack in another library than the rest of the process does, and a panic it catches ends the process instead.
"""
function try_open(path::AbstractString)
    try
        return dlopen(path, RTLD_LAZY | RTLD_LOCAL), ""
    catch exception
        return nothing, last(split(sprint(showerror, exception), '\n'))
    end
end

"""
Opens the library at `ENV["ASCRIBE_LIB"]`, or in the package's `deps` folder, or where the system finds it, in this order, and looks up
every function. What `ASCRIBE_LIB` names is used or refused, never passed over.
"""
function open_library()
    wanted, tried = get(ENV, "ASCRIBE_LIB", ""), String[]
    for path in (isempty(wanted) ? (bundled_library(), system_library()) : (wanted,))
        handle, reason = try_open(path)
        handle === nothing || return look_up(handle, path)
        push!(tried, "  $path: $reason")
    end
    isempty(wanted) || error("ENV[\"ASCRIBE_LIB\"] names a library that cannot be opened:\n", only(tried),
                             "\nSet it to the path of libascribe.$dlext, or unset it.")
    error("The Ascribe library was not found. Looked for\n  ENV[\"ASCRIBE_LIB\"]: not set\n", join(tried, "\n"),
          "\nBuild it, and set ASCRIBE_LIB to the path of libascribe.$dlext.")
end

function look_up(handle::Ptr{Cvoid}, path::AbstractString)
    version = dlsym(handle, :ascribe_abi_version; throw_error=false)
    version === nothing && error("$path is not the Ascribe library: it has no ascribe_abi_version")
    check_abi(ccall(version, UInt32, ()), path)
    for declared in FUNCTIONS
        found = dlsym(handle, declared.name; throw_error=false)
        found === nothing && error("$path lacks $(declared.name): it is older than this package. Update the library.")
        declared.pointer[] = found
    end
    LIBRARY[] = path
    return nothing
end

"Refuses a library of another interface and says which of the two to update."
function check_abi(found::Integer, path::AbstractString)
    found == ASCRIBE_ABI_VERSION && return nothing
    older = found < ASCRIBE_ABI_VERSION ? "library" : "package Ascribe"
    error("$path has version $found of the C interface and this package needs version $(Int(ASCRIBE_ABI_VERSION)): ",
          "update the $older.")
end
