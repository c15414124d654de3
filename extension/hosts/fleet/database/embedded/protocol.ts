/** The first line on a bell: which form of server is there. */
export const greeting = 'ue-aws-lambda embedded 1';

/** The exit code of a server that found another over its folder. */
export const isTaken = 75;

/** A line of what a server says to the command that started it. */
export type Report = { readonly says: string } | { readonly ready: true } | { readonly failed: string };
