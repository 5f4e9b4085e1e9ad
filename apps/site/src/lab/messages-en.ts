/** The lab's English. */
import type { Messages } from './messages.ts';

const results = (count: number) => (count === 1 ? '1 result' : `${count} results`);

const untakenText = (count: number) => (count === 0 ? '' : `; ${count} not taken`);

export const en: Messages = {
  gpuHead: 'Your GPU',
  which: 'Ask the browser for',
  choices: {
    default: 'its own choice',
    'high-performance': 'the fastest GPU',
    'low-power': 'the GPU that saves power',
    software: 'a software adapter (CPU)',
  },
  asking: 'Asking the browser for an adapter…',
  facts: {
    name: 'Name',
    kind: 'Kind',
    vendor: 'Vendor, architecture',
    subgroups: 'Subgroups',
    half: '16-bit floats',
    clock: 'Own clock',
  },
  kinds: { gpu: 'GPU', software: 'software: the CPU does the work, so its times stand for no GPU' },
  lanes: (least, most) => (least === most ? `${least} lanes` : `${least} to ${most} lanes`),
  lackLanes: 'none; the variants without them run',
  half: (has) => (has ? 'yes (shader-f16)' : 'none; fp16 cases run in the portable variants'),
  clock: (has) => (has ? 'yes (timestamp-query)' : 'none; verifying works, timing does not'),
  limitsAndFeatures: 'All limits and features',
  limits: 'Limits',
  limit: 'Limit',
  value: 'Value',
  features: 'Features',
  obstacles: {
    'no-webgpu':
      'This browser has no WebGPU, or this page was not opened over https or localhost. Recent ' +
      'Chrome, Edge, Safari and Firefox have it. The reference below runs without it.',
    'no-adapter':
      'The browser has WebGPU but offers no adapter. Look at chrome://gpu (or about:support), ' +
      'allow hardware acceleration in the settings, or choose another adapter above. The ' +
      'reference below runs without one.',
    'no-device':
      'The adapter gave no device. It may be busy or have crashed: close other tabs that use the ' +
      'GPU, reload this page, or choose another adapter.',
    'no-clock':
      'This adapter has no timestamp-query, so nothing can be timed on it. Everything can be ' +
      'verified. Another browser or adapter may have it.',
    'no-memory':
      'The page got no memory for these sizes. Close other tabs, or choose smaller sizes.',
    error: 'The run ended early. What was found so far stands below; start again to go on.',
  },
  said: (message) => `It said: ${message}`,
  noWorkers:
    'This browser gives the page no worker: the suite runs in the page itself, which answers ' +
    'between cases only.',
  verifyHead: 'Verify',
  verifyLead:
    'Each case runs three times over poisoned memory, between red zones, alone and in its batch; ' +
    'its values are held against a float64 reference and a twin with the same roundings.',
  device: 'Run on',
  devices: { webgpu: 'WebGPU', reference: 'the reference, without a GPU' },
  verify: (count) => (count === 1 ? 'Verify 1 operator' : `Verify ${count} operators`),
  stop: 'Stop',
  stopping: 'Stopping after this case…',
  all: 'All operators',
  columns: {
    operator: 'Operator',
    passed: 'Passed',
    failed: 'Failed',
    untaken: 'Not taken',
    state: 'State',
  },
  states: {
    idle: '',
    running: (done, total) => `${done} of ${total}`,
    right: 'right',
    wrong: 'wrong',
    partial: (done, total) => `stopped at ${done} of ${total}`,
    missing: 'no WGSL kernel yet',
  },
  progress: (operator, done, total) => `${operator}: ${done} of ${total}`,
  starting: 'Loading the suite…',
  verified: (passed, failed, untaken) =>
    failed === 0
      ? `${results(passed)} right, none wrong${untakenText(untaken)}.`
      : `${results(failed)} wrong, ${passed} right${untakenText(untaken)}.`,
  stopped: 'Stopped. What was done stands below.',
  lost: (count) =>
    count === 1
      ? 'The GPU was lost once; the case that did it is marked, the rest went on with a new device.'
      : `The GPU was lost ${count} times; those cases are marked, the rest went on.`,
  wrongCases: (count) => (count === 1 ? '1 failure' : `${count} failures`),
  untakenCases: (count) => `${results(count)} not taken, and why`,
  more: (count) => `and ${count} more, all in the saved records`,
  reason: (reason, count) => `${reason} (${count})`,
  statuses: {
    passed: 'passed',
    'wrong-value': 'wrong value',
    nan: 'NaN',
    'probe-failed': 'probe failed',
    'red-zone': 'wrote outside its outputs',
    'poison-read': 'read what it had not written',
    nondeterministic: 'other bits in another run',
    'batch-variance': 'other bits alone than in a batch',
    fault: 'fault on the device',
    timeout: 'took too long',
    crash: 'threw an error',
    'below-floor': 'faster than possible',
    unsupported: 'not taken',
    'invalid-case': 'case refused',
  },
  timeHead: 'Time',
  timeLead:
    'First the adapter’s own ceilings: the best rate of a plain copy and of multiply-adds. Then ' +
    'each operator, checked before it is timed by the adapter’s clock. Tree attention stands ' +
    'beside a naive version of itself.',
  size: 'Sizes',
  sizes: {
    small: 'small (for a CPU)',
    medium: 'medium: 2 requests, 4,096 past tokens, 32,000 words',
    large: 'large: 8 requests, 4,096 past tokens, 128,256 words; needs 2 GB',
  },
  time: (count) => (count === 1 ? 'Time 1 operator' : `Time ${count} operators`),
  timed: (count) => (count === 1 ? '1 time measured.' : `${count} times measured.`),
  ceilings: (copy, multiply, launch) =>
    `Ceilings of this adapter, measured: copy ${copy}, fp32 multiply-adds ${multiply}, ` +
    `${launch} from one launch to the next.`,
  timeColumns: {
    operator: 'Operator, variant',
    time: 'Time',
    moved: 'Moves',
    computed: 'Computes',
    share: 'Share of the ceiling',
    bound: 'Bound by',
  },
  bounds: { memory: 'memory', compute: 'multiply-adds', exp: 'exponentials', launch: 'launch' },
  untimed: (reason) => `not timed: ${reason}`,
  fasterThanNaive: (times) => `${times}× as fast as the naive version`,
  softwareTimes: 'Timed on a CPU: the numbers compare kernels with each other, not GPUs.',
  cached:
    'Above 100 %, the data lay in a cache or launches overlapped, which the ceilings do not allow.',
  table: 'Times',
  keepHead: 'Keep the records',
  keepLead: 'The records are those of the command; it reads them:',
  save: 'Save records (JSONL)',
  copy: 'Copy summary',
  copied: 'Copied.',
  copyByHand: 'The clipboard is not available; select the text and copy it.',
  summary: 'Summary',
  nothing: 'Nothing yet: verify or time something first.',
  count: results,
};
