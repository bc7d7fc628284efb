/** Which address the picture is about: what was asked for, else what the code at the cursor works on. */
import type { Decoded } from '../../engine/events.js';
import { gmapOf, gmaps, linkedAt, radixTree, translate, type GmapInfo } from '../../engine/inspect.js';
import type { OperandValue } from '../../engine/operation.js';
import { VCPU, vcpuNumbered } from '../../engine/kernel/kvm.js';
import { Kind } from '../../engine/trace.js';
import type { Expectation, VcpuInfo } from '../../scenario/program.js';
import type { ScenarioRun } from '../../scenario/run.js';
import { TimelineIndex } from '../timeline-index.js';
import type { PictureArguments } from './model.js';

export interface Focus {
  readonly gmap: GmapInfo | undefined;
  readonly gaddr: bigint | undefined;
  readonly vmaddr: bigint | undefined;
  /** A person chose it. */
  readonly asked: boolean;
}

/** What is known so far, from the inside outwards. */
interface Hint {
  slot?: number | undefined;
  gaddr?: bigint | undefined;
  vmaddr?: bigint | undefined;
}

/** Arguments that are guest or host addresses under another name than gaddr and vmaddr. */
const GUEST: Readonly<Record<string, string>> = {
  gmap_call_notifier: 'start',
  kvm_gmap_notifier: 'start',
  gmap_map_segment: 'to',
  gmap_unmap_segment: 'to',
  gmap_discard: 'from',
  map_segment: 'to',
  unmap_segment: 'to',
  discard: 'from',
  vcpu: 'prefix',
};
const HOST: Readonly<Record<string, string>> = { zap_page_range: 'start' };
const HOST_NAMES: ReadonlySet<string> = new Set(['vmaddr', 'addr', 'address']);

/** Statements that are looked through for an address when the code here works on none. */
const LOOK_BACK = 200;

export function focusOf(run: ScenarioRun, row: number, args: PictureArguments): Focus {
  if (args.gaddr !== undefined || args.vmaddr !== undefined) {
    const asked: Hint = {
      slot: args.gmap,
      ...(args.gaddr === undefined ? {} : { gaddr: BigInt(args.gaddr) }),
      ...(args.vmaddr === undefined ? {} : { vmaddr: BigInt(args.vmaddr) }),
    };
    return { ...completed(run, asked), asked: true };
  }
  const hint = hintAt(run, row);
  if (args.gmap !== undefined) return { ...completed(run, { ...hint, slot: args.gmap }), asked: true };
  return { ...completed(run, hint), asked: false };
}

function hintAt(run: ScenarioRun, row: number): Hint {
  const { recording } = run;
  const hint = frameHint(run, row);
  const number = recording.statementOf(row);
  if (!isComplete(hint) && row < recording.length && number !== undefined) fromStatement(hint, run, number);
  if (isComplete(hint)) return hint;
  for (const top of TimelineIndex.of(recording.trace).before(Math.min(row, recording.length), LOOK_BACK)) {
    const earlier = recording.trace.operand(top, recording.trace.kind(top) === Kind.Op ? 1 : 0);
    fromStatement(hint, run, earlier);
    if (isComplete(hint)) break;
  }
  return hint;
}

/** What the innermost function that has an address works on; for a host address also who means it, if a caller says so. */
function frameHint(run: ScenarioRun, row: number): Hint {
  const { recording } = run;
  let inner: Hint = {};
  for (const frame of recording.frames(row)) {
    const hint = fromFrame(frame.fn.name, recording.variables(frame, recording.position));
    if (!isComplete(inner)) inner = { ...hint, slot: hint.slot ?? inner.slot };
    if (inner.gaddr !== undefined) {
      inner.slot ??= hint.slot;
      if (inner.slot !== undefined) break;
    } else if (inner.vmaddr !== undefined && hint.slot !== undefined && hint.gaddr !== undefined) {
      const gmap = gmapOf(recording.machine, hint.slot);
      const vmaddr = gmap && translate(recording.machine, gmap, hint.gaddr);
      if (vmaddr !== undefined && vmaddr >> 12n === inner.vmaddr >> 12n) return { slot: hint.slot, gaddr: hint.gaddr };
    }
  }
  return inner;
}

const isComplete = (hint: Hint): boolean => hint.gaddr !== undefined || hint.vmaddr !== undefined;

