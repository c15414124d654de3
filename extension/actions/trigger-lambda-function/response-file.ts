import { createHash } from 'node:crypto';
import { JsonCheck } from '../../formats/json-check.ts';
import type { Log, Ports } from '../../ports.ts';
import { beginningOf, type Kept, type PayloadStore } from './payload-store.ts';
import { openTaskFile } from './task-file.ts';

const field = 'response_file';

/** Opens the file that takes the payload. Throws ValidationError. */
export async function openResponseFile(
  path: string,
  ports: Pick<Ports, 'openFile' | 'clock' | 'log'>,
): Promise<PayloadStore> {
  const file = await openTaskFile(field, path, ports);
  const hash = createHash('sha256');
  const json = new JsonCheck();
  const beginning = beginningOf();
  let bytes = 0;
  return {
    async receive(chunk) {
      bytes += chunk.length;
      hash.update(chunk);
      json.write(chunk);
      beginning.take(chunk);
      await file.write(chunk);
    },

    async keep(log: Log): Promise<Kept> {
      await file.commit();
      const head = beginning.decoded(log);
      if (file.fault !== null) {
        const message = `${file.fault}: ${path}. The function had run to its end before`;
        return { payload: beginning.isWhole ? head : null, head, problem: { name: 'FileError', message, field } };
      }
      log.info(`The payload of ${bytes} bytes is in ${path}`);
      const saved = { kind: 'saved', path, bytes, sha256: hash.digest('hex'), isJson: json.end() } as const;
      return { payload: saved, head, problem: null };
    },

    discard: () => file.discard(),
  };
}
