// A bad address or a division by zero in a kernel raises a signal. The handler only notes it and
// moves the thread to escape(), on the fiber's own stack, which ends the launch in the usual way.
// Signals from anywhere else go to whoever had them before.
#include "signals.h"

#include <pthread.h>
#include <ucontext.h>

#include "runtime.h"

namespace bl::simt {

namespace {

constexpr int kSignals[3] = {SIGSEGV, SIGBUS, SIGFPE};
int raised = 0;
const void* badAddress = nullptr;
pthread_t launching;

[[noreturn]] void escape() {
  const Site site = runtime.launch->site;
  if (raised == SIGFPE) fault("arithmetic", site, "an integer division by zero, launched");
  fault("out of bounds", site, "an access to %p (the checked build names the line), launched",
        badAddress);
}

void handle(int signal, siginfo_t* info, void* context) {
  const bool isOurs = place != nullptr && pthread_equal(launching, pthread_self()) != 0;
  if (!isOurs) {
    struct sigaction standard = {};
    standard.sa_handler = SIG_DFL;
    sigaction(signal, &standard, nullptr);  // the instruction runs again and ends the process
    return;
  }
  raised = signal;
  badAddress = info->si_addr;
  ucontext_t& at = *static_cast<ucontext_t*>(context);
  const uintptr_t middle =
      reinterpret_cast<uintptr_t>(running()->stackLow) / 64 * 64 + kStackBytes / 2;
#if defined(__x86_64__)
  at.uc_mcontext.gregs[REG_RIP] = static_cast<greg_t>(reinterpret_cast<uintptr_t>(&escape));
  at.uc_mcontext.gregs[REG_RSP] = static_cast<greg_t>(middle - 8);
#else
  at.uc_mcontext.pc = reinterpret_cast<uintptr_t>(&escape);
  at.uc_mcontext.sp = middle;
#endif
}

}  // namespace

Signals::Signals() {
  launching = pthread_self();
  struct sigaction ours = {};
  ours.sa_sigaction = handle;
  ours.sa_flags = SA_SIGINFO | SA_NODEFER;
  for (int i = 0; i < 3; ++i) sigaction(kSignals[i], &ours, &before_[i]);
}

Signals::~Signals() {
  for (int i = 0; i < 3; ++i) sigaction(kSignals[i], &before_[i], nullptr);
}

}  // namespace bl::simt
