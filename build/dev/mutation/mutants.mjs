// What is changed in a source file: small faults as somebody could make them, one at a time, each an edit of the text.
import { parse } from '@babel/parser';

const swaps = {
  ...{ '===': ['!=='], '!==': ['==='], '<': ['<=', '>='], '<=': ['<', '>'], '>': ['>=', '<='], '>=': ['>', '<'] },
  ...{ '&&': ['||'], '||': ['&&'], '??': ['&&'] },
  ...{ '+': ['-'], '-': ['+'], '*': ['/'], '/': ['*'], '%': ['*'], '**': ['*'] },
  ...{ '+=': ['-='], '-=': ['+='], '++': ['--'], '--': ['++'] },
};

/**
 * The mutants of a text and the probes that tell which test comes past them. A mutant replaces `start` to `end`; its
 * `probe` is that of the innermost block of a function around it, or null for what runs when the module loads.
 */
export function mutantsOf(text) {
  const mutants = new Map();
  const probes = [];

  const add = (node, replacement, probe, from = node.start, to = node.end) => {
    const was = text.slice(from, to);
    if (was !== replacement) {
      const line = text.slice(0, from).split('\n').length;
      mutants.set(`${from} ${to} ${replacement}`, { start: from, end: to, line, was, replacement, probe });
    }
  };

  const newProbe = (edits) => probes.push(edits) - 1;

  /** The probe for what is inside a function or a block. */
  const inside = (node, parent, probe) => {
    if (node.type === 'BlockStatement' && (probe !== null || isFunction(parent))) {
      return newProbe([[node.start + 1, (id) => `__hit(${id});`]]);
    }
    if (parent?.type === 'ArrowFunctionExpression' && parent.body === node) {
      return newProbe([
        [node.start, (id) => `(__hit(${id}), `],
        [node.end, () => ')'],
      ]);
    }
    return probe;
  };

  const walk = (node, parent, key, outer) => {
    if (node.type.startsWith('TS') && node.expression === undefined) return; // types
    if (/^(Import|Export(All|Named))/.test(node.type) && node.source) return;
    const probe = inside(node, parent, outer);
    for (const [from, to, replacement] of changes(node, parent, key, text)) add(node, replacement, probe, from, to);
    for (const [name, child] of Object.entries(node)) {
      if (name === 'typeAnnotation' || name === 'directives') continue;
      for (const one of Array.isArray(child) ? child : [child]) {
        if (typeof one?.type === 'string' && typeof one.start === 'number' && !one.type.startsWith('Comment')) {
          walk(one, node, name, probe);
        }
      }
    }
  };

  walk(parse(text, { sourceType: 'module', plugins: ['typescript'] }).program, null, '', null);
  return { mutants: [...mutants.values()].sort((a, b) => a.start - b.start), probes };
}

/** The text with all probes, numbered from `first`. */
export function withProbes(text, probes, first) {
  const edits = probes.flatMap((list, index) =>
    list.map(([at, make], nth) => ({ at, nth, text: make(first + index) })),
  );
  // At one place the end of an expression comes before the beginning of another, and inner ends before outer ones.
  edits.sort((a, b) => b.at - a.at || a.nth - b.nth);
  return edits.reduce((all, { at, text: probe }) => all.slice(0, at) + probe + all.slice(at), text);
}

function isFunction(node) {
  return node !== null && /Function|ObjectMethod|Class(Private)?Method/.test(node.type);
}

/** The edits that a node allows: from, to, replacement. */
function* changes(node, parent, key, text) {
  const whole = (replacement) => [node.start, node.end, replacement];
  switch (node.type) {
    case 'IfStatement':
    case 'ConditionalExpression':
    case 'WhileStatement':
      yield [node.test.start, node.test.end, 'true'];
      yield [node.test.start, node.test.end, 'false'];
      return;
    case 'BinaryExpression':
    case 'LogicalExpression':
      if (node.operator === '+' && [node.left, node.right].some(isText)) return;
      yield* operator(node.left.end, node.right.start);
      return;
    case 'AssignmentExpression':
      yield* operator(node.left.end, node.right.start);
      return;
    case 'UpdateExpression':
      yield whole(text.slice(node.start, node.end).replace(node.operator, swaps[node.operator][0]));
      return;
    case 'UnaryExpression':
      if (node.operator === '!' || node.operator === '-') yield [node.start, node.argument.start, ''];
      return;
    case 'StringLiteral':
      if (key === 'key' || parent.type === 'TSLiteralType' || parent.type === 'ImportExpression') return;
      if (parent.type === 'CallExpression' && parent.callee.type === 'Import') return;
      yield whole(node.value === '' ? "'mutated'" : "''");
      return;
    case 'TemplateLiteral':
      yield whole("''");
      return;
    case 'NumericLiteral':
      if (key !== 'key') yield whole(String(node.value + 1));
      return;
    case 'BooleanLiteral':
      yield whole(String(!node.value));
      return;
    case 'ArrayExpression':
      if (node.elements.length > 0) yield whole('[]');
      return;
    case 'ObjectExpression':
      if (node.properties.length > 0) yield whole('{}');
      return;
    case 'RegExpLiteral':
      yield* patterns();
      return;
    case 'ReturnStatement':
      if (node.argument) yield whole('return undefined;');
      return;
    case 'ArrowFunctionExpression':
      // An object stands in brackets that are not part of it.
      if (node.body.type !== 'BlockStatement') yield [node.body.start, node.body.end, 'undefined'];
      return;
    case 'ExpressionStatement':
      if (node.expression.callee?.type !== 'Super') yield whole(';');
      return;
    case 'ThrowStatement':
    case 'ContinueStatement':
      yield whole(';');
      return;
    case 'OptionalMemberExpression':
      if (node.optional) yield [node.object.end, node.property.start, node.computed ? '[' : '.'];
      return;
    case 'OptionalCallExpression':
      if (node.optional) yield [node.callee.end, node.callee.end + 2, ''];
      return;
    case 'SpreadElement':
      if (parent.type === 'ObjectExpression') yield whole('...{}');
      return;
  }

  function* operator(from, to) {
    const between = text.slice(from, to);
    const at = from + between.indexOf(node.operator);
    for (const other of swaps[node.operator] ?? []) yield [at, at + node.operator.length, other];
  }

  /** A pattern without one of its anchors or quantifiers, and without its flags. */
  function* patterns() {
    const { pattern, flags } = node;
    for (const { 0: sign, index } of pattern.matchAll(/\\.|\[[^\]]*\]|[\^$+*]/g)) {
      if (sign.length > 1) continue;
      yield whole(`/${pattern.slice(0, index)}${pattern.slice(index + 1)}/${flags}`);
    }
    if (flags !== '') yield whole(`/${pattern}/`);
  }
}

function isText(node) {
  return node.type === 'StringLiteral' || node.type === 'TemplateLiteral';
}
