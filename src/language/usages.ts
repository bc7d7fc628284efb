/** How each statement is written, and what its parts mean: for signature help, hovers and completion. */

export interface Usage {
  /** `map GMAP GADDR len LENGTH to VMADDR` */
  readonly label: string;
  /** The parts in capitals, in their order, by the property of the grammar that holds them. */
  readonly parts: readonly { readonly property: string; readonly doc: string }[];
}

const GMAP = 'The name of a gmap.';
const GADDR = 'A guest address.';
const VMADDR = 'An address of the host process.';
const PAGES = 'The length in bytes: a multiple of 4K.';
const SEGMENTS = 'The length in bytes: a multiple of 1M.';
const COUNT = 'How often: `once`, `never`, `3 times`, `at least once`, `at most 2 times`.';

function usage(label: string, parts: Readonly<Record<string, string>> = {}): Usage {
  return { label, parts: Object.entries(parts).map(([property, doc]) => ({ property, doc })) };
}

/** By the word that a statement begins with; for `host` and `expect` together with the second word. */
export const USAGES: Readonly<Record<string, Usage>> = {
  scenario: usage('scenario "NAME" { … }', { name: 'The name, as reports and the outline show it.' }),
  generation: usage('generation WHICH', { generation: '`after` the commit, or `before` it.' }),
  machine: usage('machine { FACILITY on … }', { name: 'A facility, then `on` or `off`; `attach` takes a number.' }),
  let: usage('let NAME = VALUE', {
    name: 'The name of the constant.',
    value: 'A number, or an expression of constants.',
  }),
  repeat: usage('repeat N { … }', { count: 'How many times.' }),
  thread: usage('thread NAME { … }', { name: 'The name of the thread; that of a vCPU makes it that vCPU.' }),
  mark: usage('mark NAME', { name: 'The name of this moment, for `since NAME`.' }),
  print: usage('print EXPRESSION, …', { values: 'Any expression: `pte(vm, 0x2000)`, `calls(kvm)`, `rc`.' }),
  vcpu: usage('vcpu NAME of GMAP prefix GADDR', {
    name: 'The name of the vCPU.',
    g: 'The gmap of its guest.',
    prefix: 'Guest address of its two prefix pages: a multiple of 8K below 2 GB.',
  }),
  enter: usage('enter VCPU', { vcpu: 'The name of a vCPU.' }),
  leave: usage('leave VCPU', { vcpu: 'The name of a vCPU.' }),
  set_prefix: usage('set_prefix VCPU GADDR', {
    vcpu: 'The name of a vCPU.',
    prefix: 'Guest address of the two prefix pages: a multiple of 8K below 2 GB.',
  }),
  'schedule random': usage('schedule random seed N', { seed: 'The same seed gives the same run.' }),
  'schedule pct': usage('schedule pct seed N depth D', {
    seed: 'The same seed gives the same run.',
    depth: 'One more than the changes of priority.',
  }),
  'schedule file': usage('schedule file "FILE"', { file: 'A recorded schedule, beside this file.' }),
  'schedule steps': usage('schedule steps THREAD N, …', { thread: 'The name of a thread.', count: 'How many steps.' }),
  'guest read': usage('guest read GMAP GADDR', { g: GMAP, gaddr: GADDR }),
  'guest write': usage('guest write GMAP GADDR', { g: GMAP, gaddr: GADDR }),
  gmap: usage('gmap NAME limit SIZE', {
    g: 'The name of the gmap.',
    limit: 'Size of the guest: it picks the level of the top table.',
  }),
  free: usage('free GMAP', { g: GMAP }),
  enable: usage('enable GMAP', { g: GMAP }),
  disable: usage('disable GMAP', { g: GMAP }),
  map: usage('map GMAP GADDR len LENGTH to VMADDR', {
    g: GMAP,
    to: 'The guest address at which the memory appears: a multiple of 1M.',
    len: SEGMENTS,
    from: 'The address of the host memory: a multiple of 1M.',
  }),
  unmap: usage('unmap GMAP GADDR len LENGTH', { g: GMAP, to: 'A guest address: a multiple of 1M.', len: SEGMENTS }),
  translate: usage('translate GMAP GADDR', { g: GMAP, gaddr: GADDR }),
  fault: usage('fault GMAP GADDR ACCESS', { g: GMAP, gaddr: GADDR, access: '`read` or `write`.' }),
  zap: usage('zap GMAP GADDR', { g: GMAP, gaddr: GADDR }),
  discard: usage('discard GMAP from GADDR to GADDR', {
    g: GMAP,
    from: 'The first guest address.',
    to: 'The guest address behind the last one.',
  }),
  mprotect_notify: usage('mprotect_notify GMAP GADDR len LENGTH PROT', {
    g: GMAP,
    gaddr: 'A guest address: a multiple of 4K.',
    len: PAGES,
    prot: 'The access that must stay possible: `PROT_NONE`, `PROT_READ`, `PROT_WRITE`.',
  }),
  ipte_notify: usage('ipte_notify GMAP GADDR len LENGTH', {
    g: GMAP,
    gaddr: 'A guest address: a multiple of 4K.',
    len: PAGES,
  }),
  notifier: usage('notifier NAME', { nb: 'The name of the notifier.' }),
  unregister: usage('unregister NOTIFIER', { nb: 'The name of a notifier.' }),
  inject: usage('inject FAULT K then { STATEMENT }', {
    name: '`alloc`, `unlocked`, `fault` or `ksm`.',
    count: 'Which one fails, counted from 1; for `unlocked` how many.',
    then: 'The operation that runs while mmap_sem is free.',
  }),
  down_read: usage('down_read LOCK', { lock: '`mmap_sem`.' }),
  down_write: usage('down_write LOCK', { lock: '`mmap_sem`.' }),
  up_read: usage('up_read LOCK', { lock: '`mmap_sem`.' }),
  up_write: usage('up_write LOCK', { lock: '`mmap_sem`.' }),
  ...hostUsages(),
  ...expectUsages(),
};

