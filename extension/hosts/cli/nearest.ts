import leven from 'leven';

/** The name that was probably meant; undefined when none is near. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  const distances = names.map((name) => ({ name, distance: leven(word.toLowerCase(), name) }));
  const [first] = distances.sort((a, b) => a.distance - b.distance);
  return first !== undefined && first.distance <= Math.max(2, first.name.length / 3) ? first.name : undefined;
}
