/**
 * Rows as text: the event language of the conformance corpus, which is also the log that a person reads.
 */
import { errnoName } from './bits.js';
import { functionById, nameIn, stepById, WORDS, type Argument, type FunctionInfo, type ValueKind } from './catalog.js';
import { pteText } from './machine.js';
import type { Generation } from './operation.js';
import { ResultCode } from './operations.js';
import {
  AllocKind, BugText, bugMessage, FlushKind, HostWord, InvalidateKind, KeyAction, LockClass, LoopWord, RcuWord,
} from './task.js'; // prettier-ignore
import { Kind, type Trace } from './trace.js';
import { hex } from './u64.js';

const LEVEL_NAMES = ['r1', 'r2', 'r3', 'sg', 'pg'] as const;

const ALLOC_NAMES: Readonly<Record<AllocKind, string>> = {
  [AllocKind.Kzalloc]: 'kzalloc',
  [AllocKind.Crst]: 'crst',
  [AllocKind.Pgtable]: 'pgtable',
  [AllocKind.Data]: 'data',
  [AllocKind.Radix]: 'radix',
  [AllocKind.Preload]: 'preload',
};

const HOST_NAMES: Readonly<Record<HostWord, string>> = {
  [HostWord.AnonZero]: 'anon_zero',
  [HostWord.AnonPage]: 'anon_page',
  [HostWord.Swapin]: 'swapin',
  [HostWord.WpCopy]: 'wp_copy',
  [HostWord.WpReuse]: 'wp_reuse',
  [HostWord.AccessFlags]: 'access_flags',
  [HostWord.Spurious]: 'spurious',
  [HostWord.MigrationWait]: 'migration_wait',
  [HostWord.MigrateEnd]: 'migrate_end',
  [HostWord.InjectedRetry]: 'injected_retry',
  [HostWord.InjectedSigbus]: 'injected_sigbus',
  [HostWord.KsmFail]: 'ksm_fail',
  [HostWord.FreeEntry]: 'free_entry',
  [HostWord.ClearNonpresent]: 'clear_nonpresent',
  [HostWord.ClearFull]: 'clear_full',
  [HostWord.FreePgtable]: 'free_pgtable',
  [HostWord.Raced]: 'raced',
};

const LOOP_NAMES: Readonly<Record<LoopWord, string>> = {
  [LoopWord.Continue]: 'continue',
  [LoopWord.GotoRetry]: 'goto_retry',
  [LoopWord.FixupRetry]: 'fixup_retry',
};

const FREED = ['crst', 'kfree', 'pgtable'] as const;

/** Reads the operand words of one row in order. */
class Reader {
  private i = 0;
  constructor(
    private readonly trace: Trace,
    private readonly row: number,
  ) {}

  num(): number {
    return this.trace.operand(this.row, this.i++);
  }

  signed(): number {
    return this.num() | 0;
  }

  hex(): string {
    const hi = this.num();
    return hex(hi, this.num());
  }

  pteValue(): string {
    const hi = this.num();
    return pteText(hi, this.num());
  }

  skip(n: number): void {
    this.i += n;
  }

  value(kind: ValueKind): string {
    switch (kind) {
      case 'none':
        return '';
      case 'gmap':
        return `g${this.num()}`;
      case 'notifier':
        return `nb${this.num()}`;
      case 'hex':
      case 'pgste':
        return this.hex();
      case 'dec':
        return String(this.signed());
      case 'pte':
        return `pte@${this.hex()}`;
      case 'ptep':
      case 'sg': {
        const present = this.num();
        const at = this.hex();
        return present ? `${kind === 'sg' ? 'sg' : 'pte'}@${at}` : 'null';
      }
      case 'pteval':
        return this.pteValue();
      case 'index':
        return `[${this.num()}]`;
      case 'address': {
        const hi = this.num();
        const lo = this.num();
        return hi === 0xffff_ffff ? String(lo | 0) : hex(hi, lo);
      }
      case 'fixup': {
        const rc = this.signed();
        return `${rc} ${this.num() ? 'unlocked' : 'locked'}`;
      }
    }
  }
}

function lockText(cls: number, r: Reader): string {
  const mode = cls >>> 8 === 1 ? ':r' : cls >>> 8 === 2 ? ':w' : '';
  switch ((cls & 0xff) as LockClass) {
    case LockClass.MmapSem:
      return `mmap_sem${mode}`;
    case LockClass.AnonVma:
      return `anon_vma${mode}`;
    case LockClass.PageTable:
      return 'page_table_lock';
    case LockClass.Ptl:
      return `ptl@${r.hex()}`;
    case LockClass.Gtl:
      return `gtl:g${r.num()}`;
    case LockClass.GmapLock:
      return 'gmap_lock';
    case LockClass.NotifierLock:
      return 'gmap_notifier_lock';
    case LockClass.Rcu:
      return 'rcu';
    case LockClass.Pcl:
      return `pcl pte@${r.hex()}`;
  }
}

