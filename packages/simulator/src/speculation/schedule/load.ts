import type { StepPlan } from '@beamline/scheduler';

/**
 * What a schedule may know when it chooses the next draft: the batch as it is, and how much prompt
 * work has lately come with every output token. Averages are exponential with a half-life of 64
 * steps, so that they follow a burst; they use no clock and no randomness.
 */
const DECAY = 0.9892280131939755; // 2^(−1/64)

export class Load {
  /** Requests that will draft at the end of this step. */
  requests = 0;
  /** Mean sequence length of those requests, in tokens. */
  kvTokensPerRequest = 0;
  /** Steps with context chunks per output token, and the mean of what such a step holds. */
  contextStepsPerToken = 0;
  contextTokensPerStep = 0;
  contextPairsPerStep = 0;
  contextKvTokensPerStep = 0;

  #outputTokens = 0;
  #contextSteps = 0;
  #contextTokens = 0;
  #contextPairs = 0;
  #contextKvTokens = 0;

  /** Takes in the plan of the step that begins now. */
  observe(plan: StepPlan): void {
    const requests = plan.generationCount + plan.contextLastCount;
    this.requests = requests;
    this.kvTokensPerRequest =
      plan.generationCount > 0
        ? plan.generationKvTokensTotal / plan.generationCount
        : plan.contextCount > 0
          ? plan.contextKvTokensTotal / plan.contextCount
          : 0;
    const steps = plan.contextCount > 0 ? 1 : 0;
    this.#contextSteps = this.#contextSteps * DECAY + steps;
    this.#contextTokens = this.#contextTokens * DECAY + plan.contextTokensTotal;
    this.#contextPairs = this.#contextPairs * DECAY + plan.contextPairsTotal;
    this.#contextKvTokens = this.#contextKvTokens * DECAY + plan.contextKvTokensTotal;
    const share = this.#contextSteps > 0 ? 1 / this.#contextSteps : 0;
    this.contextTokensPerStep = this.#contextTokens * share;
    this.contextPairsPerStep = this.#contextPairs * share;
    this.contextKvTokensPerStep = this.#contextKvTokens * share;
    this.contextStepsPerToken =
      this.#outputTokens > 0
        ? this.#contextSteps / this.#outputTokens
        : this.#contextSteps > 0
          ? 1
          : 0;
  }

  /** Takes in what the step that ends now gave. */
  produced(outputTokens: number): void {
    this.#outputTokens = this.#outputTokens * DECAY + outputTokens;
  }
}
