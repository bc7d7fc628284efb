/**
 * What to watch for on the way of a run, whatever its outcome: things that happen only because somebody else was at
 * work at the same time. Each is a bit. They tell apart schedules that end alike and yet went different ways.
 */

export const enum Sign {
  /** A value read without a lock had changed when the lock was taken. */
  Raced,
  /** A table was made in vain: somebody else was faster. */
  Loser,
  /** Somebody had to queue for mmap_sem or anon_vma. */
  Queued,
  /** synchronize_rcu had to wait. */
  Grace,
  /** A page was taken away again between its fix-up and the walk after it. */
  Again,
  /** An entry, key or mark was read, then written by another thread, then overwritten with something else. */
  LostUpdate,
  /** A notifier was called for a guest address that is not mapped any more, or a gmap that is being freed. */
  LateCall,
  /** A notification was used up and nobody was called. */
  NoCall,
  /** gmap_fault answered 0 and the page was gone already. */
  StaleFault,
  /** Arming answered 0 and a page of the range was not armed any more. */
  StaleArming,
  /** The guest used its tables again before the flush of an unlinked segment. */
  LateFlush,
  /** An operation released a lock that it had not taken, or kept one. */
  Unbalanced,
  /** A thread came to a spinlock or a PCL bit that another one held, and had to wait there. */
  Spun,
  /** A vCPU was refused entry into SIE: a request came after it had looked for requests. */
  Refused,
}

export const SIGNS: readonly { readonly sign: Sign; readonly name: string; readonly text: string }[] = [
  { sign: Sign.Raced, name: 'raced', text: 'a value read without a lock had changed when the lock was taken' },
  { sign: Sign.Loser, name: 'loser', text: 'a table was made in vain: another thread was faster' },
  { sign: Sign.Queued, name: 'queued', text: 'a thread had to queue for mmap_sem or anon_vma' },
  { sign: Sign.Grace, name: 'grace-period', text: 'synchronize_rcu had to wait for a reader' },
  { sign: Sign.Again, name: 'again', text: 'a page was taken away between its fix-up and the next walk' },
  {
    sign: Sign.LostUpdate,
    name: 'lost-update',
    text: 'an entry, key or mark was read, written by another thread, and then overwritten',
  },
  {
    sign: Sign.LateCall,
    name: 'late-call',
    text: 'a notifier was called for an address that is not mapped any more, or for a gmap that is being freed',
  },
  { sign: Sign.NoCall, name: 'no-call', text: 'a notification was used up and nobody was called' },
  { sign: Sign.StaleFault, name: 'stale-fault', text: 'gmap_fault answered 0 for a page that was gone already' },
  {
    sign: Sign.StaleArming,
    name: 'stale-arming',
    text: 'arming answered 0 for a page that was not armed any more',
  },
  {
    sign: Sign.LateFlush,
    name: 'late-flush',
    text: 'the guest used its tables before the flush of an unlink was done',
  },
  {
    sign: Sign.Unbalanced,
    name: 'unbalanced',
    text: 'an operation released a lock that it had not taken, or kept one',
  },
  { sign: Sign.Spun, name: 'spun', text: 'a thread had to wait at a spinlock or a PCL bit that another one held' },
  { sign: Sign.Refused, name: 'refused', text: 'a request kept a vCPU out of SIE after it had looked for requests' },
];

export function signNames(signs: number): string[] {
  return SIGNS.filter(({ sign }) => (signs & (1 << sign)) !== 0).map(({ name }) => name);
}
