// Device memory of the simt library.
#pragma once

#include "runtime.h"

namespace bl::simt {

void* allocate(int64_t bytes);
void release(void* data);

}  // namespace bl::simt
