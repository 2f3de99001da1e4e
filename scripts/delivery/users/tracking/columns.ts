import { escapeIdentifier as quoted } from "pg";
import {
    columnDefinition,
    historyTable,
    identifyingColumns,
    type TrackingColumn,
    trackingColumns,
} from "../../database/tracking";
import type { Step } from "../model";
import type { Alter, ColumnState, TrackingState } from "./model";

/** What gives the table its columns back, and takes from them, and from others, what can keep a row out. */
export function columnSteps(table: TrackingState, alter: Alter): Step[] {
    const wanted = trackingColumns(table.name);
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

/** NOT NULL, which only holds once the rows are right. */
export function notNullSteps(table: TrackingState, alter: Alter): Step[] {
    return trackingColumns(table.name)
        .filter((want) => want.notNull && table.columns.some(({ name, notNull }) => name === want.name && !notNull))
        .map(({ name }) => alter(`ALTER COLUMN ${name} SET NOT NULL`, `set NOT NULL of the column ${name}`));
}

/** Columns of the history that nobody but a person can bring back. */
export function lostColumns(table: TrackingState): TrackingColumn[] {
    return trackingColumns(table.name).filter(
        (want) =>
            isIrreplaceable(table, want) &&
            !table.columns.some(({ name }) => name === want.name) &&
            renamedFrom(table, want) === undefined,
    );
}

/** Whether it has all of its columns, each as it should be. */
export function isWhole(table: TrackingState): boolean {
    return trackingColumns(table.name).every((want) =>
        table.columns.some((column) => column.name === want.name && takes(column, want)),
    );
}

function isIrreplaceable({ name }: TrackingState, column: TrackingColumn): boolean {
    return name === historyTable && identifyingColumns.includes(column.name);
}

/** Its rows' values are filled in, and NOT NULL set, when it is there. */
function missingColumn(want: TrackingColumn, table: TrackingState, alter: Alter): Step[] {
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

/** The column that stands where a missing one stood, if it is of that one's type: it has merely another name. */
function renamedFrom({ name: table, columns }: TrackingState, want: TrackingColumn): ColumnState | undefined {
    const wanted = trackingColumns(table);
    if (columns.some(({ name }) => name === want.name)) {
        return undefined;
    }
    return columns.find(
        ({ name, position, type }) =>
            position === wanted.indexOf(want) + 1 && type === want.type && !wanted.some((other) => other.name === name),
    );
}

/** A newer Liquibase may add columns: one that stays empty by itself keeps no row out. */
function strangeColumn({ name, ...column }: ColumnState, table: TrackingState, alter: Alter): Step[] {
    // Liquibase knows columns by their names in capitals.
    const twin = trackingColumns(table.name).some((wanted) => wanted.name === name.toLowerCase());
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

function wantedColumn(column: ColumnState, want: TrackingColumn, alter: Alter): Step[] {
    const { name, default: wanted = null } = want;
    const mistyped = !takes(column, want);
    // A default of the old type is in the way of another type.
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

/** By way of text, which every type can become. A text that is too long is refused, not cut. */
function retyped({ type, collated }: ColumnState, { name, type: wanted }: TrackingColumn, alter: Alter): Step {
    const cast = wanted.startsWith("character varying") ? "" : `::${wanted}`;
    return alter(
        `ALTER COLUMN ${name} TYPE ${wanted} USING ${name}::text${cast}`,
        collated
            ? `gave the collation back to the column ${name}`
            : `changed the type of the column ${name} from ${type} to ${wanted}`,
    );
}

/** The wanted type, or one that is wider. */
function takes({ type, collated }: ColumnState, wanted: TrackingColumn): boolean {
    const length = (text: string) => Number(/^character varying\((\d+)\)$/.exec(text)?.[1] ?? NaN);
    return (
        !collated &&
        (type === wanted.type ||
            (wanted.type.startsWith("character varying") &&
                (type === "text" || type === "character varying" || length(type) > length(wanted.type))))
    );
}
