import { defineErrors } from "../../errors/define";

/** What only Flyway fails with: its settings, its scripts, its Java process. */
export const flywayErrors = defineErrors({
    FlywaySettingsRefused: {
        code: "AP1023",
        what: "{file} has settings that the pipeline does not accept:",
        list: "problems",
        fix: "Correct or remove these lines.",
        exit: "refused",
    },
    FlywayScriptsRefused: {
        code: "AP1024",
        what: "The migrations in {directory} cannot be delivered:",
        list: "problems",
        fix: "Correct these files.",
        exit: "refused",
    },
    FlywayJavaMissing: {
        code: "AP1025",
        what: "Java does not start for Flyway: {reason}.",
        fix: "Run the build in an image with a working Java runtime, version 17 or newer.",
        exit: "refused",
    },
    FlywayBaselineElsewhere: {
        code: "AP1026",
        what: "Scripts of Flyway cannot be marked as run one by one:",
        list: "changesets",
        fix: "Remove the baseline file; set baselineOnMigrate = true and baselineVersion in flyway.toml instead.",
        exit: "refused",
    },
    FlywayEnded: {
        code: "AP1309",
        what: "Flyway's Java process ended unexpectedly ({how}).{output}",
        fix: "Start the build again; if it ran out of memory, give the build a larger compute type.",
        exit: "failed",
    },
    FlywayGarbled: {
        code: "AP1310",
        what: "Flyway's Java process sent {bytes} bytes that are not a valid message: {beginning}.",
        fix: "Start the build again; if it fails again, build the toolchain again: npm run toolchain",
        exit: "failed",
    },
    FlywayValidationFailed: {
        code: "AP1418",
        what: "{step}: Flyway does not accept the source for this database:\n{cause}",
        fix: "Undo edits of scripts that have run, and put scripts back that are gone; write a new script instead. A script below the newest applied version runs with outOfOrder = true only.",
        exit: "either",
    },
    FlywayHistoryMissing: {
        code: "AP1419",
        what: "{step}: the schema has tables but no Flyway history:\n{cause}",
        fix: "If the tables are those of your first scripts, set baselineOnMigrate = true and baselineVersion to the version that they have; Flyway then runs what is newer.",
        exit: "either",
    },
});
