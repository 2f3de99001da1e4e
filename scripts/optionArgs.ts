import { actionsText, type OptionRow } from "../components/optionRow";
import { optionRows } from "../components/options";

// The args that are made from components/options.ts, as code: other Pulumi languages read interfaces, and no types that
// are computed.

const indent = "    ";
const lineLength = 120;

/** The properties of an interface of args: those of a group, or those that are in none. */
export function optionArgs(group?: string): string {
    return optionRows()
        .flatMap(([, row]) => {
            const { arg = "", doc } = row;
            const name = arg.split(".").at(-1)!;
            return doc !== undefined && arg === [group, name].filter(Boolean).join(".")
                ? [`${docstring(wordsOf(row, doc))}\n${indent}${name}?: ${typeOf(row)};`]
                : [];
        })
        .join("\n");
}

function wordsOf(row: OptionRow, doc: string): string {
    const range = row.type === "wholeNumber" ? row.range.join(" to ") : "";
    const byDefault = "default" in row ? JSON.stringify(row.default) : "none";
    return `${doc.replaceAll("{range}", range).replaceAll("{actions}", actionsText(row))} Default: ${byDefault}.`;
}

function typeOf(row: OptionRow): string {
    switch (row.type) {
        case "wholeNumber":
            return "number";
        case "flag":
            return "boolean";
        case "choice":
            return row.typeName;
        case "words":
            return "string[]";
        case "lintLevels":
            return "{ [key: string]: string }";
        default:
            return "string";
    }
}

/** A comment in one line, if it fits. */
function docstring(text: string): string {
    const line = `${indent}/** ${text} */`;
    if (line.length <= lineLength) {
        return line;
    }
    const start = `${indent} * `;
    const lines = text.split(" ").reduce<string[]>((filled, word) => {
        const last = filled.at(-1);
        const fits = last !== undefined && start.length + last.length + 1 + word.length <= lineLength;
        return fits ? [...filled.slice(0, -1), `${last} ${word}`] : [...filled, word];
    }, []);
    return [`${indent}/**`, ...lines.map((words) => `${start}${words}`), `${indent} */`].join("\n");
}
