/** Rounds of {@link long} that make more than ten million micro-steps. */
export const LONG_ROUNDS = 1000;

/** A scenario of so many rounds. */
export const long = (rounds: number): string => `
host mmap 0x10000000 len 64M rw
gmap vm limit 16T
notifier kvm
map vm 0x0 len 64M to 0x10000000
repeat ${rounds} {
  mprotect_notify vm 0x0 len 1M PROT_WRITE
  mprotect_notify vm 0x100000 len 1M PROT_READ
  host madvise dontneed 0x10000000 len 1M
}
`;
