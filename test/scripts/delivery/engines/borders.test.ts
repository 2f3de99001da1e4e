import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

const root = path.join(__dirname, "../../../../scripts/delivery");
const home = "engines/postgresql/";

/** The one place where an engine is chosen. */
const registry = "engines/registry.ts";

/** Words of PostgreSQL that belong elsewhere, by file, with the reason. */
const allowed: Record<string, string> = {
    "errors/migration.ts": "one catalogue of errors has the codes of all rooms, so that none is given twice",
    [registry]: "it names the engines",
    "plan/page/style.ts": "lengths of a style sheet look like codes",
    "tools/liquibase/changelog/vocabulary.ts": "the short names of databases in a changelog",
    "tools/liquibase/properties.ts": "names that Java's libraries reserve",
};

interface Source {
    file: string;
    /** Without comments. */
    code: string;
    /** Modules that it imports: packages by name, its own by their path below the delivery program. */
    imports: string[];
}

const sources = fs
    .readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file): Source => {
        const code = fs
            .readFileSync(path.join(root, file), "utf8")
            .replaceAll(/\/\*[\s\S]*?\*\//g, "")
            .replaceAll(/(^|\s)\/\/.*$/gm, "");
        const imports = [...code.matchAll(/(?:from |import\(|require\()"([^"]+)"/g)].map(([, name = ""]) =>
            name.startsWith(".") ? path.join(path.dirname(file), name) : name,
        );
        return { file, code, imports };
    });

/** The files for which something is found, with it. */
function found(look: (source: Source) => string[]): string[] {
    return sources.flatMap((source) => look(source).map((what) => `${source.file}: ${what}`));
}

describe("the border of an engine", () => {
    const isInside = ({ file }: Source) => file.startsWith(home);

    it("is checked by this test", () => {
        assert.ok(sources.filter(isInside).length > 50);
        assert.ok(sources.filter((source) => !isInside(source)).length > 100);
    });

    it("is crossed only where the engine is selected", () => {
        const crossing = found((source) =>
            isInside(source) ? [] : source.imports.filter((name) => `${name}/`.startsWith(home)),
        );
        assert.deepEqual(crossing, [`${registry}: engines/postgresql`]);
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

    it("keeps PostgreSQL's catalog, codes and lock modes inside", () => {
        const words =
            /\bpg_\w+|\bpostgres\w*|\b(?:access|row|share)[ _]?(?:exclusive|share)\w*|\b(?:08|22|25|28|40|42|53|55|57)[0-9A-Z]{3}\b/gi;
        const outside = found((source) =>
            isInside(source) || source.file in allowed ? [] : (source.code.match(words) ?? []),
        );
        assert.deepEqual(outside, []);
        for (const file of Object.keys(allowed)) {
            const source = sources.find((one) => one.file === file);
            assert.ok(source?.code.match(words), `${file} needs no exception any more`);
        }
    });
});
