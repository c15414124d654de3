exports.handler = () => ({ lost: 'Lambda gives null for a value that is neither awaited nor called back' });
