export const handler = async () => {
  setImmediate(() => {
    throw new URIError('nobody catches me');
  });
  await new Promise((resolve) => setTimeout(resolve, 60_000));
};
