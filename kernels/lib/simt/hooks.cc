// The functions that a compiler's -fsanitize=thread calls before every load and store. Kernels of
// the checked build are compiled with that flag and linked with these instead of libtsan.
#ifdef BEAMLINE_SIMT_CHECKED
#include "locate.h"
#include "order.h"

namespace bl::simt::check {

void access(const void* address, size_t bytes, Access kind, Location at);

namespace {

/** A kernel's local arrays may need more stack than a fiber has. */
inline void mustHaveStack(const void* from) {
  if (static_cast<char*>(__builtin_frame_address(0)) > running()->stackLow) return;
  fault("stack overflow", siteOf(locationOf(from)), "a thread's local memory passes %zu bytes",
        kStackBytes);
}

inline void plain(const void* address, size_t bytes, Access kind, const void* from) {
  if (place == nullptr) return;  // host code of a launcher
  mustHaveStack(from);
  access(address, bytes, kind, locationOf(from));
}

/** For accesses that the compiler knows to be aligned: the GPU faults when they are not. */
inline void aligned(const void* address, size_t bytes, Access kind, const void* from) {
  if (place == nullptr) return;
  mustHaveStack(from);
  if (reinterpret_cast<uintptr_t>(address) % bytes != 0) {
    fault("misaligned", siteOf(locationOf(from)), "access of %zu bytes at %p", bytes, address);
  }
  access(address, bytes, kind, locationOf(from));
}

}  // namespace
}  // namespace bl::simt::check

using namespace bl::simt::check;

#define BL_FROM __builtin_return_address(0)
#define BL_HOOK(name, body, bytes, kind) \
  BL_HIDDEN void name(void* address) { body(address, bytes, kind, BL_FROM); }
#define BL_HOOKS(bytes)                                           \
  BL_HOOK(__tsan_read##bytes, aligned, bytes, kRead)              \
  BL_HOOK(__tsan_write##bytes, aligned, bytes, kWrite)            \
  BL_HOOK(__tsan_unaligned_read##bytes, plain, bytes, kRead)      \
  BL_HOOK(__tsan_unaligned_write##bytes, plain, bytes, kWrite)

extern "C" {

BL_HOOKS(1)
BL_HOOKS(2)
BL_HOOKS(4)
BL_HOOKS(8)
BL_HOOKS(16)
BL_HIDDEN void __tsan_read_range(void* address, unsigned long bytes) {
  plain(address, bytes, kRead, BL_FROM);
}
BL_HIDDEN void __tsan_write_range(void* address, unsigned long bytes) {
  plain(address, bytes, kWrite, BL_FROM);
}
BL_HIDDEN void __tsan_init() {}
BL_HIDDEN void __tsan_func_entry(void*) {}
BL_HIDDEN void __tsan_func_exit() {}
BL_HIDDEN void __tsan_vptr_update(void**, void*) {}
BL_HIDDEN void __tsan_vptr_read(void**) {}

}  // extern "C"
#endif
