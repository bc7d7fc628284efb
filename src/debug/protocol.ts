/**
 * What the debug session answers beyond the Debug Adapter Protocol: custom requests for the views of an editor.
 * All numbers of 64 bits are hexadecimal strings. Looking changes nothing.
 */

/** Names of the custom requests. */
export const Requests = {
  tree: 'gmap/tree',
  notifications: 'gmap/notifications',
  position: 'gmap/position',
  goTo: 'gmap/goTo',
  stepBackOver: 'gmap/stepBackOver',
  stepBackOut: 'gmap/stepBackOut',
  history: 'gmap/history',
  /** picture/model.ts describes its arguments and its answer. */
  picture: 'gmap/picture',
  /** timeline-model.ts describes its arguments and its answer. */
  timeline: 'gmap/timeline',
  format: 'gmap/format',
  schedule: 'gmap/schedule',
  residents: 'gmap/residents',
} as const;

/** `gmap/tree`: the children of a node, or the roots. Large tables come in pages. */
export interface TreeArguments {
  /** Identifier of the node whose children are wanted; left out: the roots (each gmap, the host, …). */
  readonly parent?: string;
  /** Only these nodes, by their identifiers, whatever their parents; what does not exist (now) is left out. */
  readonly nodes?: readonly string[];
  /** Only what changed since the stop before, and what leads there. */
  readonly changed?: boolean;
  /** Of the roots only the gmap with this name. */
  readonly gmap?: string;
  /** Only what leads to this address, hexadecimal: a guest address; in the host's tables a host address. */
  readonly address?: string;
  /** First child wanted and how many; left out: all. */
  readonly start?: number;
  readonly count?: number;
}

export interface TreeResponse {
  readonly nodes: readonly TreeNode[];
  /** Number of children in all. */
  readonly total: number;
}

export interface TreeNode {
  /** Stays the same from stop to stop as long as the thing exists. */
  readonly id: string;
  readonly kind: 'gmap' | 'host' | 'table' | 'entry' | 'page' | 'pgste' | 'fold' | 'bit' | 'tree' | 'group' | 'value';
  readonly label: string;
  /** Shown dimmed behind the label: the decoded value. */
  readonly description: string;
  readonly tooltip?: string;
  /** What kind of thing it is; of a bit the kernel's name: `_PAGE_PROTECT`. */
  readonly type?: string;
  readonly expandable: boolean;
  /** Set if the last step (or the steps since the stop before) changed it: the value before. */
  readonly changed?: string;
  /** The walk in progress goes through it. */
  readonly onPath?: boolean;
  /** Address in absolute storage, for the memory view. */
  readonly memoryReference?: string;
  /** The value as a number, hexadecimal: all 64 bits of an entry. */
  readonly value?: string;
  /** What stands for the value where numbers are wanted and it is more than one: PTE and PGSTE of a page. */
  readonly raw?: string;
  /** Of a bit: which bits of the doubleword at `memoryReference` it is. */
  readonly mask?: string;
  /** An expression that means this, for watches and data breakpoints: `pte(vm, 0x2000)`. */
  readonly evaluateName?: string;
}

/** A place in the scenario: 1-based line and column. */
export interface SourcePlace {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/**
 * `gmap/notifications`: calls of notifiers from the start of the run to the furthest step reached, oldest first. Of very many
 * those around the cursor.
 */
export interface NotificationsResponse {
  readonly calls: readonly Notification[];
  /** Number of calls before these, and behind them. */
  readonly earlier: number;
  readonly later: number;
}

export interface Notification {
  /** Number of the step: `gmap/goTo` takes it. */
  readonly step: number;
  readonly notifier: string;
  readonly gmap: string;
  /** Guest range; the end is inclusive. */
  readonly start: string;
  readonly end: string;
  /** What changed the PTE: the innermost operation on it, `ptep_xchg_direct`, and the statement's words. */
  readonly cause: string;
  readonly statement: string;
  readonly thread: string;
  readonly source?: SourcePlace;
}

/** `gmap/position`: where the cursor is. */
export interface PositionResponse {
  /** Number of steps that have happened at the cursor. */
  readonly step: number;
  /** Steps recorded so far. */
  readonly recorded: number;
  /** The run has ended: nothing more will be recorded. */
  readonly ended: boolean;
  /** The cursor is before the furthest step that was reached. */
  readonly past: boolean;
  /** The furthest step that was reached: the present. */
  readonly furthest: number;
  /** This moment as text: `gmap/goTo` takes it too, in any session with the same scenario. */
  readonly moment: string;
}

/** `gmap/goTo`: moves the cursor to a step, or to a moment written as text; a stopped event follows. */
export interface GoToArguments {
  readonly step?: number;
  readonly moment?: string;
}

/**
 * `gmap/format`: how numbers are shown from now on; an invalidated event follows.
 * @public
 */
export interface FormatArguments {
  readonly format: 'decoded' | 'hex' | 'dec' | 'bin';
}

/** `gmap/schedule`: who took how many steps up to the cursor; steps that a person chose are part of it. */
export interface ScheduleResponse {
  /** A statement of the scenario language; empty if no threads have run beside each other. */
  readonly text: string;
  readonly steps: readonly { readonly thread: string; readonly steps: number }[];
  /** The text of a schedule file, which knows the scenario that it is for; empty if there is nothing to save. */
  readonly file: string;
}

/** `gmap/residents`: the tables that lie in a range of absolute storage, as memory views show them. */
export interface ResidentsArguments {
  readonly memoryReference: string;
  /** Bytes between the reference and the range. */
  readonly offset?: number;
  /** Bytes of the range. */
  readonly count: number;
}

export interface ResidentsResponse {
  readonly residents: readonly Resident[];
}

export interface Resident {
  /** `segment table of a gmap for 0x0`. */
  readonly name: string;
  /** `segment table`. */
  readonly type: string;
  /** Addresses in absolute storage, hexadecimal; the end is exclusive. */
  readonly start: string;
  readonly end: string;
}

/** `gmap/history`: when the word at an address (or one bit of it) changed. */
export interface HistoryArguments {
  readonly memoryReference: string;
  /** Only changes under this mask, hexadecimal; left out: the whole word. */
  readonly mask?: string;
}

export interface HistoryResponse {
  readonly changes: readonly {
    readonly step: number;
    readonly before: string;
    readonly after: string;
    readonly function: string;
    readonly statement: string;
    readonly thread: string;
  }[];
}
