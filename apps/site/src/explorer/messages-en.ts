import type { Messages } from './messages.ts';

/** The explorer's English. */
export const en: Messages = {
  undo: 'Undo',
  redo: 'Redo',
  share: 'Copy as',
  command: 'Command',
  yaml: 'YAML',
  link: 'Link',
  open: 'Open file…',
  save: 'Save run',
  copy: 'Copy',
  close: 'Close',
  copied: 'Copied.',
  copyByHand: 'The clipboard is not available; select the text and copy it.',
  spelling: {
    command: 'The same scenario for the command line: the run at your load, then the curve.',
    yaml: 'The same scenario as a file, defaults filled in.',
    link: 'The whole state of this page. Files you dropped do not travel in it.',
  },
  scenarios: 'Scenarios',
  add: 'Add a copy',
  remove: (name) => `Remove ${name}`,
  rename: 'Rename',
  name: 'Name',
  settings: 'Settings',
  applyTo: 'Changes apply to',
  thisOne: 'this scenario',
  allOfThem: 'all scenarios',
  moreOf: (group, count) => `${group}: ${count} more settings`,
  own: 'own…',
  views: {
    load: 'Load curve',
    shape: 'Draft shape',
    latency: 'Latency',
    cost: 'Cost and energy',
    size: 'GPUs needed',
  },
  measure: 'Compare',
  measures: {
    itlMean: 'generation speed of a request',
    outputTokensPerSecond: 'output tokens per second',
    e2eP50: 'median time to the whole answer',
    joulesPerOutputToken: 'energy per output token',
  },
  also: 'Also draw',
  overlays: { adaptive: 'adaptive schedule', confidence: 'confidence schedule' },
  bands: 'Uncertainty',
  noBands: 'off',
  draws: (count) => `${count} draws`,
  axis: 'Loads',
  axisHelp: 'A list 1,2,4 or a range such as 0.5:64:log20, as the command takes it.',
  atYourLoad: (load) => `At your load, ${load}`,
  progress: (stage, done, total) =>
    ({
      quick: `First curve: ${done} of ${total} points, 200 requests each`,
      yours: `Your load in full: ${done} of ${total}`,
      full: `Refining: ${done} of ${total} points in full`,
      bands: `Uncertainty: ${done} of ${total} points`,
    })[stage],
  finished: (requests) => `Done. Each point rests on ${requests} requests.`,
  starting: 'Starting the simulator…',
  cards: {
    speedup: 'Faster per request',
    itl: 'Between tokens, mean',
    ttft: 'First token, p95',
    throughput: 'Output per GPU',
    cost: 'Per million output tokens',
    energy: 'Per output token',
  },
  units: { ms: 'ms', s: 's', tokensPerSecondPerGpu: 'tokens/s', dollars: '$', joules: 'J' },
  without: (value) => `without drafting ${value}`,
  overloadedWithout: 'overloaded: this number grows with the length of the run',
  bandOf: (low, high) => `${low} to ${high}`,
  states: {
    stable: 'Stable',
    backlogged: 'Backlogged: requests wait longer than they are served',
    overloaded: 'Overloaded: the queue grows without end',
  },
  why: 'Why',
  provenance: 'Where the numbers come from',
  provenanceHelp: 'Every figure on this page is simulated, and rests on these.',
  origins: { measured: 'measured', modelled: 'modelled', assumed: 'assumed' },
  what: 'What',
  origin: 'Origin',
  source: 'Source',
  noNumbers: (reason) => `No numbers for this scenario: ${reason}`,
  notComputed: (count, reason) =>
    count === 1
      ? `1 point could not be run: ${reason}`
      : `${count} points could not be run: ${reason}`,
  otherUnit: (names) => `Not on this axis, because its load is counted otherwise: ${names}.`,
  cut: (requests) =>
    `This page simulates at most ${requests} requests a run; the command has no such limit.`,
  price: 'Price of a GPU hour',
  priceLow: 'lowest, $',
  priceHigh: 'highest, $',
  priceOwn: (low, high) => `Without your own, the listed range: $${low} to $${high}.`,
  priceWrong: 'Must be two amounts above 0, the lower one first.',
  size: {
    needsSlo: 'Say first what the service must meet, for example',
    objective: 'Find the fleet with least',
    objectives: { gpus: 'GPUs', cost: 'cost', energy: 'energy' },
    gpus: 'GPUs to consider',
    ownGpu: "the scenario's own",
    tensorParallel: 'Tensor parallel',
    maxGpus: 'Most GPUs',
    find: 'Find',
    stop: 'Stop',
    searching: (done, total, runs) => `${done} of ${total} candidates, ${runs} simulations`,
    requests: (count) => `Each fleet was simulated with ${count} requests.`,
    best: (gpus, gpu, replicas, degree, drafting) =>
      `${gpus} × ${gpu}: ${replicas === 1 ? 'one replica' : `${replicas} replicas`}, ` +
      `tensor parallel ${degree}, ${drafting}`,
    closest: (gpus, gpu, replicas, degree, drafting) =>
      `Nothing meets it. Closest: ${gpus} × ${gpu}, ` +
      `${replicas === 1 ? 'one replica' : `${replicas} replicas`}, tensor parallel ${degree}, ` +
      drafting,
    infeasible: 'No candidate can run this model.',
    why: (reason) => `Why: ${reason}.`,
    use: 'Use this fleet',
    ranking: 'All candidates',
    columns: ['GPU', 'TP', 'Drafting', 'Result', 'Replicas', 'GPUs', 'What binds'],
    status: { meets: 'meets', misses: 'misses', infeasible: 'infeasible' },
    schedules: {
      none: 'no drafting',
      fixed: 'fixed shape',
      adaptive: 'adaptive',
      confidence: 'by confidence',
    },
    clause: 'Service level',
    value: 'Value',
  },
  shape: {
    help: 'Choose a cell to draft with that shape.',
    none: 'This scenario does not draft. Choose a method to compare shapes.',
  },
  drop: 'Drop a trace (CSV or JSONL), a scenario or a run of the command on this page, or',
  dropNow: 'Let go to open the file',
  trace: {
    reading: (name) => `Reading ${name}…`,
    read: (name, size, count, rate) => `${name} (${size}): ${count} requests, ${rate} on average.`,
    first: 'the first',
    long: (requests) =>
      `The file is read in pieces, and each run takes its first ${requests} requests; ` +
      'the command replays it whole.',
    gone: (name) => `A link holds no files: drop ${name} on this page again.`,
    wrongType: (name) =>
      `${name} is neither a trace (CSV, JSONL), a scenario (YAML, JSON) nor a run (JSON).`,
    folder: 'That was a folder; drop a single file.',
    forget: 'Forget the trace',
  },
  opened: {
    scenario: (name) => `Opened ${name}.`,
    same: (name, count) =>
      count === 1
        ? `${name} was computed again here: the same result, byte for byte.`
        : `${name}: ${count} runs were computed again here, all the same byte for byte.`,
    differs: (name, count, of) =>
      `${name}: ${count} of ${of} runs differ from what is computed here; they were made by ` +
      'another version, with measured kernels, or were changed.',
    comparing: (name) => `Computing ${name} again to compare…`,
    full: 'Six scenarios are the most; remove one first.',
  },
  tooLarge: (name, size, most) => `${name} has ${size}; at most ${most} are opened.`,
  address: (report) => {
    switch (report.kind) {
      case 'unknown':
        return `${report.name} is not known here and is kept as it is. ${report.hint}`.trim();
      case 'wrong':
        return `${report.name} ${report.message} The default is used.`;
      case 'twice':
        return `${report.name} is given twice; the first one counts.`;
      case 'version':
        return `The link is of version ${report.version}; it is read as far as it is known.`;
      case 'too-long':
        return 'The link is too long to be read; the page starts from the defaults.';
    }
  },
  addressHead: 'Some of the link could not be read',
  dismiss: 'Dismiss',
  noWorkers: 'This browser gives the page no background workers, so nothing can be simulated here.',
  noWasm: 'This browser has WebAssembly switched off, so nothing can be simulated here.',
  brokenWasm: (reason) => `The simulator's core could not be loaded: ${reason}.`,
  commandInstead:
    'The form, the link and the command still work; run the command to get the numbers.',
  failed: (reason) => `Something went wrong: ${reason}`,
  historyDenied: 'The browser does not let the page change its address; use Copy as → Link.',
  whole: 'Change the scenario in the load explorer',
  limit: 'Limit',
  yes: 'yes',
  no: 'no',
};
