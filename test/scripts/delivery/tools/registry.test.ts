import * as assert from "node:assert/strict";
import { Tool } from "../../../../components";
import { DeliveryTool } from "../../../../components/contract";
import { migrationTools, toolNamed, toolNames } from "../../../../scripts/delivery/tools/registry";
import { candidatesFor } from "../../../../scripts/delivery/tools/recognize";
import { root } from "../../../support/program";

describe("the migration tools", () => {
    it("are those that the contract and MigrationBuild name, which also has one without the delivery program", () => {
        assert.deepEqual(toolNames, Object.values(DeliveryTool));
        assert.deepEqual(Object.values(Tool), [...toolNames, "Custom"]);
        for (const name of toolNames) assert.equal(toolNamed(name).name, name);
        assert.equal(migrationTools.length, toolNames.length);
    });

    it("recognize the sample as Liquibase's alone", () => {
        const candidates = candidatesFor(`${root}/migrations`, migrationTools);
        assert.deepEqual(
            candidates.map(({ tool, files }) => [tool.name, files]),
            [["Liquibase", ["liquibase.properties"]]],
        );
    });
});
