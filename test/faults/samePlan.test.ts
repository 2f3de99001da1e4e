import { beforeEachProject, type Project } from "../support/delivery";
import { Random } from "./random";
import { machines, planOn, prepare } from "./scenarios/samePlan";

// The short form is test/integration/samePlan.test.ts.

describe("the plan of one source", () => {
    const { seed } = Random.fromEnvironment();
    let project: Project;
    beforeEachProject(async (fresh) => {
        project = fresh;
        await prepare(project);
    });
    after(() => console.log(`      FAULT_SEED=${seed}`));

    for (const [machine, environment] of Object.entries(machines)) {
        it(`is the same on a machine ${machine} (200 changesets)`, async () => {
            await planOn(project, { [machine]: environment }, { changesets: 200, seed });
        });
    }
});
