export const handler = async () => {
  throw 'only a text';
};
