import { ask, savedConnection } from './ask.js';
import { failed, loading, nothingFound, notice, search } from './function-list.js';
import { text } from './texts.js';

/** More options than these are slow to draw and nobody reads them. */
const shownOptions = 100;

/**
 * Lets the function's name be found among the real functions of the chosen connection: a combobox with a listbox, as
 * WAI-ARIA describes them. The focus stays in the input; the arrows move the active option. `signal` ends with the form.
 */
export function functionSearch(signal) {
  const input = $('#node-input-functionName');
  const button = $('#node-input-functionName-search');
  const list = $('<div role="listbox">').attr({
    id: 'node-input-functionName-list',
    'aria-label': text('functions.list'),
  });
  const news = $('<div role="status">');
  const box = $('<div class="awsl-dropdown">').append(list, news).hide().appendTo(input.closest('.awsl-control'));
  let functions = null;
  let asked = null;
  let chosen = -1;
  let query = '';

  const expand = (expanded) => {
    box.toggle(expanded);
    input.add(button).attr('aria-expanded', String(expanded));
  };

  /** Shows options, or in their place a message; a message may also follow the options. */
  const fill = (options, message) => {
    chosen = -1;
    input.removeAttr('aria-activedescendant');
    list
      .empty()
      .append(options)
      .toggle(options.length > 0);
    news.empty().append(message ?? []);
  };

  const close = () => {
    expand(false);
    fill([]);
  };

  const pick = (name) => {
    input.val(name).trigger('change');
    close();
    input.trigger('focus');
  };

  const mark = (index) => {
    const options = list.children();
    if (options.length === 0) return;
    chosen = (index + options.length) % options.length;
    const active = options.attr('aria-selected', 'false').eq(chosen).attr('aria-selected', 'true');
    input.attr('aria-activedescendant', active.attr('id'));
    active[0].scrollIntoView({ block: 'nearest' });
  };

  const show = () => {
    const found = search(functions, query);
    const options = found.slice(0, shownOptions).map((entry, index) => option(entry, index, pick));
    if (found.length === 0) return fill([], nothingFound(functions));
    const cut = text('functions.shownFirst', { shown: options.length, count: found.length });
    fill(options, found.length > options.length ? $('<div class="awsl-more">').text(cut) : null);
  };

  const open = async (words) => {
    query = words;
    expand(true);
    const connection = savedConnection($('#node-input-connection').val());
    if (connection === null) return fill([], notice('fa-plug', text('functions.noConnection')));
    const question = JSON.stringify(connection);
    if (asked === question && functions === null) return fill([], loading()); // the answer is on its way
    if (asked !== question) {
      asked = question;
      functions = null;
      fill([], loading());
      const result = await ask('functions', connection, signal);
      if (asked !== question || signal.aborted) return;
      if (!result.success) {
        asked = null; // the next opening asks again
        return fill([], failed(result));
      }
      functions = result.data.functions;
      if (!box.is(':visible')) return;
    }
    show();
  };

  button.on('click', () => {
    if (box.is(':visible')) return close();
    // The whole list at first: the name that is there already is what one wants to leave.
    open('');
    input.trigger('focus');
  });
  input.on('input', () => {
    if (input.val().includes('{{')) return close();
    open(input.val());
  });
  input.on('keydown', (event) => {
    const visible = box.is(':visible');
    const moves = { ArrowDown: chosen + 1, ArrowUp: Math.max(chosen, 0) - 1 };
    if (event.key === 'Escape' && visible) {
      event.stopPropagation();
      close();
    } else if (event.key in moves) {
      if (visible) mark(moves[event.key]);
      else open('');
    } else if (event.key === 'Enter' && visible && chosen >= 0) {
      pick(list.children().eq(chosen).data('name'));
    } else return;
    event.preventDefault();
  });
  input.add(button).on('blur', () => setTimeout(() => input.add(button).is(':focus') || close(), 200));
}

function option({ functionName, runtime, description }, index, pick) {
  const side = [runtime, description].filter(Boolean).join(' · ');
  return $('<div role="option" aria-selected="false">')
    .attr('id', `node-input-functionName-option-${index}`)
    .data('name', functionName)
    .append($('<span class="awsl-function">').text(functionName), $('<span class="awsl-description">').text(side))
    .on('mousedown', (event) => event.preventDefault())
    .on('click', () => pick(functionName));
}
