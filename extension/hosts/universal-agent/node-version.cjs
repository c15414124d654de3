// Loaded by node before the program, and kept to syntax that a far too old Node understands: it says what is wrong when
// this Node cannot read the program. extension.py knows exit code 78 as "the host is not set up".
const wanted = [20, 19];
const found = process.versions.node.split('.').map(Number);

if (found[0] < wanted[0] || (found[0] === wanted[0] && found[1] < wanted[1])) {
  process.stderr.write(
    `ERROR Node.js ${process.versions.node} (${process.execPath}) is too old: install Node.js ${wanted.join('.')} or ` +
      'later, name another one in the environment variable UE_AWS_LAMBDA_NODE, or use the standalone package\n',
    () => process.exit(78),
  );
  // Nothing of the program may run while the message is on its way.
  process.argv.length = 1;
  throw new Error('This Node is too old.');
}
