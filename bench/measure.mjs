// Measures whole processes in turn, so that a machine whose speed drifts drifts for all of them alike.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const gnuTime = '/usr/bin/time';

/** Runs each contender once a round; gives back every figure of every round: wall and cpu in ms, peak in MB. */
export function measure(contenders, rounds, folder) {
  const figures = contenders.map(() => []);
  for (let round = -1; round < rounds; round += 1) {
    contenders.forEach((contender, index) => {
      const figure = runOnce(contender, `${folder}/time`);
      if (round >= 0) figures[index].push(figure); // the first round warms the disk's cache
    });
  }
  return figures;
}

function runOnce({ name, command, env = {} }, timeFile) {
  const timed = existsSync(gnuTime);
  const words = timed ? [gnuTime, '-f', '%U %S %M', '-o', timeFile, ...command] : command;
  const begin = process.hrtime.bigint();
  const { status, stderr } = spawnSync(words[0], words.slice(1), {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 2 ** 20,
  });
  const wall = Number(process.hrtime.bigint() - begin) / 1e6;
  if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`);
  if (!timed) return { wall, cpu: Number.NaN, peak: Number.NaN };
  const [user, system, peak] = readFileSync(timeFile, 'utf8').split(' ').map(Number);
  return { wall, cpu: (user + system) * 1000, peak: peak / 1024 };
}

export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The median of the ratios round by round, which a passing load disturbs less than a ratio of medians. */
export function ratio(a, b, figure) {
  return median(a.map((entry, round) => entry[figure] / b[round][figure]));
}
