// Addresses to lines: see locate.h.
#ifdef BEAMLINE_SIMT_CHECKED
#include "locate.h"

#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <string.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace bl::simt::check {

namespace {

constexpr Location kSiteBit = 0x80000000u;

struct Library {
  uintptr_t base = 0, first = 0, end = 0;
  std::string path;
};

int findSegments(dl_phdr_info* info, size_t, void* into) {
  Library& library = *static_cast<Library*>(into);
  if (info->dlpi_addr != library.base) return 0;
  library.first = UINTPTR_MAX;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    if (info->dlpi_phdr[i].p_type != PT_LOAD) continue;
    const uintptr_t from = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
    const uintptr_t to = from + info->dlpi_phdr[i].p_memsz;
    if (from < library.first) library.first = from;
    if (to > library.end) library.end = to;
  }
  return 1;
}

const Library& library() {
  static const Library self = [] {
    Library found;
    Dl_info info;
    if (dladdr(reinterpret_cast<void*>(&findSegments), &info) != 0) {
      found.base = reinterpret_cast<uintptr_t>(info.dli_fbase);
      found.path = info.dli_fname;
      dl_iterate_phdr(findSegments, &found);
    }
    return found;
  }();
  return self;
}

std::vector<Site> sites;
std::map<std::pair<const char*, int>, Location> siteNumbers;
std::map<Location, Site> resolved;

/** "a/../b/c" without the detour, as a pointer that stays valid. */
const char* keep(std::string path) {
  static std::map<std::string, std::string> kept;
  if (path.rfind("./", 0) == 0) path.erase(0, 2);
  for (size_t up; (up = path.find("/../")) != std::string::npos;) {
    const size_t before = path.rfind('/', up - 1);
    const size_t from = before == std::string::npos ? 0 : before + 1;
    path.erase(from, up + 4 - from);
  }
  return kept.try_emplace(path, path).first->second.c_str();
}

bool isOurs(const std::string& path) {
  return path.find("lib/cuda/") != std::string::npos ||
         (path.find("lib/simt/") != std::string::npos &&
          path.find("lib/simt/test/") == std::string::npos);
}

Site unknown(Location offset) {
  const std::string name = library().path.substr(library().path.rfind('/') + 1);
  char text[40];
  snprintf(text, sizeof text, "+0x%x", offset);
  return {keep(name + text), 0};
}

/** Runs addr2line, which prints "file:line" for the innermost frame first. */
Site resolve(Location offset) {
  char command[2048];
  snprintf(command, sizeof command, "addr2line -i -e '%s' 0x%x 2>/dev/null",
           library().path.c_str(), offset - 1);
  FILE* pipe = popen(command, "r");
  if (pipe == nullptr) return unknown(offset);
  Site found = unknown(offset);
  char line[1024];
  bool isFirst = true;
  while (fgets(line, sizeof line, pipe) != nullptr) {
    const std::string text = line;
    const size_t colon = text.rfind(':');
    const int number = colon == std::string::npos ? 0 : atoi(text.c_str() + colon + 1);
    if (number <= 0) continue;
    const std::string path = text.substr(0, colon);
    if (isFirst || !isOurs(path)) found = {keep(path), number};
    isFirst = false;
    if (!isOurs(path)) break;
  }
  pclose(pipe);
  return found;
}

}  // namespace

Location locationOf(Site site) {
  const auto [at, isNew] =
      siteNumbers.try_emplace({site.file, site.line}, static_cast<Location>(sites.size()));
  if (isNew) sites.push_back(site);
  return at->second | kSiteBit;
}

Location locationOf(const void* returnAddress) {
  return static_cast<Location>(reinterpret_cast<uintptr_t>(returnAddress) - library().base);
}

Site siteOf(Location location) {
  if (location == 0) return {"an unknown place", 0};
  if ((location & kSiteBit) != 0) return sites[location & ~kSiteBit];
  const auto found = resolved.find(location);
  if (found != resolved.end()) return found->second;
  return resolved[location] = resolve(location);
}

bool isInLibrary(const void* address) {
  const uintptr_t at = reinterpret_cast<uintptr_t>(address);
  return at >= library().first && at < library().end;
}

}  // namespace bl::simt::check
#endif
