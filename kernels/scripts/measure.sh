#!/usr/bin/env bash
# One call on a machine with a GPU: builds the CUDA library with nvcc alone, verifies every kernel,
# runs compute-sanitizer where there is one, times the suite beside PyTorch's own attention and
# top-k where PyTorch is, and leaves JSON lines for fixtures/measured/. At most 8 minutes.
#
#   kernels/scripts/measure.sh [--out DIR] [--seconds N] [--dry-run]
#
# Needs nvcc and Node: the one of this checkout, one on the path, or a carried one (made by
# `node kernels/scripts/carry.mjs`, unpacked with python3). Nothing is fetched or installed.
# --dry-run: the same stages on a machine without a GPU, with simt in its place and few cases.
set -uo pipefail
cd "$(dirname "$0")/../.."

OUT=out/measured
SECONDS_MOST=460
DRY=0
while [ $# -gt 0 ]; do
  case "$1" in
    --out) OUT=${2:?--out needs a folder}; shift 2 ;;
    --seconds) SECONDS_MOST=${2:?--seconds needs a number}; shift 2 ;;
    --dry-run) DRY=1; shift ;;
    *) echo "measure.sh: $1 is not an option; --out DIR, --seconds N, --dry-run" >&2; exit 2 ;;
  esac
done
case "$SECONDS_MOST" in
  ''|*[!0-9]*) echo "measure.sh: --seconds $SECONDS_MOST is no whole number" >&2; exit 2 ;;
