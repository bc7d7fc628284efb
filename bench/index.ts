/**
 * `npm run bench`: what the engine and the recording cost, medians of several rounds. `--json` prints the rows as
 * JSON. Run it on a quiet machine, and nothing beside it.
 */
import { measureEngine } from './engine.js';
import { measureExploring } from './explore.js';
import { measureLanguage } from './language.js';
import { measureRecording } from './recording.js';

const rows = [...measureEngine(), ...measureRecording(), ...measureExploring(), ...(await measureLanguage())];
if (process.argv.includes('--json')) console.log(JSON.stringify(rows, undefined, 1));
else {
  for (const { name, unit, value, aim, met } of rows) {
    const shown = value < 1000 ? value.toFixed(1) : Math.round(value).toLocaleString('en');
    const wanted = aim === undefined ? '' : ` aim ${aim.toLocaleString('en').padStart(10)}  ${met ? 'met' : 'missed'}`;
    console.log(`${name.padEnd(60)} ${shown.padStart(12)} ${unit.padEnd(17)}${wanted}`.trimEnd());
  }
}
