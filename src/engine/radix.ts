/**
 * Radix trees in storage: guest_to_host and host_to_guest.
 *
 * Nodes have 64 slots of 8 bytes; the tree grows in height as keys need it. A zero word is an absent value, which
 * is why a mapping to host address 0 does not exist. Keys are segment numbers, below 2^44.
 */
import type { Machine } from './machine.js';

const SLOTS = 64;

/** Address of the slot for `key`, or 0. `root` is the word that points to the top node; the next word its height. */
export function radixSlot(m: Machine, root: number, key: number): number {
  let node = m.get(root);
  let height = m.get(root + 8);
  if (node === 0 || key >= SLOTS ** height) return 0;
  for (;;) {
    height--;
    const at = node + (Math.floor(key / SLOTS ** height) % SLOTS) * 8;
    if (height === 0) return at;
    node = m.get(at);
    if (node === 0) return 0;
  }
}

/** Address of the slot for `key`; missing nodes are made. */
export function radixSlotCreate(m: Machine, root: number, key: number): number {
  let height = m.get(root + 8);
  if (m.get(root) === 0) {
    height = 1;
    while (key >= SLOTS ** height) height++;
    m.set(root, m.allocObject(SLOTS * 8));
    m.set(root + 8, height);
  }
  while (key >= SLOTS ** height) {
    const node = m.allocObject(SLOTS * 8);
    m.set(node, m.get(root));
    m.set(root, node);
    m.set(root + 8, ++height);
  }
  let node = m.get(root);
  for (;;) {
    height--;
    const at = node + (Math.floor(key / SLOTS ** height) % SLOTS) * 8;
    if (height === 0) return at;
    if (m.get(at) === 0) m.set(at, m.allocObject(SLOTS * 8));
    node = m.get(at);
  }
}

/** Key and slot address of the first present value with a key of at least `from`; undefined behind the last. */
export function radixNext(m: Machine, root: number, from: number): { key: number; slot: number } | undefined {
  const search = (node: number, height: number, base: number): { key: number; slot: number } | undefined => {
    const span = SLOTS ** (height - 1);
    for (let i = Math.max(0, Math.floor((from - base) / span)); i < SLOTS; i++) {
      const at = node + i * 8;
      if (height === 1) {
        if ((m.hi(at) | m.lo(at)) !== 0) return { key: base + i, slot: at };
      } else if (m.get(at) !== 0) {
        const found = search(m.get(at), height - 1, base + i * span);
        if (found) return found;
      }
    }
    return undefined;
  };
  const node = m.get(root);
  return node === 0 ? undefined : search(node, m.get(root + 8), 0);
}

/** All present values, ascending. */
export function* radixEntries(m: Machine, root: number): Generator<{ key: number; slot: number }, void, void> {
  for (let e = radixNext(m, root, 0); e; e = radixNext(m, root, e.key + 1)) yield e;
}
