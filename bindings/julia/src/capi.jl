"""
The C interface as it is: every function, constant and struct of `ascribe.h` under its own name, nothing renamed and
nothing hidden. Indices count from 0 here, handles are plain pointers, and statuses are numbers. The rest of the package
stands on this module; use it directly only for what the rest does not offer.
"""
module CAPI

using Libdl: dlopen, dlsym, dlext, RTLD_LAZY, RTLD_LOCAL

include("capi/declaring.jl")
include("capi/declarations.jl")
include("capi/library.jl")

# Everything of the C interface, for the rest of the package.
for name in names(@__MODULE__; all=true)
    startswith(lowercase(string(name)), "ascribe_") && @eval export $name
end

end
