// The switch itself, by hand for the two 64-bit instruction sets that machines of today have.
#include "fiber.h"

#if defined(__x86_64__)

asm(R"(
.text
.p2align 4
.globl bl_fiber_switch
.hidden bl_fiber_switch
.type bl_fiber_switch,@function
bl_fiber_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size bl_fiber_switch, .-bl_fiber_switch
)");

namespace bl::simt {

void* makeFiber(char* top, void (*entry)()) {
  void** at = reinterpret_cast<void**>(reinterpret_cast<uintptr_t>(top) & ~uintptr_t{15});
  *--at = nullptr;  // where a return address would lie: keeps the ABI's alignment at entry
  *--at = reinterpret_cast<void*>(entry);
  for (int i = 0; i < 6; ++i) *--at = nullptr;
  return at;
}

}  // namespace bl::simt

#elif defined(__aarch64__) && !defined(__APPLE__)

asm(R"(
.text
.p2align 4
.globl bl_fiber_switch
.hidden bl_fiber_switch
.type bl_fiber_switch,%function
bl_fiber_switch:
  sub sp, sp, #160
  stp x19, x20, [sp, #0]
  stp x21, x22, [sp, #16]
  stp x23, x24, [sp, #32]
  stp x25, x26, [sp, #48]
  stp x27, x28, [sp, #64]
  stp x29, x30, [sp, #80]
  stp d8, d9, [sp, #96]
  stp d10, d11, [sp, #112]
  stp d12, d13, [sp, #128]
  stp d14, d15, [sp, #144]
  mov x9, sp
  str x9, [x0]
  mov sp, x1
  ldp x19, x20, [sp, #0]
  ldp x21, x22, [sp, #16]
  ldp x23, x24, [sp, #32]
  ldp x25, x26, [sp, #48]
  ldp x27, x28, [sp, #64]
  ldp x29, x30, [sp, #80]
  ldp d8, d9, [sp, #96]
  ldp d10, d11, [sp, #112]
  ldp d12, d13, [sp, #128]
  ldp d14, d15, [sp, #144]
  add sp, sp, #160
  ret
.size bl_fiber_switch, .-bl_fiber_switch
)");

namespace bl::simt {

void* makeFiber(char* top, void (*entry)()) {
  void** at = reinterpret_cast<void**>(reinterpret_cast<uintptr_t>(top) & ~uintptr_t{15});
  at -= 20;
  for (int i = 0; i < 20; ++i) at[i] = nullptr;
  at[11] = reinterpret_cast<void*>(entry);  // x30: where `ret` goes
  return at;
}

}  // namespace bl::simt

#else
#error "The simt runtime switches stacks by hand: x86-64 and 64-bit Arm on ELF systems are written."
#endif
