import type { KeptTable } from "../../../engines/scripts";
import type { FolderFiles, Layout, SqlFolder, SqlMigration, SqlPart } from "../migration";
import { byFolder, duplicates, isInFolder, sha256 } from "./shared";

/** As its driver creates it. */
const table: KeptTable = {
    name: "schema_migrations",
    key: "version",
    columns: [{ name: "version", type: "varchar" }],
};

// https://github.com/amacneil/dbmate/blob/v2.36.0/pkg/dbmate/migration.go
const fileName = /^(\d+).*\.sql$/;
const upMark = /^--\s*migrate:up(\s*$|\s+\S+)/m;
const downMark = /^--\s*migrate:down(\s*$|\s+\S+)$/m;

/** dbmate: both directions in one file; the history has a row a version. */
export const dbmate: Layout = {
    name: "dbmate",
    has: "<timestamp>_<name>.sql with `-- migrate:up`",
    undoes: "what follows `-- migrate:down`",
    table,
    kept: { name: table.name },
    resolves: "dbmate status",
    recognize: (paths) => byFolder(paths, /^\d{14}_(?!.*\.(up|down)\.sql$).*\.sql$/),
    read,
    history: (rows) => ({ applied: rows.map(({ version }) => version ?? "") }),
    applied: ({ id }) => [{ table, insert: { version: id } }],
    undone: ({ id }) => [{ table, remove: { version: id } }],
    healed: () => [],
};

function read({ paths, base, read: text }: FolderFiles): SqlFolder {
    const files = paths.filter((file) => isInFolder(file) && fileName.test(file));
    const parsed = files.map((file) => parse(base + file, fileName.exec(file)![1]!, text(file)));
    const migrations = parsed.flatMap((one) => (typeof one === "string" ? [] : [one]));
    return {
        migrations,
        problems: [
            ...parsed.filter((one) => typeof one === "string"),
            ...duplicates(
                migrations.map(({ id }) => id),
                (id) => `several files have the version ${id}`,
            ),
        ],
    };
}

/** A file's migration, or what dbmate would refuse. */
function parse(file: string, id: string, text: string): SqlMigration | string {
    const [up, down] = [upMark.exec(text)?.index, downMark.exec(text)?.index];
    if (up === undefined) return `${file} has no line \`-- migrate:up\``;
    if (down === undefined) return `${file} has no line \`-- migrate:down\``;
    if (up > down) return `${file} has \`-- migrate:down\` before \`-- migrate:up\``;
    const before = text.slice(0, up).split("\n");
    if (before.some((line) => line.trim() !== "" && !/^\s*--/.test(line))) {
        return `${file} has SQL before \`-- migrate:up\`, which dbmate refuses`;
    }
    const applies = part(file, text, up, down);
    return { id, up: applies, down: part(file, text, down, text.length), checksum: sha256(applies.text) };
}

/** A section without the line that begins it. */
function part(file: string, text: string, start: number, end: number): SqlPart {
    const section = text.slice(start, end);
    const [first = ""] = section.split("\n", 1);
    const noTransaction = first.trim().split(/\s+/).includes("transaction:false");
    return {
        file,
        line: text.slice(0, start).split("\n").length + 1,
        text: section.slice(first.length + 1),
        ...(noTransaction && { noTransaction }),
    };
}
