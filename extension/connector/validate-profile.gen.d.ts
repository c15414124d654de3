// Generated from schemas/connection.schema.json by `npm run generate`. Do not edit.

export interface ProfileSchemaError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Fills in defaults and checks a profile; what is wrong stands in `errors` afterwards. */
declare const validate: { (profile: object): boolean; errors: readonly ProfileSchemaError[] | null };
export default validate;
