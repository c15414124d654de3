// Required before the program: at SIGUSR2 it collects its garbage and says how large its heap is.
process.on('SIGUSR2', () => {
  globalThis.gc();
  globalThis.gc();
  process.stderr.write(`HEAP ${process.memoryUsage().heapUsed}\n`);
});
