import assert from "node:assert/strict";
import { checkEngine } from "../../../scripts/local/engine";

describe("local run: engine", () => {
    it("is refused where a watch does not know it", () => {
        assert.throws(() => checkEngine({ engine: "mysql", watch: true }), {
            message: /--engine mysql: --watch supports PostgreSQL only\. Run it without --watch after each save\./,
        });
        checkEngine({ engine: "mysql" });
        checkEngine({ watch: true });
    });

    it("is refused where there is no such engine, with those that there are", () => {
        assert.throws(() => checkEngine({ engine: "oracle" }), {
            message: /--engine oracle: not an engine of the local run\. Allowed: postgres, mysql\./,
        });
    });
});
