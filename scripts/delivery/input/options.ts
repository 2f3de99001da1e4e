import { deliveryCommand, type ReleaseCommand } from "../../../components/contract";
import { lintFloorAllowed, lintFloorProblems } from "../../../components/lintRules";
import { areWords, type OptionPart, type OptionRow, wordsAllowed } from "../../../components/optionRow";
import { optionRows, type OptionsOf } from "../../../components/options";
import type { Environment } from "../settings";

// Reads the variables of a build's options by the table in components/options.ts.

interface Reading {
    /** Whether the variables must be set, regardless of defaults: the project sets them all. */
    needed?: boolean;
    /**
     * The maximum number, where a build accepts more than args and config: those reject what makes no sense, a build
     * only what it cannot do.
     */
    greatest?: number;
}

/** What is wrong with the variables of one part of the settings. The form of texts is checked elsewhere. */
export function optionProblems(part: OptionPart, environment: Environment, reading: Reading = {}): string[] {
    return rowsOf(part).flatMap(([, { variable, row }]) => {
        const { [variable]: given } = environment;
        if (!given && (row.type === "text" || row.type === "words" || !reading.needed)) {
            return [];
        }
        if (row.type === "lintLevels") {
            return lintFloorProblems(parsed(given!)).map(
                (problem) => `${variable} is ${given}: ${problem}; allowed: ${lintFloorAllowed}, as JSON`,
            );
        }
        if (row.type === "words") {
            return areWords(row.words, parsed(given!))
                ? []
                : [`${variable} is ${given}; allowed: ${wordsAllowed(row.words)}, as JSON`];
        }
        const { fits, allowed } = accepted(row, reading);
        return given && fits(given)
            ? []
            : [`${variable} is ${given ? JSON.stringify(given) : "missing"}; allowed: ${allowed}`];
    });
}

/** The allowed values of a variable, except for texts with a form and the levels of the linter. */
function accepted(row: OptionRow, { greatest }: Reading): { fits: (given: string) => boolean; allowed: string } {
    switch (row.type) {
        case "wholeNumber": {
            const [least, most] = [row.range[0], greatest ?? row.range[1]];
            return {
                fits: (given) => /^\d{1,10}$/.test(given) && Number(given) >= least && Number(given) <= most,
                allowed: `whole ${row.unit}, ${most === Infinity ? `at least ${least}` : `${least} to ${most}`}`,
            };
        }
        case "flag":
            return oneOf(["true", "false"]);
        case "choice":
            return oneOf(Object.values(row.values));
        default:
            return { fits: () => true, allowed: "any text" };
    }
}

function oneOf(words: string[]): { fits: (given: string) => boolean; allowed: string } {
    return { fits: (given) => words.includes(given), allowed: words.join(", ") };
}

/** The values of one part of the settings, from valid variables; with a command, only those that its build has. */
export function optionValues<Part extends OptionPart>(
    part: Part,
    environment: Environment,
    command?: ReleaseCommand,
): OptionsOf<Part> {
    const rows = rowsOf(part).filter(
        ([, { row }]) => command === undefined || row.actions?.map(deliveryCommand).includes(command),
    );
    return Object.fromEntries(rows.map(([name, { variable, row }]) => [name, valueOf(row, environment[variable])]));
}

function valueOf(row: OptionRow, given: string | undefined): unknown {
    if (!given) {
        return "default" in row ? row.default : undefined;
    }
    switch (row.type) {
        case "wholeNumber":
            return Number(given);
        case "flag":
            return given === "true";
        case "words":
        case "lintLevels":
            return parsed(given);
        default:
            return given;
    }
}

function rowsOf(part: OptionPart): [name: string, { variable: string; row: OptionRow }][] {
    return optionRows().flatMap(([name, row]) =>
        row.part === part && row.variable !== undefined ? [[name, { variable: row.variable, row }]] : [],
    );
}

function parsed(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}
