import { ask, savedConnection } from './ask.js';
import { failed, loading, nothingFound, notice, search } from './function-list.js';
import { text } from './texts.js';

/** Lets the function's name be found among the real functions of the chosen connection. */
export function functionSearch() {
  const input = $('#node-input-functionName');
  const button = $('#node-input-functionName-search');
  const box = $('<div class="awsl-dropdown" role="listbox">').hide().appendTo(input.closest('.awsl-control'));
  let functions = null;
  let asked = null;
  let chosen = -1;

  const close = () => {
    box.hide();
    input.attr('aria-expanded', 'false');
  };

  const pick = (name) => {
    input.val(name).trigger('change');
    close();
    input.trigger('focus');
  };

  const mark = (index) => {
    const options = box.children('[role=option]');
    chosen = options.length === 0 ? -1 : (index + options.length) % options.length;
    options
      .attr('aria-selected', 'false')
      .eq(chosen)
      .attr('aria-selected', 'true')[0]
      ?.scrollIntoView({ block: 'nearest' });
  };

  const show = (query) => {
    const found = search(functions, query);
    chosen = -1;
    box.empty().append(found.length > 0 ? found.map((entry) => option(entry, pick)) : nothingFound(functions));
  };

  const open = async (query) => {
    box.show();
    input.attr('aria-expanded', 'true');
    const connection = savedConnection($('#node-input-connection').val());
    if (connection === null) return box.empty().append(notice('fa-plug', text('functions.noConnection')));
    const question = JSON.stringify(connection);
    if (asked !== question || functions === null) {
      asked = question;
      functions = null;
      box.empty().append(loading());
      const result = await ask('functions', connection);
      if (asked !== question) return;
      if (!result.success) return box.empty().append(failed(result));
      functions = result.data.functions;
    }
    show(query());
  };

  button.on('click', () => {
    if (box.is(':visible')) return close();
    // The whole list at first: the name that is there already is what one wants to leave.
    open(() => '');
    input.trigger('focus');
  });
  input.on('input', () => {
    if (input.val().includes('{{')) return close();
    open(() => input.val());
  });
  input.on('keydown', (event) => {
    const visible = box.is(':visible');
    const moves = { ArrowDown: chosen + 1, ArrowUp: Math.max(chosen, 0) - 1 };
    if (event.key === 'Escape' && visible) {
      event.stopPropagation();
      close();
    } else if (event.key in moves) {
      if (visible) mark(moves[event.key]);
      else open(() => '');
    } else if (event.key === 'Enter' && visible && chosen >= 0) {
      pick(box.children('[role=option]').eq(chosen).data('name'));
    } else return;
    event.preventDefault();
  });
  input.add(button).on('blur', () => setTimeout(() => input.add(button).is(':focus') || close(), 200));
}

function option({ functionName, runtime, description }, pick) {
  const side = [runtime, description].filter(Boolean).join(' · ');
  return $('<div role="option">')
    .data('name', functionName)
    .append($('<span class="awsl-function">').text(functionName), $('<span class="awsl-description">').text(side))
    .on('mousedown', (event) => event.preventDefault())
    .on('click', () => pick(functionName));
}
