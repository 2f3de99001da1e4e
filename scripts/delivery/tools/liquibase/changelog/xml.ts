import { parseXml, XmlComment, XmlElement, XmlNode, XmlText } from "@rgrove/parse-xml";
import { lineCounter } from "../../../positions";
import { BoundsError, mostLevels, tooDeep, withinStack } from "./bounds";
import { addressesLinter, Node, remarkName } from "./node";

/** Reads an XML changelog; throws if it is not XML. */
export function readXml(source: string): Node {
    refuseEntities(source);
    const options = { includeOffsets: true, ignoreUndefinedEntities: true, preserveComments: true };
    const { root } = withinStack(() => parseXml(source, options));
    const line = lineCounter(source);
    return root ? nodeOf(root, line, 0) : { name: "", line: 1, children: [] };
}

/** No changelog needs its own entities, and nested entities can grow without bound. */
function refuseEntities(source: string): void {
    // Without looking for the end of the declarations: comments and quotes can make anything look like it.
    const declarations = source.includes("<!DOCTYPE") ? source : "";
    const [entity] = /<!ENTITY\s+(?:%\s*)?[^\s>]*/.exec(declarations) ?? [];
    if (entity !== undefined) {
        throw new BoundsError(`it declares an entity (${entity} …); write its text where it is used`);
    }
}

function nodeOf(element: XmlElement, line: (offset: number) => number, level: number): Node {
    if (level > mostLevels) {
        throw tooDeep();
    }
    const at = line(element.start);
    const attributes = Object.entries(element.attributes).map(([name, value]): Node => ({
        name,
        line: at,
        value,
        valueLine: at,
        children: [],
    }));
    const elements = element.children.filter(isElement).map((inner) => nodeOf(inner, line, level + 1));
    const remarks = element.children
        .filter((node) => node instanceof XmlComment)
        .filter(({ content }) => addressesLinter.test(content))
        .map(({ content, start }) => remark(content, line(start)));
    const texts = element.children.filter(isText);
    const value = texts.map(({ text }) => text).join("");
    return {
        name: localName(element.name),
        line: at,
        ...(value.trim() === "" ? {} : { value, valueLine: line(texts[0]?.start ?? element.start) }),
        children: [...attributes, ...elements, ...remarks],
    };
}

function remark(value: string, line: number): Node {
    return { name: remarkName, line, value, valueLine: line, children: [] };
}

function isElement(node: XmlNode): node is XmlElement {
    return node instanceof XmlElement;
}

/** Text and CDATA sections. */
function isText(node: XmlNode): node is XmlText {
    return node instanceof XmlText;
}

function localName(name: string): string {
    return name.slice(name.indexOf(":") + 1);
}
