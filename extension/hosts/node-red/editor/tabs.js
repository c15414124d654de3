import { text } from './texts.js';

/** The tabs of the connection's form, over panes that are part of it. Arrow keys go from tab to tab. */
export function makeTabs(names, onOpen) {
  const bar = $('#awsl-tabs');
  const open = (name) => {
    bar.children().each(function () {
      const selected = this.dataset.tab === name;
      $(this).attr({ 'aria-selected': selected, tabindex: selected ? 0 : -1 });
    });
    $('#awsl-panes').children().hide();
    $(`#awsl-pane-${name}`).show();
    onOpen(name);
  };
  for (const name of names) {
    const attributes = {
      type: 'button',
      role: 'tab',
      id: `awsl-tab-${name}`,
      'data-tab': name,
      'aria-controls': `awsl-pane-${name}`,
    };
    $('<button>', attributes)
      .text(text(`tabs.${name}`))
      .on('click', () => open(name))
      .appendTo(bar);
  }
  bar.on('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const tabs = bar.children();
    const next = (tabs.index(bar.children('[aria-selected=true]')) + step + tabs.length) % tabs.length;
    tabs.eq(next).trigger('click').trigger('focus');
    event.preventDefault();
  });
  open(names[0]);
  return {
    open,
    /** Greys a tab that has nothing to offer yet; it still opens, and its pane says why. */
    grey(name) {
      $(`#awsl-tab-${name}`).addClass('awsl-tab-inactive');
    },
    /** Marks the tabs that have a fault. */
    mark(faulty) {
      for (const name of names) $(`#awsl-tab-${name}`).toggleClass('awsl-tab-at-fault', faulty.has(name));
    },
  };
}
