/** Breakpoints that have a name and no line: they stand in the Breakpoints view. */
import * as vscode from 'vscode';

/** Adds one, unless it is there; without a condition of its own, one with any is the same. */
export function addFunctionBreakpoint(name: string, condition?: string): void {
  const isThere = vscode.debug.breakpoints.some(
    (one) =>
      one instanceof vscode.FunctionBreakpoint &&
      one.functionName === name &&
      (condition === undefined || one.condition === condition),
  );
  if (!isThere) vscode.debug.addBreakpoints([new vscode.FunctionBreakpoint(name, true, condition)]);
}
