// From an instruction's address to the line of the kernel, and places as one number each.
#pragma once

#include "device.h"

namespace bl::simt::check {

/** 0: nowhere; with the top bit: a Site seen before; else an offset into this library. */
using Location = uint32_t;

Location locationOf(Site site);
Location locationOf(const void* returnAddress);
/** The file and line. For an offset this runs addr2line; the outermost frame that is a kernel's
 * own is taken, so that a helper of lib/cuda is not blamed. */
Site siteOf(Location location);
/** Whether the address lies in the code or static data of this library. */
bool isInLibrary(const void* address);

}  // namespace bl::simt::check
