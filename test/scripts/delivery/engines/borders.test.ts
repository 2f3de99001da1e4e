import * as assert from "node:assert/strict";
import { readSources, type Source, within, wordsIn } from "../sources";

const home = within("engines/postgresql");
/** The one place where an engine is chosen. */
const registry = "engines/registry.ts";
const sources = readSources();

/** The files for which something is found, with it. */
function found(look: (source: Source) => string[]): string[] {
    return sources.flatMap((source) => look(source).map((what) => `${source.file}: ${what}`));
}

/** The engine's name, its catalog, error codes, lock modes, settings, roles, clients and linter. */
const words = [
    ...[/PostgreSQL/, /\bpg_\w+/i, /libpq/i, /\bpsql\b/, /\bplpgsql\b/i, /squawk/i],
    ...[/\b(?:access|row|share)[ _]?(?:exclusive|share)\w*/i, /search_path/i, /lock_timeout/i, /\brds_\w+/],
    ...[/\b(?:08|22|25|28|40|42|53|55|57)[0-9A-Z]{3}\b/, /\bCREATEDB\b/, /ALTER ROLE/, /CONCURRENTLY/, /regclass/],
];

describe("the border of an engine", () => {
    const isInside = ({ file }: Source) => home(file);

    it("is checked by this test", () => {
        assert.ok(sources.filter(isInside).length > 50);
        assert.ok(sources.filter((source) => !isInside(source)).length > 100);
    });

    it("is crossed only where the engine is selected", () => {
        assert.deepEqual(
            found((source) => (isInside(source) ? [] : source.imports.filter(home))),
            [`${registry}: engines/postgresql`],
        );
    });

    it("keeps the packages for PostgreSQL inside", () => {
        const packages = /^(pg|libpg-query|@pgsql)\b/;
        assert.deepEqual(
            found((source) => (isInside(source) ? [] : source.imports.filter((name) => packages.test(name)))),
            [],
        );
    });

    it("keeps an engine from the actions, the plan, the safety of a deployment and the tools", () => {
        const above = /^(actions|plan|safety|tools|lint|report|input|main$)/;
        assert.deepEqual(
            found(({ file, imports }) =>
                file.startsWith("engines/") ? imports.filter((name) => above.test(name)) : [],
            ),
            [],
        );
    });

    it("keeps PostgreSQL's catalog, codes, lock modes and settings inside, also in comments", () => {
        assert.deepEqual(
            wordsIn(
                sources.filter((source) => !isInside(source)),
                words,
            ),
            [],
        );
    });

    it("says each of these words inside", () => {
        const unknown = words.filter((word) => wordsIn(sources.filter(isInside), [word]).length === 0);
        assert.deepEqual(unknown, []);
    });
});
