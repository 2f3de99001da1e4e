import * as assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { copyCheckout } from "../support/checkout";
import { root } from "../support/program";
import { removeTemporary, temporaryDirectory } from "../scripts/local/support";
import { addProgram, setup } from "../scripts/machine/support";

describe("the installation of the npm packages", () => {
    let clone: string;

    beforeEach(async () => {
        clone = await copyCheckout();
        rmSync(join(clone, "node_modules"));
    });
    after(removeTemporary);

    /** Runs a command that needs nothing but npm packages, where npm is this script. */
    function withNpm(...lines: string[]) {
        const directory = temporaryDirectory();
        addProgram(directory, "npm", ...lines);
        return setup(clone, ["stop", "--help"], { PATH: [directory, process.env["PATH"]].join(delimiter) });
    }

    it("is made once where commands start at once; the others wait and say so", async () => {
        const slowly = [
            "echo begin >> log",
            "rm -rf node_modules",
            "sleep 1",
            `ln -s '${join(root, "node_modules")}' node_modules`,
            "echo end >> log",
        ];
        const ended = await Promise.all([1, 2, 3].map(() => withNpm(...slowly)));
        for (const { exit, output } of ended) assert.equal(exit, 0, output);
        assert.equal(readFileSync(join(clone, "log"), "utf8"), "begin\nend\n");
        const said = (line: string) => ended.filter(({ output }) => output.split("\n").includes(line)).length;
        assert.equal(said("Installing dependencies (npm ci) …"), 1);
        assert.equal(said("Another command is installing the dependencies here; waiting for it …"), 2);
    });

    it("leaves no lock behind when it fails", async () => {
        for (const _ of [1, 2]) {
            const { exit, output } = await withNpm("exit 1");
            assert.equal(exit, 2);
            assert.equal(
                output,
                "Installing dependencies (npm ci) …\n" +
                    "AP3507: npm ci failed; see its message above. Correct the cause, and run the command again.\n",
            );
        }
    });
});
