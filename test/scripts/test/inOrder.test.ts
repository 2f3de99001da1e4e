import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { inOrder } from "../../../scripts/test/inOrder";

describe("outputs of steps that run side by side", () => {
    it("are printed at once for the first, and for the others when earlier ones have ended", () => {
        const printed: string[] = [];
        const [one, two, three] = inOrder(3, (text) => printed.push(text));
        two!.write("two, ");
        one!.write("one");
        assert.deepEqual(printed, ["one"]);
        three!.write("three");
        three!.end();
        one!.end();
        assert.deepEqual(printed, ["one", "two, "]);
        two!.write("at once");
        assert.deepEqual(printed, ["one", "two, ", "at once"]);
        two!.end();
        assert.deepEqual(printed, ["one", "two, ", "at once", "three"]);
    });

    it("are all of what was written, in the order of the steps, whatever the order of writing and ending", () => {
        const writes = fc.array(fc.tuple(fc.nat({ max: 3 }), fc.string({ minLength: 1 })));
        fc.assert(
            fc.property(writes, fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }), (written, ends) => {
                let printed = "";
                const outputs = inOrder(4, (text) => (printed += text));
                for (const [step, text] of written) outputs[step]!.write(text);
                for (const step of ends) outputs[step]!.end();
                const of = (step: number) => written.filter(([one]) => one === step).map(([, text]) => text);
                assert.equal(printed, [0, 1, 2, 3].flatMap(of).join(""));
            }),
        );
    });
});
