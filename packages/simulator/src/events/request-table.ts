/**
 * What the world, not the scheduler, knows of every live request: when it came, how long its answer
 * really is, how well the drafter guesses it. Columns of typed arrays, indexed by the request's id;
 * an id is given again once its request has ended, so that memory follows the live requests and not
 * the run.
 */
export class RequestTable {
  arrivalNs = new Float64Array(1024);
  /** Start of the step with the first context chunk; -1 before. */
  admittedNs = new Float64Array(1024);
  firstTokenNs = new Float64Array(1024);
  lastTokenNs = new Float64Array(1024);
  /** Largest gap between two visible tokens so far; kept only where an SLO asks. */
  worstGapNs = new Float64Array(1024);
  inputTokens = new Int32Array(1024);
  /** The answer's true length: the scheduler never reads it. */
  outputTokens = new Int32Array(1024);
  emittedTokens = new Int32Array(1024);
  /** Key of the request's own random numbers. */
  key = new Int32Array(1024);
  generationSteps = new Int32Array(1024);
  /** Difficulty class of its text, see speculation. */
  acceptanceClass = new Uint8Array(1024);
  /**
   * Index of the draft shape with which its current tree was made, and that tree's draft tokens.
   */
  draftShape = new Int32Array(1024);
  draftTokens = new Int32Array(1024);

  #free: number[] = [];
  #used = 0;

  /** Number of live requests. */
  get live(): number {
    return this.#used - this.#free.length;
  }

  add(arrivalNs: number, inputTokens: number, outputTokens: number, key: number): number {
    const id = this.#free.pop() ?? this.#used++;
    if (id === this.arrivalNs.length) this.#grow();
    this.arrivalNs[id] = arrivalNs;
    this.admittedNs[id] = -1;
    this.firstTokenNs[id] = -1;
    this.lastTokenNs[id] = -1;
    this.worstGapNs[id] = 0;
    this.inputTokens[id] = inputTokens;
    this.outputTokens[id] = outputTokens;
    this.emittedTokens[id] = 0;
    this.key[id] = key;
    this.generationSteps[id] = 0;
    this.acceptanceClass[id] = 0;
    this.draftShape[id] = 0;
    this.draftTokens[id] = 0;
    return id;
  }

  remove(id: number): void {
    this.#free.push(id);
  }

  #grow(): void {
    const capacity = 2 * this.arrivalNs.length;
    const float = (from: Float64Array<ArrayBuffer>) => {
      const to = new Float64Array(capacity);
      to.set(from);
      return to;
    };
    const int = (from: Int32Array<ArrayBuffer>) => {
      const to = new Int32Array(capacity);
      to.set(from);
      return to;
    };
    this.arrivalNs = float(this.arrivalNs);
    this.admittedNs = float(this.admittedNs);
    this.firstTokenNs = float(this.firstTokenNs);
    this.lastTokenNs = float(this.lastTokenNs);
    this.worstGapNs = float(this.worstGapNs);
    this.inputTokens = int(this.inputTokens);
    this.outputTokens = int(this.outputTokens);
    this.emittedTokens = int(this.emittedTokens);
    this.key = int(this.key);
    this.generationSteps = int(this.generationSteps);
    const classes = new Uint8Array(capacity);
    classes.set(this.acceptanceClass);
    this.acceptanceClass = classes;
    this.draftShape = int(this.draftShape);
    this.draftTokens = int(this.draftTokens);
  }
}
