// Draft tokens of the coming step. Each request asks for a number that may differ every step, down
// to none; a budget for the whole step is shared by survival where survivals are known (the best
// nodes of all token trees, as one list), else in list order.
#include "scheduler.h"

namespace beamline {

// Sets plannedTokens of every fitting request to its granted draft tokens, for fillBatch to use.
void Scheduler::grantDrafts() {
  if (draftBudget_ < 0) {
    for (Request* r : fitting_) r->plannedTokens = r->clippedDraft();
    return;
  }
  bool known = false;
  for (const Request* r : fitting_) known |= r->survivalCount > 0;
  if (known) {
    grantBySurvival(draftBudget_);
  } else {
    grantByOrder(draftBudget_);
  }
}

void Scheduler::grantByOrder(int32_t budget) {
  for (Request* r : fitting_) {
    r->plannedTokens = min(r->clippedDraft(), budget);
    budget -= r->plannedTokens;
  }
}

// The survivals that compete, and how many: never more nodes than the request asks for.
int32_t Scheduler::survivalsOf(const Request& r, const uint16_t*& values) {
  if (r.survivalCount == 0) return 0;
  values = survivals_.at(r.survival);
  return min(r.survivalCount, r.clippedDraft());
}

// Finds the survival at which the budget is used up by two counting passes (high byte, then low
// byte), grants all nodes above it, and gives what is left to nodes exactly at it in list order.
// Survivals descend within a request, so the granted nodes are a prefix of its tree. Nodes without
// a known survival come last, in list order.
void Scheduler::grantBySurvival(int32_t budget) {
  int32_t high[256] = {};
  const uint16_t* v = nullptr;
  int32_t total = 0;
  for (const Request* r : fitting_) {
    const int32_t n = survivalsOf(*r, v);
    for (int32_t i = 0; i < n; ++i) ++high[v[i] >> 8];
    total += n;
  }
  uint32_t threshold = 0;  // grant strictly above; then ties
  int32_t left = budget;
  if (total > budget) {
    int32_t byte = 255;
    while (high[byte] <= left) left -= high[byte--];
    int32_t low[256] = {};
    for (const Request* r : fitting_) {
      const int32_t n = survivalsOf(*r, v);
      for (int32_t i = 0; i < n; ++i) {
        if (v[i] >> 8 == byte) ++low[v[i] & 255];
      }
    }
    int32_t tail = 255;
    while (low[tail] <= left) left -= low[tail--];
    threshold = static_cast<uint32_t>(byte << 8 | tail);
  } else {
    left = budget - total;
  }
  for (Request* r : fitting_) {
    const int32_t n = survivalsOf(*r, v);
    int32_t granted = 0;
    if (total > budget) {
      while (granted < n && v[granted] > threshold) ++granted;
      while (granted < n && left > 0 && v[granted] == threshold) ++granted, --left;
    } else {
      const int32_t more = min(r->clippedDraft() - n, left);
      granted = n + more;
      left -= more;
    }
    r->plannedTokens = granted;
  }
}

}  // namespace beamline
