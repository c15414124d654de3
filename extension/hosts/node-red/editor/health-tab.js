import { ask } from './ask.js';
import { text } from './texts.js';

/** The tab that tests the connection and shows the answer with its cause and remedy. `signal` ends with the form. */
export function healthTab(connection, saved, signal) {
  const place = $('#awsl-health');
  const button = $('#awsl-test').prop('disabled', !saved);
  if (!saved) {
    place.append(card('info', 'fa-info-circle', text('hint.noHealth')));
    return;
  }
  place.append(card('idle', 'fa-circle-o', text('health.untested')));
  button.on('click', async () => {
    button.prop('disabled', true);
    place.empty().append(card('idle', 'fa-circle-o-notch fa-spin', text('health.testing')));
    const question = connection();
    const started = Date.now();
    const result = await ask('test', question, signal);
    if (signal.aborted) return;
    button.prop('disabled', false);
    place.empty().append(result.success ? good(result, question, Date.now() - started) : bad(result));
  });
}

function good({ data, metadata }, { profile }, milliseconds) {
  const { limits, usage } = data;
  return card('good', 'fa-check-circle', text('health.good'), [
    ['region', profile.region],
    ['answered', `${milliseconds} ms`],
    ['concurrency', limits.concurrentExecutions],
    ['unreserved', limits.unreservedConcurrentExecutions],
    ['functionCount', usage.functionCount],
    ['codeSize', sizes(usage.totalCodeSize, limits.totalCodeSize)],
    ['requestId', metadata.requestId],
  ]);
}

function bad({ error, metadata }) {
  const { cause, remedy } = metadata;
  return card('bad', 'fa-times-circle', text('health.bad'), [
    ['error', cause ? error.slice(0, error.indexOf(cause)).trim() : error],
    ['cause', cause],
    ['remedy', remedy],
    ['requestId', metadata.requestId],
  ]);
}

function card(kind, icon, title, facts = []) {
  const box = $('<div class="awsl-card">').addClass(`awsl-${kind}`);
  box.append($('<div class="awsl-card-title">').append($('<i class="fa">').addClass(icon), $('<span>').text(title)));
  const list = $('<dl>');
  for (const [key, value] of facts) {
    if (value === undefined || value === null || value === '') continue;
    list.append($('<dt>').text(text(`health.${key}`)), $('<dd>').addClass(`awsl-fact-${key}`).text(value));
  }
  if (list.children().length > 0) {
    const time = new Date().toLocaleTimeString();
    box.append(list, $('<div class="awsl-time">').text(text('health.tested', { time })));
  }
  return box;
}

function sizes(used, limit) {
  if (used === undefined || limit === undefined) return undefined;
  const megabytes = (bytes) => `${(bytes / 2 ** 20).toLocaleString(undefined, { maximumFractionDigits: 1 })} MB`;
  return `${megabytes(used)} / ${megabytes(limit)}`;
}
