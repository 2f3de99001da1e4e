import * as assert from "node:assert/strict";
import { messageFrom } from "../../../components/errorDefinition";
import { MachineError, machineErrors } from "../../../scripts/machine/errors.cjs";

describe("what a machine lacks", () => {
    it("is reported in the form of all errors, without anything installed", () => {
        assert.ok(Object.keys(machineErrors).length >= 10);
        for (const [name, definition] of Object.entries(machineErrors)) {
            const names = [...`${definition.what} ${definition.fix}`.matchAll(/\{(\w+)\}/g)].map(([, fact]) => fact!);
            const facts = Object.fromEntries(names.map((fact) => [fact, `<${fact}>`]));
            const error = new MachineError(name, facts);
            assert.deepEqual(
                [error.name, error.code, error.facts, error.message],
                [name, definition.code, facts, messageFrom(definition, facts)],
            );
        }
    });
});
