/** placeholder */
export async function people(command: string | undefined, words: readonly string[]): Promise<number> {
  if (command === 'local') return (await import('./local.ts')).local(words);
  return 20;
}
