/// @file
/// Options by name.
#ifndef ASCRIBE_OPTIONS_HPP
#define ASCRIBE_OPTIONS_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "detail.hpp"

namespace ascribe {

/// The value of an option: a number, an integer, a flag or a text. Words and lists are texts; a number may be given as
/// a text too, and "auto" wherever that is the default.
class OptionValue {
 public:
  /// A flag (bool), an integer or a number.
  /// @throws Error `Code::invalid_argument` for an unsigned integer above 2⁶³ − 1.
  template <class T, class = std::enable_if_t<std::is_arithmetic_v<T> && !std::is_same_v<T, char>>>
  OptionValue(T value) {
    if constexpr (std::is_same_v<T, bool>) {
      value_ = value;
    } else if constexpr (std::is_floating_point_v<T>) {
      value_ = static_cast<double>(value);
    } else {
      if constexpr (std::is_unsigned_v<T> && sizeof(T) >= sizeof(std::int64_t)) {
        if (value > static_cast<T>(std::numeric_limits<std::int64_t>::max())) {
          throw Error(Code::invalid_argument, std::to_string(value) + " is above what an option may be");
        }
      }
      value_ = static_cast<std::int64_t>(value);
    }
  }
  /// A text.
  OptionValue(std::string text) : value_(std::move(text)) {}
  /// A text.
  OptionValue(std::string_view text) : value_(std::string(text)) {}
  /// A text.
  OptionValue(const char *text) : value_(std::string(text)) {}
  /// No text is no value: leave the option out.
  OptionValue(std::nullptr_t) = delete;

  /// The value by its type.
  const std::variant<double, std::int64_t, bool, std::string> &get() const noexcept { return value_; }

 private:
  std::variant<double, std::int64_t, bool, std::string> value_;
};

/// Options by name, in any order; those that are not given have the library's defaults:
///
///     model.fit(data, {{"epochs", 20}, {"learning_rate", 0.01}, {"optimizer", "adam"}});
///
/// It is an ordinary value. Names and values are checked by the call that it is given to, which throws `Error`
/// (`Code::invalid_argument`) with the nearest name there is, or says what an option goes with. Which there are, with
/// their types, defaults and ranges, is in `docs/options.md` and in `Options::describe`.
class Options {
 public:
  /// None: the defaults.
  Options() = default;
  /// Pairs of a name and a value; of one name twice the last counts.
  Options(std::initializer_list<std::pair<std::string, OptionValue>> options) {
    for (const auto &[name, value] : options) set(name, value);
  }

  /// Sets an option, in place of what it was.
  Options &set(std::string name, OptionValue value) {
    const auto same = [&](const auto &option) { return option.first == name; };
    const auto old = std::find_if(options_.begin(), options_.end(), same);
    if (old == options_.end()) {
      options_.emplace_back(std::move(name), std::move(value));
    } else {
      old->second = std::move(value);
    }
    return *this;
  }
  /// The value of an option; null if it is not set.
  const OptionValue *find(std::string_view name) const noexcept {
    const auto same = [&](const auto &option) { return option.first == name; };
    const auto found = std::find_if(options_.begin(), options_.end(), same);
    return found == options_.end() ? nullptr : &found->second;
  }
  /// How many are set.
  std::size_t size() const noexcept { return options_.size(); }

  /// JSON: the options of a table, such as "training" or "influence", with what each means; without a name, the names
  /// of the tables.
  /// @throws Error `Code::invalid_argument` for a table there is not.
  static std::string describe(const std::string &table = {}) {
    return detail::text(ascribe_options_describe, detail::optional_c_string(table, "the name of a table"));
  }

  /// The same for C, checked by name; null if none is set.
  std::unique_ptr<ascribe_options, detail::Free<ascribe_options_free>> to_c() const {
    std::unique_ptr<ascribe_options, detail::Free<ascribe_options_free>> c;
    if (options_.empty()) return c;
    c.reset(detail::create<ascribe_options>(ascribe_options_new));
    for (const auto &[name, value] : options_) {
      const char *key = detail::c_string(name, "the name of an option");
      if (const auto *number = std::get_if<double>(&value.get())) {
        detail::call(ascribe_options_set_number, c.get(), key, *number);
      } else if (const auto *integer = std::get_if<std::int64_t>(&value.get())) {
        detail::call(ascribe_options_set_integer, c.get(), key, *integer);
      } else if (const auto *flag = std::get_if<bool>(&value.get())) {
        detail::call(ascribe_options_set_flag, c.get(), key, std::int32_t{*flag});
      } else {
        const char *text = detail::c_string(std::get<std::string>(value.get()), "the value of an option");
        detail::call(ascribe_options_set_text, c.get(), key, text);
      }
    }
    return c;
  }

 private:
  std::vector<std::pair<std::string, OptionValue>> options_;
};

}  // namespace ascribe

#endif
