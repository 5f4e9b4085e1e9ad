// A switch between two stacks in a dozen instructions. Saves what the ABI says a callee keeps; the
// floating-point control words are the same in every fiber and stay.
#pragma once

#include <stdint.h>

extern "C" {
/** Stores the stack pointer of the running fiber in `*save` and continues the one at `to`. */
void bl_fiber_switch(void** save, void* to) __attribute__((visibility("hidden")));
}

namespace bl::simt {

/** Prepares a stack whose top is `top` so that the first switch to it calls `entry`, which must
 * never return. */
void* makeFiber(char* top, void (*entry)());

}  // namespace bl::simt
