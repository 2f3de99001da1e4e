import type { CatalogClient } from "../read";
import { type WatchedCatalog, watchedCatalogs } from "./tables";
import { fileKey, type WrittenPages } from "./pages";

/** Where a catalog's rows are stored: its file changes when it is rewritten. */
export interface CatalogFile {
    name: string;
    key: string;
}

/** Objects by OID that changed. */
export interface ChangedObjects {
    /** In what dependent objects repeat. */
    named: Set<number>;
    /** In themselves. */
    own: Set<number>;
}

/** A row version by its place and the transaction that wrote it: it never changes in what a fingerprint reads. */
type Page = Map<string, number[]>;

/** The files of all catalogs of the client's database. */
export async function catalogFiles(client: CatalogClient, database: number): Promise<CatalogFile[]> {
    const { rows } = await client.query<{ name: string; shared: boolean; file: number }>({
        name: "aurora-pipeline: files of catalogs",
        // By index: there are always as many, however many tables there are.
        text: `SELECT relname::pg_catalog.text AS name, relisshared AS shared, pg_catalog.pg_relation_filenode(oid) AS file
            FROM pg_catalog.pg_class
            WHERE relnamespace = 'pg_catalog'::pg_catalog.regnamespace AND relkind = 'r' AND oid < 16384 ORDER BY oid`,
    });
    return rows.map(({ name, shared, file }) => ({ name, key: fileKey(shared ? 0 : database, file) }));
}

/** The row versions of the watched catalogs, by page: what was there before is known when a page has changed. */
export class CatalogRows {
    private readonly pages = new Map<string, Map<number, Page>>();

    private constructor() {}

    static async read(client: CatalogClient): Promise<CatalogRows> {
        const all = new CatalogRows();
        const { rows } = await client.query<Row>(
            watchedCatalogs.map((catalog) => versions(catalog)).join(" UNION ALL "),
        );
        for (const row of rows) {
            add(all.of(row.catalog), row);
        }
        return all;
    }

    /** Reads the written pages again; returns whose rows came or went. */
    async readAgain(client: CatalogClient, files: CatalogFile[], written: WrittenPages): Promise<ChangedObjects> {
        const changed: ChangedObjects = { named: new Set(), own: new Set() };
        const concerned = watchedCatalogs.flatMap((catalog) => {
            const file = files.find(({ name }) => name === catalog.name);
            const pages = file && written.get(file.key);
            return pages === undefined ? [] : [{ catalog, pages: [...pages].sort((a, b) => a - b) }];
        });
        if (concerned.length === 0) {
            return changed;
        }
        const { rows } = await client.query<Row>(
            concerned
                .flatMap(({ catalog, pages }) => runsOf(pages).map((run) => `(${versions(catalog, run)})`))
                .join(" UNION ALL "),
        );
        const current = new Map<string, Map<number, Page>>();
        for (const row of rows) {
            add(into(current, row.catalog), row);
        }
        for (const { catalog, pages } of concerned) {
            const before = this.of(catalog.name);
            for (const page of pages) {
                const now = into(current, catalog.name).get(page) ?? new Map<string, number[]>();
                const objects = [...onlyIn(before.get(page), now), ...onlyIn(now, before.get(page))];
                objects.forEach((object) => (catalog.named ? changed.named : changed.own).add(object));
                before.set(page, now);
            }
        }
        return changed;
    }

    private of(catalog: string): Map<number, Page> {
        return into(this.pages, catalog);
    }
}

interface Row {
    catalog: string;
    place: string;
    writer: string;
    objects: string;
}

function versions({ name, objects }: WatchedCatalog, run?: [number, number]): string {
    const where = run === undefined ? "" : ` WHERE ctid >= '(${run[0]},0)' AND ctid < '(${run[1] + 1},0)'`;
    return `SELECT '${name}' AS catalog, ctid::text AS place, xmin::text AS writer,
        concat_ws(' ', ${objects.map((column) => `${column}::oid`).join(", ")}) AS objects FROM pg_catalog.${name}${where}`;
}

/** Consecutive pages as [first, last]. */
function runsOf(pages: number[]): [number, number][] {
    const runs: [number, number][] = [];
    for (const page of pages) {
        const last = runs.at(-1);
        if (last !== undefined && last[1] === page - 1) {
            last[1] = page;
        } else {
            runs.push([page, page]);
        }
    }
    return runs;
}

function into(pages: Map<string, Map<number, Page>>, catalog: string): Map<number, Page> {
    const found = pages.get(catalog) ?? new Map<number, Page>();
    pages.set(catalog, found);
    return found;
}

function add(pages: Map<number, Page>, { place, writer, objects }: Row): void {
    const number = Number.parseInt(place.slice(1), 10);
    const page = pages.get(number) ?? new Map<string, number[]>();
    pages.set(number, page.set(`${place} ${writer}`, objects.split(" ").map(Number)));
}

function onlyIn(page: Page | undefined, other: Page | undefined): number[] {
    return [...(page ?? [])].flatMap(([version, objects]) => (other?.has(version) === true ? [] : objects));
}
