/// @file
/// Views of Eigen's matrices, without a copy. Include it after or instead of `<ascribe.hpp>`; it needs Eigen 3.3 or
/// later.
#ifndef ASCRIBE_EIGEN_HPP
#define ASCRIBE_EIGEN_HPP

#include <Eigen/Core>

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "views.hpp"

namespace ascribe {

/// A matrix, map, block, transpose or vector of double or float as it lies in memory, in either storage order and with
/// whatever strides. What has to be computed first (a sum, a product) has no memory to refer to and does not compile:
/// evaluate it into a matrix. The view must not outlive the matrix.
template <class Derived>
BasicMatrixView<typename Derived::Scalar> view(const Eigen::DenseBase<Derived> &matrix) {
  static_assert((Derived::Flags & Eigen::DirectAccessBit) != 0,
                "this expression is not in memory: evaluate it into a matrix first");
  const Derived &m = matrix.derived();
  return BasicMatrixView<typename Derived::Scalar>::strided(m.data(), m.rows(), m.cols(), m.rowStride(), m.colStride());
}

/// The elements of a vector that is contiguous in memory: targets, ids, values of parameters.
/// @throws Error `Code::invalid_argument` if there are gaps between them.
template <class Derived>
ArrayView<typename Derived::Scalar> array_view(const Eigen::DenseBase<Derived> &vector) {
  static_assert((Derived::Flags & Eigen::DirectAccessBit) != 0,
                "this expression is not in memory: evaluate it into a vector first");
  static_assert(Derived::IsVectorAtCompileTime, "only vectors are arrays: use view() for a matrix");
  const Derived &v = vector.derived();
  if (v.size() > 1 && v.innerStride() != 1) {
    throw Error(Code::invalid_argument, "the vector's elements are " + std::to_string(v.innerStride()) +
                                            " apart, not contiguous: copy it into a vector of its own");
  }
  return {v.data(), static_cast<std::size_t>(v.size())};
}

/// Results as Eigen sees them, a map of `values`, `cols` numbers a row. It must not outlive the vector.
/// @throws Error `Code::invalid_argument` if they are not a whole number of rows.
inline Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>> as_matrix(
    const std::vector<double> &values, std::int64_t cols) {
  const auto matrix = MatrixView::row_major(values, cols);
  return {matrix.data(), static_cast<Eigen::Index>(matrix.rows()), static_cast<Eigen::Index>(matrix.cols())};
}
/// A temporary vector cannot be viewed.
void as_matrix(std::vector<double> &&values, std::int64_t cols) = delete;

}  // namespace ascribe

#endif
