// Mocha's own reporter, dots or lines (MOCHA_STYLE=spec), which also leaves the counts in the file MOCHA_COUNTS.
const { writeFileSync } = require('node:fs');
const { reporters } = require('mocha');

const { MOCHA_STYLE: style, MOCHA_COUNTS: file } = process.env;

module.exports = class extends (style === 'spec' ? reporters.Spec : reporters.Dot) {
  constructor(runner, options) {
    super(runner, options);
    runner.once('end', () => {
      const { passes, failures, pending } = runner.stats;
      if (file) writeFileSync(file, JSON.stringify({ passed: passes, failed: failures, skipped: pending }));
    });
  }
};