esac
mkdir -p "$OUT"
rm -f "$OUT"/*.jsonl "$OUT"/*.log
SECONDS=0
FAILED=0
DEVICE=cuda
[ "$DRY" = 1 ] && DEVICE=simt

say() { printf '%4ds  %s\n' "$SECONDS" "$*"; }
left() { echo $((SECONDS_MOST - SECONDS)); }

# stage NAME MOST_SECONDS COMMAND...: within its own limit and what is left of the whole.
stage() {
  local name=$1 most=$2 code
  shift 2
  local limit=$(( most < $(left) ? most : $(left) ))
  if [ "$limit" -lt 5 ]; then say "$name: skipped, no time left"; FAILED=1; return 1; fi
  timeout --kill-after=5 "$limit" "$@" >"$OUT/$name.log" 2>&1
  code=$?
  if [ "$code" = 0 ]; then say "$name: done"; return 0; fi
  [ "$code" = 124 ] && say "$name: stopped after $limit s" || say "$name: ended with $code"
  tail -5 "$OUT/$name.log" | cut -c1-200
  return "$code"
}

find_node() {
  local carried=out/carry/node
  if [ ! -x "$carried" ] && [ -f out/carry/node.xz ]; then
    python3 - <<'PYTHON'
import lzma, os, shutil
with lzma.open('out/carry/node.xz') as packed, open('out/carry/node', 'wb') as program:
    shutil.copyfileobj(packed, program)
os.chmod('out/carry/node', 0o755)
PYTHON
  fi
  for NODE in "${BEAMLINE_NODE:-}" node_modules/node/bin/node "$carried" "$(command -v node)"; do
    [ -n "$NODE" ] && [ -x "$NODE" ] && return 0
  done
  echo "measure.sh: no Node here; carry one with: node kernels/scripts/carry.mjs" >&2
  exit 3
}

# The command: a carried bundle, a built one, or its sources.
find_command() {
  if [ -f out/carry/cli/beamline.mjs ]; then
    BEAMLINE=("$NODE" out/carry/cli/beamline.mjs)
  else
    local start="import('./packages/cli/src/index.ts').then((cli) => cli.runProcess())"
    BEAMLINE=("$NODE" --conditions=source --input-type=module --eval "$start" beamline)
  fi
}

ARCHITECTURE=90a
build_cuda() {
  local sources=("$@") jobs flags folder=$OUT/objects
  jobs=$(nproc 2>/dev/null || echo 2)
  mkdir -p "$folder" kernels/build
  local arch="arch=compute_$ARCHITECTURE,code=sm_$ARCHITECTURE"
  flags="-std=c++20 -O3 -lineinfo -Xcompiler=-fPIC,-fvisibility=hidden -gencode $arch"
  printf '%s\n' "${sources[@]}" | xargs -P "$jobs" -I{} sh -c \
    'nvcc '"$flags"' -c "$1" -o "$2/$(echo "$1" | tr / .).o"' _ {} "$folder" || return 1
  nvcc -shared -cudart static -gencode "$arch" "$folder"/*.o -o "$OUT/libbeamline_cuda.so"
}

all_sources() {
  ls kernels/lib/cuda/registry.cc kernels/lib/cuda/api.cu
  for record in kernels/*/operator.ts; do ls "$(dirname "$record")"/*.cu; done
}

build_stage() {
  local sources
  if ! command -v nvcc >/dev/null; then say "build: skipped, no nvcc"; return 1; fi
  mapfile -t sources < <(all_sources)
  if [ "$DRY" = 1 ]; then
    sources=(kernels/lib/cuda/registry.cc kernels/lib/cuda/api.cu
      kernels/scan_lengths/scan_lengths.cu)
  else
    local capability
    capability=$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader | head -1 | tr -d .)
    ARCHITECTURE=${capability:-90}
    [ "$ARCHITECTURE" = 90 ] && ARCHITECTURE=90a
  fi
  export -f build_cuda
  export OUT ARCHITECTURE
  stage build 180 bash -c 'build_cuda "$@"' _ "${sources[@]}" || return 1
  rm -rf "$OUT/objects"
  # In a dry run the library is a part of the suite: it must not stand in for the whole.
  [ "$DRY" = 1 ] || cp "$OUT/libbeamline_cuda.so" kernels/build/
}

addon_stage() {
  mkdir -p kernels/build
  [ -f kernels/build/beamline_suite.node ] && return 0
  if [ -f out/carry/beamline_suite.node ]; then
    cp out/carry/beamline_suite.node kernels/build/
  elif ! stage addon 60 "$NODE" kernels/scripts/build.mjs addon; then
    echo "measure.sh: no addon; carry one with: node kernels/scripts/carry.mjs" >&2
    exit 3
  fi
}

facts() {
  {
    echo "{\"commit\": \"$(git rev-parse HEAD 2>/dev/null || cat out/carry/commit 2>/dev/null)\","
    echo " \"nvcc\": \"$(nvcc --version 2>/dev/null | sed -n 's/.*V\([0-9.]*\)$/\1/p')\","
    echo " \"gpu\": \"$(nvidia-smi --query-gpu=name --format=csv,noheader 2>/dev/null | head -1)\","
    local query=driver_version,clocks.sm,clocks.mem,clocks.max.sm,power.limit,temperature.gpu
    echo " \"$query\":"
    echo "  \"$(nvidia-smi --query-gpu=$query --format=csv,noheader 2>/dev/null | head -1)\","
    echo " \"dryRun\": $([ "$DRY" = 1 ] && echo true || echo false)}"
  } >"$OUT/machine.json"
}

sanitize_stage() {
  if ! command -v compute-sanitizer >/dev/null || [ "$DEVICE" != cuda ]; then
    say "sanitizer: skipped, no compute-sanitizer or no GPU"
    return 0
  fi
  local tool
  for tool in memcheck racecheck; do
    stage "sanitizer-$tool" 45 compute-sanitizer --tool "$tool" --target-processes all \
      --error-exitcode 9 --log-file "$OUT/sanitizer-$tool-report.log" \
      "${BEAMLINE[@]}" kernels verify --device cuda --jobs 1 --timeout 40 --quiet \
      --filter 'pack_beams/b2_w3_bl4' --filter 'tree_mask/b1_t1*' \
      --filter 'tree_attention/b2_t5_*' --filter 'scan_lengths/b3*' || true
  done
}

baseline_stage() {
  if ! python3 -c 'import torch' 2>/dev/null; then
    say "baseline: skipped, no PyTorch"
    return 0
  fi
  local more=()
  [ "$DRY" = 1 ] && more=(--dry-run)
  stage baseline 60 python3 kernels/scripts/torch_baseline.py --out "$OUT/torch.jsonl" "${more[@]}"
}

say "measure: device $DEVICE, at most $SECONDS_MOST s, into $OUT"
find_node
find_command
facts
build_stage || [ "$DRY" = 1 ] || exit 1
addon_stage
PICK=()
[ "$DRY" = 1 ] && PICK=(scan_lengths uniform)
stage verify 170 "${BEAMLINE[@]}" kernels verify "${PICK[@]}" --device "$DEVICE" \
  --require-device --records "$OUT/verify.jsonl" --timeout 60 || FAILED=1
sanitize_stage
SMALL=()
[ "$DRY" = 1 ] && SMALL=(--axis B=64)
stage perf 110 "${BEAMLINE[@]}" kernels perf "${PICK[@]}" --device "$DEVICE" --require-device \
  --records "$OUT/perf.jsonl" --launch cold-graph,warm-graph "${SMALL[@]}" || FAILED=1
if [ "$DRY" = 0 ]; then
  stage perf-attention 90 "${BEAMLINE[@]}" kernels perf tree_attention --device cuda \
    --variant auto --axis T=1,5,17,64 --axis L=1024,4096 --axis B=1,8 \
    --launch cold-graph,warm-graph --records "$OUT/perf.jsonl" || FAILED=1
fi
baseline_stage
"${BEAMLINE[@]}" kernels report "$OUT"/verify.jsonl "$OUT"/perf.jsonl --html "$OUT/report.html" \
  --quiet >"$OUT/report.txt" 2>&1 && tail -1 "$OUT/report.txt"
say "measure: $([ "$FAILED" = 0 ] && echo 'all stages done' || echo 'some stages failed')"
exit "$FAILED"
