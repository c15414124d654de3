import type { Stats } from 'node:fs';

/** Thrown when a file cannot be used. Its message is a clause that follows the name of the field or the flag. */
export class FileError extends Error {
  override readonly name = 'FileError';
  /** As node:fs gives it; ENOTREG when the path is none of a regular file, EFBIG when the file is too large. */
  readonly code: string;
  /** Bytes of a file that is too large, when it says how many. */
  readonly size: number | null;

  constructor(code: string, message: string, { cause, size = null }: { cause?: unknown; size?: number | null } = {}) {
    super(message, { cause });
    this.code = code;
    this.size = size;
  }
}

/** Makes the clause for a fault of the file system. */
export function fileError(error: unknown, participle: 'read' | 'written'): FileError {
  if (error instanceof FileError) return error;
  const { code = 'unknown reason' } = error as NodeJS.ErrnoException;
  const remedy = remedies[code] ?? 'check the path and its permissions';
  return new FileError(code, `cannot be ${participle} (${code}); ${remedy}`, { cause: error });
}

const remedies: Readonly<Record<string, string>> = {
  EDQUOT: 'the disk quota is used up, free some space',
  EISDIR: 'it is a directory, give the path of a file',
  ELOOP: 'its symbolic links go round in a circle',
  ENOSPC: 'the disk is full, free some space',
  EROFS: 'the file system is read-only',
};

/** Refuses what is no regular file. */
export function notRegular(found: Stats, participle: 'read' | 'written'): FileError {
  if (found.isDirectory()) return fileError({ code: 'EISDIR' }, participle);
  return new FileError('ENOTREG', `is ${kindOf(found)}; give the path of a regular file`);
}

function kindOf(found: Stats): string {
  if (found.isFIFO()) return 'a FIFO (named pipe)';
  if (found.isSocket()) return 'a socket';
  return found.isBlockDevice() ? 'a block device' : 'a character device';
}

/** Refuses what is larger than allowed; `size` is null when it has no known end. */
export function tooLarge(limit: number, size: number | null): FileError {
  const count = (bytes: number) => bytes.toLocaleString('en-US');
  const has = size === null ? `more than ${count(limit)}` : count(size);
  return new FileError('EFBIG', `has ${has} bytes; at most ${count(limit)} are allowed`, { size });
}
