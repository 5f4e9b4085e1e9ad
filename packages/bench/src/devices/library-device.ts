/**
 * A device behind a suite library. simt and cuda have the same C ABI, so one text drives both; what
 * differs (schedules, checks, clocks) comes in as facts.
 */
import { bytesPerElement } from '@beamline/kernels';
import {
  type DeviceBuffer,
  type DeviceTensor,
  type Suite,
  SuiteError,
} from '@beamline/kernels/suite';
import type { Case, OperatorSuite, Tensor, Tensors } from '@beamline/kernels/suites';
import { outputShapes } from '@beamline/kernels/suites';
import type { Failure, PreparedCall, RunOptions, RunResult, Schedule } from '../device.ts';
import { inputError } from '../error.ts';
import { decodeTensor } from '../tensor-bytes.ts';
import { Arena } from './arena.ts';

export interface Libraries {
  readonly plain: Suite;
  /** The build that looks at every access. */
  readonly checked: Suite | null;
  readonly hasSchedules: boolean;
  /** Bytes to overwrite so that no input is left in a cache. */
  readonly flushBytes: number;
}

/** A call laid out in device memory. */
interface Laid {
  readonly inputs: DeviceTensor[];
  readonly outputs: DeviceTensor[];
  readonly attributes: number[];
  readonly workspace: DeviceBuffer;
  readonly shapes: Readonly<Record<string, Omit<Tensor, 'data'>>>;
  /** The buffer that holds each output. */
  readonly places: Readonly<Record<string, string>>;
}

function layOut(
  arena: Arena,
  library: Suite,
  suite: OperatorSuite,
  call: Case,
  options: Pick<RunOptions, 'variant' | 'poison'>,
): Laid {
  const { inputs: inputSpecs, outputs: outputSpecs, attributes: all, name } = suite.operator;
  const shapes = outputShapes(suite, call);
  const written = new Set(outputSpecs.filter(({ inPlace }) => inPlace).map((spec) => spec.name));
  const inputs = inputSpecs.map((spec) =>
    arena.input(`input ${spec.name}`, call.inputs[spec.name]!, written.has(spec.name)),
  );
  const places: Record<string, string> = {};
  const outputs = outputSpecs.map((spec) => {
    const shape = shapes[spec.name]!;
    if (spec.inPlace) {
      places[spec.name] = `input ${spec.name}`;
      return inputs[inputSpecs.findIndex((input) => input.name === spec.name)]!;
    }
    const size = shape.shape.reduce((product, extent) => product * extent, 1);
    places[spec.name] = `output ${spec.name}`;
    const bytes = size * bytesPerElement(shape.dtype);
    return arena.output(`output ${spec.name}`, shape, bytes, options.poison);
  });
  const attributes = all.map((attribute) => call.attributes[attribute.name]!);
  const none = { address: 0, bytes: 0 };
  const asked = library.workspaceBytes(name, options.variant, inputs, outputs, {
    attributes,
    workspace: none,
  });
  const workspace = asked > 0 ? arena.workspace(asked, options.poison) : none;
  return { inputs, outputs, attributes, workspace, shapes, places };
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof SuiteError)) throw error;
  const { status, message } = error;
  if (status === 'unsupported' || status === 'no memory') {
    return { status: 'unsupported', message };
  }
  return { status: 'fault', message: message === '' ? status : message };
}

function setSchedule(library: Suite, schedule: Schedule): void {
  if (schedule === 'reversed' || schedule === 'one-ahead') library.schedule(schedule);
  else if (schedule === 'default') library.schedule('round-robin');
  else library.schedule('random', Number(schedule.slice('random-'.length)));
}

export class LibraryRunner {
  readonly #libraries: Libraries;
  readonly #streams = new Map<Suite, number>();
  readonly #variants: ReadonlyMap<string, readonly string[]>;

  constructor(libraries: Libraries) {
    this.#libraries = libraries;
    const operators = libraries.plain.operators();
    this.#variants = new Map(operators.map(({ name, variants }) => [name, variants]));
  }

