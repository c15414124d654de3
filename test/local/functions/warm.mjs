let calls = 0;

export const handler = async () => {
  calls += 1;
  return { calls, pid: process.pid };
};
