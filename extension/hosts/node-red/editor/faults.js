/** The fields of a row that hold its value, for what reads the form aloud. */
const valueFields = 'input:not([type=hidden]), select, textarea';

/**
 * Shows what is wrong at the field, as soon as it has been touched. `judge` returns field -> sentence for the form's
 * values; `onChange` receives all faults, also those of untouched fields.
 */
export function watchFaults(form, judge, onChange = () => {}) {
  const rows = form.find('[data-field]');
  const touched = new Set();
  const show = () => {
    const faults = judge();
    rows.each(function () {
      const name = this.dataset.field;
      const fault = faults[name] || null;
      const shown = fault !== null && touched.has(name);
      $(this).find(valueFields).attr('aria-invalid', String(shown));
      $(this)
        .toggleClass('awsl-at-fault', shown)
        .children('.awsl-control')
        .children('.awsl-fault')
        .text(shown ? fault : '');
    });
    onChange(faults);
  };
  const touch = (name) => {
    touched.add(name);
    show();
  };
  rows.each(function () {
    const name = this.dataset.field;
    $(this).find(valueFields).attr('aria-describedby', $(this).find('.awsl-fault').attr('id'));
    $(this).on('input', ':input', () => touch(name));
    // Node-RED announces every field with a change of its own when the form opens.
    $(this).on('change', ':input', ({ originalEvent }) => (originalEvent ? touch(name) : show()));
    $(this).on('focusout', ':input', () => touch(name));
  });
  return {
    show,
    /** Shows the faults of fields that have a value; an empty field of a new form shows none until it is touched. */
    touchFilled() {
      rows.each(function () {
        if (
          $(this)
            .find(':input')
            .filter((_, input) => $(input).val()).length > 0
        )
          touched.add(this.dataset.field);
      });
      show();
    },
  };
}
