exports.handler = async () => ({ module: typeof require });
