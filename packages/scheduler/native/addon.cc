// The Node binding. One call makes a scheduler over a board that JavaScript allocated; the
// functions it returns carry the handle in their data pointer, so a step costs one call without
// arguments or result: everything travels on the board. Live handles belong to the environment
// (main thread or worker), and are freed on free(), when their holder is collected, or when the
// environment ends.
#include <napi.h>

#include <algorithm>
#include <memory>

#include "core.h"

namespace {

// Instance data: how many schedulers this environment holds. Shared with the holders, because the
// environment's end finalizes both in no promised order.
struct Environment {
  std::shared_ptr<int32_t> live = std::make_shared<int32_t>(0);
};

class Holder {
 public:
  Holder(const Environment& environment, const double* options, Napi::ArrayBuffer board)
      : live_(environment.live),
        board_(Napi::Persistent(board.As<Napi::Object>())),
        scheduler_(beamline_scheduler_create(options, board.Data())) {
    ++*live_;
  }
  ~Holder() { free(); }
  void free() {
    if (scheduler_ == nullptr) return;
    beamline_scheduler_free(scheduler_);
    scheduler_ = nullptr;
    --*live_;
  }
  beamline_scheduler* scheduler() const { return scheduler_; }

 private:
  std::shared_ptr<int32_t> live_;
  Napi::ObjectReference board_;  // keeps the shared memory alive
  beamline_scheduler* scheduler_;
};

// The plain C form for the functions of the step: a call is 30 ns instead of 60.
template <void (*Step)(beamline_scheduler*)>
napi_value step(napi_env env, napi_callback_info info) {
  void* data = nullptr;
  napi_get_cb_info(env, info, nullptr, nullptr, nullptr, &data);
  beamline_scheduler* scheduler = static_cast<Holder*>(data)->scheduler();
  if (scheduler != nullptr) Step(scheduler);
  return nullptr;
}

template <int32_t (*Call)(beamline_scheduler*)>
napi_value status(napi_env env, napi_callback_info info) {
  void* data = nullptr;
  napi_get_cb_info(env, info, nullptr, nullptr, nullptr, &data);
  beamline_scheduler* scheduler = static_cast<Holder*>(data)->scheduler();
  napi_value result = nullptr;
  napi_create_int32(env, scheduler == nullptr ? -1 : Call(scheduler), &result);
  return result;
}

Holder& holderOf(const Napi::CallbackInfo& info) { return *static_cast<Holder*>(info.Data()); }

Napi::Value submit(const Napi::CallbackInfo& info) {
  beamline_scheduler* scheduler = holderOf(info).scheduler();
  const double* hashes = nullptr;
  if (info.Length() > 0 && info[0].IsTypedArray()) {
    hashes = info[0].As<Napi::Float64Array>().Data();
  }
  const int32_t result = scheduler == nullptr ? -1 : beamline_scheduler_submit(scheduler, hashes);
  return Napi::Number::New(info.Env(), result);
}

// Copies the ids that the last plan expired into the array given.
void expired(const Napi::CallbackInfo& info) {
  const beamline_scheduler* scheduler = holderOf(info).scheduler();
  auto ids = info[0].As<Napi::Uint32Array>();
  if (scheduler == nullptr || ids.ElementLength() == 0) return;
  const uint32_t* from = beamline_scheduler_expired(scheduler);
  std::copy(from, from + ids.ElementLength(), ids.Data());
}

Napi::Value snapshot(const Napi::CallbackInfo& info) {
  beamline_scheduler* scheduler = holderOf(info).scheduler();
  const size_t size = scheduler == nullptr ? 0 : beamline_scheduler_snapshot(scheduler);
  auto bytes = Napi::Uint8Array::New(info.Env(), size);
  if (size > 0) {
    const uint8_t* from = beamline_scheduler_snapshot_bytes(scheduler);
    std::copy(from, from + size, bytes.Data());
  }
  return bytes;
}

Napi::Value restore(const Napi::CallbackInfo& info) {
  beamline_scheduler* scheduler = holderOf(info).scheduler();
  auto bytes = info[0].As<Napi::Uint8Array>();
  const int32_t result =
      scheduler == nullptr
          ? -1
          : beamline_scheduler_restore(scheduler, bytes.Data(), bytes.ElementLength());
  return Napi::Number::New(info.Env(), result);
}

void release(const Napi::CallbackInfo& info) { holderOf(info).free(); }

void define(Napi::Env env, Napi::Object target, const char* name, napi_callback call, void* data) {
  napi_value function = nullptr;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, call, data, &function);
  target.Set(name, Napi::Value(env, function));
}

// create(options: Float64Array, board: ArrayBuffer): see NativeCore in src/native.ts.
Napi::Value create(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  auto options = info[0].As<Napi::Float64Array>();
  auto* holder = new Holder(*env.GetInstanceData<Environment>(), options.Data(),
                            info[1].As<Napi::ArrayBuffer>());
  Napi::Object core = Napi::Object::New(env);
  core.AddFinalizer([](Napi::Env, Holder* owned) { delete owned; }, holder);
  define(env, core, "next", step<beamline_scheduler_next>, holder);
  define(env, core, "commit", step<beamline_scheduler_commit>, holder);
  define(env, core, "commitAndNext", step<beamline_scheduler_commit_and_next>, holder);
  define(env, core, "setDraftBudget", step<beamline_scheduler_set_draft_budget>, holder);
  define(env, core, "setTokenLimit", step<beamline_scheduler_set_token_limit>, holder);
  define(env, core, "setSurvival", status<beamline_scheduler_set_survival>, holder);
  define(env, core, "cancel", status<beamline_scheduler_cancel>, holder);
  define(env, core, "verify", status<beamline_scheduler_verify>, holder);
  core.Set("submit", Napi::Function::New(env, submit, "submit", holder));
  core.Set("expired", Napi::Function::New(env, expired, "expired", holder));
  core.Set("snapshot", Napi::Function::New(env, snapshot, "snapshot", holder));
  core.Set("restore", Napi::Function::New(env, restore, "restore", holder));
  core.Set("free", Napi::Function::New(env, release, "free", holder));
  return core;
}

Napi::Value boardBytes(const Napi::CallbackInfo& info) {
  return Napi::Number::New(
      info.Env(), static_cast<double>(beamline_scheduler_board_bytes(
                      info[0].As<Napi::Number>().Int32Value(),
                      info[1].As<Napi::Number>().Int32Value())));
}

Napi::Value liveSchedulers(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), *info.Env().GetInstanceData<Environment>()->live);
}

Napi::Object initialise(Napi::Env env, Napi::Object exports) {
  env.SetInstanceData(new Environment());
  exports.Set("create", Napi::Function::New(env, create, "create"));
  exports.Set("boardBytes", Napi::Function::New(env, boardBytes, "boardBytes"));
  exports.Set("liveSchedulers", Napi::Function::New(env, liveSchedulers, "liveSchedulers"));
  return exports;
}

}  // namespace

NODE_API_MODULE(beamline_scheduler, initialise)
