import * as assert from "node:assert/strict";
import type { Facts } from "../components/errorDefinition";
import { type CataloguedError, errorAreas } from "../scripts/errorCatalogue";
import { MachineError, machineErrors } from "../scripts/machine/errors.cjs";
import {
    baselineMessages,
    generatorMessages,
    machineMessages,
    reviewMessages,
    scaffoldMessages,
    toolchainMessages,
} from "./errorMessages/commands";
import { databaseMessages } from "./errorMessages/database";
import { inputMessages, planMessages } from "./errorMessages/input";
import { flywayMessages, liquibaseMessages, mysqlMessages, postgresMessages } from "./errorMessages/own";
import { programMessages, serverMessages, sourceMessages, startMessages } from "./errorMessages/localRun";
import { migrationMessages, sessionMessages } from "./errorMessages/migration";
import type { Row } from "./errorMessages/row";
import { commandMessages } from "./errorMessages/command";
import { sqlMessages } from "./errorMessages/sql";
import { accountMessages, refusalMessages, valueMessages } from "./errorMessages/stacks";
import { awsMessages, rehearsalMessages, undoMessages } from "./errorMessages/undo";

// Every kind of error is made once, and its message compared with the one that is written out in test/errorMessages/.
// Other tests assert the code and the facts.

type Rows = Readonly<Record<string, Row<never> | Row>>;

/** The rows of an area, with those of errors that only one tool or one engine has. */
function withOwn(range: string, rows: Rows): Rows {
    const own = Object.entries<Row<never> | Row>({
        ...commandMessages,
        ...flywayMessages,
        ...liquibaseMessages,
        ...mysqlMessages,
        ...postgresMessages,
        ...sqlMessages,
    });
    return { ...rows, ...Object.fromEntries(own.filter(([, { code }]) => code.startsWith(range))) };
}

const rowsByRange: Readonly<Record<string, Rows>> = {
    AP10: withOwn("AP10", inputMessages),
    AP11: withOwn("AP11", planMessages),
    AP12: withOwn("AP12", databaseMessages),
    AP13: withOwn("AP13", sessionMessages),
    AP14: withOwn("AP14", migrationMessages),
    AP15: withOwn("AP15", undoMessages),
    AP16: withOwn("AP16", rehearsalMessages),
    AP17: withOwn("AP17", awsMessages),
    AP20: refusalMessages,
    AP21: valueMessages,
    AP22: accountMessages,
    AP30: startMessages,
    AP31: sourceMessages,
    AP32: serverMessages,
    AP33: programMessages,
    AP34: toolchainMessages,
    AP35: machineMessages,
    AP36: scaffoldMessages,
    AP37: generatorMessages,
    AP38: baselineMessages,
    AP39: reviewMessages,
};

interface Made {
    name: string;
    code: string;
    facts: Facts;
    message: string;
    exitCode?: number;
}

interface Kind {
    readonly definition: CataloguedError;
    new (facts: Facts, details?: { exit: "refused" | "failed" }): Made;
}

/** Kinds without a row, and rows without a kind. */
function unmatched(kinds: readonly string[], rows: Rows): string[] {
    const named = Object.keys(rows);
    return [...kinds.filter((kind) => !named.includes(kind)), ...named.filter((name) => !kinds.includes(name))];
}

describe("the message of an error", () => {
    it("is written out once for every kind", () => {
        assert.ok(errorAreas.length > 15);
        for (const { range, errors } of errorAreas) {
            assert.deepEqual(unmatched(Object.keys(errors), rowsByRange[range] ?? {}), [], range);
        }
    });

    it("is missed for a new kind without a row, and for a row without a kind", () => {
        assert.deepEqual(unmatched(["JavaMissing", "NewKind"], { JavaMissing: machineRow() }), ["NewKind"]);
        assert.deepEqual(unmatched([], { JavaMissing: machineRow() }), ["JavaMissing"]);
    });

    for (const { range, errors } of errorAreas) {
        for (const [name, row] of Object.entries(rowsByRange[range] ?? {}) as [string, Row][]) {
            it(`is complete, with code, facts and exit code: ${row.code} ${name}`, () => {
                const make = (exit?: "refused" | "failed"): Made =>
                    name in machineErrors && range === "AP35"
                        ? new MachineError(name, row.facts)
                        : new (errors[name] as unknown as Kind)(row.facts, exit && { exit });
                const error = make();
                assert.deepEqual(
                    [error.name, error.code, error.facts, error.message],
                    [name, row.code, row.facts, row.message],
                );
                if (row.exit === "either") {
                    assert.deepEqual([make("failed").exitCode, make("refused").exitCode], [1, 2]);
                } else {
                    assert.equal(error.exitCode, row.exit);
                }
            });
        }
    }
});

function machineRow(): Row {
    return machineMessages["CommandUnknown"]!;
}
