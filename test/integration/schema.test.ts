import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import * as components from "../../components";
import { packageSchema, schemaFile } from "../../scripts/schema";
import { nonEmpty } from "../support/nonEmpty";

// The schema as Pulumi's own analyzer makes it from the sources. What it does not prove: that a program in another
// language runs; that takes the Pulumi CLI and its plugins.

interface Property {
    type?: string;
    $ref?: string;
    description?: string;
    items?: Property;
    additionalProperties?: Property;
}
interface Resource {
    isComponent: boolean;
    description?: string;
    properties: Record<string, Property>;
    inputProperties: Record<string, Property>;
}
interface Type {
    properties?: Record<string, Property>;
    enum?: { name: string; value: string; description?: string }[];
}
interface Schema {
    name: string;
    version: string;
    resources: Record<string, Resource>;
    types: Record<string, Type>;
}

describe("schema of the package", function () {
    // The analyzer compiles the components with the types of the whole AWS SDK.
    this.timeout(120_000);

    const names = [
        "AuroraCluster",
        "BuildImage",
        "DatabaseDelivery",
        "DatabaseProxy",
        "DbPipeline",
        "DbSecret",
        "MigrationBuild",
        "Network",
        "Operations",
    ];
    const sources = path.dirname(schemaFile);
    let text: string;
    let schema: Schema;

    before(async () => {
        text = await packageSchema();
        schema = JSON.parse(text) as Schema;
    });

    it("is the one that is checked in (npm run schema writes it)", () => {
        assert.equal(readFileSync(schemaFile, "utf8"), text);
    });

    it("is named and versioned as the package", () => {
        const manifest = JSON.parse(readFileSync(path.join(sources, "package.json"), "utf8")) as Schema;
        assert.deepEqual([schema.name, schema.version], [manifest.name, manifest.version]);
    });

    it("has every component", () => {
        assert.deepEqual(
            Object.keys(schema.resources).sort(),
            names.map((name) => `aurora-pipeline:index:${name}`),
        );
        assert.ok(Object.values(schema.resources).every((resource) => resource.isComponent));
    });

    it("describes every component, every property and every value", () => {
        const missing: string[] = [];
        const check = (where: string, described: { description?: string }) => {
            if (!described.description?.trim()) {
                missing.push(where);
            }
        };
        const checkAll = (where: string, properties: Record<string, Property> = {}) =>
            Object.entries(properties).forEach(([name, property]) => check(`${where}.${name}`, property));
        for (const [token, resource] of Object.entries(schema.resources)) {
            check(token, resource);
            checkAll(`${token} input`, resource.inputProperties);
            checkAll(`${token} output`, resource.properties);
        }
        // Of a type itself the analyzer reads the description, and Pulumi's schema generator drops it.
        for (const [token, type] of Object.entries(schema.types)) {
            checkAll(token, type.properties);
            type.enum?.forEach((member) => check(`${token} value ${member.name}`, member));
        }
        assert.deepEqual(missing, []);
    });

    it("says in each optional input what happens without it", () => {
        const silent = Object.entries(schema.resources).flatMap(([token, { inputProperties }]) =>
            Object.entries(inputProperties as Record<string, Property & { optional?: boolean }>)
                .filter(
                    ([, property]) => property.optional && !/default|absent|without/i.test(property.description ?? ""),
                )
                .map(([name]) => `${token}.${name}`),
        );
        assert.deepEqual(silent, []);
    });

    it("has no link that the analyzer cannot print, and no untyped property", () => {
        assert.doesNotMatch(text, /\[object Object\]|\{@link|pulumi\.json#\/Any/);
    });

    it("has as outputs what the classes declare public and readonly, and nothing private", () => {
        for (const name of names) {
            const file = `${name.charAt(0).toLowerCase()}${name.slice(1)}.ts`;
            const source = readFileSync(path.join(sources, file), "utf8");
            const declared = [...source.matchAll(/^ {4}public readonly (\w+)\??:/gm)].map(([, field]) => field);
            const outputs = Object.keys(schema.resources[`aurora-pipeline:index:${name}`]?.properties ?? {});
            assert.deepEqual(outputs.sort(), declared.sort(), name);
            assert.doesNotMatch(source, /^ {4}(private|protected|#)/m, `${name} has members that would leak`);
        }
    });

    it("has as values of each enumeration what the package exports under its name", () => {
        const enumerations = Object.entries(schema.types).filter(([, type]) => type.enum !== undefined);
        assert.ok(enumerations.length > 0);
        for (const [token, type] of nonEmpty(enumerations)) {
            const exported = (components as unknown as Record<string, Record<string, string>>)[
                token.split(":")[2] ?? ""
            ];
            assert.ok(exported !== undefined, `${token} is not exported`);
            const values = Object.fromEntries(type.enum?.map(({ name, value }) => [name, value]) ?? []);
            assert.deepEqual(values, { ...exported }, token);
        }
    });
});
