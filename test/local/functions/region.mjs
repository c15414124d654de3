export const handler = async (_event, { invokedFunctionArn }) => [process.env.AWS_REGION, invokedFunctionArn];
