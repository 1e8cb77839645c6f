// std::span, where there is one: taken wherever an ArrayView is, and given back.
#include <ascribe/span.hpp>

#include <array>

#include "check.hpp"

using namespace ascribe;

static std::size_t size_of(ArrayView<double> view) { return view.size(); }

int main() {
  return run([] {
    const Line line;
    const std::array<double, 2> pair{1, 2};
    const double plain[3] = {1, 2, 3};
    CHECK(size_of(line.targets) == 20 && size_of(pair) == 2 && size_of(plain) == 3 && size_of({1.0}) == 1);
    CHECK(size_of({}) == 0 && size_of({line.targets.data(), 4}) == 4);
#ifdef __cpp_lib_span
    const std::span<const double> span(line.targets);
    CHECK(size_of(span) == 20 && size_of(span.first<3>()) == 3 && array_view(span).data() == span.data());
    CHECK(as_span(ArrayView<double>(line.targets)).data() == line.targets.data());
    CHECK(Dataset::from_matrix(line.view(), span).targets() == line.targets);
    CHECK(row(line.view(), 3).size() == 2 && row(line.view(), 3)[1] == 3);
    CHECK_ERROR(invalid_argument, "apart", row(transposed(line.view()), 0));
    std::vector<std::uint32_t> ids{1, 0};
    Dataset(2).set_ids("id", std::span(ids));
    std::puts("with std::span");
#endif
  });
}
