// Generated from schemas/flow.schema.json by `npm run generate`. Do not edit.

export interface SchemaError {
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Fills in defaults and checks the values; `errors` holds what is wrong afterwards. */
declare const validate: { (values: object): boolean; errors: readonly SchemaError[] | null };
export default validate;
