import { parseXml, XmlElement, XmlNode, XmlText } from "@rgrove/parse-xml";
import { Node } from "./node";

/** Reads an XML changelog; throws when it is no XML. */
export function readXml(source: string): Node {
    const { root } = parseXml(source, { includeOffsets: true, ignoreUndefinedEntities: true });
    const line = lineCounter(source);
    return root ? nodeOf(root, line) : { name: "", line: 1, children: [] };
}

function nodeOf(element: XmlElement, line: (offset: number) => number): Node {
    const at = line(element.start);
    const attributes = Object.entries(element.attributes).map(([name, value]): Node => ({
        name,
        line: at,
        value,
        valueLine: at,
        children: [],
    }));
    const elements = element.children.filter(isElement).map((inner) => nodeOf(inner, line));
    const texts = element.children.filter(isText);
    const value = texts.map(({ text }) => text).join("");
    return {
        name: localName(element.name),
        line: at,
        ...(value.trim() === "" ? {} : { value, valueLine: line(texts[0]?.start ?? element.start) }),
        children: [...attributes, ...elements],
    };
}

function isElement(node: XmlNode): node is XmlElement {
    return node instanceof XmlElement;
}

/** Text and CDATA sections alike. */
function isText(node: XmlNode): node is XmlText {
    return node instanceof XmlText;
}

function localName(name: string): string {
    return name.slice(name.indexOf(":") + 1);
}

/** Lines for offsets that mostly grow: a file is walked once, not once for each element. */
function lineCounter(source: string): (offset: number) => number {
    const starts = [0];
    for (let at = source.indexOf("\n"); at !== -1; at = source.indexOf("\n", at + 1)) {
        starts.push(at + 1);
    }
    return (offset) => {
        let [low, high] = [0, starts.length - 1];
        while (low < high) {
            const middle = Math.ceil((low + high) / 2);
            [low, high] = (starts[middle] ?? 0) <= offset ? [middle, high] : [low, middle - 1];
        }
        return low + 1;
    };
}
