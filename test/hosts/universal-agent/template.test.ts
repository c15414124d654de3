import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';

interface Property {
  readonly title: string;
  readonly 'x-kind': string;
  readonly 'x-json-only'?: true;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly description: string;
}

interface Choice {
  readonly fieldValue: string;
  readonly fieldValueLabel?: string;
  readonly sequence: number;
  readonly sysId: string;
  readonly useFieldValueForLabel: boolean;
}

interface Field {
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly fieldType: string;
  readonly fieldMapping: string;
  readonly fieldRestriction: string;
  readonly fieldValue: string | null;
  readonly choices: readonly Choice[];
  readonly intFieldMin: number | null;
  readonly intFieldMax: number | null;
  readonly required: boolean;
  readonly requireIfVisible: boolean;
  readonly showIfField: string | null;
  readonly showIfFieldValue: string | null;
  readonly formStartRow: boolean;
  readonly formEndRow: boolean;
  readonly formColumnSpan: number;
  readonly sequence: number;
  readonly sysId: string;
}

interface Template {
  readonly [key: string]: unknown;
  readonly fields: readonly Field[];
  readonly sysId: string;
}

interface Slot {
  readonly type: string;
  readonly mapping: string;
  readonly sysId: string;
  readonly choices?: Readonly<Record<string, string>>;
}

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const text = read('template.json');
const template: Template = JSON.parse(text);
interface Rule {
  readonly if: { readonly properties: Readonly<Record<string, { readonly const: unknown }>> };
  readonly then: { readonly required: readonly string[] };
}
const schema: { properties: Record<string, Property>; allOf: Rule[] } = JSON.parse(read('schemas/fields.schema.json'));
const shipped: { template: string; fields: Record<string, Slot> } = JSON.parse(
  read('extension/hosts/universal-agent/shipped-fields.json'),
);
/** The fields of the Universal Template; the others are for JSON input only. */
const declared = Object.entries(schema.properties).filter(([, property]) => !property['x-json-only']);
const byName = new Map(template.fields.map((field) => [field.name, field]));
const byMapping = new Map(template.fields.map((field) => [field.fieldMapping, field]));
const inputs = template.fields.filter((field) => field.fieldRestriction === 'No Restriction');
const named = (name: string) => byName.get(name) as Field;

/** The keys of an export of a 7.2.0.0 Controller. */
const topLevelKeys = `agent agentCluster agentClusterVar agentFieldsRestriction agentType agentVar alwaysCancelOnFinish
  autoCleanup automaticOutputRetrievalFieldsRestriction broadcastCluster broadcastClusterVar commands createConsole
  credentialFieldsRestriction credentials credentialsVar description desktopInteract elevateUser environment
  environmentVariablesFieldsRestriction events exitCodeOutput exitCodeProcessing exitCodeProcessingFieldsRestriction
  exitCodeText exitCodes exportReleaseLevel extension fields iconDateCreated iconFilename iconFilesize logLevel
  minReleaseLevel name outputConditionOperator outputConditionStrategy outputConditionValue outputContentType
  outputFailureOnly outputPathExpression outputReturnFile outputReturnNline outputReturnSline outputReturnText
  outputReturnType outputType retainSysIds runtimeDir script scriptTypeWindows scriptUnix scriptWindows sendVariables
  sysId templateType useCommonScript variablePrefix waitForOutput`.split(/\s+/);
const fieldKeys = `arrayNameTitle arrayValueTitle booleanNoValue booleanValueType booleanYesValue choiceAllowEmpty
  choiceAllowMultiple choiceDynamic choiceFields choiceSortOption choices defaultListView fieldLength fieldMapping
  fieldRestriction fieldType fieldValue formColumnSpan formEndRow formStartRow hint intFieldMax intFieldMin label name
  noSpaceIfHidden preserveOutputOnRerun preserveValueIfHidden requireIfField requireIfFieldValue requireIfVisible
  required sequence showIfField showIfFieldValue sysId textType`.split(/\s+/);
const pools: Record<string, number> = { Text: 20, Integer: 10, Boolean: 15, Choice: 15, Credential: 6, Script: 4 };

