import { removeTemporary } from "../scripts/local/support";
import { Random } from "./random";
import { pushesWithApproval, pushesWithoutApproval } from "./scenarios/queue";

// The short form is test/integration/localQueue.test.ts.

const executions = Number(process.env["QUEUE_EXECUTIONS"] ?? 20);

describe("executions that overlap by chance", () => {
    const random = Random.fromEnvironment();
    const told: string[] = [];
    after(() => {
        removeTemporary();
        console.log([`FAULT_SEED=${random.seed}`, ...told].map((line) => `      ${line}`).join("\n"));
    });

    it("in dev all succeed", async () => {
        told.push(`in dev: ${await pushesWithoutApproval(random, executions)}`);
    });

    it("in prod are each approved with a valid plan", async () => {
        told.push(`in prod: ${await pushesWithApproval(random, executions)}`);
    });
});
