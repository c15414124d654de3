import fc from 'fast-check';
import { endpointUrlFault } from '../../extension/formats/endpoint-url.ts';
import { parseFunctionName } from '../../extension/formats/function-name.ts';
import { parseProxies } from '../../extension/formats/proxies.ts';
import {
  jsonTemplateFault,
  renderJson,
  renderText,
  renderValue,
  TemplateError,
  templateFault,
} from '../../extension/formats/template-parameters.ts';
import { parseTrace } from '../../extension/formats/trace-id.ts';
import { fuzz } from './support/fuzz.ts';

const hostile = 'S3CR3TxMARK';
const piece = fc.constantFrom(
  ...['http://', 'https://', 'HTTP://', '//', ':', '@', ',', '/', '?', '#', '[', ']', '::1', '127.0.0.1', 'proxy', ' '],
  ...[
    '3128',
    '0',
    '99999',
    `user:${hostile}@`,
    '%40',
    '\\',
    '\t',
    '\n',
    'é',
    '.',
    '..',
    'arn:aws:lambda:',
    'function:',
  ],
);
const address = fc.oneof(
  fc.array(piece, { maxLength: 8 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 60 }),
);

fuzz('proxies, URLs and names', 'in process', 0.05, address, (text) => {
  for (const parse of [parseProxies, endpointUrlFault, parseFunctionName, parseTrace]) {
    const answer = JSON.stringify(parse(text));
    if (answer?.includes(hostile)) throw new Error(`${parse.name} quotes: ${answer}`);
  }
});

const path = fc.constantFrom(
  'a',
  'a.b',
  "a['b c']",
  'a[0]',
  'constructor',
  '__proto__.x',
  'a.b.toString',
  '',
  ' ',
  '..',
  'ö',
);
const templated = fc
  .array(
    fc.oneof(
      path.map((name) => `{{ ${name} }}`),
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom('{{', '}}', '"'),
    ),
    {
      maxLength: 5,
    },
  )
  .map((parts) => parts.join(''));
const scope = fc.record({ a: fc.anything({ maxDepth: 3 }), b: fc.jsonValue() }, { requiredKeys: [] });

function rendered(render: () => unknown): unknown {
  try {
    return render();
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return undefined;
  }
}

fuzz(
  'template parameters',
  'in process',
  0.05,
  fc.tuple(templated, fc.jsonValue(), scope),
  ([text, around, values]) => {
    rendered(() => renderText(text, values));
    rendered(() => renderValue(text, values));
    templateFault(text);
    const document = JSON.stringify({ text, around });
    const fault = jsonTemplateFault(document);
    const made = rendered(() => renderJson(document, values));
    if (made === undefined) return;
    if (fault !== null) throw new Error('rendered what is faulty');
    JSON.parse(made as string);
  },
);
