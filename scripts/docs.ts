import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { stringify } from "yaml";
import { lintGroups } from "../components/lintRules";
import { configKeys, docOf } from "../stacks/configKeys";
import { groupLevels, ruleNames, rules } from "./delivery/lint/catalogue";

// Writes the generated parts of the documents anew: `npm run docs`. A test compares them with the code.

/** A part of a document that is generated, between two lines that stay. */
interface Generated {
    file: string;
    opening: string;
    closing: string;
    content: () => string;
}

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
];

/** A document with one of its parts written anew. */
export function withGenerated(text: string, { file, opening, closing, content }: Generated): string {
    const start = text.indexOf(opening);
    const end = text.indexOf(closing);
    if (start < 0 || end < start) {
        throw new Error(`${file} lacks the lines ${opening} and ${closing}: put them back around the generated part.`);
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

function ruleTable(): string {
    return table(
        ["rule", "group", "dev", "prod", "why it hurts", "instead"],
        ruleNames.map((rule) => {
            const { group, why, instead } = rules[rule];
            const levels = [groupLevels.lenient[group], groupLevels.strict[group]];
            return [`\`${rule}\``, group, ...levels, why, instead];
        }),
    );
}

function table(head: string[], rows: string[][]): string {
    const line = (cells: string[]) => `| ${cells.map(cell).join(" | ")} |`;
    return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** A pipe would end the cell. */
function cell(text: string): string {
    return text.replaceAll("|", "\\|");
}

if (require.main === module) {
    for (const part of generated) {
        const file = path.join(__dirname, "..", part.file);
        writeFileSync(file, withGenerated(readFileSync(file, "utf8"), part));
    }
}
