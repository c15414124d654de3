/** Writes more log than the 4 KB that the log tail holds, not all of it ASCII. */
export const config = { description: 'Writes a long log' };

export async function handler({ lines = 100 }) {
  for (let line = 1; line <= lines; line++) console.log(`Zeile ${line}: grüßt Ωmega, 東京 und 🚀`);
  process.stderr.write('written to stderr\n');
  return { lines };
}