describe('the export format', () => {
  test('has the 60 keys of an export and the 37 of every field, sorted', () => {
    expect(topLevelKeys).toHaveLength(60);
    expect(fieldKeys).toHaveLength(37);
    expect(Object.keys(template)).toEqual(topLevelKeys);
    for (const field of template.fields) expect(Object.keys(field)).toEqual(fieldKeys);
  });

  test('is an extension template: no script, the name of extension.yml', () => {
    expect(template).toMatchObject({
      name: 'AWS Lambda',
      extension: 'ue-aws-lambda',
      templateType: 'Extension',
      script: null,
      scriptUnix: null,
      scriptWindows: null,
      useCommonScript: false,
      exitCodeProcessing: 'Success Exitcode Range',
      exitCodes: '0',
      retainSysIds: true,
    });
  });

  test('gives every template, field and choice a sysId of its own', () => {
    const ids = [
      template.sysId,
      ...template.fields.flatMap((field) => [field.sysId, ...field.choices.map(({ sysId }) => sysId)]),
    ];
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
  });

  test('numbers fields and choices from 0 without a gap', () => {
    expect(template.fields.map(({ sequence }) => sequence)).toEqual(template.fields.map((_, index) => index));
    for (const { choices } of template.fields) {
      expect(choices.map(({ sequence }) => sequence)).toEqual(choices.map((_, index) => index));
    }
  });

  test('keeps to the limits of names, defaults and pools', () => {
    const mappings = template.fields.map(({ fieldMapping }) => fieldMapping);
    expect(new Set(mappings).size).toBe(mappings.length);
    expect(new Set(template.fields.map(({ name }) => name.toLowerCase())).size).toBe(template.fields.length);
    for (const field of template.fields) {
      expect(field.name).toMatch(/^[A-Za-z][A-Za-z0-9_]{0,27}$/);
      expect((field.fieldValue ?? '').length).toBeLessThanOrEqual(255);
      const [, pool, number] = /^(\w+) Field (\d+)$/.exec(field.fieldMapping) ?? [];
      expect(pool).toBe(field.fieldType);
      expect(Number(number)).toBeGreaterThanOrEqual(1);
      expect(Number(number)).toBeLessThanOrEqual(pools[field.fieldType] ?? 0);
    }
  });

  test('lays every row out over at most two columns', () => {
    let width = 0;
    for (const field of template.fields) {
      if (field.formStartRow) width = 0;
      width += field.formColumnSpan;
      expect(width).toBeLessThanOrEqual(2);
      expect(width > 0 && (field.formStartRow || width > field.formColumnSpan)).toBe(true);
    }
    expect(template.fields.filter(({ formStartRow }) => formStartRow)).toHaveLength(
      template.fields.filter(({ formEndRow }) => formEndRow).length,
    );
  });
});

describe('template and schema', () => {
  test('have the same fields, in both directions', () => {
    expect(inputs.map(({ name }) => name).sort()).toEqual(declared.map(([name]) => name).sort());
  });

  test.each(declared)('agree on %s', (name, property) => {
    const field = named(name);
    expect(field.fieldType.toLowerCase()).toBe(property['x-kind']);
    expect(field.label).toBe(property.title);
    expect(field.hint).toBe(property.description);
    expect(field.fieldValue).toBe(property.default === undefined ? null : String(property.default));
    expect(field.choices.map(({ fieldValue }) => fieldValue)).toEqual(property.enum ?? []);
    expect(field.intFieldMin).toBe(property.minimum ?? null);
    expect(field.intFieldMax).toBe(property.maximum ?? null);
  });

  test('labels every choice, by its value or by a label of its own', () => {
    for (const { choices } of template.fields) {
      for (const choice of choices) expect(choice.useFieldValueForLabel).toBe(choice.fieldValueLabel === undefined);
    }
  });
});

