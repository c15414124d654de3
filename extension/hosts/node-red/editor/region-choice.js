import { regions } from './regions.js';
import { text } from './texts.js';

const custom = 'custom';

/** The list of regions over the text field that holds the region; the field shows only for a region of one's own. */
export function chooseRegion() {
  const field = $('#node-config-input-region');
  const choice = $('#node-config-input-region-choice');
  for (const [code, name] of Object.entries(regions))
    choice.append($('<option>', { value: code, text: `${code} · ${name}` }));
  choice.append($('<option>', { value: custom, text: text('connection.customRegion') }));
  choice.val(field.val() in regions ? field.val() : custom);
  const show = () => field.toggle(choice.val() === custom);
  choice.on('change', () => {
    if (choice.val() === custom) field.val('').trigger('focus');
    else field.val(choice.val());
    show();
    field.trigger('change');
  });
  show();
}
