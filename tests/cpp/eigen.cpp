// Eigen's matrices as views: both storage orders, blocks, transposes, maps with strides, vectors; the same numbers as from
// an array, and no copy.
#include <ascribe/eigen.hpp>

#include "check.hpp"

using namespace ascribe;
using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

template <class Derived>
static void same(const Eigen::DenseBase<Derived> &matrix) {
  const auto view = ascribe::view(matrix);
  CHECK(view.data() == matrix.derived().data());
  CHECK(view.rows() == matrix.rows() && view.cols() == matrix.cols());
  for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
    for (Eigen::Index j = 0; j < matrix.cols(); ++j) {
      CHECK(&view.data()[i * view.row_stride() + j * view.col_stride()] == &matrix.derived().coeffRef(i, j));
    }
  }
  const auto turned = transposed(view);
  CHECK(turned.rows() == matrix.cols() && turned.row_stride() == view.col_stride());
}

int main() {
  return run([] {
    const Line line;
    Eigen::MatrixXd columns = Eigen::Map<const RowMajor>(line.features.data(), 20, 2);
    RowMajor rows = columns;
    Eigen::MatrixXf floats = columns.cast<float>();
    Eigen::Matrix<double, 3, 2> fixed = columns.topRows(3);
    Eigen::VectorXd vector = columns.col(1);
    Eigen::MatrixXd wide = Eigen::MatrixXd::Zero(2, 40);
    using Strided = Eigen::Map<Eigen::MatrixXd, 0, Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>>;
    Strided strided(wide.data(), 4, 3, Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>(20, 5));
    same(columns);
    same(rows);
    same(floats);
    same(fixed);
    same(vector);
    same(strided);
    same(columns.transpose());
    same(rows.transpose());
    same(columns.block(2, 0, 5, 1));
    same(rows.block(2, 1, 5, 1));
    same(columns.row(3));

    const auto model = line.fitted();
    const auto expected = model.predict(line.view());
    CHECK(model.predict(view(columns)) == expected);
    CHECK(model.predict(view(rows)) == expected);
    CHECK(model.predict(view(floats)) == expected);  // small whole numbers are the same in four bytes
    CHECK(model.predict(view(rows.transpose()).transposed()) == expected);
    CHECK(model.predict(view(columns.topRows(3))) == std::vector<double>(expected.begin(), expected.begin() + 3));

    Eigen::VectorXd targets = Eigen::Map<const Eigen::VectorXd>(line.targets.data(), 20);
    CHECK(Dataset::from_matrix(view(columns), array_view(targets)).targets() == line.targets);
    CHECK_ERROR(invalid_argument, "20 apart", array_view(columns.row(0)));
    CHECK(array_view(rows.row(0)).size() == 2 && array_view(rows.row(0)).data() == rows.data());
    Eigen::Matrix<std::uint32_t, Eigen::Dynamic, 1> ids(3);
    ids << 2, 0, 1;
    Dataset numbered(3);
    numbered.set_ids("id", array_view(ids));

    // Products come back as a matrix, and have the properties of one of second derivatives.
    const Attributor influence(model, "influence");
    const auto p = static_cast<std::int64_t>(model.dimension());
    const Eigen::MatrixXd unit = Eigen::MatrixXd::Identity(p, p);
    const auto products = influence.products(view(unit));
    const auto hessian = as_matrix(products, p);
    CHECK(hessian.data() == products.data() && hessian.rows() == p && hessian.cols() == p);
    CHECK((hessian - hessian.transpose()).cwiseAbs().maxCoeff() < 1e-12 * hessian.cwiseAbs().maxCoeff());
    const auto inverses = influence.inverse_products(view(unit));
    CHECK((hessian * as_matrix(inverses, p) - unit).cwiseAbs().maxCoeff() < 1e-9);
  });
}
