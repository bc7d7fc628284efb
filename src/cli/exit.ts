/** How the program ends, and what it says to the person when it cannot do its work. */

export const EXIT = {
  /** Everything that was asked for holds. */
  ok: 0,
  /** An expectation failed, or a scenario ended in a way that nobody expected. */
  failed: 1,
  /** A scenario with errors, a file that cannot be read, a wrong option. */
  unusable: 2,
  /** A fault of this program. */
  internal: 70,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Something that the person can put right: one sentence that says what, and what to do. */
export class UserError extends Error {}

/** The worse of two ends. */
export const worse = (a: ExitCode, b: ExitCode): ExitCode => (a > b ? a : b);
