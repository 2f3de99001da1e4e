import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { review } from "../../../scripts/review/main";

// What it proves: what a review takes for an edit, in each format. Not what Liquibase's checksums say of it.
describe("a reviewed changeset that was edited", () => {
    let scratch: string;
    beforeEach(() => {
        scratch = mkdtempSync(path.join(tmpdir(), "review-edit-"));
    });
    afterEach(() => rmSync(scratch, { recursive: true, force: true }));

    const write = (name: string, content: string) => {
        const file = path.join(scratch, name);
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(file, content);
    };
    const statement = "CREATE TABLE a (id bigint);";
    const yaml = (change: string, more = "") =>
        `databaseChangeLog:\n- changeSet:\n    id: one\n    author: ana\n    changes:\n    - ${change}\n${more}`;
    const xml = (change: string, more = "") =>
        `<databaseChangeLog><changeSet id="one" author="ana">${change}${more}</changeSet></databaseChangeLog>`;
    const json = (change: object, more: object = {}) =>
        JSON.stringify({
            databaseChangeLog: [{ changeSet: { id: "one", author: "ana", changes: [change], ...more } }],
        });
    const drop = (name: string) => ({ dropTable: { tableName: name } });
    const inYaml = (name: string) => `dropTable: { tableName: ${name} }`;
    const kinds = async (file: string, before: string, after: string, more: [string, string] = ["", ""]) => {
        for (const [name, text, data] of [
            ["before", before, more[0]],
            ["after", after, more[1]],
        ] as const) {
            write(`${name}/liquibase.properties`, `changeLogFile=${file}\n`);
            write(`${name}/${file}`, text);
            write(`${name}/data.csv`, data);
        }
        const [base, head] = ["before", "after"].map((name) => path.join(scratch, name));
        const found = await review({
            base: base!,
            migrations: head!,
            output: scratch,
            preview: [],
            failFrom: "never",
        });
        const text = readFileSync(path.join(scratch, "comment.md"), "utf8");
        return [...text.matchAll(/^([\w ]+): `ana:one`/gm)].map(([, kind]) => [kind, ...found.map(({ rule }) => rule)]);
    };
    const edited = [["edited", "edited-changeset"]];
    const around = [["edited around it"]];

    for (const [name, file, before, after, expected] of [
        ["a change of XML", "c.xml", xml('<dropTable tableName="a"/>'), xml('<dropTable tableName="b"/>'), edited],
        ["a change of YAML", "c.yaml", yaml(inYaml("a")), yaml(inYaml("b")), edited],
        ["a change of JSON", "c.json", json(drop("a")), json(drop("b")), edited],
        [
            "a modifySql of XML",
            "c.xml",
            xml('<dropTable tableName="a"/>', '<modifySql><append value="x"/></modifySql>'),
            xml('<dropTable tableName="a"/>', '<modifySql><append value="y"/></modifySql>'),
            edited,
        ],
        [
            "a rollback of XML",
            "c.xml",
            xml('<dropTable tableName="a"/>', '<rollback><createTable tableName="a"/></rollback>'),
            xml('<dropTable tableName="a"/>', '<rollback><createTable tableName="b"/></rollback>'),
            around,
        ],
        [
            "a rollback of YAML",
            "c.yaml",
            yaml(inYaml("a"), "    rollback: SELECT 1\n"),
            yaml(inYaml("a"), "    rollback: SELECT 2\n"),
            around,
        ],
        ["an attribute of JSON", "c.json", json(drop("a")), json(drop("a"), { labels: "later" }), around],
        [
            "a rollback of SQL",
            "c.sql",
            `--liquibase formatted sql\n--changeset ana:one\n${statement}\n--rollback DROP TABLE a;\n`,
            `--liquibase formatted sql\n--changeset ana:one\n${statement}\n--rollback DROP TABLE b;\n`,
            around,
        ],
        [
            "how SQL is split",
            "c.sql",
            `--liquibase formatted sql\n--changeset ana:one\n${statement}\n`,
            `--liquibase formatted sql\n--changeset ana:one splitStatements:false\n${statement}\n`,
            edited,
        ],
        [
            "nothing but the layout of SQL",
            "c.sql",
            `--liquibase formatted sql\n--changeset ana:one\n${statement}\n--rollback DROP TABLE a;\n`,
            `--liquibase formatted sql\r\n\r\n--changeset ana:one\r\n  ${statement}  \r\n\r\n--rollback DROP TABLE a;`,
            [],
        ],
        [
            "nothing but the layout of XML",
            "c.xml",
            xml('<addColumn tableName="a" schemaName="s"><column name="n" type="int"/></addColumn>'),
            xml('\n  <addColumn schemaName="s" tableName="a">\n<column type="int" name="n"/>\n</addColumn>'),
            [],
        ],
    ] as const) {
        it(`is recognized by ${name}`, async () => assert.deepEqual(await kinds(file, before, after), expected));
    }

    it("is recognized by a file that it loads", async () => {
        const text = xml('<loadData tableName="a" file="data.csv"/>');
        assert.deepEqual(await kinds("c.xml", text, text, ["id\n1\n", "id\n2\n"]), edited);
        assert.deepEqual(await kinds("c.xml", text, text, ["id\n1\n", "id\n1\n"]), []);
    });
});
