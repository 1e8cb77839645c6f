// A fault of the library, which a debug build has on demand: an error, and an object that answers nothing else.
#include "check.hpp"

using namespace ascribe;

int main() {
  return run([] {
    Graph graph;
    const auto a = graph.parameter("a");
    CHECK_ERROR(internal, "", graph.input("ascribe: panic"));
    CHECK_ERROR(internal, "", graph.input("x"));
    CHECK_ERROR(internal, "", a + 1);
    CHECK_ERROR(internal, "", Model::custom(a));
    // Others are as they were.
    Graph other;
    CHECK((other.parameter("a") * 2).shape().empty());
    const Line line;
    CHECK(line.fitted().predict(line.view()).size() == 20);
  });
}
