/**
 * `npm run bench`: what the engine and the recording cost, medians of several rounds. `--json` prints the rows as
 * JSON. Run it on a quiet machine, and nothing beside it.
 */
import { measureDebugger } from './debugger.js';
import { measureEngine } from './engine.js';
import { measureExploring } from './explore.js';
import { measureLanguage } from './language.js';
import { measurePackage } from './package.js';
import { measureRecording } from './recording.js';

const rows = [
  ...measureEngine(),
  ...measureRecording(),
  ...(await measureDebugger()),
  ...measureExploring(),
  ...(await measureLanguage()),
  ...measurePackage(),
];
if (process.argv.includes('--json')) {
  const whole = rows.map(({ name, unit, value, against = null, ratio = null, aim = null, met = null }) => {
    return { name, unit, value, against, ratio, aim, met };
  });
  console.log(JSON.stringify(whole, undefined, 1));
} else {
  const shown = (value: number): string =>
    value < 10 ? value.toFixed(2) : value < 1000 ? value.toFixed(1) : Math.round(value).toLocaleString('en');
  for (const { name, unit, value, against, ratio, aim, met } of rows) {
    const beside = against === undefined ? '' : ` ${shown(ratio!)} of ${shown(against)}`;
    const wanted = aim === undefined ? '' : ` aim ${aim.toLocaleString('en')}: ${met ? 'met' : 'missed'}`;
    console.log(`${name.padEnd(74)} ${shown(value).padStart(10)} ${`${unit}${beside}`.padEnd(20)}${wanted}`.trimEnd());
  }
}
