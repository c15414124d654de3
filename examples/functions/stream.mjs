/** Streams lines of text: `{"lines":100,"failAfter":50}` breaks off with an error after 50 of them. */
export const config = { description: 'Streams lines of text' };

export const handler = awslambda.streamifyResponse(async ({ lines = 3, failAfter }, stream) => {
  stream.setContentType('text/plain; charset=utf-8');
  for (let line = 1; line <= lines; line++) {
    // A stream that is full says so: more is written when it has drained.
    if (!stream.write(`Zeile ${line}: 東京 🚀\n`)) await new Promise((resolve) => stream.once('drain', resolve));
    if (line === failAfter) throw new RangeError(`Failed after line ${line}`);
  }
  stream.end();
});
