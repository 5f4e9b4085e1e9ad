import type { Scenario } from '../scenario/scenario.ts';

/**
 * A short name for a complete scenario: 64 bits of its JSON as 16 hex digits, by integer
 * arithmetic alone (two lanes of multiply and xor in the manner of MurmurHash3, with its
 * finaliser). Equal scenarios have equal keys; a complete scenario is always written in the order
 * of the table of fields, so its JSON is canonical.
 */
export function scenarioKey(scenario: Scenario): string {
  return hashText(JSON.stringify(scenario));
}

/** 64 bits of a text as 16 hex digits. */
export function hashText(text: string): string {
  let low = 0x9e3779b9;
  let high = 0x85ebca77;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    low = Math.imul(low ^ code, 0x9e3779b1);
    high = Math.imul(high ^ code, 0x5f356495);
    low ^= low >>> 15;
    high ^= high >>> 13;
  }
  const a = finalise(low ^ Math.imul(high, 0xc2b2ae35));
  const b = finalise(high ^ Math.imul(a, 0x27d4eb2f) ^ text.length);
  return a.toString(16).padStart(8, '0') + b.toString(16).padStart(8, '0');
}

function finalise(value: number): number {
  let z = value;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) >>> 0;
}
