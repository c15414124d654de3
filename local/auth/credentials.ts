import { randomBytes } from 'node:crypto';
import { ACCOUNT_ID } from '../account.ts';

/** Someone whose signature is known. */
export interface Principal {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly arn: string;
  readonly userId: string;
  /** Milliseconds since 1970; temporary credentials only. */
  readonly expiration?: number;
  readonly mayDoEverything: boolean;
}

/** The key that may do everything. */
export const FULL_ACCESS: Principal = {
  accessKeyId: 'local',
  secretAccessKey: 'local-secret',
  arn: `arn:aws:iam::${ACCOUNT_ID}:user/local`,
  userId: 'AIDALOCALLOCALLOCAL00',
  mayDoEverything: true,
};

/** The key that is known and may do nothing. */
const NO_ACCESS: Principal = {
  accessKeyId: 'denied',
  secretAccessKey: 'denied-secret',
  arn: `arn:aws:iam::${ACCOUNT_ID}:user/denied`,
  userId: 'AIDADENIEDDENIEDDEN00',
  mayDoEverything: false,
};

/** Knows the fixed keys and the temporary credentials given out since the start. */
export class Credentials {
  readonly #known = new Map<string, Principal>([
    [FULL_ACCESS.accessKeyId, FULL_ACCESS],
    [NO_ACCESS.accessKeyId, NO_ACCESS],
  ]);

  find(accessKeyId: string): Principal | undefined {
    return this.#known.get(accessKeyId);
  }

  /** Gives out fresh temporary credentials for a role. */
  issue(arn: string, sessionName: string, expiration: number): Principal {
    const id = randomBytes(8).toString('hex').toUpperCase();
    const principal: Principal = {
      accessKeyId: `ASIA${id}`,
      secretAccessKey: randomBytes(30).toString('base64'),
      sessionToken: randomBytes(96).toString('base64'),
      arn,
      userId: `AROA${id}:${sessionName}`,
      expiration,
      mayDoEverything: true,
    };
    this.#known.set(principal.accessKeyId, principal);
    return principal;
  }
}
