import { ask } from './ask.js';
import { failed, loading, nothingFound, search } from './function-list.js';
import { text } from './texts.js';

/**
 * The tab that lists and searches what the credentials can see. `connection` gives the form's values; `signal` ends with
 * the form.
 */
export function functionsTab(connection, signal) {
  const place = $('#awsl-functions');
  const query = $('#awsl-functions-search');
  let result = null;
  let asked = null;

  const show = () => {
    if (result === null) return;
    if (!result.success) return place.empty().append(failed(result));
    const { functions, nextMarker } = result.data;
    const found = search(functions, query.val());
    if (found.length === 0) return place.empty().append(nothingFound(functions));
    const count = text('functions.count', { shown: found.length, count: functions.length });
    const more = nextMarker ? ` (${text('functions.more', { count: functions.length })})` : '';
    place.empty().append(table(found), $('<div class="awsl-count">').text(count + more));
  };

  const refresh = async () => {
    const question = connection();
    asked = JSON.stringify(question);
    result = null;
    place.empty().append(loading());
    const answer = await ask('functions', question, signal);
    if (signal.aborted || asked !== JSON.stringify(question)) return; // the form has changed and asked again
    result = answer;
    show();
  };

  query.on('input', show);
  $('#awsl-functions-refresh').on('click', refresh);
  return {
    /** Asks when the tab comes to the front with values that were not asked about yet. */
    open() {
      if (asked !== JSON.stringify(connection())) refresh();
    },
  };
}

function table(functions) {
  const columns = ['name', 'runtime', 'memory', 'timeout', 'modified'];
  const head = $('<tr>').append(
    columns.map((key) =>
      $('<th>')
        .addClass(`awsl-${key}`)
        .text(text(`functions.${key}`)),
    ),
  );
  const body = $('<tbody>').append(functions.map(line));
  return $('<div class="awsl-table">').append($('<table>').append($('<thead>').append(head), body));
}

function line({ functionName, functionArn, description, runtime, memorySize, timeout, lastModified }) {
  const name = $('<td class="awsl-name">').append($('<div class="awsl-function">').text(functionName));
  if (description) name.append($('<div class="awsl-description">').text(description));
  const cells = [runtime ?? '', unit(memorySize, 'MB'), unit(timeout, 's'), lastModified?.slice(0, 10) ?? ''];
  return $('<tr>', { title: functionArn }).append(
    name,
    cells.map((value) => $('<td>').text(value)),
  );
}

function unit(value, of) {
  return value === undefined ? '' : `${value} ${of}`;
}
