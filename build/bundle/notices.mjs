// Collects the licences of the packages whose code is in a bundle.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** Writes name, version, licence and licence texts of every package that a module of the bundle belongs to. */
export async function writeNotices(modules, file) {
  const folders = new Set(modules.map((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0]).filter(Boolean));
  const notices = [...folders].sort().map(noticeOf);
  writeFileSync(file, notices.join(`\n${'='.repeat(80)}\n\n`));
}

function noticeOf(folder) {
  const manifest = `${folder}/package.json`;
  const { name, version, license } = existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')) : {};
  const texts = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
    .map((file) => readFileSync(`${folder}/${file}`, 'utf8').trim());
  return `${name} ${version} (${license})\n\n${texts.join('\n\n')}\n`;
}
