/// @file
/// Training examples and queries.
#ifndef ASCRIBE_DATASET_HPP
#define ASCRIBE_DATASET_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "detail.hpp"
#include "options.hpp"
#include "views.hpp"

namespace ascribe {

/// A fact: ids of a head entity, a relation and a tail entity.
struct Triple {
  std::uint32_t head;      ///< Which entity it is about.
  std::uint32_t relation;  ///< Which relation holds.
  std::uint32_t tail;      ///< To which entity.
};

/// Examples: triples, rows of features with or without targets, or the named inputs of a custom model. Queries are
/// datasets too.
class Dataset : public detail::Owned<Dataset, ascribe_dataset, ascribe_dataset_free> {
 public:
  /// `count` examples for a custom model; then every input of its graph is to be set.
  explicit Dataset(std::size_t count) : Owned(detail::create<ascribe_dataset>(ascribe_dataset_new, count)) {}

  /// @name Datasets from memory
  /// What they are made of is copied.
  /// @{

  /// Triples of ids, three numbers each, below the numbers of entities and relations.
  static Dataset from_triples(ArrayView<std::uint32_t> triples, std::uint32_t entities, std::uint32_t relations) {
    if (triples.size() % 3 != 0) {
      throw Error(Code::invalid_argument,
                  "triples has " + std::to_string(triples.size()) + " ids: give three for each triple");
    }
    return detail::make<Dataset>(ascribe_dataset_from_triples, triples.data(), triples.size() / 3, entities, relations);
  }
  /// Triples of ids below the numbers of entities and relations.
  static Dataset from_triples(ArrayView<Triple> triples, std::uint32_t entities, std::uint32_t relations) {
    std::vector<std::uint32_t> ids;
    ids.reserve(3 * triples.size());
    for (const Triple &triple : triples) ids.insert(ids.end(), {triple.head, triple.relation, triple.tail});
    return from_triples(ids, entities, relations);
  }
  /// Rows of features; `targets` are numbers, one for each row, or none.
  static Dataset from_matrix(const MatrixView &features, ArrayView<double> targets = {}) {
    return detail::make<Dataset>(ascribe_dataset_from_matrix, features.get(), targets.data(), targets.size());
  }
  /// Rows of features of four bytes each.
  static Dataset from_matrix(const MatrixViewF32 &features, ArrayView<double> targets = {}) {
    return detail::make<Dataset>(ascribe_dataset_from_matrix_f32, features.get(), targets.data(), targets.size());
  }
  /// Sets an input of numbers: a row for each example, with the values of one example row-major.
  void set_numbers(const std::string &input, const MatrixView &values) {
    detail::call(ascribe_dataset_set_numbers, get(), name_of(input), values.get());
  }
  /// Sets an input of numbers of four bytes each.
  void set_numbers(const std::string &input, const MatrixViewF32 &values) {
    detail::call(ascribe_dataset_set_numbers_f32, get(), name_of(input), values.get());
  }
  /// Sets an input of one number per example.
  void set_numbers(const std::string &input, ArrayView<double> values) {
    set_numbers(input, MatrixView::col_major(values.data(), static_cast<std::int64_t>(values.size()), 1));
  }
  /// Sets an input of ids, `width` for each example, row-major.
  /// @throws Error `Code::invalid_argument` if they are not a whole number of rows.
  void set_ids(const std::string &input, ArrayView<std::uint32_t> ids, std::size_t width = 1) {
    if (width == 0 || ids.size() % width != 0) {
      throw Error(Code::invalid_argument, "input " + input + " is given " + std::to_string(ids.size()) +
                                              " ids: give " + std::to_string(width) + " for each example");
    }
    detail::call(ascribe_dataset_set_ids, get(), name_of(input), ids.data(), ids.size() / width, width);
  }
  /// @}

  /// @name Datasets from files
  /// @{

