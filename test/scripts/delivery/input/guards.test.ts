import * as assert from "node:assert/strict";
import { guardProblems, guardSettings } from "../../../../scripts/delivery/input/guards";

describe("the settings of the guards", () => {
    it("have defaults", () => {
        assert.deepEqual(guardProblems({}), []);
        assert.deepEqual(guardSettings({ LOCK_TIMEOUT_MILLISECONDS: "" }), {
            lockTimeoutMilliseconds: 5000,
            statementTimeoutMilliseconds: 0,
            lockRetryBudgetSeconds: 120,
            deploymentWaitSeconds: 300,
            takeoverGraceSeconds: 30,
        });
    });

    it("are taken from the environment", () => {
        const environment = {
            LOCK_TIMEOUT_MILLISECONDS: "250",
            STATEMENT_TIMEOUT_MILLISECONDS: "60000",
            LOCK_RETRY_BUDGET_SECONDS: "0",
            DEPLOYMENT_WAIT_SECONDS: "7",
            TAKEOVER_GRACE_SECONDS: "45",
        };
        assert.deepEqual(guardProblems(environment), []);
        assert.deepEqual(guardSettings(environment), {
            lockTimeoutMilliseconds: 250,
            statementTimeoutMilliseconds: 60000,
            lockRetryBudgetSeconds: 0,
            deploymentWaitSeconds: 7,
            takeoverGraceSeconds: 45,
        });
    });

    it("are all checked, and a lock timeout of 0 is rejected", () => {
        assert.deepEqual(
            guardProblems({
                LOCK_TIMEOUT_MILLISECONDS: "0",
                STATEMENT_TIMEOUT_MILLISECONDS: "3000000000",
                LOCK_RETRY_BUDGET_SECONDS: "-1",
                DEPLOYMENT_WAIT_SECONDS: "5m",
                TAKEOVER_GRACE_SECONDS: "0",
            }),
            [
                'LOCK_TIMEOUT_MILLISECONDS is "0"; allowed: whole milliseconds, 1 to 2147483647',
                'STATEMENT_TIMEOUT_MILLISECONDS is "3000000000"; allowed: whole milliseconds, 0 to 2147483647',
                'LOCK_RETRY_BUDGET_SECONDS is "-1"; allowed: whole seconds, 0 to 2147483647',
                'DEPLOYMENT_WAIT_SECONDS is "5m"; allowed: whole seconds, 0 to 2147483647',
                'TAKEOVER_GRACE_SECONDS is "0"; allowed: whole seconds, 1 to 2147483647',
            ],
        );
    });
});
