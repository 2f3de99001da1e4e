import type { OptionPart, OptionRow } from "../../components/optionRow";
import { optionRows } from "../../components/options";

/** A row whose value is a whole number. */
export type NumberRow = OptionRow & { type: "wholeNumber" };

/** The rows of one part that are whole numbers. */
export function numberRows(part: OptionPart): [name: string, row: NumberRow][] {
    return optionRows().flatMap(([name, row]) =>
        row.part === part && row.type === "wholeNumber" ? [[name, row] satisfies [string, NumberRow]] : [],
    );
}

/** The guards without any variable. */
export function guardDefaults(): Record<string, unknown> {
    return { ...numberDefaults("guards"), deploymentWindow: undefined, deploymentWindowTimeZone: "UTC" };
}

/** The defaults of one part's whole numbers, by name. */
export function numberDefaults(part: OptionPart): Record<string, number | undefined> {
    return Object.fromEntries(numberRows(part).map(([name, row]) => [name, row.default]));
}
