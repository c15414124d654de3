import { text } from './texts.js';

/** How Node-RED's editor says that a password is stored. */
const kept = '__PWRD__';

/**
 * The password fields of a connection. What is stored is never shown: an empty field keeps it, and a button beside the
 * field removes it.
 */
export function secretFields(node, names) {
  const credentials = node.credentials ?? {};
  const fields = new Map(names.map((name) => [name, secretField(name, credentials)]));
  return {
    isSet: (name) => fields.get(name).isSet(),
    typed: (name) => fields.get(name).typed(),
    /** For the runtime: what was typed now or earlier, an empty text for what is removed, nothing for what is stored. */
    values: () =>
      Object.fromEntries(
        [...fields].map(([name, field]) => [name, field.value()]).filter(([, value]) => value !== undefined),
      ),
    /** Puts into the inputs what Node-RED is to save. */
    save() {
      for (const field of fields.values()) field.save();
    },
  };
}

function secretField(name, credentials) {
  const input = $(`#node-config-input-${name}`);
  const button = input.siblings('.awsl-forget');
  const stored = Boolean(credentials[`has_${name}`] || credentials[name]);
  const empty = text(input.data('empty'));
  let removed = false;
  const show = () => {
    const key = removed ? 'connectionPlaceholder.removed' : 'connectionPlaceholder.stored';
    input.val('').attr('placeholder', stored ? text(key) : empty);
    button.prop('hidden', !stored).text(text(removed ? 'button.keep' : 'button.remove'));
  };
  button.on('click', () => {
    removed = !removed;
    show();
    input.trigger('input');
  });
  input.on('input', () => {
    if (removed && input.val() !== '') removed = false;
    button.text(text(removed ? 'button.keep' : 'button.remove'));
  });
  show();
  const typed = () => input.val();
  const earlier = () => (credentials[name] === kept ? undefined : credentials[name]);
  return {
    typed,
    isSet: () => typed() !== '' || (stored && !removed),
    value: () => typed() || (removed ? '' : earlier() || undefined),
    save() {
      if (typed() === '' && stored && !removed) input.val(earlier() || kept);
    },
  };
}
