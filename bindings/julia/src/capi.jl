"""
The C interface as it is: every function, constant and struct of `ascribe.h` under its own name, for what the rest of the package, which
stands on this module, does not offer. Indices count from 0 here, handles are plain pointers, and statuses are numbers.
"""
module CAPI

using Libdl: dlopen, dlsym, dlext, RTLD_LAZY, RTLD_LOCAL

include("capi/declaring.jl")
include("capi/declarations.jl")
include("capi/library.jl")

for name in names(@__MODULE__; all=true)
    startswith(lowercase(string(name)), "ascribe_") && @eval export $name
end

end
