/** What a person is told about their kernel tree, function by function. */
import type { KernelMap } from './kernel-map.js';
import type { Unmatched } from './match.js';

const place = ({ name, body }: Unmatched): string => (body ? `${name} (${body.file}:${body.line})` : name);

/** One line, or as many as it takes to name every function; the first says all in short. */
export function report({ matched, unmatched, files }: KernelMap): [string, ...string[]] {
  const all = matched.length + unmatched.length;
  if (matched.length === 0) {
    return ['no modelled function matches; all are shown as listings', ...unmatched.map(reason)];
  }
  const rest = unmatched.length > 0 ? '; the others are shown as listings' : '';
  const found = files.map((file) => {
    const names = matched.flatMap(({ bodies: [{ file: path }], name }) => (path === file ? [name] : []));
    return `${file}: ${names.length > 0 ? names.join(', ') : 'helpers'}`;
  });
  return [`${matched.length} of ${all} modelled functions match${rest}`, ...found, ...unmatched.map(reason)];
}

const reason = (unmatched: Unmatched): string => `${place(unmatched)} does not match: ${unmatched.reason}`;
