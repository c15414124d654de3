// Lists what is in the bundles as CycloneDX: `npm run sbom` builds, and writes dist/sbom.cdx.json. No time and no random
// number is in it, so that the same commit gives the same bytes.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
const { packages } = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8'));

/** The notices are written from the modules of the bundles: what is in them, and nothing else. */
const notices = readFileSync(`${root}dist/THIRD-PARTY-NOTICES.txt`, 'utf8').split(/\n={80}\n\n/);
const components = notices.map((notice) => {
  const [, name, version, license] = /^(\S+) (\S+) \((.+)\)$/.exec(notice.split('\n')[0]) ?? [];
  if (name === undefined) throw new Error(`not a notice: ${notice.slice(0, 80)}`);
  return componentOf(name, version, license);
});

function componentOf(name, version, license) {
  const entry = Object.entries(packages).find(
    ([path, { version: own }]) => path.endsWith(`node_modules/${name}`) && own === version,
  )?.[1];
  if (entry?.integrity === undefined) throw new Error(`package-lock.json has no integrity of ${name} ${version}`);
  const [algorithm, digest] = entry.integrity.split('-');
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  return {
    ...{ type: 'library', 'bom-ref': purl, name, version, purl },
    licenses: [{ license: { id: license } }],
    hashes: [{ alg: algorithm.replace('sha', 'SHA-'), content: Buffer.from(digest, 'base64').toString('hex') }],
  };
}

const { name, version } = manifest;
const ref = `pkg:npm/${name}@${version}`;
const content = {
  metadata: { component: { type: 'application', 'bom-ref': ref, name, version, purl: ref } },
  components,
  dependencies: [{ ref, dependsOn: components.map((component) => component['bom-ref']) }],
};
const digest = createHash('sha256').update(JSON.stringify(content)).digest('hex');
const parts = [digest.slice(0, 8), digest.slice(8, 12), `8${digest.slice(13, 16)}`, `a${digest.slice(17, 20)}`];
const serialNumber = `urn:uuid:${[...parts, digest.slice(20, 32)].join('-')}`;
const document = { bomFormat: 'CycloneDX', specVersion: '1.6', serialNumber, version: 1, ...content };
writeFileSync(`${root}dist/sbom.cdx.json`, `${JSON.stringify(document, null, 2)}\n`);
console.log(`dist/sbom.cdx.json: ${components.length} packages`);
