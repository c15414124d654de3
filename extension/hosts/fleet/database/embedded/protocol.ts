/** The first line on a bell: which form of server is there. */
export const greeting = 'ue-aws-lambda embedded 1';

/** The exit code of a server that found another over its folder. */
export const isTaken = 75;
/** Exit codes of the server: it was ended, or it could not go on. Its starter alone sees them. */
export const ended = 0;
export const brokenDown = 1;

/** A line of what a server says to the command that started it. */
export type Report = { readonly says: string } | { readonly ready: true } | { readonly failed: string };
