export const handler = async () => ({ from: 'folder' });
