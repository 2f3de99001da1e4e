import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import type { Project } from "../../support/delivery";
import { nonEmpty } from "../../support/nonEmpty";

// One source, planned on machines that differ: the plan is the same.

/** How a machine may differ from the first one that plans a source. */
export const machines: Record<string, Record<string, string>> = {
    "with other hashes and one processor": { JAVA_TOOL_OPTIONS: java("-XX:hashCode=0", "-XX:ActiveProcessorCount=1") },
    "whose hashes are addresses, in another time zone": { JAVA_TOOL_OPTIONS: java("-XX:hashCode=1"), TZ: "Asia/Tokyo" },
    "with another language, and settings and parameters of its own": {
        JAVA_TOOL_OPTIONS: java(
            ...["-XX:hashCode=3", "-Duser.language=tr", "-Duser.timezone=America/St_Johns"],
            ...["-Dsize=99", "-Dliquibase.missingPropertyMode=EMPTY"],
        ),
        HOME: "/nowhere/else",
        TMPDIR: "/tmp/",
    },
};

function java(...options: string[]): string {
    return ["-XX:+UnlockExperimentalVMOptions", ...options].join(" ");
}

/** Names that Liquibase would take from the machine, before those that the project declares. */
export const parameters = { size: "12", home: "Berlin", path: "/here", tz: "UTC" };
/** What no project declares, and every run of Java has. */
export const ofMachine = "${PWD} ${user.dir} ${java.version} ${LIQUIBASE_EXECUTION_DEPLOYMENT_ID}";

/** Creates the tables, the parameters and the files that the changesets work with. */
export async function prepare(project: Project): Promise<void> {
    const tables = ["parent", "one", "two"].map(
        (name) => `CREATE TABLE ${name} (id bigint PRIMARY KEY, ${"abcdef".replace(/./g, "$& bigint, ")} name text)`,
    );
    const keys = [..."fbadce"].map(
        (name) => `ALTER TABLE one ADD CONSTRAINT fk_${name} FOREIGN KEY (${name}) REFERENCES parent (id)`,
    );
    const owners = ["parent", "one", "two"].map((name) => `ALTER TABLE ${name} OWNER TO dbowner`);
    await project.query([...tables, ...keys, ...owners].join(";\n"));
    project.write({
        "liquibase.properties": [
            "changeLogFile=changelog.yaml",
            ...Object.entries(parameters).map(([name, value]) => `parameter.${name}=${value}`),
        ].join("\n"),
        "data.csv": "id,name,a\n1,eins,\n2,zwei,7\n",
        "more.sql": `INSERT INTO two (id, name) VALUES (7, '\${home}');\nINSERT INTO two (id, name) VALUES (8, '${ofMachine}');\n`,
    });
}

/** Writes the changelog of a project that is prepared. */
export function writeChangelog(project: Project, changeSets: object[]): void {
    project.write({
        "changelog.yaml": JSON.stringify({
            databaseChangeLog: changeSets.map((changeSet, index) => ({
                changeSet: { id: String(index), author: "me", ...changeSet },
            })),
        }),
    });
}

/** Plans generated changesets here, then on each of these machines. */
export async function planOn(
    project: Project,
    others: Record<string, Record<string, string>>,
    given: { changesets: number; seed: number },
): Promise<void> {
    const generated = fc.sample(changeSets, { numRuns: given.changesets, seed: given.seed });
    writeChangelog(project, [
        ...generated.map(({ changes, ...more }, index) => ({ ...more, changes: changes(index) })),
        ...single,
    ]);
    await project.build("plan");
    const first = project.plan();
    assert.equal(first.changes.length, generated.length + single.length);
    assert.match(JSON.stringify(first.changes), /Berlin/);
    assert.ok(JSON.stringify(first.changes).includes(ofMachine));
    for (const [machine, environment] of nonEmpty(Object.entries(others))) {
        await project.build("plan", { environment });
        const { changes, digest } = project.plan();
        changes.forEach((change, index) => assert.deepEqual(change, first.changes[index], machine));
        assert.equal(digest, first.digest, machine);
    }
}

/** Changes whose names are unique by the number. */
type Named = (index: number) => object[];

