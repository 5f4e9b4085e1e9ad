// Paged KV memory with prefix reuse.
//
// A block knows only the block before it (`parent`), so the chain of a request is one index, its
// tail, and shared prefixes are one tree: two requests with the same first 128 tokens and 64-token
// blocks end in different tails whose parents lead to the same two nodes.
//   refs    chains that pass here: request tails on this block + children that are in use
//   kids    children in the reuse tree, in use or only cached
// Law: every block is free, cached (in the tree, refs 0) or in use (refs > 0), never two of them.
// A cached block is evicted only when it has no kids: children leave before parents.
#pragma once

#include "heap.h"

namespace beamline {

struct Block {
  uint64_t key;       // content of this block's tokens, meaningful in the tree
  uint64_t evictKey;  // retention priority in the top byte, then the time of its last release
  int32_t parent;     // the block before it, kNone at the front; links the free list as well
  int32_t refs;
  int32_t kids;
  int32_t heapPosition;
  uint8_t retention;
  uint8_t inTree;
};

class BlockPool {
 public:
  BlockPool(int32_t blocks, bool reuse);
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;
  ~BlockPool();

  int32_t total() const { return total_; }
  // Blocks that can be taken now: never used, free, or cached and evictable in some order.
  int32_t freeCount() const { return total_ - used_; }
  int32_t usedCount() const { return used_; }
  int32_t cachedCount() const { return cached_; }
  const Block& operator[](int32_t index) const { return blocks_[index]; }

  // A new private block behind `tail`; the caller's hold moves from `tail` to it.
  int32_t push(int32_t tail) {
    const int32_t index = takeFree();
    Block& block = blocks_[index];
    block.parent = tail;
    block.refs = 1;
    block.kids = 0;
    block.inTree = 0;
    ++used_;
    return index;
  }
  // Gives back the private block at the end of a chain; the hold moves back to the one before it.
  int32_t pop(int32_t tail) {
    Block& block = blocks_[tail];
    BEAMLINE_ASSERT(block.refs == 1 && block.inTree == 0);
    const int32_t parent = block.parent;
    giveBack(tail);
    --used_;
    return parent;
  }
  // Takes hold of the path from the root to `node`, giving it this retention priority.
  void acquire(int32_t node, uint8_t retention);
  // Lets go of a whole chain. Tree nodes that nobody holds stay cached, tail released first.
  void release(int32_t tail);

  // The tree node with this content under `parent` (kNone: the root), or kNone.
  int32_t find(int32_t parent, uint64_t key) const;
  // Puts a private block that is in use into the tree under its parent.
  void store(int32_t index, uint64_t key, uint8_t retention);
  // A twin of private block `index` already stands in the tree: its holder moves to the twin.
  void replace(int32_t index, int32_t twin);
  void setParent(int32_t index, int32_t parent) { blocks_[index].parent = parent; }

  // Snapshot support: raw access, then `rebuild` makes counts, table and heap anew.
  int32_t fresh() const { return fresh_; }
  uint64_t clock() const { return clock_; }
  int32_t freeHead() const { return freeHead_; }
  Block& raw(int32_t index) { return blocks_[index]; }
  // False when the table would hold one content twice.
  bool rebuild(int32_t fresh, int32_t freeHead);
  void setClock(uint64_t clock) { clock_ = clock; }
  // Every structural law at once; used by restore and by the C++ blast. Needs no chain knowledge.
  bool consistent() const;

 private:
  struct EvictionOrder {
    Block* blocks;
    bool before(int32_t a, int32_t b) const { return blocks[a].evictKey < blocks[b].evictKey; }
    int32_t& place(int32_t index) const { return blocks[index].heapPosition; }
  };

  int32_t takeFree() {
    if (freeHead_ != kNone) {
      const int32_t index = freeHead_;
      freeHead_ = blocks_[index].parent;
      return index;
    }
    if (fresh_ < total_) return fresh_++;
    return evict();
  }
  void giveBack(int32_t index) {
    blocks_[index].refs = 0;
    blocks_[index].inTree = 0;
    blocks_[index].parent = freeHead_;
    freeHead_ = index;
  }
  int32_t evict();
  void hold(int32_t index);
  void letGo(int32_t index);
  uint32_t home(int32_t parent, uint64_t key) const {
    return static_cast<uint32_t>(mix(key + static_cast<uint64_t>(parent + 1) *
                                               0x9e3779b97f4a7c15ULL)) & mask_;
  }
  void insertInTable(int32_t index);
  void removeFromTable(int32_t index);

  int32_t total_;
  int32_t fresh_ = 0;  // blocks from here on were never touched
  int32_t used_ = 0;
  int32_t cached_ = 0;
  int32_t freeHead_ = kNone;
  uint64_t clock_ = 0;
  Block* blocks_;
  int32_t* table_ = nullptr;  // index + 1 of tree nodes by (parent, key); 0 is empty
  uint32_t mask_ = 0;
  Heap<int32_t, EvictionOrder> evictable_;
};

}  // namespace beamline
