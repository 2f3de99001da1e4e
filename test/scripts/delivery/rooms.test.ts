import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import * as ts from "typescript";

const root = path.resolve(__dirname, "../../../scripts/delivery");

interface Source {
    file: string;
    imports: string[];
    /** Identifiers and strings, without comments and what is imported from where. */
    words: string[];
}

/** What a file says and imports; without comments. */
function read(file: string): Source {
    const tree = ts.createSourceFile(
        file,
        fs.readFileSync(path.join(root, file), "utf8"),
        ts.ScriptTarget.Latest,
        true,
    );
    const source: Source = { file, imports: [], words: [] };
    const visit = (node: ts.Node): void => {
        if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier !== undefined) {
            const { text } = node.moduleSpecifier as ts.StringLiteral;
            source.imports.push(text.startsWith(".") ? path.posix.join(path.posix.dirname(file), text) : text);
            return;
        }
        if (ts.isIdentifier(node) || ts.isStringLiteralLike(node) || ts.isTemplateLiteralToken(node)) {
            source.words.push(node.text);
        } else if (node.kind === ts.SyntaxKind.RegularExpressionLiteral) {
            source.words.push(node.getText());
        }
        ts.forEachChild(node, visit);
    };
    visit(tree);
    return source;
}

const sources = fs
    .readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => read(file.replaceAll("\\", "/")));

const within = (room: string) => (file: string) => file === room || file.startsWith(`${room}/`);
const importsOf = (from: string, to: string[]) =>
    sources
        .filter(({ file }) => within(from)(file))
        .flatMap(({ file, imports }) =>
            imports.filter((name) => to.some((room) => within(room)(name))).map((name) => `${file} -> ${name}`),
        );

/** Words of one tool that stand outside of its room, and why. */
const exceptions: { word: RegExp; where: RegExp; why: string }[] = [
    {
        word: /^unreadable-changelog$/,
        where: /^lint\//,
        why: "a rule's name, which lint.yaml and waivers of users have",
    },
    {
        word: /\b(Liquibase|liquibase\.properties|DATABASECHANGELOG|onFail:MARK_RAN)\b/,
        where: /(^|\/)(own|\w*[rR]ules)\.ts$/,
        why: "texts of the rules in the documents' table, which is one until a second tool needs other texts",
    },
    {
        word: /./,
        where: /^errors\//,
        why: "one catalogue of errors has the codes of all rooms, so that none is given twice",
    },
    {
        word: /\(onFail:MARK_RAN\)/,
        where: /\/?leftovers\.ts$/,
        why: "how an author keeps an index: an attribute of the source, in a message of the log",
    },
];

describe("the rooms of the delivery program", () => {
    it("are read as a whole", () => {
        assert.ok(sources.length > 100);
        assert.ok(sources.some(({ file, words }) => file === "main.ts" && words.includes("perform")));
        assert.ok(sources.some(({ file, imports }) => file === "main.ts" && imports.includes("tools/liquibase")));
    });

    it("reach a migration tool by its interface: it is chosen in one place", () => {
        const reaching = sources
            .filter(({ file }) => !within("tools/liquibase")(file) && file !== "main.ts")
            .flatMap(({ file, imports }) =>
                imports.filter(within("tools/liquibase")).map((name) => `${file} -> ${name}`),
            );
        assert.deepEqual(reaching, []);
        assert.deepEqual(importsOf("main.ts", ["tools/liquibase"]), ["main.ts -> tools/liquibase"]);
    });

    it("keep tools from what works with them, and engines from tools", () => {
        assert.deepEqual(importsOf("tools", ["actions", "plan", "lint", "safety"]), []);
        assert.deepEqual(importsOf("engines", ["tools/liquibase"]), []);
    });

    it("keep a tool's vocabulary in its folder", () => {
        const word = /liquibase|databasechangelog|changelog|mark_ran|exectype/i;
        const found = sources
            .filter(({ file }) => !within("tools/liquibase")(file) && file !== "main.ts")
            .flatMap(({ file, words }) => words.filter((one) => word.test(one)).map((one) => ({ file, one })));
        const excepted = ({ file, one }: { file: string; one: string }) =>
            exceptions.filter((exception) => exception.where.test(file) && exception.word.test(one));
        assert.deepEqual(
            found.filter((each) => excepted(each).length === 0).map(({ file, one }) => `${file}: ${one}`),
            [],
        );
        // What is excepted is there: an exception that nothing needs is taken out.
        const needed = new Set(found.flatMap(excepted));
        assert.deepEqual(
            exceptions.filter((exception) => !needed.has(exception)).map(({ word: one }) => String(one)),
            [],
        );
    });
});
