/** What the session announces. Each line has a request behind it, and a test. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { protocolFilters } from './filters.js';

export function capabilities(): DebugProtocol.Capabilities {
  return {
    supportsConfigurationDoneRequest: true,
    supportsFunctionBreakpoints: true,
    supportsConditionalBreakpoints: true,
    supportsHitConditionalBreakpoints: true,
    supportsLogPoints: true,
    exceptionBreakpointFilters: protocolFilters(),
    supportsExceptionFilterOptions: true,
    supportsExceptionInfoRequest: true,
    supportsDataBreakpoints: true,
    supportsDataBreakpointBytes: true,
    supportsBreakpointLocationsRequest: true,
    supportsStepBack: true,
    supportsSteppingGranularity: true,
    supportsSingleThreadExecutionRequests: true,
    supportsStepInTargetsRequest: true,
    supportsGotoTargetsRequest: true,
    supportsRestartFrame: true,
    supportsEvaluateForHovers: true,
    supportsClipboardContext: true,
    supportsValueFormattingOptions: true,
    supportsSetVariable: true,
    supportsSetExpression: true,
    supportsReadMemoryRequest: true,
    supportsWriteMemoryRequest: true,
    supportsCompletionsRequest: true,
    completionTriggerCharacters: ['.', ':', ' '],
    supportsLoadedSourcesRequest: true,
    supportsRestartRequest: true,
    supportsTerminateRequest: true,
    supportsTerminateThreadsRequest: true,
    supportTerminateDebuggee: true,
    supportsCancelRequest: true,
  };
}
