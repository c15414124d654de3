/** Explicit, since NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment of a job would trust every certificate. */
export const checked = { rejectUnauthorized: true } as const;
