import * as assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import * as ts from "typescript";
import { root } from "./support/program";

// Every error that a user reads has a code: an error is of a catalogue (`inputErrors.JavaMissing`), or it is an InternalError, which
// no user reads by itself. This walks over every `new …` of an error; that a catalogue's kinds are in docs/errors.md is
// test/scripts/errorCatalogue.test.ts.

/** Classes that catalogues are made of, each of which takes a definition. */
const bases = ["CodedError", "UserError", "InfrastructureError", "MachineError"];
const internal = "InternalError";

interface Source {
    file: string;
    text: string;
}

/** The errors that are made without a code: `file:line: new X`. */
function uncoded(sources: readonly Source[]): string[] {
    const trees = sources.map(({ file, text }) => ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
    const found = trees.map((tree) => ({ tree, nodes: nodesIn(tree) }));
    const parents = new Map(found.flatMap(({ nodes }) => classesIn(nodes)));
    return found.flatMap(({ tree, nodes }) =>
        nodes
            .filter((node): node is ts.NewExpression => ts.isNewExpression(node))
            .filter(({ expression }) => makesError(expression, parents) && !isAllowed(expression, parents))
            .map((made) => {
                const { line } = tree.getLineAndCharacterOfPosition(made.getStart());
                return `${tree.fileName}:${line + 1}: new ${made.expression.getText()}`;
            }),
    );
}

function classesIn(nodes: readonly ts.Node[]): [string, string][] {
    return nodes.flatMap((node) => {
        if (!ts.isClassLike(node) || node.name === undefined) return [];
        const parent = node.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)?.types[0];
        return parent === undefined ? [] : [[node.name.text, lastName(parent.expression)]];
    });
}

function nodesIn(node: ts.Node, into: ts.Node[] = []): ts.Node[] {
    into.push(node);
    node.forEachChild((child) => void nodesIn(child, into));
    return into;
}

/** `RunError` of `pulumi.RunError`. */
function lastName(expression: ts.Expression): string {
    return ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
}

function ancestry(name: string, parents: ReadonlyMap<string, string>): string[] {
    const parent = parents.get(name);
    return parent === undefined || parent === name ? [name] : [name, ...ancestry(parent, parents)];
}

function makesError(expression: ts.Expression, parents: ReadonlyMap<string, string>): boolean {
    return ancestry(lastName(expression), parents).some((name) => name.endsWith("Error"));
}

function isAllowed(expression: ts.Expression, parents: ReadonlyMap<string, string>): boolean {
    const ofCatalogue = ts.isPropertyAccessExpression(expression) && /Errors$/.test(expression.expression.getText());
    return ofCatalogue || ancestry(lastName(expression), parents).some((name) => [internal, ...bases].includes(name));
}

function sourcesOf(directory: string): Source[] {
    return readdirSync(path.join(root, directory), { recursive: true, encoding: "utf8" })
        .filter(
            (file) => /\.(ts|mjs|cjs)$/.test(file) && !/(^|\/)(node_modules|bin|toolchain\/.*\.zip)(\/|$)/.test(file),
        )
        .map((file) => path.join(directory, file))
        .map((file) => ({ file, text: readFileSync(path.join(root, file), "utf8") }));
}

describe("errors that users read", () => {
    const program = [
        { file: "index.ts", text: readFileSync(path.join(root, "index.ts"), "utf8") },
        ...["components", "stacks", "scripts"].flatMap(sourcesOf),
    ];

    it("have a code, all of them", () => {
        assert.ok(program.length > 300, `${program.length} files`);
        assert.deepEqual(uncoded(program), []);
    });

    const planted: [string, string, string[]][] = [
        ["an Error", 'throw new Error("no");', ["a.ts:1: new Error"]],
        ["an Error that is returned", 'const f = () => new TypeError("no");', ["a.ts:1: new TypeError"]],
        ["Pulumi's", 'throw new pulumi.RunError("no");', ["a.ts:1: new pulumi.RunError"]],
        ["one of an own class", "class No extends Error {}\nthrow new No();", ["a.ts:2: new No"]],
        [
            "one of a class below it",
            "class No extends Error {}\nclass Never extends No {}\nthrow new Never();",
            ["a.ts:3: new Never"],
        ],
        ["one of a catalogue", "throw new inputErrors.JavaMissing({});", []],
        ["an InternalError", 'throw new InternalError("no");', []],
        ["one of a class below that", "class Gone extends InternalError {}\nthrow new Gone();", []],
        ["a map", "new Map();", []],
    ];
    for (const [what, text, found] of planted) {
        it(`${found.length > 0 ? "are found without one" : "are allowed"}: ${what}`, () => {
            assert.deepEqual(uncoded([{ file: "a.ts", text }]), found);
        });
    }

    it("are created from a definition, never from a base class directly", () => {
        const byHand = program
            .filter(({ file }) => !/(errors|define)\.(ts|cjs)$/.test(file) && !/\.mjs$/.test(file))
            .filter(({ text }) => new RegExp(`new (${bases.join("|")})\\(`).test(text));
        assert.deepEqual(
            byHand.map(({ file }) => file),
            [],
        );
    });
});
