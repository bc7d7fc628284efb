/** The commit replaced gmap_ipte_notify by gmap_mprotect_notify: what one asks of the other. */
import type { Generation, Operation } from '../engine/operation.js';
import type { CompiledScenario, Statement } from '../scenario/program.js';

/** PROT_WRITE: the rights that gmap_ipte_notify always asks for. */
const WRITE = 2n;

function counterpart(operation: Operation, generation: Generation): Operation {
  const { name, args, then } = operation;
  const rest = then && { then: counterpart(then, generation) };
  if (generation === 'before' && name === 'mprotect_notify') {
    const { prot: _prot, ...place } = args;
    return { name: 'ipte_notify', args: place, ...rest };
  }
  if (generation === 'after' && name === 'ipte_notify') {
    return { name: 'mprotect_notify', args: { ...args, prot: WRITE }, ...rest };
  }
  return { name, args, ...rest };
}

export function withCounterparts(statements: readonly Statement[], generation: Generation): Statement[] {
  return statements.map((s): Statement => {
    switch (s.kind) {
      case 'operation':
        return { ...s, operation: counterpart(s.operation, generation) };
      case 'repeat':
        return { ...s, body: withCounterparts(s.body, generation) };
      case 'threads':
        return {
          ...s,
          threads: s.threads.map((t) => ({ ...t, statements: withCounterparts(t.statements, generation) })),
        };
      default:
        return s;
    }
  });
}

export function scenarioFor(scenario: CompiledScenario, generation: Generation): CompiledScenario {
  return { ...scenario, generation, statements: withCounterparts(scenario.statements, generation) };
}
