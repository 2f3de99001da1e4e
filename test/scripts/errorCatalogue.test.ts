import * as assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { errorAreas } from "../../scripts/errorCatalogue";
import issued from "../errorCodes.json";
import { root } from "../support/program";
import { nonEmpty } from "../support/nonEmpty";

const all = errorAreas.flatMap(({ range, errors }) =>
    Object.entries(errors).map(([name, { definition }]) => ({ range, name, ...definition })),
);

describe("the catalogue of errors", () => {
    it("has each code once, in the range of its area, ascending", () => {
        const codes = all.map(({ code }) => code);
        assert.deepEqual(codes, [...new Set(codes)].sort());
        for (const { code, range } of all) assert.match(code, new RegExp(`^${range}\\d\\d$`));
    });

    // A code that is gone stays in the file: what somebody reads in an old log must not mean something else.
    it("gives no code a second meaning: test/errorCodes.json has every one that was ever issued", () => {
        const known = new Map(Object.entries(issued));
        assert.deepEqual(
            all.map(({ code }) => [code, known.get(code)]),
            all.map(({ code, name }) => [code, name]),
        );
    });

    it("has a fix for each, and sentences that end", () => {
        for (const { code, what, list, fix } of nonEmpty(all)) {
            assert.match(what, list === undefined ? /[.}]$/ : /:$/, code);
            assert.match(fix, /^\{fix\}$|\S.{6}/, code);
            assert.doesNotMatch(`${what} ${fix}`, /(?<!\n) {2}(?! *\{)|\s$/, code);
        }
    });

    it("has no error that the code never throws", () => {
        const sources = ["scripts", "stacks", "components"]
            .flatMap((directory) =>
                readdirSync(path.join(root, directory), { recursive: true, encoding: "utf8" }).map((file) =>
                    path.join(root, directory, file),
                ),
            )
            .filter(
                (file) =>
                    /\.(ts|mjs)$/.test(file) && !/\/(node_modules|bin)\/|\/(e|generatorE)rrors(\/|\.ts$)/.test(file),
            )
            .map((file) => readFileSync(file, "utf8"))
            .join("\n");
        const named = new Set(sources.match(/(?<=Errors\.|\{ |")\w+/g));
        const unused = all.filter(({ name }) => !named.has(name));
        assert.deepEqual(
            unused.map(({ name }) => name),
            [],
        );
    });
});
