/// @file
/// Views: arrays and matrices that belong to someone else and are borrowed for a call.
#ifndef ASCRIBE_VIEWS_HPP
#define ASCRIBE_VIEWS_HPP

#include <ascribe.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <string>
#include <type_traits>
#include <vector>

#include "error.hpp"

namespace ascribe {

/// Borrowed contiguous elements. Made of whatever has them in a row: std::vector, std::array, std::span, a C array, a
/// list in braces, or a pointer and a count. A view must not outlive what it refers to.
template <class T>
class ArrayView {
 public:
  /// No elements.
  constexpr ArrayView() noexcept = default;
  /// `size` elements from `data` on.
  constexpr ArrayView(const T *data, std::size_t size) noexcept : data_(data), size_(size) {}
  /// The elements of a list in braces, for the call it is written in.
  constexpr ArrayView(std::initializer_list<T> list) noexcept : ArrayView(std::data(list), list.size()) {}
  /// The elements of a contiguous container of `T`.
  template <class Container,
            class = std::enable_if_t<std::is_same_v<
                std::remove_cv_t<std::remove_pointer_t<decltype(std::data(std::declval<const Container &>()))>>, T>>>
  constexpr ArrayView(const Container &container) noexcept
      : data_(std::data(container)), size_(std::size(container)) {}

  /// The first element; null where there is none.
  constexpr const T *data() const noexcept { return data_; }
  /// How many elements there are.
  constexpr std::size_t size() const noexcept { return size_; }
  /// Whether there are none.
  constexpr bool empty() const noexcept { return size_ == 0; }
  /// The first element.
  constexpr const T *begin() const noexcept { return data_; }
  /// Behind the last element.
  constexpr const T *end() const noexcept { return data_ + size_; }
  /// An element by its place, which is not checked.
  constexpr const T &operator[](std::size_t place) const noexcept { return data_[place]; }

 private:
  const T *data_ = nullptr;
  std::size_t size_ = 0;
};

/// A borrowed matrix of `T` with strides in elements, so that row-major, column-major, sliced and transposed matrices
/// all pass without a copy. It must not outlive what it refers to.
template <class T>
class BasicMatrixView {
  static_assert(std::is_same_v<T, double> || std::is_same_v<T, float>, "matrices hold double or float");

 public:
  /// The same in C.
  using CStruct = std::conditional_t<std::is_same_v<T, double>, ascribe_matrix, ascribe_matrix_f32>;

  /// A matrix without rows.
  constexpr BasicMatrixView() noexcept = default;

  /// A matrix whose element (i, j) is `data[i * row_stride + j * col_stride]`.
  static constexpr BasicMatrixView strided(const T *data, std::int64_t rows, std::int64_t cols, std::int64_t row_stride,
                                           std::int64_t col_stride) noexcept {
    BasicMatrixView view;
    view.matrix_ = CStruct{data, rows, cols, row_stride, col_stride};
    return view;
  }
  /// Row-major order, as C, C++ and NumPy store them.
  static constexpr BasicMatrixView row_major(const T *data, std::int64_t rows, std::int64_t cols) noexcept {
    return strided(data, rows, cols, cols, 1);
  }
  /// Column-major order, as Fortran, Julia and R store them.
  static constexpr BasicMatrixView col_major(const T *data, std::int64_t rows, std::int64_t cols) noexcept {
    return strided(data, rows, cols, 1, rows);
  }
  /// As many rows of `cols` elements as `values` holds.
  /// @throws Error (`Code::invalid_argument`) if they are not a whole number.
  static BasicMatrixView row_major(ArrayView<T> values, std::int64_t cols) {
    return row_major(values.data(), whole(values.size(), cols, "columns"), cols);
  }
  /// As many columns of `rows` elements as `values` holds.
  /// @throws Error (`Code::invalid_argument`) if they are not a whole number.
  static BasicMatrixView col_major(ArrayView<T> values, std::int64_t rows) {
    return col_major(values.data(), rows, whole(values.size(), rows, "rows"));
  }

  /// The first element.
  constexpr const T *data() const noexcept { return matrix_.data; }
  /// The number of rows.
  constexpr std::int64_t rows() const noexcept { return matrix_.rows; }
  /// The number of columns.
  constexpr std::int64_t cols() const noexcept { return matrix_.cols; }
  /// How many elements one row further is.
  constexpr std::int64_t row_stride() const noexcept { return matrix_.row_stride; }
  /// How many elements one column further is.
  constexpr std::int64_t col_stride() const noexcept { return matrix_.col_stride; }
  /// The number of elements, 0 for a matrix that cannot be.
  constexpr std::size_t size() const noexcept {
    return rows() > 0 && cols() > 0 ? static_cast<std::size_t>(rows()) * static_cast<std::size_t>(cols()) : 0;
  }
  /// The same elements with rows for columns.
  constexpr BasicMatrixView transposed() const noexcept {
    return strided(data(), cols(), rows(), col_stride(), row_stride());
  }
  /// The struct that C takes.
  constexpr const CStruct *get() const noexcept { return &matrix_; }

 private:
  static std::int64_t whole(std::size_t count, std::int64_t length, const char *what) {
    if (length <= 0 || count % static_cast<std::size_t>(length) != 0) {
      throw Error(Code::invalid_argument,
                  std::to_string(count) + " values are not a matrix of " + std::to_string(length) + " " + what);
    }
    return static_cast<std::int64_t>(count / static_cast<std::size_t>(length));
  }

  CStruct matrix_{nullptr, 0, 0, 0, 0};
};

/// A borrowed matrix of `double`.
using MatrixView = BasicMatrixView<double>;
/// A borrowed matrix of `float`.
using MatrixViewF32 = BasicMatrixView<float>;

/// The same elements with rows for columns.
template <class T>
constexpr BasicMatrixView<T> transposed(const BasicMatrixView<T> &view) noexcept { return view.transposed(); }

/// A single row of values.
template <class T>
BasicMatrixView<T> as_row(const std::vector<T> &values) noexcept {
  return BasicMatrixView<T>::row_major(values.data(), 1, static_cast<std::int64_t>(values.size()));
}

}  // namespace ascribe

#endif
