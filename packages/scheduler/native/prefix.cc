// From a prompt's content ids to keys of KV blocks.
//
// Ids name runs of tokensPerHash tokens (512 in the Mooncake traces), blocks hold tokensPerBlock.
// The key of block j mixes the ids of every run that block touches; its place in the tree supplies
// the rest: with 512-token runs and 64-token blocks, blocks 0..7 share an id and differ by depth.
// One id is mixed bijectively, so keys of such blocks never collide; keys of several ids are 64-bit
// hashes. The run length is part of the key: equal ids of different run lengths are no match.
#include "scheduler.h"

namespace beamline {

// Full blocks of the original prompt that its ids cover. A block that is only partly prompt is
// never reused, and generated tokens have no id: draft tokens cannot reach the tree.
int32_t Scheduler::storableBlocks(const Request& r) const {
  if (r.prefixCount == 0) return 0;
  const int64_t covered = static_cast<int64_t>(r.prefixCount) * r.tokensPerHash;
  const int64_t tokens = covered < r.promptTokens ? covered : r.promptTokens;
  return static_cast<int32_t>(tokens / options_.tokensPerBlock);
}

uint64_t Scheduler::blockKey(const Request& r, int32_t block) const {
  const uint64_t* ids = prefixes_.at(r.prefixOffset);
  const int64_t start = static_cast<int64_t>(block) * options_.tokensPerBlock;
  const int64_t first = start / r.tokensPerHash;
  const int64_t last = (start + options_.tokensPerBlock - 1) / r.tokensPerHash;
  uint64_t key = static_cast<uint64_t>(r.tokensPerHash) << 32;
  for (int64_t i = first; i <= last; ++i) key = mix(key ^ ids[i]);
  return key;
}

// Leading blocks found in the tree, at most those of the first (context - 1) tokens: the last
// context token is always computed, because it yields the first new token.
int32_t Scheduler::longestPrefix(const Request& r, int32_t& node) const {
  node = kNone;
  const int32_t limit =
      min(storableBlocks(r), (r.contextTarget() - 1) / options_.tokensPerBlock);
  int32_t count = 0;
  while (count < limit) {
    const int32_t found = pool_.find(node, blockKey(r, count));
    if (found == kNone) break;
    node = found;
    ++count;
  }
  return count;
}

}  // namespace beamline
