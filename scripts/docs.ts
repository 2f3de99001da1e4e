import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { configKeys, docOf } from "../stacks/configKeys";

// Writes the generated parts of the documents anew: `npm run docs`. A test compares them with the code.

const readme = path.join(__dirname, "..", "README.md");
const opening = "<!-- config table: generated from stacks/configKeys.ts by `npm run docs` -->";
const closing = "<!-- /config table -->";

/** The README with its table of config keys written anew. */
export function withConfigTable(text: string): string {
    const start = text.indexOf(opening);
    const end = text.indexOf(closing);
    if (start < 0 || end < start) {
        throw new Error(`README.md lacks the lines ${opening} and ${closing}: put them back around the config table.`);
    }
    return `${text.slice(0, start + opening.length)}\n${configTable()}\n${text.slice(end)}`;
}

function configTable(): string {
    const rows = configKeys.map((key) => {
        const { description, allowed } = docOf(key);
        return `| \`${key}\` | ${cell(description)} | ${cell(allowed)} |`;
    });
    return ["| key | what it decides | allowed |", "| --- | --- | --- |", ...rows].join("\n");
}

/** A pipe would end the cell. */
function cell(text: string): string {
    return text.replaceAll("|", "\\|");
}

if (require.main === module) {
    writeFileSync(readme, withConfigTable(readFileSync(readme, "utf8")));
}
