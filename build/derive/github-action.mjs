// The inputs of the example action for GitHub, examples/controllers/github-actions/action.yml.

const inputs = /^inputs:\n[\s\S]*?(?=^outputs:\n)/m;

/** The text of the action with its inputs regenerated, one for each field and each part of a credential. */
export function withInputs(text, schema) {
  if (!inputs.test(text)) throw new Error('the action for GitHub has no block from "inputs:" to "outputs:"');
  const lines = Object.entries(schema.properties)
    .flatMap(([name, field]) => inputsOf(name, field))
    .flatMap(([name, description]) => [`  ${name}:`, `    description: ${JSON.stringify(description)}`]);
  return text.replace(inputs, () => `inputs:\n${lines.join('\n')}\n`);
}

/** GitHub knows text alone, so a credential is given in parts. */
function inputsOf(name, { title, description, properties }) {
  if (properties === undefined) return [[name, description]];
  return Object.keys(properties).map((part) => [`${name}_${part}`, `${title}: ${part}.`]);
}
