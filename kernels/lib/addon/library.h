// A suite library as a table of pointers: the C ABI of ../cuda/call.h, found by name.
#pragma once

#include <dlfcn.h>

#include <string>

#include "../cuda/call.h"

#define BL_FUNCTIONS(each)                                                                       \
  each(bl_abi_version) each(bl_library_kind) each(bl_operators) each(bl_last_fault)              \
  each(bl_device_count) each(bl_device_name) each(bl_device_value) each(bl_malloc) each(bl_free) \
  each(bl_upload) each(bl_download) each(bl_copy) each(bl_fill) each(bl_stream_create)           \
  each(bl_stream_free) each(bl_synchronize) each(bl_event_create) each(bl_event_free)            \
  each(bl_event_record) each(bl_event_ms) each(bl_graph_begin) each(bl_graph_end)                \
  each(bl_graph_replay) each(bl_graph_free) each(bl_simt_schedule) each(bl_simt_resident_blocks)

struct Library {
#define BL_DECLARE(name) decltype(&::name) name = nullptr;
  BL_FUNCTIONS(BL_DECLARE)
#undef BL_DECLARE

  /** Empty when all went well, else why not. A library stays loaded for the process's life. */
  std::string open(const char* path) {
    void* handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) return dlerror();
#define BL_FIND(name)                                                   \
  name = reinterpret_cast<decltype(name)>(dlsym(handle, #name));        \
  if (name == nullptr) return "no " #name " in this library";
    BL_FUNCTIONS(BL_FIND)
#undef BL_FIND
    const int32_t version = bl_abi_version();
    if (version == BL_ABI_VERSION) return "";
    return "speaks version " + std::to_string(version) + " of the call, " +
           std::to_string(BL_ABI_VERSION) + " expected";
  }

  const bl_operator* find(const std::string& name) const {
    int32_t count = 0;
    const bl_operator* all = bl_operators(&count);
    for (int32_t i = 0; i < count; ++i) {
      if (name == all[i].name) return &all[i];
    }
    return nullptr;
  }
};
