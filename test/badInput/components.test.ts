import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { auroraClusterTrial } from "./components/auroraCluster";
import { buildImageTrial } from "./components/buildImage";
import { databaseDeliveryTrial } from "./components/databaseDelivery";
import { databaseProxyTrial } from "./components/databaseProxy";
import { dbPipelineTrial } from "./components/dbPipeline";
import { dbSecretTrial } from "./components/dbSecret";
import { migrationBuildTrial } from "./components/migrationBuild";
import { networkTrial } from "./components/network";
import { operationsTrial } from "./components/operations";
import { covered, refuses } from "./support";
import { nonEmpty } from "../support/nonEmpty";

const trials = [
    networkTrial,
    auroraClusterTrial,
    dbSecretTrial,
    databaseProxyTrial,
    databaseDeliveryTrial,
    buildImageTrial,
    migrationBuildTrial,
    dbPipelineTrial,
    operationsTrial,
];

// Values that TypeScript rejects can come from JavaScript, YAML and other languages, or through `as any`.
describe("bad args", () => {
    for (const trial of trials) {
        describe(`of ${trial.component.name}`, () => refuses(trial));
    }

    it("are tested for every arg of every component in the schema", () => {
        const file = path.join(__dirname, "..", "..", "components", "schema.json");
        const { resources } = JSON.parse(readFileSync(file, "utf8")) as {
            resources: Record<string, { inputProperties: object }>;
        };
        for (const [token, { inputProperties }] of nonEmpty(Object.entries(resources))) {
            const tried = covered[token.split(":").at(-1) as string] ?? new Set();
            assert.deepEqual(
                Object.keys(inputProperties).filter((arg) => !tried.has(arg)),
                [],
                token,
            );
        }
    });
});
