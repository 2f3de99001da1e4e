import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { stringify } from "yaml";
import { lintGroups } from "../components/lintRules";
import { options } from "../components/options";
import { configKeys, docOf } from "../stacks/configKeys";
import { optionArgs } from "./optionArgs";
import type { ErrorDefinition } from "./delivery/errors";
import { type ErrorArea, errorAreas } from "./errorCatalogue";
import type { EngineCapabilities } from "./delivery/engines/engine";
import { modeName } from "./delivery/engines/locks/budget";
import type { SqlLinter } from "./delivery/engines/linter";
import { engineNamed, engineNames } from "./delivery/engines/registry";
import { Catalogue, groupLevels } from "./delivery/lint/catalogue";
import { migrationTools, toolNamed } from "./delivery/tools/registry";
import type { ToolCapabilities } from "./delivery/tools/tool";
import { generatorErrors } from "./generatorErrors";
import { table } from "./markdownTable";

// Regenerates the generated parts of the documents: `npm run docs`. A test compares them with the code.

/** A part of a document that is generated, between two lines that stay. */
interface Generated {
    file: string;
    opening: string;
    closing: string;
    content: () => string;
}

/** Around args that are made from the options table. */
const argsMarks = {
    opening: "    // Generated from components/options.ts by `npm run docs`.",
    closing: "    // End of the generated args.",
};

export const generated: Generated[] = [
    {
        file: "Pulumi.yaml",
        opening: "    # Generated from stacks/configKeys.ts by `npm run docs`.",
        closing: "    # End of the generated keys.",
        content: projectKeys,
    },
    {
        file: "docs/configuration.md",
        opening: "<!-- config table: generated from stacks/configKeys.ts by `npm run docs` -->",
        closing: "<!-- /config table -->",
        content: configTable,
    },
    {
        file: "components/codeBuild/args.ts",
        ...argsMarks,
        content: () => optionArgs(),
    },
    {
        file: "components/codeBuild/guards.ts",
        ...argsMarks,
        content: () => optionArgs("guards"),
    },
    {
        file: "components/codeBuild/rehearsal.ts",
        ...argsMarks,
        content: () => optionArgs("rehearsal"),
    },
    {
        file: "docs/how-it-works.md",
        opening: "<!-- engines: generated from scripts/delivery/engines by `npm run docs` -->",
        closing: "<!-- /engines -->",
        content: engineTable,
    },
    {
        file: "docs/how-it-works.md",
        opening: "<!-- tools: generated from scripts/delivery/tools by `npm run docs` -->",
        closing: "<!-- /tools -->",
        content: toolTable,
    },
    {
        file: "docs/lint.md",
        opening: "<!-- groups: generated from components/lintRules.ts by `npm run docs` -->",
        closing: "<!-- /groups -->",
        content: groupTable,
    },
    {
        file: "docs/lint.md",
        opening: "<!-- rules: generated from scripts/delivery/lint/rules by `npm run docs` -->",
        closing: "<!-- /rules -->",
        content: ruleTable,
    },
    {
        file: "docs/errors.md",
        opening: "<!-- errors: generated from the catalogues of errors by `npm run docs` -->",
        closing: "<!-- /errors -->",
        content: errorTables,
    },
];

/** A document with one of its parts regenerated. */
export function withGenerated(text: string, { file, opening, closing, content }: Generated): string {
    const start = text.indexOf(opening);
    const end = text.indexOf(closing);
    if (start < 0 || end < start) {
        throw new generatorErrors.MarkersMissing({ file, opening, closing });
    }
    return `${text.slice(0, start + opening.length)}\n${content()}\n${text.slice(end)}`;
}

function projectKeys(): string {
    const keys = configKeys.map((key) => [`aurora-pipeline:${key}`, { description: docOf(key).description }]);
    const yaml = stringify(Object.fromEntries(keys), { lineWidth: 0 });
    return yaml.trimEnd().replace(/^/gm, "    ");
}

function configTable(): string {
    return table(
        ["key", "what it decides", "allowed"],
        configKeys.map((key) => {
            const { description, allowed } = docOf(key);
            return [`\`${key}\``, description, allowed];
        }),
    );
}

function groupTable(): string {
    return table(
        ["group", "what it protects from", "dev (lenient)", "prod (strict)"],
        (Object.keys(lintGroups) as (keyof typeof lintGroups)[]).map((group) => [
            `\`${group}\``,
            lintGroups[group],
            groupLevels.lenient[group],
            groupLevels.strict[group],
        ]),
    );
}

const yes = (promise: boolean) => (promise ? "yes" : "no");

