import type { PerFunction } from './limits.ts';

/** Reads `10` and `order=2` as limits of every function and of one; `wrong` is a word that is none. */
export function concurrencyOf(words: readonly string[]): PerFunction | { readonly wrong: string } {
  return limitsOf(words, (text) => (/^[1-9]\d{0,5}$/.test(text) ? Number(text) : null));
}

const perSecond: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** Reads `10/s`, `30/m` and `order=0.5/s` as calls a second. */
export function rateOf(words: readonly string[]): PerFunction | { readonly wrong: string } {
  return limitsOf(words, (text) => {
    const [, count, unit = 's'] = /^(\d{1,6}(?:\.\d{1,3})?)(?:\/([smh]))?$/.exec(text) ?? [];
    const rate = Number(count) / (perSecond[unit] ?? 1);
    return rate > 0 ? rate : null;
  });
}

function limitsOf(
  words: readonly string[],
  read: (text: string) => number | null,
): PerFunction | { readonly wrong: string } {
  let all = Number.POSITIVE_INFINITY;
  const byName = new Map<string, number>();
  for (const word of words) {
    const at = word.lastIndexOf('=');
    const value = read(word.slice(at + 1));
    if (value === null || at === 0) return { wrong: word };
    if (at === -1) all = value;
    else byName.set(word.slice(0, at), value);
  }
  return { all, byName };
}
