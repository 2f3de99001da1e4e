import * as assert from "node:assert/strict";
import { carryOver, differences, fingerprintOf } from "../../../../../scripts/delivery/engines/fingerprint";

const catalog = (objects: Record<string, string>) =>
    fingerprintOf(
        Object.entries(objects).map(([name, definition]) => ({ kind: "owner", name, definition })),
        170_000,
    );

describe("the catalog that a deployment recorded, after a bootstrap", () => {
    const recorded = { one: "dbowner", two: "dbowner", gone: "dbowner" };

    it("has what the bootstrap changed, added and removed", () => {
        const after = { one: "app_owner", two: "dbowner", added: "app_owner" };
        assert.deepEqual(carryOver(catalog(recorded), catalog(recorded), catalog(after)), catalog(after));
    });

    it("is unchanged where something was changed by hand before", () => {
        const before = { ...recorded, two: "somebody", byHand: "somebody" };
        const after = { ...before, one: "app_owner", two: "app_owner", byHand: "app_owner" };
        const carried = carryOver(catalog(recorded), catalog(before), catalog(after));
        assert.deepEqual(
            differences(carried, catalog(after)).map(({ change, name }) => `${change} ${name}`),
            ["added byHand", "changed two"],
        );
    });
});
