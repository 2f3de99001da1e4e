import assert from "node:assert/strict";
import { checkEngine } from "../../../scripts/local/engine";

describe("local run: engine", () => {
    it("is refused where there is no such engine, with those that there are", () => {
        checkEngine({ engine: "mysql" });
        checkEngine({});
        assert.throws(() => checkEngine({ engine: "oracle" }), {
            message: /--engine oracle: not an engine of the local run\. Allowed: postgres, mysql\./,
        });
    });
});
