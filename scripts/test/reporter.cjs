// mocha's own "spec" reporter that also writes its counts to $TEST_COUNTS, for the total at the end of `npm test`.
const { writeFileSync } = require("node:fs");
const { reporters } = require("mocha");

module.exports = class extends reporters.Spec {
    constructor(runner, options) {
        super(runner, options);
        runner.once("end", () => {
            const { passes, failures, pending } = this.stats;
            writeFileSync(
                process.env.TEST_COUNTS,
                JSON.stringify({ passed: passes, failed: failures, skipped: pending }),
            );
        });
    }
};
