/** A way to spoil a file of bytes, by name. */
export type Damage = readonly [name: string, spoil: (bytes: Buffer) => Buffer];

/** `count` damages of each kind, spread over the whole file. */
export function damages(count: number): readonly Damage[] {
  return kinds.flatMap(([name, spoil]) =>
    Array.from({ length: count }, (_, i): Damage => {
      const share = (i + 0.5) / count;
      return [`${name} at ${Math.round(share * 100)} %`, (bytes) => spoil(bytes, Math.floor(bytes.length * share), i)];
    }),
  );
}

const kinds: readonly (readonly [string, (bytes: Buffer, at: number, i: number) => Buffer])[] = [
  ['a flipped bit', (bytes, at, i) => changed(bytes, at, [(bytes[at] as number) ^ (1 << (i % 8))])],
  ['one other byte', (bytes, at) => changed(bytes, at, [(bytes[at] as number) + 1])],
  ['a range of zeros', (bytes, at, i) => nonZero(bytes).fill(0, at, at + 1 + 8 * i)],
  ['a range of ones', (bytes, at, i) => Buffer.from(bytes).fill(0xff, at, at + 16 + 8 * i)],
  ['a cut', (bytes, at) => bytes.subarray(0, at)],
  ['a lost beginning', (bytes, at) => bytes.subarray(at)],
  ['a lost middle', (bytes, at, i) => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + i)])],
  [
    'bytes put in',
    (bytes, at, i) => Buffer.concat([bytes.subarray(0, at), Buffer.alloc(1 + i, i), bytes.subarray(at)]),
  ],
  ['bytes appended', (bytes, _, i) => Buffer.concat([bytes, Buffer.alloc(1 + i * i, i)])],
  ['two parts exchanged', (bytes, at) => Buffer.concat([bytes.subarray(at), bytes.subarray(0, at)])],
];

function changed(bytes: Buffer, at: number, values: readonly number[]): Buffer {
  const copy = Buffer.from(bytes);
  copy.set(values, at);
  return copy;
}

/** A copy in which no byte is zero already, so that zeroing changes it. */
const nonZero = (bytes: Buffer) => Buffer.from(bytes.map((byte) => byte || 1));
