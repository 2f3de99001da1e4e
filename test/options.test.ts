import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { optionRules, optionVariables } from "../components/codeBuild/options";
import { optionsOf } from "../components/delivery/builds";
import type { OptionRow } from "../components/optionRow";
import { optionRows, options } from "../components/options";
import { guardProblems, guardSettings } from "../scripts/delivery/input/guards";
import type * as docsModule from "../scripts/docs";
import { optionArgs } from "../scripts/optionArgs";
import { buildOptions } from "../stacks/buildOptions";
import type * as configModule from "../stacks/config";
import { nonEmpty } from "./support/nonEmpty";
import { loadAnew, root } from "./support/program";

const project = "aurora-pipeline";

describe("a new row of the options table", () => {
    const row: OptionRow = {
        ...{ type: "wholeNumber", range: [2, 40], unit: "seconds", default: 7 },
        ...{ part: "guards", actions: ["Deploy"], variable: "PATIENCE_SECONDS", arg: "guards.patienceSeconds" },
        doc: "Seconds of patience, {range}. Only with {actions}.",
        config: { description: "How patient a deployment is.", example: 9 },
    };
    let config: typeof configModule;
    let docs: typeof docsModule;
    /** What is made of the table while a module loads. */
    const load = () => {
        loadAnew("stacks/configKeys.ts");
        config = loadAnew("stacks/config.ts");
        docs = loadAnew("scripts/docs.ts");
    };
    const settings = (patienceSeconds: string) =>
        config.settingsFrom({
            project,
            stack: "dev",
            values: { [`${project}:repository`]: "my-org/orders", [`${project}:patienceSeconds`]: patienceSeconds },
        });

    before(() => {
        Object.assign(options, { patienceSeconds: row });
        load();
    });

    after(() => {
        delete (options as Record<string, unknown>).patienceSeconds;
        load();
    });

    it("is a key of the config, with its range", () => {
        assert.equal((settings("9") as unknown as Record<string, unknown>).patienceSeconds, 9);
        assert.throws(() => settings("41"), {
            message:
                /- AP2103: patienceSeconds: given "41"\. Allowed: a whole number from 2 to 40 seconds\. For example: pulumi config set patienceSeconds 9/,
        });
    });

    it("is in the generated documents", () => {
        const contents = docs.generated.map(({ file, content }) => `${file}\n${content()}`).join("\n");
        assert.match(
            contents,
            /^ {4}aurora-pipeline:patienceSeconds:\n {6}description: "How patient a deployment is\. Default: 7\."$/m,
        );
        assert.match(
            contents,
            /^\| `patienceSeconds` \| How patient a deployment is\. Default: 7\. \| a whole number from 2 to 40 seconds \|$/m,
        );
    });

    it("is an arg with its docstring", () => {
        assert.ok(
            optionArgs("guards").endsWith(
                '\n    /** Seconds of patience, 2 to 40. Only with action "Deploy". Default: 7. */\n    patienceSeconds?: number;',
            ),
        );
    });

    it("has a rule", () => {
        const failed = (patienceSeconds: unknown) =>
            optionRules({ action: "Deploy", guards: { patienceSeconds } } as { action: string })
                .filter(({ valid }) => !valid)
                .map(({ arg, allowed, fix }) => `${arg}: ${allowed}. ${fix}`);
        assert.deepEqual(failed(2), []);
        assert.deepEqual(failed(1), [
            "guards.patienceSeconds: a whole number from 2 to 40 seconds. Leave it out for 7.",
        ]);
    });

    it("goes from the config to the variables of the builds that have it", () => {
        const variables = (action: "Deploy" | "Rollback") =>
            new Map(optionVariables({ action, ...optionsOf(action, buildOptions(settings("9"))) }, {}));
        assert.equal(variables("Deploy").get("PATIENCE_SECONDS"), "9");
        assert.equal(variables("Rollback").has("PATIENCE_SECONDS"), false);
        assert.equal(new Map(optionVariables({ action: "Deploy" }, {})).get("PATIENCE_SECONDS"), "7");
    });

    it("is read by the delivery program", () => {
        const patience = (PATIENCE_SECONDS?: string) =>
            (guardSettings({ PATIENCE_SECONDS }) as unknown as Record<string, unknown>).patienceSeconds;
        assert.deepEqual([patience("9"), patience()], [9, 7]);
        assert.deepEqual(guardProblems({ PATIENCE_SECONDS: "1" }), [
            'PATIENCE_SECONDS is "1"; allowed: whole seconds, 2 to 2147483647',
        ]);
    });
});

