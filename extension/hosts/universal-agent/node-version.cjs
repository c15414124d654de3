// Loaded by node before the program, and kept to syntax that a far too old Node understands: it says what is wrong when
// this Node cannot read the program. extension.py knows exit code 78 as "the host is not set up".
// biome-ignore lint/style/useNodejsImportProtocol: Node before 14.18 does not know it
const { writeSync } = require('fs');

const wanted = [20, 19];
const found = process.versions.node.split('.').map(Number);

if (found[0] < wanted[0] || (found[0] === wanted[0] && found[1] < wanted[1])) {
  writeSync(
    2,
    `ERROR Node.js ${process.versions.node} (${process.execPath}) is too old: install Node.js ${wanted.join('.')} or ` +
      'later, name another one in the environment variable UE_AWS_LAMBDA_NODE, or use the standalone package\n',
  );
  process.exit(78);
}