function fromFrame(fn: string, values: ReadonlyMap<string, Decoded>): Hint {
  const hint: Hint = {};
  for (const [name, { kind, value }] of values) {
    // An error where an address could be is none.
    if (value === undefined || value < 0n) continue;
    if (kind === 'gmap') hint.slot ??= Number(value);
    else if (name === 'gaddr' || name === GUEST[fn]) hint.gaddr ??= value;
    else if (HOST_NAMES.has(name) || name === HOST[fn]) hint.vmaddr ??= value;
  }
  // The slot is sure; the address beside it is the guest's where the guest's code calls.
  const slot = [...values.values()].find(
    ({ kind, value }) => (kind === 'pte' || kind === 'ptep') && value !== undefined,
  );
  if (slot) hint.vmaddr = slot.value;
  return hint;
}

function fromStatement(hint: Hint, run: ScenarioRun, number: number): void {
  const statement = run.statements[number];
  switch (statement?.kind) {
    case 'operation': {
      const { name, args } = statement.operation;
      hint.slot ??= small(args['g']);
      const guest = big(args['gaddr']) ?? big(args[GUEST[name] ?? '']);
      if (guest !== undefined) hint.gaddr = guest;
      else hint.vmaddr = big(args['vmaddr']);
      break;
    }
    case 'vcpu':
      hint.slot ??= statement.vcpu.gmap.slot;
      hint.gaddr = statement.action === 'set_prefix' ? statement.prefix : prefixOf(run, statement.vcpu);
      break;
    case 'expect':
      fromExpectation(hint, statement.expectation);
      break;
    default:
  }
}

/** Where the prefix pages of a vCPU are now; of one that does not exist yet, where they will be. */
function prefixOf({ recording: { machine }, vcpus }: ScenarioRun, { name, prefix }: VcpuInfo): bigint {
  const at = vcpuNumbered(machine, vcpus.indexOf(name));
  return at === 0 ? prefix : machine.word(at + VCPU.prefix).toBigInt();
}

function fromExpectation(hint: Hint, expectation: Expectation): void {
  switch (expectation.kind) {
    case 'entry':
      if (expectation.place.in === 'host') hint.vmaddr = expectation.place.address;
      else {
        hint.slot ??= expectation.place.gmap.slot;
        hint.gaddr = expectation.place.address;
      }
      break;
    case 'translate':
      hint.slot ??= expectation.gmap.slot;
      hint.gaddr = expectation.gaddr;
      break;
    case 'notified':
      hint.slot ??= expectation.calls[0]?.gmap?.slot;
      hint.gaddr = expectation.calls[0]?.start;
      break;
    default:
  }
}

const big = (value: OperandValue | undefined): bigint | undefined => (typeof value === 'bigint' ? value : undefined);
const small = (value: OperandValue | undefined): number | undefined =>
  typeof value === 'bigint' ? Number(value) : undefined;

/** Adds the other side: the host address behind a guest address, and the other way round. */
function completed(run: ScenarioRun, { slot, gaddr, vmaddr }: Hint): Omit<Focus, 'asked'> {
  const { machine } = run.recording;
  const all = gmaps(machine);
  let gmap = slot === undefined ? undefined : gmapOf(machine, slot);
  if (gaddr === undefined && vmaddr !== undefined) {
    for (const candidate of gmap ? [gmap] : [...all].reverse()) {
      const found = linkedAt(machine, candidate, vmaddr) ?? mappedAt(run, candidate, vmaddr);
      if (found === undefined) continue;
      return { gmap: candidate, gaddr: found, vmaddr };
    }
    return { gmap, gaddr: undefined, vmaddr };
  }
  gmap ??= all.at(-1);
  if (gmap && gaddr !== undefined) vmaddr = translate(machine, gmap, gaddr) ?? vmaddr;
  return { gmap, gaddr, vmaddr };
}

/** The guest address at which a host address is mapped, linked or not. */
function mappedAt(run: ScenarioRun, gmap: GmapInfo, vmaddr: bigint): bigint | undefined {
  const segment = vmaddr & ~0xf_ffffn;
  const found = radixTree(run.recording.machine, gmap, 'guest_to_host').find(({ value }) => value === segment);
  return found && found.key | (vmaddr & 0xf_ffffn);
}
