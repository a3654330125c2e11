// Adds up the reports of the test runners given as arguments: `N passed, N failed, N skipped`.
import {readFileSync} from 'node:fs';

const reports = process.argv.slice(2).map(path => JSON.parse(readFileSync(path, 'utf8')));
const total = field => reports.reduce((sum, report) => sum + report[field], 0);
const passed = total('numPassedTests');
// A file that could not even be loaded has no test to count.
const unloaded = reports.flatMap(({testResults}) =>
  testResults.filter(
    ({status, assertionResults}) => status === 'failed' && assertionResults.length === 0,
  ),
);
const failed = total('numFailedTests') + unloaded.length;
const skipped = total('numPendingTests') + total('numTodoTests');
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
