export const handler = async () => '\ud83d';