function engineTable(): string {
    const engines = engineNames.map(engineNamed);
    const sampling: Record<EngineCapabilities["lockSampling"], string> = {
        Interval: "repeatedly while a changeset runs",
        Statement: "after each statement",
        None: "not at all",
    };
    const promises: [what: string, of: (capabilities: EngineCapabilities) => string][] = [
        ["Schema changes are transactional", (one) => yes(one.transactionalDdl)],
        ["A rehearsal samples the locks of a changeset", (one) => sampling[one.lockSampling]],
        [
            "The lock that blocks all access to a table, which the lock budget limits",
            ({ lockModes }) => `\`${modeName(lockModes.exclusive, lockModes)}\``,
        ],
        ["The pipeline creates users with least privilege for its builds", (one) => yes(one.buildUsers)],
        [
            "`statementTimeoutMilliseconds` ends",
            ({ statementTimeout }) => ({ All: "every statement", Queries: "queries only" })[statementTimeout],
        ],
        [
            "What a killed build completed without recording it",
            ({ interruptedChanges }) =>
                ({
                    Rebuilt: "is dropped and made again",
                    Recorded: "is recorded as run; a part of a changeset is taken back, or named with its statements",
                    Named: "is named, for a person to decide",
                })[interruptedChanges],
        ],
        ["Folders of SQL (tool `Sql`) are delivered to it", (one) => yes(one.scripts)],
        ["The server estimates the cost of a statement before it runs", (one) => yes(one.statementEstimate)],
        ["A rehearsal runs on", ({ copies }) => copies.map((copy) => `\`${copy}\``).join(", ") || "no copy"],
    ];
    return table(
        ["", ...engines.map(({ label }) => label)],
        promises.map(([what, of]) => [what, ...engines.map(({ capabilities }) => of(capabilities))]),
    );
}

/** What each capability of a tool means. */
const toolPromises: Record<keyof ToolCapabilities, string> = {
    sqlPreview: "The SQL of a changeset is known before it runs",
    undo: "The rollback of a changeset is known before it runs",
    transactionPerChange: "Each changeset runs in its own transaction, unless it says otherwise",
};

function toolTable(): string {
    const promises = Object.entries(toolPromises) as [keyof ToolCapabilities, string][];
    return table(
        ["", ...migrationTools.map(({ name }) => name)],
        [
            ...promises.map(([capability, what]) => [
                what,
                ...migrationTools.map(({ capabilities }) => yes(capabilities[capability])),
            ]),
            ["The table of its history", ...migrationTools.map(({ tracking }) => `\`${tracking.history.name}\``)],
            [
                "Histories of other tools that it keeps in their own form",
                ...migrationTools.map(
                    ({ tracking: { kept = [] } }) => kept.map(({ name }) => `\`${name}\``).join(", ") || "–",
                ),
            ],
            ["The table of its lock", ...migrationTools.map(({ tracking }) => `\`${tracking.lock.name}\``)],
        ],
    );
}

/** The rules of all engines. */
function ruleTable(): string {
    const ofEngines: SqlLinter["rules"] = (terms) =>
        Object.assign({}, ...engineNames.map((name) => engineNamed(name).linter.rules(terms))) as ReturnType<
            SqlLinter["rules"]
        >;
    const catalogue = new Catalogue({ rules: ofEngines }, toolNamed(options.tool.default));
    return table(
        ["rule", "group", "dev", "prod", "why it hurts", "instead"],
        catalogue.names.map((rule) => {
            const { group, why, instead } = catalogue.textOf(rule);
            const levels = [groupLevels.lenient[group], groupLevels.strict[group]];
            return [`\`${rule}\``, group, ...levels, why, instead];
        }),
    );
}

function errorTables(): string {
    return errorAreas.map(({ title, errors }) => `## ${title}\n\n${errorTable(errors)}`).join("\n\n");
}

function errorTable(errors: ErrorArea["errors"]): string {
    const definitions = Object.values(errors).map(({ definition }) => definition);
    const exits = definitions.some(({ exit }) => exit !== undefined);
    return table(
        ["code", "message", "fix", ...(exits ? ["exit code"] : [])],
        definitions.map(({ code, kind, what, list, fix, exit }) => [
            `<a id="${code.toLowerCase()}"></a>${code}`,
            (kind === undefined ? "" : `${kind}. `) + template(what) + (list === undefined ? "" : ` *${list}*`),
            template(fix),
            ...(exit === undefined ? [] : [exitCodes[exit]]),
        ]),
    );
}

/** A sentence with its facts in italics. Outside of code, `<process>` would be taken for markup. */
function template(text: string): string {
    return text
        .replaceAll(/\s+/g, " ")
        .split("`")
        .map((part, index) => (index % 2 === 1 ? part : part.replaceAll("<", "&lt;").replaceAll(/\{(\w+)\}/g, "*$1*")))
        .join("`");
}

const exitCodes: Record<ErrorDefinition["exit"], string> = { refused: "2", failed: "1", either: "2 or 1" };

if (require.main === module) {
    for (const part of generated) {
        const file = path.join(__dirname, "..", part.file);
        writeFileSync(file, withGenerated(readFileSync(file, "utf8"), part));
    }
}
