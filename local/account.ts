/** The account that all functions, users and roles of the local endpoint belong to. */
export const ACCOUNT_ID = '123456789012';
