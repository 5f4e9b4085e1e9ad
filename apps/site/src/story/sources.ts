/**
 * What the story cites from outside. A page names a source by its id, `<Cite of="redrafter-paper"
 * />`, and never by an address; the list under each chapter is made from the ids that it names.
 * `fixture` is the table of `fixtures/published` that holds the source's figures, if one does.
 */
export interface Source {
  title: string;
  url?: string;
  fixture?: string;
}

export const sources = {
  'redrafter-paper': {
    title: 'Recurrent Drafter, arXiv 2403.09919 v5, December 2024',
    url: 'https://arxiv.org/abs/2403.09919v5',
    fixture: 'redrafter-paper-table-1',
  },
  'redrafter-repository': {
    title: 'apple/ml-recurrent-drafter v1.1, Apache-2.0',
    url: 'https://github.com/apple/ml-recurrent-drafter',
    fixture: 'redrafter-mlx-steps',
  },
  'redrafter-reviews': { title: 'Recurrent Drafter, reviews of ICLR 2025 on OpenReview' },
  'apple-post': {
    title: 'Accelerating LLM Inference on NVIDIA GPUs with ReDrafter, Apple, December 2024',
    url: 'https://machinelearning.apple.com/research/redrafter-nvidia-tensorrt-llm',
  },
  'nvidia-post': {
    title: 'NVIDIA TensorRT-LLM Now Supports Recurrent Drafting, NVIDIA developer blog, 2024',
  },
  trtllm: {
    title: 'NVIDIA/TensorRT-LLM, examples and tests of ReDrafter, Apache-2.0',
    url: 'https://github.com/NVIDIA/TensorRT-LLM',
  },
  'trtllm-2155': {
    title: 'NVIDIA/TensorRT-LLM issue 2155',
    url: 'https://github.com/NVIDIA/TensorRT-LLM/issues/2155',
  },
  'trtllm-3125': {
    title: 'NVIDIA/TensorRT-LLM issue 3125',
    url: 'https://github.com/NVIDIA/TensorRT-LLM/issues/3125',
  },
  'trtllm-15918': {
    title: 'NVIDIA/TensorRT-LLM pull request 15918',
    url: 'https://github.com/NVIDIA/TensorRT-LLM/pull/15918',
  },
  leviathan: {
    title: 'Fast Inference from Transformers via Speculative Decoding, arXiv 2211.17192',
    url: 'https://arxiv.org/abs/2211.17192',
  },
  aiconfigurator: {
    title: 'ai-dynamo/aiconfigurator, operator and end-to-end timings, Apache-2.0',
    url: 'https://github.com/ai-dynamo/aiconfigurator',
  },
  'flashinfer-4137': {
    title: 'flashinfer-ai/flashinfer issue 4137',
    url: 'https://github.com/flashinfer-ai/flashinfer/issues/4137',
  },
  'eagle-3-paper': {
    title: 'EAGLE-3, arXiv 2503.01840',
    url: 'https://arxiv.org/abs/2503.01840',
    fixture: 'eagle-3-paper-table-1',
  },
  'red-hat-moe': {
    title:
      'Performance improvements with speculative decoding in vLLM for gpt-oss, Red Hat, April 2026',
    url:
      'https://developers.redhat.com/articles/2026/04/16/' +
      'performance-improvements-speculative-decoding-vllm-gpt-oss',
  },
  magicdec: { title: 'MagicDec, arXiv 2408.11049', url: 'https://arxiv.org/abs/2408.11049' },
  'vllm-52362': {
    title: 'vllm-project/vllm pull request 52362',
    url: 'https://github.com/vllm-project/vllm/pull/52362',
  },
  'vllm-47808': {
    title: 'vllm-project/vllm pull request 47808',
    url: 'https://github.com/vllm-project/vllm/pull/47808',
  },
  'vllm-49369': {
    title: 'vllm-project/vllm issue 49369',
    url: 'https://github.com/vllm-project/vllm/issues/49369',
  },
  'deepseek-v3': {
    title: 'DeepSeek-V3 technical report, arXiv 2412.19437',
    url: 'https://arxiv.org/abs/2412.19437',
    fixture: 'deepseek-v3-mtp',
  },
  'p-eagle': {
    title: 'P-EAGLE, arXiv 2602.01469',
    url: 'https://arxiv.org/abs/2602.01469',
    fixture: 'p-eagle-speedup',
  },
  dflash: {
    title: 'DFlash, arXiv 2602.06036',
    url: 'https://arxiv.org/abs/2602.06036',
    fixture: 'dflash-paper-maths',
  },
  dspark: { title: 'DSpark, arXiv 2607.05147', url: 'https://arxiv.org/abs/2607.05147' },
  'llama-cpp-25173': {
    title: 'ggml-org/llama.cpp pull request 25173',
    url: 'https://github.com/ggml-org/llama.cpp/pull/25173',
    fixture: 'llama-cpp-dflash-dspark',
  },
  'gpu-prices': {
    title: 'GPU price indices of aimultiple.com and mercatus-ai.com, May 2026',
  },
} as const satisfies Record<string, Source>;

export type SourceId = keyof typeof sources;
