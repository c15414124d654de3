import { closeSync, existsSync, fsyncSync, openSync, readdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/** The parts of PGlite's own file system that are needed here. */
interface NodeFiles {
  readonly stream_ops: { fsync?: (stream: Stream) => number };
  realPath(node: unknown): string;
}
interface Stream {
  readonly nfd?: number | null;
  readonly node: unknown;
}
interface Module {
  readonly FS: { readonly filesystems: { readonly NODEFS: NodeFiles } };
}

/** PGlite's files, with the fsync that it leaves out: what PostgreSQL wants on the disk is there when it goes on. */
class SyncedFiles extends NodeFS {
  override async init(...[database, options]: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const made = await super.init(database, options);
    const sync = (module: unknown) => {
      const files = (module as Module).FS.filesystems.NODEFS;
      files.stream_ops.fsync = ({ nfd, node }) => {
        if (typeof nfd === 'number') fsyncSync(nfd);
        else syncFile(files.realPath(node));
        return 0;
      };
    };
    made.emscriptenOpts.preRun = [...(made.emscriptenOpts.preRun ?? []), sync];
    return made;
  }
}

/** Of the first word: what PGlite starts PostgreSQL with, less the switch that turns fsync off. */
const startParams = [
  ...PGlite.defaultStartParams.filter((word) => word !== '-F'),
  // Of PostgreSQL's ways of syncing its log, PGlite does nothing for fdatasync, its default.
  ...['-c', 'fsync=on', '-c', 'wal_sync_method=fsync', '-c', 'log_checkpoints=off'],
];

/** Opens the database in a folder; makes it first when there is none, whole or not at all. */
export async function openFiles(folder: string, say: (message: string) => void): Promise<PGlite> {
  if (!existsSync(folder)) {
    say('making the embedded database, once');
    const fresh = `${folder}.new`;
    const made = await PGlite.create({ fs: new NodeFS(fresh) });
    await made.close();
    syncTree(fresh);
    renameSync(fresh, folder);
    syncFile(dirname(folder));
  }
  return PGlite.create({ fs: new SyncedFiles(folder), startParams });
}

function syncTree(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) syncTree(path);
    else syncFile(path);
  }
  syncFile(folder);
}

function syncFile(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
