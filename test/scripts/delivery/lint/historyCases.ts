import { lintConfig } from "../../../../scripts/delivery/lint/config";
import { type Case, catalogue, many, one, type Scene, undo } from "./support";

// Rules about what the database has run.

/** Changesets of the source, as the tool lists them. */
const known = (...ids: string[]) => ids.map((id) => ({ id, author: "a", file: "a.sql" }));
/** One finding at a time. */
const withoutOtherHistory = { ...lintConfig(catalogue, {}, "prod").levels, "other-history": "off" as const };

export const historyCases: Case[] = [
    {
        rule: "renamed-file",
        bad: {
            "an applied changeset under another path": {
                ...one("SELECT 1;"),
                context: {
                    applied: [{ id: "1", author: "A", file: "old.sql", ranAt: "2026-11-30 09:00:00" }],
                    known: known("1"),
                },
                line: 2,
                what: "a:1 has run on 2026-11-30 as old.sql, which the source does not contain any more; as a.sql it would run again.",
            },
        },
        good: {
            "a source that the tool cannot list": {
                ...one("SELECT 1;"),
                context: { applied: [{ id: "1", author: "a", file: "old.sql" }] },
            },
        },
    },
    {
        rule: "missing-source",
        bad: {
            "an applied changeset that is gone": {
                changelog: "--changeset a:1\nSELECT 1;",
                context: { applied: known("1", "2"), known: known("1") },
                applied: 1,
                what: "The database has run 1 changeset that the source does not contain any more: a:2.",
            },
        },
        good: {
            "rows of the pipeline, and names in another form": {
                changelog: "--changeset a:1\nSELECT 1;",
                applied: 1,
                context: {
                    applied: [
                        { id: "r", author: "p", file: "liquibase-internal", internal: true },
                        { id: "1", author: "A", file: "classpath:/A.sql" },
                    ],
                    known: known("1"),
                },
            },
        },
    },
    {
        rule: "applied-elsewhere",
        bad: {
            "a changeset of another history": {
                ...one("SELECT 1;"),
                context: {
                    otherHistories: [{ table: "old.log", changesets: [{ id: "1", author: "a", file: "b.sql" }] }],
                    levels: withoutOtherHistory,
                },
                what: "According to the history in old.log, a:1 has already run in this database.",
            },
        },
        good: {
            "another changeset": {
                ...one("SELECT 1;"),
                context: {
                    otherHistories: [{ table: "old.log", changesets: known("2") }],
                    levels: withoutOtherHistory,
                },
            },
        },
    },
    {
        rule: "unreadable-history",
        bad: {
            "what may have run": {
                ...one("SELECT 1;"),
                context: { otherHistories: [{ table: "old.log", changesets: undefined }] },
                what: "The database has another history of changesets, old.log, which cannot be read.",
            },
        },
        good: {
            "nothing that could run again": {
                ...one("SELECT 1;"),
                applied: 1,
                context: { otherHistories: [{ table: "old.log", changesets: undefined }], levels: withoutOtherHistory },
            },
        },
    },
    {
        rule: "edited-changeset",
        bad: {
            "what Liquibase's validation names": {
                ...many("SELECT 1;"),
                applied: 1,
                context: { edited: [{ id: "1", author: "a", file: "a.sql", was: "9:aa", now: "9:bb" }] },
                line: 2,
                what: "It ran with the checksum 9:aa, which is now 9:bb.",
            },
        },
        good: Object.fromEntries(
            ["runOnChange:true", "runAlways:true"].map((attribute): [string, Scene] => [
                attribute,
                {
                    ...one("SELECT 1;", attribute),
                    applied: 1,
                    context: { edited: [{ id: "1", author: "a", file: "a.sql", was: "9:aa", now: "9:bb" }] },
                },
            ]),
        ),
    },
    {
        rule: "out-of-order",
        bad: {
            "before an applied one": {
                ...many("SELECT 1;", "SELECT 2;"),
                context: { applied: [{ id: "2", author: "A", file: "classpath:a.sql" }] },
                line: 2,
                what: "It comes before a.sql::2::a, which the database has already run.",
            },
        },
        good: {
            "behind all applied ones": { ...many("SELECT 1;", "SELECT 2;"), applied: 1 },
            "before an applied one that follows its text": {
                changelog: `--changeset a:1\nSELECT 1;${undo}\n--changeset a:2 runOnChange:true\nSELECT 2;${undo}`,
                context: { applied: [{ id: "2", author: "a", file: "a.sql" }] },
            },
        },
    },
];
