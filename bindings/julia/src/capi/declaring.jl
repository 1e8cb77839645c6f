# What the declarations are made of. The library is found when the package is loaded, so its functions are called through pointers
# that `open_library` fills then: a load and an indirect call, and precompiled code holds no path.

"A function as it is declared, and where it was found."
struct Declared
    name::Symbol
    pointer::Base.RefValue{Ptr{Cvoid}}
    result::Type
    arguments::Vector{Type}
end

const FUNCTIONS = Declared[]

function declared(name::Symbol, arguments::Vector, result)
    pointer = Symbol(:pointer_of_, name)
    names, types = [argument.args[1] for argument in arguments], [argument.args[2] for argument in arguments]
    return esc(quote
        const $pointer = Ref{Ptr{Cvoid}}(C_NULL)
        push!(FUNCTIONS, Declared($(QuoteNode(name)), $pointer, $result, Type[$(types...)]))
        @inline $name($(names...)) = ccall($pointer[], $result, ($(types...),), $(names...))
    end)
end

"Declares a function that cannot fail: `@direct name(argument::Type, ...)::Type`."
macro direct(signature)
    call, result = signature.args
    return declared(call.args[1], call.args[2:end], result)
end

"Declares a function that returns a status and takes a place for an error last, which is not written out here."
macro fallible(call)
    return declared(call.args[1], [call.args[2:end]; :(error::Ptr{Ptr{ascribe_error}})], :ascribe_status)
end

"Declares types of which only the library knows what is inside."
macro handles(names...)
    return esc(Expr(:block, (:(mutable struct $name end) for name in names)...))
end

"Declares a struct that is passed as it is: `@plain name(field::Type, ...)`."
macro plain(signature)
    return esc(:(struct $(signature.args[1]); $(signature.args[2:end]...) end))
end

"Declares a struct that begins with its own size and is otherwise zero, mutable so that it can be passed by reference and changed."
macro growing(signature)
    name, fields = signature.args[1], signature.args[2:end]
    return esc(quote
        mutable struct $name
            struct_size::Csize_t
            $(fields...)
            function $name()
                made = new()
                ccall(:memset, Ptr{Cvoid}, (Any, Cint, Csize_t), made, 0, sizeof($name))
                made.struct_size = sizeof($name)
                return made
            end
        end
        Base.unsafe_convert(::Type{Ptr{$name}}, made::$name) = Ptr{$name}(pointer_from_objref(made))
    end)
end