describe("the options table", () => {
    const { resources, types } = JSON.parse(readFileSync(path.join(root, "components/schema.json"), "utf8")) as Schema;
    const isArg = (properties: Properties | undefined, [name = "", ...inGroup]: string[]): boolean => {
        const property = properties?.[name];
        const group = property?.$ref?.replace("#/types/", "") ?? "";
        return inGroup.length === 0 ? property !== undefined : isArg(types[group]?.properties, inGroup);
    };

    for (const [name, { arg }] of nonEmpty(optionRows().filter(([, row]) => row.arg !== undefined))) {
        it(`names an arg of MigrationBuild that there is: ${name}`, () => {
            const { inputProperties } = resources["aurora-pipeline:index:MigrationBuild"]!;
            assert.ok(isArg(inputProperties, arg!.split(".")), arg);
        });
    }

    for (const [name, { arg }] of nonEmpty(optionRows().filter(([, row]) => row.doc !== undefined))) {
        it(`names an arg of DatabaseDelivery that there is: ${name}`, () => {
            const { inputProperties } = resources["aurora-pipeline:index:DatabaseDelivery"]!;
            assert.ok(isArg(inputProperties, arg!.split(".")), arg);
        });
    }

    it("has each variable and each arg once", () => {
        for (const names of [optionRows().map(([, row]) => row.variable), optionRows().map(([, row]) => row.arg)]) {
            const given = names.filter((name) => name !== undefined);
            assert.deepEqual(given, [...new Set(given)]);
        }
    });

    /** Where an option has an effect, or a value of its own. Elsewhere its name comes from the table. */
    const effects = [
        ...["stacks/dev.ts", "stacks/prod.ts", "stacks/configRules.ts", "stacks/delivery.ts"],
        // What a delivery is given under the names of the config; whether there is a build that looks for drift.
        ...["delivery/args.ts", "delivery/rules.ts", "delivery/users.ts", "databaseDelivery.ts"].map(
            (file) => `components/${file}`,
        ),
        // The window that the pipeline itself waits for.
        ...["components/dbPipeline.ts", "components/pipeline/args.ts", "components/pipeline/rules.ts"],
        // What a build's role may do for a snapshot.
        "components/codeBuild/guards.ts",
        // The users' names go into one group of variables with their passwords.
        ...["components/codeBuild/bootstrap.ts", "scripts/delivery/input/bootstrap.ts"],
        // What config, component and build validate in the same way.
        "components/databaseRoles.ts",
    ];
    const table = "components/options.ts";
    const sources = ["stacks", "components", "scripts/delivery"].flatMap(sourcesBelow).filter((file) => file !== table);

    it("alone names the variables", () => {
        const variables = optionRows().flatMap(([name, row]) =>
            row.variable && name !== "databaseAuth" ? row.variable : [],
        );
        assert.ok(variables.length > 10 && sources.length > 100);
        for (const file of sources) {
            assert.deepEqual(namesIn(codeOf(file), variables), [], file);
        }
    });

    it("alone names the config's options, but for the files where they have an effect", () => {
        // The tool is a word of many rules, and none of them is about the key.
        const names = optionRows().flatMap(([name, row]) => (row.config && name !== "tool" ? name : []));
        const found = sources
            .filter((file) => !file.startsWith("scripts/delivery/") || file.startsWith("scripts/delivery/input/"))
            .filter((file) => namesIn(codeOf(file), names).length > 0);
        assert.deepEqual(found.sort(), [...effects].sort());
    });
});

interface Schema {
    resources: Record<string, { inputProperties: Properties }>;
    types: Record<string, { properties?: Properties }>;
}
type Properties = Record<string, { $ref?: string }>;

function sourcesBelow(directory: string): string[] {
    return readdirSync(path.join(root, directory), { recursive: true, withFileTypes: true })
        .filter(
            (entry) => entry.isFile() && /(?<!\.d)\.ts$/.test(entry.name) && !entry.parentPath.includes("node_modules"),
        )
        .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, "/"));
}

/** A source without its comments and without what is generated from the table. */
function codeOf(file: string): string {
    return readFileSync(path.join(root, file), "utf8")
        .replace(/ {4}\/\/ Generated from components\/options\.ts.*?\/\/ End of the generated args\./s, "")
        .replace(/\/\*\*.*?\*\//gs, "")
        .replace(/(^|\s)\/\/.*$/gm, "");
}

function namesIn(code: string, names: string[]): string[] {
    return names.filter((name) => new RegExp(`\\b${name}\\b`).test(code));
}
