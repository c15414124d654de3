// Generated from schemas/connection.schema.json by `npm run generate`. Do not edit.

/** A connection profile. */
export interface ConnectionProfile {
  /** What metadata.connectionId holds. Unset: the name. */
  readonly id?: string | undefined;
  /** A descriptive name for this profile. */
  readonly name: string;
  /** What the connection is for. */
  readonly description?: string | undefined;
  /** The AWS region in which the functions are deployed. */
  readonly region?: string | undefined;
  /** Unset, together with the secret access key: the default credential chain. */
  readonly accessKeyId?: string | undefined;
  /** Required when the access key id is set. */
  readonly secretAccessKey?: string | undefined;
  /** STS session token of temporary credentials. */
  readonly sessionToken?: string | undefined;
  /** IAM role to assume before calling Lambda. */
  readonly roleArn?: string | undefined;
  /** External id that the role's trust policy asks for. */
  readonly roleExternalId?: string | undefined;
  /** Session name of the assumed role, as seen in CloudTrail. Unset: ue-aws-lambda. */
  readonly roleSessionName?: string | undefined;
  /** Lifetime of the assumed role's credentials. Unset: 3600. */
  readonly roleDurationSeconds?: number | undefined;
  /** URL of STS. Unset: the region's endpoint. */
  readonly stsEndpointUrl?: string | undefined;
  /** URL of Lambda, such as http://localhost:4566 for LocalStack. Unset: AWS Lambda. */
  readonly endpointUrl?: string | undefined;
  /** Default timeout of an invocation. Lambda runs a synchronous call for at most 1800 s. */
  readonly timeout?: number | undefined;
  /** For DNS, TCP, proxy CONNECT and TLS together. */
  readonly connectTimeout?: number | undefined;
  /** Number of attempts. Only failures that prove that nothing was executed are retried. */
  readonly maxAttempts?: number | undefined;
  /** http://host:port or https://host:port; two entries, one of each scheme, are separated by a comma. Never with a password. */
  readonly proxy?: string | undefined;
  /** User for the proxy. */
  readonly proxyUser?: string | undefined;
  /** Password for the proxy. */
  readonly proxyPassword?: string | undefined;
  /** Path of a PEM file with the certificates to trust for the TLS to the proxy. */
  readonly proxyCaBundleFile?: string | undefined;
}

export interface ProfileFieldFacts {
  readonly title: string;
  readonly rule: string;
  readonly type: 'string' | 'integer';
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  /** A secret: taken, never given back. */
  readonly writeOnly?: boolean;
  readonly default?: string | number;
  readonly required?: boolean;
  /** The fields that must be set when this one is. */
  readonly needs?: readonly string[];
}

export const profileFields: Readonly<Record<keyof ConnectionProfile, ProfileFieldFacts>> = {
  id: {"title":"Connection ID","rule":"must be 1 to 100 characters","type":"string","minLength":1,"maxLength":100},
  name: {"title":"Profile Name","rule":"must be a descriptive name of at most 100 characters","type":"string","maxLength":100,"pattern":"\\S","required":true},
  description: {"title":"Description","rule":"must be at most 1000 characters","type":"string","maxLength":1000},
  region: {"title":"Region","rule":"must be the code of an AWS region, such as us-east-1","type":"string","pattern":"^[a-z0-9][a-z0-9-]{0,62}$","default":"us-east-1"},
  accessKeyId: {"title":"Access Key ID","rule":"must be an access key id, without blanks","type":"string","pattern":"^[\\x21-\\x7e]+$","writeOnly":true,"needs":["secretAccessKey"]},
  secretAccessKey: {"title":"Secret Access Key","rule":"must be a secret access key, without blanks","type":"string","pattern":"^[\\x21-\\x7e]+$","writeOnly":true,"needs":["accessKeyId"]},
  sessionToken: {"title":"Session Token","rule":"must be an STS session token, without blanks","type":"string","pattern":"^[\\x21-\\x7e]+$","writeOnly":true,"needs":["accessKeyId"]},
  roleArn: {"title":"Role ARN","rule":"must be the ARN of an IAM role, such as arn:aws:iam::123456789012:role/invoke","type":"string","pattern":"^arn:aws[a-z-]*:iam::[0-9]{12}:role/[\\x21-\\x7e]{1,600}$"},
  roleExternalId: {"title":"External ID","rule":"must be 2 to 1224 letters, digits or _+=,.@:/-","type":"string","pattern":"^[A-Za-z0-9_+=,.@:/-]{2,1224}$","needs":["roleArn"]},
  roleSessionName: {"title":"Session Name","rule":"must be 2 to 64 letters, digits or _+=,.@-","type":"string","pattern":"^[A-Za-z0-9_+=,.@-]{2,64}$","needs":["roleArn"]},
  roleDurationSeconds: {"title":"Session Duration (seconds)","rule":"must be a whole number of seconds from 900 to 43200","type":"integer","minimum":900,"maximum":43200,"needs":["roleArn"]},
  stsEndpointUrl: {"title":"STS Endpoint","rule":"must be an http or https URL, such as http://localhost:4566","type":"string","pattern":"^[Hh][Tt][Tt][Pp][Ss]?://[^/]","needs":["roleArn"]},
  endpointUrl: {"title":"Custom Endpoint","rule":"must be an http or https URL, such as http://localhost:4566","type":"string","pattern":"^[Hh][Tt][Tt][Pp][Ss]?://[^/]"},
  timeout: {"title":"Request Timeout (seconds)","rule":"must be a whole number of seconds from 1 to 1800","type":"integer","minimum":1,"maximum":1800,"default":60},
  connectTimeout: {"title":"Connect Timeout (seconds)","rule":"must be a whole number of seconds from 1 to 60","type":"integer","minimum":1,"maximum":60,"default":10},
  maxAttempts: {"title":"Attempts","rule":"must be a whole number from 1 to 10","type":"integer","minimum":1,"maximum":10,"default":3},
  proxy: {"title":"Proxy","rule":"must be a URL with a scheme, such as http://proxy.example.com:3128","type":"string","minLength":1},
  proxyUser: {"title":"Proxy User","rule":"must be the proxy's user, without a colon","type":"string","pattern":"^[^:\\x00-\\x1f\\x7f]+$","needs":["proxyPassword","proxy"]},
  proxyPassword: {"title":"Proxy Password","rule":"must be the proxy's password, on one line","type":"string","pattern":"^[^\\x00-\\x1f\\x7f]+$","writeOnly":true,"needs":["proxyUser","proxy"]},
  proxyCaBundleFile: {"title":"Proxy CA File","rule":"must be the path of a PEM file","type":"string","minLength":1,"needs":["proxy"]},
};