/** A decoded operand: its text as the log has it, and its number where it is one. */
export interface Decoded {
  readonly name: string;
  readonly kind: ValueKind;
  readonly text: string;
  /** Unsigned 64-bit; signed for plain numbers. Null pointers have none. */
  readonly value: bigint | undefined;
}

function decode(trace: Trace, n: number, first: number, name: string, kind: ValueKind): Decoded {
  const r = new Reader(trace, n);
  r.skip(first);
  const text = r.value(kind);
  const word = (i: number): bigint =>
    (BigInt(trace.operand(n, first + i)) << 32n) | BigInt(trace.operand(n, first + i + 1));
  let value: bigint | undefined;
  switch (kind) {
    case 'none':
      break;
    case 'dec':
    case 'fixup':
      value = BigInt(trace.operand(n, first) | 0);
      break;
    case 'gmap':
    case 'notifier':
    case 'index':
      value = BigInt(trace.operand(n, first));
      break;
    case 'ptep':
    case 'sg':
      value = trace.operand(n, first) ? word(1) : undefined;
      break;
    case 'address':
      value =
        BigInt.asIntN(64, word(0)) < 0n && word(0) >> 12n === 0xf_ffff_ffff_ffffn
          ? BigInt.asIntN(64, word(0))
          : word(0);
      break;
    default:
      value = word(0);
  }
  return { name, kind, text, value };
}

function decodeAll(trace: Trace, n: number, first: number, args: readonly Argument[]): Decoded[] {
  let at = first;
  return args.map(({ name, kind }) => {
    const decoded = decode(trace, n, at, name, kind);
    at += WORDS[kind];
    return decoded;
  });
}

/** Arguments of a call row. */
export function callArguments(trace: Trace, n: number): Decoded[] {
  return decodeAll(trace, n, 1, functionById(trace.operand(n, 0)).args);
}

/** Result of a return row; undefined if the function returns nothing. */
export function returnedValue(trace: Trace, n: number): Decoded | undefined {
  const fn = functionOf(trace, n);
  if (!fn || fn.returns === 'none') return undefined;
  const decoded = decode(trace, n, 0, fn.gives ?? 'result', fn.returns);
  if (fn.returns !== 'gmap') return decoded;
  const slot = trace.operand(n, 0);
  return slot
    ? { ...decoded, text: `g${slot - 1}`, value: BigInt(slot - 1) }
    : { ...decoded, text: 'null', value: undefined };
}

/** Local variables that a note row assigns. */
export function assignedLocals(trace: Trace, n: number): Decoded[] {
  return decodeAll(trace, n, 0, stepById(trace.site(n)).sets);
}

/** Name of the frame in a K row: a data page, or the zero page. */
const frameName = (text: string): string => text.slice(0, text.indexOf(':'));

function treeText(r: Reader, insert: boolean): string {
  const tree = r.num() === 0 ? 'g2h' : 'h2g';
  const gmap = r.num();
  const key = r.hex();
  const present = r.num();
  const at = r.hex();
  const value = !present ? 'null' : tree === 'h2g' ? `sg@${at}` : at;
  return `${tree}:g${gmap} ${key} ${value}${insert ? ` ${r.signed()}` : ''}`;
}

/** Function of the call that row `n` belongs to. For a call row, its own function is its first operand. */
export function functionOf(trace: Trace, n: number): FunctionInfo | undefined {
  const caller = trace.caller(n);
  return caller < 0 ? undefined : functionById(trace.operand(caller, 0));
}

/** Text of a result, as the corpus writes it. */
export function resultText(trace: Trace, n: number, first = 0): string {
  const hi = trace.operand(n, first + 1);
  const lo = trace.operand(n, first + 2);
  switch (trace.operand(n, first) as ResultCode) {
    case ResultCode.Number:
      return String(lo | 0);
    case ResultCode.Address:
      return hex(hi, lo);
    case ResultCode.Key:
      return `${lo | 0} key=0x${hi.toString(16)}`;
    case ResultCode.Na:
      return 'NA';
    case ResultCode.Set:
      return 'set';
    case ResultCode.Clear:
      return 'clear';
  }
}

/** True for rows that are events of the corpus; notes, operations' frames and scenario rows are not. */
export function isEvent(kind: Kind): boolean {
  return kind > Kind.End && kind < Kind.Note;
}

