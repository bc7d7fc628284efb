/** Choosing what of the tables is shown. */
import * as vscode from 'vscode';
import { Requests, type TreeArguments, type TreeResponse } from '../debug/protocol.js';
import type { Follower } from './follower.js';
import type { TableChoices } from './table-choices.js';

const { l10n } = vscode;

export const EVERYTHING = { changed: undefined, gmap: undefined, address: undefined };

/** The filter in words, for the head of the view; empty: there is none. */
export function filterText({ changed, gmap, address }: Pick<TreeArguments, 'changed' | 'gmap' | 'address'>): string {
  return [
    ...(changed ? [l10n.t('changed only')] : []),
    ...(gmap === undefined ? [] : [gmap]),
    ...(address === undefined ? [] : [l10n.t('the way to {0}', address)]),
  ].join(', ');
}

interface Choice extends vscode.QuickPickItem {
  readonly choose: () => unknown;
}

export async function chooseFilter(follower: Follower, choices: TableChoices): Promise<void> {
  const { changed, gmap, address } = choices.filter;
  const roots = (await follower.ask<TreeResponse>(Requests.tree))?.nodes ?? [];
  const gmaps = roots.filter(({ kind }) => kind === 'gmap').map(({ label }) => label);
  const mark = (on: boolean): string => (on ? '$(check) ' : '$(blank) ');
  const picks: Choice[] = [
    {
      label: `${mark(!choices.filtered)}${l10n.t('Everything')}`,
      choose: () => choices.choose(EVERYTHING),
    },
    {
      label: `${mark(changed ?? false)}${l10n.t('Only What Changed')}`,
      description: l10n.t('since the stop before'),
      choose: () => choices.choose({ changed: changed ? undefined : true }),
    },
    {
      label: `${mark(address !== undefined)}${l10n.t('Only the Way to an Address…')}`,
      ...(address !== undefined && { description: address }),
      choose: () => chooseAddress(choices),
    },
    ...gmaps.map((name): Choice => ({
      label: `${mark(name === gmap)}${l10n.t('Only Gmap {0}', name)}`,
      choose: () => choices.choose({ gmap: name === gmap ? undefined : name }),
    })),
  ];
  const title = l10n.t('What of the tables is shown');
  await (await vscode.window.showQuickPick(picks, { title }))?.choose();
}

async function chooseAddress(choices: TableChoices): Promise<void> {
  const written = await vscode.window.showInputBox({
    title: l10n.t('Only the Way to an Address…'),
    prompt: l10n.t('A guest address; in the tables of the host, a host address'),
    value: choices.filter.address ?? '0x',
    validateInput: (text) =>
      addressOf(text) === undefined ? l10n.t('Write an address of at most 64 bits, as 0x2000') : undefined,
  });
  const address = written === undefined ? undefined : addressOf(written);
  if (address !== undefined) await choices.choose({ address });
}

function addressOf(text: string): string | undefined {
  const match = /^\s*(0x[0-9a-f_]+|\d+)\s*$/i.exec(text)?.[1]?.replaceAll('_', '');
  const address = match === undefined ? undefined : BigInt(match);
  return address === undefined || address >> 64n ? undefined : `0x${address.toString(16)}`;
}
