import * as fs from "node:fs";
import * as path from "node:path";
import type { Engine } from "../../engines/engine";
import { entriesBelow, readable } from "../../files";
import type { Settings } from "../../settings";
import type { SourceRollback, Sources } from "../sources";
import type { MigrationSession, Project } from "../tool";
import { sqlErrors } from "./errors";
import { layouts } from "./layouts";
import type { Layout, SqlMigration, SqlPart } from "./migration";
import { propertiesFile, readSqlProperties, type SqlProperties } from "./properties";
import { SqlSession } from "./session";

/** A folder of SQL migrations. */
export class SqlProject implements Project {
    constructor(
        readonly layout: Layout,
        readonly migrations: SqlMigration[],
        readonly resolve: SqlProperties["resolve"],
    ) {}

    /** Files of a folder include nothing. */
    refuseEndless(): void {}

    sources(): Sources {
        const { layout, migrations } = this;
        return {
            unread: [],
            refused: [],
            changesets: migrations.map(({ id, up, down }) => ({
                ...{ id, author: layout.name, file: up.file, path: up.file, line: up.line },
                ...{ repeatable: false, runInTransaction: !up.noTransaction, mayBeEdited: false, onlySql: true },
                rollback: rollbackOf(down),
                sql: [{ text: up.text, line: up.line }],
                change: up.text.trim(),
                written: JSON.stringify([up.noTransaction, up.text.trim(), down?.text.trim()]),
                remarks: remarksIn(up),
            })),
        };
    }

    open(settings: Settings, engine: Engine): MigrationSession {
        if (!engine.capabilities.scripts) throw new sqlErrors.EngineWithoutScripts({ engine: engine.label });
        return new SqlSession(settings, engine, this);
    }
}

/** Reads the folder that is in the directory, or that `sql.properties` names. */
export function readProject(directory: string): SqlProject {
    const { layout: named, directory: chosen, resolve } = propertiesIn(directory);
    const paths = pathsIn(directory);
    const candidates = layouts
        .filter(({ name }) => named === undefined || name === named)
        .flatMap((layout) => [...layout.recognize(paths)].map(([base, files]) => ({ layout, base, files })))
        .filter(({ base }) => chosen === undefined || base === chosen);
    const [found, ...others] = candidates;
    if (found === undefined) {
        throw new sqlErrors.FolderUnknown({
            directory: path.join(directory, chosen ?? ""),
            layouts: layouts.map(({ name, has }) => `${name}: ${has}`),
            file: propertiesFile,
        });
    }
    if (others.length > 0) {
        throw new sqlErrors.FolderAmbiguous({
            directory,
            candidates: candidates.map(({ layout, base, files }) => `${layout.name}, ${base || "./"}: ${files[0]}`),
            file: propertiesFile,
        });
    }
    const { layout, base } = found;
    const { migrations, problems } = layout.read({
        base,
        paths: paths.filter((file) => file.startsWith(base)).map((file) => file.slice(base.length)),
        read: (file) => textOf(path.join(directory, base, file)),
    });
    if (problems.length > 0) throw new sqlErrors.FolderRefused({ layout: layout.name, problems });
    return new SqlProject(layout, migrations, resolve);
}

/** The files by which people recognize a folder, among the paths of a directory. */
export function filesOf(paths: readonly string[]): string[] {
    const unified = paths.map((file) => file.split(path.sep).join("/"));
    const found = layouts.flatMap((layout) => [...layout.recognize(unified).values()].flat());
    return [...new Set(found)];
}

function propertiesIn(directory: string): SqlProperties {
    const file = path.join(directory, propertiesFile);
    if (!fs.existsSync(file)) return { resolve: {} };
    const { properties, problems } = readSqlProperties(textOf(file));
    if (problems.length > 0) throw new sqlErrors.SqlPropertiesRefused({ file, problems });
    return properties;
}

function pathsIn(directory: string): string[] {
    const files = readable(directory, () => entriesBelow(directory)).filter(
        // A link leads to a file of the directory, or it was refused.
        (entry) => entry.isFile() || entry.isSymbolicLink(),
    );
    return files
        .map(({ parentPath, name }) => path.relative(directory, path.join(parentPath, name)).split(path.sep).join("/"))
        .sort((one, other) => (one < other ? -1 : 1));
}

function textOf(file: string): string {
    return readable(file, () => fs.readFileSync(file, "utf8"));
}

const comment = /^\s*--\s?(.*)$/;

function remarksIn({ text, line }: SqlPart) {
    return text.split("\n").flatMap((content, index) => {
        const [, remark] = comment.exec(content) ?? [];
        return remark === undefined ? [] : [{ text: remark.trimEnd(), line: line + index }];
    });
}

const notRequired = /^undo not required\b[\s:,.;–—-]*(.*\p{L}.*)$/iu;

function rollbackOf(down: SqlPart | undefined): SourceRollback {
    if (down === undefined) return { kind: "absent" };
    const lines = down.text.split("\n").filter((line) => line.trim() !== "");
    if (lines.some((line) => !comment.test(line))) return { kind: "written" };
    const [reason] = remarksIn(down).flatMap(({ text }) => notRequired.exec(text)?.[1] ?? []);
    return { kind: "empty", ...(reason !== undefined && { reason }) };
}
