import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { evaluatePolicies } from "../../policy/evaluate";
import { type RecordedResource, normalise, refersTo } from "../../policy/resource";
import type { Rule } from "../../policy/rule";
import { rules } from "../../policy/rules";
import { cases } from "./cases";
import type { Case } from "./support";
import { nonEmpty } from "../support/nonEmpty";

const caseOf = (rule: Rule): Case => cases[rule.id] as Case;

function messages(rule: Rule, resources: RecordedResource[], environment = caseOf(rule).environment ?? "prod") {
    return evaluatePolicies(resources, { environment, rules: [rule], waivers: [] }).map(({ message }) => message);
}

describe("policy rules", () => {
    it("each have a case that passes and one that fails, and no case is without a rule", () => {
        assert.deepEqual(Object.keys(cases).sort(), rules.map(({ id }) => id).sort());
        for (const { id } of nonEmpty(rules)) {
            assert.ok((cases[id]?.passes.length ?? 0) > 0, id);
            assert.ok((cases[id]?.fails.length ?? 0) > 0, id);
        }
    });

    it("each say what they are, which control they are for, and how to fix a violation", () => {
        for (const { id, title, controls, fix, allowed } of nonEmpty(rules)) {
            assert.match(id, /^[a-z0-9-]+$/);
            assert.match(title, /^[A-Z].*[^.]$/, id);
            assert.match(fix, /^[A-Z].*\.$/, id);
            assert.ok(controls.length > 0, id);
            assert.ok(allowed.prod !== undefined, `${id} asks for nothing in prod`);
        }
    });

    for (const rule of rules) {
        describe(rule.id, () => {
            it("passes what it should", () => {
                for (const resources of caseOf(rule).passes) {
                    assert.ok(
                        resources.some(({ type }) => rule.types.includes(type)),
                        "judges nothing of it",
                    );
                    assert.deepEqual(messages(rule, resources), []);
                }
            });

            it("fails what it should: what, given, allowed, fix", () => {
                for (const { given, messages: expected } of caseOf(rule).fails) {
                    assert.deepEqual(messages(rule, given), expected);
                }
            });

            it("finds nothing wrong with what is not known yet", () => {
                for (const resources of caseOf(rule).passes) {
                    assert.deepEqual(
                        messages(
                            rule,
                            previewOf(resources, () => pulumi.unknown),
                        ),
                        [],
                    );
                    assert.deepEqual(messages(rule, previewOf(resources, blurLeaves)), []);
                }
            });
        });
    }

    it("that hold in prod only find nothing in dev", () => {
        const prodOnly = rules.filter(({ allowed }) => allowed.dev === undefined);
        assert.ok(prodOnly.length >= 15);
        for (const rule of nonEmpty(prodOnly)) {
            for (const { given } of caseOf(rule).fails) {
                assert.deepEqual(messages(rule, given, "dev"), [], rule.id);
            }
        }
    });

    // What prod refuses and dev takes, by rule; the other rules that hold in both ask for the same.
    const milder: Record<string, string> = {
        "rds-backup-retention": "7 to 35 days",
        "rds-instances": "at least 1 instance",
        "rds-insights": '"standard", "advanced"',
        "secret-recovery-window": "0 or 7 to 30 days, or nothing (AWS's 30)",
        "kms-deletion-window": "at least 7 days",
        "logs-retention": "at least 30 days",
        "vpc-flow-log": "a FlowLog of REJECT or ALL",
    };

    it("are milder in dev where the table of controls says so", () => {
        const different = rules.filter(({ allowed }) => allowed.dev !== undefined && allowed.dev !== allowed.prod);
        assert.deepEqual(Object.fromEntries(different.map(({ id, allowed }) => [id, allowed.dev])), milder);
        for (const id of Object.keys(milder)) {
            const rule = rules.find((candidate) => candidate.id === id) as Rule;
            const tooLittleForProd = caseOf(rule).fails.find(({ given }) => messages(rule, given, "dev").length === 0);
            assert.ok(tooLittleForProd !== undefined, `no case of ${id} that dev takes`);
        }
    });
});

/** What a preview knows of a stack: no values, but which resource each property comes from. */
function previewOf(resources: RecordedResource[], blur: (value: unknown) => unknown): RecordedResource[] {
    return resources.map((resource) => ({
        ...resource,
        id: undefined,
        outputs: undefined,
        inputs: Object.fromEntries(Object.entries(resource.inputs).map(([key, value]) => [key, blur(value)])),
        propertyDependencies: Object.fromEntries(
            Object.keys(resource.inputs).map((property) => [
                property,
                resources
                    .filter((target) => refersTo(normalise(resource), property, normalise(target)))
                    .map(({ urn }) => urn as string),
            ]),
        ),
    }));
}

/** The shape stays, the values go. */
function blurLeaves(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(blurLeaves);
    }
    return typeof value === "object" && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, blurLeaves(inner)]))
        : pulumi.unknown;
}