const column = fc.record(
    {
        type: fc.constantFrom("bigint", "varchar(${size})", "timestamp with time zone", "boolean"),
        constraints: fc.record(
            {
                nullable: fc.boolean(),
                unique: fc.boolean(),
                references: fc.constantFrom("parent(id)", "one(id)", "two(id)"),
            },
            { requiredKeys: [] },
        ),
    },
    { requiredKeys: ["type"] },
);
const columns = fc.array(column, { minLength: 2, maxLength: 12 });

function named(
    given: { type: string; constraints?: { references?: string } }[],
    index: number,
    more: object = {},
): object[] {
    return given.map(({ constraints, ...rest }, position) => ({
        column: {
            ...rest,
            name: `c${position}`,
            ...more,
            ...(constraints && {
                constraints: {
                    ...constraints,
                    ...(constraints.references && { foreignKeyName: `fk_${index}_${position}` }),
                },
            }),
        },
    }));
}

const values = fc.array(
    fc.constantFrom(
        { valueNumeric: "1" },
        { value: "${home}" },
        { value: "${path} ${tz}" },
        { valueDate: "2020-02-03T04:05:06" },
        { valueDate: "2020-02-03T04:05:06+02:00" },
        { valueBoolean: "true" },
        { valueComputed: "now()" },
    ),
    { minLength: 1, maxLength: 6 },
);
const valuesOf = (of: object[]) => of.map((value, position) => ({ column: { name: "abcdef"[position], ...value } }));

const one: fc.Arbitrary<Named> = fc.oneof(
    columns.map((of): Named => (index) => [
        {
            createTable: {
                tableName: `t${index}`,
                remarks: "${home}",
                columns: [
                    { column: { name: "id", type: "bigint", autoIncrement: true, constraints: { primaryKey: true } } },
                    ...named(of, index, { remarks: "r" }),
                ],
            },
        },
    ]),
    columns.map((of): Named => (index) => [{ addColumn: { tableName: "one", columns: named(of, index) } }]),
    values.map((of): Named => () => [{ insert: { tableName: "two", columns: valuesOf(of) } }]),
    values.map((of): Named => () => [{ update: { tableName: "two", columns: valuesOf(of), where: "id = ${size}" } }]),
);

/** One changeset with each kind of change that is made of something else, or reads the database. */
const single: object[] = [
    { dropAllForeignKeyConstraints: { baseTableName: "one" } },
    { loadData: { tableName: "two", file: "data.csv" } },
    { loadUpdateData: { tableName: "two", file: "data.csv", primaryKey: "id" } },
    { sqlFile: { path: "more.sql" } },
    {
        addLookupTable: {
            ...{ existingTableName: "one", existingColumnName: "a", constraintName: "fk_lookup" },
            ...{ newTableName: "lookup", newColumnName: "x" },
        },
    },
    {
        mergeColumns: {
            ...{ tableName: "one", column1Name: "a", joinString: "-", column2Name: "b" },
            ...{ finalColumnName: "merged", finalColumnType: "text" },
        },
    },
    { createIndex: { tableName: "one", indexName: "fca", columns: [..."fca"].map((name) => ({ column: { name } })) } },
    { createView: { viewName: "machine", selectQuery: `SELECT '${ofMachine}' AS machine` } },
    { createSequence: { sequenceName: "numbers", startValue: "${size}" } },
].map((change) => ({ changes: [change], rollback: [] }));

/** Changesets with many columns, keys and values, and whatever else a digest covers. */
const changeSets = fc.record(
    {
        changes: fc.array(one, { minLength: 1, maxLength: 3 }).map(
            (all): Named =>
                (index) =>
                    all.flatMap((each, at) => each(index * 10 + at)),
        ),
        context: fc.constantFrom("!b and !a", "!x", "!${home}"),
        labels: fc.constantFrom("b, a, c", "${home},zz,d"),
        validCheckSum: fc.constantFrom(["8:b", "8:a"]),
        rollback: fc.constantFrom([{ dropTable: { tableName: "one" } }, { sql: { sql: "SELECT '${home}'" } }]),
        preConditions: fc.constantFrom([
            { onFail: "MARK_RAN" },
            {
                or: [
                    { tableExists: { tableName: "one" } },
                    { columnExists: { tableName: "two", columnName: "${path}" } },
                ],
            },
        ]),
        modifySql: fc.constantFrom([{ dbms: "postgresql,mysql" }, { append: { value: " " } }]),
    },
    { requiredKeys: ["changes"] },
);
