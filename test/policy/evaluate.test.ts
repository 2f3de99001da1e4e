import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { environmentOf } from "../../policy/environment";
import { evaluatePolicies } from "../../policy/evaluate";
import { type RecordedResource, get, list, normalise, refersTo, unknown } from "../../policy/resource";
import { rules } from "../../policy/rules";
import { Types } from "../../policy/rules/types";
import { type Waiver, waivers } from "../../policy/waivers";
import { make } from "./support";
import { nonEmpty } from "../support/nonEmpty";

const judged = rules.filter(({ id }) => id === "kms-rotation");

function messages(waiver: Partial<Waiver>): string[] {
    const keys = [make(Types.key, {}, { name: "one" }), make(Types.key, {}, { name: "another" })];
    const given = { rule: "kms-rotation", resource: /^one$/, reason: "A test.", ...waiver };
    const found = evaluatePolicies(keys, { environment: "prod", rules: judged, waivers: [given] });
    return found.map(({ resource }) => resource);
}

describe("policy evaluation", () => {
    describe("a waiver", () => {
        it("takes the resources that it names out of its rule", () => {
            assert.deepEqual(messages({}), ["another"]);
        });

        it("leaves other rules and environments alone", () => {
            assert.deepEqual(messages({ rule: "kms-policy" }), ["one", "another"]);
            assert.deepEqual(messages({ environments: ["dev"] }), ["one", "another"]);
            assert.deepEqual(messages({ environments: ["prod"] }), ["another"]);
        });

        it("names a rule that is there, whole names of resources, and a reason", () => {
            for (const { rule, resource, reason } of nonEmpty(waivers)) {
                assert.ok(
                    rules.some(({ id }) => id === rule),
                    rule,
                );
                assert.match(resource.source, /^\^.*\$$/);
                assert.match(reason, /^[A-Z].*\.$/);
            }
        });
    });

    describe("the environment", () => {
        it("is what the policy says, else what the program says, else the stack's name", () => {
            assert.equal(environmentOf({ policy: "dev", program: "prod", stack: "prod" }), "dev");
            assert.equal(environmentOf({ program: "dev", stack: "prod" }), "dev");
            assert.equal(environmentOf({ stack: "dev" }), "dev");
            assert.equal(environmentOf({ stack: "prod" }), "prod");
        });

        it("is prod for a stack that nothing places", () => {
            assert.equal(environmentOf({ stack: "europe" }), "prod");
            assert.equal(environmentOf({ program: "staging", stack: "dev" }), "prod");
        });
    });

    describe("a resource", () => {
        it("keeps what is known beside what is not", () => {
            const inputs = { arn: pulumi.unknown, tags: { a: "1" }, ports: [1, pulumi.unknown] };
            const { properties } = normalise(make(Types.key, inputs));
            assert.equal(get(properties, "arn"), unknown);
            assert.equal(get(properties, "arn.below"), unknown);
            assert.equal(get(properties, "tags.a"), "1");
            assert.equal(get(properties, "tags.b.c"), undefined);
            assert.deepEqual(list(properties, "ports"), [1]);
        });

        it("keeps what is known where reading the unknown throws, as in a policy pack", () => {
            const inputs = {
                get arn(): string {
                    throw new Error("string value at .arn can't be known during preview");
                },
                description: "known",
            };
            const { properties } = normalise(make(Types.key, inputs));
            assert.equal(get(properties, "arn"), unknown);
            assert.equal(get(properties, "description"), "known");
        });

        it("shows secrets to the rules", () => {
            // As Pulumi wraps a secret on its way to a provider.
            const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "hidden" };
            const { properties } = normalise(make(Types.secret, { password: secret }));
            assert.equal(get(properties, "password"), "hidden");
        });

        it("refers to another by value, or by what Pulumi knows of the property, or of the resource", () => {
            const key = normalise(make(Types.key, {}, { name: "key" }));
            const user = (inputs: object, rest: Partial<RecordedResource> = {}) =>
                refersTo(normalise(make(Types.secret, inputs, rest)), "kmsKeyId", key);
            assert.ok(user({ kmsKeyId: "key-id" }));
            assert.ok(!user({ kmsKeyId: "other-id" }));
            assert.ok(user({ kmsKeyId: pulumi.unknown }, { propertyDependencies: { kmsKeyId: [key.urn] } }));
            assert.ok(!user({ kmsKeyId: pulumi.unknown }, { propertyDependencies: { name: [key.urn] } }));
            assert.ok(!user({}, { propertyDependencies: {}, dependencies: [key.urn] }));
            assert.ok(user({ kmsKeyId: pulumi.unknown }, { dependencies: [key.urn] }));
        });
    });
});
