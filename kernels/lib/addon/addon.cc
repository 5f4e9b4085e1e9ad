// The Node binding: opens a suite library and offers its C ABI as functions. Addresses travel as
// numbers (they fit in 53 bits), tensors as ten numbers each in one Float64Array:
//   address, dtype, rank, then six extents, then 0.
// Arguments are trusted here: kernels/suite.ts is the only caller and checks them.
#include <napi.h>

#include <memory>
#include <vector>

#include "library.h"

namespace {

constexpr size_t kTensorWords = 10;
using Info = const Napi::CallbackInfo&;
using Shared = std::shared_ptr<Library>;

void* address(const Napi::Value& value) {
  return reinterpret_cast<void*>(
      static_cast<uintptr_t>(value.As<Napi::Number>().DoubleValue()));
}

double number(const Napi::Value& value) { return value.As<Napi::Number>().DoubleValue(); }
int64_t integer(const Napi::Value& value) { return value.As<Napi::Number>().Int64Value(); }
int32_t small(const Napi::Value& value) { return value.As<Napi::Number>().Int32Value(); }

Napi::Value fromAddress(Info info, const void* pointer) {
  return Napi::Number::New(info.Env(),
                           static_cast<double>(reinterpret_cast<uintptr_t>(pointer)));
}

std::vector<bl_tensor> tensors(const Napi::Value& value) {
  const auto words = value.As<Napi::Float64Array>();
  std::vector<bl_tensor> all(words.ElementLength() / kTensorWords);
  for (size_t i = 0; i < all.size(); ++i) {
    const double* at = words.Data() + i * kTensorWords;
    all[i].data = reinterpret_cast<void*>(static_cast<uintptr_t>(at[0]));
    all[i].dtype = static_cast<int32_t>(at[1]);
    all[i].rank = static_cast<int32_t>(at[2]);
    for (int axis = 0; axis < BL_MAX_RANK; ++axis) {
      all[i].shape[axis] = static_cast<int64_t>(at[3 + axis]);
    }
  }
  return all;
}

/** A call's memory, kept while it runs. Arguments: operator, variant, inputs, outputs,
 * attributes, workspace address, workspace bytes, stream. */
struct Call {
  std::string name, variant;
  std::vector<bl_tensor> inputs, outputs;
  std::vector<double> attributes;
  bl_call call = {};
  explicit Call(Info info)
      : name(info[0].As<Napi::String>()),
        variant(info[1].As<Napi::String>()),
        inputs(tensors(info[2])),
        outputs(tensors(info[3])) {
    const auto given = info[4].As<Napi::Float64Array>();
    attributes.assign(given.Data(), given.Data() + given.ElementLength());
    call.inputs = inputs.data();
    call.outputs = outputs.data();
    call.attributes = attributes.data();
    call.input_count = static_cast<int32_t>(inputs.size());
    call.output_count = static_cast<int32_t>(outputs.size());
    call.attribute_count = static_cast<int32_t>(attributes.size());
    call.variant = variant.c_str();
    call.workspace = address(info[5]);
    call.workspace_bytes = integer(info[6]);
    call.stream = address(info[7]);
  }
};

Napi::Value operators(Info info, const Library& library) {
  int32_t count = 0;
  const bl_operator* all = library.bl_operators(&count);
  Napi::Array list = Napi::Array::New(info.Env());
  for (int32_t i = 0; i < count; ++i) {
    Napi::Array variants = Napi::Array::New(info.Env());
    for (int32_t v = 0; v < all[i].variant_count; ++v) {
      variants.Set(static_cast<uint32_t>(v), Napi::String::New(info.Env(), all[i].variants[v]));
    }
    Napi::Object one = Napi::Object::New(info.Env());
    one.Set("name", all[i].name);
    one.Set("variants", variants);
    list.Set(static_cast<uint32_t>(i), one);
  }
  return list;
}

Napi::Value fromStatus(Info info, int32_t status) { return Napi::Number::New(info.Env(), status); }

Napi::Value call(Info info, const Library& library) {
  Call given(info);
  const bl_operator* op = library.find(given.name);
  return fromStatus(info, op == nullptr ? int32_t{BL_UNKNOWN} : op->launch(&given.call));
}

Napi::Value workspaceBytes(Info info, const Library& library) {
  Call given(info);
  const bl_operator* op = library.find(given.name);
  const int64_t bytes = op == nullptr ? -1 : op->workspace_bytes(&given.call);
  return Napi::Number::New(info.Env(), static_cast<double>(bytes));
}

/** Upload and download: address, typed array. */
Napi::Value transfer(Info info, const Library& library, bool up) {
  const auto array = info[1].As<Napi::TypedArray>();
  uint8_t* host = static_cast<uint8_t*>(array.ArrayBuffer().Data()) + array.ByteOffset();
  const int64_t bytes = static_cast<int64_t>(array.ByteLength());
  return fromStatus(info, up ? library.bl_upload(address(info[0]), host, bytes)
                             : library.bl_download(host, address(info[0]), bytes));
}

class Binder {
 public:
  Binder(Napi::Env env, Shared library)
      : env_(env), library_(std::move(library)), object_(Napi::Object::New(env)) {}

