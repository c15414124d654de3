export async function local(words: readonly string[]): Promise<number> { return words.length; }
