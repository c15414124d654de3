import { text } from './texts.js';

/** The functions that a search finds, by any of its words in name, runtime or description. */
export function search(functions, query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return functions.filter(({ functionName, runtime, description }) => {
    const line = `${functionName} ${runtime} ${description}`.toLowerCase();
    return words.every((word) => line.includes(word));
  });
}

/** A message in place of a list: loading, nothing there, or a failure with its cause and remedy. */
export function notice(icon, title, { error, metadata = {} } = {}) {
  const box = $('<div class="awsl-notice">').append($('<i class="fa">').addClass(icon));
  const body = $('<div>').appendTo(box).append($('<div class="awsl-notice-title">').text(title));
  const { cause, remedy } = metadata;
  for (const line of cause ? [cause, remedy] : [error]) if (line) body.append($('<div>').text(line));
  return box.toggleClass('awsl-bad', error !== undefined);
}

/** Says why a search shows nothing. */
export const nothingFound = (functions) =>
  notice('fa-search', text(functions.length === 0 ? 'functions.none' : 'functions.noMatch'));

export const loading = () => notice('fa-circle-o-notch fa-spin', text('functions.loading'));

export const failed = (result) => notice('fa-exclamation-triangle', text('functions.failed'), result);
