"""Times of the framework's own attention and top-k, beside which ours are read.

Writes one JSON line per call: operator, axes, times in ns. The shapes are the defaults of
`beamline kernels perf`. Attention gets contiguous keys and a boolean mask, since the framework
knows neither pages nor trees; top-k gets the whole row and its log-softmax.
"""

import argparse
import json
import statistics

import torch
import torch.nn.functional as F


def time_ns(body, device, samples):
    """Median and quartiles of `body`, each sample after a write over the caches."""
    for _ in range(3):
        body()
    if device == "cpu":
        import time

        times = []
        for _ in range(samples):
            begin = time.perf_counter_ns()
            body()
            times.append(time.perf_counter_ns() - begin)
    else:
        flush = torch.empty(256 << 20, dtype=torch.uint8, device=device)
        pairs = []
        for _ in range(samples):
            flush.fill_(1)
            begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            begin.record()
            body()
            end.record()
            pairs.append((begin, end))
        torch.cuda.synchronize()
        times = [begin.elapsed_time(end) * 1e6 for begin, end in pairs]
    low, _, high = statistics.quantiles(times, n=4)
    return {"medianNs": statistics.median(times), "quartilesNs": [low, high], "samples": samples}


def attention(device, requests, tree, kv, heads=32, kv_heads=8, dim=128):
    dtype = torch.bfloat16
    q = torch.randn(requests, heads, tree, dim, dtype=dtype, device=device)
    k, v = (torch.randn(requests, kv_heads, kv, dim, dtype=dtype, device=device) for _ in range(2))
    # Four chains from one root, as in the suite's default cases.
    chain = max(1, -(-(tree - 1) // 4))
    mask = torch.ones(tree, kv, dtype=torch.bool)
    for row in range(tree):
        seen, at = [], row
        while at >= 0:
            seen.append(at)
            at = -1 if at == 0 else (0 if (at - 1) % chain == 0 else at - 1)
        mask[row, kv - tree :] = False
        mask[row, [kv - tree + column for column in seen]] = True
    mask = mask.to(device)
    axes = {
        "requests": requests,
        "treeTokens": requests * tree,
        "kvTokens": requests * kv,
        "queryHeads": heads,
        "kvHeads": kv_heads,
        "headDim": dim,
    }

    def body():
        return F.scaled_dot_product_attention(q, k, v, attn_mask=mask, enable_gqa=True)

    return "tree_attention", axes, body


def topk(device, rows, vocab, count=4):
    logits = torch.randn(rows, vocab, dtype=torch.bfloat16, device=device)

    def body():
        return torch.topk(torch.log_softmax(logits.float(), dim=-1), count, dim=-1)

    return "draft_topk", {"rows": rows, "vocab": vocab, "candidates": count}, body


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", required=True)
    parser.add_argument("--dry-run", action="store_true")
    options = parser.parse_args()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    if options.dry_run or device == "cpu":
        calls = [attention(device, 1, 5, 64, 4, 1, 64), topk(device, 4, 1000)]
    else:
        calls = [attention(device, b, t, n) for b in (1, 8) for t in (1, 17, 64) for n in (1024, 4096)]
        calls += [topk(device, rows, 128256) for rows in (8, 32, 128)]
    name = torch.cuda.get_device_name() if device == "cuda" else "CPU"
    with open(options.out, "w") as file:
        for operator, axes, body in calls:
            record = {
                "framework": f"torch {torch.__version__}",
                "device": name,
                "operator": operator,
                "axes": axes,
                "dtype": "bf16",
                "caches": "cold",
                **time_ns(body, device, 10 if options.dry_run else 50),
            }
            file.write(json.dumps(record) + "\n")


main()
