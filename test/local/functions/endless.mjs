export const config = { timeout: 1 };

export const handler = async () => {
  console.log('looping');
  for (;;);
};
