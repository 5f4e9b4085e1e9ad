// The first fault of a launch: kept as one line of text, in the words of the kernel's source.
#include "../cuda/fault.h"

#include <stdio.h>

#include "fiber.h"
#include "runtime.h"

namespace bl::simt {

namespace {

void keep(const char* kind, Site site, const char* format, va_list arguments) {
  if (runtime.faulted) return;
  runtime.faulted = true;
  char words[2048];
  vsnprintf(words, sizeof words, format, arguments);
  char where[120] = "";
  if (const Fiber* fiber = running()) {
    snprintf(where, sizeof where, " (block %u,%u,%u thread %u,%u,%u)", fiber->block.x,
             fiber->block.y, fiber->block.z, fiber->thread.x, fiber->thread.y, fiber->thread.z);
  }
  refuse(BL_FAULTED, "%s: %s, at %s:%d%s", kind, words, site.file, site.line, where);
}

}  // namespace

void reportFault(const char* kind, Site site, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  keep(kind, site, format, arguments);
  va_end(arguments);
}

void fault(const char* kind, Site site, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  keep(kind, site, format, arguments);
  va_end(arguments);
  void* abandoned = nullptr;
  place = nullptr;
  bl_fiber_switch(&abandoned, runtime.mainStack);
  __builtin_unreachable();
}

}  // namespace bl::simt
