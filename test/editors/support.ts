/** Other editors, run as a person would set them up: with `gmap` on the PATH, and the configuration of the documentation. */
import { execFile } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fromRoot } from '../../tools/lib/root.mjs';

const bundle = fromRoot('dist/gmap.js');

/** A folder with the first example, and `gmap` in `bin`. */
export class Place {
  readonly folder = mkdtempSync(join(tmpdir(), 'gmap-debug-editor-'));
  readonly scenario = join(this.folder, 'first-walk.gmap');

  constructor() {
    cpSync(fromRoot('examples/first-walk.gmap'), this.scenario);
    cpSync(bundle, join(this.folder, 'bin/gmap'));
    chmodSync(join(this.folder, 'bin/gmap'), 0o755);
  }

  write(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text);
    return path;
  }

  /** Runs a program to its end; gives what it said on both of its outputs. */
  run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
    const options = {
      cwd: this.folder,
      env: {
        ...process.env,
        PATH: `${join(this.folder, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`,
        HOME: this.folder,
        XDG_CONFIG_HOME: join(this.folder, 'config'),
        XDG_DATA_HOME: join(this.folder, 'data'),
        XDG_STATE_HOME: join(this.folder, 'state'),
        ...env,
      },
      timeout: 60_000,
    };
    return new Promise((resolve) => {
      execFile(program, args, options, (_error, stdout, stderr) => resolve(stdout + stderr));
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Blocks of a language in a page of docs/editors. */
export function configuration(page: string, language: string): string[] {
  const text = readFileSync(fromRoot(`docs/editors/${page}.md`), 'utf8');
  const blocks = [...text.matchAll(/^```(\w+)\n([^]*?)^```$/gm)];
  return blocks.filter(([, name]) => name === language).map(([, , code]) => code!);
}
