import type { KeptTable } from "../../../engines/scripts";
import type { FolderFiles, Layout, SqlFolder, SqlMigration } from "../migration";
import { byFolder, isInFolder, sha256 } from "./shared";

/** `source.Regex`: https://github.com/golang-migrate/migrate/blob/v4.18.1/source/parse.go */
const pattern = /^([0-9]+)_(.*)\.(down|up)\.sql$/;

/** Of a `bigint`. */
const greatestVersion = 2n ** 63n - 1n;

/** As its driver creates it. */
const table: KeptTable = {
    name: "schema_migrations",
    key: "version",
    columns: [
        { name: "version", type: "bigint", notNull: true },
        { name: "dirty", type: "boolean", notNull: true },
    ],
};

/** golang-migrate: a pair of files a migration; the history is one row, the newest version. */
export const golangMigrate: Layout = {
    name: "golang-migrate",
    has: "<number>_<name>.up.sql",
    undoes: "<number>_<name>.down.sql",
    table,
    kept: { name: table.name },
    resolves: "migrate force",
    recognize: (paths) => byFolder(paths, /^[0-9]+_.*\.up\.sql$/),
    read,
    history: (rows, migrations) => {
        const [row] = rows;
        if (row === undefined) return { applied: [] };
        const version = BigInt(row["version"] ?? "-1");
        const dirty = row["dirty"] === "true";
        const applied = migrations.filter(({ id }) => BigInt(id) < version || (BigInt(id) === version && !dirty));
        const here = migrations.find(({ id }) => BigInt(id) === version);
        return {
            applied: [...applied.map(({ id }) => id), ...(here === undefined && !dirty ? [String(version)] : [])],
            ...(dirty && { dirty: { id: here?.id ?? String(version), refused: false } }),
        };
    },
    applied: ({ id }) => version(BigInt(id)),
    undone: (_, before) => version(before === undefined ? undefined : BigInt(before)),
    healed: ({ id }, outcome, before) => {
        const newest = outcome === "applied" ? id : before;
        return version(newest === undefined ? undefined : BigInt(newest));
    },
};

function version(newest: bigint | undefined): ReturnType<Layout["applied"]> {
    return [
        { table, remove: "all" },
        ...(newest === undefined ? [] : [{ table, insert: { version: String(newest), dirty: false } }]),
    ];
}

function read({ paths, base, read: text }: FolderFiles): SqlFolder {
    const problems: string[] = [];
    const byVersion = new Map<bigint, Partial<Record<"up" | "down", string>>>();
    for (const file of paths.filter(isInFolder)) {
        const [, digits, , direction] = pattern.exec(file) ?? [];
        if (digits === undefined) continue;
        if (BigInt(digits) > greatestVersion) {
            problems.push(`${base}${file} has a version above ${greatestVersion}, which its history cannot hold`);
            continue;
        }
        const pair = byVersion.get(BigInt(digits)) ?? {};
        const side = direction as "up" | "down";
        if (pair[side] !== undefined) {
            problems.push(`${base}${pair[side]} and ${base}${file} have the same version and direction`);
            continue;
        }
        byVersion.set(BigInt(digits), { ...pair, [side]: file });
    }
    const versions = [...byVersion].sort(([one], [other]) => (one < other ? -1 : 1));
    const migrations = versions.flatMap(([, { up, down }]): SqlMigration[] => {
        if (up === undefined) {
            problems.push(`${base}${down} undoes a migration that has no .up.sql`);
            return [];
        }
        const part = (file: string) => ({ file: base + file, line: 1, text: text(file) });
        const [, digits = ""] = pattern.exec(up) ?? [];
        const applies = part(up);
        return [
            {
                id: digits,
                up: applies,
                ...(down !== undefined && { down: part(down) }),
                checksum: sha256(applies.text),
            },
        ];
    });
    return { migrations, problems };
}
