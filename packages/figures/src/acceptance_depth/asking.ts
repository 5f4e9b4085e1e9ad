/**
 * What a reader has asked for and not yet got: controls show it while its model is computed, so
 * that a slider stays where it was dragged to.
 */
export class Asking<Input> {
  #pending: Input | null = null;
  readonly #request: (input: Input) => void;

  constructor(request: (input: Input) => void) {
    this.#request = request;
  }

  ask(input: Input): void {
    this.#pending = input;
    this.#request(input);
  }

  /** The last input asked for, or that of the model. */
  of(input: Input): Input {
    return this.#pending ?? input;
  }

  /** A model came: what was asked for is there, unless something else has been asked since. */
  arrived(input: Input): void {
    if (JSON.stringify(input) === JSON.stringify(this.#pending)) this.#pending = null;
  }
}
