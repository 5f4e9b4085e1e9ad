/** The rules that a step can be verified by. */
export const verifyRules = ['greedy', 'exact', 'redrafter'] as const;
export type VerifyRule = (typeof verifyRules)[number];
