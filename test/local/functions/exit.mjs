export const handler = async ({ code }) => {
  console.log('leaving');
  process.exit(code);
};
