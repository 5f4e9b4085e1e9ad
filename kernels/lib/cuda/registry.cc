// The list of operators that a suite library holds, and the text of its last refusal.
#include "registry.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <algorithm>
#include <vector>

#include "fault.h"

namespace bl {
namespace {

Registration* first = nullptr;
char lastFault[4096] = "";

const std::vector<bl_operator>& sorted() {
  static const std::vector<bl_operator> all = [] {
    std::vector<bl_operator> list;
    for (Registration* at = first; at != nullptr; at = at->next) list.push_back(at->entry);
    std::sort(list.begin(), list.end(), [](const bl_operator& a, const bl_operator& b) {
      return strcmp(a.name, b.name) < 0;
    });
    return list;
  }();
  return all;
}

}  // namespace

Registration::Registration(const char* name, const char* const* variants, int32_t count,
                           int64_t (*workspaceBytes)(const bl_call*),
                           int32_t (*launch)(const bl_call*))
    : entry{name, variants, count, workspaceBytes, launch}, next(first) {
  first = this;
}

int32_t refuse(int32_t status, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(lastFault, sizeof lastFault, format, arguments);
  va_end(arguments);
  return status;
}

void clearFault() { lastFault[0] = '\0'; }

}  // namespace bl

extern "C" {

int32_t bl_abi_version(void) { return BL_ABI_VERSION; }

const bl_operator* bl_operators(int32_t* count) {
  const std::vector<bl_operator>& all = bl::sorted();
  *count = static_cast<int32_t>(all.size());
  return all.data();
}

const char* bl_last_fault(void) { return bl::lastFault; }

}  // extern "C"
