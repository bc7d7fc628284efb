/** The groups of variables that a frame shows. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Core } from './core.js';
import { placeOfFunction } from './places.js';
import { frameNumber, kernelFrames, type FrameRef } from './stack.js';
import type { Node } from './nodes/node.js';
import { vcpusNode } from './nodes/others.js';
import { childrenOf } from './view.js';
import { localsNode, scenarioNode, walkNode } from './nodes/roots.js';

export type ScopeName =
  'Arguments and locals' | 'Walk' | 'Scenario' | 'Tables' | 'Host memory' | 'Notifiers' | 'Locks' | 'vCPUs' | 'Machine';

/** What a scope of a frame holds; at a statement the scenario's names are its locals. */
export function nodesOfScope(core: Core, ref: FrameRef, name: ScopeName): readonly Node[] {
  const all = scopes(core, ref);
  const found =
    all.find((s) => s.name === name) ??
    (name === 'Arguments and locals' ? all.find((s) => s.name === 'Scenario') : undefined);
  return found ? childrenOf(core.view, core.containers.get(found.variablesReference)!) : [];
}

export function scopes(core: Core, ref: FrameRef): DebugProtocol.Scope[] {
  const { view } = core;
  const { task, call } = ref;
  const target = view.target;
  const frame = kernelFrames(target, task)[frameNumber(target, ref) ?? -1];
  const scope = (id: string, name: ScopeName, more: Partial<DebugProtocol.Scope> = {}): DebugProtocol.Scope => ({
    name,
    variablesReference: core.containers.of(id, id),
    expensive: false,
    ...more,
  });
  const own: DebugProtocol.Scope[] = [];
  if (frame && call >= 0 && !ref.nested) {
    own.push(
      scope(localsNode(view, task, call).id, 'Arguments and locals', {
        presentationHint: 'locals',
        source: placeOfFunction(target, frame.fn).source,
      }),
    );
    const walk = walkNode(view, task, call);
    if (walk.children!().length > 0) own.push(scope(walk.id, 'Walk'));
  } else own.push(scope(scenarioNode(view, task).id, 'Scenario', { presentationHint: 'locals' }));
  const vcpus = vcpusNode(view);
  return [
    ...own,
    // Their roots are made when somebody opens them.
    scope('tables', 'Tables'),
    scope('host', 'Host memory'),
    scope('notifiers', 'Notifiers'),
    scope('locks', 'Locks'),
    ...(vcpus ? [scope(vcpus.id, 'vCPUs')] : []),
    scope('machine', 'Machine'),
  ];
}
