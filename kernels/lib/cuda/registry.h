// How an operator's .cu makes itself known: one line, and no list to edit elsewhere.
//
//   BL_REGISTER_OPERATOR(scan_lengths, workspaceBytes, launch, "block")
//
// The names after the two functions are the variants that a caller can force.
#pragma once

#include "call.h"

namespace bl {

struct Registration {
  bl_operator entry;
  Registration* next;
  Registration(const char* name, const char* const* variants, int32_t count,
               int64_t (*workspaceBytes)(const bl_call*), int32_t (*launch)(const bl_call*));
};

// Keeps the text for bl_last_fault() and gives the status back:
//   return bl::refuse(BL_INVALID, "lengths: rank %d, expected 1", rank);
int32_t refuse(int32_t status, const char* format, ...) __attribute__((format(printf, 2, 3)));

}  // namespace bl

#define BL_REGISTER_OPERATOR(name, workspaceBytes, launch, ...)                        \
  static const char* const bl_variants_##name[] = {__VA_ARGS__};                       \
  static ::bl::Registration bl_registration_##name(                                    \
      #name, bl_variants_##name, sizeof(bl_variants_##name) / sizeof(const char*), workspaceBytes, \
      launch);
