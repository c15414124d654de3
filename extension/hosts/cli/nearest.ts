import leven from 'leven';

/** The name that was probably meant; undefined when none is near. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  const begun = word.length >= 4 ? names.find((name) => name.toLowerCase().startsWith(word.toLowerCase())) : undefined;
  if (begun !== undefined) return begun;
  const distances = names.map((name) => ({ name, distance: leven(word.toLowerCase(), name.toLowerCase()) }));
  const [first] = distances.sort((a, b) => a.distance - b.distance);
  return first !== undefined && first.distance <= Math.max(2, first.name.length / 3) ? first.name : undefined;
}
