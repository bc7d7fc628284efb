/** What the panel and its host say to each other. Both check what they get: see src/debug/shape.ts. */
import { Picture, PictureArguments } from '../debug/picture/model.js';
import { count, flag, hex64, list, object, optional, text, variants, word, type Of } from '../debug/shape.js';
import { Timeline, TimelineArguments } from '../debug/timeline-model.js';

const change = object({
  step: count,
  before: text(100),
  after: text(100),
  function: text(),
  statement: text(),
  thread: text(),
});
export type HistoryChange = Of<typeof change>;

/** From the host to the panel. */
export const FromHost = variants('type', {
  /** There is no session, or its run goes on. */
  state: object({ state: word('none', 'running') }),
  /** The run stands still at a step; `since` is the one where it stood before. */
  stopped: object({ step: count, since: count }),
  /** Answers carry the number of the question. */
  picture: object({ request: count, picture: Picture }),
  timeline: object({ request: count, timeline: Timeline }),
  history: object({ memoryReference: hex64, changes: list(change, 100_000) }),
  /** A sentence for the person. */
  failed: object({ request: count, message: text() }),
  done: object({ message: text() }),
});
export type FromHost = Of<typeof FromHost>;

/** From the panel to the host. */
export const FromPanel = variants('type', {
  ready: object({}),
  picture: object({ request: count, args: PictureArguments }),
  timeline: object({ request: count, args: TimelineArguments }),
  /** `keyboard`: the panel has it, and should keep it. */
  goTo: object({ step: count, keyboard: flag }),
  history: object({ memoryReference: hex64 }),
  /** An expression whose change is to stop the debugger. */
  breakOnChange: object({ expression: text(200) }),
  save: object({ svg: text(20_000_000), name: text(100) }),
});
export type FromPanel = Of<typeof FromPanel>;

/** What the panel keeps while it is hidden, and over a reload of the window. */
export const PanelState = object({
  version: word('1'),
  gmap: optional(count),
  gaddr: optional(hex64),
  vmaddr: optional(hex64),
  /** The part of the run that the time line shows. */
  from: optional(count),
  to: optional(count),
  /** Address of the entry that is selected. */
  selected: optional(hex64),
  unfold: optional(list(object({ table: hex64, index: count }), 100)),
});
export type PanelState = Of<typeof PanelState>;
