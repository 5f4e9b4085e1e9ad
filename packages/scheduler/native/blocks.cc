// Reuse tree and eviction. TensorRT-LLM keeps one free queue per priority and puts a parent that
// has become a leaf at its back; here the queue is a heap by (priority, time of last release), so a
// parent keeps its own age and an old chain leaves whole before a younger one is touched.
#include "blocks.h"

namespace beamline {

BlockPool::BlockPool(int32_t blocks, bool reuse)
    : total_(blocks), blocks_(allocateZeroed<Block>(static_cast<size_t>(blocks))) {
  if (!reuse) return;
  uint32_t size = 16;
  while (size < static_cast<uint32_t>(blocks) * 2) size *= 2;
  table_ = allocateZeroed<int32_t>(size);
  mask_ = size - 1;
}

BlockPool::~BlockPool() {
  std::free(blocks_);
  std::free(table_);
}

void BlockPool::hold(int32_t index) {
  // Taking hold of a cached node makes its parent used by one more child, and so on to the front.
  while (index != kNone) {
    Block& block = blocks_[index];
    if (block.refs++ > 0) return;
    --cached_;
    ++used_;
    if (block.kids == 0) evictable_.remove(index, EvictionOrder{blocks_});
    index = block.parent;
  }
}

void BlockPool::letGo(int32_t index) {
  while (index != kNone) {
    Block& block = blocks_[index];
    BEAMLINE_ASSERT(block.refs > 0);
    if (--block.refs > 0) return;
    const int32_t parent = block.parent;
    --used_;
    if (block.inTree) {
      ++cached_;
      block.evictKey = static_cast<uint64_t>(block.retention) << 56 | clock_++;
      if (block.kids == 0) evictable_.push(index, EvictionOrder{blocks_});
    } else {
      giveBack(index);
    }
    index = parent;
  }
}

void BlockPool::acquire(int32_t node, uint8_t retention) {
  hold(node);
  for (int32_t i = node; i != kNone; i = blocks_[i].parent) blocks_[i].retention = retention;
}

void BlockPool::release(int32_t tail) { letGo(tail); }

int32_t BlockPool::evict() {
  BEAMLINE_ASSERT(!evictable_.empty());
  const EvictionOrder order{blocks_};
  const int32_t index = evictable_.top();
  evictable_.remove(index, order);
  removeFromTable(index);
  --cached_;
  const int32_t parent = blocks_[index].parent;
  if (parent != kNone) {
    Block& above = blocks_[parent];
    if (--above.kids == 0 && above.refs == 0) evictable_.push(parent, order);
  }
  return index;
}

int32_t BlockPool::find(int32_t parent, uint64_t key) const {
  for (uint32_t i = home(parent, key); table_[i] != 0; i = (i + 1) & mask_) {
    const int32_t index = table_[i] - 1;
    if (blocks_[index].parent == parent && blocks_[index].key == key) return index;
  }
  return kNone;
}

void BlockPool::insertInTable(int32_t index) {
  uint32_t i = home(blocks_[index].parent, blocks_[index].key);
  while (table_[i] != 0) i = (i + 1) & mask_;
  table_[i] = index + 1;
}

void BlockPool::removeFromTable(int32_t index) {
  uint32_t i = home(blocks_[index].parent, blocks_[index].key);
  while (table_[i] != index + 1) i = (i + 1) & mask_;
  for (uint32_t j = (i + 1) & mask_; table_[j] != 0; j = (j + 1) & mask_) {
    const Block& other = blocks_[table_[j] - 1];
    if (((j - home(other.parent, other.key)) & mask_) >= ((j - i) & mask_)) {
      table_[i] = table_[j];
      i = j;
    }
  }
  table_[i] = 0;
}

void BlockPool::store(int32_t index, uint64_t key, uint8_t retention) {
  Block& block = blocks_[index];
  BEAMLINE_ASSERT(block.refs > 0 && block.inTree == 0);
  block.key = key;
  block.retention = retention;
  block.inTree = 1;
  block.kids = 0;
  if (block.parent != kNone) ++blocks_[block.parent].kids;
  insertInTable(index);
}

void BlockPool::replace(int32_t index, int32_t twin) {
  BEAMLINE_ASSERT(blocks_[index].refs == 1 && blocks_[index].inTree == 0);
  hold(twin);
  letGo(index);
}

bool BlockPool::rebuild(int32_t fresh, int32_t freeHead) {
  fresh_ = fresh;
  freeHead_ = freeHead;
  used_ = cached_ = 0;
  evictable_.clear();
  for (int32_t i = 0; i < fresh; ++i) {
    Block& block = blocks_[i];
    block.heapPosition = kNone;
    if (block.refs > 0) ++used_;
    if (!block.inTree) continue;
    if (find(block.parent, block.key) != kNone) return false;
    insertInTable(i);
    if (block.refs > 0) continue;
    ++cached_;
    if (block.kids == 0) evictable_.push(i, EvictionOrder{blocks_});
  }
  return true;
}

bool BlockPool::consistent() const {
  int32_t free = 0;
  for (int32_t i = freeHead_; i != kNone; i = blocks_[i].parent) {
    if (blocks_[i].refs != 0 || blocks_[i].inTree || ++free > fresh_) return false;
  }
  Array<int32_t> kids;
  Array<int32_t> childrenInUse;
  kids.resize(static_cast<size_t>(total_));
  childrenInUse.resize(static_cast<size_t>(total_));
  for (int32_t i = 0; i < total_; ++i) kids[i] = childrenInUse[i] = 0;
  int32_t used = 0;
  int32_t cached = 0;
  for (int32_t i = 0; i < fresh_; ++i) {
    const Block& block = blocks_[i];
    const bool live = block.refs > 0 || block.inTree;
    if (block.refs > 0) ++used;
    if (block.refs == 0 && block.inTree) ++cached;
    if (!live || block.parent == kNone) continue;
    const Block& above = blocks_[block.parent];
    if (block.inTree && !above.inTree) return false;
    if (block.refs > 0 && above.refs == 0) return false;
    if (block.inTree) ++kids[block.parent];
    if (block.refs > 0) ++childrenInUse[block.parent];
  }
  size_t evictable = 0;
  for (int32_t i = 0; i < fresh_; ++i) {
    const Block& block = blocks_[i];
    if (block.inTree && block.kids != kids[i]) return false;
    if (block.refs < childrenInUse[i]) return false;
    if (block.inTree && find(block.parent, block.key) != i) return false;
    if (block.inTree && block.refs == 0 && block.kids == 0) ++evictable;
  }
  return used == used_ && cached == cached_ && evictable == evictable_.size() &&
         free + used + cached == fresh_;
}

}  // namespace beamline
