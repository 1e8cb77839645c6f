/// @file ascribe.hpp
/// The C++17 interface of Ascribe: which training examples a prediction is due to, and what would change without them.
///
/// It is a header over the C interface (`ascribe.h`) and adds lifetime, exceptions, ranges and operators, nothing else:
///
/// - **Ownership.** Handles are move-only, one pointer wide, and free themselves. They may be destroyed in any order
///   and on any thread: an object keeps alive what it needs of others. A moved-from object is empty; a call on it
///   throws. `get()` is the C handle, `release()` hands it over, `adopt()` takes it back.
/// - **Errors.** A call that fails throws `ascribe::Error`, with `code()` and a message that names the argument at
///   fault and how to mend it; outputs and objects are unchanged unless the message says otherwise. An exception thrown
///   by your callback is rethrown unchanged.
/// - **Threads.** `const` methods of one object may be called from any thread at the same time, all others need
///   exclusive access to it. Callbacks run on the thread that made the call.
/// - **Arrays.** Arguments are views (`MatrixView`, `ArrayView`), borrowed for the call and never copied; results are
///   row-major vectors, or structs of `ascribe.h`. Indices count from 0.
/// - **Options** are given by name, `{{"epochs", 20}, {"optimizer", "adam"}}`, and choices are words; the library has
///   the only copy of both.
/// - **Contexts.** What is made takes a `Context` first, a call takes one last; without one it is the default.
///
/// Adapters for Eigen and std::span are headers of their own: `<ascribe/eigen.hpp>` and `<ascribe/span.hpp>`.
#ifndef ASCRIBE_HPP
#define ASCRIBE_HPP

#include "ascribe/attribution.hpp"
#include "ascribe/attributor.hpp"
#include "ascribe/context.hpp"
#include "ascribe/dataset.hpp"
#include "ascribe/error.hpp"
#include "ascribe/expressions.hpp"
#include "ascribe/graph.hpp"
#include "ascribe/model.hpp"
#include "ascribe/monitor.hpp"
#include "ascribe/options.hpp"
#include "ascribe/retraining.hpp"
#include "ascribe/views.hpp"

#endif
