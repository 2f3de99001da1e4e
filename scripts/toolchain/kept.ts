import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { unzipSync } from "fflate";
import { Toolchain } from "../../components/contract";
import { javaArguments, toolchainClassPath } from "../delivery/tools/java/process";
import { withLock } from "../machine/lock.cjs";

/** How long a directory is kept that no command has asked for. */
const unusedMillis = 12 * 60 * 60 * 1000;

const defaultCache = path.resolve(__dirname, "../../node_modules/.cache/aurora-pipeline/toolchain");

/**
 * A directory with the files of a toolchain archive and with Java's class data of them, made by the first command that
 * needs it. Builds on this machine then start Java in a third less time. It is only read.
 */
export function keptToolchain(archive: string, java: string, cache = defaultCache): string {
    fs.mkdirSync(cache, { recursive: true });
    return withLock(
        path.join(cache, "kept.lock"),
        () => {},
        () => {
            const directory = path.join(cache, `kept-${path.basename(archive, ".zip").replace("toolchain-", "")}`);
            if (!fs.existsSync(directory)) {
                const aside = `${directory}.${process.pid}`;
                unpack(archive, aside);
                fs.renameSync(aside, directory);
            }
            const now = new Date();
            fs.utimesSync(directory, now, now);
            removeUnused(cache);
            const classData = path.join(directory, Toolchain.classData);
            if (!fs.existsSync(classData)) writeClassData(java, directory, classData);
            return directory;
        },
    );
}

/** Others may still be in use, by a running command or by another checkout with the same node_modules. */
function removeUnused(cache: string): void {
    for (const name of fs.readdirSync(cache).filter((entry) => /^kept-[0-9a-f]+/.test(entry))) {
        const directory = path.join(cache, name);
        if (Date.now() - fs.statSync(directory).mtimeMs > unusedMillis) {
            fs.rmSync(directory, { recursive: true, force: true });
        }
    }
}

/** Writes the files of a toolchain archive. */
export function unpack(archive: string, target: string): void {
    for (const [name, content] of Object.entries(unzipSync(fs.readFileSync(archive)))) {
        const file = path.join(target, name);
        fs.mkdirSync(path.dirname(file), { recursive: true });
        fs.writeFileSync(file, content, { mode: name === Toolchain.linter ? 0o755 : 0o644 });
    }
}

/**
 * Java writes what it has loaded when it ends: after a dry run without a database, of changelogs in all formats. Without
 * the file everything works, only slower, so a Java that cannot write it is not a failure.
 */
function writeClassData(java: string, toolchain: string, classData: string): void {
    const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "class-data-"));
    try {
        for (const [name, text] of Object.entries(everyFormat)) fs.writeFileSync(path.join(scratch, name), text);
        const aside = path.join(scratch, Toolchain.classData);
        const main = "liquibase.integration.commandline.LiquibaseCommandLine";
        const [options, rest] = [
            [`-XX:ArchiveClassesAtExit=${aside}`],
            javaArguments(toolchainClassPath(toolchain), {}, main),
        ];
        const dryRun = [
            ...["--search-path=.", "--changelog-file=changelog.yaml", "update-sql"],
            `--url=offline:postgresql?changeLogFile=${path.join(scratch, "history.csv")}`,
        ];
        const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("LIQUIBASE_")));
        spawnSync(java, [...options, ...rest, ...dryRun], { cwd: scratch, env, stdio: "ignore" });
        if (fs.existsSync(aside)) {
            // Another file system: a rename over its border fails, and a copy in place could be read half written.
            fs.copyFileSync(aside, `${classData}.${process.pid}`);
            fs.renameSync(`${classData}.${process.pid}`, classData);
        }
    } finally {
        fs.rmSync(scratch, { recursive: true, force: true });
    }
}

const xmlNamespace = "http://www.liquibase.org/xml/ns/dbchangelog";

/** Changesets that load what most changelogs need. */
const everyFormat = {
    "changelog.yaml": JSON.stringify({
        databaseChangeLog: [
            ...["changes.sql", "changes.json", "changes.xml"].map((file) => ({ include: { file } })),
            {
                changeSet: {
                    id: "1",
                    author: "me",
                    preConditions: [{ onFail: "MARK_RAN" }, { tableExists: { tableName: "t" } }],
                    changes: [
                        { createTable: { tableName: "t", columns: [{ column: { name: "id", type: "bigint" } }] } },
                    ],
                },
            },
        ],
    }),
    "changes.sql":
        "--liquibase formatted sql\n--changeset me:2\nCREATE TABLE a (id bigint);\n--rollback DROP TABLE a;\n",
    "changes.json": JSON.stringify({
        databaseChangeLog: [
            { changeSet: { id: "3", author: "me", changes: [{ sql: { sql: "SELECT 1" } }], rollback: [] } },
        ],
    }),
    "changes.xml":
        `<databaseChangeLog xmlns="${xmlNamespace}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ` +
        `xsi:schemaLocation="${xmlNamespace} ${xmlNamespace}/dbchangelog-latest.xsd"><changeSet id="4" author="me">` +
        '<addColumn tableName="t"><column name="x" type="int"/></addColumn></changeSet></databaseChangeLog>',
};
