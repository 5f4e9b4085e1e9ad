import type { StepPlan } from '@beamline/scheduler';

/**
 * What a schedule may know when it chooses the next draft: the batch as it is, and how much prompt
 * work has lately come with every output token. Averages are exponential with a half-life of 256
 * steps, a few seconds of serving, so that they follow a burst; they use no clock and no
 * randomness.
 *
 * Prompt work per output token, not per step: a draft that gives more tokens a step ends requests
 * sooner, and every end brings the next prompt.
 */
const DECAY = 0.9972960560854699; // 2^(−1/256)

export class Load {
  /** Requests that will draft at the end of this step. */
  requests = 0;
  /** Mean sequence length of those requests, in tokens. */
  kvTokensPerRequest = 0;
  /** Context chunks per output token, and the mean of what one chunk holds. */
  chunksPerToken = 0;
  tokensPerChunk = 0;
  /** Tokens that a chunk's token attends to, in the mean. */
  attendedPerToken = 0;

  #outputTokens = 0;
  #chunks = 0;
  #contextTokens = 0;
  #contextPairs = 0;

  /** Takes in the step's plan, and how many of its requests go on to generate after it. */
  observe(plan: StepPlan, drafting: number): void {
    const chunks = plan.contextCount;
    const generating = plan.generationCount;
    this.requests = drafting;
    if (generating > 0) this.kvTokensPerRequest = plan.generationKvTokensTotal / generating;
    else if (chunks > 0) this.kvTokensPerRequest = plan.contextKvTokensTotal / chunks;
    this.#chunks = this.#chunks * DECAY + chunks;
    this.#contextTokens = this.#contextTokens * DECAY + plan.contextTokensTotal;
    this.#contextPairs = this.#contextPairs * DECAY + plan.contextPairsTotal;
    if (this.#chunks === 0 || this.#outputTokens === 0) return;
    this.chunksPerToken = this.#chunks / this.#outputTokens;
    this.tokensPerChunk = this.#contextTokens / this.#chunks;
    this.attendedPerToken = this.#contextTokens > 0 ? this.#contextPairs / this.#contextTokens : 0;
  }

  /** Takes in what the step that ends now gave. */
  produced(outputTokens: number): void {
    this.#outputTokens = this.#outputTokens * DECAY + outputTokens;
  }
}
