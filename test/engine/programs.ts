/** Arbitrary programs of the operation language: small, and aimed at the places where things meet. */
import fc from 'fast-check';

const hexOf = (n: bigint): string => `0x${n.toString(16)}`;
const pick = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

const SEGMENT = 0x10_0000n;
/** Host segments, guest segments (one behind a limit of 2 GB), and pages in them. */
const hostSegment = pick(0x1000_0000n, 0x1010_0000n, 0x1020_0000n, 0x3ff_fff0_0000n);
const guestSegment = pick(0n, SEGMENT, 0x7ff0_0000n, 0x8000_0000n, 0x20_0000_0000_0000n, 0xffff_ffff_ffe0_0000n);
const page = pick(0n, 0x1000n, 0x2000n, 0xf_f000n);
const add = (x: fc.Arbitrary<bigint>, y: fc.Arbitrary<bigint>): fc.Arbitrary<string> =>
  fc.tuple(x, y).map(([a, b]) => hexOf(a + b));
const vmaddr = add(hostSegment, page);
const gaddr = add(guestSegment, page);
const segments = pick(SEGMENT, 2n * SEGMENT, 4n * SEGMENT).map(hexOf);
const pages = pick(0n, 0x1000n, 0x2000n, 0x4000n, SEGMENT).map(hexOf);
// Short ranges: the kernel goes through a range segment by segment, mapped or not.
const discarded = fc
  .tuple(guestSegment, page, pick(0n, 0x1000n, SEGMENT))
  .map(([a, b, len]) => `from=${hexOf(a + b)} to=${hexOf((a + b + len) & ((1n << 64n) - 1n))}`);
const g = fc.integer({ min: 0, max: 2 });
const nb = fc.integer({ min: 0, max: 2 });
const access = pick('r', 'w');
const prot = pick('rw', 'ro', 'none');
const flag = pick('0', '1');

function op(strings: TemplateStringsArray, ...parts: fc.Arbitrary<string | number>[]): fc.Arbitrary<string> {
  return fc
    .tuple(...parts)
    .map((values) => strings.reduce((text, s, i) => text + s + (i < values.length ? String(values[i]) : ''), ''));
}

const hostOperations = [
  op`mmap vmaddr=${hostSegment.map(hexOf)} len=${segments} prot=${prot}`,
  op`munmap vmaddr=${vmaddr} len=${pages}`,
  op`mprotect vmaddr=${vmaddr} len=${pages} prot=${prot}`,
  op`madvise_dontneed vmaddr=${vmaddr} len=${pages}`,
  op`reclaim vmaddr=${vmaddr}`,
  op`migrate_start vmaddr=${vmaddr}`,
  op`migrate_end vmaddr=${vmaddr}`,
  op`migrate vmaddr=${vmaddr}`,
  op`wrprotect vmaddr=${vmaddr} share=${flag}`,
  op`mkclean vmaddr=${vmaddr}`,
  op`age vmaddr=${vmaddr}`,
  op`touch vmaddr=${vmaddr} access=${access}`,
  op`essa vmaddr=${vmaddr} state=${pick('unused', 'stable', 'zero')}`,
  op`set_key vmaddr=${vmaddr} key=${pick('0x0', '0x36', '0xf8')} nq=${flag}`,
  op`cond_set_key vmaddr=${vmaddr} key=0x40 nq=${flag} mr=${flag} mc=${flag}`,
  op`get_key vmaddr=${vmaddr}`,
  op`rrbe vmaddr=${vmaddr}`,
  op`test_clear_dirty vmaddr=${vmaddr}`,
];

const rareOperations = [
  op`machine esop=${flag} idte=${flag} attach=${pick('1', '2')} active=${flag} tlblc=${flag}`,
  fc.constant('exit_mm'),
  fc.constant('enable_sie'),
  fc.constant('enable_skey'),
  fc.constant('reset_cmma'),
  op`unregister nb=${nb}`,
  op`free g=${g}`,
  op`inject alloc=${fc.integer({ min: 1, max: 4 })}`,
  op`inject fault=${fc.integer({ min: 1, max: 2 })}`,
];

const gmapOperations = [
  op`alloc g=${g} limit=${pick('0x7fffffff', '0x80000000', '0x40000000000', '0xffffffffffffffff')}`,
  op`register nb=${nb}`,
  op`map_segment g=${g} from=${hostSegment.map(hexOf)} to=${guestSegment.map(hexOf)} len=${segments}`,
  op`unmap_segment g=${g} to=${guestSegment.map(hexOf)} len=${segments}`,
  op`translate g=${g} gaddr=${gaddr}`,
  op`fault g=${g} gaddr=${gaddr} access=${access}`,
  op`gtouch g=${g} gaddr=${gaddr} access=${access}`,
  op`zap g=${g} gaddr=${gaddr}`,
  op`discard g=${g} ${discarded}`,
];

const arm = op`mprotect_notify g=${g} gaddr=${gaddr} len=${pages} prot=${pick('none', 'read', 'write', '3', '5')}`;
const armBefore = op`ipte_notify g=${g} gaddr=${gaddr} len=${pages}`;
const race = fc.oneof(...hostOperations, ...gmapOperations);
const retry = op`inject unlocked=${fc.integer({ min: 1, max: 3 })} then ${race}`;

/** One operation. */
export const operation = (generation: 'after' | 'before'): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.oneof(...hostOperations) },
    { weight: 5, arbitrary: fc.oneof(...gmapOperations) },
    { weight: 3, arbitrary: generation === 'after' ? arm : armBefore },
    { weight: 1, arbitrary: retry },
    { weight: 1, arbitrary: fc.oneof(...rareOperations) },
  );

/** A start from which most operations find something to do. */
export const START = [
  'mmap vmaddr=0x10000000 len=0x400000 prot=rw',
  'alloc g=0 limit=0xffffffffffffffff',
  'alloc g=1 limit=0x7fffffff',
  'register nb=0',
  'map_segment g=0 from=0x10000000 to=0x0 len=0x400000',
  'map_segment g=1 from=0x10000000 to=0x100000 len=0x200000',
];

export const program = (generation: 'after' | 'before'): fc.Arbitrary<string[]> =>
  fc
    .tuple(fc.boolean(), fc.array(operation(generation), { minLength: 1, maxLength: 40 }))
    .map(([prepared, lines]) => (prepared ? [...START, ...lines] : lines));

/** What a thread may do beside others without any lock of its own. */
export const threadOperation = fc.oneof(arm, ...hostOperations, ...gmapOperations);

/** Set-up, and the operations of two or three threads. */
export const threadedProgram: fc.Arbitrary<{ setup: string[]; threads: string[][] }> = fc.record({
  setup: fc.array(operation('after'), { maxLength: 8 }).map((lines) => [...START, ...lines]),
  threads: fc.array(fc.array(threadOperation, { minLength: 1, maxLength: 3 }), {
    minLength: 2,
    maxLength: 3,
  }),
});
