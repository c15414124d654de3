import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentialIdentity, Checksum } from '@smithy/types';

/** What a signature is made for, besides the request. */
export interface SigningScope {
  readonly signingName: string;
  readonly region: string;
}

interface Kept extends SigningScope {
  readonly signer: SignatureV4;
}

const signers = new WeakMap<AwsCredentialIdentity, Kept>();

/** The SDK's signer for these keys: one for all requests, so that its key is derived once a day. */
export function signerFor({ signingName, region }: SigningScope, identity: AwsCredentialIdentity): SignatureV4 {
  const known = signers.get(identity);
  if (known?.signingName === signingName && known.region === region) return known.signer;
  const settings = { service: signingName, region, credentials: identity, sha256: Sha256, applyChecksum: true };
  const signer = keepingKey(new SignatureV4(settings));
  signers.set(identity, { signingName, region, signer });
  return signer;
}

type DeriveKey<Key> = (
  credentials: AwsCredentialIdentity,
  region: string,
  date: string,
  service?: string,
) => Promise<Key>;

/**
 * The SDK's own cache of keys costs an HMAC of the secret for each request. This goes before it, and keeps a KeyObject: an
 * HMAC with bytes takes Node 24.21 seven times as long.
 */
function keepingKey(signer: SignatureV4): SignatureV4 {
  const derive = Reflect.get(signer, 'getSigningKey') as DeriveKey<Uint8Array>;
  let kept: { readonly scope: string; readonly key: Promise<KeyObject> } | undefined;
  const getSigningKey: DeriveKey<KeyObject> = (credentials, region, date, service) => {
    const scope = `${date}/${region}/${service}`;
    if (kept?.scope !== scope) {
      kept = { scope, key: derive.call(signer, credentials, region, date, service).then(createSecretKey) };
    }
    return kept.key;
  };
  return Object.assign(signer, { getSigningKey });
}

/** SHA-256 and its HMAC in one step. The SDK's class can go on after a digest, and copies its state for that. */
class Sha256 implements Checksum {
  readonly digestLength = 32;
  readonly #secret: KeyObject | Uint8Array | string | undefined;
  #data: Uint8Array | undefined;

  constructor(secret?: unknown) {
    this.#secret = secret as KeyObject | Uint8Array | string | undefined;
  }

  update(data: Uint8Array): void {
    this.#data = this.#data === undefined ? data : Buffer.concat([this.#data, data]);
  }

  async digest(): Promise<Uint8Array> {
    const data = this.#data ?? '';
    const secret = this.#secret;
    return secret === undefined ? hash('sha256', data, 'buffer') : createHmac('sha256', secret).update(data).digest();
  }

  reset(): void {
    this.#data = undefined;
  }
}
