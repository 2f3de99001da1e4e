import * as assert from "node:assert/strict";
import { InternalError } from "../../../components/errorDefinition";
import { refusalErrors } from "../../../components/shared/errors";
import { liquibaseErrors } from "../../../scripts/delivery/tools/liquibase/errors";
import { reportOf, startErrors } from "../../../scripts/local/errors";
import { MachineError } from "../../../scripts/machine/errors.cjs";

describe("what a command prints of an error", () => {
    it("is its message, where that begins with a code, whichever catalogue it is of", () => {
        const facts = { stack: "dev", problems: "1 problem", failures: ["AP2103: instances: given 99."] };
        for (const error of [
            new startErrors.AnotherRun({ holder: 5 }),
            new refusalErrors.ConfigRefused(facts),
            new liquibaseErrors.JavaMissing({}),
            new MachineError("CommandUnknown", { command: "strat", allowed: "start" }),
        ]) {
            assert.equal(reportOf(error), error.message);
            assert.match(error.message, /^AP\d{4}: /);
        }
    });

    it("includes the stack trace of any other error", () => {
        const error = new InternalError("It broke.");
        assert.equal(reportOf(error), error.stack);
        assert.equal(reportOf(Object.assign(new InternalError("No."), { code: "ENOENT" })).includes("\n    at "), true);
        assert.equal(reportOf("a text"), "a text");
    });
});
