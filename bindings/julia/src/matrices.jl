# Matrices lent to the library, without a copy wherever memory is laid out in strides.

"A matrix as the library sees it, and the array that its memory belongs to."
struct Lent{M}
    view::Base.RefValue{M}
    owner::Any
end

Base.unsafe_convert(P::Type{Ptr{M}}, lent::Lent{M}) where {M} = Base.unsafe_convert(P, lent.view)

# What `x'` and `transpose(x)` give. They are asked for rather than imported: the package depends on little.
const Adjoint = Base.typename(typeof(ones(1, 1)')).wrapper
const Transpose = Base.typename(typeof(transpose(ones(1, 1)))).wrapper

const Lendable = Union{Float64,Float32}

# Pointer, sizes and strides of what can be lent; `nothing` for what has to be copied.
laid_out(x::StridedMatrix{<:Lendable}) = (pointer(x), size(x), strides(x), x)
laid_out(x::StridedVector{<:Lendable}) = (pointer(x), (length(x), 1), (stride(x, 1), length(x)), x)
laid_out(x::Union{Adjoint{T},Transpose{T}}) where {T<:Lendable} = turned(laid_out(parent(x)))
laid_out(x::PermutedDimsArray{T,2,(2, 1)}) where {T<:Lendable} = turned(laid_out(parent(x)))
laid_out(x::PermutedDimsArray{T,2,(1, 2)}) where {T<:Lendable} = laid_out(parent(x))
const TurnedMatrix = Union{Adjoint,Transpose,PermutedDimsArray}
laid_out(x::SubArray{T,2,<:TurnedMatrix,<:Tuple{AbstractRange,AbstractRange}}) where {T<:Lendable} =
    cut(laid_out(parent(x)), parentindices(x)...)
laid_out(x) = nothing

turned(::Nothing) = nothing
turned((pointer, sizes, strides, owner)) = (pointer, reverse(sizes), reverse(strides), owner)
cut(::Nothing, rows, columns) = nothing
function cut((pointer, _, strides, owner), rows, columns)
    sizes = (length(rows), length(columns))
    offset = prod(sizes) == 0 ? 0 : (first(rows) - 1) * strides[1] + (first(columns) - 1) * strides[2]
    return (pointer + offset * sizeof(eltype(owner)), sizes, strides .* (step(rows), step(columns)), owner)
end

"""
Lends a matrix whose rows are examples (or, `by_columns`, whose columns are). Vectors are matrices of one column. What
is not strided, runs backwards or is of another element type than `Float64` and `Float32` is copied once.
"""
function lent(x::AbstractVecOrMat{<:Real}; by_columns::Bool=false)
    Base.require_one_based_indexing(x)
    layout = laid_out(x)
    # The library walks forwards only.
    (layout === nothing || any(<(0), layout[3])) && (layout = laid_out(Array{eltype(x) === Float32 ? Float32 : Float64}(x)))
    by_columns && (layout = turned(layout))
    pointer, sizes, strides, owner = layout
    # Of an empty matrix Julia may say 0, which is of no use to anyone.
    prod(sizes) == 0 && (strides = (1, 1))
    M = eltype(owner) === Float32 ? ascribe_matrix_f32 : ascribe_matrix
    return Lent{M}(Ref(M(pointer, sizes[1], sizes[2], strides[1], strides[2])), owner)
end

"One of two functions of the library, by what was lent."
by_type(::Lent{ascribe_matrix}, wide, single) = wide
by_type(::Lent{ascribe_matrix_f32}, wide, single) = single

"Lends in `Float64`, for functions that take nothing else."
lent64(x::AbstractVecOrMat{<:Real}; options...) =
    eltype(x) === Float32 ? lent(Array{Float64}(x); options...) : lent(x; options...)
