/// @file
/// Training examples and queries.
#ifndef ASCRIBE_DATASET_HPP
#define ASCRIBE_DATASET_HPP

#include <ascribe.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "detail.hpp"
#include "views.hpp"

namespace ascribe {

/// A fact: ids of a head entity, a relation and a tail entity.
struct Triple {
  std::uint32_t head;      ///< Which entity it is about.
  std::uint32_t relation;  ///< Which relation holds.
  std::uint32_t tail;      ///< To which entity.
};

/// A part of a dataset of triples.
enum class Part : std::int32_t {
  train = ASCRIBE_PART_TRAIN,  ///< Trained on.
  valid = ASCRIBE_PART_VALID,  ///< For early stopping.
  test = ASCRIBE_PART_TEST     ///< For evaluation.
};

/// What the target column of a table is taken for.
enum class Targets : std::int32_t {
  automatic = ASCRIBE_TARGETS_AUTO,   ///< By what it holds.
  classes = ASCRIBE_TARGETS_CLASSES,  ///< Names of classes.
  numbers = ASCRIBE_TARGETS_NUMBERS   ///< Numbers.
};

/// Options of `Dataset::load_table`.
struct TableOptions {
  /// The name of the column to be predicted; empty: the last.
  std::string target{};
  /// What that column holds.
  Targets targets = static_cast<Targets>(detail::defaults<ascribe_table_options>().targets);
  /// Whether each column is shifted and scaled to mean 0 and standard deviation 1.
  bool standardize = detail::defaults<ascribe_table_options>().standardize != 0;
};

/// Examples: triples, rows of features with or without targets, or the named inputs of a graph. Queries are datasets
/// too.
class Dataset : public detail::Owned<Dataset, ascribe_dataset, ascribe_dataset_free> {
 public:
  /// `count` examples for a model of a graph; then every input is to be set.
  explicit Dataset(std::size_t count)
      : Owned(detail::create<ascribe_dataset>([&](ascribe_dataset **dataset, ascribe_error **error) {
          return ascribe_dataset_new(count, dataset, error);
        })) {}

  /// @name Datasets from memory
  /// @{

  /// Triples of ids, three numbers each, below the numbers of entities and relations.
  static Dataset from_triples(ArrayView<std::uint32_t> triples, std::uint32_t entities, std::uint32_t relations) {
    if (triples.size() % 3 != 0) {
      throw Error(Code::invalid_argument,
                  "triples has " + std::to_string(triples.size()) + " ids: give three for each triple");
    }
    return make([&](ascribe_dataset **dataset, ascribe_error **error) {
      return ascribe_dataset_from_triples(triples.data(), triples.size() / 3, entities, relations, dataset, error);
    });
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
    return make([&](ascribe_dataset **dataset, ascribe_error **error) {
      return ascribe_dataset_from_matrix(features.get(), targets.data(), targets.size(), dataset, error);
    });
  }
  /// Rows of features of four bytes each.
  static Dataset from_matrix(const MatrixViewF32 &features, ArrayView<double> targets = {}) {
    return make([&](ascribe_dataset **dataset, ascribe_error **error) {
      return ascribe_dataset_from_matrix_f32(features.get(), targets.data(), targets.size(), dataset, error);
    });
  }
  /// Sets an input of numbers: a row for each example, with the values of one example row-major.
  void set_numbers(const std::string &input, const MatrixView &values) {
    detail::check([&](ascribe_error **error) {
      return ascribe_dataset_set_numbers(get(), detail::c_string(input, "the name of an input"), values.get(), error);
    });
  }
  /// Sets an input of numbers of four bytes each.
  void set_numbers(const std::string &input, const MatrixViewF32 &values) {
    detail::check([&](ascribe_error **error) {
      return ascribe_dataset_set_numbers_f32(get(), detail::c_string(input, "the name of an input"), values.get(),
                                             error);
    });
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
    detail::check([&](ascribe_error **error) {
      return ascribe_dataset_set_ids(get(), detail::c_string(input, "the name of an input"), ids.data(),
                                     ids.size() / width, width, error);
    });
  }
  /// @}

  /// @name Datasets from files
  /// @{

