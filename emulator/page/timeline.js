import { computed, signal } from '@preact/signals';
import { RowBuilder } from '../narration/rows.js';
import { RowLayout } from './rowLayout.js';
import { chosenPsid, followEvents } from './session.js';

/**
 * @import { Signal } from '@preact/signals'
 * @import { Row } from '../narration/rows.js'
 */

/**
 * What the timeline shows besides the chosen conversation.
 *
 * @typedef {'everyone' | 'echoes' | 'receipts' | 'azure' | 'log'} Extra
 */

/** @type {Signal<ReadonlySet<Extra>>} */
export const extras = signal(new Set(['echoes', 'log']));

/** @type {Signal<'wide' | 'narrow'>} */
export const timelineWidth = signal('wide');

/** The row whose events are shown in full. */
export const openRow = signal(/** @type {Row | undefined} */ (undefined));

const builder = new RowBuilder();
/** Counts groups of events, so that who reads it hears of them. */
export const revision = signal(0);

/** Makes the diagram grow with what happens. */
export function followTimeline() {
  followEvents(
    (events) => {
      for (const event of events) builder.add(event);
      revision.value += 1;
    },
    () => {
      builder.clear();
      revision.value += 1;
    },
  );
}

const layoutOfView = computed(() => {
  const psid = chosenPsid.value;
  const shown = extras.value;
  const shows = (/** @type {Row} */ row) => {
    if (row.psid !== undefined && row.psid !== psid && !shown.has('everyone')) return false;
    if (row.subject === 'echo') return shown.has('echoes');
    if (row.subject === 'receipt') return shown.has('receipts');
    if (row.subject === 'log') return shown.has('log');
    return row.subject !== 'azure' || shown.has('azure');
  };
  const width = timelineWidth.value;
  const names = width === 'narrow' && shown.has('everyone') ? 'above' : 'beside';
  return { layout: new RowLayout(psid, shows, { width, names }), fresh: true };
});

/** The diagram as it is now. */
export const diagram = computed(() => {
  const view = layoutOfView.value;
  const count = revision.value;
  const changed = builder.takeChange();
  view.layout.update(builder.rows, view.fresh ? 0 : changed);
  view.fresh = false;
  return { layout: view.layout, count };
});

/** @param {Extra} extra */
export function toggleExtra(extra) {
  const next = new Set(extras.value);
  if (!next.delete(extra)) next.add(extra);
  extras.value = next;
}
