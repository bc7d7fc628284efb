/** What takes time to load and is not needed at the start: a bundle of its own (tools/build.mjs). */
export { createSession } from '../debug/session.js';
export { LanguageServer } from '../language/server.js';
export { TEMPLATES } from '../language/templates.js';
export { CoverageCollector } from '../recording/coverage.js';
export { compareScenario, exploreScenario, listingNamed, runScenario } from './test-work.js';
