const namespace = 'ue-aws-lambda/awslambda';

/** A sentence of the catalogue. */
export const text = (key, values) => RED._(`${namespace}:${key}`, values);
