// Fails the build when a bundle needs a package that is not in it: what is installed around it would be run instead.
import { isBuiltin } from 'node:module';

export const selfContained = {
  name: 'self-contained',
  generateBundle(_options, bundle) {
    for (const { fileName, imports = [], dynamicImports = [] } of Object.values(bundle)) {
      const foreign = [...imports, ...dynamicImports].filter((name) => !isBuiltin(name) && !(name in bundle));
      if (foreign.length > 0) throw new Error(`${fileName} needs what is not in the bundle: ${foreign.join(', ')}`);
    }
  },
};
