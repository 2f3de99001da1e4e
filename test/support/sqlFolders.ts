/** The same two migrations as a folder of one tool. */
export interface FolderSample {
    layout: string;
    first: Record<string, string>;
    /** Files of the second migration, and those that change with it. */
    second: Record<string, string>;
    /** The tool's names of the migrations. */
    ids: [string, string];
    /** Reads what is applied according to the tool's own history. */
    history: string;
    /** After the first migration, and after the second. */
    rows: [object[], object[]];
}

const authors = "CREATE TABLE authors (id bigint PRIMARY KEY, name text NOT NULL);\n";
const noAuthors = "DROP TABLE authors;\n";
const books =
    "CREATE TABLE books (\n    id bigint PRIMARY KEY,\n    author bigint NOT NULL REFERENCES authors\n);\nCREATE INDEX books_author ON books (author);\n";
const noBooks = "DROP TABLE books;\n";

const golangMigrate: FolderSample = {
    layout: "golang-migrate",
    first: { "000001_authors.up.sql": authors, "000001_authors.down.sql": noAuthors },
    second: { "000002_books.up.sql": books, "000002_books.down.sql": noBooks },
    ids: ["000001", "000002"],
    history: "SELECT version::int, dirty FROM schema_migrations",
    rows: [[{ version: 1, dirty: false }], [{ version: 2, dirty: false }]],
};

const dbmate: FolderSample = {
    layout: "dbmate",
    first: { "20250101000000_authors.sql": `-- migrate:up\n${authors}\n-- migrate:down\n${noAuthors}` },
    second: { "20250102000000_books.sql": `-- migrate:up\n${books}\n-- migrate:down\n${noBooks}` },
    ids: ["20250101000000", "20250102000000"],
    history: "SELECT version FROM schema_migrations ORDER BY version",
    rows: [[{ version: "20250101000000" }], [{ version: "20250101000000" }, { version: "20250102000000" }]],
};

const prisma: FolderSample = {
    layout: "Prisma",
    first: {
        "schema.prisma": 'datasource db {\n    provider = "postgresql"\n}\n',
        "migrations/migration_lock.toml": 'provider = "postgresql"\n',
        "migrations/20250101000000_authors/migration.sql": authors,
        "migrations/20250101000000_authors/down.sql": noAuthors,
    },
    second: {
        "migrations/20250102000000_books/migration.sql": books,
        "migrations/20250102000000_books/down.sql": noBooks,
    },
    ids: ["20250101000000_authors", "20250102000000_books"],
    history:
        "SELECT migration_name, applied_steps_count FROM _prisma_migrations WHERE rolled_back_at IS NULL AND finished_at IS NOT NULL ORDER BY 1",
    rows: [
        [{ migration_name: "20250101000000_authors", applied_steps_count: 1 }],
        [
            { migration_name: "20250101000000_authors", applied_steps_count: 1 },
            { migration_name: "20250102000000_books", applied_steps_count: 1 },
        ],
    ],
};

const entries = [
    { idx: 0, version: "7", when: 1735689600000, tag: "0000_authors", breakpoints: true },
    { idx: 1, version: "7", when: 1735776000000, tag: "0001_books", breakpoints: true },
];
const journal = (count: number) =>
    JSON.stringify({ version: "7", dialect: "postgresql", entries: entries.slice(0, count) }, undefined, 2);

const drizzle: FolderSample = {
    layout: "Drizzle",
    first: {
        "meta/_journal.json": journal(1),
        "0000_authors.sql": authors,
        "0000_authors.down.sql": noAuthors,
    },
    second: {
        "meta/_journal.json": journal(2),
        "0001_books.sql": books.replace(";\nCREATE INDEX", ";--> statement-breakpoint\nCREATE INDEX"),
        "0001_books.down.sql": noBooks,
    },
    ids: ["0000_authors", "0001_books"],
    history: "SELECT created_at FROM drizzle.__drizzle_migrations ORDER BY 1",
    rows: [1, 2].map((count) =>
        entries.slice(0, count).map(({ when }) => ({ created_at: String(when) })),
    ) as FolderSample["rows"],
};

export const samples = { golangMigrate, dbmate, prisma, drizzle };
