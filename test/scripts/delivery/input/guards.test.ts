import * as assert from "node:assert/strict";
import { guardProblems, guardSettings } from "../../../../scripts/delivery/input/guards";
import { guardDefaults, type NumberRow, numberRows } from "../../../support/optionRows";

describe("the settings of the guards", () => {
    it("have defaults", () => {
        assert.deepEqual(guardProblems({}), []);
        assert.deepEqual(guardSettings({ LOCK_TIMEOUT_MILLISECONDS: "" }), guardDefaults());
    });

    it("are taken from the environment", () => {
        const environment = {
            LOCK_TIMEOUT_MILLISECONDS: "250",
            STATEMENT_TIMEOUT_MILLISECONDS: "60000",
            LOCK_RETRY_BUDGET_SECONDS: "0",
            DEPLOYMENT_WAIT_SECONDS: "7",
            DEPLOYMENT_WINDOW: "* * 9-16 ? * MON-THU",
            DEPLOYMENT_WINDOW_TIME_ZONE: "Europe/Berlin",
            TAKEOVER_GRACE_SECONDS: "45",
        };
        assert.deepEqual(guardProblems(environment), []);
        assert.deepEqual(guardSettings(environment), {
            lockTimeoutMilliseconds: 250,
            statementTimeoutMilliseconds: 60000,
            lockRetryBudgetSeconds: 0,
            deploymentWaitSeconds: 7,
            deploymentWindow: "* * 9-16 ? * MON-THU",
            deploymentWindowTimeZone: "Europe/Berlin",
            takeoverGraceSeconds: 45,
        });
    });

    it("are all checked, and a lock timeout of 0 is rejected", () => {
        const variables = numberRows("guards").map(([, row]) => ({ ...row, variable: row.variable! }));
        assert.ok(variables.some(({ variable, range }) => variable === "LOCK_TIMEOUT_MILLISECONDS" && range[0] === 1));
        for (const given of [({ range }: NumberRow) => `${range[0] - 1}`, () => "3000000000", () => "5m"]) {
            assert.deepEqual(
                guardProblems(Object.fromEntries(variables.map((row) => [row.variable, given(row)]))),
                variables.map(
                    (row) =>
                        `${row.variable} is "${given(row)}"; allowed: whole ${row.unit}, ${row.range[0]} to 2147483647`,
                ),
            );
        }
    });
});
