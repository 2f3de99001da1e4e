// mocha's own "spec" reporter that also writes to files: to $TEST_COUNTS its counts and what did not pass, for the
// summary at the end of `npm test`; to $TEST_DURATIONS how long each file took.
const { writeFileSync } = require("node:fs");
const { relative } = require("node:path");
const { reporters } = require("mocha");

module.exports = class extends reporters.Spec {
    constructor(runner, options) {
        super(runner, options);
        const failures = [];
        const skips = [];
        const durations = {};
        const named = (one) => `${one.fullTitle()} (${fileOf(one)})`;
        const took = (one) => {
            const file = fileOf(one);
            if (file) durations[file] = (durations[file] ?? 0) + (one.duration ?? 0);
        };
        runner.on("fail", (one) => failures.push(named(one)));
        runner.on("pending", (one) => skips.push(named(one)));
        runner.on("test end", took);
        runner.on("hook end", took);
        runner.once("end", () => {
            const { passes: passed, failures: failed, pending: skipped } = this.stats;
            const { TEST_COUNTS: counts, TEST_DURATIONS: times } = process.env;
            if (counts) writeFileSync(counts, JSON.stringify({ passed, failed, skipped, failures, skips }));
            if (times) writeFileSync(times, JSON.stringify(durations));
        });
    }
};

/** A hook has its suite's file. */
function fileOf(one) {
    const file = one.file ?? one.parent?.file;
    return file && relative(process.cwd(), file);
}
