/** The texts that a person steps through: the scenario file, and the listings of kernel functions. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { allFunctions, functionById, listing, nameIn, type FunctionInfo } from '../engine/catalog.js';
import type { Generation } from '../engine/operation.js';

/** The same file under all the names that clients give it: `file:` URIs, backslashes, letters of drives. */
export function sameFile(a: string, b: string): boolean {
  return plainPath(a) === plainPath(b);
}

function plainPath(pathOrUri: string): string {
  let path = pathOrUri;
  if (/^file:\/\//i.test(path)) {
    path = path.replace(/^file:\/\/(localhost)?/i, '');
    try {
      path = decodeURIComponent(path);
    } catch {
      // Not encoded: it is taken as it is.
    }
    path = path.replace(/^\/([a-zA-Z]:)/, '$1');
  }
  if (/^[a-zA-Z][\w+.-]+:\/\//.test(path)) return path;
  path = path.replaceAll('\\', '/').replace(/^[A-Z]:/, (drive) => drive.toLowerCase());
  return path.replace(/\/\.\//g, '/').replace(/\/{2,}/g, '/');
}

export function baseName(pathOrUri: string): string {
  return pathOrUri.split(/[\\/]/).at(-1) || pathOrUri;
}

/** `op:reclaim`, the operation of the scenario, is shown as `host reclaim`. */
export function displayName(fn: FunctionInfo, generation: Generation): string {
  return fn.operation ? fn.name.replace(/^op:/, '') : nameIn(fn, generation);
}

/** Number by which clients ask for a listing. */
export function listingReference(fn: FunctionInfo): number {
  return fn.id + 1;
}

export function functionOfReference(reference: number): FunctionInfo | undefined {
  const known = Number.isInteger(reference) && reference > 0 && reference <= allFunctions().length;
  return known ? functionById(reference - 1) : undefined;
}

export function scenarioSource(path: string): DebugProtocol.Source {
  return { name: baseName(path), path };
}

export function listingSource(fn: FunctionInfo, generation: Generation): DebugProtocol.Source {
  const name = displayName(fn, generation);
  return {
    name,
    // Not a file: the folder says which kernel file the function is modelled after.
    path: `${fn.file}/${name}`,
    sourceReference: listingReference(fn),
    origin: fn.operation ? 'listing of an operation' : `listing, modelled after ${fn.file}`,
  };
}

/** The listing as a person reads it: what the function is for, its signature, and its steps. */
export function listingText(fn: FunctionInfo, generation: Generation): string {
  return `${listing(fn, generation).join('\n')}\n`;
}

/** Every listing that a run of a generation can step through, by file and name. */
export function listingSources(generation: Generation): DebugProtocol.Source[] {
  return allFunctions(generation)
    .filter((fn) => !fn.wrapper)
    .map((fn) => listingSource(fn, generation))
    .sort((a, b) => (a.path! < b.path! ? -1 : 1));
}

/** A kernel function by a name that a person wrote, `op:` left out for operations; also of the other generation. */
export function functionCalled(name: string): FunctionInfo | undefined {
  const all = allFunctions().filter((fn) => !fn.wrapper);
  return (
    all.find((fn) => fn.name === name && !fn.operation) ??
    all.find((fn) => fn.nameBefore === name) ??
    all.find((fn) => fn.operation && fn.name === `op:${name}`)
  );
}
