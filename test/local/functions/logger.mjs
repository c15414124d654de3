console.log('loaded');

/** Logs what its event lists, in the ways in which a function can. */
export const handler = async ({ lines = [], raw, fail, count = 0 }) => {
  for (const line of lines) console.log(line);
  for (let line = 1; line <= count; line++) console.log(`line ${line}`);
  if (raw !== undefined) process.stdout.write(raw);
  if (fail !== undefined) throw new RangeError(fail);
};
