// Turns a processor's exception inside a kernel into a fault of the launch.
#pragma once

#include <signal.h>

namespace bl::simt {

/** Holds the process's handlers aside while a launch runs. */
class Signals {
 public:
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;

 private:
  struct sigaction before_[3];
};

}  // namespace bl::simt
