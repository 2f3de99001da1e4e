import assert from "node:assert/strict";
import * as fc from "fast-check";
import { shortened, snapshotPrefix, clonePrefix } from "../../../components/contract";
import { fixedName, logicalName, type NamedResource, nameLimits } from "../../../components/shared/names";

const name = fc.stringMatching(/^[a-z](-?[a-z0-9]){0,120}$/);
const kinds = Object.keys(nameLimits) as NamedResource[];

describe("names", () => {
    it("stay unchanged if they fit", () => {
        fc.assert(
            fc.property(name, fc.constantFrom(...kinds), (text, kind) => {
                fc.pre(text.length <= nameLimits[kind]);
                assert.equal(fixedName(kind, text), text);
            }),
        );
    });

    it("never exceed what AWS allows, with what Pulumi adds", () => {
        fc.assert(
            fc.property(name, fc.constantFrom(...kinds), (text, kind) => {
                assert.ok(fixedName(kind, text).length <= nameLimits[kind]);
                assert.ok(`${logicalName(kind, text)}-0a1b2c3`.length <= nameLimits[kind]);
            }),
        );
    });

    it("keep the form of an RDS identifier: no double or trailing hyphen", () => {
        fc.assert(
            fc.property(name, fc.integer({ min: 20, max: 63 }), (text, length) => {
                assert.match(shortened(text, length), /^[a-z](-?[a-z0-9])*$/);
            }),
        );
    });

    it("stay distinct if they begin alike", () => {
        const long = "aurora-pipeline-production-of-the-european-union-";
        const names = Array.from({ length: 1000 }, (_, index) => shortened(`${long}${index}`, 40));
        assert.equal(new Set(names).size, 1000);
        assert.notEqual(clonePrefix(`${long}1`), clonePrefix(`${long}2`));
        assert.notEqual(snapshotPrefix(`${long}1`), snapshotPrefix(`${long}2`));
    });

    it("are the same in every run", () => {
        assert.equal(shortened("aurora-pipeline-production-eu-1-artifacts", 32), "aurora-pipeline-product-61a4d213");
    });
});