  variants(operator: string): readonly string[] {
    return this.#variants.get(operator) ?? [];
  }

  /** A stream of its own: graphs are not captured on the default one. */
  #stream(library: Suite): number {
    const known = this.#streams.get(library);
    if (known !== undefined) return known;
    const stream = library.streamCreate();
    this.#streams.set(library, stream);
    return stream;
  }

  #launcher(library: Suite, suite: OperatorSuite, variant: string, laid: Laid): () => void {
    const { inputs, outputs, attributes, workspace } = laid;
    const stream = this.#stream(library);
    const options = { attributes, workspace, stream };
    return () => library.call(suite.operator.name, variant, inputs, outputs, options);
  }

  run(suite: OperatorSuite, call: Case, options: RunOptions): RunResult {
    const { plain, checked, hasSchedules } = this.#libraries;
    const library = options.isChecked && checked !== null ? checked : plain;
    if (hasSchedules) setSchedule(library, options.schedule);
    const arena = new Arena(library, library === plain);
    try {
      const laid = layOut(arena, library, suite, call, options);
      const launch = this.#launcher(library, suite, options.variant, laid);
      const stream = this.#stream(library);
      library.synchronize(0); // what was uploaded is there before the other stream starts
      if (options.asGraph) {
        const graph = library.capture(launch, stream);
        try {
          graph.replay(stream);
          library.synchronize(stream);
        } finally {
          graph.free();
        }
      } else {
        launch();
        library.synchronize(stream);
      }
      return finish(arena, laid);
    } catch (error) {
      return failureOf(error);
    } finally {
      arena.free();
    }
  }

  prepare(suite: OperatorSuite, call: Case, variant: string): PreparedCall {
    const { plain, hasSchedules } = this.#libraries;
    if (hasSchedules) setSchedule(plain, 'default');
    const arena = new Arena(plain, false);
    try {
      const laid = layOut(arena, plain, suite, call, { variant, poison: 'nan' });
      plain.synchronize(0);
      return this.#prepared(arena, laid, suite, variant);
    } catch (error) {
      arena.free();
      const failure = failureOf(error);
      throw inputError(`${call.id}: ${failure.message}`);
    }
  }

  #prepared(arena: Arena, laid: Laid, suite: OperatorSuite, variant: string): PreparedCall {
    const { plain, flushBytes } = this.#libraries;
    const stream = this.#stream(plain);
    const launch = this.#launcher(plain, suite, variant, laid);
    launch();
    plain.synchronize(stream);
    const flush = flushBytes > 0 ? plain.alloc(flushBytes) : null;
    const graphs = new Map<number, ReturnType<Suite['capture']>>();
    const graphOf = (launches: number) => {
      const known = graphs.get(launches);
      if (known !== undefined) return known;
      const body = () => {
        for (let i = 0; i < launches; i++) launch();
      };
      const made = plain.capture(body, stream);
      graphs.set(launches, made);
      return made;
    };
    return {
      sampleMs: (launches, { isCold, asGraph }) => {
        const graph = asGraph ? graphOf(launches) : null;
        plain.synchronize(stream);
        // Not waited for: while the device overwrites its caches, the launch is already queued.
        if (isCold && flush !== null) plain.fill(flush, 0x11, stream);
        return plain.timeMs(() => {
          if (graph !== null) graph.replay(stream);
          else for (let i = 0; i < launches; i++) launch();
        }, stream);
      },
      outputs: () => finish(arena, laid).outputs,
      free: () => {
        for (const graph of graphs.values()) graph.free();
        if (flush !== null) plain.free(flush);
        arena.free();
      },
    };
  }
}

function finish(arena: Arena, { shapes, places }: Laid) {
  const outputs: Record<string, Tensors[string]> = {};
  const bits: Record<string, Uint8Array> = {};
  for (const [name, { dtype, shape }] of Object.entries(shapes)) {
    bits[name] = arena.read(places[name]!);
    outputs[name] = decodeTensor(dtype, shape, bits[name]!);
  }
  return { outputs, bits, trespasses: arena.trespasses() };
}
