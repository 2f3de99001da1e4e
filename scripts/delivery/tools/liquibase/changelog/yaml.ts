import {
    Alias,
    Document,
    isAlias,
    isMap,
    isScalar,
    isSeq,
    LineCounter,
    Pair,
    parseDocument,
    Node as YamlNode,
    Scalar,
} from "yaml";
import { BoundsError, mostAliasedNodes, mostLevels, tooDeep, withinStack } from "./bounds";
import { addressesLinter, Node, remarkName } from "./node";
import { InternalError } from "../../../errors";

interface Reading {
    line: (node: unknown) => number;
    resolve: (node: unknown) => unknown;
}

/** Reads a YAML or JSON changelog (Liquibase reads both with one YAML 1.1 parser); throws if it is neither. */
export function readYaml(source: string): Node {
    const counter = new LineCounter();
    // Every scalar as text: an id of 007 is not converted to 7 yet, and it is twice as fast.
    const options = { schema: "failsafe", uniqueKeys: false, lineCounter: counter } as const;
    const document = withinStack(() => parseDocument(source, options));
    const [error] = document.errors;
    if (error?.code === "RESOURCE_EXHAUSTION") {
        // The parser's own error for a stack overflow.
        throw tooDeep();
    }
    if (error) {
        throw new InternalError(error.message.split("\n")[0]);
    }
    const anchors = resolveAliases(document);
    const reading: Reading = {
        line: (node) => counter.linePos((node as YamlNode | undefined)?.range?.[0] ?? 0).line,
        resolve: (node) => (isAlias(node) ? anchors.get(node) : node),
    };
    const [root] = childrenOf(document.contents, reading).filter(({ name }) => name === "databaseChangeLog");
    return root === undefined ? { name: "", line: 1, children: [] } : withRemarks(root, source);
}

const remarkLine = /^(\s*)#+\s?(.*)$/;

/** Comments belong to the changeset that they are indented below; JSON has none. */
function withRemarks(root: Node, source: string): Node {
    const lines = source.split(/\r?\n/);
    const changesets = root.children.filter(({ name }) => name === "changeSet");
    const indentation = (line: number) => /^\s*/.exec(lines[line - 1] ?? "")![0].length;
    let last = -1;
    for (const [index, text] of lines.entries()) {
        const line = index + 1;
        while (changesets[last + 1] !== undefined && changesets[last + 1]!.line <= line) last++;
        const [, indent = "", value = ""] = remarkLine.exec(text) ?? [];
        const owner = changesets[last];
        if (owner && addressesLinter.test(value) && indent.length > indentation(owner.line)) {
            owner.children.push({ name: remarkName, line, value, valueLine: line, children: [] });
        }
    }
    return root;
}

/**
 * What each alias refers to. Refuses aliases that would expand excessively or endlessly: nested aliases take one line
 * each, and expand to billions of nodes (https://en.wikipedia.org/wiki/Billion_laughs_attack).
 */
function resolveAliases(document: Document): Map<Alias, unknown> {
    const resolved = new Map<Alias, unknown>();
    const anchored = new Map<string, { node: unknown; size?: number }>();
    let aliased = 0;
    const sizeOf = (node: unknown, level: number): number => {
        if (level > mostLevels) {
            throw tooDeep();
        }
        if (isAlias(node)) {
            const target = anchored.get(node.source);
            resolved.set(node, target?.node);
            if (target && target.size === undefined) {
                throw new BoundsError(`the anchor &${node.source} contains its own alias`);
            }
            aliased += target?.size ?? 0;
            if (aliased > mostAliasedNodes) {
                throw new BoundsError(`its aliases expand to more than ${mostAliasedNodes} nodes (*${node.source})`);
            }
            return target?.size ?? 0;
        }
        const anchor: { node: unknown; size?: number } = { node };
        const name = isMap(node) || isSeq(node) || isScalar(node) ? node.anchor : undefined;
        if (name !== undefined) {
            anchored.set(name, anchor);
        }
        let size = 1;
        if (isMap(node)) {
            for (const { key, value } of node.items) {
                size += sizeOf(key, level + 1) + sizeOf(value, level + 1);
            }
        } else if (isSeq(node)) {
            for (const item of node.items) {
                size += sizeOf(item, level + 1);
            }
        }
        anchor.size = size;
        return size;
    };
    sizeOf(document.contents, 0);
    return resolved;
}

/** Lists merely group their items: the names in them count. */
function childrenOf(given: unknown, reading: Reading): Node[] {
    const node = reading.resolve(given);
    if (isSeq(node)) {
        return node.items.flatMap((item) => childrenOf(item, reading));
    }
    if (!isMap(node)) {
        return [];
    }
    // Own keys come first, so that they are found before merged ones.
    const [merged, own] = [node.items.filter(isMerge), node.items.filter((pair) => !isMerge(pair))];
    return [...own.map((pair) => nodeOf(pair, reading)), ...merged.flatMap(({ value }) => childrenOf(value, reading))];
}

function isMerge({ key }: Pair): boolean {
    return isScalar(key) && key.value === "<<";
}

function nodeOf({ key, value: given }: Pair, reading: Reading): Node {
    const value = reading.resolve(given);
    const name = isScalar(key) ? String(key.value) : "";
    const node = { name, line: reading.line(key), children: childrenOf(value, reading) };
    return isScalar(value) ? { ...node, ...leaf(name, value, reading) } : node;
}

function leaf(name: string, scalar: Scalar, reading: Reading): Pick<Node, "value" | "valueLine"> {
    const block = scalar.type === "BLOCK_LITERAL" || scalar.type === "BLOCK_FOLDED";
    const text = String(scalar.value);
    if (scalar.type === "PLAIN" && /^(~|null)?$/i.test(text)) {
        return {};
    }
    const isName = scalar.type === "PLAIN" && (name === "id" || name === "author");
    return { value: isName ? asJavaPrints(text) : text, valueLine: reading.line(scalar) + (block ? 1 : 0) };
}

/** Liquibase parses a plain number and names the changeset by Java's output: 007 is 7, 1.10 is 1.1. */
function asJavaPrints(text: string): string {
    const digits = text.replaceAll("_", "").replace(/^\+/, "");
    if (/^-?0[0-7]+$/.test(digits)) {
        return String(parseInt(digits, 8));
    }
    if (/^-?(0|[1-9]\d*)$/.test(digits)) {
        return digits;
    }
    if (/^-?\d+\.\d*$/.test(digits)) {
        return Number.isInteger(Number(digits)) ? `${Number(digits)}.0` : String(Number(digits));
    }
    return text;
}
