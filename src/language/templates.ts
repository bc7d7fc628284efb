/** Beginnings of new scenarios. */

export interface Template {
  readonly label: string;
  /** A sentence on what it is about. */
  readonly detail: string;
  /** The name that the scenario has if nothing else is said. */
  readonly name: string;
  text(name: string): string;
}

const SETUP = `host mmap 0x10000000 len 16M rw
gmap vm limit 4G
map vm 0x0 len 16M to 0x10000000
notifier kvm
`;

const block = (name: string, statements: string): string =>
  `scenario ${JSON.stringify(name)} {\n${statements.trimEnd().replace(/^(?=.)/gm, '  ')}\n}\n`;

export const TEMPLATES: readonly Template[] = [
  {
    label: 'A page is armed, and the host takes it away',
    detail: 'gmap_mprotect_notify, reclaim, one notification',
    name: 'a reclaimed page is notified once',
    text: (
      name,
    ) => `# Pages are armed with gmap_mprotect_notify. When the host takes one away, the notifier is called once.

${SETUP}
${block(
  name,
  `mprotect_notify vm 0x2000 len 8K PROT_WRITE -> 0
expect pte vm 0x2000 valid writable, pgste with IN

host reclaim 0x10002000
expect notified kvm vm 0x2000 once
expect pte vm 0x2000 swapped, pgste without IN
`,
)}`,
  },
  {
    label: 'The guest touches a page that is not there',
    detail: 'gmap_fault: translate, fault in, link',
    name: 'a fault links the segment',
    text: (
      name,
    ) => `# The guest writes where nothing is yet. gmap_fault faults the host page in and links its page table.

${SETUP.replace('notifier kvm\n', '')}
${block(
  name,
  `expect segment vm 0x2000 unlinked
guest write vm 0x2000 -> 0
expect segment vm 0x2000 linked
expect pte vm 0x2000 valid writable dirty
expect visits gmap_fault once
`,
)}`,
  },
  {
    label: 'Two threads at one page',
    detail: 'Arming and reclaim under a random schedule',
    name: 'arming meets reclaim',
    text: (name) => `# Arming and reclaim meet at one page. Another seed is another order of their steps.

${SETUP}fault vm 0x2000 write

${block(
  name,
  `expect always no invariant broken
schedule random seed 1
thread arm {
  mprotect_notify vm 0x2000 len 4K PROT_READ -> 0
}
thread swapper {
  host reclaim 0x10002000
}
print calls(kvm), pte(vm, 0x2000)
`,
)}`,
  },
  {
    label: 'mmap_sem is lost in the middle',
    detail: 'inject unlocked: something happens while the caller waits',
    name: 'the mapping goes while the page is faulted in',
    text: (name) => `# The fix-up loses mmap_sem. While it is free, the mapping is taken away: the caller must notice.

${SETUP}
${block(
  name,
  `inject unlocked 1 then { unmap vm 0x0 len 1M }
mprotect_notify vm 0x2000 len 4K PROT_WRITE -> -EFAULT
expect visits gmap_pte_op_fixup once
expect no notification
`,
)}`,
  },
  {
    label: 'An empty scenario',
    detail: 'Host memory, a gmap, a notifier, and room for yours',
    name: 'what happens',
    text: (name) => `# What this scenario shows.

${SETUP}
${block(name, 'fault vm 0x0 write -> 0\nexpect no notification\n')}`,
  },
];
