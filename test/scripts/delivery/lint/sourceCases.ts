import { type Case, one, undo } from "./support";

// Rules about the text of the source.

export const sourceCases: Case[] = [
    {
        rule: "misspelled-word",
        bad: {
            "an attribute": {
                changelog: `--changeset a:1 runInTransation:false\nSELECT 1;${undo}`,
                line: 2,
                what: "Liquibase ignores `runInTransation:false`. Did you mean `runInTransaction:false`?",
            },
            "an attribute with an equals sign": {
                changelog: `--changeset a:1 failOnError=false\nSELECT 1;${undo}`,
                what: "Liquibase ignores `failOnError=false`. Did you mean `failOnError:false`?",
            },
            "an attribute with a blank": { changelog: `--changeset a:1 runOnChange: true\nSELECT 1;${undo}` },
            "a context that a blank cuts": {
                changelog: `--changeset a:1 context:dev or test\nSELECT 1;${undo}`,
                what: 'Liquibase ignores `or test`. Did you mean `context:"dev or test"`?',
            },
            "an attribute of preconditions": {
                changelog: `--changeset a:1\n--preconditions onFial:MARK_RAN\nSELECT 1;${undo}`,
                line: 3,
            },
            "a rollback": {
                changelog: `--changeset a:1\nSELECT 1;${undo}\n--rolback DROP VIEW b;`,
                line: 5,
                what: "`--rolback DROP VIEW b;` is a comment to Liquibase. Did you mean `--rollback …`?",
            },
            "a rollback with a colon": { changelog: `--changeset a:1\nSELECT 1;${undo}\n--rollback: DROP VIEW b;` },
            "a rollback with three dashes": {
                changelog: `--changeset a:1\nSELECT 1;${undo}\n---rollback DROP VIEW b;`,
            },
            "a rollback with a tab": { changelog: `--changeset a:1\nSELECT 1;${undo}\n--rollback\tDROP VIEW b;` },
            "the next changeset": {
                changelog: `--changeset a:1\nSELECT 1;${undo}\n--changset a:2\nSELECT 2;${undo}`,
                line: 5,
                what: "`--changset a:2` is a comment to Liquibase. Did you mean `--changeset …`?",
            },
            preconditions: { changelog: `--changeset a:1\n--precondition onFail:MARK_RAN\nSELECT 1;${undo}` },
            "a checksum": { changelog: `--changeset a:1\n--validChecksm: 8:0123456789abcdef\nSELECT 1;${undo}` },
        },
        good: {
            "all attributes": one(
                "SELECT 1;",
                'stripComments:false splitStatements:true rollbackSplitStatements:true endDelimiter:/ context:"a and b" ' +
                    "labels:x,y runOnChange:false runAlways:false logicalFilePath:a.sql dbms: postgresql failOnError:true",
            ),
            "comments that speak of directives": one(
                "-- rollbacks are tested elsewhere\n-- changesets: see the wiki\n-- Rollback is easy: nothing to do\n" +
                    "-- rolling back drops it\n-- precondition: the table is there\n-- property of the owner\n" +
                    "--- a ruler ---\n--------\nSELECT 1;",
            ),
            "a comment behind the attributes": one("SELECT 1;", "-- note: see https://example.com"),
            "a pattern as a delimiter": one("SELECT 1;", "endDelimiter:\\n\\s*/\\s*\\n|\\n\\s*/\\s*$"),
        },
    },
    {
        rule: "unknown-database",
        bad: {
            "one by another name": {
                changelog: `--changeset a:1 dbms:postgres\nSELECT 1;${undo}`,
                line: 2,
                what: "No database is called `postgres`. Did you mean `postgresql`?",
            },
            "one in quotes": { changelog: `--changeset a:1 dbms:"postgresql"\nSELECT 1;${undo}` },
        },
        good: {
            "some, and not another": one("SELECT 1;", "dbms:postgresql,h2,!oracle"),
            "a parameter": one("SELECT 1;", "dbms:${engine}"),
        },
    },
    {
        rule: "undefined-parameter",
        bad: {
            "where there are none": {
                ...one("SELECT 1;\nSELECT '${user.name}';"),
                line: 4,
                what: "No parameter defines `${user.name}`.",
            },
            "one that is declared for something else": {
                ...one("SELECT '${size}';"),
                context: { parameters: ["size"] },
                what: "The parameter of `${size}` is declared for other contexts, labels or databases only.",
            },
            "in a context": {
                ...one("SELECT 1;"),
                changes: [{ contexts: "${where}" }],
            },
        },
        good: { "dollars and braces": one("SELECT '$5', '{}', $$ {a} $$;") },
    },
    {
        rule: "outside-changeset",
        bad: {
            "SQL before the first changeset": {
                changelog: `-- all of it\n/* the\n first */\n\nCREATE TABLE lost (id bigint);\n--changeset a:1\nSELECT 1;${undo}`,
                line: 6,
                what: "It belongs to no changeset: `CREATE TABLE lost (id bigint);`",
            },
            "SQL without any": { changelog: "CREATE TABLE lost (id bigint);" },
        },
        good: {
            "comments and properties": {
                changelog: `-- all of it\n/* the\n first */\n--property name:size value:3\n--changeset a:1\nSELECT 1;${undo}`,
            },
            "what Liquibase is told to ignore": {
                changelog: `--ignoreLines:start\nSELECT 2;\n--ignoreLines:end\n--changeset a:1\nSELECT 1;${undo}`,
            },
        },
    },
    {
        rule: "no-changeset",
        bad: { "comments only": { changelog: "-- later\n/* much */\n", line: 1, what: "The file has no changeset." } },
        good: { properties: { changelog: "--property name:size value:3" } },
    },
];
