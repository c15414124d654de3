/** The payload: JSON in an editor, or a property of the message. One field of the node holds either. */
export function payloadField(node) {
  const field = $('#node-input-payload');
  const type = $('#node-input-payloadType');
  const property = $('#node-input-payload-property');
  const kept = { json: '{}', msg: 'payload' };
  const first = type.val() === 'msg' ? 'msg' : 'json';
  kept[first] = field.val() ?? kept[first];

  const editor = RED.editor.createEditor({
    id: 'node-input-payload-json',
    mode: 'ace/mode/json',
    stateId: `${node.id}/payload`,
    value: kept.json,
  });
  property.val(kept.msg);

  const current = () => (type.val() === 'msg' ? property.val().trim() : editor.getValue());
  const store = () => field.val(current()).trigger('input');
  const choose = (kind) => {
    type.val(kind).trigger('change');
    const form = field.closest('.awsl-control');
    form.find('[data-payload]').each(function () {
      $(this)
        .toggleClass('selected', this.dataset.payload === kind)
        .attr('aria-pressed', this.dataset.payload === kind);
    });
    form.find('.awsl-json').toggle(kind === 'json');
    form.find('.awsl-property').toggle(kind === 'msg');
    store();
  };

  $('.awsl-payload').on('click', '[data-payload]', ({ currentTarget }) => choose(currentTarget.dataset.payload));
  property.on('input', store);
  editor.getSession().on('change', store);
  choose(first);
  return {
    close() {
      store();
      editor.destroy();
    },
    resize: () => editor.resize(),
  };
}
