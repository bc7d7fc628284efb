/** The person's own kernel tree: its files stand for the listings of the functions that match. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { FunctionInfo, Step } from '../engine/catalog.js';
import type { Generation } from '../engine/operation.js';
import { kernelFiles } from '../kernel-source/functions.js';
import { KernelMap } from '../kernel-source/kernel-map.js';
import type { Place } from '../kernel-source/match.js';
import { report } from '../kernel-source/report.js';
import type { Host } from './host.js';
import { beside } from './schedules.js';
import { baseName, sameFile } from './sources.js';

/** A line of a file of the tree, as the protocol names it. */
export interface KernelLine {
  readonly source: DebugProtocol.Source;
  readonly line: number;
}

export class KernelTree {
  readonly map: KernelMap;

  constructor(
    /** Path or URI of its folder. */
    private readonly root: string,
    private readonly texts: ReadonlyMap<string, string>,
    generation: Generation,
    /** Why files could not be read. */
    private readonly missing: readonly string[] = [],
  ) {
    this.map = new KernelMap(texts, generation);
  }

  step(step: Step): KernelLine | undefined {
    return this.lineOf(this.map.place(step));
  }

  definition(fn: FunctionInfo): KernelLine | undefined {
    return this.lineOf(this.map.definition(fn));
  }

  source(file: string): DebugProtocol.Source {
    return { name: baseName(file), path: this.path(file) };
  }

  /** Files whose functions match. */
  sources(): DebugProtocol.Source[] {
    return this.map.files.map((file) => this.source(file));
  }

  /** Path in the tree of a file that was read. */
  fileOf(pathOrUri: string): string | undefined {
    return [...this.texts.keys()].find((file) => sameFile(this.path(file), pathOrUri));
  }

  /** Path of the file that is called so: `gmap.c`, `mm/gmap.c`. */
  pathCalled(name: string): string | undefined {
    const file = [...this.texts.keys()].find((path) => path === name || path.endsWith(`/${name}`));
    return file === undefined ? undefined : this.path(file);
  }

  /** Lines of a file at which a run can stop. */
  linesOf(pathOrUri: string): number[] {
    const file = this.fileOf(pathOrUri);
    return file === undefined ? [] : this.map.lines(file).map(({ line }) => line);
  }

  text(pathOrUri: string): string | undefined {
    const file = this.fileOf(pathOrUri);
    return file === undefined ? undefined : this.texts.get(file);
  }

  /** What a person is told, the short of it first. */
  report(): [string, ...string[]] {
    const [first, ...more] = report(this.map);
    return [`kernel source ${this.root}: ${first}`, ...this.missing, ...more];
  }

  private lineOf(place: Place | undefined): KernelLine | undefined {
    return place && { source: this.source(place.file), line: place.line };
  }

  private path(file: string): string {
    return inFolder(this.root, file);
  }
}

/** The separators of the folder go on. */
function inFolder(root: string, file: string): string {
  const backslashes = root.includes('\\') && !root.includes('/');
  const separator = backslashes ? '\\' : '/';
  return root.replace(/[\\/]+$/, '') + separator + (backslashes ? file.replaceAll('/', separator) : file);
}

/** Reads the files of a tree; a relative path starts at the scenario's folder. What is missing is part of the report. */
export async function readKernelTree(
  host: Host,
  program: string,
  folder: string,
  generation: Generation,
): Promise<KernelTree> {
  const root = beside(program, folder);
  const texts = new Map<string, string>();
  const missing: string[] = [];
  for (const file of kernelFiles()) {
    const path = inFolder(root, file);
    try {
      texts.set(file, await host.readFile(path));
    } catch (error) {
      missing.push(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return new KernelTree(root, texts, generation, missing);
}
