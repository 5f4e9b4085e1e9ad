/* The C ABI of a suite library. The simt and the cuda build offer the same functions, so that a
 * caller holds one table of pointers and never asks which of the two it opened.
 *
 * Tensors are dense and row-major. Order of tensors and attributes = the order of the operator's
 * record (kernels/<operator>/operator.ts). The caller owns every buffer, workspace included; a
 * launch neither allocates nor waits.
 *
 * Example: lengths {7, 9} -> scan_lengths -> offsets {0, 7, 16}, total {16}, max {9}. */
#ifndef BEAMLINE_CALL_H
#define BEAMLINE_CALL_H

#include <stdint.h>

#define BL_ABI_VERSION 1
#define BL_MAX_RANK 6

#if defined(__GNUC__)
#define BL_EXPORT __attribute__((visibility("default")))
#else
#define BL_EXPORT __declspec(dllexport)
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef enum { BL_F32 = 0, BL_F16, BL_BF16, BL_F8, BL_I32, BL_U32 } bl_dtype;

/* What a call comes back with. bl_last_fault() says more in words. */
typedef enum {
  BL_OK = 0,
  BL_INVALID = 1,       /* wrong count, rank, extent or dtype */
  BL_UNKNOWN = 2,       /* no such operator or variant */
  BL_UNSUPPORTED = 3,   /* the variant does not take these extents or this device */
  BL_NO_WORKSPACE = 4,  /* less workspace than workspace_bytes() asks for */
  BL_NO_DEVICE = 5,
  BL_LAUNCH_FAILED = 6, /* refused before a thread ran */
  BL_FAULTED = 7,       /* ended by a fault: race, out of bounds, divergent barrier, ... */
  BL_NO_MEMORY = 8
} bl_status;

/* data may be null when an extent is 0 */
typedef struct {
  void* data;
  int32_t dtype;
  int32_t rank;
  int64_t shape[BL_MAX_RANK];
} bl_tensor;

typedef struct {
  const bl_tensor* inputs;
  bl_tensor* outputs;
  const double* attributes;
  int32_t input_count, output_count, attribute_count;
  const char* variant; /* forced by name; empty or null = the heuristic's choice */
  void* workspace;
  int64_t workspace_bytes;
  void* stream;
} bl_call;

typedef struct {
  const char* name;
  const char* const* variants; /* every variant that can be forced */
  int32_t variant_count;
  int64_t (*workspace_bytes)(const bl_call*); /* reads shapes, attributes and variant, no data */
  int32_t (*launch)(const bl_call*);          /* a bl_status */
} bl_operator;

BL_EXPORT int32_t bl_abi_version(void);
BL_EXPORT const char* bl_library_kind(void); /* "simt", "simt-checked" or "cuda" */
BL_EXPORT const bl_operator* bl_operators(int32_t* count); /* sorted by name */
BL_EXPORT const char* bl_last_fault(void); /* of the last call that failed; "" when none did */

/* Devices. No GPU and no driver: bl_device_count() is 0 and nothing else may be called. */
BL_EXPORT int32_t bl_device_count(void);
BL_EXPORT const char* bl_device_name(int32_t device);
typedef enum {
  BL_DEVICE_ARCH = 0,  /* 90 for sm_90 */
  BL_DEVICE_SMS,       /* streaming multiprocessors */
  BL_DEVICE_L2_BYTES,
  BL_DEVICE_MEMORY_BYTES,
  BL_DEVICE_CLOCK_KHZ,
  BL_DEVICE_MEMORY_CLOCK_KHZ,
  BL_DEVICE_MEMORY_BUS_BITS,
  BL_DEVICE_SHARED_BYTES /* most shared memory a block may ask for */
} bl_device_property;
BL_EXPORT int64_t bl_device_value(int32_t device, int32_t property);

/* Memory, aligned to 256 bytes. Null when there is none left. */
BL_EXPORT void* bl_malloc(int64_t bytes);
BL_EXPORT void bl_free(void* data);
BL_EXPORT int32_t bl_upload(void* device, const void* host, int64_t bytes);
BL_EXPORT int32_t bl_download(void* host, const void* device, int64_t bytes);
BL_EXPORT int32_t bl_copy(void* to, const void* from, int64_t bytes, void* stream);
BL_EXPORT int32_t bl_fill(void* device, int32_t byte, int64_t bytes, void* stream);

/* Streams, events, graphs. A null stream is the default one. */
BL_EXPORT void* bl_stream_create(void);
BL_EXPORT void bl_stream_free(void* stream);
BL_EXPORT int32_t bl_synchronize(void* stream);
BL_EXPORT void* bl_event_create(void);
BL_EXPORT void bl_event_free(void* event);
BL_EXPORT int32_t bl_event_record(void* event, void* stream);
BL_EXPORT double bl_event_ms(void* begin, void* end); /* waits for `end` */
BL_EXPORT int32_t bl_graph_begin(void* stream); /* launches are recorded, not run */
BL_EXPORT void* bl_graph_end(void* stream);
BL_EXPORT int32_t bl_graph_replay(void* graph, void* stream);
BL_EXPORT void bl_graph_free(void* graph);

/* simt only: the order in which threads, warps and blocks run. The cuda build answers
 * BL_UNSUPPORTED. */
typedef enum {
  BL_ROUND_ROBIN = 0,
  BL_REVERSED,
  BL_RANDOM,     /* lanes, warps and blocks by a seeded stream */
  BL_ONE_AHEAD   /* one warp of each block runs as far as it can */
} bl_schedule;
BL_EXPORT int32_t bl_simt_schedule(int32_t schedule, uint64_t seed);
/* Blocks that run side by side, 1..64 (8 at first). */
BL_EXPORT int32_t bl_simt_resident_blocks(int32_t blocks);

#ifdef __cplusplus
}
#endif
#endif