  /// Reads files of a format, whose options are in the tables "table", "images", "npy", "messages" and "select":
  /// - "triples": a folder with train, valid and test (.txt or .tsv), or up to three files in this order; a line each,
  ///   names with tabs between;
  /// - "table": comma-separated values with a line of names;
  /// - "images": images, and perhaps their labels, in the format idx;
  /// - "npy": features, and perhaps labels, in .npy files of NumPy, or one .npz archive of both;
  /// - "messages": a line each: the class, a tab, the text; the features are which words occur.
  static Dataset load(const std::string &format, ArrayView<std::string> paths, const Options &options = {}) {
    return detail::make<Dataset>(ascribe_dataset_load, detail::c_string(format, "the format"),
                                 c_paths(paths).data(), paths.size(), options.to_c().get());
  }
  /// Files read as those of this dataset were: the same columns, words, scaling and classes. For test data.
  Dataset load_like(ArrayView<std::string> paths) const {
    return detail::make<Dataset>(ascribe_dataset_load_like, get(), c_paths(paths).data(), paths.size());
  }
  /// @}

  /// @name Parts of a dataset
  /// @{

  /// One part of triples, "train", "valid" or "test", as the training part of a new dataset.
  Dataset part(const std::string &part) const {
    return detail::make<Dataset>(ascribe_dataset_part, get(), detail::c_string(part, "the name of a part"));
  }
  /// The examples with these numbers, in this order.
  Dataset select(ArrayView<std::uint64_t> examples) const {
    return detail::make<Dataset>(ascribe_dataset_select, get(), examples.data(), examples.size());
  }
  /// One triple by names, as a query.
  /// @throws Error `Code::not_found` for a name that is not known; the message suggests one that is.
  Dataset query(const std::string &head, const std::string &relation, const std::string &tail) const {
    return detail::make<Dataset>(ascribe_dataset_query, get(), detail::c_string(head, "the head"),
                                 detail::c_string(relation, "the relation"), detail::c_string(tail, "the tail"));
  }
  /// @}

  /// @name What is in it
  /// @{

  /// The number of examples; of triples: of the training part.
  std::size_t size() const noexcept { return ascribe_dataset_len(get()); }
  /// An example in words, such as "burma treaties usa".
  std::string describe(std::uint64_t example) const { return detail::text(ascribe_dataset_describe, get(), example); }
  /// The triples.
  std::vector<Triple> triples() const {
    const auto ids = detail::values<std::uint32_t>(3 * size(), ascribe_dataset_triples, get());
    std::vector<Triple> triples;
    triples.reserve(size());
    for (std::size_t i = 0; i < ids.size(); i += 3) triples.push_back({ids[i], ids[i + 1], ids[i + 2]});
    return triples;
  }
  /// How many numbers a row has; 0 if these are not rows.
  std::size_t features() const noexcept { return ascribe_dataset_features(get()); }
  /// How many classes the targets are of; 0 if they are numbers or absent.
  std::size_t classes() const noexcept { return ascribe_dataset_classes(get()); }
  /// The name of a class.
  std::string class_name(std::uint32_t label) const { return detail::text(ascribe_dataset_class_name, get(), label); }
  /// The class of each example.
  std::vector<std::uint32_t> labels() const {
    return detail::values<std::uint32_t>(size(), ascribe_dataset_labels, get());
  }
  /// Sets the class of each example. Names of classes stay, where there are `classes` of them.
  void set_labels(ArrayView<std::uint32_t> labels, std::uint32_t classes) {
    detail::call(ascribe_dataset_set_labels, get(), labels.data(), labels.size(), classes);
  }
  /// The target of each example, where targets are numbers.
  std::vector<double> targets() const { return detail::values<double>(size(), ascribe_dataset_targets, get()); }
  /// @}

 private:
  friend Owned;
  using Owned::Owned;

  static const char *name_of(const std::string &input) { return detail::c_string(input, "the name of an input"); }
  static std::vector<const char *> c_paths(ArrayView<std::string> paths) {
    std::vector<const char *> c;
    for (const std::string &path : paths) c.push_back(detail::c_string(path, "a path"));
    return c;
  }
};

}  // namespace ascribe

#endif