function hostUsages(): Record<string, Usage> {
  const vmaddr = { vmaddr: VMADDR };
  const range = { vmaddr: 'The first address: a multiple of 4K.', len: PAGES };
  const prot = { prot: '`rw`, `ro` or `none`.' };
  const key = { key: 'The storage key.', flags: '`nq on`, `nq off` …' };
  const one = (name: string) => [`host ${name}`, usage(`host ${name} VMADDR`, vmaddr)] as const;
  const none = (name: string) => [`host ${name}`, usage(`host ${name}`)] as const;
  return {
    'host mmap': usage('host mmap VMADDR len LENGTH PROT', { ...range, ...prot }),
    'host mprotect': usage('host mprotect VMADDR len LENGTH PROT', { ...range, ...prot }),
    'host munmap': usage('host munmap VMADDR len LENGTH', range),
    'host madvise': usage('host madvise ADVICE VMADDR len LENGTH', { advice: '`dontneed`.', ...range }),
    'host wrprotect': usage('host wrprotect VMADDR SHARE', { ...vmaddr, share: '`private` or `shared`.' }),
    'host essa': usage('host essa VMADDR STATE', { ...vmaddr, state: '`unused`, `stable` or `zero`.' }),
    'host set_key': usage('host set_key VMADDR key KEY FLAGS', { ...vmaddr, ...key }),
    'host cond_set_key': usage('host cond_set_key VMADDR key KEY FLAGS', { ...vmaddr, ...key }),
    ...Object.fromEntries(['read', 'write', 'reclaim', 'migrate', 'migrate_start', 'migrate_end'].map(one)),
    ...Object.fromEntries(['mkclean', 'age', 'get_key', 'rrbe', 'test_and_clear_dirty'].map(one)),
    ...Object.fromEntries(['exit', 'enable_sie', 'enable_skey', 'reset_cmma'].map(none)),
  };
}

function expectUsages(): Record<string, Usage> {
  const entry = (level: string) =>
    [
      `expect ${level}`,
      usage(`expect ${level} GMAP GADDR TEST …`, {
        g: GMAP,
        address: GADDR,
        clauses: 'States (`valid`, `not young` …), `with` or `without` bits, or `= VALUE`; more after a comma.',
      }),
    ] as const;
  return {
    'expect notified': usage('expect notified NOTIFIER GMAP RANGE COUNT', {
      nb: 'The name of a notifier.',
      g: GMAP,
      range: 'Guest addresses: `0x2000..0x2fff`; one address stands for its page.',
      count: COUNT,
    }),
    'expect notifications': usage('expect notifications N', { number: 'The number of all notifier calls.' }),
    'expect translate': usage('expect translate GMAP GADDR to VMADDR', {
      g: GMAP,
      gaddr: GADDR,
      vmaddr: 'A host address, or `nothing`.',
    }),
    'expect visits': usage('expect visits PLACE COUNT', {
      place: 'A kernel function, or `walk:LEVEL`.',
      count: COUNT,
    }),
    'expect held': usage('expect held LOCK WHICH MODE by THREAD', {
      lock: 'The name of a lock.',
      operand: 'Which of these locks: an address, or a gmap.',
      mode: '`read` or `write`.',
      thread: 'Who holds it.',
    }),
    'expect host': usage('expect host pte VMADDR TEST …', {
      address: VMADDR,
      clauses: 'States (`valid`, `not young` …), `with` or `without` bits, or `= VALUE`; more after a comma.',
    }),
    ...Object.fromEntries(['pte', 'pgste', 'segment', 'region3', 'region2', 'region1'].map(entry)),
    expect: usage('expect CONDITION', { expectation: 'An expectation, or any expression.' }),
  };
}

/** The usage that the first words of a statement choose. */
export function usageOf(words: readonly string[]): Usage | undefined {
  const [first = '', ...rest] = words.filter((word) => !['always', 'eventually', 'not'].includes(word));
  const both = `${first} ${rest[0] ?? ''}`;
  if (Object.hasOwn(USAGES, both)) return USAGES[both];
  return Object.hasOwn(USAGES, first) ? USAGES[first] : undefined;
}