  template <class Body>
  void add(const char* name, Body body) {
    Shared library = library_;
    object_.Set(name, Napi::Function::New(
                          env_, [library, body](Info info) -> Napi::Value {
                            return body(info, *library);
                          },
                          name));
  }
  Napi::Object object() const { return object_; }

 private:
  Napi::Env env_;
  Shared library_;
  Napi::Object object_;
};

using L = const Library&;

void addDevice(Binder& to) {
  to.add("kind", [](Info i, L l) { return Napi::String::New(i.Env(), l.bl_library_kind()); });
  to.add("operators", operators);
  to.add("lastFault", [](Info i, L l) { return Napi::String::New(i.Env(), l.bl_last_fault()); });
  to.add("deviceCount", [](Info i, L l) { return fromStatus(i, l.bl_device_count()); });
  to.add("deviceName", [](Info i, L l) {
    return Napi::String::New(i.Env(), l.bl_device_name(small(i[0])));
  });
  to.add("deviceValue", [](Info i, L l) {
    const int64_t value = l.bl_device_value(small(i[0]), small(i[1]));
    return Napi::Number::New(i.Env(), static_cast<double>(value));
  });
  to.add("schedule", [](Info i, L l) {
    const auto seed = static_cast<uint64_t>(number(i[1]));
    return fromStatus(i, l.bl_simt_schedule(small(i[0]), seed));
  });
  to.add("residentBlocks", [](Info i, L l) {
    return fromStatus(i, l.bl_simt_resident_blocks(small(i[0])));
  });
}

void addMemory(Binder& to) {
  to.add("alloc", [](Info i, L l) { return fromAddress(i, l.bl_malloc(integer(i[0]))); });
  to.add("free", [](Info i, L l) {
    l.bl_free(address(i[0]));
    return fromStatus(i, BL_OK);
  });
  to.add("upload", [](Info i, L l) { return transfer(i, l, true); });
  to.add("download", [](Info i, L l) { return transfer(i, l, false); });
  to.add("copy", [](Info i, L l) {
    return fromStatus(i, l.bl_copy(address(i[0]), address(i[1]), integer(i[2]), address(i[3])));
  });
  to.add("fill", [](Info i, L l) {
    return fromStatus(i, l.bl_fill(address(i[0]), small(i[1]), integer(i[2]), address(i[3])));
  });
}

void addStreams(Binder& to) {
  to.add("call", call);
  to.add("workspaceBytes", workspaceBytes);
  to.add("streamCreate", [](Info i, L l) { return fromAddress(i, l.bl_stream_create()); });
  to.add("streamFree", [](Info i, L l) {
    l.bl_stream_free(address(i[0]));
    return fromStatus(i, BL_OK);
  });
  to.add("synchronize", [](Info i, L l) {
    return fromStatus(i, l.bl_synchronize(address(i[0])));
  });
  to.add("eventCreate", [](Info i, L l) { return fromAddress(i, l.bl_event_create()); });
  to.add("eventFree", [](Info i, L l) {
    l.bl_event_free(address(i[0]));
    return fromStatus(i, BL_OK);
  });
  to.add("eventRecord", [](Info i, L l) {
    return fromStatus(i, l.bl_event_record(address(i[0]), address(i[1])));
  });
  to.add("eventMs", [](Info i, L l) {
    return Napi::Number::New(i.Env(), l.bl_event_ms(address(i[0]), address(i[1])));
  });
  to.add("graphBegin", [](Info i, L l) {
    return fromStatus(i, l.bl_graph_begin(address(i[0])));
  });
  to.add("graphEnd", [](Info i, L l) { return fromAddress(i, l.bl_graph_end(address(i[0]))); });
  to.add("graphReplay", [](Info i, L l) {
    return fromStatus(i, l.bl_graph_replay(address(i[0]), address(i[1])));
  });
  to.add("graphFree", [](Info i, L l) {
    l.bl_graph_free(address(i[0]));
    return fromStatus(i, BL_OK);
  });
}

/** open(path): the library's functions, or the reason, as a string, why it does not load. */
Napi::Value open(Info info) {
  auto library = std::make_shared<Library>();
  const std::string problem = library->open(info[0].As<Napi::String>().Utf8Value().c_str());
  if (!problem.empty()) return Napi::String::New(info.Env(), problem);
  Binder binder(info.Env(), library);
  addDevice(binder);
  addMemory(binder);
  addStreams(binder);
  return binder.object();
}

Napi::Object initialise(Napi::Env env, Napi::Object exports) {
  exports.Set("open", Napi::Function::New(env, open, "open"));
  return exports;
}

}  // namespace

NODE_API_MODULE(beamline_suite, initialise)
