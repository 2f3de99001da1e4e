import { isAlias, isMap, isScalar, isSeq, LineCounter, Pair, parseDocument, Node as YamlNode, Scalar } from "yaml";
import { Node } from "./node";

interface Reading {
    line: (node: unknown) => number;
    resolve: (node: unknown) => unknown;
}

/** Reads a YAML or JSON changelog (Liquibase reads both with one YAML 1.1 parser); throws when it is neither. */
export function readYaml(source: string): Node {
    const counter = new LineCounter();
    const document = parseDocument(source, { version: "1.1", lineCounter: counter, uniqueKeys: false, merge: true });
    const [error] = document.errors;
    if (error) {
        throw new Error(error.message.split("\n")[0]);
    }
    const reading: Reading = {
        line: (node) => counter.linePos((node as YamlNode | undefined)?.range?.[0] ?? 0).line,
        resolve: (node) => (isAlias(node) ? node.resolve(document) : node),
    };
    const [root] = childrenOf(document.contents, reading).filter(({ name }) => name === "databaseChangeLog");
    return root ?? { name: "", line: 1, children: [] };
}

/** Lists only hold their items together: what counts is the names in them. */
function childrenOf(given: unknown, reading: Reading): Node[] {
    const node = reading.resolve(given);
    if (isSeq(node)) {
        return node.items.flatMap((item) => childrenOf(item, reading));
    }
    return isMap(node) ? node.items.map((pair) => nodeOf(pair, reading)) : [];
}

function nodeOf({ key, value: given }: Pair, reading: Reading): Node {
    const value = reading.resolve(given);
    const node = {
        name: isScalar(key) ? String(key.value) : "",
        line: reading.line(key),
        children: childrenOf(value, reading),
    };
    return isScalar(value) && value.value !== null ? { ...node, ...leaf(value, reading) } : node;
}

function leaf(scalar: Scalar, reading: Reading): Pick<Node, "value" | "valueLine"> {
    const block = scalar.type === "BLOCK_LITERAL" || scalar.type === "BLOCK_FOLDED";
    // Numbers keep their form: an id of 1.10 is not 1.1, nor 007 seven.
    const value = typeof scalar.value === "number" ? (scalar.source ?? String(scalar.value)) : String(scalar.value);
    return { value, valueLine: reading.line(scalar) + (block ? 1 : 0) };
}