describe('the form', () => {
  test('begins with the fields of the original extension 1.2.0, in its order', () => {
    expect(template.fields.slice(0, 20).map(({ label }) => label)).toEqual([
      'Action',
      'AWS Region',
      'AWS Credentials',
      'Role Based Access',
      'Role ARN',
      'Function Name',
      'Invocation Type',
      'Log Type',
      'Payload Source',
      'Payload Script',
      'Client Context Source',
      'Client Context Script',
      'Use Proxy',
      'Proxy Type',
      'Proxy',
      'Proxy CA Bundle File',
      'Proxy Credentials',
      'Qualifier',
      'Wait For Completion Timeout',
      'Endpoint URL',
    ]);
  });

  test('hangs every visibility rule on values that an existing field can take', () => {
    for (const field of template.fields) {
      expect(field.showIfField === null).toBe(field.showIfFieldValue === null);
      if (field.showIfField === null || field.showIfFieldValue === null) continue;
      const parent = byMapping.get(field.showIfField) as Field;
      const values = parent.fieldType === 'Boolean' ? ['true', 'false'] : parent.choices.map((c) => c.fieldValue);
      for (const value of field.showIfFieldValue.split(',')) expect(values).toContain(value);
      expect(parent.sequence).toBeLessThan(field.sequence);
    }
  });

  test.each([
    ['role_arn', 'role_based_access', 'true'],
    ['function_name', 'action', 'Trigger Lambda Function'],
    ['invocation_type', 'action', 'Trigger Lambda Function'],
    ['payload_script', 'payload_source', 'Script'],
    ['payload_file', 'payload_source', 'File'],
    ['client_context_script', 'client_context_source', 'Script'],
    ['proxy', 'use_proxy', 'true'],
    ['proxy_credentials', 'proxy_type', 'HTTPS with Credentials'],
  ])('requires %s when %s is %s', (name, parent, value) => {
    const field = named(name);
    expect(field.showIfField).toBe(named(parent).fieldMapping);
    expect(field.showIfFieldValue).toBe(value);
    expect(field.requireIfVisible).toBe(true);
  });

  test('requires what the schema requires on a condition, and shows it on that condition', () => {
    const ofForm = ({ required }: Rule['then']) => required.filter((name) => byName.has(name));
    for (const rule of schema.allOf) {
      const conditions = Object.entries(rule.if.properties).map(([name, { const: value }]) => [
        byName.get(name)?.fieldMapping,
        String(value),
      ]);
      for (const name of ofForm(rule.then)) {
        const { requireIfVisible, showIfField, showIfFieldValue } = named(name);
        expect(requireIfVisible).toBe(true);
        expect(conditions).toContainEqual([showIfField, showIfFieldValue]);
      }
    }
    const ruled = schema.allOf.flatMap((rule) => ofForm(rule.then));
    const required = template.fields.filter(({ requireIfVisible }) => requireIfVisible).map(({ name }) => name);
    expect(required.filter((name) => named(name).fieldValue === null).sort()).toEqual([...new Set(ruled)].sort());
  });

  test('shows log_type with Request Response only, and proxy_type with a proxy only', () => {
    expect(named('log_type')).toMatchObject({
      showIfField: named('invocation_type').fieldMapping,
      showIfFieldValue: 'Request Response',
      requireIfVisible: false,
    });
    expect(named('proxy_type')).toMatchObject({
      showIfField: named('use_proxy').fieldMapping,
      showIfFieldValue: 'true',
      requireIfVisible: false,
    });
  });

  test('requires without condition only what has a default, so that no existing task breaks', () => {
    for (const field of template.fields.filter(({ required }) => required)) {
      expect(field.fieldValue).not.toBeNull();
      expect(field.showIfField).toBeNull();
    }
  });

  test('ends with the output-only fields', () => {
    const names = ['status_code', 'execution', 'request_id', 'durable_execution_arn', 'durable_status'];
    expect(template.fields.slice(-names.length).map(({ name }) => name)).toEqual(names);
    for (const name of names) expect(named(name).fieldRestriction).toBe('Output Only');
  });
});

/** Tasks in Controllers store values by slot: what was shipped once stays where it was. */
test('keeps every shipped field, type, mapping, choice and sysId', () => {
  const current = Object.fromEntries(
    template.fields.map(({ name, fieldType, fieldMapping, sysId, choices }) => [
      name,
      {
        type: fieldType,
        mapping: fieldMapping,
        sysId,
        ...(choices.length > 0 && { choices: Object.fromEntries(choices.map((c) => [c.fieldValue, c.sysId])) }),
      },
    ]),
  );
  expect(current).toEqual(shipped.fields);
  expect(template.sysId).toBe(shipped.template);
});

test('the page for the operator names fields and choices as the form does', () => {
  const page = read('docs/universal-controller.md');
  const tasks = page.slice(page.indexOf('## Tasks'), page.indexOf('## What a task answers'));
  const known = template.fields.flatMap(({ label, choices }) => [label, ...choices.map((c) => c.fieldValue)]);
  for (const [, name] of tasks.matchAll(/\*\*([^*]+)\*\*/g)) expect(known).toContain(name);
  const [, count] = /\| (\d+) more;/.exec(page) ?? [];
  expect(inputs).toHaveLength(20 + Number(count));
});