  /// Triples by name, a line each with tabs between; an empty path leaves a part out.
  static Dataset load_triples(const std::string &train, const std::string &valid = {}, const std::string &test = {}) {
    return make([&](ascribe_dataset **dataset, ascribe_error **error) {
      return ascribe_dataset_load_triples(detail::c_string(train, "the path of the training part"),
                                          detail::optional_c_string(valid, "the path of the validation part"),
                                          detail::optional_c_string(test, "the path of the test part"), dataset, error);
    });
  }
  /// A table of comma-separated values with a line of names.
  static Dataset load_table(const std::string &path, const TableOptions &options = {}) {
    auto c = detail::initial<ascribe_table_options>();
    c.target = detail::optional_c_string(options.target, "the name of the target");
    c.targets = static_cast<std::int32_t>(options.targets);
    c.standardize = options.standardize ? 1 : 0;
    return make([&](ascribe_dataset **dataset, ascribe_error **error) {
      return ascribe_dataset_load_table(detail::c_string(path, "the path of a table"), &c, dataset, error);
    });
  }
  /// Images and their labels in the format idx; an empty path leaves the labels out.
  static Dataset load_images(const std::string &images, const std::string &labels = {}) {
    return make([&](ascribe_dataset **dataset, ascribe_error **error) {
      return ascribe_dataset_load_images(detail::c_string(images, "the path of images"),
                                         detail::optional_c_string(labels, "the path of labels"), dataset, error);
    });
  }
  /// Messages, a line each: the class, a tab, the text; the features are which words occur.
  static Dataset load_messages(const std::string &path) {
    return make([&](ascribe_dataset **dataset, ascribe_error **error) {
      return ascribe_dataset_load_messages(detail::c_string(path, "the path of messages"), dataset, error);
    });
  }
  /// Files read as those of this dataset were: the same columns, words, scaling and classes. For test data.
  Dataset load_like(ArrayView<std::string> paths) const {
    std::vector<const char *> c_paths;
    for (const std::string &path : paths) c_paths.push_back(detail::c_string(path, "a path"));
    return make([&](ascribe_dataset **dataset, ascribe_error **error) {
      return ascribe_dataset_load_like(get(), c_paths.data(), c_paths.size(), dataset, error);
    });
  }
  /// @}

  /// @name Parts of a dataset
  /// @{

  /// One part of triples, as the training part of a new dataset.
  Dataset part(Part part) const {
    return make([&](ascribe_dataset **dataset, ascribe_error **error) {
      return ascribe_dataset_part(get(), static_cast<std::int32_t>(part), dataset, error);
    });
  }
  /// The examples with these numbers, in this order.
  Dataset select(ArrayView<std::uint64_t> examples) const {
    return make([&](ascribe_dataset **dataset, ascribe_error **error) {
      return ascribe_dataset_select(get(), examples.data(), examples.size(), dataset, error);
    });
  }
  /// One triple by names, as a query.
  /// @throws Error `Code::not_found` for a name that is not known; the message suggests one that is.
  Dataset query(const std::string &head, const std::string &relation, const std::string &tail) const {
    return make([&](ascribe_dataset **dataset, ascribe_error **error) {
      return ascribe_dataset_query(get(), detail::c_string(head, "the head"),
                                   detail::c_string(relation, "the relation"), detail::c_string(tail, "the tail"),
                                   dataset, error);
    });
  }
  /// @}

  /// @name What is in it
  /// @{

  /// The number of examples; of triples: of the training part.
  std::size_t size() const noexcept { return ascribe_dataset_len(get()); }
  /// An example in words, such as "burma treaties usa".
  std::string describe(std::uint64_t example) const {
    return detail::text([&](char *buffer, std::size_t capacity, std::size_t *length, ascribe_error **error) {
      return ascribe_dataset_describe(get(), example, buffer, capacity, length, error);
    });
  }
  /// The triples.
  std::vector<Triple> triples() const {
    std::vector<std::uint32_t> ids(3 * size());
    detail::check([&](ascribe_error **error) {
      return ascribe_dataset_triples(get(), ids.data(), ids.size(), error);
    });
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
  std::string class_name(std::uint32_t label) const {
    return detail::text([&](char *buffer, std::size_t capacity, std::size_t *length, ascribe_error **error) {
      return ascribe_dataset_class_name(get(), label, buffer, capacity, length, error);
    });
  }
  /// The class of each example.
  std::vector<std::uint32_t> labels() const {
    std::vector<std::uint32_t> labels(size());
    detail::check([&](ascribe_error **error) {
      return ascribe_dataset_labels(get(), labels.data(), labels.size(), error);
    });
    return labels;
  }
  /// Sets the class of each example. Names of classes stay, where there are `classes` of them.
  void set_labels(ArrayView<std::uint32_t> labels, std::uint32_t classes) {
    detail::check([&](ascribe_error **error) {
      return ascribe_dataset_set_labels(get(), labels.data(), labels.size(), classes, error);
    });
  }
  /// The target of each example, where targets are numbers.
  std::vector<double> targets() const {
    std::vector<double> targets(size());
    detail::check([&](ascribe_error **error) {
      return ascribe_dataset_targets(get(), targets.data(), targets.size(), error);
    });
    return targets;
  }
  /// @}

 private:
  friend Owned;
  using Owned::Owned;

  template <class Call>
  static Dataset make(Call &&call) {
    return adopt(detail::create<ascribe_dataset>(call));
  }
};

}  // namespace ascribe

#endif
