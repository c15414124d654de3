// Prints the fault matrix as a table; with --write puts it into docs/did-my-function-run.md.
import { readFile, writeFile } from 'node:fs/promises';

const root = new URL('../../', import.meta.url);
const page = new URL('docs/did-my-function-run.md', root);
const { routes, rows } = JSON.parse(await readFile(new URL('test/cases/fault-matrix.json', root), 'utf8'));

const words = {
  0: '0 success',
  1: '1 refused',
  3: '3 not authorized',
  10: '10 connection',
  11: '11 proxy',
  21: '21 no answer in time',
};

/** Names a set of routes by what they have in common. */
function onRoutes(names) {
  const all = Object.keys(routes);
  const groups = {
    'every route': () => true,
    direct: ({ proxy }) => proxy === undefined,
    'through any proxy': ({ proxy }) => proxy !== undefined,
    'through an http proxy': ({ proxy }) => proxy === 'http',
    'through a TLS proxy': ({ proxy }) => proxy === 'https',
    'https through any proxy': ({ proxy, target }) => proxy !== undefined && target === 'https',
  };
  const same = (test) => all.filter((name) => test(routes[name])).join() === names.join();
  return Object.keys(groups).find((group) => same(groups[group])) ?? names.join('; ');
}

export function table() {
  const lines = rows.map(({ at, fault, type, routes: names, exit, execution, attempts, received, executed }) => {
    const what = fault === 'none' ? ['–', 'no fault'] : [at, fault];
    const cells = [...what, type ?? 'Request Response', onRoutes(names), words[exit], `\`${execution}\``];
    return `| ${[...cells, attempts > 1 ? 'yes' : 'no', received, executed].join(' | ')} |`;
  });
  const head = [
    'fails at',
    'fault',
    'invocation',
    'route',
    'exit',
    '`execution`',
    'retried',
    'requests seen',
    'function runs',
  ];
  return [`| ${head.join(' | ')} |`, `|${head.map(() => '---').join('|')}|`, ...lines].join('\n');
}

const begin = '<!-- fault matrix -->';
const end = '<!-- end of fault matrix -->';

if (process.argv.includes('--write')) {
  const text = await readFile(page, 'utf8');
  const [before] = text.split(begin);
  const [, after] = text.split(end);
  await writeFile(page, `${before}${begin}\n\n${table()}\n\n${end}${after}`);
} else {
  process.stdout.write(`${table()}\n`);
}
