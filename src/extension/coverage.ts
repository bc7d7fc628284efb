/** Coverage of scenarios: the listing of each kernel function is a file, its steps are the statements. */
import * as vscode from 'vscode';
import type { Coverage, FunctionCoverage, StepCoverage } from '../recording/coverage.js';

const { l10n } = vscode;

/** Listings that can be read while nothing is debugged: `gmap-listing:/linux/arch/s390/mm/gmap.c/gmap_free`. */
const SCHEME = 'gmap-listing';
/** The language of listings, in package.json. */
const LANGUAGE = 'gmap-listing';

export function registerListings(): vscode.Disposable {
  const { workspace } = vscode;
  return vscode.Disposable.from(
    workspace.registerTextDocumentContentProvider(SCHEME, {
      provideTextDocumentContent: async ({ path }) => {
        const { listingNamed } = await import('./heavy.js');
        return listingNamed(path.split('/').at(-1)!);
      },
    }),
    workspace.onDidOpenTextDocument((document) => {
      if (document.uri.scheme !== SCHEME || document.languageId === LANGUAGE) return;
      void vscode.languages.setTextDocumentLanguage(document, LANGUAGE);
    }),
  );
}

class ListingCoverage extends vscode.FileCoverage {
  constructor(readonly fn: FunctionCoverage) {
    const { name, file, calls, visited, total, branchesTaken, branchesTotal } = fn;
    super(
      vscode.Uri.from({ scheme: SCHEME, path: `/linux/${file}/${name}` }),
      new vscode.TestCoverageCount(visited, total),
      branchesTotal > 0 ? new vscode.TestCoverageCount(branchesTaken, branchesTotal) : undefined,
      new vscode.TestCoverageCount(calls > 0 ? 1 : 0, 1),
    );
  }
}

export function addCoverage(run: vscode.TestRun, { functions }: Coverage): void {
  for (const fn of functions) run.addCoverage(new ListingCoverage(fn));
}

/** What the editor shows beside the lines of a listing. */
export async function detailsOf(file: vscode.FileCoverage): Promise<vscode.FileCoverageDetail[]> {
  const { name, calls, steps } = (file as ListingCoverage).fn;
  const { listingNamed } = await import('./heavy.js');
  const lines = listingNamed(name)!.split('\n');
  const signature = new vscode.Range(0, 0, 0, name.length);
  const statements = steps.map((step) => statement(step, lines[step.line - 1]!.search(/\S/)));
  return [new vscode.DeclarationCoverage(name, calls, signature), ...statements];
}

function statement({ line, visits, branches }: StepCoverage, column: number): vscode.StatementCoverage {
  return new vscode.StatementCoverage(
    visits,
    new vscode.Position(line - 1, column),
    branches.map(({ to, text, taken }) => {
      return new vscode.BranchCoverage(taken, undefined, l10n.t('to line {0} ({1})', to, text));
    }),
  );
}
