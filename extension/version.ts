/** The name and version that the extension output and the user agent carry; a test holds them to package.json. */
export const name = 'ue-aws-lambda';
export const version = '2.1.0';
