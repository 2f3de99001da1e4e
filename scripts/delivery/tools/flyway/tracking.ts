import { pipelineTracking } from "../../tracking";
import { terms } from "./terms";

/** Flyway's own history, in the form that Flyway gives it. */
export const schemaHistory = "flyway_schema_history";

const tables = pipelineTracking({
    tool: "Flyway",
    markUnmet: terms.markUnmet,
    kept: [{ name: schemaHistory }],
    others: ["databasechangelog", "databasechangeloglock"],
});

export const tracking = {
    ...tables,
    history: {
        ...tables.history,
        // As `FlywayJournal.java` writes them.
        outcomes: { known: ["EXECUTED", "RERAN"], otherwise: "EXECUTED" },
        checksums: "^-?[0-9]+$",
    },
};
