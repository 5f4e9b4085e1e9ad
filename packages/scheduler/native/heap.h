// A binary min-heap whose elements know their place in it, so that any of them can be taken out.
// Order gives before(a, b) and place(a) -> int32_t&. Keys are total orders, so the order of removal
// never depends on the heap's layout: a restored heap behaves like the one that was saved.
#pragma once

#include "base.h"

namespace beamline {

template <typename T, typename Order>
class Heap {
 public:
  bool empty() const { return items_.empty(); }
  size_t size() const { return items_.size(); }
  T top() const { return items_[0]; }

  void push(T item, const Order& order) {
    items_.push(item);
    up(items_.size() - 1, item, order);
  }
  void remove(T item, const Order& order) {
    const auto hole = static_cast<size_t>(order.place(item));
    order.place(item) = kNone;
    const T last = items_.back();
    items_.pop();
    if (hole == items_.size()) return;
    if (hole > 0 && order.before(last, items_[(hole - 1) / 2])) {
      up(hole, last, order);
    } else {
      down(hole, last, order);
    }
  }
  void clear() { items_.clear(); }

 private:
  void put(size_t at, T item, const Order& order) {
    items_[at] = item;
    order.place(item) = static_cast<int32_t>(at);
  }
  void up(size_t at, T item, const Order& order) {
    while (at > 0 && order.before(item, items_[(at - 1) / 2])) {
      put(at, items_[(at - 1) / 2], order);
      at = (at - 1) / 2;
    }
    put(at, item, order);
  }
  void down(size_t at, T item, const Order& order) {
    for (;;) {
      size_t child = at * 2 + 1;
      if (child >= items_.size()) break;
      if (child + 1 < items_.size() && order.before(items_[child + 1], items_[child])) ++child;
      if (!order.before(items_[child], item)) break;
      put(at, items_[child], order);
      at = child;
    }
    put(at, item, order);
  }
  Array<T> items_;
};

}  // namespace beamline
