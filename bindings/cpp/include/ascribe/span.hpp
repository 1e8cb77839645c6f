/// @file
/// Between std::span and views, where the standard library has std::span (C++20); otherwise this header is empty. A
/// span is taken wherever an `ArrayView` is; this is the way back.
#ifndef ASCRIBE_SPAN_HPP
#define ASCRIBE_SPAN_HPP

#if __has_include(<version>)
#include <version>
#endif

#ifdef __cpp_lib_span

#include <span>

#include "views.hpp"

namespace ascribe {

/// A view as a span.
template <class T>
constexpr std::span<const T> as_span(const ArrayView<T> &view) noexcept { return {view.data(), view.size()}; }

/// A span as a view; the same conversion happens by itself.
template <class T, std::size_t Extent>
constexpr ArrayView<std::remove_cv_t<T>> array_view(std::span<T, Extent> span) noexcept {
  return {span.data(), span.size()};
}

/// A row of a matrix as a span.
/// @throws Error `Code::invalid_argument` if its elements are not contiguous.
template <class T>
std::span<const T> row(const BasicMatrixView<T> &matrix, std::int64_t row) {
  if (matrix.cols() > 1 && matrix.col_stride() != 1) {
    throw Error(Code::invalid_argument, "the elements of a row of this matrix are " +
                                            std::to_string(matrix.col_stride()) + " apart, not contiguous");
  }
  return {matrix.data() + row * matrix.row_stride(), static_cast<std::size_t>(matrix.cols())};
}

}  // namespace ascribe

#endif

#endif
