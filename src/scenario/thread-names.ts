/** The names of threads, for what is recorded. */
import type { CompiledThread, Statement } from './program.js';
import type { ScenarioRun } from './run.js';

/** Threads by the numbers of their statements. */
export class ThreadNames {
  private readonly groups = new Map<number, readonly CompiledThread[]>();
  private readonly blocks = new Map<number, number>();

  constructor(run: ScenarioRun) {
    const numbers = new Map(run.statements.map((s, i) => [s, i]));
    const visit = (list: readonly Statement[], group: readonly CompiledThread[], block: number): void => {
      for (const s of list) {
        this.groups.set(numbers.get(s)!, group);
        this.blocks.set(numbers.get(s)!, block);
        if (s.kind === 'repeat') visit(s.body, group, block);
      }
    };
    for (const [i, s] of run.statements.entries()) {
      if (s.kind === 'threads') for (const thread of s.threads) visit(thread.statements, s.threads, i);
    }
  }

  /** The threads that run beside each other at a statement. */
  around(statement: number | undefined): readonly CompiledThread[] {
    return (statement === undefined ? undefined : this.groups.get(statement)) ?? [];
  }

  /** Number of the statement that starts the threads in which a statement is. */
  groupOf(statement: number): number | undefined {
    return this.blocks.get(statement);
  }

  name(row: { readonly task: number; readonly statement: number | undefined }): string {
    return row.task === 0 ? 'scenario' : (this.around(row.statement)[row.task - 1]?.name ?? `thread ${row.task}`);
  }
}
