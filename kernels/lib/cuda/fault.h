// The text of the last fault, for the parts of a suite library that set and clear it.
#pragma once

#include "registry.h"

namespace bl {

void clearFault();

}  // namespace bl