/** Text of row `n` in the corpus' event language. */
export function eventText(trace: Trace, n: number, generation: Generation): string {
  const r = new Reader(trace, n);
  const kind = trace.kind(n);
  switch (kind) {
    case Kind.Op:
      return `# ${trace.operand(n, 1)} ${functionById(r.num()).name.slice(3)}`;
    case Kind.End:
      return `= ${resultText(trace, n)}`;
    case Kind.Call: {
      const fn = functionById(r.num());
      return ['>', nameIn(fn, generation), ...fn.args.map((a) => r.value(a.kind))].join(' ');
    }
    case Kind.Return: {
      const fn = functionOf(trace, n)!;
      const name = nameIn(fn, generation);
      if (fn.returns === 'gmap') {
        const slot = r.num();
        return `< ${name} ${slot ? `g${slot - 1}` : 'null'}`;
      }
      return WORDS[fn.returns] === 0 ? `< ${name}` : `< ${name} ${r.value(fn.returns)}`;
    }
    case Kind.Lock:
      return `L ${lockText(r.num(), r)}`;
    case Kind.Unlock: {
      const cls = r.num();
      const text = `U ${lockText(cls, r)}`;
      return cls === LockClass.Pcl ? `${text} ${r.hex()}` : text;
    }
    case Kind.Block:
      return `B ${lockText(r.num(), r)}`;
    case Kind.Rcu:
      return r.num() === RcuWord.Sync ? 'S rcu_sync' : 'S rcu_end';
    case Kind.Walk: {
      const level = LEVEL_NAMES[r.num()]!;
      const index = r.num();
      r.skip(1);
      const lo = r.num();
      const low = lo & (level === 'sg' ? 0x7ff : 0xfff);
      return `W ${level} [${index}] ${lo & 0x20 ? 'inv' : 'val'} 0x${low.toString(16)}`;
    }
    case Kind.Alloc: {
      const name = ALLOC_NAMES[r.num() as AllocKind];
      return `A ${name} ${r.num() ? 'ok' : 'fail'}`;
    }
    case Kind.Free:
      return `F ${FREED[r.num()]!}`;
    case Kind.Data:
      return `D d${r.num()}`;
    case Kind.Lookup:
      return `R? ${treeText(r, false)}`;
    case Kind.Insert:
      return `R+ ${treeText(r, true)}`;
    case Kind.Delete:
      return `R- ${treeText(r, false)}`;
    case Kind.Invalidate: {
      const how = r.num() as InvalidateKind;
      const at = r.hex();
      const slot = r.hex();
      if (how === InvalidateKind.Lazy) return `I lazy pte@${slot}`;
      return `I ${how === InvalidateKind.IpteLocal ? 'ipte_local' : 'ipte'} ${at} pte@${slot}`;
    }
    case Kind.Flush: {
      const how = r.num() as FlushKind;
      return how === FlushKind.Asce ? `T asce g${r.num()}` : how === FlushKind.Global ? 'T global' : 'T mm';
    }
    case Kind.Notify: {
      const nb = r.num();
      const gmap = r.num();
      return `N nb${nb} g${gmap} ${r.hex()} ${r.hex()}`;
    }
    case Kind.Key: {
      const action = r.num() as KeyAction;
      const frame = frameName(r.pteValue());
      const value = r.num();
      if (action === KeyAction.Get) return `K get ${frame} 0x${value.toString(16)}`;
      if (action === KeyAction.Set) return `K set ${frame} 0x${value.toString(16)} ${r.num()}`;
      return `K rrbe ${frame} cc=${value}`;
    }
    case Kind.Loop:
      return `~ ${LOOP_NAMES[r.num() as LoopWord]}`;
    case Kind.Host: {
      const word = r.num() as HostWord;
      const name = `H ${HOST_NAMES[word]}`;
      switch (word) {
        case HostWord.MigrateEnd:
          return `${name} d${r.num()}`;
        case HostWord.FreeEntry:
          return `${name} ${r.pteValue()}`;
        case HostWord.ClearNonpresent:
        case HostWord.ClearFull:
          return `${name} pte@${r.hex()}`;
        case HostWord.FreePgtable:
          return `${name} ${r.hex()}`;
        default:
          return name;
      }
    }
    case Kind.Access:
      return r.num() ? 'X access ok' : 'X fault';
    case Kind.RaceBegin:
      return '{ race';
    case Kind.RaceEnd:
      return `} race ${resultText(trace, n)}`;
    case Kind.Bug: {
      const text = r.num();
      return text === BugText.Unbalanced ? `! unbalanced ${r.signed()}` : `! BUG ${bugMessage(text, r.num())}`;
    }
    case Kind.FlushDone:
      return 'M flush_mm=0';
    case Kind.Note:
      return [
        `. ${stepById(trace.site(n)).text.trim()}`,
        ...assignedLocals(trace, n).map((d) => `${d.name}=${d.text}`),
      ].join(' ');
    case Kind.Statement:
    case Kind.Edit:
      return '';
  }
}

/** `-14` becomes `-EFAULT (-14)`; other answers stay as they are. */
export function answerWords(text: string): string {
  const name = /^-\d+$/.test(text) ? errnoName(Number(text)) : undefined;
  return name ? `-${name} (${text})` : text;
}
