import { escapeIdentifier as quoted } from "pg";
import { type Column, columnDefinition, textLength } from "../../tracking";
import type { Step } from "../model";
import type { Alter, ColumnState, TrackingState } from "./model";

/** Restores the table's columns, and removes from them, and from extra columns, what can reject a row. */
export function columnSteps(table: TrackingState, alter: Alter): Step[] {
    const wanted = table.wanted.columns;
    const renamed = wanted.flatMap((want) => renamedFrom(table, want) ?? []);
    return [
        ...table.columns
            .filter((column) => !wanted.some(({ name }) => name === column.name) && !renamed.includes(column))
            .flatMap((column) => strangeColumn(column, table, alter)),
        ...wanted.flatMap((want) => {
            const column = table.columns.find(({ name }) => name === want.name);
            return column === undefined ? missingColumn(want, table, alter) : wantedColumn(column, want, alter);
        }),
    ];
}

/** NOT NULL can only be set once the rows are correct. */
export function notNullSteps(table: TrackingState, alter: Alter): Step[] {
    return table.wanted.columns
        .filter((want) => want.notNull && table.columns.some(({ name, notNull }) => name === want.name && !notNull))
        .map(({ name }) => alter(`ALTER COLUMN ${name} SET NOT NULL`, `set NOT NULL of the column ${name}`));
}

/** Columns of the history that only a person can restore. */
export function lostColumns(table: TrackingState): Column[] {
    return table.wanted.columns.filter(
        (want) =>
            isIrreplaceable(table, want) &&
            !table.columns.some(({ name }) => name === want.name) &&
            renamedFrom(table, want) === undefined,
    );
}

/** Whether it has all of its columns, each as defined. */
export function isWhole(table: TrackingState): boolean {
    return table.wanted.columns.every((want) =>
        table.columns.some((column) => column.name === want.name && takes(column, want)),
    );
}

function isIrreplaceable({ wanted }: TrackingState, column: Column): boolean {
    return wanted.identifying.includes(column.name);
}

/** Once the column exists, its values are filled in and NOT NULL is set. */
function missingColumn(want: Column, table: TrackingState, alter: Alter): Step[] {
    const old = renamedFrom(table, want);
    if (old !== undefined) {
        return [
            alter(
                `RENAME COLUMN ${quoted(old.name)} TO ${want.name}`,
                `renamed the column ${old.name} to ${want.name}`,
            ),
        ];
    }
    return isIrreplaceable(table, want)
        ? []
        : [alter(`ADD COLUMN ${columnDefinition({ ...want, notNull: undefined })}`, `added the column ${want.name}`)];
}

/** The column in the position of a missing one, if it has the same type: it was merely renamed. */
function renamedFrom({ wanted: { columns: wanted }, columns }: TrackingState, want: Column): ColumnState | undefined {
    if (columns.some(({ name }) => name === want.name)) {
        return undefined;
    }
    return columns.find(
        ({ name, position, type }) =>
            position === wanted.indexOf(want) + 1 && type === want.type && !wanted.some((other) => other.name === name),
    );
}

/** A newer version of the tool may add columns: one that accepts NULL rejects no row. */
function strangeColumn({ name, ...column }: ColumnState, table: TrackingState, alter: Alter): Step[] {
    // A tool that knows columns by upper-case names would take it for the same one.
    const twin = table.wanted.columns.some((wanted) => wanted.name === name.toLowerCase());
    if (!column.builtIn || column.generated !== "" || column.identity || twin) {
        return [alter(`DROP COLUMN ${quoted(name)}`, `dropped the column ${name}`)];
    }
    return [
        ...(column.notNull
            ? [alter(`ALTER COLUMN ${quoted(name)} DROP NOT NULL`, `dropped NOT NULL of the column ${name}`)]
            : []),
        ...(column.expression === null
            ? []
            : [alter(`ALTER COLUMN ${quoted(name)} DROP DEFAULT`, `dropped the default of the column ${name}`)]),
    ];
}

function wantedColumn(column: ColumnState, want: Column, alter: Alter): Step[] {
    const { name, default: wanted = null } = want;
    const mistyped = !takes(column, want);
    // A default of the old type prevents changing the type.
    const expression = mistyped || column.generated !== "" ? null : column.expression;
    return [
        ...(column.identity
            ? [alter(`ALTER COLUMN ${name} DROP IDENTITY`, `dropped the identity of the column ${name}`)]
            : []),
        ...(column.generated === ""
            ? []
            : [alter(`ALTER COLUMN ${name} DROP EXPRESSION`, `dropped the expression of the column ${name}`)]),
        ...(column.expression !== null && column.generated === "" && (mistyped || expression !== wanted)
            ? [alter(`ALTER COLUMN ${name} DROP DEFAULT`, `dropped the default of the column ${name}`)]
            : []),
        ...(mistyped ? [retyped(column, want, alter)] : []),
        ...(wanted !== null && expression !== wanted
            ? [alter(`ALTER COLUMN ${name} SET DEFAULT ${wanted}`, `set the default of the column ${name}`)]
            : []),
    ];
}

/** Converts via text, which every type supports. A text that is too long is refused, not truncated. */
function retyped({ type, collated }: ColumnState, { name, type: wanted }: Column, alter: Alter): Step {
    const cast = textLength(wanted) === undefined ? `::${wanted}` : "";
    return alter(
        `ALTER COLUMN ${name} TYPE ${wanted} USING ${name}::text${cast}`,
        collated
            ? `restored the collation of the column ${name}`
            : `changed the type of the column ${name} from ${type} to ${wanted}`,
    );
}

/** The desired type, or a wider one. */
function takes({ type, collated }: ColumnState, wanted: Column): boolean {
    const least = textLength(wanted.type);
    return (
        !collated &&
        (type === wanted.type ||
            (least !== undefined &&
                (type === "text" || type === "character varying" || (textLength(type) ?? 0) > least)))
    );
}
