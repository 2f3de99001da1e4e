import assert from "node:assert/strict";
import { nonEmpty } from "../support/nonEmpty";
import { identitiesOf } from "../support/urns";
import { evaluateStack } from "../support/stack";

const within = "aurora-pipeline:index:DatabaseDelivery$";

// Pulumi recognises a resource by its URN, in which its parents are. A stack that was created before there was a
// DatabaseDelivery would otherwise lose its secrets, its plans and its pipeline, and get new ones.
describe("resources of a stack", () => {
    for (const environment of ["dev", "prod"] as const) {
        it(`keep the identity in ${environment} that they had without a DatabaseDelivery`, async () => {
            const { resources } = await evaluateStack({ environment, config: { rehearsal: "true" } });
            const delivered = identitiesOf(resources).filter(({ types }) => types.startsWith(within));
            for (const { name, types, earlier } of nonEmpty(delivered)) {
                assert.ok(earlier.includes(types.replace(within, "")), `${types} ${name}`);
            }
            // Those of the environment itself are where they were.
            const outside = resources.filter(({ parent, type }) => parent === "" && /^aurora-pipeline:/.test(type));
            assert.deepEqual(
                outside.map(({ type }) => type.split(":").at(-1)),
                ["Network", "AuroraCluster", "DbSecret", "DatabaseDelivery"],
            );
        });
    }
});
